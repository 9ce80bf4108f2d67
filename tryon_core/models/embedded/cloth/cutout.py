"""Cut a garment from the plain background it was photographed on."""

# Shapes: H, W image rows and columns; 3 is RGB or Lab.
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.features import blur_within
from ....pictures.masks import boundary_band, closed, grown, islands, largest, opened, runs, shrunk, soft, touching
from .faint import faint_outline, seen_share

_LAB_WEIGHTS = np.array([1.0, 1.6, 1.6], np.float32)  # a cast shadow changes lightness, cloth also hue
_LEAST_STEP = 2.2  # weighted Lab distance that is certainly not background
_FAINT = 16.0  # a contrast below which shading alone may make cloth as light as its background
_SAME_HUE = 4.0  # a*b* units between such cloth and its background; another hue tells them apart in any light
_HALO_ROUNDS = 3
_RIM_PX, _RIM_ROUNDS = 7, 2
_BLOCK_PX, _RINGING = 12, 0.04  # JPEG compression leaves this share of a strong edge's step in the blocks beside it
_ALIKE = 1.6  # weighted Lab distance that is certainly background
_CRUMB_SHARE = 0.003


@dataclass(frozen=True, kw_only=True, eq=False)
class Cutout:
    """A garment and how sure its outline is.

    alpha_HW         float32 0-1
    contrast         median weighted Lab distance from the background just inside the outline
    seen_share       of the outline that is a step which can be told from noise, 0-1; 1 where contrast is ample
    background_noise spread of the background's own colour, in the same unit
    raggedness       share of the area that smoothing its outline adds or takes away
    strangeness      99.5th percentile of the distance: what the picture holds, cut out or not
    area_share       of the picture
    """

    alpha_HW: np.ndarray
    contrast: float
    seen_share: float
    background_noise: float
    raggedness: float
    strangeness: float
    area_share: float


