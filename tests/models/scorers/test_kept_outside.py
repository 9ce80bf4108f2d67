"""What stayed outside an edit, against formulas worked out by hand."""

import numpy as np
import pytest

from tryon_core.models.scorers.classical.kept_outside import MOST_DB, kept_outside

EDIT = np.zeros((200, 160), bool)
EDIT[60:140, 40:120] = True


def photo() -> np.ndarray:
    return np.random.default_rng(3).integers(40, 200, (200, 160, 3)).astype(np.uint8)


def test_a_change_inside_the_edit_costs_nothing():
    edited = photo()
    edited[EDIT] = 0
    assert kept_outside(photo(), edited, EDIT) == {"kept_ssim": pytest.approx(1), "kept_psnr": MOST_DB}


def test_psnr_is_that_of_the_pixels_outside():
    moved = photo() + np.uint8(5)
    assert kept_outside(photo(), moved, EDIT)["kept_psnr"] == pytest.approx(10 * np.log10(255**2 / 25))


def test_ssim_of_two_plain_pictures_is_the_luminance_term():
    one, other = (np.full((200, 160, 3), grey, np.uint8) for grey in (100, 120))
    expected = (2 * 100 * 120 + 6.5025) / (100**2 + 120**2 + 6.5025)  # C1 = (0.01 x 255)^2
    assert kept_outside(one, other, EDIT)["kept_ssim"] == pytest.approx(expected)


def test_more_noise_is_kept_less():
    noise = np.random.default_rng(4).normal(0, 1, photo().shape)
    rows = [kept_outside(photo(), np.uint8(np.clip(photo() + sd * noise, 0, 255)), EDIT) for sd in (2, 6, 18)]
    for name in ("kept_ssim", "kept_psnr"):
        assert rows[0][name] > rows[1][name] > rows[2][name]


def test_an_edit_of_everything_leaves_nothing_to_keep():
    answers = kept_outside(photo(), photo(), np.ones((200, 160), bool))
    assert all("nothing is left outside" in answer for answer in answers.values())
