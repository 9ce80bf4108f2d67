"""The values of a judge's reply, tolerant of their form and strict in their meaning: a number that was written is taken
in whatever dress, and none is made of what is no number.

Each reader returns what it read and, in a few words, what it could not.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ...records import Region
from ...text import one_line, shortened

FINDING_CHARACTERS, FIX_CHARACTERS = 120, 100
BOX = 1000  # Qwen-VL and Gemini give boxes as 0-1000 of the picture
MOST = 10
_IN_WORDS = re.compile(r"([0-9]{1,2}(?:\.[0-9]+)?)(?: ?(?:/|of|out of) ?10(?:\.0)?)?")
_NULL = ("null", "n/a", "na", "not applicable")


class Finding(NamedTuple):
    """What a judge says is wrong about a constraint; `notes` say what of it could not be read."""

    words: str
    fix: str
    region: Region | None
    notes: tuple[str, ...] = ()


def plain(name: Any) -> str:
    """The name of a constraint however it was written: '2. Body and pose' is body_and_pose."""
    return re.sub(r"^[0-9]+_+|_+$", "", re.sub(r"[^a-z0-9]+", "_", str(name).lower()).lstrip("_"))


def by_name(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values by their plain names; one under its exact name comes before others that read like it."""
    return {plain(name): value for name, value in values.items()} | dict(values)


def score_of(value: Any) -> tuple[float | None, str]:
    """(score 0-10, ''), (None, '') where the constraint does not apply, or (None, why it is no score)."""
    if isinstance(value, dict):
        value = by_name(value).get("score", value)
    if isinstance(value, str):
        value = _in_words(value)
    if value is None:
        return None, ""
    if not _is_number(value):
        return None, f"the judge's score cannot be read: {_shown(value)}"
    if not 0 <= value <= MOST:
        return None, f"the judge's score {value:g} is not between 0 and {MOST}"
    return abs(float(value)), ""  # -0.0 is 0


def _in_words(text: str) -> Any:
    """The number in '8', '8.0' or '8/10'; None for 'n/a'; the text itself for anything else."""
    words = one_line(text).lower()
    match = _IN_WORDS.fullmatch(words)
    return float(match[1]) if match else None if words in _NULL else text


def finding_of(entry: Mapping[str, Any]) -> Finding:
    """A finding as far as it can be read: words and fix shortened to what the schema allows."""
    words, no_words = _text_of(entry, "finding", FINDING_CHARACTERS)
    fix, no_fix = _text_of(entry, "fix", FIX_CHARACTERS)
    region, no_region = box_of(entry.get("box"))
    return Finding(words, fix, region, tuple(note for note in (no_words, no_fix, no_region) if note))


def _text_of(entry: Mapping[str, Any], key: str, most: int) -> tuple[str, str]:
    text = entry.get(key)
    if not isinstance(text, str):
        return "", f"its {key} cannot be read: {_shown(text)}"
    line = one_line(text)
    if len(line) <= most:
        return line, ""
    kept = line[: most - 3]
    return f"{kept.rpartition(' ')[0] or kept}...", f"its {key} was shortened from {len(line)} characters"


def box_of(box: Any) -> tuple[Region | None, str]:
    """A box as a region, or why it is none.

    box   [left, top, right, bottom] in 0-1000. Numbers between 0 and 1 may be fractions and others pixels: which of
          them was meant is not guessed, nor which corner is which
    """
    if not isinstance(box, list) or len(box) != 4 or not all(map(_is_number, box)):
        return None, f"its box is no four numbers: {_shown(box)}"
    if min(box) < 0 or max(box) > BOX:
        return None, f"its box is not within 0-{BOX}: {_shown(box)}"
    if max(box) <= 1 and not all(isinstance(number, int) for number in box):
        return None, f"its box may be in fractions in place of 0-{BOX}: {_shown(box)}"
    region = region_of(box)
    return region, "" if region else f"its box has no area: {_shown(box)}"


def region_of(box: Sequence[float]) -> Region | None:
    """[left, top, right, bottom] in 0-1000 as fractions; None for a box without area."""
    left, top, right, bottom = (min(max(value, 0), BOX) / BOX for value in box)
    return Region(left=left, top=top, right=right, bottom=bottom) if left < right and top < bottom else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: Any) -> str:
    return shortened(repr(value))
