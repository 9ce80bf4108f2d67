"""Expected scores: against full forward passes of the library over the same tokens, and alone as in a batch."""

import json
from types import SimpleNamespace

import pytest

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
import torch
import xgrammar
from test_qwen_vl import RUBRIC, asked_plainly, by_the_library, picture, question, tokens_by_the_library

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.models.vlm import qwen_decode
from tryon_core.models.vlm.qwen_vl import QwenVL

SCORES_TOKENS = 180  # the toy writes about a byte a token; all scores are within these


@pytest.fixture(scope="module")
def judge():
    return models.load("toy:qwen3-vl-32b", role="judge", device="cpu", scores="expected", max_new_tokens=SCORES_TOKENS)


def read_whole(judge, inputs, more):
    """The library's logits after the question and the tokens `more`, nothing kept from before."""
    whole = {key: inputs[key] for key in ("pixel_values", "image_grid_thw")}
    tail = torch.tensor([more], dtype=torch.long)
    for key, fill in (("input_ids", tail), ("attention_mask", tail * 0 + 1), ("mm_token_type_ids", tail * 0)):
        whole[key] = torch.cat([inputs[key], fill], dim=1)
    with torch.inference_mode():
        return judge.model(**whole).logits[0, -1].float()


def by_full_passes(judge, sample, image):
    """Expected scores by their definition: a pass up to each score, and one more with a 1 behind it."""
    tokenizer, inputs = judge.processor.tokenizer, asked_plainly(judge, sample, image)
    written = tokens_by_the_library(judge, sample, image, SCORES_TOKENS).tolist()
    texts = [tokenizer.decode(written[:count]) for count in range(len(written))]
    digits, expected = tokenizer.convert_tokens_to_ids(list("0123456789")), {}
    for key in RUBRIC.keys:
        count = next(count for count, text in enumerate(texts) if text.endswith(f'"{key}": '))
        odds = read_whole(judge, inputs, written[:count])[digits].softmax(-1)
        matcher = xgrammar.GrammarMatcher(judge.grammar)
        assert matcher.accept_string(texts[count] + "1")
        after = read_whole(judge, inputs, [*written[:count], digits[1]])[None]
        allowed = xgrammar.allocate_token_bitmask(1, after.shape[-1])
        matcher.fill_next_token_bitmask(allowed)
        xgrammar.apply_token_bitmask_inplace(after, allowed)
        ten = odds[1] * after[0].softmax(-1)[digits[0]]
        expected[key] = float((odds * torch.arange(10)).sum() - odds[1] + (odds[1] - ten) + 10 * ten)
    return expected


def test_expected_scores_equal_full_passes(judge):
    for seed in range(2):
        expected = judge.written([question(seed)])[0].expected
        assert expected == pytest.approx(by_full_passes(judge, *question(seed)), abs=1e-4)
        assert len(set(expected.values())) > 3 and all(0 <= score <= 10 for score in expected.values())


def test_rows_at_different_steps_score_alike(judge):
    calls = [question(seed) for seed in range(6)]
    together = judge.written(calls)
    lengths = {len(reply.text[: reply.text.index('"realism"')]) for reply in together}
    assert len(lengths) > 1  # so that rows reach their scores at different steps
    for call, reply in zip(calls, together, strict=True):
        alone = judge.written([call])[0]
        assert reply.text == alone.text and reply.expected == pytest.approx(alone.expected, abs=1e-4)


def test_looking_for_a_10_leaves_the_words(judge):
    plain = QwenVL(judge.model, judge.processor, judge.card, RUBRIC, max_new_tokens=SCORES_TOKENS)
    calls = [question(seed) for seed in range(3)]
    assert plain.replies(calls) == judge.replies(calls) and not any(reply.expected for reply in plain.written(calls))
    assert judge.replies(calls[:1]) == [by_the_library(judge, *calls[0], max_new_tokens=SCORES_TOKENS)]


def test_an_unlikely_10_costs_less_than_its_bound(judge, monkeypatch):
    calls = [question(seed) for seed in range(6)]
    exact = [reply.expected for reply in judge.written(calls)]
    monkeypatch.setattr(qwen_decode, "NEGLIGIBLE", 0.05)
    rough = [reply.expected for reply in judge.written(calls)]
    assert exact != rough
    assert all(less == pytest.approx(true, abs=9 * 0.05) for less, true in zip(rough, exact, strict=True))


def test_written_digits_stay_as_evidence(judge):
    patient = models.load("toy:qwen3-vl-32b", role="judge", device="cpu", scores="expected", max_new_tokens=4000)
    sample, image = question(3)
    reply, judgement = patient.written([(sample, image)])[0], patient(sample, image)
    written = json.loads(reply.text, strict=False)["scores"]
    assert {key: score.score for key, score in judgement.scores.items()} == reply.expected
    digits = judgement.scores["realism"].evidence["written_score"]
    assert (digits.value, digits.unit, digits.bar, digits.better) == (written["realism"], "of 10", 8, "higher")
    assert patient.card.settings["scores"] == "expected"


def test_a_likely_null_stays_not_applicable(judge):
    own = models.load("toy:qwen3-vl-32b", role="judge", device="cpu", scores="expected", max_new_tokens=4000)
    one, null = own.processor.tokenizer.convert_tokens_to_ids(["1", "n"])
    with torch.no_grad():  # the toy never writes null by itself; now it does wherever it would write a clear 1
        own.model.lm_head.weight[null] = 1.5 * own.model.lm_head.weight[one]
    scores = own(*question(4)).scores.values()
    assert {score.status for score in scores} == {"scored", "not_applicable"}
    assert all(bool(score.evidence) == (score.status == "scored") for score in scores)


@pytest.mark.parametrize("merged", ["10", "Ġ7", "7,"])
def test_a_tokenizer_that_merges_digits_is_refused(judge, merged):
    words = judge.grammars.tokenizer_info.decoded_vocab
    grammars = SimpleNamespace(
        tokenizer_info=SimpleNamespace(decoded_vocab=[*words, merged.replace("Ġ", " ").encode()])
    )
    with pytest.raises(BadInput, match="toy writes no digit on its own .has the token '.*'.; leave scores='written'"):
        qwen_decode.Digits("toy", grammars)


@pytest.mark.parametrize("scores", ["mean", "", None])
def test_scores_are_written_or_expected(scores):
    with pytest.raises(BadInput, match="scores of toy:qwen3-vl-8b are written or expected, got"):
        models.load("toy:qwen3-vl-8b", role="judge", scores=scores)


def test_pictures_decide_what_is_expected(judge):
    sample, image = question(2)
    first, other = judge.written([(sample, image), (sample, picture(7))])
    assert first.expected != pytest.approx(other.expected, abs=1e-3)
