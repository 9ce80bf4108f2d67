import numpy as np
import pytest

from tryon_core.errors import BadInput
from tryon_core.models.embedded.aspects import ASPECTS
from tryon_core.models.embedded.drawing.drawing_parameters import (
    BOUNDS,
    WarpParameters,
    apply_fixes,
    apply_noise,
    gaussian,
)
from tryon_core.records import Fix, Noise


def fix(aspect: str, amount: float, strength: float = 1.0) -> Fix:
    return Fix(constraint="garment_structure", text="as measured", aspect=aspect, amount=amount, strength=strength)


def test_every_aspect_a_judge_may_name_is_a_parameter():
    assert set(BOUNDS) == set(ASPECTS)


def test_fixes_of_one_aspect_add_up_with_their_strength():
    moved = apply_fixes(WarpParameters(), (fix("length", 0.1), fix("length", 0.1, strength=0.5), fix("sleeve", -0.2)))
    assert moved.length == pytest.approx(0.15) and moved.sleeve == pytest.approx(-0.2)


@pytest.mark.parametrize("aspect", BOUNDS)
def test_fixes_are_clipped_at_the_bounds(aspect):
    low, high = BOUNDS[aspect]
    assert getattr(apply_fixes(WarpParameters(), (fix(aspect, 1e6),)), aspect) == high
    assert getattr(apply_fixes(WarpParameters(), (fix(aspect, -1e6),)), aspect) == low


def test_a_fix_in_words_alone_changes_nothing():
    assert apply_fixes(WarpParameters(), (fix("", 3.0), fix("mood", 1.0))) == WarpParameters()


def test_a_parameter_out_of_bounds_fails_where_it_is_written():
    with pytest.raises(BadInput, match="length is 2.0; it must lie between"):
        WarpParameters(length=2.0)


def test_seed_zero_is_the_blind_best_and_another_seed_moves_it_a_little():
    assert apply_noise(WarpParameters(), Noise(seed=0)) == WarpParameters()
    moved = apply_noise(WarpParameters(), Noise(seed=5))
    assert moved != WarpParameters() and abs(moved.length) < 0.1 and moved.lightness == 0


def test_a_noise_step_keeps_the_norm_and_turns_by_its_share():
    before, after = gaussian(Noise(seed=3), 15), gaussian(Noise(seed=3, steps=((8, 0.9),)), 15)
    assert np.linalg.norm(after) == pytest.approx(np.linalg.norm(before))
    assert before @ after / (before @ before) == pytest.approx(0.9)


def test_a_step_from_the_zero_vector_leaves_it():
    assert np.linalg.norm(gaussian(Noise(seed=0, steps=((8, 0.6),)), 16)) == pytest.approx(0.8 * 4)


def test_a_step_beyond_one_is_refused():
    with pytest.raises(BadInput, match="between -1 and 1; got 1.5"):
        gaussian(Noise(seed=1, steps=((2, 1.5),)), 4)
