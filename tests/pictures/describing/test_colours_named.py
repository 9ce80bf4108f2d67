"""Colours by share and by plain names."""

import cloths
import numpy as np
import pytest

from tryon_core.pictures.describing.cloth_palette import inside, palette_of
from tryon_core.pictures.describing.colour_names import NAMED, colour_name
from tryon_core.pictures.features import colour_difference, to_lab


def palette(image_HW3, mask_HW):
    return palette_of(to_lab(image_HW3), inside(mask_HW))


def lab(rgb):
    return to_lab(np.uint8([[rgb]]))[0, 0]


# What cloth shops call navy, maroon, ...: sRGB of CSS Color 4, and blacks, whites and greys as photographs show them.
@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"),
        ((30, 28, 30), "black"),
        ((0, 0, 128), "navy"),
        ((22, 30, 60), "navy"),
        ((255, 255, 255), "white"),
        ((232, 232, 234), "white"),
        ((128, 128, 128), "grey"),
        ((192, 192, 192), "light grey"),
        ((245, 245, 220), "cream"),
        ((210, 180, 140), "tan"),
        ((128, 0, 32), "burgundy"),
        ((220, 20, 60), "red"),
        ((0, 128, 128), "teal"),
        ((128, 128, 0), "olive"),
        ((230, 230, 250), "white"),
        ((255, 127, 80), "coral"),
        ((255, 165, 0), "orange"),
        ((139, 69, 19), "brown"),
        ((238, 183, 74), "mustard"),
        ((255, 192, 203), "pink"),
    ],
)
def test_a_colour_has_its_plain_name(rgb, name):
    assert colour_name(lab(rgb)) == name


def test_every_entry_is_called_by_its_own_name():
    for name, codes in NAMED.items():
        for code in codes:
            assert colour_name(lab([int(code[i : i + 2], 16) for i in (1, 3, 5)])) == name


@pytest.mark.parametrize("background", ["black", "striped", "noise"])
@pytest.mark.parametrize("colour", [cloths.BLACK, (34, 33, 36), cloths.WHITE, cloths.RED, cloths.NAVY])
def test_plain_cloth_is_one_colour_on_any_background(colour, background):
    seed = len(background)
    cloth = cloths.jpeg(cloths.grainy(cloths.lit(cloths.plain(colour), 0.5, seed), 3, seed))
    (swatch,) = palette(*cloths.laid(cloth, cloths.backgrounds()[background]))
    assert swatch.name == colour_name(lab(colour)) and swatch.share == 1
    assert colour_difference(np.array(swatch.lab), lab(colour)) < 6


def test_black_cloth_stays_black_and_first():
    shares = palette(*cloths.laid(cloths.grainy(cloths.stripes(40, 0, (cloths.BLACK, cloths.WHITE), share=0.7))))
    assert [swatch.name for swatch in shares] == ["black", "white"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("finish", ["clean", "worn"])
def test_shares_and_colours_come_back(share, finish):
    cloth = cloths.stripes(32, 30, (cloths.RED, cloths.CREAM), share=share)
    if finish == "worn":
        cloth = cloths.jpeg(cloths.grainy(cloths.lit(cloth), 4), 80)
    found = {swatch.name: swatch for swatch in palette(*cloths.laid(cloth))}
    assert set(found) == {"red", "cream"}
    assert found["red"].share == pytest.approx(share, abs=0.04)
    for name, colour in (("red", cloths.RED), ("cream", cloths.CREAM)):
        assert colour_difference(np.array(found[name].lab), lab(colour)) < 5
    assert list(found.values()) == sorted(found.values(), key=lambda swatch: -swatch.share)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6])
def test_there_are_as_many_colours_as_there_are(count):
    colours = [cloths.RED, cloths.NAVY, cloths.CREAM, cloths.GREEN, cloths.YELLOW, cloths.BLACK][:count]
    cloth = np.concatenate([cloths.plain(colour, 400)[: 400 // count + 1] for colour in colours])[:400]
    found = palette(*cloths.laid(cloths.grainy(cloth, 4)))
    assert {swatch.name for swatch in found} == {colour_name(lab(colour)) for colour in colours}
    assert sum(swatch.share for swatch in found) == pytest.approx(1, abs=0.02)


def test_mixed_pixels_between_stripes_are_no_colour():
    found = palette(*cloths.laid(cloths.jpeg(cloths.stripes(8, 20, (cloths.NAVY, cloths.YELLOW)), 70)))
    assert {swatch.name for swatch in found} == {"navy", "yellow"}


def test_a_deep_shadow_is_no_second_colour_but_a_print_is():
    red = cloths.plain(cloths.RED)
    shaded, printed = red.copy(), red.copy()
    shaded[300:330, 110:290] = np.uint8(np.array(cloths.RED) * 0.5)
    printed[300:330, 110:290] = cloths.NAVY
    assert [swatch.name for swatch in palette(*cloths.laid(shaded))] == ["red"]
    assert [swatch.name for swatch in palette(*cloths.laid(printed))] == ["red", "navy"]
