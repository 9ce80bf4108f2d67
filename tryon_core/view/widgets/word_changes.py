"""What changed between two requests in words: kept, deleted and inserted, word by word."""

from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from .widget import escaped

Kind = Literal["kept", "deleted", "inserted"]
_MARKUP = {"kept": "{}", "deleted": "<del>{}</del>", "inserted": "<ins>{}</ins>"}


class Piece(NamedTuple):
    kind: Kind
    text: str


def word_changes(before: str, after: str) -> list[Piece]:
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
    return pieces


def as_html(pieces: list[Piece]) -> str:
    """<del> and <ins> around what changed: a browser strikes out and underlines them, so colour never stands alone."""
    return " ".join(_MARKUP[piece.kind].format(escaped(piece.text)) for piece in pieces)


def in_short(pieces: list[Piece]) -> list[str]:
    """What was added, a line each; where words were taken out too, all words once, as wdiff marks them."""
    if any(piece.kind == "deleted" for piece in pieces):
        marked = {"kept": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}
        return [" ".join(marked[piece.kind].format(piece.text) for piece in pieces)]
    return [f"+ {piece.text}" for piece in pieces if piece.kind == "inserted"]
