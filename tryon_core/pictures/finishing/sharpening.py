"""Measured sharpening: as much detail as a picture of cloth lacks against the garment's photograph, and no more."""

# Shapes: H, W rows and columns of the picture; h, w of the photograph; B octaves, finest first; 3 is RGB or Lab.
from dataclasses import dataclass

import cv2
import numpy as np
from pydantic import Field

from ...errors import BadInput
from ...records import Measurement, Record
from ..features import blur_within, colour_difference, to_lab, to_rgb
from ..masks import box_of, shrunk, soft

OCTAVES = 3  # the first two are sharpened; the third, about 6 to 13 pixels, tells contrast from sharpness
_FINEST_PX = 0.8  # sigma of the finest blur; each octave's is twice the one before
_STRONGEST, _STRONGEST_OF_NORMAL = 0.05, 2.337  # of the cloth; mean there of a standard normal distribution's values
_GRAIN = 1.0  # L*: where the strongest detail is less, it is grain and folds, no pattern
_LEAST_PX = 500  # of a mask
_RIM_PX = 3  # the cloth's outline is not its detail
_FLAT = 2.0  # L* within two pixels: less contrast, noise aside, is flat cloth
_AROUND = np.ones((5, 5), np.uint8)
_ROUNDS = 6  # of the correction of the gains: what is left then moves by less than 0.05 octaves a round


class Sharpening(Record):
    """How much to sharpen.

    enough      octaves that a picture may be softer than the photograph and pass as sharp. 18 true pictures of the
                tuning half lack at most 0.007, as JPEG at quality 70 and with noise of 3 levels too; a blur of 0.7
                pixels takes 0.22, one of 1.5 takes 0.78 (medians); 2026-11
    most        octaves of contrast that are added to one octave of detail at most
    overshoot   how far a pixel may leave the lightness around it, as a share of the contrast there: more is a halo
    noises      detail below so many standard deviations of the picture's own noise stays as it is
    flat        L* by which cloth without detail may change at most; CIEDE2000 counts no more for it
    """

    enough: float = Field(default=0.1, ge=0)
    most: float = Field(default=2.0, gt=0)
    overshoot: float = Field(default=0.1, ge=0, le=1)
    noises: float = Field(default=3.0, ge=0)
    flat: float = Field(default=1.0, ge=0)


SHARPENING = Sharpening()


@dataclass(frozen=True, kw_only=True, eq=False)
class Sharpened:
    """A picture, sharpened or not.

    image_HW3  uint8 RGB; the very bytes given where nothing was done
    why        why nothing was done; '' where it was sharpened
    numbers    octaves missing before and after, the strength, the largest CIEDE2000 moved; what was not measured is
               not in it
    """

    image_HW3: np.ndarray
    why: str
    numbers: dict[str, Measurement]


@dataclass(frozen=True, kw_only=True, eq=False)
class Detail:
    """How strong detail is, octave by octave, where it is strongest: prints and seams, not the plain cloth between.

    energies_B  mean absolute detail over the strongest twentieth of the cloth, noise taken off, L*
    noise       standard deviation of the noise, L*
    """

    energies_B: np.ndarray
    noise: float


