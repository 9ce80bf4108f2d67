"""The grain's part of realism: bared skin and plain cloth that are smoother than what they should look like."""

# Shapes: H, W rows and columns at the working size; 3 is Lab.
import cv2
import numpy as np

from .....pictures.features import blur_within
from .....pictures.masks import grown
from ..areas import inner, region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from ..surface.cloth import photo_at_worn_size, worn_cloth
from ..worn import UNCHANGED

# The 49 tuning true pictures: skin at most 0.55, cloth 0.24, with room for real photographs; cloth blurred by 2 pixels
# loses 0.3 to 0.9 octaves; 2026-11.
SKIN_GRAIN = Bar(unit="octaves of grain", good=0.4, bar=1.0, bad=3.0)
CLOTH_GRAIN = Bar(unit="octaves of grain", good=0.05, bar=0.40, bad=1.6)
# L*: what 8 bits and lossy storage leave where a picture has no grain, and nobody sees; added to both sides of a ratio.
# Tuning persons: 0.04-0.19 on plain cloth, 0.17-0.29 on skin, differing by up to 0.14 within one picture; 2026-11.
FINEST = 0.12
FINE_PX = 1.2  # grain is what a blur of this many pixels takes away
FLAT = 0.6  # L* a pixel: steeper places are folds, prints and edges
ENOUGH_PX = 800
PLAIN = 0.7  # share of flat places from which cloth counts as plain; stripes, checks and small motifs are at most 0.5


def grain_of(lightness_HW: np.ndarray, mask_HW: np.ndarray) -> float | None:
    """Robust standard deviation of the finest detail on flat places of a mask, L*; None under ENOUGH_PX of them.

    1.48 times the median absolute deviation, so that an edge here and there does not count.
    """
    flat_HW = _flat(lightness_HW, mask_HW)
    if flat_HW.sum() < ENOUGH_PX:
        return None
    fine_HW = lightness_HW - cv2.GaussianBlur(lightness_HW, (0, 0), FINE_PX)
    return float(1.48 * np.median(np.abs(fine_HW[flat_HW])))


def _flat(lightness_HW: np.ndarray, mask_HW: np.ndarray) -> np.ndarray:
    smooth_HW = blur_within(lightness_HW, mask_HW, 2 * FINE_PX)
    slope_HW = np.hypot(*(cv2.Sobel(smooth_HW, cv2.CV_32F, *axis, scale=0.125) for axis in ((1, 0), (0, 1))))
    return inner(mask_HW, 3) & (slope_HW < FLAT)


def _plain(lightness_HW: np.ndarray, mask_HW: np.ndarray) -> bool:
    return bool(_flat(lightness_HW, mask_HW).sum() >= PLAIN * inner(mask_HW, 3).sum())


def grain_readings(case: Case) -> list[Reading]:
    """Skin that was bared against the person's own, and cloth against its photograph; as far as there is enough."""
    return [*_skin_grain(case), *_cloth_grain(case)]


def _skin_grain(case: Case) -> list[Reading]:
    """How much smoother skin is where the old garment was than skin that was left alone."""
    was = inner(case.place.old_HW, 4) & (case.after.alpha_HW > 0.9)
    bared_HW = was & case.after.skin & ~case.after.hair & ~grown(case.worn_HW, 5)
    own_HW = case.before.skin & ~case.before.face & ~case.worn_HW & (case.own_change_HW < UNCHANGED)
    now, own = (grain_of(case.after.lab_HW3[..., 0], mask_HW) for mask_HW in (bared_HW, own_HW))
    if now is None or own is None:
        return []
    octaves = max(float(np.log2((own + FINEST) / (now + FINEST))), 0.0)
    return [
        Reading(
            name="skin_grain",
            value=octaves,
            bar=SKIN_GRAIN,
            region=region_of(bared_HW),
            says=f"bared skin is {2**octaves:.1f} times smoother than the person's own",
            fixes=(fix("give bared skin the texture of the person's own skin"),),
        )
    ]


def _cloth_grain(case: Case) -> list[Reading]:
    """How much smoother plain cloth is than its photograph at that size, or than the person if that is softer.

    Nothing for patterned cloth, whose sharpness garment_appearance asks.
    """
    photo, worn = photo_at_worn_size(case), worn_cloth(case)
    if photo is None or not _plain(photo.lab_HW3[..., 0], photo.mask_HW):
        return []
    kept_HW = case.before.upper | case.before.lower | case.before.skin
    rest_HW = kept_HW & ~case.place.old_HW & ~case.worn_HW
    scene = grain_of(case.after.lab_HW3[..., 0], rest_HW)
    asked, now = (grain_of(cloth.lab_HW3[..., 0], cloth.mask_HW) for cloth in (photo, worn))
    if None in (scene, asked, now):
        return []
    octaves = max(float(np.log2((min(asked, scene) + FINEST) / (now + FINEST))), 0.0)
    return [
        Reading(
            name="cloth_grain",
            value=octaves,
            bar=CLOTH_GRAIN,
            region=region_of(case.worn_HW),
            says=f"the cloth is {2**octaves:.1f} times smoother than its photograph",
            fixes=(fix("show the texture of the fabric", "sharpness", 2**octaves - 1),),
        )
    ]
