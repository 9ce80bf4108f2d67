"""See the shoes (or bare feet) of a person: they stay in front of any garment."""

# Shapes: H, W image rows and columns.
import numpy as np

from ....pictures.features import ColourModel
from ....pictures.masks import capsule, grown, guided, opened, touching
from .body_frame import LEFT_ANKLE, LEFT_HEEL, LEFT_TOE, RIGHT_ANKLE, RIGHT_HEEL, RIGHT_TOE
from .legs import Legs, see_legs
from .perception import Person
from .recall import once_each

_FEET = ((RIGHT_ANKLE, RIGHT_HEEL, RIGHT_TOE), (LEFT_ANKLE, LEFT_HEEL, LEFT_TOE))
_LEAST_PX = 60
_HORNS = 0.03  # narrower tips are the outline of the trousers' hem, in shoulder widths
_TOP, _STEP = 0.1, 0.04  # a shoe usually begins so far below the ankle joint, within such a step, in shoulder widths
_BEYOND = 0.42  # how far above the ankle a boot's leg is still looked for


@once_each
def find_shoes(person: Person) -> np.ndarray:
    """bool (H, W): feet with what they wear; all False where the ankles are not in the picture.

    Told from the leg above by colour (learnt at the sole and at the calf) and by height; by height alone where both
    have the same colour.
    """
    legs, shape = see_legs(person), person.alpha_HW.shape
    found = np.zeros(shape, bool)
    if not legs.ankles_seen:
        return found
    knees_y = min(legs.frame.point(*place)[1] for place in zip(legs.across_23[:, 1], legs.down_23[:, 1], strict=True))
    rows = slice(max(0, int(knees_y)), shape[0])
    down_HW = (legs.frame.down_share_HW(shape) * legs.frame.torso_px)[rows]
    across_HW = legs.frame.across_px_HW(shape)[rows]
    for side in (0, 1):
        found[rows] |= _shoe(person, legs, side, rows, (across_HW, down_HW))
    return found


def _shoe(person: Person, legs: Legs, side: int, rows: slice, place: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """bool: one shoe in some rows of the picture; `place` is (across, down) of their pixels in the legs' frame."""
    unit, body, shape = legs.frame.shoulder_px, person.alpha_HW[rows] > 0.5, person.alpha_HW.shape
    (across_HW, down_HW), (_, knee_px, ankle_px) = place, legs.down_23[side]
    ankle, heel, toe = person.landmarks_K3[list(_FEET[side]), :2].astype(float)
    own = body & ((across_HW < legs.middle(down_HW)) == (side == 0)) & (down_HW > ankle_px - _BEYOND * unit)
    sole = capsule(shape, heel, toe, 0.1 * unit)[rows] & own & (down_HW > ankle_px + 0.1 * unit)
    share_HW = (down_HW - knee_px) / max(ankle_px - knee_px, 1)
    on_bone = np.abs(across_HW - legs.bone(down_HW, side)) < 0.1 * unit
    calf = body & on_bone & (share_HW > 0.35) & (share_HW < 0.8)
    if sole.sum() < _LEAST_PX or calf.sum() < _LEAST_PX:
        return np.zeros(own.shape, bool)
    foot = capsule(shape, ankle, heel, 0.25 * unit) | capsule(shape, heel, toe, 0.3 * unit)
    lab_HW3 = person.lab_HW3[rows]
    shoe, cloth = (ColourModel(lab_HW3[seed]).log_share for seed in (sole, calf))
    height_HW = np.clip((down_HW - ankle_px - _TOP * unit) / (_STEP * unit), -3, 3)
    belief_HW = np.clip((shoe - cloth)[ColourModel.cells(lab_HW3)], -4, 4) + height_HW
    smooth = guided(person.image_HW3[rows], 1 / (1 + np.exp(-belief_HW)), 0.02 * unit, 1e-3) > 0.5
    return touching(opened(smooth & own & grown(foot[rows], 0.1 * unit), _HORNS * unit), sole, 0.05)
