"""Which colours the garment has where, laid on the body: an old colour in a place of the new one proves nothing."""

# Shapes: Y, X rows and columns of the chart; H, W of a picture; K cells of cloth; N places; 3 is Lab; 2 is x, y.
import cv2
import numpy as np
from scipy.spatial.distance import cdist

from .....pictures.features import blur_within
from ...seeing.perception import Person
from .body_chart import ABOVE, ASIDE, chart_map, charted
from .expected import Anchor

CELLS = 16  # chart cells per shoulder width
AROUND = 0.16  # shoulder widths: colours are averaged over a stripe and its gap
STRAY = 2  # cells a colour may lie from where the garment's own measures put it
ALIKE = 9.0  # Lab units, lightness counted half: the same cloth in another light
TRUNK = 0.5  # shoulder widths from the middle; sleeves beyond it hang at any angle


def at_home(
    after: Person, before: Person, photo_lab_HW3: np.ndarray, fabric_HW: np.ndarray, anchor: Anchor
) -> np.ndarray:
    """bool (H, W) of the person's picture: the colour around a pixel is one that the garment has about there.

    On the trunk `about there` is within STRAY of where the garment's own measures put it, on the arms anywhere in it.

    after                     the candidate; what lies behind it is not averaged in: a lilac wall and a dark arm make
                              the colour of brown and lilac stripes
    photo_lab_HW3, fabric_HW  the garment's photograph and its cloth
    anchor                    where the photograph lies on the body
    """
    frame = before.frame
    body_map, photo_map = chart_map(frame, CELLS), _photo_map(anchor)
    side = int(AROUND * frame.shoulder_px) | 1
    seen_YX3 = _evenly(charted(_averaged(after, side), body_map, CELLS))
    sigma_px = max(AROUND / 3.5 * anchor.px_per_shoulder, 1.0)  # as wide as the box
    own_YX3 = _evenly(charted(blur_within(photo_lab_HW3, fabric_HW, sigma_px), photo_map, CELLS))
    own_YX = charted(fabric_HW, photo_map, CELLS)
    home_YX = _near(seen_YX3, own_YX3, own_YX)
    aside = np.abs(np.arange(own_YX.shape[1]) / CELLS - ASIDE) > TRUNK
    home_YX[:, aside] = _anywhere(seen_YX3[:, aside], own_YX3[own_YX])
    back = cv2.invertAffineTransform(body_map)
    size = before.upper.shape[::-1]
    return cv2.warpAffine(home_YX.astype(np.uint8), back, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP) > 0


def _averaged(person: Person, side: int) -> np.ndarray:
    """float32 Lab (H, W, 3): the mean of the person's own pixels in a square around each place."""
    weight_HW = np.maximum(person.alpha_HW, np.float32(1e-4))
    mixed_HW3 = cv2.blur(person.lab_HW3 * weight_HW[..., None], (side, side))
    return mixed_HW3 / cv2.blur(weight_HW, (side, side))[..., None]


def _photo_map(anchor: Anchor) -> np.ndarray:
    """From chart cells to pixels of the photograph: float64 (2, 3)."""
    origin_2 = anchor.photo_2 - (np.array([ASIDE, ABOVE]) + anchor.body_2) * anchor.px_per_shoulder
    return np.c_[np.eye(2) * anchor.px_per_shoulder / CELLS, origin_2]


def _evenly(lab: np.ndarray) -> np.ndarray:
    """Lab with lightness at half its weight: light differs between two photographs, hue does not."""
    return lab * np.float32([0.5, 1, 1])


def _near(seen_YX3: np.ndarray, own_YX3: np.ndarray, own_YX: np.ndarray) -> np.ndarray:
    """bool (Y, X): like any cell of cloth at most STRAY cells away."""
    home_YX = np.zeros(own_YX.shape, bool)
    for down in range(-STRAY, STRAY + 1):
        for right in range(-STRAY, STRAY + 1):
            there_YX3, there_YX = (np.roll(values, (down, right), (0, 1)) for values in (own_YX3, own_YX))
            home_YX |= there_YX & (np.linalg.norm(seen_YX3 - there_YX3, axis=2) < ALIKE)
    return home_YX


def _anywhere(seen: np.ndarray, own_K3: np.ndarray) -> np.ndarray:
    """bool: like any cell of the garment; all False for a garment that lies outside the chart."""
    if not len(own_K3):
        return np.zeros(seen.shape[:-1], bool)
    apart_N = cdist(seen.reshape(-1, 3), own_K3[:: max(1, len(own_K3) // 300)]).min(1)
    return (apart_N < ALIKE).reshape(seen.shape[:-1])
