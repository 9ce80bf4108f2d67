import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tryon_core.errors import BadPicture
from tryon_core.images import decode, digest, from_png, read, to_png


def encoded(picture, kind="PNG", **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def png_header_of(width, height):
    """A few bytes that claim a size: what a decompression bomb begins with."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 9))


NOISY = Image.effect_noise((200, 300), 80).convert("RGB")


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(BadPicture, match=r"nowhere.png: cannot be read \(No such file or directory\); give the path"):
        read(tmp_path / "nowhere.png")
    with pytest.raises(BadPicture, match=r"Is a directory"):
        read(tmp_path)


def test_a_file_is_read_as_its_bytes_are_decoded(tmp_path):
    (tmp_path / "a.png").write_bytes(data := encoded(NOISY))
    assert digest(read(tmp_path / "a.png")) == digest(decode(data))


def test_a_picture_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decode(encoded(NOISY, "JPEG", exif=exif)).size == (300, 200)


def test_transparency_becomes_white():
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    assert decode(encoded(clear)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_half_downloaded_picture_is_refused(kind, share):
    data = encoded(NOISY, kind)
    with pytest.raises(BadPicture, match="give"):
        decode(data[: int(len(data) * share)], "person.jpg")


def test_a_huge_picture_is_refused_before_it_is_decoded():
    with pytest.raises(BadPicture, match="big.png: .*30000|big.png: Image size"):
        decode(png_header_of(30_000, 30_000), "big.png")


def test_a_picture_just_over_our_own_limit_is_refused_with_its_size():
    with pytest.raises(BadPicture, match="9000 x 9000 pixels"):
        decode(png_header_of(9_000, 9_000), "big.png")


def test_a_tiny_picture_is_refused():
    with pytest.raises(BadPicture, match="20 x 300 pixels; both sides must be at least 64"):
        decode(encoded(NOISY.crop((0, 0, 20, 300))))


@given(st.binary(max_size=400))
def test_any_bytes_give_a_picture_or_one_sentence(data):
    with pytest.raises(BadPicture):
        decode(data)


def test_a_digest_names_pixels_not_files():
    assert digest(decode(encoded(NOISY))) == digest(decode(encoded(NOISY, compress_level=9))) == digest(NOISY)
    assert digest(NOISY) != digest(NOISY.rotate(180))


def test_png_round_trips_and_is_repeatable():
    assert from_png(to_png(NOISY)).tobytes() == NOISY.tobytes() and to_png(NOISY) == to_png(NOISY.copy())
