"""Waiting through an outage: as long as the server deserves, said once, ended by a stop."""

import logging
import threading
import time

import pytest

from tryon_core import outages
from tryon_core.errors import Stopped
from tryon_core.outages import Limits, Passing, waited, waited_through


@pytest.fixture(autouse=True)
def limits():
    """Short ones, and a server that nobody has asked; what held before holds again afterwards."""
    before = outages.limits()
    outages.forget("it")
    yield lambda **given: outages.use(Limits(**{"first_s": 0.3, "later_s": 5.0, **given}))
    outages.use(before)
    outages.forget("it")


def failing(times, then="answer", error=ConnectionResetError):
    asked = []

    def ask():
        asked.append(time.monotonic())
        if len(asked) <= times:
            raise error("no")
        return then

    ask.asked = asked
    return ask


def passing(error):
    return Passing("was reset") if isinstance(error, ConnectionError) else None


def test_a_short_outage_ends_in_the_answer(limits):
    limits()
    ask = failing(2)
    assert waited_through("it", ask, passing) == "answer"
    assert len(ask.asked) == 3


def test_what_stays_is_raised_at_once(limits):
    limits()
    ask = failing(9, error=ValueError)
    with pytest.raises(ValueError, match="no") as raised:
        waited_through("it", ask, passing)
    assert len(ask.asked) == 1 and waited(raised.value) == ""


def test_a_server_never_seen_is_waited_for_briefly(limits):
    limits()
    started = time.monotonic()
    with pytest.raises(ConnectionResetError) as raised:
        waited_through("it", failing(10**6), passing)
    assert 0.25 < time.monotonic() - started < 3
    assert waited(raised.value).startswith(" (tried ")


def test_one_that_answered_is_waited_for_longer(limits):
    limits(later_s=1.5)
    waited_through("it", failing(0), passing)
    started = time.monotonic()
    with pytest.raises(ConnectionResetError):
        waited_through("it", failing(10**6), passing)
    assert time.monotonic() - started > 1.3


def test_no_waiting_where_none_is_wanted(limits):
    limits(later_s=0)
    ask = failing(9)
    with pytest.raises(ConnectionResetError):
        waited_through("it", ask, passing)
    assert len(ask.asked) == 1


def test_a_stop_ends_the_waiting(limits):
    stop = threading.Event()
    limits(first_s=60, stop=stop)
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Stopped):
        waited_through("it", failing(10**6), passing)
    assert time.monotonic() - started < 5


def test_a_long_outage_is_said_once(limits, monkeypatch, caplog):
    limits()
    monkeypatch.setattr(outages, "QUIET_S", 0.2)
    waited_through("it", failing(0), passing)
    with caplog.at_level(logging.WARNING):
        waited_through("it", failing(4), passing)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert said[0] == "it: was reset; waiting for it, for at most 5 s" and "answers again after" in said[1]


def test_a_server_that_names_a_time_is_left_alone(limits):
    limits()
    waited_through("it", failing(0), passing)
    ask = failing(1)
    waited_through("it", ask, lambda error: Passing("is busy", after_s=0.7))
    assert ask.asked[1] - ask.asked[0] >= 0.7


def test_a_time_beyond_the_limit_is_not_waited_for(limits):
    limits()
    ask = failing(1)
    with pytest.raises(ConnectionResetError):
        waited_through("it", ask, lambda error: Passing("is busy", after_s=3600))
    assert len(ask.asked) == 1


def test_a_call_of_its_own_trouble_gives_up(limits, monkeypatch):
    limits(later_s=3600)
    monkeypatch.setattr(outages, "OWN_TRIES", 3)
    monkeypatch.setattr(outages, "OWN_S", 0.0)

    def ask():
        waited_through("it", failing(0), passing)  # others are answered meanwhile
        raise ConnectionResetError("this one breaks it")

    with pytest.raises(ConnectionResetError):
        waited_through("it", ask, passing)
