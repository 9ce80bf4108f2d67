"""`composite`: the character, cut out and laid into the mask; a baseline for what draws, and a start for it."""

# Shapes: H, W rows and columns of the init; 2, 3 a similarity from the character's pixels to the init's; 3 is RGB.
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from PIL import Image

from ...errors import BadInput
from ...pictures.features import to_lab, to_rgb
from ...pictures.masks import box_of
from ...pictures.put_back import feathered, mixed
from ...records import EditRequest, ModelCard, Noise
from ..diffusion.redraw import by_request
from ..embedded import LICENCES
from ..embedded.drawing.drawing_parameters import gaussian
from ..embedded.revision import source_digest
from ..embedded.seeing.seen_faces import SeenFace, face_at, see_faces
from .character_cut import Character, cut_out

FEATHER = 0.04  # of the square root of the mask's area
FACE_MASK = 2.0  # times the face's own area: a mask up to there is one of the face; of a head it has 3 times
_COLOUR_SHARE = 0.6  # of the colour transfer without noise: all of it turns the character's clothes into the scene's
_MOST_NOISE = 2.0  # standard deviations
_SPREAD = (0.5, 1.6)  # how far the spread of colours may be changed


@dataclass(frozen=True, kw_only=True)
class Laying:
    """How a character is laid down; what noise moves. One standard deviation each: 0.2, 3 %, 1.5 degrees, 2 %.

    colour_share  0-1, of the way to the colours of what lay there
    scale         1: as the faces, or the mask's box, ask
    turn_deg      clockwise on the screen
    right, down   in square roots of the mask's area
    """

    colour_share: float = _COLOUR_SHARE
    scale: float = 1.0
    turn_deg: float = 0.0
    right: float = 0.0
    down: float = 0.0

    @classmethod
    def by(cls, noise: Noise) -> "Laying":
        """The laying that a recipe stands for; seed 0 without steps is the plain one. Near recipes give near ones."""
        colour, scale, turn, right, down = np.clip(gaussian(noise, 5), -_MOST_NOISE, _MOST_NOISE).tolist()
        return cls(
            colour_share=min(1.0, _COLOUR_SHARE + 0.2 * colour),
            scale=1.03**scale,
            turn_deg=1.5 * turn,
            right=0.02 * right,
            down=0.02 * down,
        )


