"""Do the words on what is worn still say what they say on the garment photograph?"""

# Shapes: H, W rows and columns of the candidate; 42 the corners of a box, x and y in pixels; 3 is RGB.
import cv2
import numpy as np

from .....pictures.masks import polygon
from ..areas import region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from ..surface.panel import photo_to_worn
from .asked_words import SAME, asked_words, best_likeness, read_closely
from .word_reader import Word, can_read, read_words

WORDS = Bar(unit="share of the letters", good=0.9, bar=0.7, bad=0.3)
IN_SIGHT = 0.9  # share of a word's place that must be uncovered cloth: else an arm, hair or a bag may hide letters
LEAST_HEIGHT_PX = 8  # of letters on the wearer: smaller ones cannot be read on anybody


def word_readings(case: Case) -> list[Reading]:
    """How much of the words that the garment photograph says is read again; nothing where it says none.

    Words are weighted by the area they cover. One that is partly hidden, or too small on this wearer, asks nothing.
    """
    places = _places(case)
    got = _texts_of(case, places)
    if not got:
        return []
    areas = [cv2.contourArea(np.float32(places[word])) for word in got]
    share = float(np.average([best_likeness(word.text, got[word]) for word in got], weights=areas))
    return [_reading(case, share, got, np.concatenate([places[word] for word in got]))]


def words_again(case: Case) -> dict[Word, tuple[str, ...]]:
    """The garment's words that are in sight on the wearer, each with the texts that were read for it; mostly none."""
    return _texts_of(case, _places(case))


def _places(case: Case) -> dict[Word, np.ndarray]:
    """Where each of the garment's words that is in sight lies on the wearer: its box, float (4, 2)."""
    onto = photo_to_worn(case) if can_read() else None
    words = asked_words(case.garment) if onto is not None else ()
    places = {word: cv2.transform(word.box_42[None], onto)[0] for word in words}
    return {word: box_42 for word, box_42 in places.items() if _in_sight(case, box_42)}


def _texts_of(case: Case, places: dict[Word, np.ndarray]) -> dict[Word, tuple[str, ...]]:
    texts = tuple(word.text for word in read_words(_front(case))) if places else ()
    return {word: _closest(case, word, box_42, texts) for word, box_42 in places.items()}


def _reading(case: Case, share: float, got: dict[Word, tuple[str, ...]], corners_K2: np.ndarray) -> Reading:
    worst = min(got, key=lambda word: best_likeness(word.text, got[word]))
    read = max(got[worst], key=lambda text: best_likeness(worst.text, (text,)), default="")
    said = f"reads {read!r}" if read else "cannot be read"
    box_42 = cv2.boxPoints(cv2.minAreaRect(np.float32(corners_K2)))
    return Reading(
        name="words",
        value=share,
        bar=WORDS,
        region=region_of(polygon(case.worn_HW.shape, box_42)),
        says=f"{share:.0%} of the words' letters are right: {worst.text!r} {said}",
        fixes=(fix(f"write {worst.text!r} exactly as in the garment photograph, upright and not mirrored"),),
    )


def _front(case: Case) -> np.ndarray:
    """uint8 RGB: the candidate's part with what is worn."""
    rows, columns = np.flatnonzero(case.worn_HW.any(1)), np.flatnonzero(case.worn_HW.any(0))
    return case.after.image_HW3[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _closest(case: Case, word: Word, box_42: np.ndarray, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts read on what is worn; where the word is not among them, those of a closer look at its place, too."""
    if best_likeness(word.text, texts) >= SAME:
        return texts
    return (*texts, *read_closely(case.after.image_HW3, box_42))


def _in_sight(case: Case, box_42: np.ndarray) -> bool:
    """Whether nothing lies over a word's place on the wearer, and its letters are large enough to be read there."""
    place_HW = polygon(case.worn_HW.shape, box_42)
    height_px = float(np.hypot(*(box_42[3] - box_42[0])))
    bare_HW = case.worn_HW & ~(case.after.hair | (case.before.arms & case.after.skin))
    return height_px >= LEAST_HEIGHT_PX and bool(bare_HW[place_HW].mean() >= IN_SIGHT)
