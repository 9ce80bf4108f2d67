"""Masks in numbers, on shapes whose numbers are known."""

import numpy as np
import pytest
from mask_shapes import box, circle

from tryon_core.errors import BadInput
from tryon_core.pictures.masking.mask_checks import MaskLimits, judged, measured

RING = circle(100) & ~circle(50)


def values(mask):
    return {name: one.value for name, one in measured(mask).items()}


def test_a_circle_is_compact_solid_and_mirrored():
    found = values(circle(100))
    assert found["compactness"] == pytest.approx(1, abs=0.01)
    assert found["solidity"] == pytest.approx(1, abs=0.01) and found["mirror_overlap"] > 0.99
    assert (found["parts"], found["holes"], found["hole_share"]) == (1, 0, 0)
    assert found["area_share"] == pytest.approx(np.pi * 100**2 / 400**2, rel=0.01)


@pytest.mark.parametrize("radius_px", [10, 30, 100, 190])
def test_a_circle_is_never_more_compact_than_one(radius_px):
    assert 0.93 < values(circle(radius_px))["compactness"] <= 1


def test_a_square_is_less_compact_than_a_circle():
    lying = values(box(100, 100, 300, 300))
    y, x = np.mgrid[:400, :400]
    standing = values(np.abs(x - 200) + np.abs(y - 200) <= 141)
    assert lying["compactness"] == pytest.approx(0.876, abs=0.01)
    assert standing["compactness"] == pytest.approx(lying["compactness"], abs=0.01)
    assert lying["solidity"] == 1


def test_a_ring_has_one_hole_of_a_quarter():
    found = values(RING)
    assert (found["parts"], found["holes"]) == (1, 1)
    assert found["hole_share"] == pytest.approx(0.25, abs=0.01) == 1 - found["solidity"]
    assert found["compactness"] == pytest.approx(1 / 3, abs=0.01)  # 4 pi (1 - 1/4) / (2 pi (1 + 1/2))^2 of the radius


def test_two_parts_are_counted_and_weighed():
    found = values(box(100, 100, 200, 200) | box(100, 250, 200, 300))
    assert found["parts"] == 2 and found["main_part"] == pytest.approx(2 / 3)


def test_half_a_picture_holds_half_of_its_edge():
    found = values(box(0, 0, 400, 200))
    assert found["border_share"] == pytest.approx(0.5, abs=0.01) and found["area_share"] == 0.5


def test_one_sided_shapes_are_unlike_their_mirror():
    corner = box(100, 100, 300, 150) | box(250, 100, 300, 300)
    assert values(corner)["mirror_overlap"] < 0.6 and values(corner)["solidity"] < 0.8


def test_an_empty_mask_has_no_shape():
    assert values(np.zeros((50, 50), bool)) == {"area_share": 0, "border_share": 0, "parts": 0}


@pytest.mark.parametrize(
    ("mask", "names"),
    [
        (circle(100), ["usable"]),
        (circle(100) & False, ["empty"]),
        (circle(600), ["full"]),
        (circle(5), ["too_small"]),
        (~circle(120), ["is_background"]),
        (box(100, 100, 400, 300), ["touches_border"]),
        (box(0, 100, 4, 104) | circle(5), ["too_small", "touches_border"]),
        (np.kron(np.indices((40, 40)).sum(0) % 4 == 0, np.pad(np.ones((6, 6)), 2)).astype(bool), ["scattered"]),
    ],
)
def test_each_fault_has_its_name(mask, names):
    outcomes = judged(mask)
    assert [one.name for one in outcomes if one.name != "many_parts"] == names
    assert all(one.sentence.strip() and "  " not in one.sentence for one in outcomes)


def test_many_specks_are_a_warning():
    specks = circle(100)
    specks[10:80:20, 10:390:20] = True
    (outcome,) = judged(specks)
    assert (outcome.name, outcome.blocks) == ("many_parts", False) and "77 pieces" in outcome.sentence


def test_impossible_limits_are_refused():
    with pytest.raises(BadInput, match="least_area below most_area"):
        MaskLimits(least_area=0.9, most_area=0.5)
