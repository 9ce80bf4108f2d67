from dataclasses import replace

import pytest
from hand_made import DEFAULT, Bench, every_outcome, scores

from tryon_core.rubrics.rules import Rule
from tryon_core.stats import wilson
from tryon_core.view.tables import frames, survival
from tryon_core.view.tables.frames import open_run


def curve(run):
    table = frames.survival(frames.attempts(run))
    columns = ["attempt", "at_risk", "accepted", "ended", "censored", "share"]
    return [tuple(row) for row in table[columns].round(3).itertuples(index=False)]


def test_survival_is_what_acceptance_leaves_where_all_have_ended(tmp_path):
    run = open_run(every_outcome(tmp_path))
    assert curve(run) == [
        (1, 3, 1, 0, 0, 0.667),
        (2, 2, 0, 0, 0, 0.667),
        (3, 2, 1, 0, 0, 0.333),
        (4, 1, 0, 1, 0, 0.333),
    ]
    last, rate = frames.survival(frames.attempts(run)).iloc[-1], frames.totals(run).acceptance
    assert (last.share, last.low, last.high) == pytest.approx((1 - rate.share, 1 - rate.high, 1 - rate.low))


def test_what_was_given_up_stays_not_accepted_and_what_still_runs_is_censored(tmp_path):
    """136 of 300 accepted is 55 % not accepted, whatever was given up before (Kaplan-Meier said 30 %)."""
    bench = Bench(tmp_path, rubric=replace(DEFAULT, rule=Rule(on_critical="stop")))
    for number in range(8):
        bench.sample(f"given-up-{number}", "stopped", scores(identity=1))
        bench.sample(f"accepted-{number}", "accepted", scores(realism=5), scores())
    bench.sample("running", "running", scores(realism=5))
    run = open_run(bench.finish())
    assert curve(run) == [(1, 17, 0, 8, 1, 1.0), (2, 8, 8, 0, 0, 0.471)]  # 9 of 17 went on, all of those were accepted


def test_a_sample_is_followed_to_its_last_judged_attempt(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "not_accepted", scores(realism=5), scores(realism=None))
    followed = survival.followed(frames.attempts(open_run(bench.finish())))
    assert followed[["sample_id", "attempt", "end"]].values.tolist() == [["one", 1, "ended"]]


def test_the_interval_holds_the_share(tmp_path):
    table = frames.survival(frames.attempts(open_run(every_outcome(tmp_path))))
    assert ((table.low < table.share) & (table.share < table.high)).all()


def test_where_all_are_accepted_the_interval_is_that_of_the_count(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", scores())
    (only,) = frames.survival(frames.attempts(open_run(bench.finish()))).itertuples()
    assert only.share == only.low == 0 and only.high == pytest.approx(1 - wilson(1, 1).low)


def test_samples_of_few_persons_have_no_interval(tmp_path):
    bench = Bench(tmp_path)
    for number in range(8):
        bench.sample(f"s{number}", "accepted", scores(), person_id=number % 4)
    (only,) = frames.survival(frames.attempts(open_run(bench.finish()))).itertuples()
    assert only.share == 0 and only.high != only.high  # missing


@pytest.mark.parametrize("judgement", [None, scores(realism=None)])
def test_where_nothing_was_judged_nobody_is_followed(judgement, tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "running", *[judgement] * (judgement is not None))
    table = frames.survival(frames.attempts(open_run(bench.finish())))
    assert table.empty and table.share.dtype == float
