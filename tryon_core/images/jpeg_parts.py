"""The parts of a JPEG. Of one that holds several pictures (MPO, from phones and stereo cameras) the first is taken."""

import re
from collections.abc import Iterator

from .container import MAX_PROFILE_BYTES, MOST_PARTS, Damaged, Parts, RareForm, whole_exif

MOST_SCANS = 64  # a progressive JPEG has about 10; each takes another pass over all pixels, however few bytes it has
_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
_AFTER_SCAN = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])", re.DOTALL)  # coded pixels hold FF before 0 and RST only
_SIZES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}  # frame headers, SOF
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers that nothing follows
_END, _SCAN, _APP0, _APP1, _APP2, _APP14 = 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE


def jpeg_parts(data: bytes) -> Parts:
    """Walks through the segments up to the end of the first picture.

    raises   Damaged where that end is missing, or a header is in a form that nobody reads
    """
    kept, sizes, scans, exif, profile = [b"\xff\xd8"], [], 0, [], []
    for marker, segment, coded in _segments(data):
        if marker in _SIZES:
            sizes.append(_frame_size(segment))
        elif marker == _APP1 and segment.startswith(b"Exif\0"):
            exif.append(whole_exif(segment))
        elif marker == _APP2 and segment.startswith(b"ICC_PROFILE\0"):
            profile.append(segment[12:])
        if _needed(marker, segment):
            kept += [bytes([0xFF, marker]), (len(segment) + 2).to_bytes(2), segment, coded]
        scans += marker == _SCAN
        if scans > MOST_SCANS:
            raise RareForm(f"a JPEG of more than {MOST_SCANS} scans")
    if len(sizes) != 1 or not scans:
        raise Damaged(f"{len(sizes)} frame headers and {scans} scans")
    body = b"".join([*kept, b"\xff\xd9"])
    return Parts(kind="JPEG", size=sizes[0], body=body, of=len(data), exif=b"".join(exif), profile=_joined(profile))


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(marker, what its segment holds, the coded pixels behind it) up to the marker that ends the picture."""
    at = 2
    for _ in range(MOST_PARTS):
        found = _MARKER.search(data, at)
        if found is None:
            raise Damaged("the picture has no end")
        marker, at = found[1][0], found.end()
        if marker == _END:
            return
        if marker in _ALONE:
            continue
        segment, at = _segment(data, at)
        end = at
        if marker == _SCAN:
            behind = _AFTER_SCAN.search(data, at)
            end = behind.start() if behind else len(data)
        yield marker, segment, data[at:end]
        at = end
    raise Damaged(f"more than {MOST_PARTS} segments")


def _segment(data: bytes, at: int) -> tuple[bytes, int]:
    """(what a segment holds, where it ends)."""
    length = int.from_bytes(data[at : at + 2])
    if length < 2 or at + length > len(data):
        raise Damaged("a segment reaches beyond the end")
    return data[at + 2 : at + length], at + length


def _frame_size(segment: bytes) -> tuple[int, int]:
    if len(segment) < 6 or len(segment) != 6 + 3 * segment[5]:
        raise Damaged("a frame header of a wrong length")
    if segment[0] != 8:
        raise RareForm(f"a JPEG of {segment[0]} bits per sample")
    if segment[5] not in (1, 3, 4):
        raise RareForm(f"a JPEG of {segment[5]} colour channels")
    return int.from_bytes(segment[3:5]), int.from_bytes(segment[1:3])


def _needed(marker: int, segment: bytes) -> bool:
    """Whether the pixels depend on it: tables, scans, and the two segments that say how colours are coded."""
    if marker == _APP0:
        return segment.startswith(b"JFIF\0") and len(segment) >= 14
    if marker == _APP14:
        return segment.startswith(b"Adobe") and len(segment) >= 12
    return marker in _SIZES or marker in _TABLES or marker == _SCAN


def _joined(pieces: list[bytes]) -> bytes:
    """A profile from its pieces, each behind its number and their count; empty where one is missing or too large."""
    pieces = sorted(pieces, key=lambda piece: piece[:1])
    if [tuple(piece[:2]) for piece in pieces] != [(number, len(pieces)) for number in range(1, len(pieces) + 1)]:
        return b""
    profile = b"".join(piece[2:] for piece in pieces)
    return profile if len(profile) <= MAX_PROFILE_BYTES else b""
