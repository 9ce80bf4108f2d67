"""The colour of a person's skin: learnt from the cheeks, or from hands, forearms and neck where no face is seen."""

# Shapes: H, W image rows and columns; N pixels; 3 is Lab.
import numpy as np

from ..anatomy import Head, bare_spots
from .sight import Sight

_DEFAULT_LAB = np.array([65.0, 14.0, 18.0])  # where neither face nor hands, arms nor neck can be seen
_HUES_DEG, _CHROMA = (15.0, 85.0), (9.0, 50.0)  # CIELAB hue and chroma of skin, pale to dark, in warm and cold light
_HUE_OFF_DEG, _CHROMA_SHARE = 25.0, 0.4  # how far a person's own skin is from its middle, red knuckles to pale chest
_LEAST_HUED, _LEAST_PX = 0.6, 20  # share of a spot that has skin's hue, and its pixels, to be taken for bare
_LEAST_CHEEKS_PX = 30


def skin_examples(sight: Sight, head: Head) -> np.ndarray:
    """float32 (N, 3): Lab colours of the cheeks; of hands, forearms and neck where no face is seen."""
    return sight.lab_HW3[head.cheeks] if head.cheeks.sum() > _LEAST_CHEEKS_PX else _examples_without_face(sight)


def skin_likelihood(lab_HW3: np.ndarray, examples_N3: np.ndarray) -> np.ndarray:
    """float32 (H, W), 0-1: a robust Gaussian round the examples' colour, wider in lightness, widest towards shadow."""
    centre = np.median(examples_N3, 0)
    spread = np.maximum(np.median(np.abs(examples_N3 - centre), 0) * 1.48, [9, 3.2, 4.0]) * [1.5, 1.25, 1.25]
    away = (lab_HW3 - centre.astype(np.float32)) / spread.astype(np.float32)
    lightness = np.where(away[..., 0] < 0, away[..., 0] * 0.75, away[..., 0])
    return np.exp(-0.5 * (0.6 * lightness**2 + away[..., 1] ** 2 + away[..., 2] ** 2))


def has_skins_hue(lab: np.ndarray, examples_N3: np.ndarray) -> np.ndarray:
    """bool (...): Lab colours (..., 3) of the hue of a person's skin and not much greyer, in light or in shadow."""
    a, b = np.median(examples_N3, 0)[1:].astype(np.float32)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    cosine = (lab[..., 1] * a + lab[..., 2] * b) / np.maximum(chroma * np.hypot(a, b), 1e-6)
    return (cosine > np.cos(np.radians(_HUE_OFF_DEG))) & (chroma > _CHROMA_SHARE * np.hypot(a, b))


def _examples_without_face(sight: Sight) -> np.ndarray:
    """float32 (N, 3): the spots that are of skin's hue and agree with most others; a usual skin where there is none.

    Sleeves cover forearms, pockets hide hands and collars the neck, so none of them alone is believed; the first of
    equals is a hand.
    """
    spots = [sight.lab_HW3[spot & sight.person] for spot in bare_spots(sight.shape, sight.landmarks_K3, sight.frame)]
    spots = [lab_N3[_any_skin(lab_N3)] for lab_N3 in spots if len(lab_N3) and _any_skin(lab_N3).mean() > _LEAST_HUED]
    spots = [lab_N3 for lab_N3 in spots if len(lab_N3) > _LEAST_PX]
    if not spots:
        return _DEFAULT_LAB[None]
    alike = [[bool(has_skins_hue(np.median(other, 0), lab_N3)) for other in spots] for lab_N3 in spots]
    return np.concatenate([spots[k] for k in np.flatnonzero(max(alike, key=sum))])


def _any_skin(lab_N3: np.ndarray) -> np.ndarray:
    """bool (N,): could be anybody's skin, by hue and chroma."""
    hue_deg, chroma = np.degrees(np.arctan2(lab_N3[:, 2], lab_N3[:, 1])), np.hypot(lab_N3[:, 1], lab_N3[:, 2])
    return (hue_deg > _HUES_DEG[0]) & (hue_deg < _HUES_DEG[1]) & (chroma > _CHROMA[0]) & (chroma < _CHROMA[1])
