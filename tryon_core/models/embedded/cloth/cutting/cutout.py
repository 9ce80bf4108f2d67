"""Cut a garment from the plain background it was photographed on."""

# Shapes: H, W image rows and columns; 3 is RGB or Lab.
from dataclasses import dataclass

import cv2
import numpy as np

from .....hints import Points
from .....pictures.masking.mirror import mirror_overlap
from .....pictures.masks import closed, islands, largest, opened, shrunk, soft
from .clear_core import clear_core, is_box_or_shadow
from .cloth_by_hand import mended
from .faint import faint_outline, seen_share
from .gaps import without_gaps
from .rims import without_pinholes, without_rims
from .trust import edge_share

_LAB_WEIGHTS = np.array([1.0, 1.6, 1.6], np.float32)  # a cast shadow changes lightness, cloth also hue
_LEAST_STEP = 2.2  # weighted Lab distance that is certainly not background
_EVEN_STEP = 1.0  # the same where cloth is as light as its background: a perfectly even one shows so little
_STEP_OF_NOISE = 4.0  # times the background's own spread: more is no background
_FAINT = 16.0  # a contrast below which shading alone may make cloth as light as its background
_SAME_HUE = 4.0  # a*b* units between such cloth and its background; another hue tells them apart in any light


@dataclass(frozen=True, kw_only=True, eq=False)
class Cutout:
    """A garment and how sure its outline is.

    alpha_HW         float32 0-1
    contrast         median weighted Lab distance from the background just inside the outline
    seen_share       of the outline that is a step which can be told from noise, 0-1; 1 where contrast is ample
    background_noise spread of the background's own colour, in the same unit
    raggedness       share of the area that smoothing its outline adds or takes away
    mirror_overlap   of the outline with its mirror image, 0-1
    edge_share       of the gradient on and beyond the outline that lies on it, 0-1; 1 where points were set by hand
    strangeness      99.5th percentile of the distance: what the picture holds, cut out or not
    area_share       of the picture
    """

    alpha_HW: np.ndarray
    contrast: float
    seen_share: float
    background_noise: float
    raggedness: float
    mirror_overlap: float
    edge_share: float
    strangeness: float
    area_share: float


def cut_out(lab_HW3: np.ndarray, points: Points | None = None) -> Cutout:
    """The garment is what differs from the picture's border and cannot be reached from it.

    lab_HW3  float32 CIELAB
    points   set by hand, 'cloth' and 'not_cloth': they mend it, and who sets them has seen the outline
    returns  an empty cutout (area_share 0) where nothing differs
    """
    distance_HW, noise = _distance_from_border(lab_HW3)
    mask = without_gaps(_outline(distance_HW > max(_LEAST_STEP, _STEP_OF_NOISE * noise)), distance_HW, noise)
    core = _outline(clear_core(distance_HW, mask, _contrast(mask, distance_HW)))
    if is_box_or_shadow(distance_HW, mask, core):
        mask = without_gaps(core, distance_HW, noise)
    contrast, seen = _contrast(mask, distance_HW), 1.0
    if 0 < contrast < _FAINT and _hue_apart(lab_HW3, mask) < _SAME_HUE:
        known = _outline(distance_HW > max(_EVEN_STEP, _STEP_OF_NOISE * noise))
        mask = faint_outline(lab_HW3, known, _LAB_WEIGHTS)
        contrast, seen = _contrast(mask, distance_HW), seen_share(lab_HW3, mask, _LAB_WEIGHTS, noise)
    else:
        mask = without_rims(mask, distance_HW)
    if points:
        mask = mended(mask, lab_HW3, _LAB_WEIGHTS, points)
        contrast, seen = _contrast(mask, distance_HW), 1.0
    mask = soft(without_pinholes(mask), 2.5) > 0.5  # no stairs from working at half size
    alpha_HW = np.clip((soft(mask, 1.2) - 0.45) / 0.35, 0, 1)  # a little inside the outline: no rim of background
    return Cutout(
        alpha_HW=alpha_HW,
        contrast=contrast,
        seen_share=seen if contrast > 0 else 0.0,
        background_noise=noise,
        raggedness=_raggedness(mask),
        mirror_overlap=mirror_overlap(mask),
        edge_share=1.0 if points else edge_share(lab_HW3, mask, _LAB_WEIGHTS),
        strangeness=float(np.percentile(distance_HW, 99.5)),
        area_share=float(mask.mean()),
    )


def _contrast(mask: np.ndarray, distance_HW: np.ndarray) -> float:
    """0 for an empty mask."""
    inside = shrunk(mask, 2) & ~shrunk(mask, 6)
    return float(np.median(distance_HW[inside])) if inside.any() else 0.0


def _hue_apart(lab_HW3: np.ndarray, mask: np.ndarray) -> float:
    """Between cloth and background, in a*b* units."""
    return float(np.hypot(*(np.median(lab_HW3[mask][:, 1:], 0) - np.median(lab_HW3[~mask][:, 1:], 0))))


def _raggedness(mask: np.ndarray) -> float:
    """0 for a smooth outline; above 0.1 where cloth and background took turns."""
    radius_px = 0.012 * max(mask.shape)
    smooth = opened(closed(mask, radius_px), radius_px)
    return float((smooth ^ mask).sum()) / max(int(mask.sum()), 1)


def _distance_from_border(lab_HW3: np.ndarray) -> tuple[np.ndarray, float]:
    """(float32 (H, W) weighted distance from the border's colour, that colour's own spread)."""
    width_px = max(3, int(0.015 * min(lab_HW3.shape[:2])))
    strips = (lab_HW3[:width_px], lab_HW3[:, :width_px], lab_HW3[:, -width_px:])  # not the bottom: shadows, long hems
    border_N3 = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    colour = np.median(border_N3, 0)
    spread = np.median(np.abs(border_N3 - colour), 0) * 1.48
    distance_HW = np.sqrt((((lab_HW3 - colour) * _LAB_WEIGHTS) ** 2).sum(-1))
    return cv2.GaussianBlur(distance_HW, (0, 0), 1.0), float(np.linalg.norm(spread))


def _outline(different_HW: np.ndarray) -> np.ndarray:
    """The large pieces that the background, flooding in from the border, cannot enter; holes are filled."""
    barrier = np.pad(closed(different_HW, 4), 1)
    labels_HW, _ = islands(~barrier)
    unreached = (labels_HW != labels_HW[0, 0])[1:-1, 1:-1]
    return largest(opened(unreached, 2), share=0.1)
