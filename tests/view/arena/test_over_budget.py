"""Best so far, cost against quality, and the budget at which a score that can be hacked parts from the truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from planted_search import Planted, a_search, against, ones

from tryon_core.stats.best_of import expected_best
from tryon_core.view.arena.contest import arena
from tryon_core.view.arena.hacking import hacking
from tryon_core.view.arena.over_budget import best_so_far, budgets, pareto

RISING = [[(1.0, 0.1), (3.0, 0.3), (2.0, 0.9), (4.0, 0.5)]] * 6


def noisy(samples, random):
    return [[(selects, truth + random.normal(scale=0.01)) for selects, truth in each] for each in samples]


def test_the_held_out_number_is_of_what_selection_keeps(tmp_path):
    table = best_so_far(against(tmp_path, RISING, RISING))
    rows = table[table.strategy == "eacps"]
    assert rows.budget.tolist() == [1, 2, 3, 4] and rows.value.tolist() == pytest.approx([0.1, 0.3, 0.3, 0.5])
    assert rows.selection.tolist() == [1, 3, 3, 4] and rows.spent.tolist() == [1, 2, 3, 4] and (rows.n == 6).all()


def test_a_sample_that_ended_stays_as_it_ended(tmp_path):
    table = best_so_far(against(tmp_path, RISING, [each[:2] for each in RISING]), at=[2, 4]).set_index("strategy")
    assert table.loc["ttflux"].value.tolist() == pytest.approx([0.3, 0.3])
    assert table.loc["ttflux"].spent.tolist() == [2, 2] and table.loc["eacps"].spent.tolist() == [2, 4]


def test_its_interval_is_over_persons(tmp_path):
    samples = noisy(RISING * 2, np.random.default_rng(0))
    six = best_so_far(against(tmp_path / "six", samples, samples, persons=6), at=[4])
    five = best_so_far(against(tmp_path / "five", samples, samples, persons=5), at=[4])
    assert (six.low < six.value).all() and (six.value < six.high).all() and (six.persons == 6).all()
    assert five.low.isna().all() and (five.persons == 5).all()


def test_a_lower_number_stays_as_it_is_printed(tmp_path):
    found = against(tmp_path, noisy(RISING, np.random.default_rng(0)), RISING)
    lower = best_so_far(replace(found, scores=found.scores.assign(better="lower")))
    same = best_so_far(found)
    pd.testing.assert_frame_equal(lower.drop(columns="better"), same.drop(columns="better"))
    assert (same.low < same.value)[:4].all() and set(lower.better) == {"lower"}


def test_what_has_no_number_is_counted(tmp_path):
    unscored = [[(1.0, 0.1), (3.0, None)], [(1.0, 0.2), (3.0, 0.3)]]
    rows = best_so_far(against(tmp_path, unscored, unscored)).head(2)
    assert rows.n.tolist() == [2, 1] and rows.unscored.tolist() == [0, 1]
    assert rows.value.tolist() == pytest.approx([0.15, 0.3])


def test_budgets_of_another_unit_end_with_the_largest_total(tmp_path):
    found = against(tmp_path, RISING, [each[:2] for each in RISING], unit="seconds")
    assert budgets(found)[-1] == 4 * 2.5 and len(budgets(found)) == 12 and budgets(found)[0] == pytest.approx(10 / 12)
    first = best_so_far(found).iloc[0]
    assert first.n == 0 and first.unscored == 6 and np.isnan(first.value)  # nothing is drawn by then


def test_the_best_of_normal_draws_gains_what_luck_gives(tmp_path):
    """Random search on a score that is the truth: 1.03 and 1.42 standard deviations at 4 and 8 pictures."""
    random = np.random.default_rng(0)
    samples = [[(number, number) for number in random.normal(size=8).tolist()] for _ in range(200)]
    table = best_so_far(against(tmp_path, samples, samples), at=[1, 4, 8]).head(3)
    assert table.value.tolist() == pytest.approx([expected_best(draws) for draws in (1, 4, 8)], abs=0.12)
    assert (table.low < [0, 1.03, 1.42]).all() and (table.high > [0, 1.03, 1.42]).all()


# ---- cost against quality --------------------------------------------------------------------------------------------


def three(folder, **samples):
    runs, tables = [], []
    for name, each in samples.items():
        run, scores = a_search(folder / name, each, strategy=name)
        runs.append(run), tables.append(scores)
    return arena(*runs, scores=pd.concat(tables, ignore_index=True))


def test_what_costs_more_for_less_is_dominated(tmp_path):
    cheap, dear, worse = [[(1, 0.5)]] * 6, [[(1, 0.5), (2, 0.8)]] * 6, [[(1, 0.5), (2, 0.4)]] * 6
    table = pareto(three(tmp_path, cheap=cheap, dear=dear, worse=worse)).set_index("strategy")
    assert table.dominated_by.to_dict() == {"cheap": "", "dear": "", "worse": "cheap, dear"}
    assert table.cost.to_dict() == {"cheap": 1, "dear": 2, "worse": 2}


def test_what_costs_and_gives_the_same_is_not_dominated(tmp_path):
    table = pareto(three(tmp_path, one=ones([0.1, 0.2, 0.3]), other=ones([0.3, 0.2, 0.1])))  # sums round apart
    assert table.dominated_by.tolist() == ["", ""]


def test_the_front_turns_where_low_is_better(tmp_path):
    found = three(tmp_path, one=ones([0.5] * 6), other=ones([0.4] * 6))
    assert pareto(found).dominated_by.tolist() == ["", "one"]
    lower = pareto(replace(found, scores=found.scores.assign(better="lower")))
    assert lower.dominated_by.tolist() == ["other", ""] and lower.value.tolist() == pytest.approx([0.5, 0.4])


def test_quality_is_over_the_samples_that_all_have_scored(tmp_path):
    table = pareto(three(tmp_path, one=ones([0.5, None, 0.1]), other=ones([0.4, 0.9, 0.2])))
    assert table.n.tolist() == [2, 2] and table.value.tolist() == pytest.approx([0.3, 0.3])


# ---- reward hacking --------------------------------------------------------------------------------------------------

HACKED, WORTH, TRICK = 0.05, -3.0, 4.0  # share of pictures that please the scorer alone, their truth, what they gain
SPREAD = 3.0  # standard deviation between repeated judgings of such a picture; of the others it is 0.2


def landscape(random, samples, draws, k=0.0):
    """(selects, truth) (samples, draws): what pessimism takes off a score is k standard deviations as estimated."""
    truth = random.normal(size=(samples, draws))
    hacked = random.random((samples, draws)) < HACKED
    spread = np.where(hacked, SPREAD, 0.2) * np.sqrt(random.chisquare(3, (samples, draws)) / 3)
    return truth + np.where(hacked, TRICK, 0.0) - k * spread, np.where(hacked, WORTH, truth)


def true_peak(k, draws=24):
    """The budget where the truth of what is kept is best, over very many samples."""
    selects, truth = landscape(np.random.default_rng(9), 60_000, draws, k)
    return 1 + int(np.argmax([held(selects, truth, budget).mean() for budget in range(1, draws + 1)]))


def held(selects, truth, budget):
    return np.take_along_axis(truth, selects[:, :budget].argmax(1)[:, None], 1)


def planted(folder, name, k, samples=150, draws=24):
    selects, truth = landscape(np.random.default_rng(2), samples, draws, k)
    pairs = [list(zip(s, t, strict=True)) for s, t in zip(selects.tolist(), truth.tolist(), strict=True)]
    return a_search(folder / name, pairs, select=name)


@pytest.fixture(scope="module")
def hacked(tmp_path_factory):
    """The same pictures, kept by the plain score and by a pessimistic one."""
    folder = tmp_path_factory.mktemp("hacked")
    made = [planted(folder, name, k) for name, k in (("best", 0.0), ("pessimistic", 1.0))]
    return arena(*(run for run, _ in made), scores=pd.concat([table for _, table in made], ignore_index=True))


def test_a_hacked_score_parts_from_the_truth_at_a_named_budget(hacked):
    row = hacking(hacked).iloc[0]
    assert row.strategy == "eacps (select best)" and row.p < 0.01 and row.selection_gain > 0
    assert row.parts_at == row.best_at and abs(row.parts_at - true_peak(0.0)) <= 2
    assert row.at_last < row.at_best and (row.n, row.persons, row.last) == (150, 150, 24)


def test_pessimism_parts_later(hacked):
    plain, pessimistic = hacking(hacked).itertuples()
    assert (true_peak(0.0), true_peak(1.0)) == (3, 7)
    assert pessimistic.parts_at >= plain.parts_at + 3 and pessimistic.at_last > plain.at_last + 1


def test_the_curves_show_where_they_part(hacked):
    """Selection rises all the way; the truth falls behind the budget that is named."""
    table = best_so_far(hacked)
    curve = table[table.strategy == "eacps (select best)"].set_index("budget")
    assert (curve.selection.diff().dropna() >= 0).all()
    assert curve.value.idxmax() == hacking(hacked).iloc[0].parts_at and curve.value[24.0] < curve.value.max()


def test_a_score_that_is_the_truth_does_not_part(tmp_path):
    random = np.random.default_rng(2)
    honest = [[(number, number) for number in random.normal(size=8).tolist()] for _ in range(40)]
    for row in hacking(against(tmp_path, honest, honest)).itertuples():
        assert np.isnan(row.parts_at) and row.best_at == row.last == 8 and row.p == 1


def test_a_fall_that_chance_gives_is_no_parting(tmp_path):
    """Selection that has nothing to do with the truth: as many partings as the level allows, in 60 tries."""
    random, parted = np.random.default_rng(3), 0
    found = against(tmp_path, [[(place, 0.0) for place in range(6)]] * 10, [[(1, 0.0)]] * 10)
    for _ in range(60):
        table = hacking(replace(found, scores=found.scores.assign(value=random.normal(size=len(found.scores)))))
        parted += not np.isnan(table.parts_at[0])
    assert parted <= 8


def test_a_distance_parts_where_it_rises(hacked):
    turned = hacked.scores.assign(better="lower", value=-hacked.scores.value)
    plain, lower = hacking(hacked), hacking(replace(hacked, scores=turned))
    assert lower.parts_at.tolist()[0] == plain.parts_at.tolist()[0] and lower.p.tolist() == plain.p.tolist()
    assert lower.at_last.tolist() == pytest.approx((-plain.at_last).tolist())


def test_persons_are_the_witnesses_of_a_parting(tmp_path):
    """Forty samples of four persons fall alike: of sixteen ways to turn persons around one is as far."""
    falling = noisy([[(1, 0.9), (2, 0.1)]] * 40, np.random.default_rng(0))
    row = hacking(against(tmp_path, falling, falling, persons=4)).iloc[0]
    assert row.p == 1 / 2**4 and row.persons == 4 and np.isnan(row.parts_at) and row.best_at == 1


def test_a_choice_against_the_score_is_no_hacking(tmp_path):
    """At its end the run kept what scores lower and is worse: the score did not lead it there."""
    planted = Planted(tmp_path / "one", 8)
    for place in range(8):
        planted.sample([(2, 0.9 + place / 100), (1, 0.1)], chosen=2)
    run, scores = a_search(tmp_path / "other", ones([0.5] * 8), strategy="ttflux")
    row = hacking(arena(planted.finish(), run, scores=pd.concat([planted.table, scores]))).iloc[0]
    assert row.best_at == 1 and row.p < 0.01 and row.selection_gain == -1 and np.isnan(row.parts_at)


def test_only_samples_with_every_number_are_followed(tmp_path):
    samples = [[(1, 0.9), (2, 0.1)], [(1, None), (2, 0.5)]]
    row = hacking(against(tmp_path, samples, samples)).iloc[0]
    assert row.n == 1 and row.at_best == 0.9
    nothing = hacking(against(tmp_path / "none", [samples[1]], [samples[1]])).iloc[0]
    assert nothing.n == 0 and np.isnan(nothing.best_at) and np.isnan(nothing.p)


def test_a_loop_has_its_curve_too(tmp_path):
    loop = Planted(tmp_path / "loop", 6, flow="closed_loop", options={})
    for _ in range(6):
        loop.sample([(6.0, 0.1), (9.0, 0.2)], chosen=2, outcome="accepted")
    run, scores = a_search(tmp_path / "one", [each[:2] for each in RISING])
    table = best_so_far(arena(loop.finish(), run, scores=pd.concat([loop.table, scores])))
    curve = table[table.strategy == "closed_loop"]
    assert curve.value.tolist() == pytest.approx([0.1, 0.2]) and curve.selection.is_monotonic_increasing
