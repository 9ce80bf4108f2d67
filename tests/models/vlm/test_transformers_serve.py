"""`transformers serve` itself on loopback, with toys of Qwen3-VL's own class behind it.

It ignores `response_format` (transformers 5.23 says so in its log), so a reply is whatever the model writes: what a
server that honours the schema answers is in test_openai_api.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from doubles import Painter, picture

pytest.importorskip("transformers", reason="transformers is not installed; run make setup")
pytest.importorskip("openai", reason="openai is not installed; run make setup")
pytest.importorskip("fastapi", reason="fastapi is not installed; run make setup")
pytest.importorskip("uvicorn", reason="uvicorn is not installed; run make setup")
from taught import taught_folder

from tryon_core import models, outages
from tryon_core.errors import ModelFailed
from tryon_core.flows.closed_loop import opening_request
from tryon_core.models.toy import toy_folder
from tryon_core.models.vlm.openai.openai_server import Server
from tryon_core.models.vlm.serving.served_judge import ServedJudge
from tryon_core.models.vlm.serving.server_replies import ServerReply
from tryon_core.outages import Limits
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.sources import open_source

RUBRIC = RUBRICS["default"]
PROSE, NEVER = "Sure! It looks great.", "I cannot say."
GOOD = json.dumps({"scores": dict.fromkeys(RUBRIC.keys, 9), "findings": []})
QUESTION, BETTER = "Say it better: wear it.", '{"prompt": "Wear it well."}'
LAUNCH = (  # what `transformers serve` runs; without torchvision it can only load Qwen's processors without video
    "import transformers; from tryon_core.models.vlm.qwen_processor import qwen_processor; "
    "transformers.Qwen3VLProcessor.get_attributes = qwen_processor().get_attributes; "
    "from transformers.cli.transformers import main; main()"
)
READY_S = 60


class Noted(Server):
    """In place of a server: answers from a script and keeps what it was asked and what it answered."""

    def __init__(self, *script):
        super().__init__(client=None, model="m", called="m", max_tokens=900)
        self.__dict__.update(script=list(script), dialogues=[])

    def ask(self, messages, answer):
        self.dialogues.append((messages, self.script.pop(0)))
        return ServerReply(self.dialogues[-1][1])


class Heard:
    """A server that keeps what it answered."""

    def __init__(self, server):
        self.server, self.max_tokens, self.answers = server, server.max_tokens, []
        self.turn, self.schema, self.corners = server.turn, server.schema, server.corners

    def ask(self, messages, answer):
        self.answers.append(self.server.ask(messages, answer))
        return self.answers[-1]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The URL of a server in a process group of its own; it loads the model a request names."""
    home = tmp_path_factory.mktemp("serve")
    (home / "hub").mkdir()  # it lists this folder
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *arguments], env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}/health", process, home / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_ready(url, process, log):
    deadline = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"transformers serve was not up within {READY_S} s:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def asked(manifest):
    """A sample of a manifest, and the picture that a run of it judges first."""
    source = open_source(manifest, limit=1)
    sample = source.load(source.listing().lines[0])
    return sample, Painter()(opening_request(sample))


@pytest.fixture(scope="module")
def taught(tmp_path_factory, asked):
    """A model that answers in prose first and in JSON when it is asked again; of a white picture in prose again."""
    card = models.load("openai:m@http://127.0.0.1:9/v1", role="judge").card
    server = Noted(PROSE, GOOD, PROSE, NEVER, BETTER)
    judge = ServedJudge(server, card, RUBRIC)
    judge(*asked)
    judge(asked[0], picture("white"))
    judge.writer(QUESTION, [picture("red")])
    return taught_folder(tmp_path_factory.mktemp("taught") / "qwen3-vl", server.dialogues)


def judge_at(url, folder):
    judge = models.load(f"openai:{folder}@{url}", role="judge", rubric=RUBRIC)
    judge.server = Heard(judge.server)
    return judge


def test_prose_is_repaired_by_the_server(served, taught, asked):
    judge = judge_at(served, taught)
    judgement = judge(*asked)
    assert [reply.text for reply in judge.server.answers] == [PROSE, GOOD]
    assert all(reply.tokens.total > 100 and not reply.cut_off for reply in judge.server.answers)
    assert {key: score.score for key, score in judgement.scores.items()} == dict.fromkeys(RUBRIC.keys, 9)


def test_prose_twice_is_kept_unscored(served, taught, asked):
    judgement = judge_at(served, taught)(asked[0], picture("white"))
    assert judgement.unscored == RUBRIC.keys and judgement.reply == f"{PROSE}\n---\n{NEVER}"
    assert "asked again: no JSON in the judge's reply" in judgement.scores["identity"].reason


def test_random_weights_write_no_json_there(served, asked):
    judge = judge_at(served, toy_folder("qwen3-vl"))
    judgement = judge(*asked)
    (reply,) = judge.server.answers
    assert judgement.unscored == RUBRIC.keys and judgement.reply == reply.text and len(reply.text) > 100
    assert reply.cut_off and judgement.scores["identity"].reason == "the reply was cut off at 900 tokens"


@pytest.fixture
def short_outages():
    before = outages.limits()
    outages.use(Limits(first_s=0.1, later_s=0.1))
    yield
    outages.use(before)


@pytest.mark.usefixtures("short_outages")
def test_a_real_server_is_checked(served, taught, tmp_path):
    assert models.load(f"openai:{taught}@{served}", role="judge", rubric=RUBRIC).check_ready() is None
    with pytest.raises(ModelFailed, match=r"answered \d+"):
        models.load(f"openai:{tmp_path}@{served}", role="judge", rubric=RUBRIC).check_ready()


def test_a_batch_is_judged_by_name(served, taught, manifest, tmp_path):
    options = {"revision": "taught", "price_per_million_tokens": 2}
    models = {"judge": {"name": f"openai:{taught}@{served}", "options": options}}
    parameters = BatchParameters.checked(source=str(manifest), output=str(tmp_path), models=models, limit=1)
    (record,) = run_batch(parameters, generator=Painter(), progress=False).records
    assert (record.outcome, record.chosen, len(record.attempts)) == ("accepted", 1, 1)
    assert record.attempts[0].judgement.scores["realism"].score == 9
    spent = record.spent["judge"]
    assert spent.tokens > 1000 and spent.money == pytest.approx(2e-6 * spent.tokens)


def test_a_served_model_writes_as_taught(served, taught):
    assert judge_at(served, taught).writer(QUESTION, [picture("red")]) == BETTER
