"""Qwen3-VL through transformers' own classes, at toy size with random weights."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tryon_core import models
from tryon_core.models.vlm.qwen_question import read_given
from tryon_core.models.vlm.qwen_vl import MAX_NEW_TOKENS, QwenVL
from tryon_core.models.vlm.reply import read_reply
from tryon_core.records import Sample
from tryon_core.rubrics.rules import Rule, Shown
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


@pytest.mark.parametrize("count", [10, pytest.param(50, marks=pytest.mark.prove)])
def test_random_weights_write_replies_in_the_schema(judge, count):
    patient = QwenVL(judge.model, judge.processor, judge.card, RUBRIC, max_new_tokens=4000)  # a byte a token
    replies = patient.replies([question(seed) for seed in range(count)])
    judgements = [read_reply(text, RUBRIC) for text in replies]
    assert all(not judgement.unscored for judgement in judgements) and len(set(replies)) > 0.8 * count


def test_a_mixed_batch_answers_as_singles(judge):
    calls = [question(seed) for seed in range(4)]
    assert [answer.value for answer in judge.metered(calls)] == [judge(*call) for call in calls]


def asked_plainly(judge, sample, image):
    """The question as the library's own processor gives it."""
    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    return judge.processor.apply_chat_template(judge.conversation(sample, image), **template)


def tokens_by_the_library(judge, sample, image, max_new_tokens=MAX_NEW_TOKENS):
    """The reply's tokens through `generate`, nothing kept from before."""
    inputs = asked_plainly(judge, sample, image)
    options = {"do_sample": False, "logits_processor": [LogitsProcessor(judge.grammar)]}
    return judge.model.generate(**inputs, **options, max_new_tokens=max_new_tokens)[0, inputs["input_ids"].shape[1] :]


def by_the_library(judge, *call, **options):
    return judge.processor.tokenizer.decode(tokens_by_the_library(judge, *call, **options), skip_special_tokens=True)


def test_it_writes_what_the_library_writes(judge):
    hurried = QwenVL(judge.model, judge.processor, judge.card, RUBRIC, max_new_tokens=200)
    calls = [question(seed) for seed in range(6)]
    assert hurried.replies(calls) == [by_the_library(hurried, *call, max_new_tokens=200) for call in calls]


def test_shared_pictures_are_read_once_per_sample(judge):
    own = QwenVL(judge.model, judge.processor, judge.card, RUBRIC)
    sample, image = question(1)
    first, again = own.replies([(sample, image)]), own.replies([(sample, picture(300))])
    assert (own.given.hits, own.given.misses) == (1, 1)
    assert again == [by_the_library(judge, sample, picture(300))]
    ours, other = own._question(sample, image), own._question(*question(2))
    own.given.take(ours.key)
    own.given.put(ours.key, read_given(judge.model, other))
    assert own.replies([(sample, image)]) != first or own.replies([(sample, picture(300))]) != again


def test_answers_depend_on_candidate_and_sample(judge):
    answers = {judge(question(0)[0], picture(seed)).model_dump_json() for seed in range(200, 204)}
    others = {judge(question(seed)[0], picture(200)).model_dump_json() for seed in range(4)}
    assert len(answers) > 1 and len(others) > 1


def test_a_cut_off_reply_is_kept_unscored(judge):
    hurried = QwenVL(judge.model, judge.processor, judge.card, RUBRIC, max_new_tokens=12)
    judgement = hurried(*question(0))
    assert judgement.unscored == RUBRIC.keys and judgement.reply.startswith('{"scores"')
    assert "the reply was cut off at" in judgement.scores["identity"].reason


@pytest.mark.parametrize("name", ["classic", "general"])
def test_any_shipped_rubric_can_be_asked(name):
    rubric = RUBRICS[name]
    judge = models.load("toy:qwen3-vl-4b", role="judge", rubric=rubric, dtype="float32", device="cpu")
    rubric.check(judge(*question(1)))


def test_the_card_says_toy(judge):
    assert judge.card.kind == "toy" and judge.card.name == "toy:qwen3-vl-32b"


