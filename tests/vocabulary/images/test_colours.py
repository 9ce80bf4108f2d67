"""Whatever a file holds becomes RGB in sRGB with 8 bits, on white: 16 bits, palettes, transparency, colour profiles."""

import struct
import zlib

import numpy as np
import profiles
import pytest
from picture_files import chunk, encoded, png, with_chunks, with_profile
from PIL import Image, ImageCms

from tryon_core.images import colours as rooms
from tryon_core.images import decode, digest

WHITE, RED = (255, 255, 255), (255, 0, 0)
SIDE = 64


def flat(*value):
    """Samples of SIDE x SIDE, all alike but for the lower half, which is 0."""
    samples = np.zeros((SIDE, SIDE, len(value)), int)
    samples[: SIDE // 2] = value
    return samples[..., 0] if len(value) == 1 else samples


def upper_and_lower(data):
    picture = decode(data)
    assert picture.mode == "RGB" and not picture.info
    return picture.getpixel((5, 5)), picture.getpixel((5, SIDE - 5))


# ---- 16 bits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, seen", [(20_000, 78), (65_535, 255), (0, 0), (300, 1), (40_000, 156), (128 * 257, 128)]
)
def test_16_bit_greys_are_scaled(value, seen):
    assert upper_and_lower(png(flat(value), 16, 0)) == ((seen,) * 3, (0, 0, 0))


def test_16_bit_colours_are_scaled():
    assert upper_and_lower(png(flat(20_000, 65_535, 128), 16, 2))[0] == (78, 255, 0)
    assert upper_and_lower(png(flat(20_000, 65_535, 0, 65_535), 16, 6))[0] == (78, 255, 0)
    assert upper_and_lower(png(flat(20_000, 65_535), 16, 4)) == ((78,) * 3, WHITE)


def test_16_bit_greys_have_one_transparent_value():
    grey = flat(20_000)
    grey[0] = 20_001  # its neighbour is opaque
    picture = decode(png(grey, 16, 0, chunk(b"tRNS", struct.pack(">H", 20_000))))
    assert [picture.getpixel((5, y)) for y in (0, 5, SIDE - 5)] == [(78,) * 3, WHITE, (0, 0, 0)]


def test_pillows_16_bit_files_are_scaled():
    grey = Image.new("I;16", (SIDE, SIDE), 20_000)
    assert decode(encoded(grey)).getpixel((3, 3)) == (78, 78, 78)


@pytest.mark.parametrize("bits, value, seen", [(1, 1, 255), (2, 1, 85), (4, 5, 85), (8, 85, 85)])
def test_few_bits_are_scaled_with_their_transparent_value(bits, value, seen):
    assert upper_and_lower(png(flat(value), bits, 0)) == ((seen,) * 3, (0, 0, 0))
    clear = chunk(b"tRNS", struct.pack(">H", value))
    assert upper_and_lower(png(flat(value), bits, 0, clear)) == (WHITE, (0, 0, 0))
    black = chunk(b"tRNS", struct.pack(">H", 0))
    assert upper_and_lower(png(flat(value), bits, 0, black)) == ((seen,) * 3, WHITE)


# ---- transparency ----------------------------------------------------------------------------------------------------

PALETTE = chunk(b"PLTE", bytes([*RED, 0, 0, 255, 9, 9, 9]))


def palette(clear=b"", bits=8):
    return png(flat(1), bits, 3, PALETTE, *([chunk(b"tRNS", clear)] if clear else []))


def test_a_palettes_transparent_colours_become_white():
    assert upper_and_lower(palette()) == ((0, 0, 255), RED)
    assert upper_and_lower(palette(b"\0")) == ((0, 0, 255), WHITE)
    assert upper_and_lower(palette(b"\xff\0")) == (WHITE, RED)
    assert upper_and_lower(palette(b"\x80\xff")) == ((0, 0, 255), (255, 127, 127))
    assert upper_and_lower(palette(b"\xff\0", bits=2)) == (WHITE, RED)


def test_pillows_transparent_palettes_become_white():
    picture = Image.new("RGB", (SIDE, SIDE), "red").quantize(8)
    index = picture.getpixel((0, 0))
    assert decode(encoded(picture, transparency=index)).getpixel((3, 3)) == WHITE
    assert decode(encoded(picture, transparency=bytes([255] * index + [0]))).getpixel((3, 3)) == WHITE


def test_one_colour_of_a_picture_may_be_transparent():
    assert upper_and_lower(png(flat(9, 8, 7), 8, 2, chunk(b"tRNS", struct.pack(">3H", 9, 8, 7)))) == (WHITE, (0, 0, 0))
    assert upper_and_lower(png(flat(9, 8, 7), 8, 2, chunk(b"tRNS", struct.pack(">3H", 9, 8, 6))))[0] == (9, 8, 7)
    deep = png(flat(20_000, 0, 60_000), 16, 2, chunk(b"tRNS", struct.pack(">3H", 20_000, 0, 60_000)))
    assert upper_and_lower(deep) == (WHITE, (0, 0, 0))


