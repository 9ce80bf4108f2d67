"""Words drawn at a temperature: the odds are transformers' own, and a judge at a temperature can differ."""

import pytest

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
import torch
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.models.vlm.qwen_sampling import Sampling, odds

LOGITS_BW = torch.randn(3, 50, generator=torch.Generator().manual_seed(1)) * 3


@pytest.mark.parametrize(("temperature", "top_p", "top_k"), [(0.7, 0.9, 20), (1.3, 0.5, 0), (0.7, 1.0, 4), (2.0, 1, 0)])
def test_odds_are_the_library_s(temperature, top_p, top_k):
    warped_BW = TemperatureLogitsWarper(temperature)(None, LOGITS_BW.clone())
    if top_k:
        warped_BW = TopKLogitsWarper(top_k)(None, warped_BW)
    if top_p < 1:
        warped_BW = TopPLogitsWarper(float(top_p))(None, warped_BW)
    ours_BW = odds(LOGITS_BW.clone(), Sampling(temperature=temperature, top_p=top_p, top_k=top_k))
    ours_BW = ours_BW / ours_BW.sum(-1, keepdim=True)
    torch.testing.assert_close(ours_BW, warped_BW.softmax(-1))


def test_forbidden_words_are_never_drawn():
    logits_BW = torch.full((200, 5), -torch.inf)
    logits_BW[:, [1, 3]] = 0.0
    drawn = Sampling(temperature=1.0, seed=3).choice("cpu", range(200))(logits_BW).tolist()
    assert set(drawn) == {1, 3} and 60 < drawn.count(1) < 140


def test_a_row_s_words_do_not_depend_on_others():
    alone = Sampling(temperature=1.0, seed=3).choice("cpu", [2])(LOGITS_BW[2:])
    assert Sampling(temperature=1.0, seed=3).choice("cpu", range(3))(LOGITS_BW)[2] == alone[0]


def test_without_a_seed_repeats_differ():
    many_BW = torch.zeros(64, 50)
    free, seeded = Sampling(temperature=1.0), Sampling(temperature=1.0, seed=0)
    assert free.varies and not seeded.varies and not Sampling(seed=None).varies
    assert not torch.equal(free.choice("cpu", range(64))(many_BW), free.choice("cpu", range(64))(many_BW))
    assert torch.equal(seeded.choice("cpu", range(64))(many_BW), seeded.choice("cpu", range(64))(many_BW))


def test_a_warm_judge_may_differ_and_says_so():
    from test_qwen_vl import question

    judge = models.load("toy:qwen3-vl-4b", role="judge", device="cpu", temperature=0.9, max_new_tokens=60)
    assert judge.varies and judge.card.settings["temperature"] == 0.9
    assert len({reply for _ in range(3) for reply in judge.replies([question(1)])}) > 1
    with pytest.raises(BadInput, match="temperature of toy:qwen3-vl-4b is a number from 0 to 2, got -1"):
        models.load("toy:qwen3-vl-4b", role="judge", temperature=-1)


def test_a_greedy_judge_never_differs():
    judge = models.load("toy:qwen3-vl-4b", role="judge", device="cpu", max_new_tokens=8)
    assert judge.varies is False and "temperature" not in judge.card.settings
