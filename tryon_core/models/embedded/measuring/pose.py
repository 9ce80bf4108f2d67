"""body_and_pose: is the body where and as it was? Also `pose`, the joints alone."""

# Shapes: K landmarks; H, W rows and columns; 2 is x, y in pixels.
import cv2
import numpy as np

from ....pictures.masks import grown
from ....records import Region, Score
from ..seeing.body_frame import (
    LEFT_ELBOW,
    LEFT_HIP,
    LEFT_INDEX,
    LEFT_SHOULDER,
    LEFT_WRIST,
    NOSE,
    RIGHT_ELBOW,
    RIGHT_HIP,
    RIGHT_INDEX,
    RIGHT_SHOULDER,
    RIGHT_WRIST,
)
from .case import Case
from .frame_shape import frame_shape
from .independent.eyes import eyes_of
from .independent.hands_kept import hand_lost, skin_more
from .independent.invented import naked_trunk
from .independent.lost_body import lost_body
from .scale import Bar, Reading, conclude, fix
from .worn import UNCHANGED

# New clothes alone move the landmarks of an unchanged person: in the 49 tuning true pictures by up to 0.054 on average,
# by 0.11 at hips, 0.085 at elbows and wrists, 0.04 at nose and shoulders. A hand pulled aside by 0.1 moves its landmark
# by 0.01 to 0.10 only, so hands are also looked for by their picture; they stay in place in all true pictures. An elbow
# pulled aside by 0.1 stays within what clothes do, and goes unnoticed; 2026-11.
JOINTS = Bar(unit="share of shoulder width", good=0.03, bar=0.08, bad=0.30)
FARTHEST = Bar(unit="share of what new clothes may move it", good=0.4, bar=1.0, bad=3.5)
HAND_PLACE = Bar(unit="share of shoulder width", good=0.01, bar=0.05, bad=0.25)
SHIFT = Bar(unit="share of shoulder width", good=0.01, bar=0.05, bad=0.20)
SIZE = Bar(unit="share of size", good=0.005, bar=0.03, bad=0.12)
TURN = Bar(unit="degrees", good=0.3, bar=1.5, bad=6.0)
HANDS = Bar(unit="share of the hands' skin", good=0.95, bar=0.70, bad=0.25)

WEIGHTS = {
    NOSE: 2.0,
    LEFT_ELBOW: 2.0,
    RIGHT_ELBOW: 2.0,
    LEFT_WRIST: 2.0,
    RIGHT_WRIST: 2.0,
    LEFT_SHOULDER: 1.0,
    RIGHT_SHOULDER: 1.0,
    LEFT_HIP: 0.5,
    RIGHT_HIP: 0.5,
}
# Shoulder widths: how far new clothes may move a joint
MAY_MOVE = {
    NOSE: 0.08,
    LEFT_ELBOW: 0.15,
    RIGHT_ELBOW: 0.15,
    LEFT_WRIST: 0.13,
    RIGHT_WRIST: 0.13,
    LEFT_SHOULDER: 0.12,
    RIGHT_SHOULDER: 0.12,
    LEFT_HIP: 0.20,
    RIGHT_HIP: 0.20,
}
HAND_OF = {LEFT_WRIST: LEFT_INDEX, RIGHT_WRIST: RIGHT_INDEX}
FAR = 0.3  # shoulder widths: how far away a hand is looked for
NEARER = 0.3  # of correlation: what the farthest place must be better by, for forearms look like hands
NAMES = {
    NOSE: "head",
    LEFT_ELBOW: "left elbow",
    RIGHT_ELBOW: "right elbow",
    LEFT_WRIST: "left wrist",
    RIGHT_WRIST: "right wrist",
    LEFT_SHOULDER: "left shoulder",
    RIGHT_SHOULDER: "right shoulder",
    LEFT_HIP: "left hip",
    RIGHT_HIP: "right hip",
}
AT_BORDER = 0.05  # shoulder widths from the picture's border where a joint's landmark is a guess
BY_OWN_EYES = (lost_body, hand_lost, skin_more, naked_trunk)
KEEP = "keep pose, proportions and framing exactly as in the person's photograph"