def test_the_library_s_own_processor_stays_whole(judge, tmp_path):
    from transformers import Qwen3VLProcessor

    judge.processor.save_pretrained(tmp_path)
    assert "video_processor" in Qwen3VLProcessor.get_attributes()
    assert json.loads((tmp_path / "processor_config.json").read_text())["processor_class"] == "Qwen3VLProcessor"


# ---- what a judgement costs ------------------------------------------------------------------------------------------


def test_every_call_pays_its_own_tokens(judge):
    hurried = QwenVL(judge.model, judge.processor, judge.card, RUBRIC, max_new_tokens=12)
    calls = [question(seed) for seed in range(3)]  # wishes of different lengths
    counts = [answer.spent.tokens for answer in hurried.metered(calls)]
    assert counts == [asked_plainly(judge, *call)["input_ids"].shape[1] + 12 for call in calls]
    assert len(set(counts)) == 3 and [answer.spent.tokens for answer in hurried.metered(calls)] == counts


def test_a_batch_s_seconds_are_shared(judge):
    start = time.perf_counter()
    spent = [answer.spent for answer in judge.metered([question(seed) for seed in range(3)])]
    whole_s = time.perf_counter() - start
    assert 0.5 * whole_s < sum(each.seconds for each in spent) <= whole_s
    assert {(each.calls, each.money, each.steps) for each in spent} == {(1, None, None)}


# ---- samples without person or garment -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def general(judge):
    return QwenVL(judge.model, judge.processor, judge.card, RUBRICS["general"], max_new_tokens=4000)


def general_calls():
    """Samples with only a picture to start from, and with none; two candidates of each."""
    samples = [
        Sample(sample_id=f"g{seed}", wish="A cat.", images={"init": picture(seed)} if seed else {}) for seed in (0, 1)
    ]
    return [(sample, picture(seed)) for sample in samples for seed in (400, 401)]


def test_samples_without_a_garment_are_judged(general):
    judgements = [answer.value for answer in general.metered(general_calls())]
    assert all(tuple(judgement.scores) == general.rubric.keys for judgement in judgements)
    assert not any(judgement.unscored for judgement in judgements)


def test_fewer_pictures_are_read_as_shown(general):
    hurried = QwenVL(general.model, general.processor, general.card, general.rubric, max_new_tokens=160)
    replies = hurried.replies(general_calls())
    assert replies == [by_the_library(hurried, *call, max_new_tokens=160) for call in general_calls()]
    assert len(set(replies)) > 1


def test_words_alone_are_shared_without_pictures(judge):
    own = QwenVL(judge.model, judge.processor, judge.card, RUBRICS["general"], max_new_tokens=4)
    own.replies(general_calls())
    assert (own.given.hits, own.given.misses) == (2, 2)  # the rubric's words; the same and an init picture
    bare = Sample(sample_id="other", wish="A dog.", images={})
    own.replies([(bare, picture(402))])
    assert (own.given.hits, own.given.misses) == (3, 2)


def test_roles_after_the_candidate_change_what_is_kept(judge):
    shows = (*RUBRICS["general"].shows, Shown(role="person", words="who it should be"))
    own = QwenVL(judge.model, judge.processor, judge.card, replace(RUBRICS["general"], shows=shows), max_new_tokens=30)
    with_person = Sample(sample_id="p", wish="A cat.", images={"person": picture(7)})
    calls = [(replace(with_person, images={}), picture(400)), (with_person, picture(400))]
    assert own.replies(calls) == [by_the_library(own, *call, max_new_tokens=30) for call in calls]
    assert own.given.misses == 2


def test_a_bar_changes_what_is_asked(judge):
    strict = QwenVL(judge.model, judge.processor, judge.card, replace(RUBRIC, rule=Rule(accept_at=9.5)))
    sample, image = question(1)
    assert strict.asked(sample) != judge.asked(sample)
    assert all(part["text"] in judge.asked(sample) for part in judge.content(sample, image) if part["type"] == "text")
