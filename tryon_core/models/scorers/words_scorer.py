"""The scorer `words`: how well the words on a garment are read back in a picture."""

# Shapes: H, W rows and columns of the picture; 3 is RGB.
import time
from collections.abc import Mapping

import numpy as np
from PIL import Image

from ...errors import Refused
from ...pictures.masks import box_of, opened
from ...records import Measurement, ModelCard, Sample
from ...scales import Metric
from ..embedded.cloth.flat_garment import see_garment
from ..embedded.measuring.words.asked_words import asked_words, best_likeness
from ..embedded.measuring.words.word_reader import NOT_READ, Word, can_read, read_words
from ..embedded.revision import source_digest
from ..embedded.seeing.perception import WORKING_SIDE_PX, working_size
from .by_metric import at_size_of, for_all, measured, original_of

_DIFFERENT = 12  # grey levels of a channel: above what lossy storage changes next to edges
_SPECKS_PX, _AROUND_PX = 2, 16  # of changed pixels: narrower ones are left out; seen around them, too


class WordsScorer:
    """The garment's words in a picture, whoever wears it.

    words_read   0-1: share of the letters of the garment's words that are read again, the same in the same order
                 (Ratcliff and Obershelp 1988), words weighted by their letters; the reason where it has no words
    """

    clock = staticmethod(time.thread_time)  # it works in the thread that calls it
    metrics = (
        Metric(
            name="words_read",
            unit="share of the letters",
            low=0.0,
            high=1.0,
            better="higher",
            model="PP-OCRv4 (rapidocr-onnxruntime 1.4.4)",
            licence="Apache-2.0",
            protocol=f"words are read in the garment's picture, and in the box of what differs from the original, both "
            f"resized to a long side of {WORKING_SIDE_PX} px; per word the likeness of the text most like it",
        ),
    )

    def __init__(self) -> None:
        self.card = ModelCard(
            name="words",
            revision=source_digest("words_scorer", "scorers"),
            source=__name__,
            licence="Apache-2.0 (PP-OCRv4, pose landmark model)",
            settings={"words_read": can_read()},
        )

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The share for RGB of any size, or why there is none. raises MissingWeights"""
        if not can_read():
            return for_all(self.metrics, NOT_READ)
        asked = _words_of(sample)
        if isinstance(asked, str):
            return for_all(self.metrics, asked)
        texts = tuple(word.text for word in read_words(_edited_part(sample, image)))
        likeness = [best_likeness(word.text, texts) for word in asked]
        share = float(np.average(likeness, weights=[len(word.text) for word in asked]))
        return measured(self.metrics, {"words_read": share})


def _words_of(sample: Sample) -> tuple[Word, ...] | str:
    """The words on its garment, or why there are none."""
    if "garment" not in sample.images:
        return "the sample has no 'garment' picture whose words could be read"
    try:
        garment = see_garment(sample.images["garment"], sample.hints.about("garment"))
    except Refused as refusal:
        return f"in the garment's picture {refusal}"
    return asked_words(garment) or "no word is printed on the garment"


def _edited_part(sample: Sample, image: Image.Image) -> np.ndarray:
    """uint8 RGB: the box of what differs from the original, where there is one; else all of the picture."""
    image_HW3, original = working_size(image), original_of(sample)
    if original is None:
        return image_HW3
    was_HW3 = working_size(at_size_of(original, image))
    changed_HW = np.abs(image_HW3.astype(np.int16) - was_HW3).max(-1) > _DIFFERENT
    box = box_of(opened(changed_HW, _SPECKS_PX), _AROUND_PX)
    return image_HW3[box] if image_HW3[box].size else image_HW3


def build() -> WordsScorer:
    """The scorer `words`."""
    return WordsScorer()
