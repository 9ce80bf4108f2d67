"""A tool sees a crop round its mask; outside the mask the photograph's bytes stand, whatever the tool returns."""

import json

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from tryon_core.errors import BadInput
from tryon_core.hints import Hints
from tryon_core.pictures.crop_and_stitch import Crop, CropOptions, around, edited
from tryon_core.records import EditRequest, Settings

NEGATIVE = ImageOps.invert


def photo(width=401, height=303):
    return Image.fromarray(np.random.default_rng(2).integers(0, 256, (height, width, 3), dtype=np.uint8))


def mask_of(picture, box, value=255):
    left, top, right, bottom = box
    mask_HW = np.zeros(picture.size[::-1], np.uint8)
    mask_HW[top:bottom, left:right] = value
    return Image.fromarray(mask_HW)


def request(picture, mask, **changes):
    return EditRequest(prompt="p", images=(picture, photo(90, 70)), mask=mask, **changes)


spans = st.tuples(st.integers(0, 99), st.integers(1, 100)).map(lambda pair: (pair[0], min(100, sum(pair))))


def box_in(size, columns, rows):
    """Spans in percent of the sides as (left, top, right, bottom) in pixels, not empty."""
    (left, right), (top, bottom) = columns, rows
    width, height = size
    return left * width // 100, top * height // 100, -(-right * width // 100), -(-bottom * height // 100)


@given(
    size=st.tuples(st.integers(65, 260), st.integers(65, 260)),
    spans=st.tuples(spans, spans),
    value=st.sampled_from([1, 100, 255]),
    how=st.tuples(st.sampled_from([0, 0.1, 1]), st.sampled_from([1, 8, 16, 64])),
    drawn=st.sampled_from([None, (64, 64), (517, 333)]),
)
@example(size=(101, 67), spans=((0, 100), (0, 100)), value=255, how=(0, 64), drawn=None)
@example(size=(255, 66), spans=((99, 100), (0, 1)), value=255, how=(0, 8), drawn=(9, 999))
def test_outside_the_mask_the_bytes_stand(size, spans, value, how, drawn):
    picture, box, (padding, multiple) = photo(*size), box_in(size, *spans), how
    mask = mask_of(picture, box, value)
    crop = around(picture, mask, CropOptions(padding=padding, multiple=multiple, least_px=64, most_pixels=128 * 128))
    assert crop.size[0] % multiple == crop.size[1] % multiple == 0 and np.prod(crop.size) <= 128 * 128
    assert all(np.array(crop.box[:2]) <= box[:2]) and all(np.array(crop.box[2:]) >= box[2:])
    returned = NEGATIVE(crop.taken(picture)).resize(drawn or crop.size)
    done_HW3, photo_HW3 = np.asarray(crop.stitched(picture, returned, mask)), np.asarray(picture)
    outside = np.asarray(mask) == 0
    assert done_HW3.shape == photo_HW3.shape and np.array_equal(done_HW3[outside], photo_HW3[outside])
    assert value == 1 or (done_HW3[~outside] != photo_HW3[~outside]).any()


@given(
    size=st.tuples(st.integers(65, 4000), st.integers(65, 4000)),
    spans=st.tuples(spans, spans),
    padding=st.sampled_from([0, 0.25, 1]),
    multiple=st.sampled_from([1, 8, 64]),
)
def test_a_crop_is_not_stretched(size, spans, padding, multiple):
    picture = Image.new("RGB", size)
    mask = mask_of(picture, box_in(size, *spans))
    crop = around(picture, mask, CropOptions(padding=padding, multiple=multiple))
    (width, height), (box_width, box_height) = crop.size, crop.box_size
    assert abs(width / height * box_height - box_width) <= 1 + box_width / box_height


def test_a_crop_that_needs_no_scaling_is_the_photographs_own_pixels():
    picture = photo(900, 800)
    crop = around(picture, mask_of(picture, (301, 203, 701, 503)), CropOptions(least_px=64))
    assert crop.size == crop.box_size == (600, 504)
    assert json.dumps(crop.box) == "[201, 101, 801, 605]"
    assert np.array_equal(np.asarray(crop.taken(picture)), np.asarray(picture.crop(crop.box)))


