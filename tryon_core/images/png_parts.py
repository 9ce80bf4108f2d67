"""The parts of a PNG. Of an animated one (APNG) the still picture is taken, which every program shows."""

import zlib

from .container import MAX_EXIF_BYTES, MAX_PROFILE_BYTES, MOST_PARTS, Damaged, Parts, RareForm, whole_exif

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PALETTE = 3  # the colour type
_OLD_EXIF = (b"Raw profile type exif", b"Raw profile type APP1")  # how EXIF was written before the chunk eXIf, 2017
_USED_ONCE = (b"tRNS", b"iCCP", b"eXIf")


def png_parts(data: bytes) -> Parts:
    """Walks through the chunks; a chunk that is not needed for the pixels and has a wrong checksum is left out.

    raises   Damaged where the header is no header
    """
    pixels, beside, old_exif = [], {}, b""
    at = len(SIGNATURE)
    for _ in range(MOST_PARTS):
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        if len(kind) < 4:
            break
        if kind == b"IDAT":
            pixels.append(data[at:end])
        elif kind in (b"IHDR", b"PLTE") and kind not in beside:
            beside[kind] = data[at + 8 : end - 4]
            pixels.append(data[at:end])
        elif kind in _USED_ONCE and kind not in beside and _sound(data, at, end):
            beside[kind] = data[at + 8 : end - 4]
        elif kind in (b"tEXt", b"zTXt") and not old_exif and data.startswith(_OLD_EXIF, at + 8):
            old_exif = _old_exif(kind, data[at + 8 : end - 4])
        elif kind == b"CgBI":
            raise RareForm("a PNG in the private form of Apple's developer tools (CgBI)")
        at = end
        if kind == b"IEND":
            break
    else:
        raise Damaged(f"more than {MOST_PARTS} chunks")
    header = beside.get(b"IHDR", b"")
    if len(header) != 13 or pixels[0][4:8] != b"IHDR":
        raise Damaged("no whole header")
    if header[9] == _PALETTE and not beside.get(b"PLTE"):
        raise Damaged("a palette picture without its palette")
    return Parts(
        kind="PNG",
        size=(int.from_bytes(header[:4]), int.from_bytes(header[4:8])),
        body=b"".join([SIGNATURE, *pixels, _END]),
        of=len(data),
        exif=whole_exif(beside.get(b"eXIf", old_exif)),
        profile=_profile(beside.get(b"iCCP", b"")),
        clear=beside.get(b"tRNS"),
        bits=header[8],
    )


_END = b"\0\0\0\0IEND\xaeB`\x82"


def _sound(data: bytes, at: int, end: int) -> bool:
    """Whether a chunk is whole and has the checksum it names."""
    return end <= len(data) and zlib.crc32(data[at + 4 : end - 4]) == int.from_bytes(data[end - 4 : end])


def _profile(chunk: bytes) -> bytes:
    """The profile of iCCP: name, 0, method 0, compressed; empty where it is none or too large."""
    _, _, packed = chunk.partition(b"\0")
    return _inflated(packed[1:], MAX_PROFILE_BYTES) if packed[:1] == b"\0" else b""


def _old_exif(kind: bytes, chunk: bytes) -> bytes:
    """EXIF as ImageMagick wrote it: a name, a count of bytes, and these in hexadecimal digits, as text."""
    _, _, text = chunk.partition(b"\0")
    if kind == b"zTXt":
        text = _inflated(text[1:], 3 * MAX_EXIF_BYTES)
    digits = b"".join(text[: 3 * MAX_EXIF_BYTES].split()[2:])  # behind the name and the count
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return b""


def _inflated(packed: bytes, most_bytes: int) -> bytes:
    """Decompressed; empty where it is damaged or more than `most_bytes`."""
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, most_bytes)
    except zlib.error:
        return b""
    return unpacked if unpacker.eof else b""
