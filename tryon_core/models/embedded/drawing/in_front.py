"""What is in front of any garment and stays the photograph's: hands with every finger, bags, all that is carried."""

# Shapes: H, W image rows and columns.
import numpy as np

from ....pictures.masks import grown, guided, soft
from ..seeing.perception import Person
from ..seeing.recall import once_each

_MATTE_SHARE, _MATTE_EPSILON = 0.012, 1e-4  # reach in shoulder widths; a contrast of 1 % is an edge: skin on pale cloth
_SURE = (0.35, 0.75)  # of the guided matte: below it is cloth, above it hand; the rim between is mixed with old cloth
_REACH_PX = 2  # how far beyond the parse fingers may go


@once_each
def whole_hands(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: both hands as the photograph has them, their edge where its own edge is."""
    return _matte(person, person.hands)


@once_each
def carried(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: bags, straps and what is held."""
    return _matte(person, person.carried)


def _matte(person: Person, part: np.ndarray) -> np.ndarray:
    if not part.any():
        return np.zeros(part.shape, np.float32)
    edged_HW = guided(person.image_HW3, soft(part, 1.0), _MATTE_SHARE * person.frame.shoulder_px, _MATTE_EPSILON)
    return np.clip((edged_HW - _SURE[0]) / (_SURE[1] - _SURE[0]), 0, 1) * grown(part, _REACH_PX)
