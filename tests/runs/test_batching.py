import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from doubles import card

from tryon_core.errors import BadInput
from tryon_core.runs.batching import coalesce


class Doubler:
    """Doubles numbers, in batches; breaks on 13."""

    def __init__(self, gate: threading.Event | None = None):
        self.card, self.sizes, self.gate = card("doubler"), [], gate

    def batch(self, calls):
        if self.gate:
            self.gate.wait(5)
        self.sizes.append(len(calls))
        if any(number == 13 for (number,) in calls):
            raise ArithmeticError("13")
        return [2 * number for (number,) in calls]


def test_concurrent_calls_become_batches_and_each_gets_its_own_answer():
    model = Doubler()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(coalesce(model, 4, 0.2), range(8))) == [2 * n for n in range(8)]
    assert max(model.sizes) > 1 and max(model.sizes) <= 4


def test_a_single_call_is_a_batch_of_one_and_does_not_wait_for_company():
    model = Doubler()
    assert coalesce(model, 16, 0.0)(3) == 6 and model.sizes == [1]


def test_an_error_reaches_only_its_caller():
    gate = threading.Event()
    call = coalesce(Doubler(gate), 4, 0.2)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(call, number) for number in (1, 13, 2)]
        gate.set()
        assert answers[0].result() == 2 and answers[2].result() == 4
        with pytest.raises(ArithmeticError):
            answers[1].result()


def test_a_call_reports_its_share_of_the_batch():
    call = coalesce(Doubler(), 2, 0.5)
    with ThreadPoolExecutor(2) as pool:
        shares = [seconds for _, seconds in pool.map(call.timed, (1, 2))]
    assert shares[0] == shares[1]


def test_closing_answers_what_still_waits():
    call = coalesce(Doubler(), 2)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(call, 5)
        assert waiting.result() == 10
        call.close()
    assert not call._worker.is_alive()


def test_a_batch_of_none_is_refused():
    with pytest.raises(BadInput, match="max_batch >= 1"):
        coalesce(Doubler(), 0)
