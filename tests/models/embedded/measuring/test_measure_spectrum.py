"""Patterns are told by size, angle, strength and order of colours, wherever they begin."""

import cv2
import numpy as np
import pytest

from tryon_core.models.embedded.measuring.surface.spectrum import likeness, spectrum_of, weave_difference

UNIT_PX = 160
CLOTH = np.ones((200, 134), bool)
RED, BLUE, CREAM = (50.0, 60.0, 40.0), (40.0, 10.0, -50.0), (90.0, 0.0, 12.0)


def stripes(period_px=16.0, turn_deg=0.0, start_px=0.0, colours=(BLUE, CREAM), rise_px=0.0):
    """Lab stripes across, each colour as wide as the others; they rise and fall by `rise_px`, as over a bust."""
    y, x = np.mgrid[: CLOTH.shape[0], : CLOTH.shape[1]]
    turn = np.radians(turn_deg)
    risen = rise_px * np.cos(4 * np.pi * x / CLOTH.shape[1])
    along = (y * np.cos(turn) - x * np.sin(turn) + start_px + risen) / period_px
    lab = np.float32(colours)[(along * len(colours)).astype(int) % len(colours)]
    return spectrum_of(cv2.GaussianBlur(lab, (0, 0), 1.0), CLOTH, UNIT_PX)


@pytest.mark.parametrize("start_px", [3, 5, 8, 11])
def test_where_stripes_begin_does_not_count(start_px):
    asked, got = stripes(), stripes(start_px=start_px)
    found = likeness(asked, got)
    assert found.cosine > 0.95 and found.coarser == pytest.approx(1, abs=0.03)
    assert weave_difference(asked, got, UNIT_PX) < 0.1


@pytest.mark.parametrize("larger", [0.7, 0.85, 1.2, 1.4])
def test_size_is_told_within_three_percent(larger):
    assert likeness(stripes(), stripes(16 * larger)).coarser == pytest.approx(larger, rel=0.03)


@pytest.mark.parametrize("turn_deg", [-30, -15, 7, 15, 30])
def test_turn_is_told_within_a_degree(turn_deg):
    assert likeness(stripes(), stripes(turn_deg=turn_deg)).turn_deg == pytest.approx(turn_deg, abs=1)


def test_another_order_of_colours_is_told_and_the_same_one_is_not():
    asked, other = stripes(24, colours=(RED, BLUE, CREAM)), stripes(24, colours=(BLUE, RED, CREAM))
    same = stripes(24, start_px=7, colours=(RED, BLUE, CREAM))
    assert weave_difference(asked, other, UNIT_PX) > 0.15 > 2 * weave_difference(asked, same, UNIT_PX)


def test_stripes_that_a_body_bends_are_woven_alike():
    asked, other = stripes(colours=(RED, BLUE, CREAM)), stripes(colours=(BLUE, RED, CREAM), rise_px=2)
    bent = stripes(colours=(RED, BLUE, CREAM), rise_px=2)
    assert weave_difference(asked, bent, UNIT_PX) < 0.13
    assert weave_difference(asked, other, UNIT_PX) > 0.3


def test_plain_cloth_has_hardly_any_contrast():
    assert spectrum_of(np.full((*CLOTH.shape, 3), 50, np.float32), CLOTH, UNIT_PX).contrast < 0.1 < stripes().contrast


def test_a_smaller_pattern_is_woven_alike_once_its_size_is_known():
    asked, smaller = stripes(24, colours=(RED, BLUE, CREAM)), stripes(24 * 0.87, colours=(RED, BLUE, CREAM))
    found = likeness(asked, smaller)
    known, unknown = (weave_difference(asked, smaller, UNIT_PX, coarser) for coarser in (found.coarser, 1.0))
    assert known < 0.1 < unknown
