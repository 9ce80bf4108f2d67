"""A judge behind an OpenAI-compatible server: a small one on loopback that speaks vLLM's shape, and its bad days."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jsonschema
import pytest
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput, ModelFailed, Refused
from tryon_core.images import from_png
from tryon_core.records import Sample
from tryon_core.rubrics.shipped import RUBRICS

pytest.importorskip("openai", reason="openai is not installed; run make setup")
RUBRIC = RUBRICS["default"]
TIMEOUT_S = 0.4
GOOD = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 9), "findings": []})


class Server(ThreadingHTTPServer):
    """Answers from a script, in turn, the last one for ever; keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.asked = [GOOD], []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        script = self.server.script
        said = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(said, int):
            return self._send(said, {"error": {"message": f"no luck {said}"}})
        if said == "late":
            return time.sleep(3 * TIMEOUT_S)
        if said == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{")
            return self.connection.close()
        given = said if isinstance(said, dict) else {"content": said}
        message = {"role": "assistant", "content": given.get("content"), "refusal": given.get("refusal")}
        choice = {"index": 0, "message": message, "finish_reason": given.get("finish", "stop")}
        answer = {"id": "a", "object": "chat.completion", "created": 0, "model": "m"}
        return self._send(200, {**answer, "choices": [] if given.get("empty") else [choice]})

    def _send(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("retry-after-ms", "10")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    server = Server()
    yield server
    server.shutdown()
    server.server_close()


def judge_at(server, **options):
    return models.load(f"openai:a/model@{server.url}", role="judge", rubric=RUBRIC, **options)


def ask(judge):
    images = {"person": Image.new("RGB", (64, 80)), "garment": Image.new("RGB", (64, 64))}
    return judge(Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80)))


def shown_in(asked):
    """The pictures of a question as they came over the wire."""
    content = asked["messages"][0]["content"]
    urls = [part["image_url"]["url"] for part in content if part["type"] == "image_url"]
    return [from_png(base64.b64decode(url.partition(",")[2])) for url in urls]


def judged(server, *script, **options):
    server.script = list(script) or server.script
    return ask(judge_at(server, **options))


def test_a_reply_becomes_a_judgement(server):
    judgement = judged(server)
    assert {score.score for score in judgement.scores.values()} == {9} and len(server.asked) == 1


def test_the_question_holds_the_rubric_first_then_the_pictures_and_the_schema(server):
    judged(server)
    (asked,) = server.asked
    content = asked["messages"][0]["content"]
    assert [part["type"] for part in content] == ["text", *["image_url"] * 7, "text"]
    assert all(part["image_url"]["url"].startswith("data:image/png;base64,") for part in content[1:-1])
    assert asked["response_format"]["json_schema"]["strict"] and asked["temperature"] == 0
    jsonschema.validate(json.loads(GOOD), asked["response_format"]["json_schema"]["schema"])


def test_a_large_photograph_is_sent_with_at_most_max_pixels_and_its_parts_cut_from_the_whole(server):
    images = {"person": Image.new("RGB", (3000, 4000)), "garment": Image.new("RGB", (64, 64))}
    judge = judge_at(server, max_pixels=120_000)
    judge(Sample(sample_id="a", wish="Wear it.", images=images), Image.new("RGB", (64, 80)))
    person, head, garment, *_ = shown_in(server.asked[0])
    assert (person.size, head.size, garment.size) == ((300, 400), (212, 212), (64, 64))
    assert judge.card.settings["max_pixels"] == 120_000


def test_the_judge_s_server_writes_words_in_a_schema_of_their_own(server):
    server.script = ['{"prompt": "Wear it well."}']
    writer = judge_at(server, max_pixels=120_000).writer
    assert writer("Say it better.", [Image.new("RGB", (3000, 4000))]) == '{"prompt": "Wear it well."}'
    (asked,) = server.asked
    assert [one.size for one in shown_in(asked)] == [(300, 400)]
    assert asked["messages"][0]["content"][-1] == {"type": "text", "text": "Say it better."}
    assert asked["response_format"]["json_schema"]["schema"]["properties"]["prompt"]["maxLength"] == 1200
    assert writer.card.name == f"writer:openai:a/model@{server.url}"


