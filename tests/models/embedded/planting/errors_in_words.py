"""Errors in the words on a garment: mirrored, or scrambled. None where no words are read on the picture."""

# Shapes: H, W rows and columns at the working size; 3 is RGB.
import cv2
import numpy as np
from planted_geometry import mixed

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.words.word_reader import read_words


def mirrored_words(case: Case, by: float) -> np.ndarray | None:
    """`by` of the width of the words, from their end, mirrored about its own middle."""
    box = _words_box(case)
    if box is None:
        return None
    rows, columns = box
    columns = slice(round(columns.stop - by * (columns.stop - columns.start)), columns.stop)
    return _pasted(case, rows, columns, case.after.image_HW3[rows, columns][:, ::-1])


def scrambled_words(case: Case, by: float) -> np.ndarray | None:
    """The words cut into `by` upright slices that change their places, every other one upside down."""
    box = _words_box(case)
    if box is None:
        return None
    slices = np.array_split(case.after.image_HW3[box], int(by), axis=1)
    order = np.random.default_rng(2).permutation(len(slices))
    mixed_up = [slices[k][::-1] if n % 2 else slices[k] for n, k in enumerate(order)]
    return _pasted(case, *box, np.concatenate(mixed_up, axis=1))


def _pasted(case: Case, rows: slice, columns: slice, patch_hw3: np.ndarray) -> np.ndarray:
    drawn, where_HW = case.after.image_HW3.astype(float), np.zeros(case.worn_HW.shape, bool)
    drawn[rows, columns], where_HW[rows, columns] = patch_hw3, True
    return mixed(case.after.image_HW3, drawn, where_HW, 0.5)


def _words_box(case: Case) -> tuple[slice, slice] | None:
    """Rows and columns round all words read on what is worn, if the garment photograph has words."""
    if not read_words(case.garment.image_HW3):
        return None
    worn = cv2.dilate(case.worn_HW.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    boxes = [word.box_42 for word in read_words(case.after.image_HW3)]
    boxes = [box for box in boxes if worn[tuple(np.intp(np.clip(box.mean(0)[::-1], 0, np.array(worn.shape) - 1)))]]
    if not boxes:
        return None
    (left, top), (right, bottom) = np.concatenate(boxes).min(0), np.concatenate(boxes).max(0)
    return slice(max(0, int(top)), int(bottom) + 1), slice(max(0, int(left)), int(right) + 1)
