"""Cloth is given the detail that it lacks against the garment's photograph, and no more."""

import cv2
import numpy as np
import pytest

from tryon_core.errors import BadInput
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.pictures.finishing.sharpening import Sharpening, detail_of, noise_of, sharpened

SIZE = 240
INSIDE = np.zeros((SIZE, SIZE), bool)
INSIDE[30:-30, 30:-30] = True


def printed(noise=0.0, seed=0) -> np.ndarray:
    """Flat teal cloth on grey with letters in its upper half, uint8 RGB."""
    cloth = np.full((SIZE, SIZE, 3), (190, 190, 190), np.uint8)
    cloth[INSIDE] = (40, 120, 110)
    cv2.putText(cloth, "NORTH", (42, 100), cv2.FONT_HERSHEY_DUPLEX, 1.4, (240, 235, 220), 3, cv2.LINE_AA)
    noisy = cloth + np.random.default_rng(seed).normal(0, noise, (SIZE, SIZE, 1))
    return np.uint8(np.clip(np.round(noisy), 0, 255))


def blurred(image, sigma=1.5):
    return cv2.GaussianBlur(image, (0, 0), sigma)


def light(image):
    return to_lab(image)[..., 0]


def test_a_picture_as_sharp_comes_back_untouched():
    picture = printed()
    done = sharpened(picture, INSIDE, printed(), INSIDE)
    assert done.image_HW3 is picture and "as sharp" in done.why
    assert done.numbers["detail_missing"].value == 0


@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.0])
def test_what_a_blur_took_comes_back_and_no_more(sigma):
    done = sharpened(blurred(printed(), sigma), INSIDE, printed(), INSIDE)
    missing, left = (done.numbers[name].value for name in ("detail_missing", "detail_missing_after"))
    assert done.why == "" and missing > 0.3 and left < 0.6 * missing
    wanted, got = (detail_of(light(image), INSIDE).energies_B for image in (printed(), done.image_HW3))
    assert (got[:2] < 1.1 * wanted[:2]).all()


def test_it_comes_nearer_to_the_sharp_picture():
    soft, sharp = blurred(printed()), printed()
    done = sharpened(soft, INSIDE, sharp, INSIDE).image_HW3
    before, after = (colour_difference(to_lab(sharp), to_lab(image))[INSIDE].mean() for image in (soft, done))
    assert after < 0.85 * before


def test_no_halo_leaves_the_contrast_around_it():
    soft = blurred(printed(), 2.0)
    around = np.ones((5, 5), np.uint8)
    least, most = cv2.erode(light(soft), around), cv2.dilate(light(soft), around)
    drawn = light(sharpened(soft, INSIDE, printed(), INSIDE).image_HW3)
    room = 0.1 * (most - least) + 0.5  # and what rounding to bytes moves
    assert (drawn >= least - room).all() and (drawn <= most + room).all()
    free = light(sharpened(soft, INSIDE, printed(), INSIDE, Sharpening(overshoot=1)).image_HW3)
    assert (free > most + room).any()


def test_flat_cloth_hardly_moves_and_hue_stays():
    soft = blurred(printed(), 1.5)
    done = sharpened(soft, INSIDE, printed(), INSIDE).image_HW3
    flat = INSIDE.copy()
    flat[:130] = False
    assert colour_difference(to_lab(soft), to_lab(done))[flat].max() <= 1.0
    moved = (done != soft).any(-1)
    assert moved.sum() > 200
    assert np.abs(to_lab(done) - to_lab(soft))[..., 1:][moved].mean() < 0.6


def test_a_faint_weave_stays_faint():
    """Whatever gain the letters ask for; rounding to bytes moves by 0.2 in any case."""
    lower = (np.arange(SIZE) > 130)[:, None]
    weave = 2.3 * np.sin(np.arange(SIZE) * 2 * np.pi / 5)[:, None, None] * np.ones((1, SIZE, 3))
    sharp = np.uint8(np.round(np.where((INSIDE & lower)[..., None], printed() + weave, printed())))
    soft = np.where(lower[..., None], sharp, blurred(sharp, 3.0))
    moved = {}
    for flat in (0.2, 50.0):
        done = sharpened(soft, INSIDE, sharp, INSIDE, Sharpening(flat=flat)).image_HW3
        moved[flat] = colour_difference(to_lab(soft), to_lab(done))[150:-40, 40:-40].max()
    assert moved[0.2] < 0.45 and moved[50.0] > 0.7


def test_noise_is_not_amplified():
    soft = np.uint8(np.clip(blurred(printed()) + np.random.default_rng(3).normal(0, 4, (SIZE, SIZE, 1)), 0, 255))
    done = sharpened(soft, INSIDE, printed(), INSIDE).image_HW3
    flat = INSIDE.copy()
    flat[:130] = False
    assert (done != soft).any() and noise_of(light(soft), flat) > 1
    assert noise_of(light(done), flat) < 1.05 * noise_of(light(soft), flat)


def test_a_grainy_photograph_asks_for_no_grain():
    plain = np.full((SIZE, SIZE, 3), 120, np.uint8)
    grainy = np.uint8(plain + np.random.default_rng(3).normal(0, 5, (SIZE, SIZE, 1)))
    done = sharpened(plain, INSIDE, grainy, INSIDE)
    assert done.image_HW3 is plain and "no detail but grain" in done.why


def test_bytes_outside_the_mask_stand():
    soft = blurred(printed())
    half = INSIDE.copy()
    half[:, SIZE // 2 :] = False
    done = sharpened(soft, half, printed(), INSIDE).image_HW3
    assert (done[~half] == soft[~half]).all() and (done[half] != soft[half]).any()


def test_the_photograph_is_held_to_at_the_size_seen():
    """A photograph of twice the size has finer detail than the picture could show."""
    large, mask = (
        cv2.resize(image, (2 * SIZE, 2 * SIZE), interpolation=cv2.INTER_CUBIC)
        for image in (printed(), np.uint8(INSIDE))
    )
    small = cv2.resize(large, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    assert "as sharp" in sharpened(small, INSIDE, large, mask > 0).why


def test_a_small_photograph_asks_for_no_more_than_it_shows():
    half = SIZE // 2
    small = cv2.resize(printed(), (half, half), interpolation=cv2.INTER_AREA)
    mask = cv2.resize(np.uint8(INSIDE), (half, half), interpolation=cv2.INTER_NEAREST) > 0
    large = cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    assert "as sharp" in sharpened(large, INSIDE, small, mask).why


def test_a_known_noise_is_measured():
    noisy = np.full((200, 200), 50, np.float32) + np.random.default_rng(1).normal(0, 2, (200, 200)).astype(np.float32)
    assert noise_of(noisy, np.ones((200, 200), bool)) == pytest.approx(2, rel=0.05)


def test_too_little_cloth_is_said():
    few = np.zeros_like(INSIDE)
    few[:10, :10] = True
    assert "pixels of cloth" in sharpened(printed(), few, printed(), INSIDE).why


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(BadInput, match="a mask of 100 x 100"):
        sharpened(printed(), np.ones((100, 100), bool), printed(), INSIDE)
