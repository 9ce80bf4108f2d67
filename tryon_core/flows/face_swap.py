"""The character's face put into a picture, and whether it is nearer to the character's then."""

from ..errors import Refused
from ..records import Measurement, Sample
from ..roles import FaceSwapper, Scorer
from ..steps import Flow, Step
from .characters.beginnings import swapped
from .characters.consent import check_consent
from .first_request import check_mask, hard_mask

NEEDS = ("init", "character")


def face_swap(sample: Sample, *, face_swapper: FaceSwapper, identity: Scorer | None = None, seed: int = 0) -> Flow:
    """Swap the face, and score it before and after.

    sample    pictures 'init' and 'character', perhaps 'mask': the face nearest to its middle is changed, and nothing
              outside it; with the consent of the person shown
    identity  compares faces with the character's, by an embedding that did not draw
    yields    the step 'original' with its scores, and 'swap'
    returns   the number of the swap
    raises    Refused without consent, and with the swapper's own reasons
    """
    check_consent(sample, "a face swap")
    check_mask(sample)
    if missing := [role for role in NEEDS if role not in sample.images]:
        raise Refused("picture_missing", f"a face swap needs the picture {missing[0]!r}; name it")
    original = Step(stage="original", image=sample.images["init"], why="as it was")
    yield _scored(original, sample, identity)
    swap = swapped(sample, face_swapper, hard_mask(sample) if "mask" in sample.images else None)
    yield _scored(swap, sample, identity)
    return 2


def _scored(step: Step, sample: Sample, identity: Scorer | None) -> Step:
    scores: dict[str, Measurement | str] = dict(identity(sample, step.image)) if identity is not None else {}
    return Step(**{**vars(step), "scores": scores})
