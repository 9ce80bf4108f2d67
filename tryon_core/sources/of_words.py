"""Sources of one sample: of words alone, or of pictures that a person names."""

from ..errors import BadInput
from ..records import SampleLine
from ..text import got
from . import Source
from .listing import Listing
from .pairing import sample_id

WHERE = "words alone"  # where such a sample comes from, as a run records it


def of_words(wish: str) -> Source:
    """One sample, named by its words. raises BadInput for words that say nothing"""
    if not isinstance(wish, str) or not wish.strip():
        raise BadInput(f"prompt says in words what is wanted, {got(wish)}")
    line = SampleLine(sample_id=sample_id("-".join(wish.split())), wish=wish)
    return Source(where=WHERE, list_all=lambda: Listing(lines=(line,), found=1), base=None)


def of_one(line: SampleLine) -> Source:
    """One sample whose pictures are named by absolute paths or s3:// URLs."""
    return Source(where="one sample", list_all=lambda: Listing(lines=(line,), found=1), base=None)
