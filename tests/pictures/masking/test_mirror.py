"""A mask's own upright axis, wherever it lies in the picture."""

import numpy as np
import pytest
from mask_shapes import box, circle

from tryon_core.pictures.masking.mirror import mirror_overlap, mirrored_about, own_axis


@pytest.mark.parametrize("columns", [(31, 170), (400, 571), (803, 996)])
def test_the_axis_is_found_to_half_a_pixel(columns):
    left, right = columns
    mask = box(100, left, 900, right, size=(1024, 1000)) | box(100, left + 20, 950, right - 20, size=(1024, 1000))
    assert own_axis(mask) == (left + right - 1) / 2
    assert np.array_equal(mirrored_about(mask, own_axis(mask)), mask)


def test_one_sleeve_moves_the_axis_little():
    shirt = box(300, 300, 900, 700, size=(1024, 1000)) | box(300, 200, 450, 300, size=(1024, 1000))
    assert abs(own_axis(shirt) - 499.5) < 51 and 0.8 < mirror_overlap(shirt) < 1


def test_a_mirrored_mask_that_leaves_the_picture_is_cut():
    mask = circle(30, centre=(200, 360))
    assert not mirrored_about(mask, 380)[:, :370].any() and not mirrored_about(mask, 0).any()
