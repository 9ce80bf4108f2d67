"""Tell light and shadow from print in a worn garment: colour Retinex."""

# Shapes: H, W image rows and columns; 2 is a* and b*; half size where a name ends in _hw.
import cv2
import numpy as np
import scipy.fft

from ....pictures.masks import grown, shrunk

_OFFSET = 16.0  # L* + 16 goes with the cube root of luminance (CIE 15), so its logarithm with the light's
_STEP = 0.06  # log lightness per two pixels: folds of the tuning people's plain garments stay below, prints above
_TINT = 2.5  # units of a*, b* per two pixels beyond what a change of light alone makes of them


def shading_of(lab_HW3: np.ndarray, cloth_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W): log lightness of the light on cloth, up to a constant, its prints taken out; 0 where no cloth is.

    Steps of lightness or hue that are too sudden for a fold belong to the print (Land and McCann 1971; colour:
    Grosse et al. 2009); what is left is put together again by least squares (a Poisson equation, Horn 1974).
    """
    rows, columns = np.flatnonzero(cloth_HW.any(1)), np.flatnonzero(cloth_HW.any(0))
    shading = np.zeros(cloth_HW.shape, np.float32)
    if min(len(rows), len(columns)) < 16:
        return shading
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    size = ((columns[-1] + 1 - columns[0]) // 2, (rows[-1] + 1 - rows[0]) // 2)
    lab_hw3 = cv2.resize(np.ascontiguousarray(lab_HW3[box]), size, interpolation=cv2.INTER_AREA)
    cloth_hw = cv2.resize(cloth_HW[box].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    log_hw = np.log(np.maximum(lab_hw3[..., 0], 0) + _OFFSET)
    down, right = (_slopes_of_light(log_hw, lab_hw3[..., 1:], cloth_hw, axis) for axis in (0, 1))
    whole = cv2.resize(_integrated(down, right), box_size(box), interpolation=cv2.INTER_LINEAR)
    shading[box] = np.where(cloth_HW[box], whole - np.median(whole[cloth_HW[box]]), 0)
    return shading


def box_size(box: tuple[slice, slice]) -> tuple[int, int]:
    """(width, height) of two slices."""
    return box[1].stop - box[1].start, box[0].stop - box[0].start


def _slopes_of_light(log_hw: np.ndarray, tint_hw2: np.ndarray, cloth_hw: np.ndarray, axis: int) -> np.ndarray:
    """float32 (h, w): the change of log lightness to the next pixel along an axis, 0 where it is print or no cloth."""
    step = np.roll(log_hw, -1, axis) - log_hw
    ahead = np.roll(tint_hw2, -1, axis)
    by_light = 0.5 * (ahead + tint_hw2) * step[..., None]  # light scales a* and b* about as it scales L*
    tinted = np.linalg.norm(ahead - tint_hw2 - by_light, axis=-1)
    printed = grown((np.abs(step) > _STEP) | (tinted > _TINT), 1)
    inside = cloth_hw & np.roll(cloth_hw, -1, axis) & shrunk(cloth_hw, 1)
    return np.where(inside & ~printed, step, 0).astype(np.float32)


def _integrated(down_hw: np.ndarray, right_hw: np.ndarray) -> np.ndarray:
    """float32 (h, w): the surface whose slopes are nearest to the given ones, by cosine transform."""
    height, width = down_hw.shape
    bend = np.zeros_like(down_hw)
    bend[:-1] += down_hw[:-1]
    bend[1:] -= down_hw[:-1]
    bend[:, :-1] += right_hw[:, :-1]
    bend[:, 1:] -= right_hw[:, :-1]
    eigen = (
        (2 * np.cos(np.pi * np.arange(height) / height) - 2)[:, None] + 2 * np.cos(np.pi * np.arange(width) / width) - 2
    )
    eigen[0, 0] = 1.0
    spectrum = scipy.fft.dctn(bend, type=2, norm="ortho") / eigen
    spectrum[0, 0] = 0.0
    return scipy.fft.idctn(spectrum, type=2, norm="ortho").astype(np.float32)
