"""What changed between two prompts, as HTML and in short."""

from collections.abc import Sequence

from ...text import Piece
from .widget import escaped

_MARKUP = {"kept": "{}", "deleted": "<del>{}</del>", "inserted": "<ins>{}</ins>"}


def as_html(pieces: Sequence[Piece]) -> str:
    """<del> and <ins> around what changed: a browser strikes out and underlines them, so colour never stands alone."""
    return " ".join(_MARKUP[piece.kind].format(escaped(piece.text)) for piece in pieces)


def in_short(pieces: Sequence[Piece]) -> list[str]:
    """What was added, a line each; where words were taken out too, all words once, as wdiff marks them."""
    if any(piece.kind == "deleted" for piece in pieces):
        marked = {"kept": "{}", "deleted": "[-{}-]", "inserted": "{{+{}+}}"}
        return [" ".join(marked[piece.kind].format(piece.text) for piece in pieces)]
    return [f"+ {piece.text}" for piece in pieces if piece.kind == "inserted"]
