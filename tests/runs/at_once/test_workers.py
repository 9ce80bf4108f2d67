"""Work side by side: the order of answers, errors and stops; and a finished item costs the same however many wait."""

import itertools
import sys
import threading
import time

import pytest

from tryon_core.errors import Stopped
from tryon_core.runs.workers import side_by_side

FEW, MANY = 200, 20_000


def work(count, do=lambda item: item, workers=2):
    return side_by_side(do, range(count), workers=workers, stop=threading.Event(), progress=False)


def calls_per_item(count):
    """Functions that Python entered, in this thread and in the workers', for each item: a count, not a clock."""
    work(1)  # what is imported at the first call is not counted
    calls = itertools.count()
    notice = lambda frame, event, argument: next(calls) if event in ("call", "c_call") else None  # noqa: E731
    threading.setprofile(notice)
    sys.setprofile(notice)
    try:
        work(count, lambda item: time.sleep(0.0001))  # so that items end one by one while the others wait
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return next(calls) / count


def test_answers_come_in_the_items_order():
    def do(item):
        time.sleep(0.002 * (item % 3))
        return item * item

    assert work(12, do, workers=4) == [item * item for item in range(12)]
    assert work(0) == []


def test_the_first_error_stops_the_others():
    stop, done = threading.Event(), []

    def do(item):
        if stop.is_set():
            raise Stopped("stopped")
        done.append(item)
        if item == 3:
            raise ZeroDivisionError(item)
        time.sleep(0.01)

    with pytest.raises(ZeroDivisionError, match="3"):
        side_by_side(do, range(1000), workers=2, stop=stop, progress=False)
    assert len(done) < 100


def test_a_stop_says_how_many_were_finished():
    stop = threading.Event()

    def do(item):
        if stop.is_set():
            raise Stopped("stopped")
        if item == 4:
            stop.set()

    with pytest.raises(Stopped, match="stopped after 5 of 40 samples"):
        side_by_side(do, range(40), workers=1, stop=stop, progress=False)


def test_a_finished_item_costs_no_more_where_many_wait():
    few, many = calls_per_item(FEW), calls_per_item(MANY)
    assert many < 1.5 * few, f"{few:.0f} calls per item of {FEW}, {many:.0f} of {MANY}"


@pytest.mark.prove
def test_seconds_per_item_do_not_grow_with_the_queue():
    def cpu_s(count):
        began = time.process_time()
        work(count, lambda item: time.sleep(0.0001))
        return (time.process_time() - began) / count

    few, many = (min(cpu_s(count) for _ in range(5)) for count in (FEW, MANY))
    print(
        f"\nCPU per finished item: {1e6 * few:.0f} us of {FEW}, {1e6 * many:.0f} us of {MANY}: {many / few:.2f} times"
    )
    assert many < 3 * few
