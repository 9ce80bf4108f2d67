"""EditScore through peft and transformers' own classes, at toy size with random weights."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
pytest.importorskip("peft", reason="peft is not installed; run make setup")
from safetensors.numpy import load_file, save_file
from xgrammar.contrib.hf import LogitsProcessor

from tryon_core import models
from tryon_core.errors import BadInput, MissingWeights, UnknownName
from tryon_core.models.hub.weights import local_revision
from tryon_core.models.toy import toy_folder
from tryon_core.models.vlm.serving.server_replies import ServerReply
from tryon_core.models.vlm.verifying.editscore import NAMES, NO_ORIGINAL
from tryon_core.records import Sample
from tryon_core.roles import answers

SOME_TOKENS = 80
PATIENT = {"device": "cpu", "dtype": "float32", "max_new_tokens": 3000}  # a byte a token


@pytest.fixture(scope="module")
def scorer():
    return models.load("toy:editscore", **PATIENT)


@pytest.fixture(scope="module")
def greedy():
    return models.load("toy:editscore", temperature=0, passes=1, **{**PATIENT, "max_new_tokens": SOME_TOKENS})


def picture(seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (96, 64, 3), dtype=np.uint8))


def a_call(seed, *roles):
    images = {role: picture(seed + number) for number, role in enumerate(roles or ("person", "garment"))}
    return Sample(sample_id="a", wish="Give the bear a hat. " * (1 + seed % 3), images=images), picture(seed + 50)


def by_the_library(model, scorer, question):
    """The reply through `generate`, greedy."""
    content = scorer.asker._content(question)
    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    inputs = scorer.asker.processor.apply_chat_template([{"role": "user", "content": content}], **template)
    options = {"do_sample": False, "logits_processor": [LogitsProcessor(scorer.grammar)], "max_new_tokens": SOME_TOKENS}
    tokens = model.generate(**inputs, **options)[0, inputs["input_ids"].shape[1] :]
    return scorer.asker.processor.tokenizer.decode(tokens, skip_special_tokens=True)


def test_it_writes_what_peft_and_the_library_write(greedy):
    from peft import PeftModel
    from transformers import Qwen3VLForConditionalGeneration

    base = Qwen3VLForConditionalGeneration.from_pretrained(toy_folder("qwen3-vl"), dtype="float32").eval()
    questions = [question for seed in range(3) for question in greedy._questions(*a_call(seed))]
    bare = [by_the_library(base, greedy, question) for question in questions]
    adapted = PeftModel.from_pretrained(base, toy_folder("editscore")).eval()
    ours = [reply.text for (reply,) in greedy.asker.replies(questions, greedy.grammar)]
    assert ours == [by_the_library(adapted, greedy, question) for question in questions]
    assert all(one != other for one, other in zip(ours, bare, strict=True))  # the adapter is what answers


def test_random_weights_score_by_the_schema(scorer):
    scores = [scorer(*a_call(seed)) for seed in range(4)]
    assert all(tuple(each) == NAMES == tuple(metric.name for metric in scorer.metrics) for each in scores)
    assert all(0 <= value.value <= 10 and value.better == "higher" for each in scores for value in each.values())
    assert len({each["overall_vl"].value for each in scores}) > 1
    assert scores[0]["overall_vl"].note == "mean of 4 of 4 passes"


def test_passes_differ_and_repeats_do_not(scorer):
    (edit, _) = scorer.asker.replies(scorer._questions(*a_call(1)), scorer.grammar, passes=4)
    assert len({reply.text for reply in edit}) > 1
    assert not scorer.varies and scorer(*a_call(1)) == scorer(*a_call(1))


def test_without_a_seed_repeats_differ():
    free = models.load("toy:editscore", seed=None, **PATIENT)
    texts = [free.asker.replies(free._questions(*a_call(1)), free.grammar)[0][0].text for _ in range(3)]
    assert free.varies and len(set(texts)) > 1


def test_a_mixed_batch_scores_as_singles(scorer):
    calls = [a_call(0), a_call(1, "garment"), a_call(2, "init", "person")]
    batch = answers(scorer, calls)
    assert [answer.value for answer in batch] == [scorer(*call) for call in calls]
    assert all(answer.spent.tokens > 0 for answer in batch)
    single = [answers(scorer, [call])[0].spent.tokens for call in calls]
    assert [answer.spent.tokens for answer in batch] == single and len(set(single)) == 3


def test_a_pass_reads_its_question_once(scorer):
    first, *others = scorer.asker.replies(scorer._questions(*a_call(1)), scorer.grammar, passes=3)[0]
    assert first.tokens.read > 0 and [reply.tokens.read for reply in others] == [0, 0]


def test_the_original_is_init_before_person(scorer):
    sample, image = a_call(3, "person", "init")
    assert scorer._questions(sample, image)[0][0] is sample.images["init"]
    assert scorer._questions(sample.without("init"), image)[0][0] is sample.images["person"]


def test_without_an_original_the_edit_is_unscored(scorer):
    scores = scorer(*a_call(1, "garment"))
    assert {name: value for name, value in scores.items() if isinstance(value, str)} == dict.fromkeys(
        ("prompt_following_vl", "consistency_vl", "overall_vl"), NO_ORIGINAL
    )
    assert 0 <= scores["perceptual_quality_vl"].value <= 10


def test_an_unread_pass_is_left_out(scorer):
    good, bad = ServerReply('{"reasoning": "x", "score": [20, 15]}'), ServerReply("Sorry.")
    scores = scorer._scores([[good, bad, good, good], [good, good, good, bad]])
    assert scores["prompt_following_vl"].value == 8 and scores["overall_vl"].note == "mean of 2 of 4 passes"


def test_no_pass_read_is_a_reason():
    hurried = models.load("toy:editscore", **{**PATIENT, "max_new_tokens": 8})
    assert set(hurried(*a_call(1)).values()) == {"the reply was cut off at 8 tokens"}


def test_the_base_s_files_stay_as_they_are():
    before = local_revision(toy_folder("qwen3-vl"))
    models.load("toy:editscore", **PATIENT)
    assert local_revision(toy_folder("qwen3-vl")) == before


def test_the_card_names_adapter_base_and_words(scorer, greedy):
    assert scorer.card.kind == "toy" and scorer.card.settings["base"] == "toy:qwen3-vl-8b"
    assert scorer.card.settings["base_revision"] == local_revision(toy_folder("qwen3-vl"))
    assert scorer.card.settings["words"] == greedy.card.settings["words"] and scorer.card != greedy.card


def adapter(tmp_path, change):
    """A copy of the toy's adapter whose tensors were changed."""
    folder = tmp_path / "adapter"
    shutil.copytree(toy_folder("editscore"), folder)
    tensors = change(load_file(folder / "adapter_model.safetensors"))
    save_file(tensors, folder / "adapter_model.safetensors")
    return str(folder)