def cut_out(lab_HW3: np.ndarray) -> Cutout:
    """The garment is what differs from the picture's border and cannot be reached from it.

    lab_HW3  float32 CIELAB
    returns  an empty cutout (area_share 0) where nothing differs
    """
    distance_HW, noise = _distance_from_border(lab_HW3)
    step = max(_LEAST_STEP, 4 * noise)
    mask = _without_gaps_to_background(_outline(distance_HW > step), distance_HW, noise)
    contrast = _contrast(mask, distance_HW)
    seen = float(contrast > 0)
    if 0 < contrast < _FAINT and _hue_apart(lab_HW3, mask) < _SAME_HUE:
        mask = faint_outline(lab_HW3, mask, _LAB_WEIGHTS)
        contrast, seen = _contrast(mask, distance_HW), seen_share(lab_HW3, mask, _LAB_WEIGHTS)
    else:
        for _ in range(_RIM_ROUNDS):
            mask = _without_rim(mask, distance_HW)
        mask = _without_halo(mask, distance_HW)
    mask = soft(_without_pinholes(mask), 2.5) > 0.5  # no stairs from working at half size
    alpha_HW = np.clip((soft(mask, 1.2) - 0.45) / 0.35, 0, 1)  # a little inside the outline: no rim of background
    return Cutout(
        alpha_HW=alpha_HW,
        contrast=contrast,
        seen_share=seen,
        background_noise=noise,
        raggedness=_raggedness(mask),
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


def _without_gaps_to_background(mask: np.ndarray, distance_HW: np.ndarray, noise: float) -> np.ndarray:
    """Open what shows the background itself: closed gaps between sleeve and body, and the narrow ends of open ones.

    A closed gap is large, tall and far from the centre line; near the centre line the same colour is a white print.
    """
    columns = np.flatnonzero(mask.any(0))
    if not len(columns):
        return mask
    strongest_HW = cv2.dilate(distance_HW, _square(_BLOCK_PX))
    background = mask & (distance_HW < np.maximum(max(_ALIKE, 2.5 * noise), np.minimum(_RINGING * strongest_HW, 4)))
    mask = mask & ~_wedges(background, mask)
    labels_HW, areas = islands(opened(background & mask, 2))
    width_px, centre = np.ptp(columns), (columns[0] + columns[-1]) / 2
    for label in np.flatnonzero(areas[1:] > 0.002 * mask.sum()) + 1:
        gap = labels_HW == label
        tall = gap.any(1).sum() > 0.06 * mask.shape[0]
        if tall and abs(np.flatnonzero(gap.any(0)).mean() - centre) > 0.24 * width_px:
            mask = mask & ~gap
    return mask


def _wedges(background: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """bool (H, W): background that the picture's compression closed off: crumbs at the outline, and the narrow ends of
    gaps, which are far taller than wide.
    """
    labels_HW, areas = islands(opened(background, 1) & touching(background, boundary_band(mask, 1), 0.0))
    wedges = np.zeros_like(mask)
    rim = boundary_band(mask, 2)
    for label in np.flatnonzero(areas[1:] > 8) + 1:
        y, x = np.nonzero(labels_HW == label)
        crumb = areas[label] < _CRUMB_SHARE * mask.sum()
        narrow = np.ptp(y) > 2.5 * len(y) / (np.ptp(y) + 1) and areas[label] < 0.02 * mask.sum()
        if (crumb or narrow) and rim[y, x].any():
            wedges[y, x] = True
    return grown(wedges, 1) & mask


def _without_rim(mask: np.ndarray, distance_HW: np.ndarray) -> np.ndarray:
    """Shave off blurred background: a thin rim that is much more like it than any cloth inside near by.

    Any cloth, and not only that straight inside: below a dark dot lies light cloth, and no background.
    """
    inner = shrunk(mask, _RIM_PX)
    cloth_HW = np.where(inner, np.minimum(distance_HW, 60), 60).astype(np.float32)
    faintest_HW = cv2.erode(cv2.GaussianBlur(cloth_HW, (0, 0), 1.5), _square(3 * _RIM_PX))
    return mask & ~(~inner & (distance_HW < 0.4 * faintest_HW)) if inner.any() else mask


def _without_halo(mask: np.ndarray, distance_HW: np.ndarray) -> np.ndarray:
    """Shave off soft shadows and light halos: a rim whose contrast is far below that of the cloth just inside.

    Fainter than all cloth near by, too: light cloth below a dark dot is no shadow. At half size. Switched off where
    the cloth itself holds background-like colours, as white stripes do.
    """
    size = mask.shape[::-1]
    half = (size[0] // 2, size[1] // 2)
    small = cv2.resize(mask.astype(np.uint8), half, interpolation=cv2.INTER_NEAREST).astype(bool)
    distance = cv2.resize(distance_HW, half, interpolation=cv2.INTER_AREA)
    rim_px = max(4, 0.016 * half[1])
    for _ in range(_HALO_ROUNDS):
        inner, deep = shrunk(small, rim_px / 2), shrunk(small, rim_px * 1.5)
        cloth = blur_within(distance, inner, rim_px)
        faintest = cv2.erode(np.where(deep, distance, 60).astype(np.float32), _square(3 * rim_px))
        weak = (distance < 0.5 * np.minimum(cloth, 60)) & (distance < 0.8 * faintest)
        patterned = blur_within(weak.astype(np.float32), deep, 3 * rim_px) > 0.04
        rim = small & ~inner & (cloth > 0)
        small = opened(small & ~(rim & weak & ~patterned), 1)
    kept = cv2.resize(largest(small, 0.05).astype(np.float32), size, interpolation=cv2.INTER_LINEAR) > 0.5
    return kept & mask


def _square(reach_px: float) -> np.ndarray:
    """A structuring element that OpenCV takes row by row: far cheaper than a disc where the shape does not matter."""
    return np.ones((2 * int(reach_px) + 1,) * 2, np.uint8)


def _without_pinholes(mask: np.ndarray) -> np.ndarray:
    """Fill holes of less than 0.2 % of the area: light cells of a print, not gaps."""
    labels_HW, areas = islands(~np.pad(mask, 1))
    small = areas < 0.002 * mask.sum()
    small[0] = False
    return mask | small[labels_HW][1:-1, 1:-1]


def open_loops(mask: np.ndarray) -> np.ndarray:
    """Cut a slit from every hole down to the outside, so that a sleeve touching the hem does not hide its armpit."""
    labels_HW, areas = islands(~np.pad(mask, 1, constant_values=False))
    outside, slit = labels_HW[0, 0], mask.copy()
    for label in np.flatnonzero(areas > 0.002 * mask.sum()):
        hole = (labels_HW == label)[1:-1, 1:-1]
        if label in (0, outside) or not hole.any():
            continue
        rows = np.flatnonzero(hole.any(1))
        first, last = runs(hole[rows[-1]])[0]
        slit[rows[-1] :, max(0, (first + last) // 2 - 1) : (first + last) // 2 + 2] = False
    return slit
