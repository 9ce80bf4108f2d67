"""How a person stands, read off the silhouette: the pose network's shoulders are some pixels beside the true ones."""

# Shapes: H, W image rows and columns; 2 is (x, y).
from dataclasses import replace

import numpy as np

from .....pictures.masks import grown, runs, walk
from ..body_frame import BodyFrame
from ..perception import Person
from ..recall import once_each

# The rendered people stand exactly upright in the middle; the network puts their shoulders up to 0.036 shoulder widths
# beside it and tilts them by up to 2.3 degrees, which is seen at once in letters and stripes.
_FURTHEST_ASIDE = 0.08  # shoulder widths
_TILT_OFF = 0.044  # radians the network's tilt may be wrong by: 2.2 degrees on the rendered people
_SLOPE_AT = (0.34, 0.4, 0.46)  # shoulder widths from the middle: on the slope, beyond neck and most hair
_TRUNK_AT = (0.3, 0.4, 0.5, 0.6, 0.7)  # torso lengths below the shoulders
_UNSEEN_TILT = 0.5  # how much of the network's tilt is believed where hair hides a shoulder


@once_each
def settled(person: Person) -> Person:
    """The person with a body frame whose middle and tilt are taken from the silhouette where that shows them."""
    return replace(person, frame=_settled_frame(person))


def _settled_frame(person: Person) -> BodyFrame:
    frame, unit = person.frame, person.frame.shoulder_px
    aside = [px for px in (_shoulders_aside(person), _trunk_aside(person), _neck_aside(person)) if px is not None]
    shift_px = float(np.clip(np.median(aside), -_FURTHEST_ASIDE * unit, _FURTHEST_ASIDE * unit)) if aside else 0.0
    centre = frame.centre + frame.across_2 * shift_px
    tilt = _tilt(person, shift_px)
    across = np.array([np.cos(tilt), np.sin(tilt)])
    spine = (frame.right_hip + frame.left_hip) / 2 - centre
    down = np.array([-across[1], across[0]]) + spine / max(float(np.hypot(*spine)), 1e-6)
    return replace(
        frame,
        right_shoulder=centre - across * unit / 2,
        left_shoulder=centre + across * unit / 2,
        across_2=across,
        down_2=down / max(float(np.hypot(*down)), 1e-6),
    )


def _tilt(person: Person, shift_px: float) -> float:
    """Radians from level, positive where the shoulder at the picture's right is lower; the middle has to be known."""
    frame, unit, alpha = person.frame, person.frame.shoulder_px, person.alpha_HW > 0.5
    hidden = grown(person.hair, 3)
    network = float(np.arctan2(frame.across_2[1], frame.across_2[0]))
    found = []
    for share in _SLOPE_AT:
        tops = [_top(alpha, hidden, frame, shift_px + sign * share * unit, unit) for sign in (-1, 1)]
        if all(top is not None for top in tops):
            across, down = tops[1] - tops[0]
            found.append(float(np.arctan2(down, across)))
    if not found:
        return _UNSEEN_TILT * network
    seen = float(np.median(found))  # far from the network's it is no tilt: a turned body, an arm held out
    return network + float(np.clip(seen - network, -_TILT_OFF, _TILT_OFF))


def _top(alpha: np.ndarray, hidden: np.ndarray, frame: BodyFrame, across_px: float, unit: float) -> np.ndarray | None:
    """Where the outline is above a point of the joints' line; None where hair hides it."""
    foot = frame.point(across_px, 0)
    up_px = walk(alpha, foot, -frame.down_2, 0.45 * unit)
    if not up_px:
        return None
    top = foot - frame.down_2 * up_px
    x, y = np.round(top).astype(int)
    inside = 0 <= y < hidden.shape[0] and 0 <= x < hidden.shape[1]
    return top if inside and not hidden[y, x] else None


def _shoulders_aside(person: Person) -> float | None:
    """How far the middle between the outer shoulders is from the frame's, along its own across."""
    frame, unit, alpha = person.frame, person.frame.shoulder_px, person.alpha_HW > 0.5
    both = []
    for down in (0.0, 0.05, 0.1):
        ends = [walk(alpha, frame.point(0, down * unit), sign * frame.across_2, 0.95 * unit) for sign in (-1, 1)]
        if all(end is not None and end > 0.45 * unit for end in ends):
            both.append((ends[1] - ends[0]) / 2)
    return float(np.median(both)) if both else None


def _trunk_aside(person: Person) -> float | None:
    """The same of the trunk, where its sides can be told from the arms."""
    frame, unit = person.frame, person.frame.shoulder_px
    cloth = person.upper & ~(person.forearms & person.skin)
    found = []
    for share in _TRUNK_AT:
        middle = frame.point(0, share * frame.torso_px)
        ends = [walk(cloth, middle, sign * frame.across_2, 0.9 * unit) for sign in (-1, 1)]
        if all(end is not None for end in ends) and 0.7 * unit < sum(ends) < 1.2 * unit:
            found.append((ends[1] - ends[0]) / 2)
    return float(np.median(found)) if found else None


def _neck_aside(person: Person) -> float | None:
    """The same of the bare neck."""
    frame, unit = person.frame, person.frame.shoulder_px
    y = int(round(frame.point(0, -0.36 * unit)[1]))
    if not 0 <= y < person.skin.shape[0]:
        return None
    spans = [(a, b) for a, b in runs(person.skin[y]) if 0.2 * unit < b - a < 0.6 * unit]
    middles = [float(frame.coordinates(np.array([(a + b) / 2, y]))[0, 0]) for a, b in spans]
    near = [px for px in middles if abs(px) < 0.2 * unit]
    return near[0] if near else None
