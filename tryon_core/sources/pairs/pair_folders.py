"""VITON-HD and DressCode as they are handed out: folders of pictures, and text files that say who gets which garment.

VITON-HD    {test|train}/{image,cloth,agnostic-v3.2,agnostic-mask}/FILE; beside them {test|train}_pairs.txt, a person
            and a garment per line. That file is unpaired: for the paired protocol its persons are used, each with the
            garment of the same name. A {test|train}_pairs_{paired|unpaired}.txt goes before it.
DressCode   {upper_body|lower_body|dresses}/images/NUMBER_0.jpg (person) and NUMBER_1.jpg (garment), agnostic_masks/
            where somebody made them; in each folder or at the top test_pairs_{paired|unpaired}.txt and train_pairs.txt.
            At the top a third column names the folder, or numbers it 0, 1, 2.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

from ...errors import BadInput, BadManifest
from ...hints import Hints
from ...records import Known, SampleLine
from ..listing import Listing
from ..pairing import Children, Entry, sample_id, why_unusable
from .pair_places import PARTS, PairPlace

_KINDS = {"": "upper_body", "dresses": "dress"}  # as a person would say it of each folder; VITON-HD has tops alone
Read = Callable[[str], bytes]  # the bytes of a small file by its key
Place = Callable[[str], str]


class Pair(NamedTuple):
    """One line of a pair file: both file names, DressCode's folder ('' for VITON-HD), and where it stands."""

    person: str
    garment: str
    part: str
    file: str
    number: int


class Files:
    """A data set's files, on a disk or in a bucket. Each folder is listed once."""

    def __init__(self, read: Read, children: Children):
        self.read, self._listed, self.entries = read, cache(children), cache(self._entries)

    def there(self, key: str) -> bool:
        folder, _, name = key.rpartition("/")
        return name in self.entries(folder)

    def _entries(self, folder: str) -> dict[str, Entry]:
        """File name -> entry of a folder; {} where there is none"""
        above = ""
        for name in folder.split("/") if folder else ():
            if name not in self._listed(above)[0]:
                return {}
            above = f"{above}/{name}" if above else name
        return {PurePosixPath(entry.key).name: entry for entry in self._listed(folder)[1]}


def listing(place: PairPlace, files: Files, located: Place) -> Listing:
    """The pairs of a data set, in the order of its pair files.

    located  turns a key, relative to the data set, into what the listing holds: a relative path or a URL
    returns  lines with the pictures person and garment, truth in the paired protocol, mask where masks are asked for;
             known are dataset, protocol, split, file (the person's, by which results are named), garment_type (which
             models see too), and where they have one, category and agnostic (the person's picture is no photograph)
    raises   BadManifest for a line of a pair file that is none; BadInput with the first picture that is missing
    """
    pairs = list(_pairs(place, files))
    times = Counter((pair.part, PurePosixPath(pair.person).stem) for pair in pairs)
    lines: dict[str, SampleLine] = {}
    for pair in pairs:
        line = _line(place, files, located, pair, times[pair.part, PurePosixPath(pair.person).stem] > 1)
        if line.sample_id in lines:
            raise BadManifest(pair.file, pair.number, f"{pair.person} and {pair.garment} are a pair of an earlier line")
        lines[line.sample_id] = line
    return Listing(lines=tuple(lines.values()), found=len(lines))


# ---- pair files ------------------------------------------------------------------------------------------------------


def _pairs(place: PairPlace, files: Files) -> Iterator[Pair]:
    for part in place.parts or ("",):
        pairs = _of_part(place, files, part)
        if place.protocol == "unpaired" and all(_number(pair.person) == _number(pair.garment) for pair in pairs):
            raise BadInput(f"{pairs[0].file} gives every person their own garment: it is no list for unpaired")
        yield from pairs


def _of_part(place: PairPlace, files: Files, part: str) -> list[Pair]:
    """The pairs of one folder of DressCode, or all of VITON-HD ('')."""
    names = _pair_files(place, part)
    name = next((name for name in names if files.there(name)), None)
    if name is None:
        raise BadInput(f"{place.where}: there is no {' and no '.join(names)}; put the data set's pair file there")
    own = place.dataset == "viton-hd" and name == f"{place.split}_pairs.txt"
    pairs = [pair for pair in _parsed(files.read(name), name, part) if pair.part == part]
    if not pairs:
        raise BadInput(f"{place.where}: {name} lists no pair{f' of {part}' if part else ''}")
    if place.protocol == "unpaired":
        return pairs
    worn = [pair._replace(garment=pair.person) if own else pair for pair in pairs]
    for pair in worn:
        if _number(pair.person) != _number(pair.garment):
            other = f"{pair.person} does not wear {pair.garment}, so this is no list for the paired protocol"
            raise BadManifest(name, pair.number, f"{other}; ask for unpaired, or restore the file")
    return worn


