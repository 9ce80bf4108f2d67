"""What large models keep between calls is found again by as many samples as fit, and by none of more."""

import logging
import re

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
from klein import NAMES, asked

from tryon_core import models
from tryon_core.models.device.cache import Kept, samples_kept
from tryon_core.models.flux2.klein import Flux2Klein
from tryon_core.models.vlm.qwen_vl import QwenVL
from tryon_core.records import Sample
from tryon_core.rubrics.shipped import RUBRICS

SAMPLES = 4


@pytest.fixture(scope="module")
def kleins():
    return {name: models.load(name, dtype="float32", device="cpu") for name in NAMES}


@pytest.fixture(scope="module")
def judge():
    return models.load("toy:qwen3-vl-32b", role="judge", device="cpu", max_new_tokens=1)


def with_room(klein, samples):
    """The same weights; what it keeps of references has room for so many samples."""
    trial = Flux2Klein(klein.pipe, klein.card, steps=1)
    trial(asked())
    share = 6 / 8 if klein.keeps_keys else 1 / 8
    return Flux2Klein(
        klein.pipe, klein.card, steps=1, keep_bytes=int((samples + 0.5) * trial.of_references[0].held / share)
    )


def attempts(draw, *, in_flight, passes=2):
    """Each sample is drawn in each pass; so many of them are worked on at a time."""
    for start in range(0, SAMPLES, in_flight):
        for number in range(passes):
            for sample in range(start, start + in_flight):
                draw(sample, number)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("room", "in_flight", "hits"), [(2, 4, 0), (4, 4, 4), (2, 2, 4)])
def test_references_are_found_by_as_many_as_fit(kleins, name, room, in_flight, hits):
    klein = with_room(kleins[name], room)
    attempts(lambda sample, number: klein(asked(person=sample, prompt=f"{number}")), in_flight=in_flight)
    kept = "reference keys" if klein.keeps_keys else "reference latents"
    assert klein.samples_kept == room and klein.hit_rates()[kept] == (hits, 8)
    assert set(klein.hit_rates()) == {"words", "reference latents", kept}


def picture(seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (128, 96, 3), dtype=np.uint8))


def judged(judge, sample, number):
    images = {"person": picture(sample), "garment": picture(99)}
    judge(Sample(sample_id=f"s{sample}", wish="Wear it.", images=images), picture(1000 + number))


@pytest.mark.parametrize(("room", "in_flight", "hits"), [(2, 4, 0), (4, 4, 4), (2, 2, 4)])
def test_given_pictures_are_found_by_as_many_as_fit(judge, room, in_flight, hits):
    trial = QwenVL(judge.model, judge.processor, judge.card, RUBRICS["default"], max_new_tokens=1)
    judged(trial, 0, 0)
    own = QwenVL(
        judge.model,
        judge.processor,
        judge.card,
        RUBRICS["default"],
        max_new_tokens=1,
        keep_gib=(room + 0.5) * trial.given.held / 2**30,
    )
    attempts(lambda sample, number: judged(own, sample, number), in_flight=in_flight)
    assert own.samples_kept == room and own.hit_rates() == {"the judge's given pictures": (hits, 8)}


def test_before_the_first_sample_room_is_estimated(kleins, judge):
    klein = Flux2Klein(kleins[NAMES[1]].pipe, kleins[NAMES[1]].card, keep_bytes=8 * 2**30)
    _, expected = klein.of_references
    assert klein.samples_kept == klein.keys.budget // expected
    klein(asked(size=(1024, 1024)))  # its garment is small
    assert 0.4 * expected < klein.keys.largest < expected
    own = QwenVL(judge.model, judge.processor, judge.card, RUBRICS["default"], max_new_tokens=1)
    assert own.samples_kept == own.given.budget // own.given_bytes
    judged(own, 0, 0)
    assert 0.2 * own.given_bytes < own.given.largest <= own.given_bytes


def test_the_published_sizes_are_as_read():
    """Bytes of a token in bfloat16 (facts of the published configurations)."""
    from tryon_core.models.device.memory import REFERENCE_TOKENS, reference_keys, token_keys

    klein = {"num_attention_heads": 32, "attention_head_dim": 128, "num_layers": 8, "num_single_layers": 24}
    assert 2 * reference_keys(klein) == 512 * 1024 * REFERENCE_TOKENS and REFERENCE_TOKENS == 8192
    assert 2 * token_keys({"num_hidden_layers": 64, "num_key_value_heads": 8, "head_dim": 128}) == 256 * 1024


def test_the_host_s_memory_counts():
    kept = Kept(100, len, spill_bytes=250)
    kept.get("a", lambda: "x" * 40)
    assert kept.room() == 2 + 6 and samples_kept((kept, 1)) == 8
    assert samples_kept((Kept(100, len), 60)) == 1 and samples_kept((Kept(100, len), 101)) is None
    assert samples_kept((Kept(0, len), 10)) is None


@pytest.mark.parametrize(
    ("name", "keep_gib", "at_once", "words"),
    [
        ("toy:flux2-klein-9b-kv", 1e-5, 4, "keeps .* and a sample takes up to .*: that is 0 samples for 4 at a time"),
        ("toy:flux2-klein-9b-kv", 0.05, 8, r"at a time, so .*; or take at_once .max_batch in a run. \d"),
        ("toy:flux2-klein-9b-kv", 0, 4, ""),
        ("toy:flux2-klein-9b-kv", 8.0, 4, ""),
        ("toy:qwen3-vl-4b", 1e-5, 4, "toy:qwen3-vl-4b keeps .*give it more keep_gib, spill_gib or memory_gb"),
        ("toy:qwen3-vl-4b", 4.0, 16, ""),
    ],
)
def test_too_little_room_for_a_batch_is_said(caplog, name, keep_gib, at_once, words):
    with caplog.at_level(logging.WARNING):
        models.load(name, device="cpu", keep_gib=keep_gib, at_once=at_once)
    said = [record.message for record in caplog.records if "keeps" in record.message]
    assert len(said) == bool(words)
    if words:
        assert re.search(words, said[0])
