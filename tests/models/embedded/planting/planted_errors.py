"""Every kind of error that was seen in results on photographs, at three sizes, planted in any picture of a sample.

The picture may be a true one of the rendered people or a result on a photograph: places are found by the body's points.
Each kind names the constraints of which at least one has to fall below 8 from the middle size on.
"""

from collections.abc import Callable
from dataclasses import dataclass

import errors_in_body as body
import errors_in_cloth as cloth
import errors_in_words as words
import errors_of_garments as garments
import numpy as np
from PIL import Image

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.records import Sample

SIZES = ("small", "middle", "large")


@dataclass(frozen=True, kw_only=True)
class PlantedError:
    """One kind of error.

    plant        (case of the picture without the error, size) -> float (H, W, 3), or None where it has no place
    constraints  its own first; the others may fail in its stead, for the eye would say either
    also_lowest  constraints that rightly fall with it, and may fall further
    sizes        small (may pass), middle and large, in `unit`
    """

    plant: Callable[[Case, float], np.ndarray | None]
    constraints: tuple[str, ...]
    sizes: tuple[float, float, float]
    unit: str = "shoulder widths"
    also_lowest: tuple[str, ...] = ()


_TORSO, _ARM, _SHARE = "torso lengths", "share of the arm", "share of the whole"

ERRORS = {
    "bite": PlantedError(plant=cloth.bite, constraints=("body_and_pose", "realism"), sizes=(0.04, 0.09, 0.18)),
    "hole": PlantedError(plant=cloth.hole, constraints=("realism",), sizes=(0.02, 0.05, 0.1)),
    "slit": PlantedError(plant=cloth.slit, constraints=("realism",), sizes=(0.008, 0.02, 0.04)),
    "torn shoulder": PlantedError(
        plant=cloth.torn_shoulder, constraints=("realism", "garment_structure"), sizes=(0.05, 0.1, 0.18)
    ),
    "seam line": PlantedError(plant=cloth.seam_line, constraints=("realism",), sizes=(6, 14, 28), unit="L*"),
    "jagged edge": PlantedError(plant=cloth.jagged_edge, constraints=("realism",), sizes=(0.01, 0.025, 0.05)),
    "flap": PlantedError(plant=cloth.flap, constraints=("realism", "garment_structure"), sizes=(0.06, 0.14, 0.28)),
    "photograph's box": PlantedError(
        plant=cloth.photo_box, constraints=("realism", "garment_swap"), sizes=(0.02, 0.06, 0.15)
    ),
    "missing shin": PlantedError(
        plant=body.missing_shin, constraints=("body_and_pose", "garment_structure"), sizes=(0.2, 0.6, 1.0), unit=_SHARE
    ),
    "hand too many": PlantedError(
        plant=body.hand_too_many, constraints=("body_and_pose",), sizes=(0.5, 0.8, 1.0), unit="hands"
    ),
    "forearm too many": PlantedError(
        plant=body.forearm_too_many, constraints=("body_and_pose",), sizes=(0.4, 0.7, 1.0), unit=_SHARE
    ),
    "skin's jump": PlantedError(plant=body.skin_jump, constraints=("realism",), sizes=(3, 7, 14), unit="L*"),
    "old waistband left": PlantedError(
        plant=garments.old_waistband_left, constraints=("garment_swap",), sizes=(0.03, 0.08, 0.16), unit=_TORSO
    ),
    "old sleeve left": PlantedError(
        plant=garments.old_sleeve_left, constraints=("garment_swap",), sizes=(0.05, 0.12, 0.3), unit=_ARM
    ),
    "old skirt left": PlantedError(
        plant=garments.old_skirt_left, constraints=("garment_swap",), sizes=(0.05, 0.12, 0.25)
    ),
    "another garment": PlantedError(
        plant=garments.another_garment,
        constraints=("garment_swap",),
        sizes=(15, 35, 60),
        unit="Lab units",
        also_lowest=("garment_appearance",),
    ),
    "mirrored words": PlantedError(
        plant=words.mirrored_words, constraints=("garment_appearance",), sizes=(0.35, 0.7, 1.0), unit=_SHARE
    ),
    "scrambled words": PlantedError(
        plant=words.scrambled_words, constraints=("garment_appearance",), sizes=(2, 4, 8), unit="pieces"
    ),
}


def case_of(sample: Sample, picture: Image.Image) -> Case:
    """The picture beside its sample, as the judge sees it; only to know where to plant."""
    person, garment = see_person(sample.images["person"]), see_garment(sample.images["garment"])
    return Case(before=person, after=see_person(picture.resize(sample.images["person"].size)), garment=garment)


def planted_error(case: Case, kind: str, size: str) -> Image.Image | None:
    """The case's picture with one error in it, at the working size; None where the picture has no place for it.

    kind  a key of ERRORS        size  small, middle or large
    """
    error = ERRORS[kind]
    drawn_HW3 = error.plant(case, error.sizes[SIZES.index(size)])
    return None if drawn_HW3 is None else Image.fromarray(np.uint8(np.clip(np.round(drawn_HW3), 0, 255)))
