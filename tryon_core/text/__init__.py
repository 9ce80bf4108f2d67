"""Words as text: one line of it, and what changed between two prompts: kept, deleted and inserted, word by word."""

import json
import math
import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any, Literal, NamedTuple

from ..errors import BadInput

SHOWN = 80  # characters of a value that does not fit

# control characters, what joins or turns letters, halves of characters
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")

Kind = Literal["kept", "deleted", "inserted"]


class Piece(NamedTuple):
    kind: Kind
    text: str


def one_line(text: str) -> str:
    """The printable characters, spaces made one: no line break or control character is left."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def printable(text: str) -> str:
    """The text with a space for each character that would change how the rest is shown; lines and tabs stay."""
    return text if text.isprintable() else _UNSHOWN.sub(" ", text)


def quoted(value: Any) -> str:
    """JSON of what others wrote, for a language model to read as data.

    No text in it can leave its quotes, and since '<' is written as an escape none can spell a control token of the
    model, such as <|image_pad|>.
    """
    return json.dumps(value, ensure_ascii=False).replace("<", r"\u003c")


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order; the kept and inserted ones together say `after`, the kept and deleted
    ones `before`, spaces made one.

    Whole sentences are matched first: one that was put in front of another leaves that one as it was.
    """
    pieces = _changes(_sentences(before), _sentences(after), lambda old, new: _changes(_words(old), _words(new)))
    together = groupby(pieces, key=lambda piece: piece.kind)
    return tuple(Piece(kind, " ".join(piece.text for piece in same)) for kind, same in together)


def _changes(
    old: list[str], new: list[str], finer: Callable[[list[str], list[str]], Iterator[Piece]] | None = None
) -> Iterator[Piece]:
    """What was kept, deleted and inserted; `finer` tells more of what stands in another's place."""
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece("kept", " ".join(new[k:m]))
        elif tag == "replace" and finer:
            yield from finer(old[i:j], new[k:m])
        else:
            changed = Piece("deleted", " ".join(old[i:j])), Piece("inserted", " ".join(new[k:m]))
            yield from (piece for piece in changed if piece.text)


def _words(sentences: list[str]) -> list[str]:
    return " ".join(sentences).split()


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) ", " ".join(text.split())) if text.strip() else []


def shortened(text: str) -> str:
    """One line of it, at most SHOWN characters and an ellipsis."""
    line = one_line(text)
    return f"{line[:SHOWN]}{'...' if len(line) > SHOWN else ''}"


def got(value: Any) -> str:
    """The value that did not fit, as the end of a sentence."""
    return f"got {shortened(repr(value))} ({type(value).__name__})"


def first_problem(error: Any) -> str:
    """The first thing that a pydantic ValidationError found, as a sentence: where, what is wrong, what was got."""
    first = error.errors()[0]
    where = shortened(".".join(str(part) for part in first["loc"]))
    what = first["msg"].removeprefix("Value error, ")
    if "input" in first and first["type"] not in ("missing", "value_error"):
        what = f"{what}, {got(first['input'])}"
    return f"{where}: {what}" if where else what


def check_finite(name: str, value: Any) -> None:
    """raises BadInput for a number that is not finite, however deep: a record of it could not be read again"""
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"{name} holds {value}, which is no finite number")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        check_finite(name, inner)
