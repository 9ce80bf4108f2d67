"""What the memory figures say and draw, of a manager and of a plan by true shapes."""

import pytest
from doubles import picture

from tryon_core.errors import BadInput
from tryon_core.models.device.forecast import forecast
from tryon_core.models.device.manager import Manager
from tryon_core.records import EditRequest
from tryon_core.speed.hollow import hollow_checkpoint
from tryon_core.view.figures.chart import png
from tryon_core.view.figures.memory_figures import amount, memory, memory_plan

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

REQUEST = EditRequest(prompt="a red shirt", images=(picture("red"), picture("white")))


def said(figure):
    return {text.get_text() for text in (*figure.texts, *figure.axes[0].texts)} | {figure.get_suptitle()}


def bars(figure):
    return [(bar.get_x(), bar.get_width()) for bar in figure.axes[0].patches]


def test_bars_lie_end_to_end_and_sum_to_what_is_held():
    manager = Manager(0.5)
    klein = manager.load("toy:flux2-klein-9b", device="cpu", keep_gib=0.1)
    judge, measure = manager.load("toy:qwen3-vl-32b", "judge", device="cpu", keep_gib=0), manager.load("measure")
    assert judge.card and measure.card and klein(REQUEST)
    figure = memory(manager)
    assert sum(width for _, width in bars(figure)) == pytest.approx(manager.held_bytes)
    ends = [x + width for x, width in bars(figure)]
    assert [x for x, _ in bars(figure)] == pytest.approx([0.0, *ends[:-1]])
    words = said(figure)
    assert f"3 models in memory: {amount(manager.held_bytes)} of 500 MB" in words and " budget 500 MB" in words
    assert "weights not counted" in words and any("random weights at toy size" in text for text in words)
    assert png(figure)


def test_a_manager_without_a_model_says_so():
    assert "No model is in memory: each is read when it is first used" in said(memory(Manager()))


@pytest.mark.parametrize(("memory_gb", "policy", "most"), [(4, "group", 1), (16, "offload", 4), (24, "resident", 4)])
def test_a_plan_says_the_policy_and_how_many_at_a_time(tmp_path, memory_gb, policy, most):
    folder = str(hollow_checkpoint("flux2-klein-4b", tmp_path / "hollow"))
    options = {"device": "cuda", "weights": folder}
    figure = memory_plan("flux2-klein-4b", memory_gb=memory_gb, **options)
    (title,) = (text for text in said(figure) if text.startswith("flux2-klein-4b in"))
    assert policy in title and title.endswith(f"{most} at a time")
    plan = forecast("flux2-klein-4b", **options, at_once=8)
    ends = {round(x + width) for x, width in bars(figure)}
    assert {plan.total(one) for one in plan.weights} <= ends


def test_a_card_that_is_too_small_is_said(tmp_path):
    folder = str(hollow_checkpoint("qwen3-vl-32b", tmp_path / "hollow"))
    figure = memory_plan("qwen3-vl-32b", memory_gb=4, device="cuda", weights=folder)
    assert "qwen3-vl-32b in 4 GB: under no policy that can be had here" in said(figure)


def test_what_is_embedded_has_no_plan():
    with pytest.raises(BadInput, match="there is nothing to plan"):
        memory_plan("warp", memory_gb=4)
