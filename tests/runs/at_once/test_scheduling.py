"""Calls of many threads become batches; how near that comes to the ideal schedule is measured under `-m prove`."""

import threading

import pytest

from tryon_core.images import digest
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters, RunOptions
from tryon_core.speed import scheduling as measured
from tryon_core.speed.scheduling import CASES, GENERATOR_BATCH, JUDGE_BATCH, Waiting, ideal_s, in_words, scheduling
from tryon_core.storage.store import FolderStore


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


def test_a_slow_place_keeps_a_sample_s_own_thread_and_not_what_draws_for_others(manifest, tmp_path):
    """One picture at a time is drawn, and the first to be kept waits until all are drawn."""
    drawn, all_drawn = [], threading.Event()

    def draw(request):
        drawn.append(request)
        if len(drawn) == 4:
            all_drawn.set()
        return measured.drawn(request.record())

    class Patient(FolderStore):
        def create(self, key, data):
            assert not key.startswith("calls/") or all_drawn.wait(30), "keeping an answer held the drawing up"
            return super().create(key, data)

    asked = BatchParameters(source=str(manifest), max_iterations=1, run=RunOptions(max_batch=1, workers=4))
    models = {"generator": Waiting("draws", draw, 0, 0), "judge": Waiting("judges", measured.judged, 0, 0)}
    done = run_batch(asked, store=Patient(tmp_path), progress=False, **models)
    assert len(drawn) == 4 and all(record.attempts for record in done.records)


@pytest.mark.prove
@pytest.mark.parametrize(("samples", "scale", "storing_s"), CASES)
def test_batching_reaches_nine_tenths_of_the_ideal_schedule(samples, scale, storing_s):
    done = [scheduling(samples, scale=scale, storing_s=storing_s) for _ in range(3)]
    best = max(done, key=lambda one: one.share)  # a busy machine only takes away
    print(f"\n{in_words(best, storing_s)}")
    assert best.share >= 0.9
