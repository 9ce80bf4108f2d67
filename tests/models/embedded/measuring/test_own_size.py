"""A picture larger than the working size is held to the sharpness that it has at its own size."""

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.embedded.measure import build
from tryon_core.records import Sample

LARGE = (1536, 2048)


def grainy(picture: Image.Image) -> Image.Image:
    """At twice the size, with detail that only this size holds: each pixel a little lighter or darker."""
    rng = np.random.default_rng(0)
    grain = cv2.GaussianBlur(rng.normal(0, 9, LARGE[::-1]).astype(np.float32), (0, 0), 0.5)
    large = np.array(picture.resize(LARGE, Image.Resampling.LANCZOS)) + grain[..., None]
    return Image.fromarray(np.uint8(np.clip(large, 0, 255)))


def resized(picture: Image.Image, share: float) -> Image.Image:
    small = picture.resize((int(share * picture.width), int(share * picture.height)), Image.Resampling.LANCZOS)
    return small.resize(picture.size, Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def realism():
    """What `measure` says of the realism of a candidate that a change of the true picture gives."""
    person, truth = (grainy(demo_picture(role, name)) for role, name in (("persons", "p1"), ("truth", "p1_lab")))
    images = {"person": person, "garment": demo_picture("garments", "lab")}
    judge, sample = build(), Sample(sample_id="a", wish="", images=images)
    return lambda change: judge(sample, change(truth)).scores["realism"]


def test_half_the_resolution_falls(realism):
    blurred = realism(lambda truth: resized(truth, 0.5))
    assert blurred.score < 8 and "fine detail" in blurred.finding
    assert blurred.evidence["softer"].value < 0.3  # which is all that was seen at the working size


def test_the_true_picture_stays(realism):
    assert realism(lambda truth: truth).evidence["softer_at_own_size"].value < 0.05


def test_a_smaller_candidate_is_not_called_soft(realism):
    smaller = realism(lambda truth: truth.resize((768, 1024), Image.Resampling.LANCZOS))
    assert "softer_at_own_size" not in smaller.evidence
