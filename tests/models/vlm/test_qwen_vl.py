"""Qwen3-VL through transformers' own classes, at toy size with random weights."""

import json

import numpy as np
import pytest
from PIL import Image

from tryon_core import models
from tryon_core.models.vlm.qwen_question import read_given
from tryon_core.models.vlm.qwen_vl import MAX_NEW_TOKENS, QwenVL
from tryon_core.models.vlm.reply import read_reply
from tryon_core.records import Sample
from tryon_core.rubrics.shipped import RUBRICS

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
from xgrammar.contrib.hf import LogitsProcessor

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
    patient = QwenVL(judge.model, judge.processor, judge.card, RUBRIC, max_new_tokens=4000)  # a byte a token
    calls = [question(seed) for seed in range(50)]
    replies = [text for start in range(0, 50, 10) for text in patient.replies(calls[start : start + 10])]
    judgements = [read_reply(text, RUBRIC) for text in replies]
    assert all(not judgement.unscored for judgement in judgements) and len(set(replies)) > 40


def test_a_batch_of_different_lengths_answers_as_single_calls_do(judge):
    calls = [question(seed) for seed in range(4)]
    assert judge.batch(calls) == [judge(*call) for call in calls]


def asked_plainly(judge, sample, image):
    """The question as the library's own processor gives it."""
    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    return judge.processor.apply_chat_template(judge.conversation(sample, image), **template)


def tokens_by_the_library(judge, sample, image, max_new_tokens=MAX_NEW_TOKENS):
    """The reply's tokens through `generate`, everything read anew."""
    inputs = asked_plainly(judge, sample, image)
    told = {"max_new_tokens": max_new_tokens, "do_sample": False, "logits_processor": [LogitsProcessor(judge.grammar)]}
    return judge.model.generate(**inputs, **told)[0, inputs["input_ids"].shape[1] :]


def by_the_library(judge, *call, **told):
    return judge.processor.tokenizer.decode(tokens_by_the_library(judge, *call, **told), skip_special_tokens=True)


def test_it_writes_what_the_library_s_own_generate_writes(judge):
    calls = [question(seed) for seed in range(6)]
    assert judge.replies(calls) == [by_the_library(judge, *call) for call in calls]


def test_person_and_garment_are_read_once_a_sample_and_swapped_ones_are_seen(judge):
    own = QwenVL(judge.model, judge.processor, judge.card, RUBRIC)
    sample, image = question(1)
    first, again = own.replies([(sample, image)]), own.replies([(sample, picture(300))])
    assert (own.given.hits, own.given.misses) == (1, 1)
    assert again == [by_the_library(judge, sample, picture(300))]
    ours, other = own._question(sample, image), own._question(*question(2))
    own.given.take(ours.key)
    own.given.put(ours.key, read_given(judge.model, other))
    assert own.replies([(sample, image)]) != first or own.replies([(sample, picture(300))]) != again


def test_the_answer_depends_on_the_candidate_and_on_the_sample(judge):
    answers = {judge(question(0)[0], picture(seed)).model_dump_json() for seed in range(200, 204)}
    others = {judge(question(seed)[0], picture(200)).model_dump_json() for seed in range(4)}
    assert len(answers) > 1 and len(others) > 1


def test_a_reply_that_is_cut_off_is_unscored_and_kept(judge):
    hurried = QwenVL(judge.model, judge.processor, judge.card, RUBRIC, max_new_tokens=12)
    judgement = hurried(*question(0))
    assert judgement.unscored == RUBRIC.keys and judgement.reply.startswith('{"scores"')
    assert "the reply was cut off at" in judgement.scores["identity"].reason


@pytest.mark.parametrize("name", ["classic", "general"])
def test_any_rubric_can_be_asked(name):
    rubric = RUBRICS[name]
    judge = models.load("toy:qwen3-vl-4b", role="judge", rubric=rubric, dtype="float32", device="cpu")
    rubric.check(judge(*question(1)))


def test_the_card_says_toy(judge):
    assert judge.card.kind == "toy" and judge.card.name == "toy:qwen3-vl-32b"


def test_the_librarys_own_processor_stays_whole(judge, tmp_path):
    from transformers import Qwen3VLProcessor

    judge.processor.save_pretrained(tmp_path)
    assert "video_processor" in Qwen3VLProcessor.get_attributes()
    assert json.loads((tmp_path / "processor_config.json").read_text())["processor_class"] == "Qwen3VLProcessor"
