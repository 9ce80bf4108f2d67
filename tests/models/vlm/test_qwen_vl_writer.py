"""The judge's model as a writer: JSON of one field, alone as in a batch, beside the judge in another thread."""

import json
from concurrent.futures import ThreadPoolExecutor

import jsonschema
import pytest

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
from test_qwen_vl import picture, question
from xgrammar.contrib.hf import LogitsProcessor

from tryon_core import models
from tryon_core.models.vlm.qwen_writer import QwenWriter
from tryon_core.models.vlm.reply import Written

TOKENS = 120


@pytest.fixture(scope="module")
def judge():
    return models.load("toy:qwen3-vl-32b", role="judge", device="cpu", max_new_tokens=60)


@pytest.fixture(scope="module")
def writer(judge):
    told = {"max_pixels": judge.max_pixels, "max_new_tokens": TOKENS}
    return QwenWriter(judge.model, judge.processor, judge.card, judge.grammars, judge.lock, **told)


CALLS = [
    ("Say it better: wear it.", [picture(1), picture(2)]),
    ("Say it better.", []),
    ("Make the sleeves longer, and say why.", [picture(3)]),
    ("Say it better: wear it.", [picture(4), picture(5), picture(6)]),
]


def by_the_library(writer, question, images):
    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    shown = [{"type": "image", "image": image} for image in images]
    asked = [{"role": "user", "content": [*shown, {"type": "text", "text": question}]}]
    inputs = writer.processor.apply_chat_template(asked, **template)
    told = {"max_new_tokens": TOKENS, "do_sample": False, "logits_processor": [LogitsProcessor(writer.grammar)]}
    tokens = writer.model.generate(**inputs, **told)[0, inputs["input_ids"].shape[1] :]
    return writer.processor.tokenizer.decode(tokens, skip_special_tokens=True)


def test_it_writes_what_the_library_s_own_generate_writes_of_any_number_of_pictures(writer):
    answers = [writer(*call) for call in CALLS]
    assert answers == [by_the_library(writer, *call) for call in CALLS]
    assert all(answer.startswith('{"prompt": "') for answer in answers) and len(set(answers)) == len(CALLS)


def test_questions_with_different_numbers_of_pictures_are_answered_in_a_batch_as_alone(writer):
    assert writer.batch(CALLS) == [writer(*call) for call in CALLS]


def test_a_whole_answer_is_true_to_the_schema(judge):
    told = {"max_pixels": judge.max_pixels, "max_new_tokens": 5000}
    patient = QwenWriter(judge.model, judge.processor, judge.card, judge.grammars, judge.lock, **told)
    for answer in patient.batch(CALLS):
        jsonschema.validate(json.loads(answer, strict=False), Written.model_json_schema())


def test_the_writer_is_the_judge_s_own_and_its_card_says_so(judge):
    own = judge.writer
    assert own is judge.writer and own.model is judge.model and own.lock is judge.lock
    assert own.card.name == "writer:toy:qwen3-vl-32b" and own.card.kind == "toy"
    assert own.card.revision == judge.card.revision
    assert own.card.settings["max_new_tokens"] == own.max_new_tokens != judge.card.settings["max_new_tokens"]


def test_judge_and_writer_asked_from_two_threads_answer_as_in_turn(judge, writer):
    judged, written = judge(*question(1)), writer(*CALLS[0])
    with ThreadPoolExecutor(4) as pool:
        both = [(pool.submit(judge, *question(1)), pool.submit(writer, *CALLS[0])) for _ in range(3)]
        assert all((one.result(), other.result()) == (judged, written) for one, other in both)
