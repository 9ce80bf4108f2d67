"""Between which places a garment may end on a person whose size it is, from its photograph alone.

One photograph does not tell how large a garment is, nor whether it lies flat or hangs on a mannequin, so each part has
a range. Its ends are two rulers for the same thing, which agree on the rendered people and their garments, by which
they were set: the wearer's shoulders and the wearer's own torso or arms.
"""

# Shapes: H, W rows and columns of the garment's photograph; 2 is x, y.
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...cloth.flat_garment import Garment
from ...cloth.keypoints import Sleeve
from ...seeing.perception import Person
from ...seeing.recall import once_each
from ...seeing.waistline import waistline_px
from .body_chart import last_row, upright
from .fit import ARMS, Fit, along_arm, body_width, width_below, worn_fit, worn_over_bare_arm
from .lower_fit import FLARED, HIPS, expected_lower_fit

# In shoulder widths between the joints; set so that the 49 tuning true pictures of upper garments differ least, by how
# much parts.py says; 2026-11.
BODY = 0.92  # how much of a garment's flat body width shows on a round body, its armpits lying a shoulder width apart
SHOULDER_ABOVE = 0.19  # its shoulder points above the line of the shoulder joints
COLLAR_ABOVE = 0.22  # its collar's peaks above that line
USUAL_RISE = 0.08  # its collar's peaks above its shoulder points; what is more is a collar standing up the neck
# Its shoulder points before the joint, along the outline, which goes over the arm's ball where sleeves hang and not
# where they are spread; how far those go sideways for each step down.
SLEEVE_STARTS, SPREAD = (0.54, 0.19), (0.15, 0.65)
DRESS_WAIST = 0.60  # torso lengths: where a dress's waist sits; its hem by the shoulders is then the same on rendered
# people, and 0.3-0.6 torso lengths lower for the sheath dresses of photographs, whose chests are narrow
WAISTED = 1.3  # chest widths below the armpits where a garment's body is over: below, dresses flare
OPEN_HEM = 1.2  # how wide a dress's hem may be worn, against flat, where folds that lie closed in the photograph open:
# 1.05-1.26 on 4 rendered people, 1.08 and 1.27 on photographs
WRIST = 0.95  # share of the arm where the longest sleeve ends
# The rendered people, on whom everything above was set, have torsos of 1.35-1.43 and arms of 1.33-1.53 shoulder widths;
# the people of 12 photographs 1.18-1.69 and 1.26-1.95, and clothes are cut for whole bodies, not for shoulders.
USUAL_TORSO, USUAL_ARM = 1.40, 1.43
# Shoulder points to hem over the chest's width. A garment that is shorter is cropped or cut wide: rendered tees from
# 1.81, wide ones of photographs 1.3-1.75.
USUAL_LENGTH = 1.80
WIDEST_CUT = 1.3  # times the wearer's own width: what is cut wider still is taken for cropped

# How far the start of a hanging sleeve may be from SLEEVE_STARTS towards that of a spread one: a mannequin's sleeves
# stand off a little, so their outline takes a shorter way over the ball of the arm; 10 garments of photographs.
SOONER = 0.5
OVER_WAISTBAND = 0.06  # torso lengths below a worn waistband where a top may end that was drawn down to cover it
LONG_SLEEVE = 0.5  # share of the arm; what is longer grows with a body that is drawn down


@dataclass(frozen=True, kw_only=True)
class FitRange:
    """Two fits; a part between them is where the garment may have it."""

    least: Fit
    most: Fit

    def beyond(self, name: str, is_at: float) -> float:
        """How far a part is outside its range: positive is too much, 0 inside."""
        return beyond(is_at, getattr(self.least, name), getattr(self.most, name))


def beyond(is_at: float, least: float, most: float) -> float:
    """How far a value is outside a range: negative below it, positive above it, 0 inside."""
    return is_at - float(np.clip(is_at, least, most))


@dataclass(frozen=True, kw_only=True, eq=False)
class Anchor:
    """Where a garment's photograph lies on a body.

    photo_2          a point of the photograph, in its pixels
    body_2           where it lies: shoulder widths across from the middle, and down from the shoulder line
    px_per_shoulder  how many pixels of the photograph make one shoulder width
    """

    photo_2: np.ndarray
    body_2: np.ndarray
    px_per_shoulder: float


