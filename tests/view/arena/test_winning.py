"""Wins, losses and ties on held-out metrics, with their tests over persons, and the power beforehand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from planted_search import Planted, a_search, against, ones
from scipy.stats import binomtest

from tryon_core.errors import BadInput, UnknownName
from tryon_core.view.arena.contest import arena
from tryon_core.view.arena.winning import power_table, wins


def test_wins_losses_and_ties_are_of_samples(tmp_path):
    (row,) = wins(against(tmp_path, ones([0.9, 0.8, 0.3, 0.5]), ones([0.1, 0.1, 0.4, 0.5]))).itertuples()
    assert (row.a, row.b, row.metric) == ("eacps", "ttflux", "truth_ssim")
    assert (row.wins, row.losses, row.ties, row.unscored) == (2, 1, 1, 0)
    assert row.win_rate == pytest.approx(2 / 3) and row.sign_p == binomtest(2, 3).pvalue and row.unit == "SSIM"


def test_a_lower_distance_wins(tmp_path):
    found = against(tmp_path, ones([0.9, 0.8, 0.3]), ones([0.1, 0.1, 0.4]))
    (row,) = wins(replace(found, scores=found.scores.assign(better="lower"))).itertuples()
    assert (row.wins, row.losses) == (1, 2) and row.difference == pytest.approx((-0.8 - 0.7 + 0.1) / 3)


def test_the_tests_are_over_persons_and_their_number_is_there(tmp_path):
    """Twelve samples of six persons, each of whom says the same twice."""
    a = [0.1 * (1 + place // 2) for place in range(12)]
    persons_in_pairs = against(tmp_path, ones(a[::2] + a[::2]), ones([0.0] * 12), persons=6)
    (row,) = wins(persons_in_pairs).itertuples()
    assert (row.wins, row.persons, row.persons_won) == (12, 6, 6)
    assert row.sign_p == row.flip_p == 2 / 2**6 and 0 < row.low < row.difference < row.high


def test_five_persons_have_no_interval(tmp_path):
    (row,) = wins(against(tmp_path, ones(np.linspace(0.1, 0.9, 10)), ones([0.0] * 10), persons=5)).itertuples()
    assert row.persons == 5 and np.isnan(row.low) and np.isnan(row.high) and row.flip_p == 2 / 2**5


def test_both_are_cut_off_at_the_smaller_ledger(tmp_path):
    """The third picture of one is the best, and the other one drew but two."""
    long, short = [[(1, 0.1), (2, 0.2), (3, 0.9)]] * 3, [[(1, 0.1), (2, 0.3)]] * 3
    found = against(tmp_path, long, short)
    (equal,), (capped,), (whole,) = (wins(found, budget=cap).itertuples() for cap in (None, 1, 3))
    assert (equal.wins, equal.losses, equal.spent_a, equal.spent_b) == (0, 3, 2, 2)
    assert capped.ties == 3 and capped.spent_a == 1
    assert (whole.wins, whole.spent_a, whole.spent_b) == (3, 3, 2)


def test_what_has_no_number_is_left_out_with_its_reason(tmp_path):
    found = against(tmp_path, ones([0.9, None, 0.3, 0.8]), ones([0.1, 0.4, None, 0.1]))
    without_row = found.scores[~((found.scores.strategy == "ttflux") & (found.scores.sample_id == "s003"))]
    (row,) = wins(replace(found, scores=without_row)).itertuples()
    assert (row.wins, row.losses, row.ties, row.unscored, row.persons) == (1, 0, 0, 3, 1)
    assert row.why_unscored == "2 no face; 1 no row"


def test_a_sample_in_which_nothing_was_selected_is_unscored(tmp_path):
    found = against(tmp_path, ones([0.9, 0.8]), ones([0.1, 0.1]))
    (row,) = wins(found, budget=0.5).itertuples()
    assert row.unscored == 2 and np.isnan(row.win_rate) and np.isnan(row.flip_p) and not row.told
    assert row.why_unscored == "2 nothing could be selected within the budget"


def test_holm_is_over_all_rows(tmp_path):
    found = against(tmp_path, ones(np.linspace(0.1, 0.9, 8)), ones([0.0] * 8))
    second = found.scores.assign(metric="words_read", value=found.scores.value.iloc[::-1].values)
    one, both = wins(found), wins(replace(found, scores=pd.concat([found.scores, second])))
    assert one.flip_p.tolist() == one.flip_holm.tolist() == [2 / 2**8] and one.told.all()
    assert both.flip_holm.tolist() == [4 / 2**8] * 2 and both.sign_holm.tolist() == [4 / 2**8] * 2


def test_a_slice_is_compared_by_itself(tmp_path):
    """It wins where a dress is drawn for a tee, and loses elsewhere."""
    kinds = ["dress for a tee", "alike"] * 4
    found = against(tmp_path, ones([0.9, 0.1] * 4), ones([0.5] * 8), mismatch=kinds)
    table = wins(found, by=["mismatch"]).set_index("value")
    assert table.wins.to_dict() == {"alike": 0, "dress for a tee": 4} and set(table.dimension) == {"mismatch"}
    assert table.losses.to_dict() == {"alike": 4, "dress for a tee": 0} and (table.flip_holm == 2 * 2 / 2**4).all()
    with pytest.raises(UnknownName, match="Did you mean 'mismatch'"):
        wins(found, by=["mismatches"])


def test_every_pair_of_strategies_has_a_row(tmp_path):
    runs, tables = [], []
    for name in ("eacps", "ttflux", "zero_order"):
        run, scores = a_search(tmp_path / name, ones([0.1, 0.2]), strategy=name)
        runs.append(run), tables.append(scores)
    table = wins(arena(*runs, scores=pd.concat(tables)))
    pairs = [("eacps", "ttflux"), ("eacps", "zero_order"), ("ttflux", "zero_order")]
    assert list(zip(table.a, table.b, strict=True)) == pairs and (table.ties == 2).all()


def test_feedback_and_luck_compare_at_equal_cost(tmp_path):
    """A closed loop that is accepted at its first picture is compared with the first picture of a search."""
    loop = Planted(tmp_path / "loop", 3, flow="closed_loop", options={})
    for _ in range(3):
        loop.sample([(9.0, 0.5)], chosen=1, outcome="accepted")
    run, scores = a_search(tmp_path / "one", [[(1.0, 0.4), (2.0, 0.9)]] * 3)
    found = arena(loop.finish(), run, scores=pd.concat([loop.table, scores]))
    (equal,), (capped,) = (wins(found, budget=cap).itertuples() for cap in (None, 2))
    assert (equal.a, equal.wins, capped.losses, capped.spent_a, capped.spent_b) == ("closed_loop", 3, 3, 1, 2)


def shuffled(found, random):
    """The same pictures with numbers that have nothing to do with the strategy: persons differ, and samples do."""
    person = found.scores.person.astype("category").cat.codes.to_numpy()
    values = random.normal(size=person.max() + 1)[person] + random.normal(size=len(person))
    second = random.normal(size=len(person))
    tables = [found.scores.assign(value=values), found.scores.assign(value=second, metric="face_distance")]
    return replace(found, scores=pd.concat(tables, ignore_index=True))


@pytest.mark.parametrize("persons", [8, 12])
def test_a_strategy_against_itself_shows_nothing(tmp_path, persons):
    """Of 100 comparisons on two metrics at most 5 % claim anything, but for chance (0.05 + 2.4 standard errors)."""
    found, random = against(tmp_path, ones([0.5] * 24), ones([0.5] * 24), persons=persons), np.random.default_rng(0)
    claims = [wins(shuffled(found, random)).told.any() for _ in range(100)]
    assert np.mean(claims) < 0.103


@pytest.mark.prove
def test_a_strategy_against_itself_over_many_runs(tmp_path):
    """2,000 comparisons of the reporting size, 54 samples of 12 persons, on two metrics; prints the rate of claims."""
    found, random = against(tmp_path, ones([0.5] * 54), ones([0.5] * 54), persons=12), np.random.default_rng(1)
    tables = [wins(shuffled(found, random)) for _ in range(2000)]
    alone, together = (np.mean([(table[name] < 0.05).any() for table in tables]) for name in ("flip_p", "flip_holm"))
    print(f"A/A: a difference is claimed in {together:.3f} with Holm over two metrics, in {alone:.3f} without")
    assert together < 0.06 < alone


# ---- power -----------------------------------------------------------------------------------------------------------


def test_the_power_is_known_from_the_listings(tmp_path):
    """54 samples of 12 persons."""
    one, _ = a_search(tmp_path / "one", ones([0.1] * 54), persons=12)
    other, _ = a_search(tmp_path / "other", ones([0.1] * 50), persons=12)
    table = power_table(one)
    assert table.differing.tolist() == [54, 27, 13, 12, 6, 3]
    assert table.win_rate[0] == 0.70 and table.win_rate[3] == 0.87 and np.isnan(table.win_rate[5])
    assert power_table(one, other).listed.tolist() == [50] * 3 + [12] * 3
    with pytest.raises(BadInput, match="no run was given"):
        power_table()
