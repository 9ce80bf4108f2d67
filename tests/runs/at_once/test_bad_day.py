"""A run over a bucket on a bad day ends as on a good one, in one run."""

import json
import threading
import time

import pytest
from doubles import Lottery, Painter, picture
from faulty_s3 import MIXED
from mortal import contents

from tryon_core.errors import Stopped, StorageError
from tryon_core.images import to_png
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.storage import s3, s3_asking
from tryon_core.storage.store import open_store

SAMPLES = 6


@pytest.fixture
def place(bucket, monkeypatch):
    """A bucket with samples; what stalls is given up after a second."""
    monkeypatch.setattr(s3_asking, "ANSWER_S", 1.0)
    lines = []
    for number in range(SAMPLES):
        for role, colour in (("person", (number, 9, 9)), ("garment", (number % 2, 90, 9))):
            s3.put(bucket, f"in/{number}_{role}.png", to_png(picture(colour)))
        pictures = {"person": f"{number}_person.png", "garment": f"{number}_garment.png"}
        lines.append(json.dumps({"sample_id": f"s{number}", **pictures}))
    s3.put(bucket, "in/manifest.jsonl", "\n".join(lines).encode())
    return bucket


def batch(bucket, output, painter=None, **given):
    parameters = BatchParameters(source=f"s3://{bucket}/in", output=f"s3://{bucket}/{output}", **given)
    return run_batch(parameters, generator=painter or Painter(), judge=Lottery(), progress=False)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.prove) for seed in (1, 2))])
def test_a_fifth_of_the_requests_may_go_wrong(place, faulty, seed, record_property):
    undisturbed = batch(place, "good")
    faulty.requests.clear()
    faulty.spoil(0.2, seed)
    painter = Painter()
    disturbed = batch(place, "bad", painter)
    faulty.share = 0.0
    befallen = {fault: count for fault, count in faulty.befallen.items() if fault}
    record_property(
        "told", f"a bad day in a bucket: {sum(befallen.values())} of {len(faulty.requests)} requests spoiled"
    )
    assert len(befallen) >= len(MIXED) - 2, befallen
    assert [record.outcome for record in disturbed.records] == [record.outcome for record in undisturbed.records]
    good, bad = (contents(open_store(f"s3://{place}/{name}")) for name in ("good", "bad"))
    assert bad == good
    assert disturbed.metrics.status == "ok" and len(painter.requests) == disturbed.metrics.spent["generator"].calls


@pytest.mark.parametrize("kind", [kind for kind in MIXED if kind != "stall"])  # which takes long
def test_a_fifth_of_each_kind_alone(place, faulty, kind):
    undisturbed = batch(place, "good", limit=2)
    faulty.spoil(0.2, 7, (kind,))
    disturbed = batch(place, "bad", limit=2)
    faulty.share = 0.0
    assert disturbed.records == undisturbed.records and faulty.befallen[kind] > 0
    good, bad = (contents(open_store(f"s3://{place}/{name}")) for name in ("good", "bad"))
    assert bad == good


def test_an_outage_in_the_middle_is_waited_through(place, faulty, caplog):
    """The server is gone for three seconds while samples are drawn."""
    undisturbed = batch(place, "good")

    def goes_away(_):
        if not away.is_set():
            away.set()
            faulty.spoil(1.0, 0, ("reset",))
            threading.Timer(3.0, lambda: faulty.spoil(0.0, 0)).start()

    away = threading.Event()
    disturbed = batch(place, "bad", Painter(before=goes_away))
    assert disturbed.records == undisturbed.records
    said = [record.getMessage() for record in caplog.records if record.name == "tryon_core.outages"]
    assert "waiting for it, for at most 300 s" in said[0] and "answers again after" in said[-1] and len(said) == 2


def test_after_a_stopped_run_outages_are_waited_through_again(place, faulty):
    def stopped(_):
        raise Stopped("enough")

    with pytest.raises(Stopped):
        batch(place, "stopped", Painter(before=stopped))
    faulty.faults = ["reset"]
    assert s3.get(place, "in/manifest.jsonl")


def test_an_outage_beyond_the_limit_ends_the_run_and_nothing_is_lost(place, faulty):
    drawn = []

    def goes_away(request):
        drawn.append(request)
        if len(drawn) == 3:
            faulty.spoil(1.0, 0, ("reset",))

    started = time.monotonic()
    with pytest.raises(StorageError, match=r"does not answer.*\(tried \d+ times in \d+ s\)"):
        batch(place, "bad", Painter(before=goes_away), run={"workers": 1, "outage_s": 1.0})
    assert time.monotonic() - started < 20
    faulty.spoil(0.0, 0)
    painter = Painter()
    result = batch(place, "bad", painter)
    assert result.metrics.status == "ok" and painter.requests
    assert contents(open_store(f"s3://{place}/bad")) == contents(open_store(batch(place, "good").url))
