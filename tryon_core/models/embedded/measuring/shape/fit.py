"""How a garment sits on a body: hem, neckline, width, middle and sleeves, read from a mask of what is worn."""

# Shapes: H, W rows and columns of the picture; N points along an arm; 2 is x, y.
from dataclasses import dataclass

import cv2
import numpy as np

from ...seeing.body_frame import LEFT_ELBOW, LEFT_SHOULDER, LEFT_WRIST, RIGHT_ELBOW, RIGHT_SHOULDER, RIGHT_WRIST
from ...seeing.limbs import find_limbs, is_bare
from ...seeing.perception import Person
from ...seeing.waistline import waistline_px
from .body_chart import first_row, last_row, least_span, sides, span, upright, without_occluders

OUTER = 0.05  # shoulder widths outside the bone, where a sleeve covers an arm and no armhole overlaps it
BEHIND_TRUNK = 0.3  # share of a bare arm that a trunk turned a little may hide at most: 0.2-0.25 on two photographs
BELOW = 0.3  # shoulder widths of the lower garment whose width is looked at
ARMS = ((RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST), (LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST))  # picture's left first


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a garment sits. None where it cannot be told.

    hem        where it ends below the shoulder line, share of torso length
    neckline   where the front neckline is below the shoulder line, share of shoulder width; negative above it
    width      of its body without sleeves, half-way down, share of shoulder width
    least_width  how wide its body is at least, where arms hide its sides
    hem_width  of its body just above the hem, share of shoulder width
    middle     of its body, half-way down, to the right of the shoulders' middle in the picture, share of shoulder
               width; never at the hem, where a sleeve or a turned hip puts it aside
    sleeves    (picture's left, right) where they end from shoulder to wrist, share of arm length; 0 is sleeveless
    """

    hem: float | None
    neckline: float | None
    width: float | None
    least_width: float
    hem_width: float | None
    middle: float | None
    sleeves: tuple[float | None, float | None]


def worn_fit(worn_HW: np.ndarray, person: Person, over_HW: np.ndarray | None = None) -> Fit:
    """Read the fit from a mask; `person` lends frame and arms, so that every attempt is read with the same ruler.

    over_HW   bool (H, W): what else may hide its sides as arms do
    """
    before_HW = person.arms if over_HW is None else person.arms | over_HW
    chart, arms = without_occluders(upright(worn_HW, person.frame)), upright(before_HW, person.frame)
    torso = person.frame.torso_px / person.frame.shoulder_px
    end = last_row(chart)
    body = sides(chart, arms, 0.35 * torso, 0.75 * torso)
    above_hem = None if end is None else sides(chart, arms, end - 0.12, end - 0.05)
    return Fit(
        hem=None if end is None else end / torso,
        neckline=first_row(chart),
        width=span(body),
        least_width=least_span(chart, arms, 0.35 * torso, 0.75 * torso),
        hem_width=span(above_hem),
        middle=None if body is None else sum(body) / 2,
        sleeves=tuple(_sleeve_end(worn_HW, person, arm) for arm in ARMS),
    )


def body_width(person: Person, hem: float | None = None) -> float | None:
    """Width of the clothed body half-way down, or just above a hem (share of torso length), in shoulder widths.

    What fits must be at least as wide as the body; None where arms touch it.
    """
    chart, arms = (upright(part, person.frame) for part in (person.upper | person.lower, person.arms))
    torso = person.frame.torso_px / person.frame.shoulder_px
    top, bottom = (0.35 * torso, 0.75 * torso) if hem is None else (hem * torso - 0.12, hem * torso - 0.05)
    return span(sides(without_occluders(chart), arms, top, bottom))


def width_below(person: Person) -> float | None:
    """How wide the lower garment is where it begins, in shoulder widths; None where that is not seen."""
    begins_px = waistline_px(person)
    if begins_px is None:
        return None
    begins = begins_px / person.frame.shoulder_px
    chart, arms = (upright(part, person.frame) for part in (person.lower, person.arms))
    return least_span(without_occluders(chart), arms, begins + 0.05, begins + BELOW) or None


def _sleeve_end(worn_HW: np.ndarray, person: Person, arm: tuple[int, int, int]) -> float | None:
    """Share of the way from shoulder to wrist where cloth ends and skin begins; None for an arm out of sight."""
    joints_K3 = person.landmarks_K3[list(arm)]
    height, width = worn_HW.shape
    inside = (joints_K3[:, 0] >= 0) & (joints_K3[:, 0] < width) & (joints_K3[:, 1] >= 0) & (joints_K3[:, 1] < height)
    if joints_K3[:, 2].min() < 0.4 or not inside.all():
        return None
    shares = np.linspace(0.1, 1.0, 61)
    path_N2, _ = along_arm(joints_K3[:, :2], shares)
    along_N2 = np.gradient(path_N2, axis=0)
    out = 1 if arm[0] == RIGHT_SHOULDER else -1  # turned a quarter from a hanging arm's way to its outer side
    outer_N2 = np.stack([-along_N2[:, 1], along_N2[:, 0]], 1) / np.linalg.norm(along_N2, axis=1, keepdims=True)
    end = cloth_end(worn_HW, path_N2 + out * OUTER * person.frame.shoulder_px * outer_N2)
    return 0.0 if end == 0 else float(shares[end - 1])


def cloth_end(worn_HW: np.ndarray, path_N2: np.ndarray) -> int:
    """How many points along a limb are covered: the end that explains most, cloth before it and none after it."""
    height, width = worn_HW.shape
    column, row = np.int32(np.round(path_N2)).T
    around_HW = cv2.blur(worn_HW.astype(np.float32), (7, 7))
    cover_N = around_HW[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] > 0.5
    return int(np.argmax(np.concatenate([[0], np.cumsum(np.where(cover_N, 1, -1))])))


def along_arm(joints_32: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, float]:
    """Points at shares of the way shoulder-elbow-wrist: float (N, 2), and the way's length in pixels."""
    lengths = np.hypot(*np.diff(joints_32, axis=0).T)
    at = np.concatenate([[0], np.cumsum(lengths)]) / max(lengths.sum(), 1e-6)
    return np.stack([np.interp(shares, at, joints_32[:, axis]) for axis in (0, 1)], 1), float(lengths.sum())


def worn_over_bare_arm(person: Person, side: int) -> float:
    """Share of a bare arm that what is worn seems to cover: of people turned a little its bone begins behind the trunk.

    0 for an arm in a sleeve.
    """
    if not is_bare(person, find_limbs(person)[side]):
        return 0.0
    return min(worn_fit(person.upper, person).sleeves[side] or 0.0, BEHIND_TRUNK)
