"""See the legs of a person: their bones, where they part, how wide they are seen to be, and the shoes below them."""

# Shapes: H, W image rows and columns; L levels down the body; 2 is (person's right, person's left), as in the picture.
from dataclasses import dataclass, replace

import numpy as np

from ....pictures.masks import walk
from .body_frame import LEFT_ANKLE, LEFT_HIP, LEFT_KNEE, RIGHT_ANKLE, RIGHT_HIP, RIGHT_KNEE, BodyFrame
from .perception import Person
from .recall import once_each

_JOINTS = ((RIGHT_HIP, RIGHT_KNEE, RIGHT_ANKLE), (LEFT_HIP, LEFT_KNEE, LEFT_ANKLE))
_SEEN, _GUESSED = 0.5, 0.03  # the network's visibility of joints in the picture, and just outside it
# Usual places in torso lengths below the shoulders, from people seen in full: the crotch, and joints that are not seen.
_CROTCH, _KNEE, _ANKLE = 1.2, 1.75, 2.5
_CROTCH_SEEN = (1.1, 1.4)  # a gap that begins elsewhere is under a skirt, or between knees
# Half the thickness of a bare leg in shoulder widths, at shares of the way hip (0), knee (1), ankle (2).
_SHARES = np.array([0.0, 0.35, 0.7, 1.0, 1.15, 1.4, 1.75, 2.0, 2.2])
_RADII = np.array([0.24, 0.225, 0.185, 0.155, 0.15, 0.16, 0.115, 0.1, 0.1])


@dataclass(frozen=True, kw_only=True, eq=False)
class Legs:
    """Two legs in the coordinates of the body frame: pixels across from its middle, and down from the shoulders.

    across_23, down_23   float64 (2, 3): hip, knee and ankle of each leg; where not seen, where they usually are
    crotch_px            how far down the legs part
    parted               the background is seen between the thighs: no skirt hangs round them
    ankles_seen          both ankles lie in the picture
    """

    frame: BodyFrame
    across_23: np.ndarray
    down_23: np.ndarray
    crotch_px: float
    parted: bool
    ankles_seen: bool

    @property
    def ankle_px(self) -> float:
        """How far down the ankles are, the mean of both."""
        return float(self.down_23[:, 2].mean())

    def bone(self, down_px: np.ndarray | float, side: int) -> np.ndarray:
        """Across of a leg's bone at heights; straight on beyond its ends."""
        return np.interp(down_px, self.down_23[side], self.across_23[side])

    def middle(self, down_px: np.ndarray | float) -> np.ndarray:
        """Across of the line between the legs."""
        return (self.bone(down_px, 0) + self.bone(down_px, 1)) / 2

    def share(self, down_px: np.ndarray | float, side: int) -> np.ndarray:
        """0 at the hip, 1 at the knee, 2 at the ankle; on at the lower leg's rate beyond it."""
        hip, knee, ankle = self.down_23[side]
        beyond = np.maximum((np.asarray(down_px) - ankle) / max(ankle - knee, 1), 0)
        return np.interp(down_px, (hip, knee, ankle), (0.0, 1.0, 2.0)) + beyond

    def radius_px(self, down_px: np.ndarray | float, side: int) -> np.ndarray:
        """Half the usual thickness of a bare leg at heights."""
        return np.interp(self.share(down_px, side), _SHARES, _RADII) * self.frame.shoulder_px


@once_each
def see_legs(person: Person) -> Legs:
    """Where the legs are, from the landmarks and the gap in the silhouette between them."""
    frame, places = _level_with_hips(person.frame), person.landmarks_K3
    across_23, down_23 = np.empty((2, 3)), np.empty((2, 3))
    for side, joints in enumerate(_JOINTS):
        across_23[side], down_23[side] = frame.coordinates(places[list(joints), :2].astype(np.float64)).T
        for k, usual in ((1, _KNEE), (2, _ANKLE)):
            if not _plausible(places[joints[k], 2], down_23[side], k, frame):
                across_23[side, k], down_23[side, k] = across_23[side, k - 1], usual * frame.torso_px
    inside = [_inside(places[joint, :2], person.alpha_HW.shape) for joint in (RIGHT_ANKLE, LEFT_ANKLE)]
    gap_px = _gap_px(person, frame, across_23, down_23)
    return Legs(
        frame=frame,
        across_23=across_23,
        down_23=down_23,
        crotch_px=gap_px or _CROTCH * frame.torso_px,
        parted=gap_px is not None,
        ankles_seen=bool(places[[RIGHT_ANKLE, LEFT_ANKLE], 2].min() > _SEEN and all(inside)),
    )


def _level_with_hips(frame: BodyFrame) -> BodyFrame:
    """The body frame turned so that the hips are level: shoulders are often held at a slant."""
    hips = frame.left_hip - frame.right_hip
    across = hips / max(float(np.hypot(*hips)), 1e-6)
    return replace(frame, across_2=across, down_2=np.array([-across[1], across[0]]))


def _plausible(visibility: float, down_3: np.ndarray, k: int, frame: BodyFrame) -> bool:
    """A knee that is seen, or a joint as far below the one before it as the network expects outside the picture."""
    away = (down_3[k] - down_3[k - 1]) / frame.torso_px
    return bool((k == 1 and visibility > _SEEN) or (visibility > _GUESSED and 0.2 < away < 1.3))


def _inside(point_2: np.ndarray, shape: tuple[int, int]) -> bool:
    return bool((point_2 >= 0).all() and point_2[0] < shape[1] and point_2[1] < shape[0])


def _gap_px(person: Person, frame: BodyFrame, across_23: np.ndarray, down_23: np.ndarray) -> float | None:
    """How far down the background begins to show between the legs; None where it does not near the crotch."""
    alpha, unit = person.alpha_HW > 0.5, frame.shoulder_px
    for down_px in np.arange(*(share * frame.torso_px for share in _CROTCH_SEEN), 2.0):
        middle = np.mean([np.interp(down_px, down, across) for down, across in zip(down_23, across_23, strict=True)])
        x, y = np.round(frame.point(float(middle), down_px)).astype(int)
        if not 0 <= y < alpha.shape[0]:
            return None
        near = alpha[y, max(0, x - int(0.12 * unit)) : max(0, x + int(0.12 * unit))]
        if near.size and not near.all():
            return float(down_px)
    return None


def seen_sides(person: Person, legs: Legs, down_L: np.ndarray) -> np.ndarray:
    """How far the silhouette reaches from each leg's bone: float64 (L, 2, 2), (row, leg, (outer, inner)), pixels.

    NaN where it is not seen: outside the picture, behind hands or a top, and inside where the legs touch.
    """
    frame, unit = legs.frame, legs.frame.shoulder_px
    body = (person.alpha_HW > 0.5) & ~person.upper & ~(person.forearms & person.skin)
    seen = np.full((len(down_L), 2, 2), np.nan)
    for row, down_px in enumerate(down_L):
        for side, sign in enumerate((-1, 1)):
            bone = float(legs.bone(down_px, side))
            to_middle = abs(bone - float(legs.middle(down_px)))
            start = frame.point(bone, down_px)
            if not _inside(start, body.shape):
                continue
            outer = walk(body, start, sign * frame.across_2, 0.9 * unit)
            inner = walk(body, start, -sign * frame.across_2, 0.9 * unit)
            seen[row, side, 0] = outer or np.nan
            seen[row, side, 1] = inner if inner and inner < 1.3 * to_middle else np.nan
    return seen
