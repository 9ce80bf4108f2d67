"""The garment pipeline as a run with models of this folder, at toy size."""

import json

import numpy as np
import pytest
from doubles import BOX, Draws, Scripted, Seen, cloth, scores
from klein import picture
from PIL import Image

from tryon_core.roles import Mask
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

SIZE = (120, 160)


@pytest.fixture
def pair(tmp_path):
    cloth(SIZE).save(tmp_path / "shirt.png")
    picture(1, SIZE).save(tmp_path / "anna.png")
    line = {"sample_id": "anna", "wish": "Wear it.", "person": "anna.png", "garment": "shirt.png"}
    (tmp_path / "pair.jsonl").write_text(json.dumps(line))
    return tmp_path / "pair.jsonl"


def ran(pair, named, **scripted):
    """(run, its record) with models by name, as -p gives them: as text."""
    output = pair.parent / "run"
    parameters = BatchParameters.checked(source=str(pair), output=str(output), flow="garment", models=json.dumps(named))
    given = {"segmenter": Seen(), "judge": Scripted(scores()), "details": _details} | scripted
    (record,) = run_batch(parameters, models=given, progress=False).records
    return open_run(str(output)), record


def _details(sample, image):
    return {"marks_kept": "no marks"}


_details.card = Draws.card.model_copy(update={"name": "details"})


@pytest.mark.parametrize("name", ["toy:swin2sr-x2", "toy:sd15-refine"])
def test_an_enhancer_is_named_in_a_run(pair, name):
    """It sees the crop alone; its answer, of twice the size or not, comes back to the picture's own."""
    run, record = ran(pair, {"enhancer": name}, generator=Draws(), inpainter=Draws())
    steps = {step.stage: step for step in record.steps}
    before, after = (run.picture(steps[stage].picture) for stage in ("initial", "enhance"))
    crop, area = (run.picture(steps["enhance"].made[made]) for made in ("crop", "area"))
    sent = run.picture(steps["enhance"].request["images"][0])
    factor = 2 if "x2" in name else 1
    assert before.size == after.size == SIZE and crop.size == tuple(factor * side for side in sent.size)
    outside_HW = np.asarray(area) == 0
    assert np.array_equal(np.asarray(before)[outside_HW], np.asarray(after)[outside_HW])
    assert (np.asarray(before) != np.asarray(after))[BOX[1] + 20, BOX[0] + 20].any()
    done = steps["enhance"].spent["enhancer"]
    assert done.calls == 1 and done.steps == (None if "x2" in name else 12)


def test_a_flux1_control_model_draws_and_inpaints(pair):
    """Along edges of the person, and then on the person's photograph."""
    run, record = ran(pair, {"generator": "toy:flux1-canny"}, segmenter=Halves(), enhancer=Draws())
    steps = {step.stage: step for step in record.steps}
    assert steps["initial"].request["images"] == [] and "map by canny" in steps["initial"].why
    assert len(steps["inpaint"].request["images"]) == 2 and steps["inpaint"].request["control"]
    area_HW = np.asarray(run.picture(steps["inpaint"].made["area"])) > 0
    person, after = (np.asarray(each) for each in (picture(1, SIZE), run.picture(steps["inpaint"].picture)))
    assert np.array_equal(person[~area_HW], after[~area_HW]) and (person != after)[area_HW].any()


class Halves:
    """Finds the lower half of every picture."""

    card = Draws.card.model_copy(update={"name": "halves"})

    def __call__(self, image, prompt):
        mask = Image.new("L", image.size)
        mask.paste(255, (0, image.height // 2, image.width, image.height))
        return [Mask(image=mask, label="half")]