def sharpened(
    image_HW3: np.ndarray,
    mask_HW: np.ndarray,
    garment_hw3: np.ndarray,
    garment_hw: np.ndarray,
    options: Sharpening = SHARPENING,
) -> Sharpened:
    """The picture with the detail that its cloth lacks against the garment's photograph.

    Lightness only: hue and chroma stay. Bytes outside the mask stand.

    image_HW3, mask_HW      uint8 RGB, and bool: where its cloth is
    garment_hw3, garment_hw the same of the garment's photograph, of any size: it is scaled so that both cover as many
                            pixels, as wide as the cloth that is seen
    raises                  BadInput where a mask has not its picture's size
    """
    for picture, mask in ((image_HW3, mask_HW), (garment_hw3, garment_hw)):
        if picture.shape[:2] != mask.shape:
            got, size = (f"{shape[1]} x {shape[0]}" for shape in (mask.shape, picture.shape))
            raise BadInput(f"a mask of {got} pixels for a picture of {size}; give masks of their pictures' size")
    if min(mask_HW.sum(), garment_hw.sum()) < _LEAST_PX:
        return Sharpened(image_HW3=image_HW3, why=f"under {_LEAST_PX} pixels of cloth to be measured", numbers={})
    box = box_of(mask_HW, 2 * _RIM_PX)
    lab_HW3, inside_HW = to_lab(image_HW3[box]), shrunk(mask_HW[box], _RIM_PX)
    wanted = _photographs_detail(garment_hw3, garment_hw, float(np.sqrt(mask_HW.sum() / garment_hw.sum())))
    got = detail_of(lab_HW3[..., 0], inside_HW)
    lacking_B = missing_octaves(wanted, got)
    numbers = {"detail_missing": _octaves(lacking_B.max(initial=0))}
    if wanted.energies_B[:2].max() < _GRAIN:
        return Sharpened(image_HW3=image_HW3, why="the garment's photograph has no detail but grain", numbers=numbers)
    if lacking_B.max() <= options.enough:
        return Sharpened(image_HW3=image_HW3, why="it is as sharp as the garment's photograph", numbers=numbers)
    added_HW = _added(lab_HW3[..., 0], inside_HW, wanted, got, options)
    drawn_HW3 = image_HW3.copy()
    drawn_HW3[box] = _drawn(image_HW3[box], lab_HW3, added_HW)
    now_HW3 = to_lab(drawn_HW3[box])
    numbers |= {
        "detail_missing_after": _octaves(missing_octaves(wanted, detail_of(now_HW3[..., 0], inside_HW)).max()),
        "largest_change": Measurement(value=float(colour_difference(lab_HW3, now_HW3).max()), unit="CIEDE2000"),
    }
    return Sharpened(image_HW3=drawn_HW3, why="", numbers=numbers)


def detail_of(light_HW: np.ndarray, mask_HW: np.ndarray) -> Detail:
    """The detail of a lightness, float32 L*, inside a mask."""
    noise = noise_of(light_HW, mask_HW)
    bands = _bands(light_HW, mask_HW)
    energies_B = np.array([_strongest(band_HW[mask_HW]) for band_HW in bands])
    of_noise_B = noise * _STRONGEST_OF_NORMAL * _noise_shares()
    return Detail(energies_B=np.sqrt(np.maximum(energies_B**2 - of_noise_B**2, 0)), noise=noise)


def _strongest(values_N: np.ndarray) -> float:
    """Mean absolute value of the strongest _STRONGEST; 0 for none."""
    count = int(_STRONGEST * len(values_N))
    return float(np.partition(np.abs(values_N), -count)[-count:].mean()) if count else 0.0


