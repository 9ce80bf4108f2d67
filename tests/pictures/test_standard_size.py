"""Pictures at standard sizes: never stretched, with a way back, and large files never held whole."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tryon_core.errors import BadInput, BadPicture
from tryon_core.images import decode
from tryon_core.pictures.standard_size import (
    DIFFUSION,
    StandardSize,
    as_rgb,
    decode_standard,
    placed,
    read_standard,
    standard,
)
from tryon_core.records import Region

options = st.builds(
    lambda steps, multiple, shape: StandardSize(
        side_px=max(48 // multiple, steps) * multiple, multiple=multiple, shape=shape
    ),
    st.integers(4, 16),
    st.sampled_from([1, 8, 16, 64]),
    st.sampled_from(["own", "pad", "crop"]),
)
sizes = st.tuples(st.integers(64, 3000), st.integers(64, 3000))


def scene(width, height):
    """A smooth picture with a red box from a quarter to half of its width and height."""
    x, y = np.meshgrid(np.linspace(0, 200, width), np.linspace(0, 200, height))
    pixels = np.stack([x, y, 200 - x], -1)
    pixels[height // 4 : height // 2, width // 4 : width // 2] = (255, 0, 0)
    return Image.fromarray(pixels.astype(np.uint8))


def encoded(picture, kind="PNG", **kinds):
    out = io.BytesIO()
    picture.save(out, kind, **kinds)
    return out.getvalue()


@given(size=sizes, options=options)
def test_sides_are_multiples_and_shapes_stay(size, options):
    place = placed(size, options)
    assert place.size[0] % options.multiple == place.size[1] % options.multiple == 0
    assert max(place.size) <= options.side_px
    off = abs(place.scaled[0] * size[1] - place.scaled[1] * size[0])  # a rounding of either side by half a pixel
    assert off <= 0.5 * sum(size) + max(size) * (min(place.scaled) == 1)
    if options.shape != "own":
        assert place.size == (options.side_px, options.side_px)


@given(options=options)
def test_masks_and_boxes_come_back_where_they_were(options):
    mask = scene(301, 200).getchannel("R").point(lambda value: 255 * (value == 255))
    place = placed(mask.size, options)
    there = np.asarray(place.there(mask)) > 127
    box = Region(left=75 / 301, top=0.25, right=150 / 301, bottom=0.5)
    region = place.region(box)
    rows, columns = np.flatnonzero(there.any(1)), np.flatnonzero(there.any(0))
    seen = (columns[0] / place.size[0], rows[0] / place.size[1], (columns[-1] + 1) / place.size[0])
    assert (region.left, region.top, region.right) == pytest.approx(seen, abs=1.5 / min(place.size))
    back = np.asarray(place.back(place.there(mask))) > 127
    step = max(1, 301 / place.scaled[0])
    assert (back ^ (np.asarray(mask) > 127)).sum() < 2 * step * 2 * (75 + 50)
    if options.shape != "crop":
        assert place.region_back(region).model_dump() == pytest.approx(box.model_dump())


def test_a_small_picture_is_left_as_it_is():
    picture = scene(300, 200)
    done = standard(picture)
    assert done.image is picture and done.placement.back(picture) == picture


def test_padding_repeats_the_edge_and_comes_off_again():
    done = standard(scene(300, 200), DIFFUSION)
    assert done.image.size == (768, 768)
    pixels = np.asarray(done.image)
    assert np.array_equal(pixels[0], pixels[127]) and not np.array_equal(pixels[128], pixels[300])
    back = np.asarray(done.placement.back(done.image)).astype(int)
    assert np.abs(back - np.asarray(scene(300, 200)))[2:-2, 2:-2].mean() < 2


def test_a_cropped_picture_comes_back_over_the_whole():
    picture = scene(300, 200)
    done = standard(picture, StandardSize(side_px=100, shape="crop"))
    with pytest.raises(BadInput, match="crops this picture"):
        done.placement.back(done.image)
    back = np.asarray(done.placement.back(done.image, over=picture))
    assert np.array_equal(back[:, :50], np.asarray(picture)[:, :50])
    assert done.placement.region(Region(left=0, top=0, right=0.1, bottom=1)) is None


@pytest.mark.parametrize("tag", range(1, 9))
def test_a_turned_photograph_is_read_upright(tag):
    exif = Image.Exif()
    exif[0x0112] = tag
    data = encoded(scene(640, 480), "JPEG", exif=exif, quality=95)
    done = decode_standard(data, options=StandardSize(side_px=160))
    whole = standard(Image.open(io.BytesIO(data)), StandardSize(side_px=160))
    assert done.image.size == whole.image.size == ((160, 120) if tag < 5 else (120, 160))
    assert np.abs(np.asarray(done.image).astype(int) - np.asarray(whole.image)).mean() < 1.5


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("PNG", mode) for mode in ("RGB", "L", "RGBA", "LA", "P", "1")),
        *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
    ],
)
def test_a_reduced_file_looks_like_the_whole_one(kind, mode):
    picture = scene(1300, 900).convert(mode)
    if mode in ("RGBA", "LA"):
        picture.putalpha(scene(1300, 900).getchannel("G").point(lambda value: 255 * (value > 100)))
    data = encoded(picture, kind, **({} if kind == "PNG" else {"quality": 95}))
    assert 200 <= max(decode(data, side_px=200).size) < (1301 if mode in ("P", "1") else 400)
    small, whole = (np.asarray(decode_standard(data, options=StandardSize(side_px=side)).image) for side in (200, 1300))
    expected = Image.fromarray(whole).resize((200, 138), Image.Resampling.LANCZOS)
    assert np.abs(small.astype(int) - np.asarray(expected)).mean() < (4 if mode == "1" else 2)


def test_other_modes_are_read_or_refused():
    clear = scene(90, 90).convert("RGBA")
    clear.putalpha(0)
    assert as_rgb(clear).getpixel((40, 40)) == (255, 255, 255)
    palette = Image.new("P", (90, 90), 3)
    palette.info["transparency"] = 3
    assert as_rgb(palette).getpixel((40, 40)) == (255, 255, 255)
    deep = Image.fromarray(np.full((70, 70), 65535, np.uint16))
    assert as_rgb(deep).getpixel((9, 9)) == (255, 255, 255)
    with pytest.raises(BadPicture, match="mode F; give one of 1, L"):
        standard(Image.new("F", (80, 80)))


def test_a_file_that_is_no_picture_is_refused(tmp_path):
    with pytest.raises(BadPicture, match="cannot be read"):
        read_standard(tmp_path / "none.jpg")
    with pytest.raises(BadPicture, match="plain text"):
        decode_standard(b"hello, world", "note.jpg")


def test_impossible_sizes_are_refused():
    for wrong in ({"side_px": 100, "multiple": 8}, {"side_px": 0}, {"shape": "stretch"}):
        with pytest.raises(BadInput, match="side_px is a multiple|shape is"):
            StandardSize(**wrong)


PEAK = """
import sys
from tryon_core.pictures.standard_size import read_standard
def peak_kb():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = peak_kb()
image = read_standard(sys.argv[1]).image
print(image.width, image.height, (peak_kb() - before) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process's memory is read from /proc")
def test_a_large_photograph_is_never_held_whole(tmp_path):
    """Of 50 million pixels, which take 200 MB as Pillow holds them."""
    noise = Image.effect_noise((1080, 721), 40).resize((8640, 5768)).convert("RGB")
    noise.save(tmp_path / "large.jpg", quality=90)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path / "large.jpg"], capture_output=True, text=True, check=True
    )
    width, height, peak_mb = map(int, done.stdout.split())
    assert (width, height) == (1024, 684) and peak_mb < 60