def measure_body(case: Case) -> Score:
    """The frame's own shape, joints, framing and hands. No model here sees fingers well enough to count them."""
    by_own_eyes = [reading for check in BY_OWN_EYES if (reading := check(eyes_of(case)))]
    readings = [*_joints(case), *_framing(case), *_hands(case), *frame_shape(*case.sizes), *by_own_eyes]
    score = conclude(readings)
    if case.size_note:
        score = score.model_copy(update={"finding": f"{case.size_note}; {score.finding}"})
    return score


def measure_pose(case: Case) -> Score:
    """Joints alone."""
    return conclude(_joints(case))


def _joints(case: Case) -> list[Reading]:
    """Weighted mean shift of the joints seen in both pictures, in shoulder widths, and the one that moved too far.

    A wrist whose hand was left alone did not move: wide cuffs draw its landmark aside.
    """
    before, after = case.before.landmarks_K3, case.after.landmarks_K3
    seen = [k for k in WEIGHTS if min(before[k, 2], after[k, 2]) > 0.5 and _inside(before[k, :2], case)]
    seen = seen or [LEFT_SHOULDER, RIGHT_SHOULDER]
    shifts = {k: float(np.hypot(*(after[k, :2] - before[k, :2]))) / case.before.frame.shoulder_px for k in seen}
    shifts |= {wrist: 0.0 for wrist in HAND_OF if wrist in seen and _left_alone(case, wrist)}
    mean = sum(WEIGHTS[k] * shifts[k] for k in seen) / max(sum(WEIGHTS[k] for k in seen), 1e-9)
    worst = max(seen, key=lambda k: shifts[k] / MAY_MOVE[k])
    place = _around(before[worst, :2], 0.2 * case.before.frame.shoulder_px, case.before.upper.shape)
    return [
        Reading(
            name="joints",
            value=mean,
            bar=JOINTS,
            fixes=(fix(KEEP),),
            says=f"the joints moved by {mean:.1%} of the shoulder width on average",
        ),
        Reading(
            name="farthest_joint",
            value=shifts[worst] / MAY_MOVE[worst],
            bar=FARTHEST,
            region=place,
            says=f"the {NAMES[worst]} moved by {shifts[worst]:.1%} of the shoulder width",
            fixes=(fix(f"put the {NAMES[worst]} back where it is in the person's photograph"),),
        ),
    ]


def _left_alone(case: Case, wrist: int) -> bool:
    """Whether the hand at a wrist is seen and most of its pixels are as they were."""
    hand_HW = _hand(case, wrist, HAND_OF[wrist])
    return bool(hand_HW.any() and np.median(case.change_HW[hand_HW]) < UNCHANGED)


def _inside(point_2: np.ndarray, case: Case) -> bool:
    """In the picture, and not at its border: what is cut off (the nose of a head cut at the mouth) is only guessed."""
    height, width = case.before.upper.shape
    rim_px = AT_BORDER * case.before.frame.shoulder_px
    return bool((point_2 > rim_px).all() and (point_2 < np.array([width, height]) - rim_px).all())


def _framing(case: Case) -> list[Reading]:
    motion, frame = case.motion, case.before.frame
    shift_2 = (motion.moved(frame.centre) - frame.centre) / frame.shoulder_px
    shift, size, turn = float(np.hypot(*shift_2)), abs(motion.scale - 1), abs(motion.turn_deg)
    larger = "larger" if motion.scale > 1 else "smaller"
    way = "clockwise" if motion.turn_deg > 0 else "anticlockwise"
    return [
        Reading(
            name="frame_shift",
            value=shift,
            bar=SHIFT,
            fixes=(fix(KEEP),),
            says=f"the body moved by {shift:.1%} of the shoulder width",
        ),
        Reading(name="frame_size", value=size, bar=SIZE, fixes=(fix(KEEP),), says=f"the body is {size:.1%} {larger}"),
        Reading(
            name="frame_turn",
            value=turn,
            bar=TURN,
            fixes=(fix(KEEP),),
            says=f"the body is turned {turn:.1f} degrees {way}",
        ),
    ]


