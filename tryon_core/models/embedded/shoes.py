"""See the shoes (or bare feet) of a person: they stay in front of any garment."""

# Shapes: H, W image rows and columns.
import numpy as np

from ...features import ColourModel
from ...masks import capsule, grown, guided, opened, touching
from .legs import LEFT_ANKLE, LEFT_HEEL, LEFT_TOE, RIGHT_ANKLE, RIGHT_HEEL, RIGHT_TOE, see_legs
from .perception import Person
from .recall import once_per_person

_FEET = ((RIGHT_ANKLE, RIGHT_HEEL, RIGHT_TOE), (LEFT_ANKLE, LEFT_HEEL, LEFT_TOE))
_LEAST_PX = 60
_HORNS = 0.03  # narrower tips are the outline of the trousers' hem, in shoulder widths
_TOP, _STEP = 0.1, 0.04  # a shoe usually begins so far below the ankle joint, within such a step, in shoulder widths
_BEYOND = 0.42  # how far above the ankle a boot's leg is still looked for


@once_per_person
def find_shoes(person: Person) -> np.ndarray:
    """bool (H, W): feet with what they wear; all False where the ankles are not in the picture.

    Told from the leg above by colour (learnt at the sole and at the calf) and by height; by height alone where both
    have the same colour.
    """
    legs, shape = see_legs(person), person.alpha_HW.shape
    if not legs.ankles_seen:
        return np.zeros(shape, bool)
    frame, unit, body = legs.frame, legs.frame.shoulder_px, person.alpha_HW > 0.5
    down_HW, across_HW = frame.down_share_HW(shape) * frame.torso_px, frame.across_px_HW(shape)
    found = np.zeros(shape, bool)
    for side, joints in enumerate(_FEET):
        ankle, heel, toe = person.landmarks_K3[list(joints), :2].astype(float)
        ankle_px, knee_px = legs.down_23[side, 2], legs.down_23[side, 1]
        own = body & ((across_HW < legs.middle(down_HW)) == (side == 0)) & (down_HW > ankle_px - _BEYOND * unit)
        sole = capsule(shape, heel, toe, 0.1 * unit) & own & (down_HW > ankle_px + 0.1 * unit)
        on_bone = np.abs(across_HW - legs.bone(down_HW, side)) < 0.1 * unit
        height_HW = (down_HW - knee_px) / max(ankle_px - knee_px, 1)
        calf = body & on_bone & (height_HW > 0.35) & (height_HW < 0.8)
        if sole.sum() < _LEAST_PX or calf.sum() < _LEAST_PX:
            continue
        near = own & grown(capsule(shape, ankle, heel, 0.25 * unit) | capsule(shape, heel, toe, 0.3 * unit), 0.1 * unit)
        shoe, cloth = (ColourModel(person.lab_HW3[seed]).log_share for seed in (sole, calf))
        cells = ColourModel.cells(person.lab_HW3)
        height = np.clip((down_HW - ankle_px - _TOP * unit) / (_STEP * unit), -3, 3)
        belief_HW = np.clip((shoe - cloth)[cells], -4, 4) + height
        smooth = guided(person.image_HW3, 1 / (1 + np.exp(-belief_HW)), 0.02 * unit, 1e-3) > 0.5
        found |= touching(opened(smooth & near, _HORNS * unit), sole, 0.05)
    return found
