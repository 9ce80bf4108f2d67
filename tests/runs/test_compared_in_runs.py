"""Verifiers and comparers behind a journal: each question is paid for once, and kept with what was said."""

import json

import pytest
from doubles import Lottery, a_sample, picture
from fake_openai import FakeOpenAI

pytest.importorskip("openai", reason="openai is not installed; run make setup")
from tryon_core import models
from tryon_core.errors import Refused
from tryon_core.models.vlm.verifying.judged_pairs import JudgedPairs
from tryon_core.roles import ROLES, Comparer, Scorer
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.journal import Journal
from tryon_core.storage.store import open_store

RATED = json.dumps({"explanation": "The hat sits well.", "score": 7})
PREFERRED = json.dumps({"reason": "Its hem is right.", "preferred": "second"})


@pytest.fixture
def store(tmp_path):
    return open_store(str(tmp_path / "run"))


@pytest.fixture
def server(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with FakeOpenAI(RATED) as server:
        yield server


def behind_journal(store, server, role, **options):
    model = models.load(f"openai:m@{server.url}", role=ROLES[role].name, **options)
    return Journal(store).model(model, ROLES[role])


def test_a_rating_is_kept_with_its_explanation(store, server):
    first, again = (behind_journal(store, server, Scorer)(a_sample(), picture()) for _ in range(2))
    assert first == again and again["overall_score"].note == "The hat sits well." and len(server.asked) == 1
    (name,) = [metric.name for metric in behind_journal(store, server, Scorer).metrics]
    assert name == "overall_score"


def test_another_aspect_is_another_question(store, server):
    behind_journal(store, server, Scorer)(a_sample(), picture())
    scores = behind_journal(store, server, Scorer, aspect="accuracy_to_prompt")(a_sample(), picture())
    assert list(scores) == ["accuracy_to_prompt"] and len(server.asked) == 2


def test_a_reason_is_kept_as_a_reason(store, server):
    server.script = [{"content": None, "refusal": "I rate no bears."}]
    first, again = (behind_journal(store, server, Scorer)(a_sample(), picture()) for _ in range(2))
    assert first == again == {"overall_score": "the model declined: I rate no bears."} and len(server.asked) == 1


def test_a_comparison_and_its_refusal_are_kept(store, server):
    server.script = [PREFERRED]
    pair = (a_sample(), picture("red"), picture("blue"))
    first, again = (behind_journal(store, server, Comparer)(*pair) for _ in range(2))
    assert first == again and again.preferred == "second" and len(server.asked) == 1
    server.script = [{"content": None, "refusal": "No."}]
    for _ in range(2):
        with pytest.raises(Refused, match="declined: No.") as caught:
            behind_journal(store, server, Comparer)(pair[0], pair[2], pair[1])
        assert caught.value.reason == "not_compared"
    assert len(server.asked) == 2


def test_a_journal_tells_whether_a_repeat_may_differ(store, server):
    assert behind_journal(store, server, Scorer, temperature=0.7).varies
    assert not behind_journal(store, server, Comparer).varies


def test_both_orders_cost_one_judgement_a_picture(store):
    judge = Lottery()
    comparer = Journal(store).model(JudgedPairs(judge, RUBRICS["default"]), ROLES[Comparer])
    red, blue = picture("red"), picture("blue")
    one, other = comparer.all([(a_sample(), red, blue), (a_sample(), blue, red)])
    assert {one.preferred, other.preferred} in ({"first", "second"}, {"tie"}) and judge.calls == 2