class Composite:
    """Lays the character of images[1] into the mask of images[0], where both show a face, face on face.

    Deterministic: the same request gives the same bytes. It reads no words. Bytes outside the mask stand, and within
    it where the character does not reach.
    """

    keeps_frame = True  # it draws into the photograph
    takes = ("mask",)
    min_images = 2
    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="composite",
            revision=source_digest("composite", "faces"),
            source=__name__,
            licence=LICENCES["composite"],
        )

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB, of images[0]'s size.

        raises  BadInput for what cannot be honoured; MissingWeights
        """
        _check(request)
        init, laying = request.images[0].convert("RGB"), Laying.by(request.noise)
        mask_HW, init_HW3 = np.asarray(request.mask, np.float32) / 255, np.array(init)
        character, faces = cut_out(request.images[1]), _both_faces(request)
        onto_23 = _moved(_onto(character, request.mask, faces), mask_HW, laying)
        laid_HW3, alpha_HW = _laid(character, onto_23, init.size)
        feather_px = FEATHER * float(np.sqrt((mask_HW > 0).sum()))
        if faces and _is_of_a_face(
            mask_HW, faces[0]
        ):  # more of the head would end at the mask, hair and ears in halves
            oval_HW = _filled(cv2.transform(faces[1].oval_K2[None], onto_23)[0], mask_HW.shape)
            alpha_HW = alpha_HW * feathered(oval_HW, 2 * feather_px)
        edge_HW = feathered(mask_HW > 0, feather_px)
        weight_HW = np.minimum(edge_HW, mask_HW) * alpha_HW
        laid_HW3 = _recoloured(laid_HW3, init_HW3, weight_HW, laying.colour_share)
        return Image.fromarray(mixed(init_HW3, laid_HW3, weight_HW))

    def draws_alike(self, request: EditRequest, other: EditRequest) -> bool:
        """Whether both requests give the same picture: they differ in words at most."""
        return {**request.record(), "prompt": ""} == {**other.record(), "prompt": ""}


def _both_faces(request: EditRequest) -> tuple[SeenFace, SeenFace] | None:
    """(the one that the mask is of, the character's); None where either picture shows none."""
    target = face_at(see_faces(request.images[0]), request.mask)
    face = next(iter(see_faces(request.images[1])), None)
    return None if target is None or face is None else (target, face)


def _onto(character: Character, mask: Image.Image, faces: tuple[SeenFace, SeenFace] | None) -> np.ndarray:
    """float (2, 3): face on face; without both, the character's box covers the mask's, middle on middle."""
    if faces:
        return cv2.estimateAffinePartial2D(faces[1].mesh_K2, faces[0].mesh_K2, method=cv2.LMEDS)[0]
    (at_2, sides_2), (to_2, wanted_2) = map(_middle_and_sides, (character.alpha_HW > 0.5, np.asarray(mask) > 0))
    scale = float((wanted_2 / np.maximum(sides_2, 1)).max())
    return np.column_stack([scale * np.eye(2), to_2 - scale * at_2])


def _is_of_a_face(mask_HW: np.ndarray, face: SeenFace) -> bool:
    """Whether a mask leaves room for a face, and for no whole head or body."""
    return (mask_HW > 0).sum() < FACE_MASK * _filled(face.oval_K2, mask_HW.shape).sum()


def _filled(oval_K2: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """bool (H, W): inside an outline."""
    return cv2.fillPoly(np.zeros(shape, np.uint8), [np.round(oval_K2).astype(np.int32)], 1) > 0


def _middle_and_sides(mask_HW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """((x, y), (width, height)) of a mask's box, in pixels; of the whole for an empty one."""
    rows, columns = box_of(mask_HW if mask_HW.any() else ~mask_HW)
    low_2, high_2 = np.array([columns.start, rows.start]), np.array([columns.stop, rows.stop])
    return (low_2 + high_2 - 1) / 2, high_2 - low_2


def _moved(onto_23: np.ndarray, mask_HW: np.ndarray, laying: Laying) -> np.ndarray:
    """The similarity, then scaled and turned about the mask's middle, and shifted."""
    middle_2, _ = _middle_and_sides(mask_HW > 0)
    about_23 = cv2.getRotationMatrix2D(tuple(middle_2.tolist()), -laying.turn_deg, laying.scale)
    about_23[:, 2] += np.array([laying.right, laying.down]) * float(np.sqrt((mask_HW > 0).sum()))
    return about_23 @ np.vstack([onto_23, [0, 0, 1]])


def _laid(character: Character, onto_23: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(uint8 RGB (H, W, 3), float32 (H, W) 0-1): the character in a picture of a size; reduced without aliasing."""
    image_HW3, alpha_HW, onto_23 = character.image_HW3, character.alpha_HW, onto_23.copy()
    scale = min(1.0, float(np.hypot(onto_23[0, 0], onto_23[1, 0])))
    if scale < 1:
        small = tuple(max(1, round(side * scale)) for side in alpha_HW.shape[::-1])
        onto_23[:, :2] *= np.array(alpha_HW.shape[::-1]) / small
        image_HW3, alpha_HW = (cv2.resize(each, small, interpolation=cv2.INTER_AREA) for each in (image_HW3, alpha_HW))
    laid_HW3 = cv2.warpAffine(image_HW3, onto_23, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return laid_HW3, np.clip(cv2.warpAffine(alpha_HW, onto_23, size, flags=cv2.INTER_LINEAR), 0, 1)


def _recoloured(laid_HW3: np.ndarray, init_HW3: np.ndarray, weight_HW: np.ndarray, share: float) -> np.ndarray:
    """uint8 RGB: mean and spread of Lab taken to those of what lay there (Reinhard et al. 2001), by a share."""
    inside_HW = weight_HW > 0.5
    if not inside_HW.any():
        return laid_HW3
    lab_HW3 = to_lab(laid_HW3)
    laid_N3, there_N3 = lab_HW3[inside_HW], to_lab(init_HW3)[inside_HW]
    spread_3 = np.clip(there_N3.std(0) / np.maximum(laid_N3.std(0), 1e-3), *_SPREAD)
    moved_HW3 = (lab_HW3 - laid_N3.mean(0)) * spread_3 + there_N3.mean(0)
    return to_rgb(lab_HW3 + share * (moved_HW3 - lab_HW3))


def _check(request: EditRequest) -> None:
    if len(request.images) != 2:
        raise BadInput(f"composite needs two pictures, the one to change and the character; got {len(request.images)}")
    mask, init, settings = request.mask, request.images[0], request.settings
    asked = [name for name in ("steps", "guidance", "strength", "size") if getattr(settings, name) is not None]
    asked += ["negative_prompt"] if settings.negative_prompt else []
    asked += [name for name in ("control", "fixes") if getattr(request, name)]
    if asked:
        raise BadInput(f"composite lays one picture on another and cannot honour {', '.join(asked)}; leave them out")
    if mask is None or mask.mode != "L" or mask.size != init.size:
        got = "none" if mask is None else f"{mask.mode} of {mask.width} x {mask.height}"
        raise BadInput(f"composite needs a mask of mode L and {init.width} x {init.height} pixels; got {got}")
    if not mask.getextrema()[1]:
        raise BadInput("nothing may change: the mask is black all over; paint white where the character comes")


def build() -> Composite:
    """The generator `composite`; models are loaded at the first picture."""
    return Composite()


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """Python that draws an attempt again, see models.as_code."""
    imports = [f"from {__name__} import Composite"]
    return by_request("Composite()", imports, request, run_url, names=("init", "character"))