def _pair_files(place: PairPlace, part: str) -> list[str]:
    """Where the pairs may be listed, the first choice first."""
    named, plain = f"{place.split}_pairs_{place.protocol}.txt", f"{place.split}_pairs.txt"
    if place.dataset == "viton-hd":
        return [named, plain]
    own = plain if place.split == "train" and place.protocol == "paired" else named
    return [f"{part}/{own}", own]


def _parsed(data: bytes, name: str, part: str) -> Iterator[Pair]:
    """Each line of a pair file; blank lines count, and say nothing."""
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        columns = line.split()
        if not columns:
            continue
        if len(columns) not in (2, 3) or any("/" in column or column in (".", "..") for column in columns):
            raise BadManifest(name, number, f"wanted are two file names and at most a folder, got {line[:80]!r}")
        if part and len(columns) == 2 and "/" not in name:
            raise BadManifest(name, number, f"a third column must say which of {', '.join(PARTS)} (or 0, 1, 2) it is")
        yield Pair(*columns[:2], _part_named(columns[2], name, number) if columns[2:] and part else part, name, number)


def _part_named(column: str, name: str, number: int) -> str:
    if column in PARTS:
        return column
    if column in ("0", "1", "2"):
        return PARTS[int(column)]
    raise BadManifest(name, number, f"{column[:80]!r} is none of {', '.join(PARTS)} and none of 0, 1, 2")


def _number(file: str) -> str:
    """What a person and the garment that is worn have in common: '013563_0.jpg', '013563_1.jpg' -> '013563'"""
    stem = PurePosixPath(file).stem
    return stem.removesuffix("_0").removesuffix("_1")


# ---- samples ---------------------------------------------------------------------------------------------------------


def _line(place: PairPlace, files: Files, located: Place, pair: Pair, again: bool) -> SampleLine:
    """again   the person has several garments, so that the garment is part of the sample's id"""
    keys = dict(_keys(place, pair))
    entries = {role: _found(place, files, key, pair) for role, key in keys.items()}
    stems = [PurePosixPath(name).stem for name in ((pair.person, pair.garment) if again else (pair.person,))]
    kind = _KINDS.get(pair.part, pair.part)
    known: dict[str, Known] = {
        "dataset": place.dataset,
        "protocol": place.protocol,
        "split": place.split,
        "file": pair.person,
        "garment_type": kind,
    }
    known |= {"category": pair.part} if pair.part else {}
    known |= {"agnostic": True} if place.agnostic else {}
    return SampleLine(
        sample_id=sample_id(*([pair.part] if pair.part else []), "-".join(stems)),
        pictures={role: located(key) for role, key in keys.items()},
        known=known,
        hints=Hints(garment_type=kind),
        etags={role: entry.etag for role, entry in entries.items() if entry.etag},
    )


def _keys(place: PairPlace, pair: Pair) -> Iterator[tuple[str, str]]:
    """Role -> where its picture is, relative to the data set."""
    stem = PurePosixPath(pair.person).stem
    if place.dataset == "viton-hd":
        top, photographs, garments = place.split, "image", "cloth"
        mask = f"{top}/agnostic-mask/{stem}_mask.png"
    else:
        top, photographs, garments = pair.part, "images", "images"
        mask = f"{top}/agnostic_masks/{stem}.png"
    yield "person", f"{top}/{'agnostic-v3.2' if place.agnostic else photographs}/{pair.person}"
    yield "garment", f"{top}/{garments}/{pair.garment}"
    if place.protocol == "paired":
        yield "truth", f"{top}/{photographs}/{pair.person}"
    if place.masked:
        yield "mask", mask


def _found(place: PairPlace, files: Files, key: str, pair: Pair) -> Entry:
    folder, _, name = key.rpartition("/")
    entry = files.entries(folder).get(name)
    why = "is not there" if entry is None else why_unusable(entry)
    if why:
        raise BadInput(f"{place.where}: {key} {why} (line {pair.number} of {pair.file}); restore it")
    return entry
