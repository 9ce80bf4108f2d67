"""Long sleeves down to the wrist: where upper arm and forearm are both covered, what lies between them is sleeve.

Else dark sleeves beside trousers of their colour end at the waist, for there the trousers begin.
"""

# Shapes: H, W image rows and columns; C classes; 2 is (x, y).
import numpy as np

from .....pictures.masks import capsule, soft
from ..body_frame import ARMS
from .class_priors import LOWER, SKIN, UPPER
from .clues import Clues

_SEEN = 0.3  # the network's visibility of elbow and wrist
_COVERED, _NO_SKIN, _LEAST_PX = 0.6, 0.2, 50  # share of cloth along a bone, skin likelihood of cloth, pixels
_BONE = 0.05  # shoulder widths: half of what is looked at along the middle of an arm
_ELBOW, _WRIST = 0.1, 0.08  # half a sleeve, in shoulder widths; what is wider beside a skirt is skirt
_SURELY, _SELDOM = 0.95, 0.2  # belief in the upper garment there, and in the lower one: a hand may hang before a skirt


def covered_forearms(likelihood_HWC: np.ndarray, clues: Clues) -> np.ndarray:
    """float32 (H, W), 0-1: the forearms that are covered, from elbow to wrist."""
    unit, points_K3 = clues.frame.shoulder_px, clues.sight.landmarks_K3
    cloth = (clues.skin < _NO_SKIN) & (likelihood_HWC[..., [UPPER, LOWER]].max(-1) > likelihood_HWC[..., SKIN])
    covered = np.zeros(clues.shape, bool)
    for shoulder, elbow, wrist in ARMS:
        if points_K3[[elbow, wrist], 2].min() < _SEEN:
            continue
        shoulder_2, elbow_2, wrist_2 = points_K3[[shoulder, elbow, wrist], :2].astype(float)
        bones = ((_between(shoulder_2, elbow_2, 0.65), elbow_2), _middle(elbow_2, wrist_2))
        shares = [_share(cloth, capsule(clues.shape, *bone, _BONE * unit) & clues.person) for bone in bones]
        if min(shares) > _COVERED:
            covered |= capsule(clues.shape, elbow_2, wrist_2, _ELBOW * unit, _WRIST * unit)
    return soft(covered, 0.02 * unit)


def sleeve_to_wrist(priors_HWC: np.ndarray, sleeves_HW: np.ndarray) -> None:
    """Believe in the upper garment along covered forearms: in place."""
    priors_HWC[..., LOWER] *= 1 - (1 - _SELDOM) * sleeves_HW
    priors_HWC[..., UPPER] = np.maximum(priors_HWC[..., UPPER], _SURELY * sleeves_HW)


def _between(start_2: np.ndarray, end_2: np.ndarray, share: float) -> np.ndarray:
    return start_2 + share * (end_2 - start_2)


def _middle(start_2: np.ndarray, end_2: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A bone without its ends: cuffs end before the wrist."""
    return _between(start_2, end_2, 0.2), _between(start_2, end_2, 0.8)


def _share(of_HW: np.ndarray, area_HW: np.ndarray) -> float:
    """0-1; 0 where too little of the area is seen to tell."""
    return float(of_HW[area_HW].mean()) if area_HW.sum() >= _LEAST_PX else 0.0
