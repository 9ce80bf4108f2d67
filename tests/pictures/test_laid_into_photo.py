"""A part of a drawn picture laid into its photograph: moved frames, tints, what stays of either."""

# Shapes: H, W image rows and columns; 3 is RGB.
import numpy as np
import pytest
from edits import edits, moved, warm
from PIL import Image

from tryon_core.pictures.edit_checks import laid_into_photo
from tryon_core.records import Measurement

SIZE = (384, 512)


@pytest.fixture(scope="module")
def edit():
    (first, *_) = edits(every=200, size=SIZE)
    return first


@pytest.fixture(scope="module")
def garment_HW(edit):
    """Where the truth differs from the photograph, with room."""
    from tryon_core.pictures.masks import grown

    return grown(edit.edited_HW, 8)


def mask_of(mask_HW):
    return Image.fromarray(mask_HW.astype(np.uint8) * 255)


def laid(edit, drawn_HW3, taken_HW, **given):
    taken = None if taken_HW is None else mask_of(taken_HW)
    image, checks = laid_into_photo(Image.fromarray(edit.person_HW3), Image.fromarray(drawn_HW3), taken, **given)
    return np.asarray(image), checks


def test_outside_the_part_every_byte_is_the_photograph_s(edit, garment_HW):
    image_HW3, checks = laid(edit, 255 - edit.truth_HW3, garment_HW, keeps_frame=True)
    assert np.array_equal(image_HW3[~garment_HW], edit.person_HW3[~garment_HW])
    assert checks["put_back"].value == pytest.approx((~garment_HW).mean(), abs=1e-3)
    assert list(checks) == ["put_back"]


def test_a_frame_that_moved_is_laid_back_with_its_part(edit, garment_HW):
    drawn_HW3 = moved(edit.truth_HW3, right=14, down=-9)
    taken_HW = moved(garment_HW.astype(np.uint8)[..., None].repeat(3, -1) * 255, right=14, down=-9)[..., 0] > 127
    image_HW3, checks = laid(edit, drawn_HW3, taken_HW)
    assert checks["frame_shift_x"].value == pytest.approx(14, abs=0.5)
    off_HW = np.abs(image_HW3.astype(int) - edit.truth_HW3).max(-1)
    assert np.median(off_HW[garment_HW]) <= 6 and (image_HW3 == edit.person_HW3).all(-1)[~garment_HW].mean() > 0.97


def test_a_tint_is_taken_out_of_the_part(edit, garment_HW):
    tinted_HW3 = warm(edit.truth_HW3, 0.12)
    image_HW3, _ = laid(edit, tinted_HW3, garment_HW)
    kept_HW3, _ = laid(edit, tinted_HW3, garment_HW, keeps_frame=True)
    off, kept = (np.abs(one.astype(int) - edit.truth_HW3)[garment_HW].mean() for one in (image_HW3, kept_HW3))
    assert off < 0.75 * kept


def test_without_a_part_the_edit_is_found(edit, garment_HW):
    image_HW3, checks = laid(edit, moved(edit.truth_HW3, right=14), None)
    assert isinstance(checks["put_back"], Measurement) and checks["put_back"].value > 0.3
    assert (image_HW3 == edit.person_HW3).all(-1)[~garment_HW].mean() > 0.6


def test_a_picture_of_another_size_is_laid_at_its_own(edit, garment_HW):
    size = (SIZE[0] * 3 // 2, SIZE[1] * 3 // 2)
    drawn, taken = Image.fromarray(edit.truth_HW3).resize(size), mask_of(garment_HW).resize(size)
    image, checks = laid_into_photo(Image.fromarray(edit.person_HW3), drawn, taken, keeps_frame=True)
    assert image.size == size and isinstance(checks["put_back"], Measurement)


def test_another_picture_is_not_laid(edit, garment_HW):
    other_HW3 = np.random.default_rng(0).integers(0, 255, edit.person_HW3.shape, np.uint8)
    image_HW3, checks = laid(edit, other_HW3, garment_HW)
    assert isinstance(checks["put_back"], str) and np.array_equal(image_HW3, other_HW3)
