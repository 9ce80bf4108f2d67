"""A run whose judge is a server: what befalls the server changes no answer, and one that is none is found out first."""

import hashlib
import json
import random
import threading

import pytest
from doubles import Painter
from mortal import contents
from raw_server import RawServer

from tryon_core import outages
from tryon_core.errors import NoAnswers
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.storage.store import FolderStore

KEYS = ("garment_swap", "identity", "body_and_pose", "garment_structure", "garment_appearance", "scene_kept", "realism")


def http(body, status="200 OK", kind="application/json", more=""):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    )
    return head.encode() + body


def completion(request):
    """Scores that follow from the question alone, as of a model at temperature 0."""
    if request.startswith("GET"):
        return http({"object": "list", "data": [{"id": "m"}]})
    drawn = hashlib.sha256(request.partition("\r\n\r\n")[2].encode()).digest()
    scores = {key: 3 + drawn[i] % 8 for i, key in enumerate(KEYS)}
    text = json.dumps({"scores": scores, "findings": []})
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return http({"id": "a", "object": "chat.completion", "model": "m", "choices": [choice]})


FAULTS = {
    "500": lambda whole: http({"error": {"message": "no"}}, "500 Internal Server Error"),
    "503 page": lambda whole: http(b"<html>busy</html>", "503 Service Unavailable", "text/html"),
    "429": lambda whole: http({"error": {"message": "slow down"}}, "429 Too Many Requests", more="Retry-After: 0\r\n"),
    "reset": lambda whole: b"",
    "cut": lambda whole: whole[: len(whole) // 2],
    "stall": lambda whole: [1.2, whole],
}


@pytest.fixture
def flaky(request):
    """A judge's server; `share` of its answers are spoiled, by lot."""
    chance, guard, befallen = random.Random(3), threading.Lock(), []

    def answer(asked):
        with guard:
            fault = chance.choice(list(FAULTS)) if chance.random() < server.share else ""
            befallen.append(fault)
        return FAULTS[fault](completion(asked)) if fault else completion(asked)

    server = RawServer(answer)
    server.share, server.befallen = 0.0, befallen
    yield server
    server.close()


def batch(manifest, output, url, painter=None, **given):
    options = {"timeout_s": 1.0}
    models = {"judge": {"name": f"openai:m@{url}", "options": options}}
    parameters = BatchParameters.checked(source=str(manifest), output=str(output), models=models, **given)
    return run_batch(parameters, generator=painter or Painter(), progress=False)


def test_a_fifth_of_a_judge_s_answers_may_go_wrong(manifest, tmp_path, flaky):
    good = batch(manifest, tmp_path / "good", flaky.url)
    flaky.share = 0.2
    bad = batch(manifest, tmp_path / "bad", flaky.url)
    assert len(set(flaky.befallen) - {""}) >= 3 and bad.metrics.status == "ok"
    assert [record.outcome for record in bad.records] == [record.outcome for record in good.records]
    judged = [[step.judgement for step in record.steps] for record in bad.records]
    assert judged == [[step.judgement for step in record.steps] for record in good.records]
    assert contents(FolderStore(tmp_path / "bad")).keys() == contents(FolderStore(tmp_path / "good")).keys()


def test_a_restart_of_the_judge_is_waited_through(manifest, tmp_path, flaky):
    good = batch(manifest, tmp_path / "good", flaky.url)

    def goes_away(_):
        if not away.is_set():
            away.set()
            flaky.share = 1.0
            threading.Timer(2.5, lambda: setattr(flaky, "share", 0.0)).start()

    away = threading.Event()
    bad = batch(manifest, tmp_path / "bad", flaky.url, Painter(before=goes_away))
    assert [record.outcome for record in bad.records] == [record.outcome for record in good.records]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "cannot be asked"),
        (http(b"<html>Welcome</html>", kind="text/html"), "127.0.0.1"),
        (http({"error": {"message": "no such page"}}, "404 Not Found"), "127.0.0.1"),
        (http({"error": {"message": "Incorrect API key provided"}}, "401 Unauthorized"), "401"),
    ],
    ids=["nobody there", "a web page", "a wrong path", "a wrong key"],
)
def test_a_judge_that_is_none_is_found_before_anything_is_drawn(manifest, tmp_path, answer, why):
    server = RawServer(answer or b"")
    if answer is None:
        server.close()
    painter = Painter()
    with pytest.raises(NoAnswers, match=why) as raised:
        batch(manifest, tmp_path, server.url, painter, run={"outage_s": 0.3})
    outages.forget(server.url)
    server.close()
    assert painter.requests == [] and server.url in str(raised.value)
    assert json.loads((tmp_path / "metrics.json").read_text())["status"] == "bad_job"


def test_a_misnamed_model_suggests_the_nearest(manifest, tmp_path, flaky):
    models = {"judge": f"openai:n@{flaky.url}"}
    parameters = BatchParameters.checked(source=str(manifest), output=str(tmp_path), models=models)
    painter = Painter()
    with pytest.raises(NoAnswers, match="is called 'n'.*Known: m"):
        run_batch(parameters, generator=painter, progress=False)
    assert painter.requests == []