CHANGES = {
    "renamed": lambda tensors: {name.replace("q_proj", "z_proj"): tensor for name, tensor in tensors.items()},
    "another width": lambda tensors: {name: np.repeat(tensor, 2, axis=1) for name, tensor in tensors.items()},
    "fewer": lambda tensors: dict(list(tensors.items())[:-2]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_adapter_of_another_model_is_refused(tmp_path, change):
    with pytest.raises(BadInput, match="is no adapter for the base of toy:editscore"):
        models.load("toy:editscore", weights=adapter(tmp_path, CHANGES[change]), **PATIENT)


def test_a_folder_without_an_adapter_is_refused(tmp_path):
    with pytest.raises(MissingWeights, match="holds no adapter_config.json"):
        models.load("toy:editscore", weights=str(toy_folder("qwen3-vl")), device="cpu")
    folder = adapter(tmp_path, dict)
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text()) | {"peft_type": "IA3"}
    (tmp_path / "adapter" / "adapter_config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput, match="is a LORA and .* holds a IA3"):
        models.load("toy:editscore", weights=folder, device="cpu")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"passes": 0}, "passes of editscore must be a whole number from 1"),
        ({"temperature": 3}, "temperature of editscore is a number from 0 to 2"),
        ({"seed": -1}, "seed of editscore must be a whole number from 0"),
        ({"policy": "int8"}, "no policy of .*editscore is called 'int8'"),
    ],
)
def test_a_bad_option_stops_before_any_weight(options, sentence):
    with pytest.raises(BadInput, match=sentence):
        models.load("editscore", **options)


def test_an_unknown_base_names_the_known():
    with pytest.raises(UnknownName, match="no base of editscore is called 'qwen3-vl-9b'. Did you mean 'qwen3-vl-8b'"):
        models.load("editscore", base="qwen3-vl-9b")


def test_a_wish_is_asked_in_its_words(scorer):
    sample, image = a_call(1)
    assert "Make it red." in scorer._questions(replace(sample, wish="Make it red."), image)[0][-1]