@pytest.mark.parametrize("kind, options", [("PNG", {}), ("WEBP", {"lossless": True}), ("WEBP", {"quality": 100})])
def test_alpha_is_laid_on_white(kind, options):
    for alpha, seen in ((0, 255), (128, 127), (255, 0)):
        clear = Image.new("RGBA", (SIDE, SIDE), (255, 0, 0, alpha))
        assert (
            np.abs(np.subtract(decode(encoded(clear, kind, **options)).getpixel((9, 9)), (255, seen, seen))).max() <= 3
        )
    grey = Image.new("LA", (SIDE, SIDE), (0, 0))
    assert decode(encoded(grey, kind, **options)).getpixel((9, 9)) == WHITE


@pytest.mark.parametrize("clear", [b"", b"\0", bytes(2), bytes(700)])
@pytest.mark.parametrize("samples, kind", [((7, 8, 9), 2), ((7,), 0), ((1,), 3)])
def test_a_transparency_that_cannot_be_one_ends_nothing(samples, kind, clear):
    assert decode(png(flat(*samples), 8, kind, *([PALETTE] if kind == 3 else []), chunk(b"tRNS", clear))).size == (
        64,
        64,
    )


def test_a_transparency_with_a_wrong_checksum_is_left_out():
    assert upper_and_lower(png(flat(1), 8, 3, PALETTE, chunk(b"tRNS", b"\0\0", 7))) == ((0, 0, 255), RED)


# ---- colour profiles -------------------------------------------------------------------------------------------------

COLOURS = np.array(
    [(60, 160, 90), (200, 60, 40), (128, 128, 128), (255, 255, 255), (10, 20, 30), (90, 110, 200), (0, 0, 0)]
)
STRIPES = Image.fromarray(np.repeat(np.repeat(COLOURS.astype(np.uint8)[None], 70, axis=0), 16, axis=1))


def stripes_of(picture):
    return np.array([picture.getpixel((16 * i + 8, 8)) for i in range(len(COLOURS))])


@pytest.mark.parametrize("name", ["display p3", "adobe rgb", "prophoto"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_colours_are_converted_to_srgb(kind, name):
    options = {"quality": 100, "subsampling": 0} if kind == "JPEG" else {"lossless": True} if kind == "WEBP" else {}
    data = encoded(STRIPES, kind, icc_profile=profiles.rgb(name), **options)
    assert not decode(data).info
    off = stripes_of(decode(data)) - profiles.as_srgb(name, COLOURS)
    assert np.abs(off).max() <= (5 if kind == "JPEG" else 1.5)
    assert np.abs(profiles.as_srgb(name, COLOURS) - COLOURS).max() > 25  # else it would say nothing


def test_display_p3_green_is_what_a_browser_shows():
    data = encoded(
        Image.new("RGB", (80, 80), (60, 160, 90)), "JPEG", icc_profile=profiles.rgb("display p3"), quality=95
    )
    assert np.abs(np.subtract(decode(data).getpixel((40, 40)), (0, 164, 81))).max() <= 3


def test_srgb_profiles_change_nothing():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8))
    ours = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (ours, profiles.rgb("srgb"), profiles.rgb("srgb", decimals=4)):  # some makers round its numbers
        assert digest(decode(encoded(noise, icc_profile=profile))) == digest(decode(encoded(noise)))


def test_grey_profiles_are_followed():
    grey = Image.new("L", (SIDE, SIDE), 100)
    seen = 255 * float(profiles.encoded((100 / 255) ** 1.0))
    assert abs(decode(encoded(grey, icc_profile=profiles.grey(1.0))).getpixel((3, 3))[0] - seen) <= 2 and seen > 160
    deep = with_chunks(png(flat(100 * 257), 16, 0), chunk(b"iCCP", b"x\0\0" + zlib.compress(profiles.grey(1.0))))
    assert abs(decode(deep).getpixel((3, 3))[0] - seen) <= 2
    assert decode(encoded(grey, icc_profile=profiles.grey(None))).getpixel((3, 3)) == (100, 100, 100)


def test_palettes_and_transparent_pictures_are_converted_too():
    profile, seen = profiles.rgb("adobe rgb"), profiles.as_srgb("adobe rgb", [(60, 160, 90)])[0]
    few = Image.new("RGB", (SIDE, SIDE), (60, 160, 90)).quantize(4)
    assert np.abs(decode(encoded(few, icc_profile=profile)).getpixel((3, 3)) - seen).max() <= 2
    half = encoded(Image.new("RGBA", (SIDE, SIDE), (60, 160, 90, 128)), icc_profile=profile)
    assert np.abs(decode(half).getpixel((3, 3)) - (seen + 255) / 2).max() <= 2
    gone = encoded(Image.new("RGBA", (SIDE, SIDE), (60, 160, 90, 0)), "WEBP", lossless=True, icc_profile=profile)
    assert decode(gone).getpixel((3, 3)) == WHITE