def _hands(case: Case) -> list[Reading]:
    """Of each hand in the picture: how much of its skin is still person and not cloth, and where it is now."""
    free_HW = case.motion.undone((case.after.alpha_HW > 0.5) & ~case.worn_HW) | (case.own_change_HW < UNCHANGED)
    readings = []
    for name, (wrist, finger) in zip(("left", "right"), HAND_OF.items(), strict=True):
        hand_HW = _hand(case, wrist, finger)
        if hand_HW.sum() < 0.004 * case.before.frame.shoulder_px**2:
            continue
        kept = float((hand_HW & free_HW).sum() / hand_HW.sum())
        moved = _hand_moved(case, hand_HW)
        place = _around(case.before.landmarks_K3[finger, :2], 0.15 * case.before.frame.shoulder_px, hand_HW.shape)
        readings += [
            Reading(
                name=f"{name}_hand",
                value=kept,
                bar=HANDS,
                region=place,
                says=f"{kept:.0%} of the {name} hand can be seen",
                fixes=(fix(f"keep the whole {name} hand in sight"),),
            ),
            Reading(
                name=f"{name}_hand_place",
                value=moved,
                bar=HAND_PLACE,
                region=place,
                says=f"the {name} hand moved by {moved:.0%} of the shoulder width",
                fixes=(fix(f"put the {name} hand back where it is in the person's photograph"),),
            ),
        ]
    return readings


def _hand_moved(case: Case, hand_HW: np.ndarray) -> float:
    """Shoulder widths from a hand to where the candidate looks most like it, framing undone; 0 where nothing changed.

    By the normalised correlation of the hand's pixels and a rim of background; beyond FAR it is not looked for.
    """
    if np.median(case.own_change_HW[hand_HW]) < UNCHANGED:
        return 0.0
    reach_px = int(FAR * case.before.frame.shoulder_px)
    rows, columns = np.flatnonzero(hand_HW.any(1)), np.flatnonzero(hand_HW.any(0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    after_HW3 = np.pad(case.motion.undone(case.after.lab_HW3), ((reach_px,) * 2, (reach_px,) * 2, (0, 0)), mode="edge")
    around = np.s_[rows[0] : rows[-1] + 1 + 2 * reach_px, columns[0] : columns[-1] + 1 + 2 * reach_px]
    mask = grown(hand_HW, 3)[box].astype(np.float32)
    alike = cv2.matchTemplate(
        np.ascontiguousarray(after_HW3[around]),
        np.ascontiguousarray(case.before.lab_HW3[box]),
        cv2.TM_CCOEFF_NORMED,
        mask=np.dstack([mask] * 3),
    )
    y, x = np.mgrid[: alike.shape[0], : alike.shape[1]] - reach_px
    nearest = np.nan_to_num(alike, nan=-1, posinf=-1, neginf=-1) - NEARER * np.hypot(x, y) / reach_px
    down, right = np.unravel_index(np.argmax(nearest), nearest.shape)
    return float(np.hypot(down - reach_px, right - reach_px)) / case.before.frame.shoulder_px


def _hand(case: Case, wrist: int, finger: int) -> np.ndarray:
    """bool: the skin beyond the wrist, within 0.28 shoulder widths of the knuckles, in the person's photograph."""
    marks, skin = case.before.landmarks_K3, case.before.skin
    if min(marks[wrist, 2], marks[finger, 2]) < 0.5:
        return np.zeros(skin.shape, bool)
    y, x = np.mgrid[: skin.shape[0], : skin.shape[1]].astype(np.float32)
    along_2 = marks[finger, :2] - marks[wrist, :2]
    beyond = (x - marks[wrist, 0]) * along_2[0] + (y - marks[wrist, 1]) * along_2[1] > 0.5 * (along_2**2).sum()
    near = np.hypot(x - marks[finger, 0], y - marks[finger, 1]) < 0.28 * case.before.frame.shoulder_px
    return skin & beyond & near


def _around(point_2: np.ndarray, reach_px: float, shape: tuple[int, int]) -> Region | None:
    """A box round a point, cut to the picture; None outside it."""
    height, width = shape
    left, right = np.clip([point_2[0] - reach_px, point_2[0] + reach_px], 0, width) / width
    top, bottom = np.clip([point_2[1] - reach_px, point_2[1] + reach_px], 0, height) / height
    if left >= right or top >= bottom:
        return None
    left, top, right, bottom = (round(float(edge), 4) for edge in (left, top, right, bottom))
    return Region(left=left, top=top, right=right, bottom=bottom)
