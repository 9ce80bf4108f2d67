"""Qwen3-VL as verifier and comparer, at toy size with random weights."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
from tryon_core import models
from tryon_core.errors import BadInput, Refused
from tryon_core.models.vlm.qwen_question import WISH_TOKENS, longest_question
from tryon_core.records import Sample
from tryon_core.roles import answers

PATIENT = {"device": "cpu", "max_new_tokens": 2000}  # a byte a token


def picture(seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (96, 64, 3), dtype=np.uint8))


def a_sample(seed, *roles):
    images = {role: picture(seed + number) for number, role in enumerate(roles or ("person", "garment"))}
    return Sample(sample_id="a", wish="Give the bear a hat. " * (1 + seed % 3), images=images)


@pytest.fixture(scope="module")
def verifier():
    return models.load("toy:qwen3-vl-8b", role="scorer", **PATIENT)


@pytest.fixture(scope="module")
def comparer():
    return models.load("toy:qwen3-vl-8b", role="comparer", **PATIENT)


CALLS = [(a_sample(seed, *roles), picture(seed + 9)) for seed, roles in enumerate([(), ("init",), ("person", "init")])]


def test_random_weights_rate_by_the_schema(verifier):
    scores = [verifier(a_sample(seed), picture(seed + 50))["overall_score"] for seed in range(6)]
    assert all(0 <= score.value <= 10 and score.unit == "of 10" and score.note for score in scores)
    assert len({score.value for score in scores}) > 1


def test_a_mixed_batch_rates_as_singles(verifier):
    assert [answer.value for answer in answers(verifier, CALLS)] == [verifier(*call) for call in CALLS]


def test_every_question_pays_its_tokens(verifier):
    asker = verifier.asker.asker
    replies = asker.replies([verifier._parts(*call) for call in CALLS], asker.grammars.of(verifier.rating.answer))
    assert [reply.tokens.read for (reply,) in replies] == [len(_tokens(verifier, call)) for call in CALLS]
    spent = [answer.spent.tokens for answer in answers(verifier, CALLS)]
    assert spent == [reply.tokens.total for (reply,) in replies] and len(set(spent)) == 3


def test_the_longest_question_is_planned_for(verifier):
    processor, words = verifier.asker.asker.processor, verifier.rating.words(["init", "garment"])
    large = [Image.new("RGB", (900, 1300)) for _ in range(3)]
    sample = Sample(sample_id="a", wish="Give it a hat.", images={"init": large[0], "garment": large[1]})
    planned = longest_question(processor, words, 3, max_pixels=verifier.asker.max_pixels, max_new_tokens=1)
    asked = len(_tokens(verifier, (sample, large[2])))
    assert asked < planned < asked + 2 * WISH_TOKENS


def _tokens(verifier, call):
    asker = verifier.asker.asker
    content = asker._content(verifier._parts(*call))
    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    return asker.processor.apply_chat_template([{"role": "user", "content": content}], **template)["input_ids"][0]


def test_random_weights_compare_by_the_schema(comparer):
    calls = [(a_sample(seed), picture(seed + 50), picture(seed + 90)) for seed in range(6)]
    compared = [answer.value for answer in answers(comparer, calls)]
    assert {each.preferred for each in compared} <= {"first", "second", "tie"} and all(each.reason for each in compared)
    assert compared[1] == comparer(*calls[1])


def test_a_character_is_rated_by_the_schema():
    eye = models.load("toy:qwen3-vl-8b", role="scorer", aspect="character", **PATIENT)
    calls = [(a_sample(seed, "init", *more), picture(seed + 9)) for seed, more in enumerate([["character"], []])]
    both = [answer.value for answer in answers(eye, calls)]
    assert [isinstance(each["identity_vl"], str) for each in both] == [False, True]
    scores = [value for each in both for value in each.values() if not isinstance(value, str)]
    assert len(scores) == 5 and all(0 <= score.value <= 10 for score in scores)


def test_a_cut_off_reply_is_no_number():
    hurried = {"device": "cpu", "max_new_tokens": 12}
    reason = models.load("toy:qwen3-vl-8b", role="scorer", **hurried)(*CALLS[0])["overall_score"]
    assert reason == "the reply was cut off at 12 tokens"
    with pytest.raises(Refused, match="cut off at 12 tokens"):
        models.load("toy:qwen3-vl-8b", role="comparer", **hurried)(*CALLS[0], picture(3))


def test_a_warm_verifier_varies_and_says_so(verifier):
    warm = models.load("toy:qwen3-vl-8b", role="scorer", temperature=0.9, **PATIENT)
    assert warm.varies and not verifier.varies and warm.card != verifier.card
    assert len({warm(*CALLS[0])["overall_score"].note for _ in range(3)}) > 1


def test_its_card_is_a_toy_s_with_its_aspect(verifier):
    other = models.load("toy:qwen3-vl-8b", role="scorer", aspect="accuracy_to_prompt", **PATIENT)
    assert verifier.card.kind == "toy" and verifier.card.settings["aspect"] == "overall_score"
    assert other.card.settings["words"] != verifier.card.settings["words"]
    assert verifier.metrics[0].licence == "none: random weights"


def test_a_bad_option_stops_before_any_weight():
    with pytest.raises(BadInput, match="max_new_tokens of qwen3-vl-8b must be a whole number from 1, got 0"):
        models.load("qwen3-vl-8b", role="scorer", max_new_tokens=0)


def test_a_plain_name_is_the_judge():
    assert models.role_of("qwen3-vl-8b") == models.role_of("gemini") == "judge"
