"""The protocol's choices on single pictures, and SSIM against its formula."""

import numpy as np
import pytest
from evaluated_sets import SMALL, noisy
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.evaluation.protocol import Protocol, protocol_of
from tryon_core.evaluation.references import at_one_size, ssim
from tryon_core.records import Sample


def by_formula(one_HW, other_HW):
    """SSIM of two grey pictures, written out: Gaussian windows of 11 x 11, sigma 1.5 (Wang et al. 2004)."""
    line = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    weights = np.outer(line, line) / line.sum() ** 2
    values = []
    for y in range(one_HW.shape[0] - 10):
        for x in range(one_HW.shape[1] - 10):
            a, b = one_HW[y : y + 11, x : x + 11], other_HW[y : y + 11, x : x + 11]
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            var_a, var_b = (weights * a * a).sum() - mean_a**2, (weights * b * b).sum() - mean_b**2
            both = (weights * a * b).sum() - mean_a * mean_b
            c1, c2 = 2.55**2, 7.65**2
            up = (2 * mean_a * mean_b + c1) * (2 * both + c2)
            values.append(up / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2)))
    return np.mean(values)


def test_ssim_is_the_formula():
    one_HW3 = np.asarray(noisy(1, (20, 18)))
    other_HW3 = np.clip(one_HW3 * 0.7 + np.asarray(noisy(2, (20, 18))) * 0.3, 0, 255).astype(np.uint8)
    expected = np.mean([by_formula(one_HW3[..., c].astype(float), other_HW3[..., c].astype(float)) for c in range(3)])
    assert ssim(Image.fromarray(one_HW3), Image.fromarray(other_HW3)) == pytest.approx(expected, abs=1e-9)


def test_the_size_of_comparison_is_left_alone():
    image = noisy(1)
    assert SMALL.framed(image) is image


def test_the_filter_is_the_one_asked_for():
    image = noisy(1, (192, 256))
    for name in ("bicubic", "lanczos", "bilinear"):
        framed = SMALL.model_copy(update={"resize": name}).framed(image)
        assert framed == image.resize((96, 128), Image.Resampling[name.upper()])


def test_another_shape_is_refused_cut_or_stretched():
    image = noisy(1, (160, 128))
    assert SMALL.framed(image) == "it is 160 x 128, of another shape than 96 x 128"
    assert SMALL.model_copy(update={"frame": "centre"}).framed(image) == image.crop((32, 0, 128, 128))
    stretched = SMALL.model_copy(update={"frame": "stretch"}).framed(image)
    assert stretched == image.resize((96, 128), Image.Resampling.BICUBIC)


def test_a_pixel_apart_is_the_same_shape():
    assert not isinstance(SMALL.framed(noisy(1, (193, 257))), str)
    assert not isinstance(SMALL.framed(noisy(1, (48, 65))), str)
    assert isinstance(SMALL.framed(noisy(1, (192, 260))), str)


def masked(**images):
    return Sample(sample_id="a", wish="", images={"person": noisy(1), "truth": noisy(2), **images})


def test_repainting_lays_the_photograph_round():
    mask = Image.new("L", (96, 128))
    mask.paste(255, (0, 0, 96, 64))
    here = SMALL.model_copy(update={"repaint": "here"})
    scored = at_one_size(masked(mask=mask), noisy(3), here)
    assert scored.result.crop((0, 0, 96, 64)) == noisy(3).crop((0, 0, 96, 64))
    assert scored.result.crop((0, 64, 96, 128)) == noisy(2).crop((0, 64, 96, 128))
    for before in (SMALL, SMALL.model_copy(update={"repaint": "before"})):
        assert at_one_size(masked(mask=mask), noisy(3), before).result == noisy(3)


def test_repainting_needs_a_mask():
    reason = at_one_size(masked(), noisy(3), SMALL.model_copy(update={"repaint": "here"}))
    assert reason.startswith("the sample has no mask to lay the photograph round")


def test_photographs_are_what_results_are_held_against():
    unpaired = SMALL.model_copy(update={"pairing": "unpaired"})
    assert at_one_size(masked(), noisy(3), unpaired).reference == noisy(1)
    assert at_one_size(masked(), noisy(3), SMALL).reference == noisy(2)
    agnostic = Sample(sample_id="a", wish="", images={"person": noisy(1)}, known={"agnostic": True})
    assert at_one_size(agnostic, noisy(3), unpaired).startswith("the persons' pictures have the garment painted over")
    assert at_one_size(agnostic, noisy(3), SMALL).startswith("the sample has no true picture")


def test_every_picture_of_a_sample_is_framed():
    scored = at_one_size(masked(truth=noisy(2, (192, 256)), garment=noisy(5, (140, 140))), noisy(3, (192, 256)), SMALL)
    sizes = {role: image.size for role, image in scored.sample.images.items()}
    assert sizes == {"person": (96, 128), "truth": (96, 128), "garment": (140, 140)}
    assert scored.reference.size == scored.result.size == (96, 128)


def test_a_photograph_of_another_shape_is_named():
    assert at_one_size(masked(person=noisy(1, (128, 128))), noisy(3), SMALL).startswith("person: it is 128 x 128")


@pytest.mark.parametrize(
    ("choices", "problem"),
    [({"width_px": "wide"}, "width_px"), ({"resize": "nearest"}, "resize"), ({"height_px": 8}, "height_px")],
)
def test_a_bad_choice_is_named(choices, problem):
    with pytest.raises(BadInput, match=f"the protocol: {problem}"):
        protocol_of(**choices)


def test_the_card_is_in_words():
    words = str(Protocol(repaint="before", frame="stretch"))
    assert "compared at 768 x 1024 pixels" in words and "as whoever evaluates them says" in words
    assert "Pillow, bicubic, antialiased" in words and "of another shape is stretched" in words
