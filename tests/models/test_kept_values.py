import numpy as np
import pytest
from PIL import Image

from tryon_core.models.frame import cropped, fitted, padded
from tryon_core.models.kept import Kept


def test_the_longest_unused_value_is_thrown_out_first():
    kept = Kept(3, lambda value: 1)
    for key in "abcad":  # b was used longest ago when d comes
        kept.get(key, lambda: 0)
    assert (kept.hits, kept.misses, kept.bytes) == (1, 4, 3)
    kept.get("a", lambda: pytest.fail("a was thrown out"))
    assert kept.get("b", lambda: "anew") == "anew"


def test_a_value_over_the_whole_budget_is_handed_out_and_not_kept():
    kept = Kept(3, len)
    assert kept.get("x", lambda: "long one") == "long one" and kept.bytes == 0


def test_padding_repeats_the_border_and_cropping_takes_it_back():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (33, 50, 3), dtype=np.uint8))
    wide = padded(noise)
    assert wide.size == (64, 48) and cropped(wide, noise.size).tobytes() == noise.tobytes()
    assert wide.getpixel((63, 10)) == noise.getpixel((49, 10))


def test_a_small_picture_is_left_as_it_is():
    small = Image.new("RGB", (768, 1024))
    assert fitted(small) is small
