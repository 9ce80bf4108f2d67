"""How a data set of pairs is named as a source: 'viton-hd:PATH:unpaired', 'dresscode:s3://bucket/prefix:paired:dresses'."""

from dataclasses import dataclass
from typing import Literal

from ...errors import BadInput

DATASETS = ("viton-hd:", "dresscode:")  # how such a name begins
PARTS = ("upper_body", "lower_body", "dresses")  # of DressCode; its pair files number them 0, 1 and 2
_PROTOCOLS, _SPLITS, _PICTURES = ("paired", "unpaired"), ("test", "train"), ("agnostic", "masked")
SPELLING = "write viton-hd:PATH or dresscode:PATH, then any of " + ", ".join(
    f":{word}" for word in (*_PROTOCOLS, *_SPLITS, *_PICTURES, *PARTS)
)


@dataclass(frozen=True, kw_only=True)
class PairPlace:
    """One data set of pairs at one place, and which of its pairs are meant.

    where     the folder or s3:// URL that holds the pair files
    protocol  'paired': each person is given the garment that is worn already, so that the photograph is the truth;
              'unpaired': another garment, and there is no true picture
    parts     which of DressCode's; () for VITON-HD, which has none
    agnostic  the person's picture is the one with the garment painted over (VITON-HD has them). A generator that sees
              the photograph in the paired protocol sees the truth: an edit that changes nothing is perfect
    masked    each sample has a mask too: where the garment is to be drawn
    """

    dataset: Literal["viton-hd", "dresscode"]
    where: str
    protocol: Literal["paired", "unpaired"] = "paired"
    split: Literal["test", "train"] = "test"
    parts: tuple[str, ...] = ()
    agnostic: bool = False
    masked: bool = False


def pair_place(where: str) -> PairPlace:
    """The place that a source's name spells; it begins with one of DATASETS.

    raises   BadInput for one without a path, for two words that exclude each other, for what the data set has not
    """
    dataset, _, rest = where.partition(":")
    path, words = _apart(rest)
    protocol, split = (_at_most_one(where, words, among) for among in (_PROTOCOLS, _SPLITS))
    parts = tuple(part for part in PARTS if part in words)
    if not path:
        raise BadInput(f"{where!r} names no folder; {SPELLING}")
    if dataset == "viton-hd" and parts:
        raise BadInput(f"{where!r}: VITON-HD has no {parts[0]}, all its garments are for the upper body; leave it out")
    if dataset == "dresscode" and "agnostic" in words:
        raise BadInput(f"{where!r}: DressCode comes without agnostic pictures; leave agnostic out, or add masked")
    return PairPlace(
        dataset=dataset,
        where=path,
        protocol=protocol,
        split=split,
        parts=parts or (PARTS if dataset == "dresscode" else ()),
        agnostic="agnostic" in words,
        masked="masked" in words,
    )


def _apart(rest: str) -> tuple[str, set[str]]:
    """(the path, the words behind it); a path may hold colons of its own, such as s3://"""
    words: set[str] = set()
    while True:
        path, colon, word = rest.rpartition(":")
        if not colon or word not in {*_PROTOCOLS, *_SPLITS, *_PICTURES, *PARTS}:
            return rest, words
        rest = path
        words.add(word)


def _at_most_one(where: str, words: set[str], among: tuple[str, ...]) -> str:
    """The one word of these, else the first of them."""
    given = [word for word in among if word in words]
    if len(given) > 1:
        raise BadInput(f"{where!r} asks for {' and '.join(given)}; open each as a source of its own")
    return given[0] if given else among[0]
