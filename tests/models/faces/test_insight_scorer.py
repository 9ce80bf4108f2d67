"""`arcface` through InsightFace's own recognition, on toy graphs: a bright square is a face."""

import re

import numpy as np
import pytest
from PIL import Image
from test_insight_swapper import CHARACTER, LEFT, PROFILE, RIGHT, mask_of, squares

from tryon_core.models import load
from tryon_core.models.faces import insight_scorer
from tryon_core.records import Sample

PICTURE = squares(LEFT)
PICTURE.paste((255, 255, 100), RIGHT)


@pytest.fixture(scope="module")
def arcface():
    return load("toy:arcface")


def answer(arcface, picture, **pictures):
    return arcface(Sample(sample_id="one", wish="", images=pictures), picture)["arcface_identity"]


def test_the_same_face_is_nearer_than_another(arcface):
    same = answer(arcface, PICTURE, character=CHARACTER, mask=mask_of(RIGHT))
    other = answer(arcface, PICTURE, character=CHARACTER, mask=mask_of(LEFT))
    assert other.value < same.value and same.value > 0.95 and same.better == "higher"


def test_a_face_is_itself(arcface):
    assert answer(arcface, CHARACTER, character=CHARACTER).value == 1
    value = answer(arcface, PICTURE, character=CHARACTER).value
    assert value == round(value, 3) != round(value, 2)


def test_the_recognition_sees_rgb(arcface):
    """The toy's numbers are sums of what a crop is like: those of the network itself, asked with the crop in RGB."""
    session = arcface._faces._analysis.models["recognition"].session
    plain = Image.new("RGB", (640, 640))
    plain.paste((255, 150, 80), (160, 160, 480, 480))
    seen = arcface._faces.of_character(plain)
    expected = np.zeros((1, 3, 112, 112), np.float32)
    expected[0, :, 16:96, 16:96] = (np.array([255, 150, 80], np.float32)[:, None, None] - 127.5) / 127.5
    swapped = expected[:, ::-1]
    rgb, bgr = (session.run(None, {"input.1": np.ascontiguousarray(each)})[0][0] for each in (expected, swapped))
    near, far = (float(seen.normed_embedding @ each / np.linalg.norm(each)) for each in (rgb, bgr))
    assert near > far + 0.1


@pytest.mark.parametrize(
    "picture, pictures, says",
    [
        (PICTURE, {}, "no picture 'character'"),
        (PICTURE, {"character": squares()}, "no face is seen in the character's picture"),
        (squares(), {"character": CHARACTER}, "no face is seen in the picture"),
        (PROFILE, {"character": CHARACTER}, "to the side"),
        (PICTURE, {"character": CHARACTER, "mask": Image.new("L", (8, 8), 255)}, r"mask is of \(8, 8\) pixels"),
        (PICTURE, {"character": CHARACTER, "mask": mask_of((500, 20, 520, 40), grow=0)}, "where the mask is white"),
    ],
)
def test_without_a_number_there_is_a_reason(arcface, picture, pictures, says):
    assert re.search(says, answer(arcface, picture, **pictures))


def test_its_licence_is_research_only(arcface):
    (metric,) = insight_scorer.ArcFaceScorer.metrics
    assert "research only" in metric.licence and arcface.card.kind == "toy" and (metric.low, metric.high) == (-1, 1)