def anchor_of(garment: Garment, person: Person) -> Anchor:
    """An upper garment or a dress hangs from its shoulder points, trousers and skirts from their waistband."""
    keys = garment.keypoints
    if garment.kind in ("trousers", "skirt"):
        waist = expected_lower_fit(garment, person).waist
        return Anchor(
            photo_2=np.array([garment.lower.centre_x, garment.lower.waist_y]),
            body_2=np.array([0.0, waist]),
            px_per_shoulder=garment.lower.width_px / HIPS,
        )
    return Anchor(
        photo_2=np.array([keys.centre_x, (keys.shoulder[0][1] + keys.shoulder[1][1]) / 2]),
        body_2=np.array([0.0, -SHOULDER_ABOVE]),
        px_per_shoulder=chest_px(garment),
    )


def expected_fit(garment: Garment, person: Person, worn_hem: float | None = None) -> FitRange:
    """Where this garment may end on this person; its middle is where the old garment's is,

    or the body's where that cannot be told. A top may always be as long and as wide as to cover what is worn below it
    (waistline_px, width_below): it must not invent a stomach, nor show the sides of trousers beside it.

    worn_hem  where the hem is, share of torso length: it need not be wider there than the body
    """
    hems, wide = _hems(garment, person), cut_wide(garment)
    sleeves = [_sleeve(garment, person, side) for side in (0, 1)]
    widths, hem_widths = _widths(garment, person, wide, min(hems) if worn_hem is None else worn_hem)
    neckline, middle = _neckline(garment, person), worn_fit(person.upper, person).middle or 0.0

    def fit(end: Callable[[list[float]], float]) -> Fit:
        return Fit(
            hem=end(hems),
            neckline=neckline,
            width=end(widths),
            least_width=0.0,
            hem_width=end(hem_widths),
            middle=middle,
            sleeves=(end(sleeves[0]), end(sleeves[1])),
        )

    return FitRange(least=fit(min), most=fit(max))


def cut_wide(garment: Garment) -> float:
    """How many times as wide as the wearer a garment may be cut, 1 or more: a short one is cropped or cut wide."""
    return float(np.clip(USUAL_LENGTH * chest_px(garment) / _length_px(garment), 1.0, WIDEST_CUT))


def drawn_down(garment: Garment, person: Person) -> float:
    """How many times its own length a top must have to reach what is worn below it, 1 or more."""
    line_px = waistline_px(person) if garment.kind == "upper" else None
    return 1.0 if line_px is None else max(line_px / person.frame.torso_px / _own_hem(garment, person), 1.0)


def largest_size(garment: Garment, person: Person) -> float:
    """How many times the size by the wearer's shoulders a garment's pattern may have, 1 or more."""
    if garment.kind in ("trousers", "skirt"):
        return 1.0
    return max(cut_wide(garment), drawn_down(garment, person))


def _length_px(garment: Garment) -> float:
    """From the shoulder points to the hem."""
    ends = (np.mean([point[1] for point in pair]) for pair in (garment.keypoints.shoulder, garment.keypoints.hem))
    shoulder_y, hem_y = map(float, ends)
    return hem_y - shoulder_y


def _own_hem(garment: Garment, person: Person) -> float:
    """Where its hem is by the wearer's shoulders, share of torso length."""
    below = max(_length_px(garment) / chest_px(garment) - SHOULDER_ABOVE, 0.1)
    return below * person.frame.shoulder_px / person.frame.torso_px


def _hems(garment: Garment, person: Person) -> list[float]:
    """Where its hem may be, shares of torso length, by each thing that may set it; see expected_fit."""
    frame, own, line_px = person.frame, _own_hem(garment, person), waistline_px(person)
    if garment.kind == "dress":
        return [own, _hem_by_waist(garment, person)]
    by_torso = own * frame.torso_px / frame.shoulder_px / USUAL_TORSO
    covers = own if line_px is None else line_px / frame.torso_px + OVER_WAISTBAND
    return [own, by_torso, cut_wide(garment) * own, covers]


def _hem_by_waist(garment: Garment, person: Person) -> float:
    """Where a dress's hem is if its waist sits at the wearer's, share of torso length."""
    shoulder = -SHOULDER_ABOVE * person.frame.shoulder_px / person.frame.torso_px
    waist_px = garment.lower.waist_y - float(np.mean([point[1] for point in garment.keypoints.shoulder]))
    return shoulder + (DRESS_WAIST - shoulder) * _length_px(garment) / max(waist_px, 1.0)


