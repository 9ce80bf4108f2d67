"""The five lines that notebook 05 shows, with toys of FLUX.1 and of a judge; and what they lack without weights."""

import re
from functools import partial

import nbformat
import pytest
from committed import ROOT

from tryon_core import recipes
from tryon_core.errors import MissingWeights
from tryon_core.flows import named
from tryon_core.flows.dual_stream import DualStream
from tryon_core.flows.streams.stream_tools import Tools
from tryon_core.models.device.managed import Managed
from tryon_core.recipes import dual_stream_feedback_loop
from tryon_core.recipes.recipe_parts import Opened
from tryon_core.records import Sample
from tryon_core.rubrics import RUBRICS

CELLS = nbformat.read(ROOT / "notebooks/05_dual_stream.ipynb", as_version=4).cells
(EXAMPLE,) = re.findall(r"```python\n(from tryon_core.recipes.*?)```", "\n".join(cell.source for cell in CELLS), re.S)
TOOLS = {"depth", "canny", "fill"}
TOYS = {"generator": "toy:flux1", "judge": "toy:qwen3-vl-4b", "size": (128, 128)}


def test_the_example_runs_as_written_with_toys(monkeypatch):
    monkeypatch.setattr(recipes, "dual_stream_feedback_loop", partial(dual_stream_feedback_loop, **TOYS))
    exec(EXAMPLE, names := {})
    image, prompts, images = names["image"], names["prompts"], names["images"]
    assert image.size == (128, 128) and image.getextrema() != ((0, 0),) * 3
    assert 1 <= len(images) == len(prompts) <= 5 and any(image is each for each in images)
    assert names["prompt"] in prompts and prompts[0] == "A serene landscape with mountains and a lake at sunset"
    assert names["score"] is None or 0 <= names["score"] <= 1


def test_toys_are_named_in_the_answer():
    answer = dual_stream_feedback_loop("A lake.", "ugly", 1, **TOYS)
    assert "generator toy:flux1-dev is a toy (random weights)" in answer.why and len(answer.image_history) == 1
    assert answer.record.steps[0].request["settings"]["negative_prompt"] == "ugly"
    other = dual_stream_feedback_loop("A lake.", "ugly", 1, **TOYS, seed=1)
    assert other.final_image.tobytes() != answer.final_image.tobytes()


def test_of_a_family_no_tool_is_read_before_it_is_used():
    flow, rubric = named("dual_stream"), RUBRICS["general"]
    opened = Opened(flow, rubric, {"generator": "toy:flux1", "judge": "measure"}, needed=("generator", "judge"))
    filled = opened.filled(DualStream())
    assert all(isinstance(filled[tool], Managed) for tool in ("generator", "depth", "canny", "fill", "depth_mapper"))
    assert repr(filled["fill"]) == "<toy:flux1-fill, read when it is used>"
    assert (
        Tools(
            sample=Sample(sample_id="w", wish="A lake.", images={}), **{tool: filled[tool] for tool in TOOLS}
        ).available
        == TOOLS
    )
    assert [model.name for model in opened.manager.resident()] == ["toy:flux1-dev"]


def test_a_model_that_is_left_out_is_not_filled():
    """None is not the family's own in its place, nor is what that would need."""
    models = {"generator": "toy:flux1", "judge": "measure", "depth": None}
    opened = Opened(named("dual_stream"), RUBRICS["general"], models, needed=("generator", "judge"))
    filled = opened.filled(DualStream())
    assert not {"depth", "depth_mapper"} & set(filled) and {"canny", "canny_mapper", "fill"} <= set(filled)


def test_the_example_says_all_that_is_missing(monkeypatch):
    for key in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(key, "")
    with pytest.raises(MissingWeights, match=r"GEMINI_API_KEY.*; and .*flux1-dev"):
        exec(EXAMPLE, {})
