"""The best way through a table of gains is the one that trying every way finds."""

from itertools import product

import numpy as np
import pytest

from tryon_core.models.embedded.seeing.paths import best_path


@pytest.mark.parametrize(("step", "bent"), [(1, 0.0), (1, 0.6), (2, 0.3)])
def test_no_other_path_has_a_higher_sum(step, bent):
    gain_RD = np.random.default_rng(3).normal(size=(5, 6))
    bends = {way: np.abs(np.diff(way)) for way in product(range(6), repeat=5)}
    sums = {way: gain_RD[range(5), way].sum() - bent * bend.sum() for way, bend in bends.items() if bend.max() <= step}
    assert tuple(best_path(gain_RD, step, bent)) == max(sums, key=sums.get)