def _widths(garment: Garment, person: Person, wide: float, hem: float) -> tuple[list[float], list[float]]:
    """(of the body, at the hem): from a round body's share of the flat width to the whole of a wide cut.

    What hangs on the wearer may be as wide as the wearer, and at the hem as what is worn below shows.
    """
    per_px, hem_px = 1 / chest_px(garment), float(garment.keypoints.hem[1][0] - garment.keypoints.hem[0][0])
    body, at_hem = body_width(person), body_width(person, hem)
    lower = width_below(person) if garment.kind == "upper" else None
    flat, flat_hem = body_width_px(garment) * per_px, hem_px * per_px
    shown = FLARED if garment.kind == "dress" else BODY
    widths = [BODY * flat, wide * flat, body or BODY * flat]
    open_hem = OPEN_HEM if garment.kind == "dress" else 1.0
    hem_widths = [shown * flat_hem, open_hem * wide * flat_hem, at_hem or flat_hem, max(lower or 0.0, flat_hem)]
    return widths, hem_widths


def _neckline(garment: Garment, person: Person) -> float:
    per_px = 1 / chest_px(garment)
    shoulder_y, collar_y = (
        float(np.mean([point[1] for point in pair])) for pair in (garment.keypoints.shoulder, garment.keypoints.collar)
    )
    standing = max((shoulder_y - collar_y) * per_px - USUAL_RISE, 0.0)
    return max(garment.neck_depth_px * per_px - COLLAR_ABOVE - standing, _chin(person))


def _chin(person: Person) -> float:
    """Where the chin hides what stands higher, in shoulder widths below the shoulder line; far up without a face."""
    chin = last_row(upright(person.face, person.frame), 0.04)
    return -1.0 if chin is None else chin


def chest_px(garment: Garment) -> float:
    """What goes once across the chest: between the armpits, steadied by the body's width below them.

    Beside hanging sleeves armpits are seen too low and too near; armholes cut into a sleeveless body, so there its
    sides are the better ruler.
    """
    sides_px = body_width_px(garment)
    if not any(garment.keypoints.sleeves):
        return max(garment.width_px, 1.05 * sides_px)
    return float(np.sqrt(garment.width_px * sides_px))


@once_each
def body_width_px(garment: Garment) -> float:
    """Distance between the sides without sleeves: the median from just below the armpits to the waist or 3/4 down."""
    keys, body_HW = garment.keypoints, without_sleeves(garment, garment.alpha_HW > 0.5)
    top, bottom, middle = keys.armpit[0][1], keys.hem[0][1], int((keys.armpit[0][0] + keys.armpit[1][0]) / 2)
    reach = min(bottom - top, WAISTED * garment.width_px)
    widths = []
    for row in np.linspace(top + 0.15 * reach, top + 0.75 * reach, 30).astype(int):
        gaps = np.flatnonzero(~body_HW[row])
        left, right = gaps[gaps < middle], gaps[gaps > middle]
        if body_HW[row, middle] and len(left) and len(right):
            widths.append(right[0] - left[-1] - 1)
    return float(np.median(widths)) if widths else garment.width_px


def without_sleeves(garment: Garment, mask_HW: np.ndarray) -> np.ndarray:
    """The part of a mask over the photograph that is no sleeve: bool (H, W)."""
    for sleeve in garment.keypoints.sleeves:
        if sleeve is not None:
            mask_HW = mask_HW & ~sleeve.mask_HW
    return mask_HW


def _sleeve(garment: Garment, person: Person, side: int) -> list[float]:
    """Shares of the arm that the sleeve may cover; both sleeves count as the longer one: photographs fold sleeves.

    The most is that of a wide cut, started sooner and, of a long one, grown with a body that is drawn down.
    """
    sleeves = [sleeve for sleeve in garment.keypoints.sleeves if sleeve is not None]
    if not sleeves:
        return [0.0, worn_over_bare_arm(person, side)]
    _, arm_px = along_arm(person.landmarks_K3[list(ARMS[side]), :2], np.zeros(1))
    arms = USUAL_ARM, max(arm_px / person.frame.shoulder_px, 1e-6)
    per_px = 1 / chest_px(garment)
    least = max(_past_the_joint(sleeve, per_px, 0.0) for sleeve in sleeves) / max(arms)
    most = max(_past_the_joint(sleeve, per_px * cut_wide(garment), SOONER) for sleeve in sleeves) / min(arms)
    if least > LONG_SLEEVE:
        most *= drawn_down(garment, person)
    return [float(np.clip(end, 0.0, WRIST)) for end in (least, most)]


def _past_the_joint(sleeve: Sleeve, per_px: float, sooner: float) -> float:
    """Length of a sleeve from the shoulder's joint on, in shoulder widths.

    sooner   share of the way from where it usually starts to where a spread sleeve does
    """
    right, down = np.abs(sleeve.outer_E2[-1] - sleeve.outer_E2[len(sleeve.outer_E2) // 2])
    usual = np.interp(right / max(down, 1e-6), SPREAD, SLEEVE_STARTS)
    return float(sleeve.length_px * per_px - usual - sooner * (SLEEVE_STARTS[1] - usual))
