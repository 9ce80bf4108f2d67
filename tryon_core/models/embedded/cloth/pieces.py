"""Cut a garment's picture into torso, sleeves and collar: what depends on the garment alone is done once."""

# Shapes: H, W rows and columns of the garment's picture; 3 is RGB.
from dataclasses import dataclass

import numpy as np

from ....pictures.features import to_lab
from ....pictures.masks import capsule, grown, opened, shrunk, soft
from ..seeing.fill import spread
from .cuffs import inside_of_cuff
from .keypoints import Keypoints
from .sleeve_outline import Sleeve

_SEAM = 0.03  # half width of the band where torso and sleeve overlap, in widths between the armpits
_BELOW_ARMPIT = -4  # the point of a sleeve's inner edge, 0.49 of its length, down to which the pieces overlap
_TRUNK = np.linspace(0.15, 0.75, 30)  # of the way from armpit to hem, where a body's width is read


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """A garment cut apart; the pieces overlap a little along the seams.

    colour_HW3     float32 RGB 0-255, carried outwards over the outline: no rim of background is warped along
    torso_HW       float32 0-1, without sleeves and neck opening
    sleeves        float32 0-1 each, or None
    collar_HW      float32 0-1, the part of the torso that stands above the line between neck and shoulders
    body_HW        bool, the garment without sleeves, for reading its sides
    body_width_px  its median width from below the armpits to three quarters down
    """

    colour_HW3: np.ndarray
    torso_HW: np.ndarray
    sleeves: tuple[np.ndarray | None, np.ndarray | None]
    collar_HW: np.ndarray
    body_HW: np.ndarray
    body_width_px: float


def sides(body_HW: np.ndarray, y: float, centre_x: float) -> tuple[float, float] | None:
    """(left, right) end of a garment's body in a row, None where it has none at its centre."""
    row, middle = body_HW[int(np.clip(y, 0, len(body_HW) - 1))], int(centre_x)
    if not row[middle]:
        return None
    gaps = np.flatnonzero(~row)
    left, right = gaps[gaps < middle], gaps[gaps > middle]
    return float(left[-1] + 1 if len(left) else 0), float(right[0] - 1 if len(right) else len(row) - 1)


def cut_apart(
    image_HW3: np.ndarray,
    alpha_HW: np.ndarray,
    keypoints: Keypoints,
    opening_HW: np.ndarray | None,
    width_px: float,
) -> Pieces:
    """Torso, sleeves and collar of a garment; `opening_HW` is the inside of the back collar, which belongs to none."""
    inside = shrunk(alpha_HW > 0.9, 2)
    image = image_HW3.astype(np.float32)
    seams = _seams(keypoints, width_px, alpha_HW.shape)
    lightness_HW = to_lab(image_HW3)[..., 0]
    sleeve_masks = [sleeve.mask_HW for sleeve in keypoints.sleeves if sleeve is not None]
    any_sleeve = np.any(sleeve_masks, axis=0) if sleeve_masks else np.zeros(alpha_HW.shape, bool)
    body_HW = (alpha_HW > 0.5) & ~any_sleeve
    torso_HW = alpha_HW * (1 - soft(opening_HW, 0.8)) if opening_HW is not None else alpha_HW
    if sleeve_masks:
        torso_HW = torso_HW * soft(grown(opened(body_HW, 5), 3) & (~any_sleeve | seams), 1.0)
    return Pieces(
        colour_HW3=np.where(inside[..., None], image, spread(image, inside)),
        torso_HW=torso_HW,
        sleeves=tuple(_sleeve(sleeve, lightness_HW, alpha_HW, seams) for sleeve in keypoints.sleeves),
        collar_HW=torso_HW * _above_neck(keypoints, alpha_HW.shape),
        body_HW=body_HW,
        body_width_px=_body_width(body_HW, keypoints) or width_px,
    )


def _sleeve(
    sleeve: Sleeve | None, lightness_HW: np.ndarray, alpha_HW: np.ndarray, seams: np.ndarray
) -> np.ndarray | None:
    """float32 (H, W), 0-1: with a little of the torso along the seam, and without the inside of its cuff."""
    if sleeve is None:
        return None
    inside = inside_of_cuff(lightness_HW, alpha_HW > 0.5, sleeve)
    area = grown(sleeve.mask_HW, 1) | (seams & (alpha_HW > 0.3))
    return alpha_HW * soft(area & ~inside, 0.8)


def _seams(keypoints: Keypoints, width_px: float, shape: tuple[int, int]) -> np.ndarray:
    """bool (H, W): a band along both shoulder-to-armpit lines, and half as wide some way down the sleeves' inner edges:
    where a sleeve hangs against the body both are cut from one cloth below the armpit, too.
    """
    bands = [capsule(shape, *line, _SEAM * width_px) for line in zip(keypoints.shoulder, keypoints.armpit, strict=True)]
    inner_edges = [sleeve.inner_E2 for sleeve in keypoints.sleeves if sleeve is not None]
    bands += [capsule(shape, edge[0], edge[_BELOW_ARMPIT], _SEAM / 2 * width_px) for edge in inner_edges]
    return np.any(bands, axis=0)


def _above_neck(keypoints: Keypoints, shape: tuple[int, int]) -> np.ndarray:
    """float32 (H, W), 0-1: above the curve that a collar's foot makes on the chest; all 0 where no collar stands."""
    if not keypoints.collar_stands:
        return np.zeros(shape, np.float32)
    left, right = keypoints.neck_base
    u = 2 * (np.arange(shape[1]) - (left[0] + right[0]) / 2) / max(right[0] - left[0], 1.0)
    hanging_px = 0.25 * (right[0] - left[0]) * np.sqrt(np.clip(1 - u**2, 0, None))
    foot = np.interp(np.arange(shape[1]), [left[0], right[0]], [left[1], right[1]]) + hanging_px
    return soft((np.arange(shape[0])[:, None] < foot) & (np.abs(u) < 1.15), 2.0)


def _body_width(body_HW: np.ndarray, keypoints: Keypoints) -> float | None:
    top, bottom = keypoints.armpit[0][1], keypoints.hem_y
    found = [sides(body_HW, row, keypoints.centre_x) for row in top + _TRUNK * (bottom - top)]
    widths = [ends[1] - ends[0] for ends in found if ends]
    return float(np.median(widths)) if widths else None
