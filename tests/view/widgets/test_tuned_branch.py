"""A mask that a person uses becomes a branch of the garment pipeline, to step on."""

import json

import numpy as np
import pytest
from doubles import Darker, Draws, Scripted, Seen, card, cloth, scores
from looking import all_html, named, one

from tryon_core.runs import stepping
from tryon_core.runs.parameters import BatchParameters
from tryon_core.view.widgets.masking.mask_tuner import MaskTuner
from tryon_core.view.widgets.masking.tuned_branch import tuned_branch


class Kept:
    """A scorer with nothing to say."""

    card = card("kept")

    def __call__(self, sample, image):
        return {}


@pytest.fixture
def live(tmp_path):
    for role, colour in (("person", "maroon"), ("garment", "navy")):
        cloth(colour=colour).save(tmp_path / f"{role}.png")
    line = {"sample_id": "one", "person": "person.png", "garment": "garment.png"}
    (tmp_path / "samples.jsonl").write_text(json.dumps(line))
    parameters = BatchParameters(flow="garment", source=str(tmp_path / "samples.jsonl"), output=str(tmp_path / "run"))
    drawing = {"generator": Draws(), "inpainter": Darker(), "enhancer": Darker()}
    models = {"segmenter": Seen(), "judge": Scripted(*[scores()] * 9), "details": Kept(), **drawing}
    return stepping.begin(parameters, models=models)


@pytest.fixture
def tuner(live):
    tuner = MaskTuner(live.sample.images["garment"], segmenters=(Seen(),), shows=tuned_branch(live))
    tuner.points = [(0.4, 0.5, 1)]
    return tuner


def press(tuner):
    one(tuner, "tryon-use").click()


def test_a_used_mask_opens_a_branch_behind_the_segment_step(live, tuner):
    live.step(), live.step()
    press(tuner)
    (branch,) = (line for line in live.lines().values() if line.parent)
    change, refined = branch.steps[1].change, branch.steps[2]
    assert branch.after == 2 and change.by == "person" and change.points == ((0.4, 0.5, 1),)
    assert refined.stage == "refine_mask" and "taken as it is" in refined.why
    drawn = live.job.journal.pictures.open(refined.made["mask"])
    assert np.array_equal(np.asarray(drawn) > 0, np.asarray(tuner.mask) > 0)
    (stepper,) = named(tuner, "tryon-stepper")
    assert stepper.line == branch.name and stepper.attempt == 3


def test_the_same_mask_finds_its_branch_again_and_another_opens_one(live, tuner):
    live.step(), live.step()
    press(tuner), press(tuner)
    assert len(live.lines()) == 2
    tuner.points = []
    tuner.box = [0.1, 0.1, 0.9, 0.9]
    press(tuner)
    assert len(live.lines()) == 3 and len(named(tuner, "tryon-stepper")) == 1


def test_before_the_segment_step_there_is_nothing_to_answer(live, tuner):
    press(tuner)
    assert "no segment step yet" in tuner.error and "no segment step yet" in all_html(tuner)
    assert len(live.lines()) == 1


def test_a_mask_of_one_s_own_picture_opens_no_branch(live, tuner):
    live.step(), live.step()
    tuner.show(cloth(colour="black"))
    tuner.points = [(0.4, 0.5, 1)]
    press(tuner)
    assert "a picture of your own" in tuner.error and len(live.lines()) == 1 and tuner.used.images
