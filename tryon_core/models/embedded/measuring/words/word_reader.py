"""Read words in a picture with PP-OCRv4 (Apache-2.0), which lies inside the package rapidocr-onnxruntime.

The package is optional: it is installed without its dependencies, because one of them is a second OpenCV (Makefile).
"""

# Shapes: H, W rows and columns; 42 the corners of a box, x and y in pixels; 3 is RGB.
import threading
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

import numpy as np

PACKAGE = "rapidocr_onnxruntime"
COMMAND = (
    "pip install --no-deps rapidocr-onnxruntime==1.4.4 && "
    "pip install onnxruntime pyclipper shapely pyyaml six --constraint constraints.txt"
)
NOT_READ = f"what is written on the garment was not read, since rapidocr-onnxruntime is missing: `{COMMAND}`"
DETECTED_PX = 640  # long side at which words are looked for: letters of a chest print are 20-80 px high there
LEAST_LETTERS = 3  # different ones: shorter readings are crosses and folds of cloth, CCCCC is a row of stripes
BELIEVED = 0.75  # of the network's own confidence: printed words have 0.9 to 1, patterns read as signs mostly less


@dataclass(frozen=True, kw_only=True, eq=False)
class Word:
    """A word: its letters and digits in capitals, the network's confidence 0-1, and its box float (4, 2)."""

    text: str
    confidence: float
    box_42: np.ndarray


def can_read() -> bool:
    """Whether the optional package is installed."""
    return find_spec(PACKAGE) is not None


def read_words(image_HW3: np.ndarray) -> tuple[Word, ...]:
    """Words of at least LEAST_LETTERS different Latin letters or digits, from the top down.

    image_HW3  uint8 RGB, any size; words are looked for at a long side of DETECTED_PX, and read at its own size
    raises     ModuleNotFoundError where the package is missing: ask `can_read` first
    """
    engine, lock = _engine()
    with lock:
        lines, _ = engine(np.ascontiguousarray(image_HW3[..., ::-1]), use_cls=False)
    words = (
        Word(text=_letters(text), confidence=float(confidence), box_42=np.array(box, np.float64))
        for box, text, confidence in lines or ()
    )
    return tuple(word for word in words if len(set(word.text)) >= LEAST_LETTERS and word.confidence >= BELIEVED)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


@cache
def _engine() -> tuple:
    """The networks on one thread, and a lock: one picture at a time."""
    from rapidocr_onnxruntime import RapidOCR

    engine = RapidOCR(
        det_limit_type="max", det_limit_side_len=DETECTED_PX, intra_op_num_threads=1, inter_op_num_threads=1
    )
    return engine, threading.Lock()
