"""Straps of bags over a garment: straight bands that stay as they were, carried on through shade and past hands."""

# Shapes: H, W rows and columns at the working size; N pixels of a piece; 2 is x, y in pixels; 3 is Lab.
import numpy as np

from .....pictures.masks import grown, islands, opened

LONG, WIDE = 0.25, 0.14  # shoulder widths: least length and most width of a piece that shows where a strap runs
SLIM = 4.0  # times as long as wide; the wall between arm and trunk is bent
SOFT = 0.015  # shoulder widths on each side: a strap's rim
LIGHTS = (0.35, 0.45, 0.6, 0.8, 1.0, 1.2)  # times its Lab: in the shade of a bag, and in the light
ALIKE = 8.0  # Lab units from a strap's colour in one of these lights
HANGS = 0.05  # shoulder widths between a strap's end and the bag that hangs on it
BAG_HALF = 0.05  # shoulder widths: bags are thicker than stripes
LEAST_PX = 60


def along_straps(before_HW3: np.ndarray, after_HW3: np.ndarray, things_HW: np.ndarray, unit_px: float) -> np.ndarray:
    """Whole straps: every place on the line of a straight piece of `things_HW` that has its colour in both pictures.

    before_HW3, after_HW3   float32 Lab       unit_px   the shoulder width
    returns                 bool (H, W)
    """
    straps_HW = np.zeros(things_HW.shape, bool)
    labels_HW, areas = islands(things_HW)
    for label in np.flatnonzero(areas[1:] >= LEAST_PX) + 1:
        piece_HW = labels_HW == label
        band_HW = _band(piece_HW, unit_px)
        if band_HW is not None:
            colour_3 = np.median(before_HW3[piece_HW], axis=0)
            straps_HW |= band_HW & _in_lights(before_HW3, colour_3) & _in_lights(after_HW3, colour_3)
    return straps_HW


def bags_on(
    straps_HW: np.ndarray, before_HW3: np.ndarray, after_HW3: np.ndarray, same_HW: np.ndarray, unit_px: float
) -> np.ndarray:
    """What is left as it was, has a strap's colour and hangs on a strap: bool (H, W)."""
    if not straps_HW.any():
        return straps_HW
    colour_3 = np.median(before_HW3[straps_HW], axis=0)
    alike_HW = same_HW & _in_lights(before_HW3, colour_3) & _in_lights(after_HW3, colour_3)
    labels_HW, areas = islands(opened(alike_HW, BAG_HALF * unit_px))
    hung = np.unique(labels_HW[grown(straps_HW, HANGS * unit_px)])
    return np.isin(labels_HW, hung[hung > 0])


def _band(piece_HW: np.ndarray, unit_px: float) -> np.ndarray | None:
    """The line of a straight piece, as wide as it is, all through the picture: bool (H, W); None for other pieces."""
    points_N2 = np.argwhere(piece_HW)[:, ::-1].astype(np.float64)
    centre_2 = points_N2.mean(0)
    across_2 = np.linalg.eigh(np.cov((points_N2 - centre_2).T))[1][:, 0]
    off_N, along_N = (points_N2 - centre_2) @ across_2, (points_N2 - centre_2) @ (-across_2[1], across_2[0])
    wide_px, long_px = np.ptp(np.percentile(off_N, (2, 98))), np.ptp(along_N)
    if long_px < max(LONG * unit_px, SLIM * wide_px) or wide_px > WIDE * unit_px:
        return None
    y, x = np.mgrid[: piece_HW.shape[0], : piece_HW.shape[1]]
    return np.abs((x - centre_2[0]) * across_2[0] + (y - centre_2[1]) * across_2[1]) < wide_px / 2 + SOFT * unit_px


def _in_lights(lab_HW3: np.ndarray, colour_3: np.ndarray) -> np.ndarray:
    return np.any([np.linalg.norm(lab_HW3 - light * colour_3, axis=-1) < ALIKE for light in LIGHTS], axis=0)
