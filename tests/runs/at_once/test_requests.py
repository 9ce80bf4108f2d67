"""How many requests a sample costs where everything lies in a bucket."""

import json
from collections import Counter

import pytest
from doubles import Lottery, Painter, Scripted, picture, scores

from tryon_core.images import to_png
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.storage import s3

PER_SAMPLE = 10


@pytest.fixture
def counted(bucket, faulty):
    """A bucket with four samples behind a server that notes each request."""
    lines = []
    for number in range(4):
        for role, colour in (("person", (number, 9, 9)), ("garment", (number, 90, 9))):
            s3.put(bucket, f"in/{number}_{role}.png", to_png(picture(colour)))
        pictures = {"person": f"{number}_person.png", "garment": f"{number}_garment.png"}
        lines.append(json.dumps({"sample_id": f"s{number}", **pictures}))
    s3.put(bucket, "in/manifest.jsonl", "\n".join(lines).encode())
    return bucket, faulty


def requests(counted, samples, output, judge):
    bucket, server = counted
    server.requests.clear()
    asked = BatchParameters(source=f"s3://{bucket}/in", output=f"s3://{bucket}/{output}", limit=samples)
    painter = Painter()
    result = run_batch(asked, generator=painter, judge=judge, progress=False)
    assert len(result.records) == samples
    return list(server.requests), painter


def test_a_sample_of_one_attempt_costs_ten_requests_at_most(counted, record_property):
    requests(counted, 1, "before", Scripted(scores()))  # a server's conditional writes are probed once a process
    one, _ = requests(counted, 1, "one", Scripted(scores()))
    four, _ = requests(counted, 4, "four", Scripted(scores()))
    per_sample = (len(four) - len(one)) / 3
    once = len(one) - per_sample
    record_property("told", f"in a bucket a sample of one attempt costs {per_sample:g} requests, a run {once:g}")
    assert per_sample <= PER_SAMPLE, Counter(request.split("/")[0] for request in four)
    assert once <= 25, one


def test_nothing_is_asked_for_twice(counted):
    bucket, _ = counted
    four, _ = requests(counted, 4, "run", Scripted(scores()))
    read = Counter(request for request in four if request.startswith("GET") and "/run/" in request)
    assert not [request for request in read if "pictures/" in request or "calls/" in request or "records/" in request]
    written = Counter(request for request in four if request.startswith("PUT") and "/run/" in request)
    often = {request: times for request, times in written.items() if times > 1}
    assert not [request for request in often if "run.json" not in request and "probe" not in request], often


def test_a_run_that_is_finished_is_looked_at_in_few_requests(counted):
    requests(counted, 4, "run", Lottery())
    again, painter = requests(counted, 4, "run", Lottery())
    assert painter.requests == []
    assert len([request for request in again if "records/" in request]) == 4
    assert not [request for request in again if "pictures/" in request or "calls/" in request]
