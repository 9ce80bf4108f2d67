"""The one cache: its budget, its order, and one making per key at a time."""

import threading
import time

import pytest

from tryon_core.models.device.shelf import Shelf


def asked_together(ask, count):
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(count)]
    [thread.start() for thread in threads]
    [thread.join(10) for thread in threads]


def test_by_default_values_are_counted():
    shelf = Shelf(2)
    for key in "abac":  # b was used longest ago when c comes
        shelf.get(key, lambda: None)
    assert ("a" in shelf, "b" in shelf, "c" in shelf) == (True, False, True) and shelf.held == 2
    assert (shelf.hits, shelf.misses) == (1, 3)


def test_a_failed_making_keeps_nothing():
    shelf = Shelf(1)
    with pytest.raises(ZeroDivisionError):
        shelf.get("a", lambda: 1 / 0)
    assert shelf.get("a", lambda: "made") == "made" and not shelf._turns


def test_threads_make_one_key_once():
    shelf, made, answers = Shelf(1), [], []
    make = lambda: made.append(time.sleep(0.05)) or object()  # noqa: E731
    asked_together(lambda number: answers.append(shelf.get("a", make)), 8)
    assert len(made) == 1 and len(answers) == 8 and len(set(map(id, answers))) == 1


def test_different_keys_are_made_at_once():
    shelf, met = Shelf(2), threading.Barrier(2, timeout=10)
    asked_together(lambda number: shelf.get(number, met.wait), 2)  # each making waits for the other's
    assert 0 in shelf and 1 in shelf and not met.broken


def test_a_failing_key_is_made_in_turn():
    shelf, at_work, most, failed = Shelf(1), [], [], []

    def make():
        at_work.append(1)
        most.append(len(at_work))
        time.sleep(0.02)
        at_work.pop()
        raise ValueError

    def ask(number):
        try:
            shelf.get("a", make)
        except ValueError:
            failed.append(number)

    asked_together(ask, 5)
    assert max(most) == 1 and len(failed) == 5 and not shelf._turns
