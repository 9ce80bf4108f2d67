"""Which masks of a grid are kept, on made-up logits with known answers."""

import numpy as np
import pytest

from tryon_core.errors import BadInput
from tryon_core.models.segment.automatic import Automatic, grid, kept, stability


def box_logits(left, top, right, bottom, rim=8.0):
    """float (20, 20): -8 outside; `rim` on the box's outermost pixels, 8 within."""
    logits_hw = np.full((20, 20), -8.0)
    logits_hw[top:bottom, left:right] = rim
    logits_hw[top + 1 : bottom - 1, left + 1 : right - 1] = 8.0
    return logits_hw


def test_the_grid_lies_in_the_middles_of_equal_cells():
    assert grid(2).tolist() == [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]
    assert len(grid(32)) == 1024 and grid(32)[0].tolist() == [1 / 64, 1 / 64]


def test_stability_is_the_share_that_a_higher_threshold_keeps():
    sharp, wavering, none = box_logits(2, 2, 12, 12), box_logits(2, 2, 12, 12, rim=0.5), np.full((20, 20), -8.0)
    assert stability(np.stack([sharp, wavering, none])).tolist() == [1.0, 0.64, 0.0]  # 8 x 8 of 10 x 10 pixels


def test_of_two_masks_of_one_thing_the_better_stays():
    logits_Nhw = np.stack([box_logits(2, 2, 12, 12), box_logits(2, 2, 12, 11), box_logits(13, 13, 19, 19)])
    assert kept(logits_Nhw, np.array([0.85, 0.95, 0.9]), Automatic()).tolist() == [1, 2]  # boxes overlap by 0.9


def test_masks_that_overlap_less_than_the_bar_both_stay():
    logits_Nhw = np.stack([box_logits(2, 2, 12, 12), box_logits(2, 2, 12, 8)])  # boxes overlap by 0.6
    assert kept(logits_Nhw, np.array([0.85, 0.95]), Automatic()).tolist() == [1, 0]
    assert kept(logits_Nhw, np.array([0.85, 0.95]), Automatic(overlap_at_most=0.5)).tolist() == [1]


def test_unsure_unstable_and_empty_masks_are_left_out():
    logits_Nhw = np.stack(
        [box_logits(2, 2, 8, 8), box_logits(10, 2, 18, 10, rim=0.5), np.full((20, 20), -8.0), box_logits(2, 12, 8, 18)]
    )
    assert kept(logits_Nhw, np.array([0.79, 0.9, 0.9, 0.8]), Automatic()).tolist() == [3]
    assert kept(logits_Nhw[:1], np.array([0.5]), Automatic()).tolist() == []


@pytest.mark.parametrize("wrong", [{"points_per_side": 0}, {"points_per_side": True}, {"iou_at_least": 1.2}])
def test_settings_outside_their_bounds_are_refused(wrong):
    with pytest.raises(BadInput, match=next(iter(wrong))):
        Automatic(**wrong)
