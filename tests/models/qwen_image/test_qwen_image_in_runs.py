"""The Qwen-Image-Edit models in runs by name, at toy size."""

import json

import numpy as np
import pytest
from doubles import Draws, Scripted, scores
from klein import picture
from landscape import metric

from tryon_core.records import Measurement
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run

pytest.importorskip("torch", reason="torch is not installed; run make setup")


class Light:
    """Scores how light a picture is."""

    card = Draws.card.model_copy(update={"name": "light"})
    metrics = (metric("lightness"),)

    def __call__(self, sample, image):
        return {"lightness": Measurement(value=float(np.asarray(image).mean()), unit="m", better="higher")}


def ran(tmp_path, generator, flow, options, **given):
    for number, name in enumerate(("person", "garment"), 1):
        picture(number).save(tmp_path / f"{name}.png")
    line = {"sample_id": "anna", "wish": "Wear it.", "person": "person.png", "garment": "garment.png"}
    (tmp_path / "pair.jsonl").write_text(json.dumps(line))
    named = {"generator": {"name": generator, "options": {"device": "cpu"}}}
    parameters = BatchParameters.checked(
        source=str(tmp_path / "pair.jsonl"), output=str(tmp_path / "run"), flow=flow, options=options, models=named
    )
    (record,) = run_batch(parameters, models=given, progress=False).records
    return open_run(str(tmp_path / "run")), record


@pytest.mark.parametrize(("name", "pictures"), [("qwen-image-edit", 1), ("qwen-image-edit-2511", 2)])
def test_a_search_draws_its_stages_together_and_counts_their_steps(tmp_path, name, pictures):
    options = {"strategy": "eacps", "wide": 2, "parents": 1, "metric": "lightness", "negative_prompt": "ugly"}
    run, record = ran(tmp_path, f"toy:{name}", "search", options, scorer=Light(), judge=Scripted(scores()))
    drawn = [step for step in record.steps if step.stage != "chosen"]
    assert [step.stage for step in drawn] == ["global"] * 2 + ["near"] * 2
    assert all(len(step.request["images"]) == pictures for step in drawn)
    assert {step.request["settings"]["negative_prompt"] for step in drawn} == {"ugly"}
    assert sum(step.spent["generator"].steps or 0 for step in record.steps if "generator" in step.spent) == 4 * 50
    assert len({step.picture for step in drawn}) == 4 and run.picture(drawn[0].picture).size == picture(1).size


def test_a_closed_loop_shows_it_person_and_garment(tmp_path):
    judge = Scripted(scores(garment_swap=5), scores())
    _, record = ran(tmp_path, "toy:qwen-image-edit-2509", "closed_loop", {}, judge=judge)
    first, second = record.steps
    assert len(first.request["images"]) == 2 and first.request["prompt"] != second.request["prompt"]
    assert first.picture != second.picture and second.spent["generator"].steps == 50
