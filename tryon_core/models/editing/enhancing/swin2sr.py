"""The enhancer `swin2sr-x2`: a picture in twice its size, with the detail that a network finds likely (Swin2SR, arXiv
2209.11345).

Its processor's work is done here, as its published preprocessor_config.json says and transformers 5.23 does it
(image_processing_pil_swin2sr.py): scaled to 0-1; rows and columns mirrored beyond the last up to the next multiple of
8, a whole 8 where it is one already. The answer is cut to 0-1 and to the picture's part.
"""

# Shapes: H, W rows and columns of a picture; h, w those of a tile; 3 is RGB.
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from ....errors import BadInput
from ....records import EditRequest, ModelCard, Settings
from ....text import got
from ...device.memory import config_of, parts_of
from ...device.options import DTYPES, DeviceOptions
from ...device.placing import placed_model
from ...device.residency import decide, placed
from ...hub.weights import find
from .tiles import in_tiles

MULTIPLE_PX = 8  # pad_size of the published preprocessor_config.json
TILE_PX, OVERLAP_PX = 256, 32  # four and a half of its training patches of 64 px; four of its windows of 8 px
MOST_TILE_PX = 1024


@dataclass(frozen=True, kw_only=True)
class UpscalerOptions(DeviceOptions):
    """Of 12 million weights nothing is moved or held smaller.

    dtype  float32 where nothing is said, on a GPU too: bfloat16 has as few levels near white as a picture has
    """

    POLICIES: ClassVar[tuple[str, ...]] = ("resident",)

    keep_gib: float = 0  # nothing is kept between calls
    dtype: str = "float32"


DEFAULTS = UpscalerOptions()


class Swin2SR:
    """images[0] in a whole multiple of its size; of its words, mask and further pictures nothing is read.

    It is worked on in tiles, which bounds the memory: what lies farther away than a tile matters to no pixel.

    model    Swin2SRForImageSuperResolution
    tile_px  side of a tile, in pixels of the given picture
    """

    takes = ()

    def __init__(self, model: Any, card: ModelCard, *, tile_px: int = TILE_PX):
        self.model, self.card, self.tile_px = model, card, tile_px
        self.scale: int = model.config.upscale

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB. raises   BadInput for a request without a picture, or with settings or a control map"""
        self.check(request)
        picture_HW3 = np.asarray(request.images[0].convert("RGB"))
        overlap_px = min(OVERLAP_PX, self.tile_px // 2)
        return Image.fromarray(
            in_tiles(picture_HW3, self._enlarged, tile_px=self.tile_px, overlap_px=overlap_px, scale=self.scale)
        )

    def check(self, request: EditRequest) -> None:
        """Before a weight is touched."""
        if not request.images:
            raise BadInput(f"{self.card.name} needs a picture to enlarge, and got none")
        if request.settings != Settings() or request.control is not None:
            raise BadInput(f"{self.card.name} enlarges a picture and takes no settings or control map; leave them out")

    def _enlarged(self, tile_hw3: np.ndarray, place: tuple[int, int]) -> np.ndarray:
        """float32, 0-255, of one tile."""
        import torch

        h, w = (side * self.scale for side in tile_hw3.shape[:2])
        values = torch.from_numpy(pixel_values(tile_hw3)).to(self.model.device, self.model.dtype)
        with torch.inference_mode():
            answer_3hw = self.model(values).reconstruction[0].float().clamp(0, 1).cpu().numpy()
        return 255 * answer_3hw[:, :h, :w].transpose(1, 2, 0)


def pixel_values(picture_hw3: np.ndarray) -> np.ndarray:
    """float32 (1, 3, h, w), 0-1, its sides continued to multiples of 8."""
    below, right = (MULTIPLE_PX - side % MULTIPLE_PX for side in picture_hw3.shape[:2])
    padded_hw3 = np.pad(picture_hw3, ((0, below), (0, right), (0, 0)), mode="symmetric")
    return np.ascontiguousarray(padded_hw3.transpose(2, 0, 1)[None], np.float32) / 255


def build(name: str, *, options: UpscalerOptions = DEFAULTS, tile_px: int = TILE_PX) -> Swin2SR:
    """The enhancer on a device. Tiles are worked on one after the other, so `at_once` changes nothing.

    tile_px  side of a tile in pixels, 16 to 1024: less is less memory
    raises   MissingWeights; BadInput
    """
    import transformers

    if options.attention:
        raise BadInput(f"{name} computes attention in its own way and takes no other; leave attention out")
    if isinstance(tile_px, bool) or not isinstance(tile_px, int) or not 16 <= tile_px <= MOST_TILE_PX:
        raise BadInput(f"tile_px of {name} is a whole number from 16 to {MOST_TILE_PX}, {got(tile_px)}")
    options = placed(name, options)
    checkpoint = find(name, options.weights, options.revision)
    working = upscaling_bytes(checkpoint.folder, tile_px=tile_px, dtype_bytes=DTYPES[options.dtype])
    plan = decide(name, parts_of(checkpoint.folder), working, options)
    model = placed_model(transformers.Swin2SRForImageSuperResolution, checkpoint.folder, plan)
    card = checkpoint.card(
        scale=model.config.upscale,
        tile_px=tile_px,
        overlap_px=min(OVERLAP_PX, tile_px // 2),
        dtype=plan.dtype,
        policy=plan.policy,
        **options.recorded(),
    )
    return Swin2SR(model, card, tile_px=tile_px)


def upscaling_bytes(folder: Path, *, tile_px: int, dtype_bytes: int) -> int:
    """Estimate of what one tile takes beside the weights: 0.92 GB at 256 px in float32, where 0.91 were measured.

    network   14 tensors of its width for each pixel (3 of attention, 4 of the MLP, those of norms and residuals), and
              for each head a row of a window's attention, twice: scores and what the softmax makes of them
    enlarged  2 tensors of 64 channels for each pixel of the answer

    They work one after the other, so the larger of them counts.
    """
    config = config_of(folder)
    pixels = (tile_px + MULTIPLE_PX) ** 2
    heads, window = max(config["num_heads"]), config["window_size"]
    network = 14 * config["embed_dim"] + 2 * heads * window**2
    return dtype_bytes * pixels * max(network, 2 * 64 * config["upscale"] ** 2)
