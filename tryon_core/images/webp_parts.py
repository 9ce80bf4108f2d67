"""The parts of a WebP. Of an animated one the first frame is taken."""

from .container import MAX_PROFILE_BYTES, MOST_PARTS, Damaged, Parts, whole_exif

_PADDING = bytes(1024)  # coded pixels do not end in so many zeros; a file whose download was broken off may


def webp_parts(data: bytes) -> Parts:
    """Walks through the chunks of the RIFF container.

    raises   Damaged where it is cut off or has no size
    """
    whole = 8 + int.from_bytes(data[4:8], "little")
    if whole > len(data):
        raise Damaged(f"it should have {whole}")
    chunks, at = {}, 12
    for _ in range(MOST_PARTS):
        if at + 8 > whole:
            break
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > whole:
            raise Damaged("a chunk reaches beyond the end")
        chunks.setdefault(kind, data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    else:
        raise Damaged(f"more than {MOST_PARTS} chunks")
    if any(chunks.get(kind, b"").endswith(_PADDING) for kind in (b"VP8 ", b"VP8L")):
        raise Damaged("it ends in zeros")
    profile = chunks.get(b"ICCP", b"")
    return Parts(
        kind="WEBP",
        size=_size(chunks),
        body=data,
        of=len(data),
        exif=whole_exif(chunks.get(b"EXIF", b"")),
        profile=profile if len(profile) <= MAX_PROFILE_BYTES else b"",
    )


def _size(chunks: dict[bytes, bytes]) -> tuple[int, int]:
    """Of the canvas where there is one, else of the lossy or lossless picture."""
    canvas, lossy, lossless = (chunks.get(kind, b"") for kind in (b"VP8X", b"VP8 ", b"VP8L"))
    if len(canvas) >= 10:
        return int.from_bytes(canvas[4:7], "little") + 1, int.from_bytes(canvas[7:10], "little") + 1
    if len(lossy) >= 10:
        width, height = int.from_bytes(lossy[6:8], "little"), int.from_bytes(lossy[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF
    if len(lossless) >= 5:
        bits = int.from_bytes(lossless[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise Damaged("no picture in it")
