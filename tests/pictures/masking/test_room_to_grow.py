"""How far masks go beyond what they hold: where a changed garment is to be, and for a soft edge."""

import numpy as np
import pytest

from tryon_core.pictures.masking.room_to_grow import room_for, soft_edged, with_edge

WORN_HW = np.zeros((200, 100), bool)
WORN_HW[50:150, 30:70] = True
ARMS_HW = np.zeros_like(WORN_HW)
ARMS_HW[60:140, 70:90] = True


def test_a_longer_hem_gets_room_below_it_alone():
    room_HW, words = room_for("length", 0.2, WORN_HW, None)
    assert room_HW[50:170, 30:70].all() and room_HW.sum() == 120 * 40 and words == "20 px below it"


@pytest.mark.parametrize(("aspect", "amount"), [("length", -0.2), ("sleeve", -0.2), ("lightness", 9.0), ("edge", 2.0)])
def test_what_does_not_grow_gets_no_room(aspect, amount):
    room_HW, words = room_for(aspect, amount, WORN_HW, ARMS_HW)
    assert np.array_equal(room_HW, WORN_HW) and not words


def test_a_longer_sleeve_gets_the_arms_near_it():
    room_HW, _ = room_for("sleeve", 0.1, WORN_HW, ARMS_HW)
    assert room_HW[100, 80] and not room_HW[100, 88] and not (room_HW & ~ARMS_HW).any()
    assert room_for("sleeve", 0.1, WORN_HW, None)[0][160, 50]


@pytest.mark.parametrize("aspect", ["width", "neckline", "shift_down", "shift_right"])
def test_what_moves_or_widens_gets_room_all_around(aspect):
    room_HW, _ = room_for(aspect, -0.5, WORN_HW, None)
    assert room_HW[100, 20] and room_HW[40, 50] and not room_HW[100, 15]


@pytest.mark.parametrize("aspect", ["", "length"])
def test_words_without_an_amount_get_a_little_room(aspect):
    room_HW, words = room_for(aspect, 0.0, WORN_HW, None)
    assert room_HW[155, 50] and not room_HW[165, 50] and words == "room around it"


def test_the_edge_is_soft_outside_what_the_mask_holds():
    grown_HW = with_edge(WORN_HW)
    soft_HW = np.asarray(soft_edged(grown_HW))
    assert (soft_HW[WORN_HW] == 255).all() and not soft_HW[~grown_HW].any()
    rim = soft_HW[grown_HW & ~WORN_HW]
    assert len(rim) and ((rim > 0) & (rim < 255)).mean() > 0.5


def test_a_small_hole_is_grown_by_less_than_a_garment():
    hole_HW = np.zeros((1000, 1000), bool)
    hole_HW[500:560, 500:560] = True
    grown_HW = with_edge(hole_HW)
    assert grown_HW[492, 530] and not grown_HW[488, 530] and with_edge(hole_HW, times=2)[484, 530]
    pinhole_HW = np.zeros((1000, 1000), bool)
    pinhole_HW[500, 500] = True
    assert with_edge(pinhole_HW)[495, 500]
    cloth_HW = np.zeros((1000, 1000), bool)
    cloth_HW[300:700, 300:700] = True
    assert with_edge(cloth_HW)[281, 500]
