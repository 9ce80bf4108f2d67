"""Calls of many threads become batches; how near that comes to the ideal schedule is measured under `-m prove`."""

import pytest

from tryon_core.speed.scheduling import GENERATOR_BATCH, JUDGE_BATCH, ideal_s, in_words, scheduling


def test_every_call_is_answered_to_its_caller_in_batches_within_their_limits():
    done = scheduling(samples=8, iterations=3, scale=0.002)
    assert done.answers == [[(row, number) for number in range(3)] for row in range(8)]
    assert sum(done.draws) == sum(done.judgements) == 24
    assert 1 < max(done.draws) <= GENERATOR_BATCH and 1 < max(done.judgements) <= JUDGE_BATCH


@pytest.mark.parametrize(
    ("samples", "iterations", "judge_batch", "ideal"),
    [(16, 4, 16, 68), (1, 4, 16, 20), (4, 1, 1, 17)],
    ids=["the generator bounds", "a sample's own turns bound", "the judge bounds"],
)
def test_the_ideal_is_the_largest_of_three_bounds(samples, iterations, judge_batch, ideal):
    assert ideal_s(samples, iterations, judge_batch) == ideal


@pytest.mark.prove
@pytest.mark.parametrize("samples", [8, 16, 32])
def test_batching_reaches_nine_tenths_of_the_ideal_schedule(samples):
    done = [scheduling(samples) for _ in range(3)]
    best = max(done, key=lambda one: one.share)  # a busy machine only takes away
    print(f"\n{samples} samples: {in_words(best)}")
    assert best.share >= 0.9
