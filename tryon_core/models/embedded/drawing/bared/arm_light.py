"""How an arm is lit across: from its inner to its outer edge, as its bare part shows it."""

# Shapes: H, W image rows and columns; M places across an arm, from -1 at its inner edge to 1; 3 is Lab.
import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...seeing.limbs import Limb
from ...seeing.perception import Person

_ACROSS_M = np.linspace(-0.9, 0.9, 13)  # nearer to its edges an arm is mixed with what is behind
_LEAST_PX = 12  # of bare arm at a place across
_BARE = (0.45, 1.8)  # along the arm, where 1 is the elbow: clear of armpit and wrist
_NEAREST = 0.5  # along the arm: so much next to the cuff is looked at, for an arm turns on its way to the hand
_SMOOTH = 0.7  # places: freckles, sinews and elbows are no light
_ONE_WITH_TRUNK = (0.2, 0.6)  # along the arm: above it the trunk lights its inner half as its middle


def light_across(limbs: tuple[Limb, Limb], seen_HW: np.ndarray, lab_HW3: np.ndarray) -> np.ndarray | None:
    """float32 (2, M, 3): the colour of each arm across it; None where neither arm is bare enough.

    Arms hang side by side: an arm that is hidden is lit as the other one, from the picture's same side.
    seen_HW  bool, bare skin whose own colour is seen
    """
    profiles = [_profile(limb, seen_HW, lab_HW3) for limb in limbs]
    if all(profile is None for profile in profiles):
        return None
    right_M3, left_M3 = profiles
    right_M3 = left_M3[::-1] if right_M3 is None else right_M3
    left_M3 = right_M3[::-1] if left_M3 is None else left_M3
    return np.stack([right_M3, left_M3]).astype(np.float32)


def with_arms(model_HW3: np.ndarray, limbs: tuple[Limb, Limb], light_2M3: np.ndarray, person: Person) -> np.ndarray:
    """float32 (H, W, 3) Lab: a model of the trunk's skin with both arms laid over it."""
    model_HW3 = model_HW3.copy()
    for limb, profile_M3 in zip(limbs, light_2M3, strict=True):
        near = limb.edge_px_HW > -0.05 * person.frame.shoulder_px
        along_N = limb.along_HW[near]
        inner_N = np.clip((_ONE_WITH_TRUNK[1] - along_N) / np.ptp(_ONE_WITH_TRUNK), 0, 1) - 1
        across_N = np.maximum(limb.across_HW[near], inner_N)
        arm_N3 = np.stack([np.interp(across_N, _ACROSS_M, profile_M3[:, k]) for k in range(3)], -1)
        is_arm_N1 = np.clip(0.5 + limb.edge_px_HW[near] / 2, 0, 1)[:, None] * np.clip(along_N / 0.2, 0, 1)[:, None]
        model_HW3[near] = model_HW3[near] * (1 - is_arm_N1) + arm_N3 * is_arm_N1
    return model_HW3.astype(np.float32)


def _profile(limb: Limb, seen_HW: np.ndarray, lab_HW3: np.ndarray) -> np.ndarray | None:
    """float64 (M, 3): the median colour at each place across an arm, where its bare part begins."""
    bare = seen_HW & (limb.along_HW > _BARE[0]) & (limb.along_HW < _BARE[1]) & (limb.edge_px_HW > 0)
    if not bare.any():
        return None
    bare &= limb.along_HW < np.percentile(limb.along_HW[bare], 2) + _NEAREST
    across_N, lab_N3 = limb.across_HW[bare], lab_HW3[bare]
    place_N = np.abs(across_N[:, None] - _ACROSS_M).argmin(1)
    known = [m for m in range(len(_ACROSS_M)) if (place_N == m).sum() >= _LEAST_PX]
    if len(known) < len(_ACROSS_M) / 2:
        return None
    median_K3 = np.array([np.median(lab_N3[place_N == m], 0) for m in known])
    whole_M3 = [np.interp(_ACROSS_M, _ACROSS_M[known], median_K3[:, k]) for k in range(3)]
    return gaussian_filter1d(np.stack(whole_M3, -1), _SMOOTH, axis=0, mode="nearest")
