"""The words on a garment photograph that can be read again once the garment is worn."""

# Shapes: H, W rows and columns of the garment picture; 42 the corners of a box, x and y in pixels; 3 is RGB.
from difflib import SequenceMatcher

import cv2
import numpy as np

from ...cloth.flat_garment import Garment
from ...seeing.recall import once_each
from .word_reader import Word, read_words

SAME = 0.75  # similarity from which two readings are of one word: one letter of four, two of ten may differ
WORN = 0.55  # of its size in the photograph: how large a print is on a wearer seen from head to hips
# Of the garment's width, below collar or waist: labels on 3 photographs lie at 0.07-0.13, prints on 6 from 0.42 on.
LABELS = 0.25
AROUND = 0.6  # of a box's height: how much of its surroundings is looked at with it
CLOSE_PX = 320  # width to which a place is enlarged before it is read again


@once_each
def asked_words(garment: Garment) -> tuple[Word, ...]:
    """Words on the cloth that are still read when the photograph is as small and soft as worn cloth; mostly none.

    What is read only in the large photograph (small print, a pattern that looks like signs) asks nothing of anybody.
    """
    words = [word for word in read_words(garment.image_HW3) if _printed(word, garment)]
    if not words:
        return ()
    worn_HW3 = cv2.resize(garment.image_HW3, None, fx=WORN, fy=WORN, interpolation=cv2.INTER_AREA)
    soft_HW3 = cv2.GaussianBlur(worn_HW3, (0, 0), 0.7)
    return tuple(word for word in words if best_likeness(word.text, read_closely(soft_HW3, word.box_42 * WORN)) >= SAME)


def read_closely(image_HW3: np.ndarray, box_42: np.ndarray) -> tuple[str, ...]:
    """Texts read in a box and a little around it, enlarged; none where the box lies outside the picture."""
    more_px = AROUND * float(np.hypot(*(box_42[3] - box_42[0])))
    low = np.clip(box_42.min(0) - more_px, 0, image_HW3.shape[1::-1]).astype(int)
    high = np.clip(box_42.max(0) + more_px, 0, image_HW3.shape[1::-1]).astype(int)
    if (high - low).min() < 4:
        return ()
    part_hw3 = image_HW3[low[1] : high[1], low[0] : high[0]]
    larger = max(1.0, CLOSE_PX / part_hw3.shape[1])
    return tuple(word.text for word in read_words(cv2.resize(part_hw3, None, fx=larger, fy=larger)))


def likeness(asked: str, got: str) -> float:
    """0-1: share of letters that two texts have in common in the same order (Ratcliff and Obershelp 1988)."""
    return SequenceMatcher(None, asked, got, autojunk=False).ratio()


def best_likeness(asked: str, texts: tuple[str, ...]) -> float:
    """The likeness of the text that is most like the asked one; 0 where there is none."""
    return max((likeness(asked, text) for text in texts), default=0.0)


def _printed(word: Word, garment: Garment) -> bool:
    """Whether a word's middle lies on the front cloth: not beside the garment, and not where its labels are sewn in."""
    column, row = np.clip(word.box_42.mean(0).astype(int), 0, np.array(garment.alpha_HW.shape[::-1]) - 1)
    in_opening = garment.opening_HW is not None and garment.opening_HW[row, column]
    return bool(garment.alpha_HW[row, column] > 0.5 and not in_opening and row > _labels_end(garment))


def _labels_end(garment: Garment) -> float:
    """The row above which words are those of a label in the collar or in the waistband."""
    if garment.lower is not None and garment.kind != "dress":
        return garment.lower.waist_y + LABELS * garment.lower.width_px
    return max(point[1] for point in garment.keypoints.collar) + LABELS * garment.width_px
