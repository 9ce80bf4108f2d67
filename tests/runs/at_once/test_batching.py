import threading
from asyncio import CancelledError
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from doubles import card

from tryon_core.errors import BadInput, Refused
from tryon_core.runs.batching import Batched, Worker


class Doubler:
    """Doubles numbers, in batches; breaks on 13."""

    def __init__(self, gate: threading.Event | None = None, wait_s: float = 5):
        self.card, self.sizes, self.gate, self.wait_s = card("doubler"), [], gate, wait_s

    def batch(self, calls):
        if self.gate:
            self.gate.wait(self.wait_s)
        self.sizes.append(len(calls))
        if any(number == 13 for (number,) in calls):
            raise ArithmeticError("13")
        return [2 * number for (number,) in calls]


@contextmanager
def working(model, max_batch, linger_s=0.02):
    worker = Worker("doubler", linger_s)
    try:
        yield lambda number: Batched(model, worker, max_batch).submit_all([(number,)])[0].result(10)
    finally:
        worker.close()


def test_concurrent_calls_become_batches():
    model, worker = Doubler(), Worker("doubler", 0.2)
    batched = Batched(model, worker, 4)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: batched.submit_all([(number,)])[0].result(10).value, range(8)))
    worker.close()
    assert answers == [2 * n for n in range(8)] and 1 < max(model.sizes) <= 4


def test_calls_handed_over_together_are_one_batch():
    model, worker = Doubler(), Worker("doubler", 0.0)
    futures = Batched(model, worker, 8).submit_all([(n,) for n in range(8)])
    assert [future.result(10).value for future in futures] == [0, 2, 4, 6, 8, 10, 12, 14] and model.sizes == [8]
    worker.close()


def test_a_single_call_waits_for_nobody():
    model = Doubler()
    with working(model, 16, 0.0) as call:
        assert call(3).value == 6 and model.sizes == [1]


def test_an_error_reaches_only_its_caller():
    worker = Worker("doubler", 0.2)
    futures = Batched(Doubler(), worker, 4).submit_all([(1,), (13,), (2,)])
    assert futures[0].result(10).value == 2 and futures[2].result(10).value == 4
    with pytest.raises(ArithmeticError):
        futures[1].result(10)
    worker.close()


def test_a_refusal_in_place_of_an_answer_costs_no_other_call():
    class Choosy(Doubler):
        def batch(self, calls):
            self.sizes.append(len(calls))
            return [Refused("odd", "odd") if number % 2 else 2 * number for (number,) in calls]

    worker, model = Worker("choosy", 0.2), Choosy()
    futures = Batched(model, worker, 4).submit_all([(2,), (3,), (4,)])
    assert [futures[0].result(10).value, futures[2].result(10).value] == [4, 8] and model.sizes == [3]
    with pytest.raises(Refused):
        futures[1].result(10)
    worker.close()


def test_each_answer_carries_its_own_share():
    worker = Worker("doubler", 0.0)
    answers = [one.result(10) for one in Batched(Doubler(threading.Event(), 0.6), worker, 2).submit_all([(1,), (2,)])]
    assert answers[0].spent == answers[1].spent and answers[0].spent.calls == 1
    assert 0.25 < answers[0].spent.seconds < 0.6  # of 0.6 seconds together, half each
    worker.close()


def test_members_of_a_family_take_turns():
    """Two models with one worker: each batch holds calls of one model, and no two run at the same time."""
    running, most = [], []

    class Alone(Doubler):
        def batch(self, calls):
            running.append(self)
            most.append(len(running))
            answers = super().batch(calls)
            running.remove(self)
            return answers

    worker, first, second = Worker("family", 0.0), Alone(), Alone()
    futures = [future for model in (first, second) * 3 for future in Batched(model, worker, 2).submit_all([(1,), (2,)])]
    assert [future.result(10).value for future in futures] == [2, 4] * 6
    worker.close()
    assert max(most) == 1 and sum(first.sizes) == sum(second.sizes) == 6


def test_closing_answers_what_still_waits():
    worker = Worker("doubler")
    waiting = Batched(Doubler(), worker, 2).submit_all([(5,)])
    worker.close()
    assert waiting[0].result(0).value == 10 and not worker._thread.is_alive()


@pytest.mark.parametrize("max_batch", [0, -1])
def test_a_batch_of_none_is_refused(max_batch):
    worker = Worker("doubler")
    with pytest.raises(BadInput, match="max_batch of doubler must be 1 or more"):
        Batched(Doubler(), worker, max_batch)
    worker.close()


@pytest.mark.parametrize("error", [SystemExit(3), CancelledError()])
def test_a_library_that_ends_itself_does_not_end_the_worker(error):
    class Ending(Doubler):
        def batch(self, calls):
            if calls[0] == (13,):
                raise error
            return super().batch(calls)

    with working(Ending(), 2) as call:
        with pytest.raises(RuntimeError, match=type(error).__name__):
            call(13)
        assert call(3).value == 6
