"""A printed word stays readable through enhancement, and comes back where a lossy stage took it, on 6 of 6 wearers.

The wearers of the reporting half; the bounds were chosen on the other half. That the words are gone before detail is
put back is part of the test: a stage that left them readable would show nothing.
"""

import io
from functools import cache

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models import load
from tryon_core.models.embedded.measuring.words import word_reader
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.pictures.finishing.detail_back import detail_put_back
from tryon_core.records import EditRequest

pytestmark = pytest.mark.skipif(not word_reader.can_read(), reason="rapidocr-onnxruntime is not installed")
WEARERS = [f"q{number}" for number in range(1, 7)]


def blurred(image: np.ndarray, sigma: float = 9) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma)


def smaller(image: np.ndarray) -> np.ndarray:
    small = cv2.resize(image, None, fx=1 / 14, fy=1 / 14, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, image.shape[1::-1], interpolation=cv2.INTER_CUBIC)


def stored(image: np.ndarray) -> np.ndarray:
    """Made smaller, and as a JPEG: alone that leaves the word readable even at quality 4."""
    file = io.BytesIO()
    Image.fromarray(smaller(image)).save(file, "JPEG", quality=40)
    return np.array(Image.open(file))


@cache
def worn(person: str) -> Image.Image:
    pictures = demo_picture("persons", person), demo_picture("garments", "r_text")
    return load("warp")(EditRequest(prompt="", images=pictures))


def read(image: np.ndarray) -> list[str]:
    return [word.text for word in word_reader.read_words(image)]


@pytest.mark.parametrize("soft", [0.0, 2.0])
@pytest.mark.parametrize("person", WEARERS)
def test_a_word_stays_readable_through_sharpening(person, soft):
    drawn = np.array(worn(person))
    picture = Image.fromarray(blurred(drawn, soft) if soft else drawn)
    done = load("sharpen").measured(EditRequest(prompt="", images=(picture, demo_picture("garments", "r_text"))))
    assert (done.why == "") == bool(soft) and "NORTH" in read(done.image_HW3)


@pytest.mark.parametrize("stage", [blurred, smaller, stored])
@pytest.mark.parametrize("person", WEARERS)
def test_a_lost_word_is_put_back(person, stage):
    before = np.array(worn(person))
    lost, cloth = stage(before), see_person(worn(person)).upper
    assert "NORTH" not in read(lost)
    back = detail_put_back(before, lost, cloth)
    assert "NORTH" in read(back.image_HW3) and (back.image_HW3[~cloth] == lost[~cloth]).all()
    assert back.numbers["detail_lost"].value > 1 > back.numbers["detail_lost_after"].value
