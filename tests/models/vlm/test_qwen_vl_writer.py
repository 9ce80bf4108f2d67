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
    limits = {"max_pixels": judge.max_pixels, "max_new_tokens": TOKENS}
    return QwenWriter(judge.model, judge.processor, judge.card, judge.grammars, judge.lock, **limits)


CALLS = [
    ("Say it better: wear it.", [picture(1), picture(2)]),
    ("Say it better.", []),
    ("Make the sleeves longer, and say why.", [picture(3)]),
    ("Say it better: wear it.", [picture(4), picture(5), picture(6)]),
]


def tokens_by_the_library(writer, question, images):
    """(tokens of the question, tokens of the answer)"""
    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    shown = [{"type": "image", "image": image} for image in images]
    asked = [{"role": "user", "content": [*shown, {"type": "text", "text": question}]}]
    inputs = writer.asker.processor.apply_chat_template(asked, **template)
    options = {"max_new_tokens": TOKENS, "do_sample": False, "logits_processor": [LogitsProcessor(writer.grammar)]}
    return inputs["input_ids"][0], writer.model.generate(**inputs, **options)[0, inputs["input_ids"].shape[1] :]


def by_the_library(writer, question, images):
    _, tokens = tokens_by_the_library(writer, question, images)
    return writer.asker.processor.tokenizer.decode(tokens, skip_special_tokens=True)


def test_the_writer_writes_what_the_library_writes(writer):
    answers = [writer(*call) for call in CALLS]
    assert answers == [by_the_library(writer, *call) for call in CALLS]
    assert all(answer.startswith('{"prompt": "') for answer in answers) and len(set(answers)) == len(CALLS)


def test_a_mixed_batch_writes_as_singles(writer):
    answers = writer.metered(CALLS)
    assert [answer.value for answer in answers] == [writer(*call) for call in CALLS]


def test_a_whole_answer_fits_the_schema(judge):
    limits = {"max_pixels": judge.max_pixels, "max_new_tokens": 5000}
    patient = QwenWriter(judge.model, judge.processor, judge.card, judge.grammars, judge.lock, **limits)
    for answer in patient.metered(CALLS):
        jsonschema.validate(json.loads(answer.value, strict=False), Written.model_json_schema())


def test_every_question_pays_its_own_tokens(writer):
    spent = [answer.spent for answer in writer.metered(CALLS)]
    both = [tokens_by_the_library(writer, *call) for call in CALLS]
    assert [each.tokens for each in spent] == [
        len(asked) + int((new != writer.asker.grammars.stop).sum()) for asked, new in both
    ]
    assert len({each.tokens for each in spent}) > 2 and {each.calls for each in spent} == {1}


def test_the_writer_is_the_judge_s_own(judge):
    own = judge.writer
    assert own is judge.writer and own.model is judge.model and own.lock is judge.lock
    assert own.card.name == "writer:toy:qwen3-vl-32b" and own.card.kind == "toy"
    assert own.card.revision == judge.card.revision
    assert own.card.settings["max_new_tokens"] == own.asker.max_new_tokens != judge.card.settings["max_new_tokens"]


def test_judge_and_writer_share_one_model(judge, writer):
    judged, written = judge(*question(1)), writer(*CALLS[0])
    with ThreadPoolExecutor(4) as pool:
        both = [(pool.submit(judge, *question(1)), pool.submit(writer, *CALLS[0])) for _ in range(3)]
        assert all((first.result(), second.result()) == (judged, written) for first, second in both)
