"""What changed between two prompts: kept, deleted and inserted, word by word."""

from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["kept", "deleted", "inserted"]


class Piece(NamedTuple):
    kind: Kind
    text: str


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order; the kept and inserted ones together say `after`, spaces made one."""
    old, new = before.split(), after.split()
    pieces = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("kept", " ".join(old[i:j])))
            continue
        if i < j:
            pieces.append(Piece("deleted", " ".join(old[i:j])))
        if k < m:
            pieces.append(Piece("inserted", " ".join(new[k:m])))
    return tuple(pieces)
