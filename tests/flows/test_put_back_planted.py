"""The photograph put back on rendered people: a frame that moved, a face that was lost, judged by `measure`."""

# Shapes: H, W rows and columns; 3 is RGB.
import json

import numpy as np
import pytest
from doubles import card
from edits import DATA, moved, warm
from PIL import Image

from tryon_core import models
from tryon_core.flows.dual_stream import DualStream, dual_stream
from tryon_core.records import Sample
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk

DEFAULT, SIZE = RUBRICS["default"], (384, 512)


class Planted:
    """Draws the truth, spoiled."""

    card, min_images = card("planted"), 2

    def __init__(self, image_HW3, keeps_frame):
        self.image, self.keeps_frame = Image.fromarray(image_HW3), keeps_frame

    def __call__(self, request):
        return self.image


@pytest.fixture(scope="module")
def pictures():
    line = json.loads((DATA / "people.jsonl").read_text().splitlines()[0])
    return {role: _opened(line[role]) for role in ("person", "garment", "truth")}


def _opened(path):
    return Image.open(DATA / path).convert("RGB").resize(SIZE)


def mended(pictures, image_HW3, keeps_frame):
    """(the first picture's step, that of the next)."""
    sample = Sample(sample_id="p", wish="Wear it.", images={role: pictures[role] for role in ("person", "garment")})
    tools = {"judge": models.load("measure", rubric=DEFAULT), "segmenter": models.load("cutout", role="segmenter")}
    options = DualStream(max_iterations=2, satisfaction_threshold=1.0)
    generator = Planted(image_HW3, keeps_frame)
    walk = Walk(dual_stream(sample, generator=generator, rubric=DEFAULT, options=options, **tools))
    return list(walk)


def score(step, key):
    return step.judgement.scores[key].score


def test_a_moved_and_tinted_frame_is_put_back(pictures):
    spoiled_HW3 = warm(moved(np.asarray(pictures["truth"]), right=11, down=6), 0.04)
    first, second = mended(pictures, spoiled_HW3, keeps_frame=False)
    assert (
        second.stage == "put_back" and second.data["targets"] == ["scene_kept"] and second.data["model"] == "photograph"
    )
    for key in ("scene_kept", "body_and_pose"):
        assert score(first, key) < 7 and score(second, key) >= 8
    assert score(second, "garment_structure") >= 8 and score(second, "garment_appearance") >= 8


def test_a_lost_face_is_put_back(pictures):
    spoiled_HW3 = np.array(pictures["truth"])
    spoiled_HW3[60:110, 160:225] = 255 - spoiled_HW3[60:110, 160:225]
    first, second = mended(pictures, spoiled_HW3, keeps_frame=True)
    assert score(first, "identity") < 4 and score(second, "identity") >= 8
    assert (second.stage, second.data["strategy"], second.data["mask"]) == ("put_back", "picture", "region")
    garment_HW3 = np.s_[200:400, 130:250]
    assert np.array_equal(np.asarray(second.image)[garment_HW3], spoiled_HW3[garment_HW3])
