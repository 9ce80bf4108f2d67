"""body_and_pose: is the body where and as it was? Also `pose`, the joints alone."""

# Shapes: K landmarks; H, W rows and columns; 2 is x, y in pixels.
import numpy as np

from ....records import Region, Score
from ..frame import (
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
from .scale import Bar, Reading, conclude, fix
from .worn import UNCHANGED

# New clothes alone move the landmarks of an unchanged person by 0.03-0.12 shoulder widths, most at shoulders and hips;
# in the 7 demo true pictures by 0.05 on average and 0.10 at the farthest joint. Nothing else moves there; 2026-11.
JOINTS = Bar(unit="share of shoulder width", good=0.03, bar=0.10, bad=0.35)
FARTHEST = Bar(unit="share of shoulder width", good=0.08, bar=0.25, bad=0.80)
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
KEEP = "keep pose, proportions and framing exactly as in the person's photograph"


def measure_body(case: Case) -> Score:
    """Joints, framing and hands. Fingers are not counted: no model here sees them well enough."""
    score = conclude([*_joints(case), *_framing(case), *_hands(case)])
    if case.size_note:
        score = score.model_copy(update={"finding": f"{case.size_note}; {score.finding}"})
    return score


def measure_pose(case: Case) -> Score:
    """Joints alone."""
    return conclude(_joints(case))


def _joints(case: Case) -> list[Reading]:
    """Weighted mean and largest shift of the joints seen in both pictures, in shoulder widths."""
    before, after = case.before.landmarks_K3, case.after.landmarks_K3
    seen = [k for k in WEIGHTS if min(before[k, 2], after[k, 2]) > 0.5] or [LEFT_SHOULDER, RIGHT_SHOULDER]
    shifts = {k: float(np.hypot(*(after[k, :2] - before[k, :2]))) / case.before.frame.shoulder_px for k in seen}
    mean = sum(WEIGHTS[k] * shifts[k] for k in seen) / max(sum(WEIGHTS[k] for k in seen), 1e-9)
    worst = max(seen, key=lambda k: shifts[k])
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
            value=shifts[worst],
            bar=FARTHEST,
            region=place,
            says=f"the {NAMES[worst]} moved by {shifts[worst]:.1%} of the shoulder width",
            fixes=(fix(f"put the {NAMES[worst]} back where it is in the person's photograph"),),
        ),
    ]


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
    """Share of each hand's skin that is still person and not cloth; only hands in the picture."""
    free_HW = case.motion.undone((case.after.alpha_HW > 0.5) & ~case.worn_HW) | (case.own_change_HW < UNCHANGED)
    readings = []
    for name, wrist, finger in (("left", LEFT_WRIST, LEFT_INDEX), ("right", RIGHT_WRIST, RIGHT_INDEX)):
        hand_HW = _hand(case, wrist, finger)
        if hand_HW.sum() < 0.004 * case.before.frame.shoulder_px**2:
            continue
        kept = float((hand_HW & free_HW).sum() / hand_HW.sum())
        place = _around(case.before.landmarks_K3[finger, :2], 0.15 * case.before.frame.shoulder_px, hand_HW.shape)
        readings.append(
            Reading(
                name=f"{name}_hand",
                value=kept,
                bar=HANDS,
                region=place,
                says=f"{kept:.0%} of the {name} hand can be seen",
                fixes=(fix(f"keep the whole {name} hand in sight"),),
            )
        )
    return readings


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