def noise_of(light_HW: np.ndarray, mask_HW: np.ndarray) -> float:
    """Standard deviation of white noise, L*: from the median response to a kernel that is blind to edges' slopes.

    Immerkaer 1996, with the median in place of the mean, so that prints and seams do not count.
    """
    kernel = np.float32([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    inside_HW = shrunk(mask_HW, 1)
    if not inside_HW.any():
        return 0.0
    response = np.abs(cv2.filter2D(light_HW, cv2.CV_32F, kernel)[inside_HW])
    return float(np.median(response) / 0.6745 / 6)


def missing_octaves(wanted: Detail, got: Detail) -> np.ndarray:
    """Octaves of contrast that each of the first two octaves lacks, float (2,), 0 or more.

    Both as it is and relative to the third octave, the smaller counts: cloth in the shade has less contrast and is
    sharp, folds add coarse contrast and take no sharpness away.
    """
    return np.maximum(_lacking(wanted, got), 0)


def _lacking(wanted: Detail, got: Detail) -> np.ndarray:
    """The same, below 0 where there is more than is wanted."""
    lacking_B = np.log2((wanted.energies_B + _GRAIN) / (got.energies_B + _GRAIN))
    return np.minimum(lacking_B[:2], lacking_B[:2] - lacking_B[2])


def _photographs_detail(garment_hw3: np.ndarray, garment_hw: np.ndarray, scale: float) -> Detail:
    """The detail of the photograph at the size at which the garment is seen."""
    size = tuple(max(8, round(side * scale)) for side in garment_hw.shape[::-1])
    scaled = cv2.resize(garment_hw3, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    mask = cv2.resize(garment_hw.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return detail_of(to_lab(scaled)[..., 0], shrunk(mask, _RIM_PX))


def _bands(light_HW: np.ndarray, mask_HW: np.ndarray) -> list[np.ndarray]:
    """The octaves of a lightness: differences of blurs that mix nothing from outside the mask."""
    smooth = [blur_within(light_HW, mask_HW, _FINEST_PX * 2**octave) for octave in range(OCTAVES + 1)]
    return [light_HW - smooth[1], smooth[1] - smooth[2], smooth[2] - smooth[3]]


def _noise_shares() -> np.ndarray:
    """Standard deviation of each band of white noise of deviation 1: the norms of the bands' filters."""
    impulse = np.zeros((65, 65), np.float32)
    impulse[32, 32] = 1
    whole = np.ones(impulse.shape, bool)
    return np.array([float(np.sqrt((band**2).sum())) for band in _bands(impulse, whole)])


def _added(light_HW: np.ndarray, inside_HW: np.ndarray, wanted: Detail, got: Detail, options: Sharpening) -> np.ndarray:
    """What is added to the lightness: each octave's detail times a gain that is corrected by what the result lacks."""
    fade_HW = soft(shrunk(inside_HW, 2), 1.5) * inside_HW
    thresholds = options.noises * got.noise * _noise_shares()[:2]
    bands = [
        _beyond(band_HW, float(threshold)) * fade_HW
        for band_HW, threshold in zip(_bands(light_HW, inside_HW)[:2], thresholds, strict=True)
    ]
    gains_B, added_HW = np.zeros(2), np.zeros_like(light_HW)
    for _ in range(_ROUNDS):
        left_B = _lacking(wanted, detail_of(light_HW + added_HW, inside_HW))
        gains_B = np.clip((1 + gains_B) * 2**left_B - 1, 0, 2**options.most - 1)
        wanted_HW = sum(float(gain) * band_HW for gain, band_HW in zip(gains_B, bands, strict=True))
        added_HW = _bounded(light_HW, wanted_HW, got.noise, options)
    return added_HW


def _beyond(values_HW: np.ndarray, threshold: float) -> np.ndarray:
    """Soft threshold (Donoho 1995): what of each value is beyond it."""
    return np.sign(values_HW) * np.maximum(np.abs(values_HW) - threshold, 0)


def _bounded(light_HW: np.ndarray, added_HW: np.ndarray, noise: float, options: Sharpening) -> np.ndarray:
    """No pixel leaves the lightness around it by more than a share of the contrast there; flat cloth hardly moves."""
    least_HW, most_HW = cv2.erode(light_HW, _AROUND), cv2.dilate(light_HW, _AROUND)
    room_HW = options.overshoot * (most_HW - least_HW)
    moved_HW = np.clip(light_HW + added_HW, least_HW - room_HW, most_HW + room_HW) - light_HW
    flat_HW = most_HW - least_HW < _FLAT + 2 * options.noises * noise
    return np.where(flat_HW, np.clip(moved_HW, -options.flat, options.flat), moved_HW)


def _drawn(image_HW3: np.ndarray, lab_HW3: np.ndarray, added_HW: np.ndarray) -> np.ndarray:
    """uint8 RGB: the picture with another lightness; its very bytes where nothing was added."""
    now_HW3 = lab_HW3.copy()
    now_HW3[..., 0] = np.clip(lab_HW3[..., 0] + added_HW, 0, 100)
    return np.where((added_HW != 0)[..., None], to_rgb(now_HW3), image_HW3)


def _octaves(value: float) -> Measurement:
    return Measurement(value=float(value), unit="octaves of contrast")
