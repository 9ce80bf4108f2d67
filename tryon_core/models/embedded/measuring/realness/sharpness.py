"""Sharpness of what was to be kept, against the photograph: generators redraw it and soften it."""

# Shapes: H, W rows and columns at the working size; h, w at the picture's own.
import cv2
import numpy as np
from PIL import Image

from .....pictures.features import band_energies
from .....pictures.masks import grown
from ...seeing.perception import WORKING_SIDE_PX
from ..areas import at_half_size, inner, region_of
from ..case import Case
from ..framing import STILL
from ..scale import Bar, Reading, fix

# Above the largest values of the 54 tuning true pictures (softer 0.05, grainier 0.06), 2026-11; JPEG at quality 70
# gains 0.1 octaves, a third of the size loses half one.
SOFTER = Bar(unit="octaves of contrast", good=0.1, bar=0.45, bad=1.5)
GRAINIER = Bar(unit="octaves of contrast", good=0.2, bar=0.8, bad=2.0)
# Photographs at their own size lose 0.0-0.2 octaves by JPEG at quality 70 (0.4 where grain is all their detail),
# 0.3-0.5 at three quarters of the size and 1.1-1.6 at half of it; where soft grain is all their detail they lose 0.6 at
# half the size, which is not told from compression. Four photographs and two rendered people with grain, 2026-11.
SOFTER_AT_OWN_SIZE = Bar(unit="octaves of finest detail", good=0.2, bar=0.8, bad=2.0)
_FINEST = 0.1  # L*: hardly any detail; added to both sides of the ratio
_LARGER = 1.2  # times the working size, from which it hides sharpness that the picture has
_ENOUGH_PX = 2000  # at working size


def sharpness(case: Case) -> list[Reading]:
    """Of skin, hair and the other clothes, at the working size and, where that hides it, at the picture's own."""
    kept_HW = case.before.skin | case.before.hair | case.before.upper | case.before.lower
    kept_HW = inner(kept_HW & ~grown(case.worn_HW | case.place.old_HW, 6), 3)
    if kept_HW.sum() < _ENOUGH_PX:
        return []
    return [_at_working_size(case, kept_HW), *_at_own_size(case, kept_HW)]


def _at_working_size(case: Case, kept_HW: np.ndarray) -> Reading:
    laid_HW3 = case.motion.undone(case.after.lab_HW3)
    was, now = (band_energies(lab_HW3[..., 0], kept_HW, 2)[0] for lab_HW3 in (case.before.lab_HW3, laid_HW3))
    octaves = float(np.log2((now + 0.2) / (was + 0.2)))
    half = band_energies(at_half_size(case.before.lab_HW3[..., 0]), kept_HW, 2)[0]
    softer = SOFTER.above(float(np.log2((was + 0.2) / (half + 0.2))))
    ratio, bar, way = 2 ** abs(octaves), *((GRAINIER, "grainier") if octaves > 0 else (softer, "softer"))
    return Reading(
        name=way,
        value=abs(octaves),
        bar=bar,
        region=region_of(kept_HW),
        says=f"the rest of the person is {ratio:.2f} times {way} than in the photograph",
        fixes=(fix("keep the sharpness of the person's photograph"),),
    )


def _at_own_size(case: Case, kept_HW: np.ndarray) -> list[Reading]:
    """Nothing for pictures that are hardly larger than the working size, moved, or given at another size than the
    photograph's, which is said elsewhere.
    """
    if case.pictures is None or case.pictures[0].size != case.pictures[1].size or case.motion is not STILL:
        return []
    if max(case.pictures[0].size) < _LARGER * WORKING_SIDE_PX:
        return []
    was, now = (_finest_detail(picture, kept_HW) for picture in case.pictures)
    octaves = max(float(np.log2((was + _FINEST) / (now + _FINEST))), 0.0)
    return [
        Reading(
            name="softer_at_own_size",
            value=octaves,
            bar=SOFTER_AT_OWN_SIZE,
            region=region_of(kept_HW),
            says=f"at its own size the rest of the person has {2**octaves:.1f} times less fine detail than before",
            fixes=(fix("keep the sharpness of the person's photograph"),),
        )
    ]


def _finest_detail(picture: Image.Image, mask_HW: np.ndarray) -> float:
    """Mean lightness in a mask that is lost when the picture is made half as large, L*."""
    rgb_hw3 = np.asarray(picture.convert("RGB"), np.float32) / 255
    light_hw = cv2.cvtColor(rgb_hw3, cv2.COLOR_RGB2LAB)[..., 0]
    half_hw = cv2.resize(light_hw, (picture.width // 2, picture.height // 2), interpolation=cv2.INTER_AREA)
    lost_hw = np.abs(light_hw - cv2.resize(half_hw, picture.size, interpolation=cv2.INTER_CUBIC))
    return float(
        lost_hw[cv2.resize(mask_HW.astype(np.uint8), picture.size, interpolation=cv2.INTER_NEAREST) > 0].mean()
    )
