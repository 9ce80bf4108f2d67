"""Pictures are turned by the orientation of their EXIF alone, and nothing in an EXIF block ends the reading."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from picture_files import chunk, encoded, exif, segment, with_chunks, with_segments
from PIL import Image, ImageOps

from tryon_core.images import decode
from tryon_core.images.orientation import orientation

SHORT, LONG, RATIONAL, ASCII, BYTE = 3, 4, 5, 2, 1
QUARTERS = Image.fromarray(np.kron(np.array([[0, 80], [160, 250]], np.uint8), np.ones((80, 50), np.uint8))).convert(
    "RGB"
)


def block(number, order="<", kind=SHORT):
    return exif((0x10F, ASCII, 4, b"cam\0"), (0x112, kind, 1, number), order=order)


def jpeg(exif_block):
    return with_segments(encoded(QUARTERS, "JPEG", quality=95), segment(0xE1, b"Exif\0\0" + exif_block))


def png(exif_block):
    return with_chunks(encoded(QUARTERS), chunk(b"eXIf", exif_block))


def old_png(exif_block, name=b"Raw profile type exif"):
    text = b"\nexif\n%8d\n%s\n" % (len(exif_block) + 6, (b"Exif\0\0" + exif_block).hex().encode())
    return with_chunks(encoded(QUARTERS), chunk(b"zTXt", name + b"\0\0" + zlib.compress(text)))


def webp(exif_block):
    return encoded(QUARTERS, "WEBP", lossless=True, exif=exif_block)


def like(picture, other):
    return picture.size == other.size and np.abs(np.asarray(picture).astype(int) - np.asarray(other)).mean() < 3


def as_seen(number):
    """QUARTERS as a viewer shows it, by Pillow's own turning of a block that is whole."""
    turned = Image.open(io.BytesIO(encoded(QUARTERS, exif=b"Exif\0\0" + block(number))))
    return ImageOps.exif_transpose(turned)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("file", [jpeg, png, old_png, webp])
def test_all_eight_orientations_are_right(file, order):
    seen = [as_seen(number) for number in range(1, 9)]
    assert len({picture.tobytes() for picture in seen}) == 8
    for number, picture in enumerate(seen, start=1):
        assert like(decode(file(block(number, order))), picture), number


def test_other_whole_numbers_and_names_count_too():
    assert like(decode(jpeg(block(6, kind=LONG))), as_seen(6))
    assert like(decode(old_png(block(6), name=b"Raw profile type APP1")), as_seen(6))
    assert like(decode(webp(b"Exif\0\0" + block(6))), as_seen(6))
    assert like(decode(png(b"Exif\0\0" + block(8))), as_seen(8))


BROKEN = {
    "nothing": b"",
    "no TIFF": b"garbage in place of it",
    "half a header": b"II*\0\x08",
    "its start far away": exif((0x112, SHORT, 1, 6))[:4] + b"\xff\xff\xff\xff",
    "no room for its count": b"II*\0\x08\0\0\0\x01",
    "cut off inside its number": exif((0x112, SHORT, 1, 6))[:19],
    "cut off inside": exif((0x112, SHORT, 1, 6))[:18],
    "0": block(0),
    "9": block(9),
    "65535": block(65535),
    "two numbers": exif((0x112, SHORT, 2, b"\6\0\6\0")),
    "many numbers": exif((0x112, SHORT, 2**31, 6)),
    "none": exif((0x112, SHORT, 0, 6)),
    "a text": exif((0x112, ASCII, 2, b"6\0")),
    "a byte": exif((0x112, BYTE, 1, b"\6")),
    "a fraction": exif((0x112, RATIONAL, 1, 8)),
    "a fraction far away": exif((0x112, RATIONAL, 1, 2**32 - 1)),
    "an unknown type": exif((0x112, 99, 1, 6)),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("file", [jpeg, png, old_png, webp])
def test_an_unreadable_orientation_is_upright(file, broken):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert like(decode(file(broken)), QUARTERS)


BESIDE = [(0x11A, ASCII, 3, b"72\0"), (0x11A, RATIONAL, 9, 2**32 - 2), (0x8769, LONG, 1, 3), (0x927C, 7, 2**32 - 1, 8)]


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("file", [jpeg, png, webp])
def test_what_stands_beside_it_does_not_matter(file, beside):
    """A resolution as text, counts beyond the file, a directory inside its own header: python-pillow/Pillow#8605."""
    assert like(decode(file(exif((0x112, SHORT, 1, 6), beside))), as_seen(6))
    assert like(decode(file(exif(beside, (0x112, SHORT, 1, 6), count=60_000))), as_seen(6))


def test_exif_with_a_wrong_checksum_is_left_out():
    assert like(decode(with_chunks(encoded(QUARTERS), chunk(b"eXIf", block(6), 7))), QUARTERS)


def test_only_exif_turns_a_picture():
    words = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="6"/></x:xmpmeta>'
    files = [
        with_segments(encoded(QUARTERS, "JPEG", quality=95), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + words)),
        with_chunks(encoded(QUARTERS), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + words)),
        encoded(QUARTERS, "WEBP", lossless=True, xmp=words),
    ]
    assert all(like(decode(file), QUARTERS) for file in files)


def test_a_turned_picture_does_not_say_so_again():
    assert not decode(jpeg(block(6))).info and not decode(jpeg(block(6))).getexif()


def test_random_blocks_give_pillows_orientation_or_upright():
    """Against Pillow, on blocks it can read; those it cannot are upright."""
    random, turned, compared = np.random.default_rng(0), 0, 0
    for _ in range(4000):
        entries = [
            (int(random.choice([0x112, 0x10F, 0x11A, 0x128])), SHORT, 1, int(random.integers(0, 10)))
            for _ in range(random.integers(0, 4))
        ]
        entries = list({entry[0]: entry for entry in entries}.values())
        data = bytearray(exif(*entries, order=str(random.choice(["<", ">"]))))
        if random.random() < 0.5:
            data[random.integers(8, len(data))] = random.integers(0, 256)
        found = orientation(bytes(data))
        turned += found > 1
        if (known := _by_pillow(bytes(data))) is not None:
            compared += 1
            assert found == known, data
    assert turned > 500 and compared > 2000


def _by_pillow(data):
    """None where Pillow cannot read the block, or reads it in another way on purpose (numbers that are not whole)."""
    tags = Image.Exif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tags.load(data)
            value = tags.get(0x112, 1)
        except (SyntaxError, struct.error, TypeError, ValueError, KeyError, IndexError, EOFError):
            return None
    if isinstance(value, int):
        return value if 1 <= value <= 8 else 1
    return 1 if not isinstance(value, float) else None
