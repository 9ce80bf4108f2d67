"""Calls of many threads become batches; how near that comes to the ideal schedule is measured under `-m prove`."""

import pytest

from tryon_core.images import digest
from tryon_core.speed import scheduling as measured
from tryon_core.speed.scheduling import CASES, GENERATOR_BATCH, JUDGE_BATCH, ideal_s, in_words, scheduling


def test_every_call_is_answered_to_its_caller_in_batches_within_their_limits():
    done = scheduling(samples=8, iterations=3, scale=0.002)
    attempts = [(record.line.wish, attempt) for record in done.records for attempt in record.attempts]
    assert [record.line.wish for record in done.records] == [f"wish {n}" for n in range(8)]
    for wish, attempt in attempts:
        assert attempt.picture == digest(measured.drawn(attempt.request))
        assert attempt.judgement.scores["identity"].finding == f"{wish} {attempt.picture}"
    assert sum(done.draws) == sum(done.judgements) == len(attempts) == 24
    assert 1 < max(done.draws) <= GENERATOR_BATCH and 1 < max(done.judgements) <= JUDGE_BATCH


@pytest.mark.parametrize(
    ("samples", "iterations", "judge_batch", "ideal"),
    [(16, 4, 16, 68), (1, 4, 16, 20), (4, 1, 1, 17)],
    ids=["the generator bounds", "a sample's own turns bound", "the judge bounds"],
)
def test_the_ideal_is_the_largest_of_three_bounds(samples, iterations, judge_batch, ideal):
    assert ideal_s(samples, iterations, judge_batch) == ideal


def test_a_slow_place_keeps_a_sample_s_own_thread_and_not_what_draws_for_others():
    """Keeping a picture takes ten times as long as drawing it: eight samples wait for that side by side."""
    alone, eight = (scheduling(samples, 1, scale=0.01, storing_s=10.0).seconds for samples in (1, 8))
    assert eight < 3 * alone


@pytest.mark.prove
@pytest.mark.parametrize(("samples", "scale", "storing_s"), CASES)
def test_batching_reaches_nine_tenths_of_the_ideal_schedule(samples, scale, storing_s):
    done = [scheduling(samples, scale=scale, storing_s=storing_s) for _ in range(3)]
    best = max(done, key=lambda one: one.share)  # a busy machine only takes away
    print(f"\n{in_words(best, storing_s)}")
    assert best.share >= 0.9
