"""Which way up a photograph was taken: the one number of its EXIF that is looked at."""

from PIL import Image

ORIENTATION = 0x0112  # the tag
MOST_TAGS = 4096  # of the first directory; cameras write about 20
_ENTRY_BYTES = 12
_WHOLE_NUMBERS = {3: 2, 4: 4, 8: 2, 9: 4}  # types SHORT, LONG and signed: bytes of each
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(picture: Image.Image, exif: bytes) -> Image.Image:
    """The picture as it was meant to be seen."""
    turn = _TURNS.get(orientation(exif))
    return picture if turn is None else picture.transpose(turn)


def turned(size: tuple[int, int], exif: bytes) -> tuple[int, int]:
    """(width, height) of `upright`."""
    return (size[1], size[0]) if orientation(exif) >= 5 else size


def orientation(exif: bytes) -> int:
    """1 to 8 as EXIF counts them, 1 is upright; 1 also where the block is damaged, says nothing or nothing possible.

    exif   from its TIFF header on
    """
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(exif[:4])
    if order is None:
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(exif[at : at + size], order)

    first = number(4, 4)
    for at in range(first + 2, first + 2 + _ENTRY_BYTES * min(number(first, 2), MOST_TAGS), _ENTRY_BYTES):
        if at + _ENTRY_BYTES > len(exif):
            break
        if number(at, 2) == ORIENTATION:
            value = number(at + 8, size) if (size := _WHOLE_NUMBERS.get(number(at + 2, 2))) else 1
            return value if number(at + 4, 4) == 1 and 1 <= value <= 8 else 1
    return 1
