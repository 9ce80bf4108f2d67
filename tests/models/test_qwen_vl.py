"""Qwen3-VL through transformers' own classes, at toy size with random weights."""

import numpy as np
import pytest
from PIL import Image

from tryon_core import models
from tryon_core.models.reply import reply_model
from tryon_core.records import Sample
from tryon_core.rubrics import RUBRICS

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
RUBRIC = RUBRICS["default"]


@pytest.fixture(scope="module")
def judge():
    return models.load("toy:qwen3-vl-32b", role="judge", rubric=RUBRIC, dtype="float32", device="cpu")


def picture(seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (128, 96, 3), dtype=np.uint8))


def question(seed, wish="Wear it."):
    images = {"person": picture(seed), "garment": picture(seed + 100)}
    return Sample(sample_id=f"s{seed}", wish=wish * (1 + seed % 3), images=images), picture(seed + 200)


def test_each_of_fifty_replies_of_random_weights_is_true_to_the_schema(judge):
    conversations = [judge._conversation(*question(seed)) for seed in range(50)]
    replies = [text for start in range(0, 50, 10) for text in judge._replies(conversations[start : start + 10])]
    schema = reply_model(RUBRIC)
    assert len([schema.model_validate_json(text) for text in replies]) == 50 and len(set(replies)) > 5


def test_a_batch_of_different_lengths_answers_as_single_calls_do(judge):
    calls = [question(seed) for seed in range(4)]
    assert judge.batch(calls) == [judge(*call) for call in calls]


def test_the_answer_depends_on_the_candidate_and_on_the_sample(judge):
    answers = {judge(question(0)[0], picture(seed)).model_dump_json() for seed in range(200, 212)}
    others = {judge(question(seed)[0], picture(200)).model_dump_json() for seed in range(12)}
    assert len(answers) > 1 and len(others) > 1


def test_a_reply_that_is_cut_off_is_unscored_and_kept(judge, monkeypatch):
    monkeypatch.setattr("tryon_core.models.qwen_vl.MAX_NEW_TOKENS", 12)
    judgement = judge(*question(0))
    assert judgement.unscored == RUBRIC.keys and judgement.reply.startswith('{"scores"')
    assert "no JSON in the judge's reply" in judgement.scores["identity"].reason


@pytest.mark.parametrize("name", ["classic", "general"])
def test_any_rubric_can_be_asked(name):
    rubric = RUBRICS[name]
    judge = models.load("toy:qwen3-vl-4b", role="judge", rubric=rubric, dtype="float32", device="cpu")
    rubric.check(judge(*question(1)))


def test_the_card_says_toy(judge):
    assert judge.card.kind == "toy" and judge.card.name == "toy:qwen3-vl-32b"
