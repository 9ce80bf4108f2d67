"""`details`: a scorer of what a picture keeps of a garment's own details: its words, its marks, its palette."""

# Shapes: H, W rows and columns at the working size; 42 the corners of a box, x and y in pixels; 23 an affine map.
import time
from collections.abc import Mapping

import cv2
import numpy as np
from PIL import Image

from ...errors import BadInput, Refused
from ...pictures.features import sliced_wasserstein
from ...records import Measurement, ModelCard, Sample
from . import LICENCES
from .cloth.bodice import as_worn
from .cloth.flat_garment import Garment, see_garment
from .measuring.areas import inner, picked
from .measuring.case import Case
from .measuring.surface.cloth import enough_worn, fabric_above_hem, worn_cloth
from .measuring.surface.pattern import marks_again, pattern_readings
from .measuring.words.asked_words import SAME, asked_words, best_likeness, read_closely
from .measuring.words.same_words import words_again
from .measuring.words.word_reader import NOT_READ, Word, can_read, read_words
from .revision import source_digest
from .seeing.perception import see_person
from .shown_garment import seen_in

NAMES = ("words_kept", "marks_kept", "palette_moved")
Details = dict[str, Measurement | str]
_REACH = 0.02  # of the garment's width: how far a mark may lie from where the map of all of them says
_RIM_PX = 4
_PIXELS = 6000  # whose colours are compared


class DetailScorer:
    """What a picture keeps of the details of its sample's garment, whether somebody wears it or it lies flat.

    words_kept     share of the garment's words that are read again, 0-1; `word_NORTH` the share of that one's letters
    marks_kept     share of its distinctive points that are found again, 0-1
    palette_moved  sliced Wasserstein distance between both clouds of colours, Lab units

    A number that cannot be had is the reason: a garment without words or marks, or one that cannot be seen.
    The sample's picture of the person, where it has one, tells what is newly worn from what was.
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it

    def __init__(self) -> None:
        self.card = ModelCard(
            name="details",
            revision=source_digest("details"),
            source="tryon_core.models.embedded",
            licence=LICENCES["details"],
            settings={"words_read": can_read()},
        )

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """raises BadInput for a sample without a garment; MissingWeights"""
        if "garment" not in sample.images:
            raise BadInput(f"sample {sample.sample_id} has no 'garment' picture to hold details to; give one")
        try:
            garment = see_garment(sample.images["garment"], sample.hints.about("garment"))
            seen = seen_in(image)
            if isinstance(seen, Garment):
                return _flat(garment, seen)
            person = sample.images.get("person")
            before = seen if person is None else see_person(person, sample.hints.about("person"))
            if before.lab_HW3.shape != seen.lab_HW3.shape:
                seen = see_person(image.resize(person.size, Image.Resampling.LANCZOS))
        except Refused as refusal:
            return dict.fromkeys(NAMES, str(refusal))
        return _worn(Case(before=before, after=seen, garment=as_worn(garment)))


def build() -> DetailScorer:
    """The scorer `details`."""
    return DetailScorer()


def _worn(case: Case) -> Details:
    if not enough_worn(case):
        return dict.fromkeys(NAMES, "no garment of this kind is worn in the picture")
    cloth = worn_cloth(case)
    marks = next((reading.value for reading in pattern_readings(case) if reading.name == "marks"), None)
    return {
        **_words(asked_words(case.garment) if can_read() else (), words_again(case)),
        "marks_kept": _marks(marks),
        "palette_moved": _palette(
            picked(case.garment_lab_HW3, fabric_above_hem(case), _PIXELS), picked(cloth.lab_HW3, cloth.mask_HW, _PIXELS)
        ),
    }


def _flat(garment: Garment, seen: Garment) -> Details:
    """Two photographs of one garment on its own: before and after it was prepared."""
    asked = asked_words(garment) if can_read() else ()
    texts = tuple(word.text for word in read_words(seen.image_HW3)) if asked else ()
    onto_23 = _box_to_box(garment.alpha_HW > 0.5, seen.alpha_HW > 0.5)
    cases = [Case(before=None, after=None, garment=each) for each in (garment, seen)]
    fabrics = [inner(case.fabric_HW, _RIM_PX) for case in cases]
    pictures = [(case.garment.image_HW3, mask_HW) for case, mask_HW in zip(cases, fabrics, strict=True)]
    return {
        **_words(asked, {word: _texts(word, seen, onto_23, texts) for word in asked}),
        "marks_kept": _marks(marks_again(*pictures, _REACH * garment.width_px)),
        "palette_moved": _palette(
            *(picked(case.garment_lab_HW3, mask, _PIXELS) for case, mask in zip(cases, fabrics, strict=True))
        ),
    }


def _texts(word: Word, seen: Garment, onto_23: np.ndarray, texts: tuple[str, ...]) -> tuple[str, ...]:
    """What is read for a word; where it is not among the texts, those of a closer look at its place, too."""
    if best_likeness(word.text, texts) >= SAME:
        return texts
    return (*texts, *read_closely(seen.image_HW3, cv2.transform(word.box_42[None], onto_23)[0]))


def _words(asked: tuple[Word, ...], got: dict[Word, tuple[str, ...]]) -> Details:
    if not can_read():
        return {"words_kept": NOT_READ}
    if not got:
        hidden = ", ".join(repr(word.text) for word in asked)
        return {"words_kept": f"{hidden}: hidden or too small here" if asked else "no word is printed on the garment"}
    alike = {word.text: best_likeness(word.text, texts) for word, texts in got.items()}
    letters = {
        f"word_{text}": Measurement(value=share, unit="share of its letters", better="higher")
        for text, share in alike.items()
    }
    again = float(np.mean([share >= SAME for share in alike.values()]))
    kept = Measurement(value=again, unit="share of the garment's words, found again", better="higher")
    return {"words_kept": kept, **letters}


def _marks(share: float | None) -> Measurement | str:
    if share is None:
        return "no single print with marks of its own is to be seen on the garment"
    return Measurement(value=share, unit="share of the garment's marks, found again", better="higher")


def _palette(was_N3: np.ndarray, now_N3: np.ndarray) -> Measurement:
    return Measurement(value=sliced_wasserstein(was_N3, now_N3), unit="Lab units")


def _box_to_box(one_HW: np.ndarray, other_HW: np.ndarray) -> np.ndarray:
    """(2, 3) float: the affine map that takes the box of a mask to that of another, pixels."""
    return cv2.getAffineTransform(*(_corners(mask_HW) for mask_HW in (one_HW, other_HW)))


def _corners(mask_HW: np.ndarray) -> np.ndarray:
    left, top, width, height = cv2.boundingRect(mask_HW.astype(np.uint8))
    return np.float32([[left, top], [left + width, top], [left, top + height]])
