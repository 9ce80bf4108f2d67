import pytest
from hand_made import Bench, every_outcome, scores

from tryon_core.view.tables import frames, survival
from tryon_core.view.tables.frames import open_run


def curve(run):
    table = frames.survival(frames.attempts(run))
    return [
        tuple(row) for row in table[["attempt", "at_risk", "accepted", "censored", "share"]].itertuples(index=False)
    ]


def test_samples_that_ended_otherwise_leave_the_count_where_they_were_last_judged(tmp_path):
    run = open_run(every_outcome(tmp_path))
    assert curve(run) == [(1, 4, 1, 1, 0.75), (2, 2, 0, 0, 0.75), (3, 2, 1, 0, 0.375), (4, 1, 0, 1, 0.375)]


def test_a_sample_is_followed_to_its_last_judged_attempt(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "not_accepted", scores(realism=5), scores(realism=None))
    followed = survival.followed(frames.attempts(open_run(bench.finish())))
    assert followed.values.tolist() == [["one", 1, False]]


def test_the_interval_holds_the_share(tmp_path):
    table = frames.survival(frames.attempts(open_run(every_outcome(tmp_path))))
    assert ((table.low < table.share) & (table.share < table.high)).all()


def test_there_is_no_interval_where_all_are_accepted(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", scores())
    (only,) = frames.survival(frames.attempts(open_run(bench.finish()))).itertuples()
    assert only.share == 0 and only.low != only.low and only.high != only.high  # missing


@pytest.mark.parametrize("judgement", [None, scores(realism=None)])
def test_where_nothing_was_judged_nobody_is_followed(judgement, tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "running", *[judgement] * (judgement is not None))
    table = frames.survival(frames.attempts(open_run(bench.finish())))
    assert table.empty and table.share.dtype == float