def test_a_writer_that_declines_says_so_and_one_that_is_cut_off_gives_what_there_is(server):
    server.script = [{"content": None, "refusal": "I do not write."}, {"content": '{"prom', "finish": "length"}]
    writer = judge_at(server).writer
    with pytest.raises(Refused, match="I do not write") as caught:
        writer("Say it better.", [])
    assert caught.value.reason == "declined" and writer("Say it better.", []) == '{"prom'


def test_a_server_that_ignores_the_schema_is_asked_once_more_and_told_why(server):
    judgement = judged(server, "Sure! It looks great.", GOOD)
    assert not judgement.unscored and len(server.asked) == 2
    assert "no JSON in the judge's reply" in server.asked[1]["messages"][-1]["content"]


def test_a_reply_that_cannot_be_read_twice_is_unscored_and_both_are_kept(server):
    judgement = judged(server, "Sure!", "It looks great.")
    assert judgement.unscored == RUBRIC.keys and judgement.reply == "Sure!\n---\nIt looks great."
    assert len(server.asked) == 2


def test_a_declined_or_cut_off_reply_is_unscored_with_that_reason(server):
    declined = judged(server, {"content": None, "refusal": "I do not judge people."})
    assert declined.scores["identity"].reason == "the judge declined: I do not judge people."
    cut = judged(server, {"content": GOOD[:40], "finish": "length"})
    assert cut.scores["identity"].reason == "the reply was cut off at 600 tokens" and cut.reply == GOOD[:40]


@pytest.mark.parametrize("trouble", [429, 500, 503, "cut"])
def test_a_busy_or_broken_server_is_asked_again(server, trouble):
    assert not judged(server, trouble, trouble, GOOD).unscored


def test_a_server_that_stays_broken_is_a_failed_call_with_its_own_words(server):
    with pytest.raises(ModelFailed, match="answered 500: .*no luck 500"):
        judged(server, 500, retries=1)
    with pytest.raises(ModelFailed, match="answered 401"):
        judged(server, 401)


def test_a_server_that_answers_too_late_is_asked_again_and_at_last_given_up(server):
    assert not judged(server, "late", GOOD, timeout_s=TIMEOUT_S).unscored and len(server.asked) == 2
    with pytest.raises(ModelFailed, match="cannot be asked .Request timed out.*is the server up"):
        judged(server, "late", timeout_s=TIMEOUT_S, retries=0)


def test_a_server_that_is_not_there_is_told_in_a_sentence():
    judge = models.load("openai:m@http://127.0.0.1:9/v1", role="judge", rubric=RUBRIC, retries=0)
    with pytest.raises(ModelFailed, match="is the server up"):
        ask(judge)


def test_an_answer_without_a_choice_is_told(server):
    with pytest.raises(ModelFailed, match="gave no choice"):
        judged(server, {"empty": True})


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("openai:model", "is called openai:MODEL@http://HOST:PORT/v1"),
        ("openai:m@file:///etc/passwd", "not of that form"),
        ("openai:m@http://me:secret@127.0.0.1/v1", "may hold no user, password or query"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_without_repeating_a_secret(name, sentence):
    with pytest.raises(BadInput, match=sentence) as caught:
        models.load(name, role="judge", rubric=RUBRIC)
    assert "secret" not in str(caught.value)


def test_a_key_is_sent_over_https_or_to_this_machine_only(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    with pytest.raises(BadInput, match="would cross the network unencrypted to example.org"):
        models.load("openai:m@http://example.org/v1", role="judge", rubric=RUBRIC)
    judge = models.load("openai:m@https://example.org/v1", role="judge", rubric=RUBRIC)
    assert "sk-mine" not in judge.card.model_dump_json()
