"""What stands beside the pixels in a file never ends the reading, and no file takes long or much memory."""

import logging
import struct
import time
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from picture_files import SIGNATURE, chunk, encoded, png, segment, with_chunks, with_segments
from PIL import Image

from tryon_core.errors import BadPicture
from tryon_core.images import decode, digest, from_png, to_png
from tryon_core.images.jpeg_parts import MOST_SCANS

NOISE = Image.effect_noise((160, 120), 80).convert("RGB")
OTHER = NOISE.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def same(data, plain):
    """Whether a file is read as the plain one, without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return digest(decode(data)) == digest(decode(plain))


def refused(data, words):
    with pytest.raises(BadPicture, match=words) as caught:
        decode(data, "p")
    assert "\n" not in str(caught.value) and "object at 0x" not in str(caught.value)


# ---- PNG -------------------------------------------------------------------------------------------------------------

TEXT = zlib.compress(bytes(70 * 2**20), 9)  # 70 MiB of text in 70 KB
BESIDE = {
    "much text": [chunk(b"zTXt", b"workflow\0\0" + TEXT)],
    "much international text": [chunk(b"iTXt", b"workflow\0\1\0\0\0" + TEXT)],
    "many texts": [chunk(b"tEXt", b"prompt\0" + bytes(2**20))] * 70,
    "text of a strange method": [chunk(b"zTXt", b"a\0\7x")],
    "a profile that unpacks to 70 MiB": [chunk(b"iCCP", b"a\0\0" + TEXT)],
    "a profile of a strange method": [chunk(b"iCCP", b"a\0\7x")],
    "a profile without a method": [chunk(b"iCCP", b"a")],
    "EXIF of 20 MiB": [chunk(b"eXIf", bytes(20 * 2**20))],
    "old EXIF that unpacks to 70 MiB": [chunk(b"zTXt", b"Raw profile type exif\0\0" + TEXT)],
    "short numbers": [chunk(kind, b"\0") for kind in (b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"acTL", b"fcTL", b"sBIT")],
    "no numbers": [chunk(kind) for kind in (b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"acTL", b"bKGD", b"tIME", b"hIST")],
    "a wrong checksum": [chunk(b"tEXt", b"a\0b", 7), chunk(b"eXIf", b"MM\0*", 7), chunk(b"iCCP", b"a\0\0b", 7)],
    "frames out of order": [
        chunk(b"acTL", struct.pack(">II", 3, 0)),
        chunk(b"fcTL", bytes(26)),
        chunk(b"fcTL", bytes(26)),
    ],
    "an unknown chunk": [chunk(b"abCd", b"x" * 1000)],
}


@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
def test_what_stands_beside_a_pngs_pixels_ends_nothing(beside):
    plain = encoded(NOISE)
    assert same(with_chunks(plain, *beside), plain)
    assert same(plain[:-12] + b"".join(beside) + plain[-12:], plain)  # behind the pixels


def test_interlaced_and_animated_pngs_are_read():
    assert same(encoded(NOISE, save_all=True, append_images=[OTHER] * 5), encoded(NOISE))
    moving = encoded(NOISE, save_all=True, append_images=[OTHER] * 5, default_image=True)
    assert same(moving, encoded(NOISE))


def test_a_checksum_of_the_header_is_held():
    data = bytearray(encoded(NOISE))
    data[30] ^= 1
    refused(bytes(data), "p: cut off or damaged .*; give the whole file again")


def test_a_header_cannot_be_replaced_by_a_second_one():
    """Else a small header would pass the limit, and a large one be decoded."""
    large = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    plain = encoded(NOISE)
    assert same(with_chunks(plain, chunk(b"IHDR", large)), plain)
    frame = segment(0xC0, struct.pack(">BHHB", 8, 20_000, 20_000, 3) + bytes(9))
    refused(with_segments(encoded(NOISE, "JPEG"), frame), "2 frame headers")


def test_pngs_of_rare_or_broken_form_are_named():
    plain = encoded(NOISE)
    refused(SIGNATURE + chunk(b"CgBI", bytes(4)) + plain[8:], "p: a PNG in the private form of Apple's .*save it anew")
    refused(SIGNATURE + plain[33:], "no whole header")
    refused(plain[:20], "no whole header")
    refused(png(np.zeros((70, 70)), 8, 3), "a palette picture without its palette")
    refused(png(np.zeros((70, 70)), 8, 3, chunk(b"PLTE", bytes(900))), "p: cut off or damaged .*invalid palette size")
    refused(png(np.zeros((70, 70)), 8, 5), "p: cut off or damaged")
    refused(plain.replace(b"IDAT", b"IDAX"), "p: cut off or damaged")


# ---- JPEG ------------------------------------------------------------------------------------------------------------

JPEG = encoded(NOISE, "JPEG", quality=90)
SEGMENTS = {
    "a short JFIF": segment(0xE0, b"JFIF\0"),
    "a short Adobe": segment(0xEE, b"Adobe"),
    "a short Photoshop block": segment(0xED, b"Photoshop 3.0\0" + b"8BIM"),
    "a resolution cut off": segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x03\xed\0\0\0\0\0\2ab"),
    "a broken list of pictures": segment(0xE2, b"MPF\0II*\0\x08\0\0\0\xff\xff"),
    "an empty profile": segment(0xE2, b"ICC_PROFILE\0"),
    "FlashPix": segment(0xE2, b"FPXR\0"),
    "EXIF twice": segment(0xE1, b"Exif\0\0MM\0*") * 2,
    "empty segments": b"".join(segment(0xE0 + i, b"") for i in range(16)),
    "a remark": segment(0xFE, bytes(60_000)) * 20,
    "junk between segments": segment(0xFE, b"") + b"\0\0junk",
    "filling": b"\xff" * 500,
}


@pytest.mark.parametrize("beside", SEGMENTS.values(), ids=SEGMENTS)
def test_what_stands_beside_a_jpegs_pixels_ends_nothing(beside):
    assert same(with_segments(JPEG, beside), JPEG)


@pytest.mark.parametrize("behind", [b"trailing garbage", bytes(100_000), JPEG[:500], b"\xff\xda" * 1000])
def test_what_stands_behind_a_jpeg_is_left_out(behind):
    assert same(JPEG + behind, JPEG)


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}, {"optimize": True}])
def test_jpegs_of_other_forms_are_read_and_refused_when_cut(options):
    data = encoded(NOISE, "JPEG", quality=90, **options)
    assert np.abs(np.asarray(decode(data)).astype(int) - np.asarray(decode(JPEG))).mean() < 1
    for cut in (1, 2, 5, 30, len(data) // 2):
        refused(data[:-cut], "p: cut off or damaged")
    refused(data[: len(data) // 2] + bytes(len(data) // 2), "p: cut off or damaged")  # a place kept for a download


def test_grey_jpegs_are_read():
    grey = decode(encoded(NOISE.convert("L"), "JPEG"))
    assert grey.mode == "RGB" and len({grey.getchannel(i).tobytes() for i in range(3)}) == 1


def test_of_several_pictures_in_a_jpeg_the_first_is_read():
    """As phones write them, with a map of brightness behind the photograph."""
    several = encoded(NOISE, "MPO", save_all=True, append_images=[OTHER], quality=90)
    assert b"MPF\0" in several and same(several, encoded(NOISE, "JPEG", quality=90))


def test_jpegs_of_rare_form_are_named():
    at = JPEG.index(b"\xff\xc0")
    refused(JPEG[: at + 4] + b"\x0c" + JPEG[at + 5 :], r"p: a JPEG of 12 bits per sample \(\d+ bytes\); save it anew")
    five = struct.pack(">BHHB", 8, 120, 160, 5) + bytes(15)
    refused(JPEG[:at] + segment(0xC0, five) + JPEG[at + 19 :], "a JPEG of 5 colour channels")
    lossless = JPEG[:at] + b"\xff\xcb" + JPEG[at + 2 :]
    refused(lossless, "p: cut off or damaged")


def test_a_jpeg_of_countless_scans_is_refused():
    """Each scan costs a pass over all pixels, and next to no bytes."""
    data = encoded(NOISE, "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    began = time.perf_counter()
    refused(data[:-2] + data[last:-2] * 5000 + data[-2:], f"more than {MOST_SCANS} scans")
    assert time.perf_counter() - began < 2


# ---- WebP ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [{"lossless": True}, {"quality": 90}, {"quality": 90, "exif": b"II*\0" + bytes(99)}]
)
def test_webps_of_all_forms_are_read_and_refused_when_cut(options):
    data = encoded(NOISE, "WEBP", **options)
    assert decode(data).size == (160, 120) and same(data + b"trailing garbage", data)
    for cut in (1, 5, 50, len(data) // 2):
        refused(data[:-cut], f"p: cut off or damaged .*it should have {len(data)}")
    if "exif" not in options:
        refused(data[: len(data) // 2] + bytes(len(data) // 2), "p: cut off or damaged")


def test_of_an_animated_webp_the_first_frame_is_read():
    frames = [OTHER, NOISE] * 20
    moving = encoded(NOISE, "WEBP", save_all=True, append_images=frames, lossless=True)
    assert same(moving, encoded(NOISE, "WEBP", lossless=True))


# ---- limits ----------------------------------------------------------------------------------------------------------


def webp_that_claims(width, height):
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def jpeg_that_claims(width, height):
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">HH", height, width) + JPEG[at + 4 :]


@pytest.mark.parametrize("data", [webp_that_claims(16_000, 16_000), jpeg_that_claims(60_000, 60_000)])
def test_bombs_of_every_kind_are_refused_by_their_header(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refused(data, r"p: \d+ x \d+ pixels; both sides must be at least 64 and the whole at most 50 million pixels")


def test_no_side_of_zero_pixels():
    refused(jpeg_that_claims(100, 0), "p: 100 x 0 pixels")


HOSTILE = {
    "a million chunks": lambda: SIGNATURE + chunk(b"IHDR", encoded(NOISE)[16:29]) + chunk(b"abCd") * 1_000_000,
    "a million segments": lambda: JPEG[:2] + segment(0xE5, b"") * 1_000_000,
    "a million frames": lambda: b"RIFF" + struct.pack("<I", 8_000_004) + b"WEBP" + b"ANMF\0\0\0\0" * 1_000_000,
    "nothing but FF": lambda: b"\xff\xd8" + b"\xff" * 8_000_000,
    "nothing but restarts": lambda: b"\xff\xd8" + b"\xff\xd0" * 4_000_000,
    "a scan without end": lambda: JPEG[:-2] + b"\xff\xd0" * 4_000_000,
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_take_little_time_and_memory(make):
    data = make()
    began = time.perf_counter()
    refused(data, "p: cut off or damaged|p: no JPEG")
    assert time.perf_counter() - began < 2
    tracemalloc.start()
    try:
        refused(data, "p: cut off or damaged|p: no JPEG")
        assert tracemalloc.get_traced_memory()[1] < 60 * 2**20
    finally:
        tracemalloc.stop()


def test_much_text_takes_no_memory():
    data = with_chunks(encoded(NOISE), *[one for beside in BESIDE.values() for one in beside if len(one) < 2**20])
    tracemalloc.start()
    try:
        decode(data)
        assert tracemalloc.get_traced_memory()[1] < 30 * 2**20
    finally:
        tracemalloc.stop()


# ---- our own pictures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "1"])
def test_our_own_pictures_come_back_in_their_mode(mode):
    picture = NOISE.convert(mode).resize((7, 5))
    back = from_png(to_png(picture))
    assert (back.mode, back.size, back.tobytes()) == (mode, (7, 5), picture.tobytes())


def test_a_damaged_picture_of_our_own_is_named():
    kept = to_png(NOISE)
    spoilt = {
        "an empty file": b"",
        "a half": kept[: len(kept) // 2],
        "a JPEG": JPEG,
        "text": b"{}",
        "a GIF": encoded(NOISE, "GIF"),
    }
    spoilt["bytes in the middle"] = kept[:200] + bytes(50) + kept[250:]
    for what, data in spoilt.items():
        with pytest.raises(BadPicture, match="pictures/a.png: "):
            raise AssertionError(f"{what} was read as {from_png(data, 'pictures/a.png')}")
    large = png(np.zeros((1, 1)), 8, 0).replace(struct.pack(">II", 1, 1), struct.pack(">II", 8_000, 8_000))
    with pytest.raises(BadPicture, match="8000 x 8000 pixels.* at most 50 million pixels"):
        from_png(large)


def test_reading_says_nothing(caplog, capfd):
    caplog.set_level(logging.INFO)
    for beside in BESIDE.values():
        decode(with_chunks(encoded(NOISE), *beside))
    assert not caplog.records and capfd.readouterr() == ("", "")
