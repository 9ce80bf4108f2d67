"""The parameters of 07_faces: which tasks, what paints them, and the ways that are run or not."""

import pytest

from tryon_core.errors import BadInput
from tryon_core.runs.notebook import face_parameters
from tryon_core.runs.notebook.face_parameters import EMBEDDED, REFINED, SIDE_BY_SIDE, FaceParameters
from tryon_core.sources import open_source


def test_by_default_three_rendered_people_are_painted_without_weights():
    given = FaceParameters()
    assert len(open_source(given.source, needs=(), limit=given.limit).listing().lines) == 3
    painting = given.painting
    assert (painting.flow, painting.generator, painting.options) == ("inpaint", "", {"start": "swap"})
    assert (painting.limit, painting.seed, painting.output) == (3, 3, f"{given.place}/painted")


def test_task_ids_name_the_same_tasks_as_samples():
    by_samples, by_task_ids = FaceParameters(samples="71651080,b"), FaceParameters.checked(task_ids=[71651080, "b"])
    assert by_samples.painting.samples == by_task_ids.painting.samples == ("71651080", "b")
    assert by_samples.place == by_task_ids.place != FaceParameters().place


def test_what_is_given_reaches_every_way():
    models = {"verifier": {"name": "gemini", "options": {"aspect": "character"}}}
    given = FaceParameters(source="t.json", limit=2, seed=5, models=models, options={"wide": 3})
    assert given.painting.options == {"wide": 3, "start": "swap"}
    refined = given.ways[REFINED]
    assert refined.options == {"wide": 3, "start": "composite"} and refined.output == f"{given.place}/refined"
    for run in (given.painting, refined):
        assert (run.source, run.limit, run.seed) == ("t.json", 2, 5) and run.models["verifier"].name == "gemini"


def test_the_diffusion_way_is_not_run_and_says_why(monkeypatch):
    assert FaceParameters().ways[SIDE_BY_SIDE] == "no diffusion model was named: -p diffusion qwen-image-edit"
    monkeypatch.setattr(face_parameters, "weights_here", lambda name: name == "flux1-fill")
    lacking = FaceParameters(diffusion="qwen-image-edit").ways[SIDE_BY_SIDE]
    assert lacking == "no weights here: python -m tryon_core.models.download qwen-image-edit"


@pytest.mark.parametrize("diffusion", ["flux1-fill", "toy:qwen-image-edit"])
def test_a_diffusion_model_draws_both_ways_that_want_one(diffusion, monkeypatch):
    monkeypatch.setattr(face_parameters, "weights_here", lambda name: name == "flux1-fill")
    ways = FaceParameters(diffusion=diffusion, generator="warp").ways
    assert [run.generator for run in ways.values()] == [diffusion] * 2
    assert ways[SIDE_BY_SIDE].options == {"shown": "side_by_side"} and "side_by_side" in ways[SIDE_BY_SIDE].output
    assert FaceParameters(generator="warp").ways[REFINED].generator == "warp"


def test_where_the_runs_lie_follows_from_what_decides_them():
    assert FaceParameters().place == FaceParameters().place != FaceParameters(seed=4).place
    assert FaceParameters().place.startswith("runs/faces-") and FaceParameters(output="runs/mine").place == "runs/mine"


@pytest.mark.parametrize(("name", "folder"), EMBEDDED)
def test_other_code_of_a_model_makes_another_run(name, folder, monkeypatch):
    before, real = FaceParameters().place, face_parameters.source_digest
    monkeypatch.setattr(
        face_parameters, "source_digest", lambda *which: "new" if which == (name, folder) else real(*which)
    )
    assert FaceParameters().place != before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"samples": "a", "task_ids": "b"}, "samples and task_ids name the same; give one of the two"),
        ({"limit": 0}, "limit: Input should be greater than or equal to 1"),
        ({"seed": -1}, "seed: Input should be greater than or equal to 0"),
        ({"seed": 2**63}, "seed: Input should be less than 9223372036854775808"),
        ({"difusion": "x"}, "Did you mean 'diffusion'"),
        ({"options": {"widde": 1}}, "Did you mean 'wide'"),
        ({"options": {"start": "picture"}}, "start is what the ways of this notebook differ in"),
        ({"generator": "compositte"}, "no generator is called 'compositte'. Did you mean 'composite'"),
        ({"diffusion": "qwen-image-edlt"}, "Did you mean 'qwen-image-edit'"),
        ({"models": {"verifer": "gemini"}}, "Did you mean 'verifier'"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, words):
    with pytest.raises(BadInput, match=words):
        FaceParameters.checked(**wrong)