def test_inside_the_mask_stands_what_was_drawn():
    picture = photo(900, 800)
    mask = mask_of(picture, (301, 203, 701, 503))
    crop = around(picture, mask, CropOptions(least_px=64, feather=0.02))
    done = np.asarray(crop.stitched(picture, NEGATIVE(crop.taken(picture)), mask))
    deep = np.s_[203 + 8 : 503 - 8, 301 + 8 : 701 - 8]
    assert np.array_equal(done[deep], 255 - np.asarray(picture)[deep])
    edge = np.asarray(picture)[203:205, 400:600].astype(int)
    assert np.abs(done[203:205, 400:600] - edge).mean() < 0.25 * np.abs(255 - 2 * edge).mean()


def test_a_mask_at_the_border_is_not_blended_there():
    picture = photo(300, 300)
    mask = mask_of(picture, (0, 0, 150, 300))
    crop = around(picture, mask, CropOptions(least_px=64))
    done = np.asarray(crop.stitched(picture, NEGATIVE(crop.taken(picture)), mask))
    assert np.array_equal(done[:, 0], 255 - np.asarray(picture)[:, 0])


def test_a_soft_mask_blends_by_its_own_values():
    picture = Image.new("RGB", (300, 300), (100, 100, 100))
    mask = mask_of(picture, (50, 50, 250, 250), value=51)
    crop = around(picture, mask, CropOptions(least_px=64))
    done = crop.stitched(picture, Image.new("RGB", (40, 40), (200, 200, 200)), mask)
    assert done.getpixel((150, 150)) == (120, 120, 120)


def test_a_small_mask_is_seen_large_and_a_large_one_within_bounds():
    picture = photo(2000, 1500)
    small = around(picture, mask_of(picture, (900, 700, 960, 760)))
    large = around(picture, mask_of(picture, (100, 100, 1900, 1400)))
    assert min(small.size) >= 512 and small.box_size[0] < 120
    assert np.prod(large.size) <= 1024 * 1024 and large.box_size[0] >= 1800


def test_a_model_sees_picture_mask_and_control_alike():
    picture, seen = photo(800, 600), []
    grid = Image.merge("RGB", [mask_of(picture, (300, 200, 360, 290))] * 3)

    def draw(inner):
        seen.append(inner)
        return NEGATIVE(inner.images[0])

    asked = request(
        picture,
        mask_of(picture, (300, 200, 360, 290)),
        control=grid,
        settings=Settings(size=(800, 600), steps=3),
        hints=Hints(garment_type="top", points={"skin": ((0.5, 0.5),), "cloth": ((0.1, 0.1),)}),
    )
    done = edited(asked, draw)
    (inner,) = seen
    assert inner.images[0].size == inner.mask.size == inner.control.size == inner.settings.size
    assert np.abs(np.asarray(inner.control)[..., 0].astype(int) - np.asarray(inner.mask)).mean() < 3
    assert inner.images[1] == asked.images[1] and inner.settings.steps == 3
    assert set(inner.hints.points) == {"cloth"}
    outside = np.asarray(asked.mask) == 0
    assert np.array_equal(np.asarray(done)[outside], np.asarray(picture)[outside])


def test_a_mask_that_cannot_be_used_is_refused():
    picture = photo()
    for mask, why in (
        (mask_of(picture, (0, 0, 0, 0)), "black all over"),
        (photo(), "mode L"),
        (mask_of(photo(80, 80), (0, 0, 9, 9)), r"\(80, 80\)"),
    ):
        with pytest.raises(BadInput, match=why):
            around(picture, mask)
    with pytest.raises(BadInput, match="needs a mask"):
        edited(request(picture, None), lambda inner: inner.images[0])
    with pytest.raises(BadInput, match="of a picture of"):
        around(picture, mask_of(picture, (9, 9, 50, 50))).taken(photo(99, 99))
    with pytest.raises(BadInput, match="padding lies from 0"):
        CropOptions(padding=-1)


def test_the_whole_picture_as_a_crop_keeps_all_points():
    picture = Image.new("RGB", (64, 64))
    hints = Hints(points={"skin": ((0.5, 0.5),), "cloth": ((0.1, 0.1),)})
    whole = Crop(box=(0, 0, 64, 64), size=(64, 64), of=(64, 64), feather_px=1.0)
    assert whole.request(EditRequest(prompt="", images=(picture,), hints=hints)).hints == hints
