"""Figures of what was measured of a garment: the finding, every number, and reasons."""

import cloths
import numpy as np
import pytest
from drawn import all_words, clashing_labels, title

from tryon_core.pictures.describing.described import describe
from tryon_core.view.figures import garment_figures as figures
from tryon_core.view.figures.palette import DARK, LIGHT

CLOTHS = {
    "stripes": cloths.stripes(30, 20, (cloths.NAVY, cloths.WHITE), share=0.7),
    "checks": cloths.checks(36, 0, (cloths.RED, cloths.CREAM)),
    "dots": cloths.dots(40, 0),
    "flowers": cloths.flowers(100, (cloths.NAVY, cloths.YELLOW, cloths.GREEN)),
    "plain": cloths.plain(cloths.BLACK),
}


@pytest.fixture(scope="module")
def described():
    laid = {name: cloths.laid(cloth) for name, cloth in CLOTHS.items()}
    return {name: (*both, describe(*both)) for name, both in laid.items()}


def test_the_palette_names_each_colour_with_its_share(described):
    features = described["stripes"][-1]
    figure = figures.palette(features, LIGHT)
    assert title(figure) == "The cloth has 2 colours, navy 70 % and white 30 %"
    assert all(word in all_words(figure) for word in ("navy", "white", "70 %  #", "30 %  #"))
    bars = figure.axes[0].patches
    assert [bar.get_width() for bar in bars] == [100 * swatch.share for swatch in features.palette]
    assert np.allclose(bars[0].get_facecolor()[:3], np.array(features.palette[0].rgb) / 255)


def test_the_arrow_points_one_period_across_the_stripes(described):
    figure = figures.pattern_spectrum(*described["stripes"], LIGHT)
    assert title(figure).startswith("Stripes at 20°, every 30 px")
    arrow = figure.axes[1].texts[0]
    assert np.hypot(*arrow.xy) == pytest.approx(30, rel=0.02)
    assert np.degrees(np.arctan2(arrow.xy[1], arrow.xy[0])) == pytest.approx(110, abs=1)
    ray = figure.axes[2].lines[0]
    at = int(np.argmin(np.abs(ray.get_xdata() - 30)))
    assert ray.get_ydata()[at] > 0.9 and ray.get_ydata()[at // 2] < 0


def test_rows_of_dots_have_an_arrow_along_them(described):
    arrow = figures.pattern_spectrum(*described["dots"], LIGHT).axes[1].texts[0]
    assert np.hypot(*arrow.xy) == pytest.approx(40, rel=0.02)


@pytest.mark.parametrize(
    ("name", "begins"), [("plain", "Solid: no pattern repeats"), ("flowers", "Floral: the motifs")]
)
def test_without_a_repeat_there_is_no_arrow(described, name, begins):
    figure = figures.pattern_spectrum(*described[name], LIGHT)
    assert title(figure).startswith(begins) and not figure.axes[1].texts


def test_texture_says_which_lines_are_strongest(described):
    features = describe(*cloths.laid(cloths.stripes(16, 45)))
    figure = figures.texture(features, LIGHT)
    assert title(figure) == "The strongest texture has lines at 45°, about 16 px apart"
    assert [float(text.get_text()) for text in figure.axes[0].texts] == pytest.approx(
        np.ravel(features.texture.gabor), abs=0.051
    )
    assert title(figures.texture(described["plain"][-1], LIGHT)).startswith("The cloth is smooth")
    assert "in no one direction" in title(figures.texture(described["dots"][-1], LIGHT))


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", CLOTHS)
def test_no_words_lie_on_one_another(described, name, theme):
    image_HW3, mask_HW, features = described[name]
    drawn = (
        figures.palette(features, theme),
        figures.pattern_spectrum(image_HW3, mask_HW, features, theme),
        figures.texture(features, theme),
    )
    assert [clashing_labels(figure) for figure in drawn] == [[], [], []]


def test_what_was_not_measured_is_said_with_its_reason():
    image_HW3, mask_HW = cloths.plain(cloths.RED), np.zeros((400, 400), bool)
    features = describe(image_HW3, mask_HW)
    for figure in (
        figures.palette(features, LIGHT),
        figures.pattern_spectrum(image_HW3, mask_HW, features, LIGHT),
        figures.texture(features, LIGHT),
    ):
        assert "measured" in title(figure) and "the mask is empty" in all_words(figure)
