"""A run of a demo sample that Gemini judges, drawn by `warp`: what it comes to, what it costs, and what it keeps."""

import json

import pytest
from fake_gemini import FakeGemini, said

pytest.importorskip("google.genai", reason="google-genai is not installed; run make setup")
from tryon_core.errors import BadInput, NoAnswers
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.steps import together

KEYS = RUBRICS["default"].keys
KEY = "AIza-of-the-file-0123456789"
PRICE = {"read": 1.5, "written": 7.5}


def scored(**low):
    fixes = [{"constraint": key, "finding": "too short", "fix": "Make it longer.", "box": [1, 2, 3, 4]} for key in low]
    return json.dumps({"scores": {**dict.fromkeys(KEYS, 9), **low}, "findings": fixes})


class Gemini(FakeGemini):
    """Takes KEY alone, and answers the question before a run without counting it."""

    def next(self, question):
        if question.body["generationConfig"]["maxOutputTokens"] == 16:
            return '{"seen": true}'
        return super().next(question)


@pytest.fixture
def gemini(monkeypatch, tmp_path):
    """Its key stands in a file .env and nowhere else."""
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text(f"GEMINI_API_KEY={KEY}\n")
    monkeypatch.setenv("TRYON_ENV_FILE", str(tmp_path / ".env"))
    low, good = said(scored(garment_structure=5), usage=(900, 100, 50)), said(scored(), usage=(950, 60, 40))
    with Gemini(low, good, key=KEY) as server:
        yield server


def batch(gemini, output, rewrite=None, max_iterations=4, **options):
    judge = {"name": "gemini", "options": {"base_url": gemini.url, "price_per_million_tokens": PRICE, **options}}
    settings = {"sample": "demo_04_dots", "generator": "warp", "rewrite": rewrite, "max_iterations": max_iterations}
    return run_batch(BatchParameters.checked(output=str(output), models={"judge": judge}, **settings), progress=False)


def judging(record, argument="judge"):
    """What the judge cost, or the model of another argument."""
    return together(record.after, *(step.spent for step in record.steps))[argument]


def test_a_run_ends_with_outcome_and_ledger(gemini, tmp_path):
    (record,) = batch(gemini, tmp_path / "run").records
    assert (record.outcome, len(record.steps), len(gemini.asked)) == ("accepted", 2, 2)
    assert record.steps[0].judgement.scores["garment_structure"].finding == "too short"
    spent = judging(record)
    assert (spent.calls, spent.tokens) == (2, 2100)
    assert spent.money == pytest.approx((1850 * 1.5 + 250 * 7.5) / 1e6)


def test_a_run_again_asks_nothing_new(gemini, tmp_path):
    first, asked = batch(gemini, tmp_path / "run"), len(gemini.asked)
    again = batch(gemini, tmp_path / "run", concurrency=1)
    assert len(gemini.asked) == asked and again.records == first.records


def test_gemini_also_writes_the_next_words(gemini, tmp_path):
    gemini.script.insert(1, said('{"prompt": "Wear it longer."}', usage=(300, 20, 0)))
    (record,) = batch(gemini, tmp_path / "run", rewrite=True).records
    schemas = [asked.body["generationConfig"]["responseJsonSchema"]["required"] for asked in gemini.asked]
    assert record.outcome == "accepted" and schemas == [["scores", "findings"], ["prompt"], ["scores", "findings"]]
    assert judging(record, "writer").tokens == 320
    assert record.steps[1].request["prompt"] == "Wear it longer."


def test_a_blocked_picture_is_not_judged(gemini, tmp_path):
    gemini.script = [said(finish="SAFETY", usage=(900, 0, 0))]
    (record,) = batch(gemini, tmp_path / "run", max_iterations=1).records
    assert record.outcome == "not_judged" and judging(record).tokens == 900 * len(gemini.asked)
    reason = record.steps[0].judgement.scores["identity"].reason
    assert reason == "the judge declined: the reply was withheld (finishReason SAFETY)"


def test_nothing_of_a_run_holds_the_key(gemini, tmp_path):
    gemini.script = [said(f"My key is {KEY}, I score nothing.")]
    batch(gemini, tmp_path / "run", max_iterations=1)
    kept = {path.name: path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file()}
    assert "run.json" in kept and not [name for name, data in kept.items() if KEY.encode() in data]
    assert any(b"My key is ***" in data for data in kept.values())


def test_a_wrong_key_is_found_before_anything_is_drawn(gemini, tmp_path):
    gemini.key = "another"
    with pytest.raises(NoAnswers, match="set GEMINI_API_KEY to a key that it takes.*nothing was drawn") as caught:
        batch(gemini, tmp_path / "run")
    assert KEY not in str(caught.value) + (tmp_path / "run/metrics.json").read_text()


def test_a_key_among_the_options_is_refused(gemini, tmp_path):
    with pytest.raises(BadInput, match="models.judge.options.api_key holds a secret.*; set GEMINI_API_KEY") as caught:
        batch(gemini, tmp_path / "run", api_key=KEY)
    assert KEY not in str(caught.value) and not (tmp_path / "run").exists()
