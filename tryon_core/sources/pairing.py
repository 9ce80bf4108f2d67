"""Persons and garments paired by where they lie and what they are called, the same on a disk and in a bucket.

The layout is DIFFICULTY/GENDER/ROLE/FILE, three levels of folders with fixed names; other folders are not entered.
Where a sample is one picture, such as a garment, a place without such folders may hold the pictures themselves.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from ..records import SampleLine
from .listing import Listing, Skipped

DIFFICULTIES = ("easy", "medium", "hard")
GENDERS = ("male", "female")
ROLES = {"initial_image": "person", "cloth_image": "garment", "try_on_image": "truth"}
PAIR = ("person", "garment")  # what a sample needs where nothing else is asked for
LEVELS = (DIFFICULTIES, GENDERS, tuple(ROLES))
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
LAYOUT = "/".join(f"{{{'|'.join(names)}}}" for names in LEVELS) + "/FILE with FILE ending in jpg, jpeg, png or webp"
_ID = re.compile(r"([0-9]+)_?partition_?([0-9]+_[0-9]+)")


class Entry(NamedTuple):
    """One file: its key relative to the source, its size, its ETag where it has one, and why it cannot be used."""

    key: str
    size_bytes: int
    etag: str = ""
    problem: str = ""


# A folder's key, '' for the top -> (names of the folders in it, the files in it)
Children = Callable[[str], tuple[list[str], list[Entry]]]


def pairing_id(file: str) -> str:
    """What a person's and a garment's file have in common.

    '12345_partition_0_0_front.jpg' and '12345partition0_0.png' -> '12345_partition_0_0'; any other name -> its stem
    """
    found = _ID.search(file)
    return f"{found[1]}_partition_{found[2]}" if found else PurePosixPath(file).stem


def sample_id(*parts: str) -> str:
    """'easy-female-12345_partition_0_0': the facts, then the pairing id.

    Where the pairing id has characters no sample id can have, or is too long, they are replaced and 8 digits of its
    SHA-256 are added, so that different files keep different ids.
    """
    *facts, pairing = parts
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", pairing)
    if plain != pairing or len(plain) > 100:
        plain = f"{plain[:91]}-{hashlib.sha256(pairing.encode()).hexdigest()[:8]}"
    return "-".join((*facts, plain))


def pair(children: Children, place: Callable[[str], str], needs: Sequence[str] = PAIR) -> Listing:
    """Every sample of a layout, in the order of the persons' keys, or of the first picture's that a sample needs.

    children  looks into one folder of the source
    place     turns a key into what the listing holds, a relative path or a URL
    needs     roles of the pictures that a sample must have; person and garment where the layout knows one of them not.
              Where it is one role, a place without the layout's folders holds pictures of that role
    returns   a listing, possibly of no lines; what makes no sample is in `skipped`
    """
    skips, alone = Skips(), needs[0] if len(needs) == 1 else ""
    needed = needs if needs and set(needs) <= set(ROLES.values()) else PAIR
    groups: dict[tuple[str, ...], dict[str, Entry]] = {}
    for entry in _pictures(children, skips, alone=bool(alone)):
        group, role = _place(entry.key, alone)
        first = groups.setdefault(group, {}).setdefault(role, entry)
        if first is not entry:
            skips.note(entry.key, f"pairs by the same id as {PurePosixPath(first.key).name}, which comes first")
    lines = []
    for (*facts, pairing), group in groups.items():
        missing = [role for role in needed if role not in group] if facts else []
        for entry in group.values() if missing else ():
            skips.note(entry.key, f"no {' and no '.join(missing)} with pairing id {pairing!r} in {'/'.join(facts)}")
        if not missing:
            lines.append(_line(facts, pairing, group, place))
    lines.sort(key=lambda line: next(line.pictures[role] for role in (*needed, alone) if role in line.pictures))
    return Listing(lines=tuple(lines), skipped=skips.all(), found=len(lines))


def _place(key: str, alone: str) -> tuple[tuple[str, ...], str]:
    """(difficulty, gender and pairing id, or the file's stem alone; the picture's role) of a file by its key"""
    *facts, folder, file = ("", *key.split("/"))
    if not facts:
        return (PurePosixPath(file).stem,), alone
    return (*facts[1:], pairing_id(file)), ROLES[folder]


def _line(facts: Sequence[str], pairing: str, group: Mapping[str, Entry], place: Callable[[str], str]) -> SampleLine:
    """facts   difficulty and gender; none where the place holds the pictures themselves"""
    entries = {role: group[role] for role in (*ROLES.values(), *group) if role in group}
    return SampleLine(
        sample_id=sample_id(*facts, pairing),
        pictures={role: place(entry.key) for role, entry in entries.items()},
        known=dict(zip(("difficulty", "gender"), facts, strict=False)),
        etags={role: entry.etag for role, entry in entries.items() if entry.etag},
    )


def _pictures(children: Children, skips: "Skips", folder: str = "", *, alone: bool = False) -> Iterator[Entry]:
    """Pictures that lie where the layout wants them, folder by folder, in the order of their keys.

    alone   without the layout's folders, those in the top folder
    """
    folders, files = children(folder)
    depth = folder.count("/") + 1 if folder else 0
    wanted = len(LEVELS) if not alone or set(folders) & set(LEVELS[0]) else 0
    for entry in sorted(files):
        problem = why_unusable(entry) if depth == wanted else "a file where only folders are expected"
        if problem:
            skips.note(entry.key, problem)
        else:
            yield entry
    for name in sorted(folders):
        path = f"{folder}/{name}" if folder else name
        if depth < len(LEVELS) and name in LEVELS[depth]:
            yield from _pictures(children, skips, path)
        else:
            expected = " or ".join(LEVELS[depth]) if depth < len(LEVELS) else "no folder"
            skips.note(f"{path}/", f"another folder where {expected} is expected")


def why_unusable(entry: Entry) -> str:
    """Why a file in the right place makes no picture; '' where it may."""
    if not entry.key.lower().endswith(SUFFIXES):
        return f"not a picture ({PurePosixPath(entry.key).suffix or 'no suffix'}); {', '.join(SUFFIXES)} are read"
    if PurePosixPath(entry.key).name.startswith("."):
        return "a hidden file"  # such as the ._NAME.jpg that macOS puts beside NAME.jpg
    if not entry.key.isprintable():
        return "a file name with control or undecodable characters"
    return entry.problem or ("" if entry.size_bytes else "an empty file")


class Skips:
    """Collects what is left out: each other folder, and the files of one folder with the same reason together."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Skipped] = {}

    def note(self, key: str, reason: str) -> None:
        key, reason = (
            text.encode(errors="backslashreplace").decode() for text in (key, reason)
        )  # so that JSON holds it
        place = (key if key.endswith("/") else str(PurePosixPath(key).parent), reason)
        seen = self._found.get(place)
        count = seen.count + 1 if seen else 1
        self._found[place] = Skipped(key=seen.key if seen else key, reason=reason, count=count)

    def all(self) -> tuple[Skipped, ...]:
        return tuple(self._found.values())