def cyan(**options):
    return encoded(Image.new("CMYK", (SIDE, SIDE), (255, 0, 0, 0)), "JPEG", quality=100, **options)


def test_cmyk_follows_its_profile():
    plain, pressed = decode(cyan()).getpixel((9, 9)), decode(cyan(icc_profile=profiles.cmyk())).getpixel((9, 9))
    assert np.abs(np.subtract(plain, (0, 255, 255))).max() <= 3
    assert np.abs(np.subtract(pressed, (0, 167, 234))).max() <= 6  # Lab 62, -31, -48, as the profile says of cyan
    paper = Image.new("CMYK", (SIDE, SIDE), (0, 0, 0, 0))
    assert min(decode(encoded(paper, "JPEG", icc_profile=profiles.cmyk())).getpixel((9, 9))) >= 250


def test_cmyk_written_as_brightness_and_colour_is_read():
    """YCCK, as Photoshop writes it: ink c, m, y turned like R, G, B, and everything inverted."""
    c, m, y, k = 200.0, 60.0, 30.0, 20
    light = 0.299 * c + 0.587 * m + 0.114 * y
    blue, red = 128 + (y - light) * 0.564, 128 + (c - light) * 0.713
    stored = Image.new("CMYK", (SIDE, SIDE), tuple(round(255 - v) for v in (light, blue, red)) + (k,))
    data = bytearray(encoded(stored, "JPEG", quality=100))
    assert data[6:11] == b"Adobe" and data[17] == 0
    data[17] = 2  # how the four channels are to be read
    expected = Image.new("CMYK", (1, 1), (round(c), round(m), round(y), k)).convert("RGB").getpixel((0, 0))
    assert np.abs(np.subtract(decode(bytes(data)).getpixel((9, 9)), expected)).max() <= 5


def test_large_profiles_in_pieces_are_put_together():
    profile = profiles.rgb("adobe rgb")
    profile += bytes(150_000 - len(profile))
    profile = struct.pack(">I", len(profile)) + profile[4:]
    data = encoded(STRIPES, "JPEG", quality=100, subsampling=0)
    assert np.abs(stripes_of(decode(with_profile(data, profile))) - profiles.as_srgb("adobe rgb", COLOURS)).max() <= 5


UNSUITABLE = {
    "no bytes": b"",
    "garbage": b"not a profile" * 40,
    "half": profiles.rgb("adobe rgb")[:200],
    "its head": profiles.rgb("adobe rgb")[:128],
    "no primaries": profiles.profile(b"RGB ", {}),
    "for grey": profiles.grey(1.0),
    "for presses": profiles.cmyk(),
    "for Lab": profiles.profile(b"Lab ", {}, kind=b"abst", connection=b"Lab "),
    "too large": profiles.rgb("adobe rgb") + bytes(5 * 2**20),
}


@pytest.mark.parametrize("profile", UNSUITABLE.values(), ids=UNSUITABLE)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_unsuitable_profile_leaves_the_colours(kind, profile):
    plain = encoded(STRIPES, kind)
    data = with_profile(plain, profile) if kind == "JPEG" else encoded(STRIPES, kind, icc_profile=profile)
    assert digest(decode(data)) == digest(decode(plain))


def test_a_missing_piece_of_a_profile_leaves_the_colours():
    plain = encoded(STRIPES, "JPEG")
    whole = with_profile(plain, profiles.rgb("adobe rgb"))
    assert digest(decode(whole)) != digest(decode(plain))
    at = whole.index(b"ICC_PROFILE\0\x01\x01") + 13
    assert digest(decode(whole[:at] + b"\x02" + whole[at + 1 :])) == digest(decode(plain))


def test_grey_with_a_profile_for_colours_stays():
    grey = Image.new("L", (SIDE, SIDE), 100)
    assert decode(encoded(grey, "JPEG", icc_profile=profiles.rgb("prophoto"))).getpixel((3, 3)) == (100, 100, 100)


def test_what_png_says_of_its_gamma_is_not_looked_at():
    told = with_chunks(encoded(STRIPES), chunk(b"gAMA", struct.pack(">I", 100_000)), chunk(b"cICP", b"\x0c\x0d\0\x01"))
    assert digest(decode(told)) == digest(decode(encoded(STRIPES)))


def test_a_profile_is_opened_once_for_many_pictures():
    data = encoded(STRIPES, icc_profile=profiles.rgb("display p3"))
    decode(data)
    before = rooms._transform.cache_info()
    for _ in range(5):
        decode(data)
    after = rooms._transform.cache_info()
    assert after.misses == before.misses and after.hits == before.hits + 5
