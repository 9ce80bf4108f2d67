"""`fill`: an inpainter for small open places, which continues what surrounds them; it has no network and no words."""

# Shapes: H, W rows and columns of the picture; h, w of a crop; 3 is RGB.
import time

import cv2
import numpy as np
from PIL import Image

from ...errors import BadInput, Refused
from ...pictures.masks import box_of, grown, islands
from ...records import EditRequest, ModelCard
from . import LICENCES
from .revision import source_digest
from .seeing.fill import grain

# Chosen on 27 places in nine true pictures of the tuning half, 2026-11: mean CIEDE2000 from the truth at half widths of
# 3, 6, 10, 16 and 24 of 1,024 pixels: frequency selective 2.1, 3.4, 4.5, 7.0, 10.1; Telea 4.6, 6.5, 6.6, 8.1, 10.3;
# shift map 2.5, 4.9, 4.9, 6.1, 7.1, with hard seams. To the eye plain cloth,
# stripes and checks go on up to 12; a motif that is half hidden (a dot, a petal, a letter) is smeared.
DEEPEST = 0.01  # of the longer side: from its middle to its edge a place may be so wide
LARGEST = 0.02  # of the picture: all open places together
_DEEP_PX = 10  # at which the method works; deeper places are filled at a smaller size, with grain
_AROUND_PX = 48  # of known surroundings
_NEAR = 3.0  # depths: pieces nearer to each other are filled together


class Fill:
    """Fills the mask of images[0] from its surroundings (frequency selective reconstruction, Seiler and Kaup 2010).

    Deterministic. Bytes outside the mask stand. It reads no words and looks at no reference picture.
    """

    keeps_frame = True
    takes = ("mask",)
    min_images = 1
    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="fill",
            revision=source_digest("filling"),
            source="tryon_core.models.embedded",
            licence=LICENCES["fill"],
        )

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB, of images[0]'s size.

        raises  BadInput for what cannot be honoured; Refused 'too_large_to_fill' where the surroundings do not say what
                was there: a place deeper than DEEPEST, or more than LARGEST of the picture open
        """
        picture = np.array(_checked(request).convert("RGB"))
        open_HW = np.array(request.mask.convert("L")) > 127
        _check_small(open_HW)
        filled_HW3 = picture.copy()
        depth_px = _depth_px(open_HW)
        labels_HW, areas = islands(grown(open_HW, _NEAR * depth_px))
        for label in range(1, len(areas)):
            piece_HW = open_HW & (labels_HW == label)
            box = box_of(piece_HW, max(_AROUND_PX, 4 * depth_px))
            filled = _filled(picture[box], open_HW[box], _depth_px(piece_HW))
            filled_HW3[box][piece_HW[box]] = filled[piece_HW[box]]
        return Image.fromarray(filled_HW3)


def build() -> Fill:
    """The generator `fill`."""
    return Fill()


def _filled(image_hw3: np.ndarray, open_hw: np.ndarray, depth_px: float) -> np.ndarray:
    """uint8 RGB: a crop with its open places filled; only there it counts."""
    smaller = min(1.0, _DEEP_PX / depth_px)
    if smaller == 1.0:
        return _reconstructed(image_hw3, open_hw)
    size = tuple(max(1, round(side * smaller)) for side in open_hw.shape[::-1])
    small_hw = cv2.resize(open_hw.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    small = _reconstructed(cv2.resize(image_hw3, size, interpolation=cv2.INTER_AREA), small_hw)
    large = cv2.resize(small, open_hw.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.uint8(np.clip(np.round(large + grain(image_hw3, ~open_hw)), 0, 255))


def _reconstructed(image_hw3: np.ndarray, open_hw: np.ndarray) -> np.ndarray:
    result = np.zeros_like(image_hw3)
    known = np.where(open_hw, 0, 255).astype(np.uint8)
    cv2.xphoto.inpaint(np.ascontiguousarray(image_hw3), known, result, cv2.xphoto.INPAINT_FSR_FAST)
    return result


def _depth_px(open_HW: np.ndarray) -> float:
    """How far the middle of the widest open place is from its edge."""
    return float(cv2.distanceTransform(np.pad(open_HW, 1).astype(np.uint8), cv2.DIST_L2, 5).max())


def _checked(request: EditRequest) -> Image.Image:
    if not request.images:
        raise BadInput("fill needs the picture whose open places are to be filled")
    settings = request.settings
    asked = [name for name in ("steps", "guidance", "strength", "size") if getattr(settings, name) is not None]
    asked += [name for name in ("control", "fixes") if getattr(request, name)]
    asked += ["negative_prompt"] if settings.negative_prompt else []
    if asked:
        raise BadInput(f"fill only continues what surrounds a place and cannot honour {', '.join(asked)}")
    if request.mask is None or request.mask.size != request.images[0].size:
        got = "none" if request.mask is None else f"one of {request.mask.width} x {request.mask.height}"
        width, height = request.images[0].size
        raise BadInput(f"fill needs a mask of the picture's size, {width} x {height} pixels; got {got}")
    return request.images[0]


def _check_small(open_HW: np.ndarray) -> None:
    if not open_HW.any():
        raise BadInput("fill has nothing to do: no pixel of the mask is above 127")
    depth, share = _depth_px(open_HW) / max(open_HW.shape), float(open_HW.mean())
    if depth > DEEPEST or share > LARGEST:
        raise Refused(
            "too_large_to_fill",
            f"what is open cannot be told from its surroundings (the middle of a place is {depth:.1%} of the longer "
            f"side from its edge, at most {DEEPEST:.1%}; {share:.1%} of the picture is open, at most {LARGEST:.0%}); "
            "use an inpainting model",
        )
