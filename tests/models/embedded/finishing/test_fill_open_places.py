"""`fill` closes small open places from what surrounds them and refuses large ones by name."""

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.models import load
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.records import EditRequest, Settings

PLACES = ((340, 430, 9), (420, 470, 6), (380, 560, 8))  # x, y, radius: on the cloth of p2


def holed(picture: Image.Image, places=PLACES) -> tuple[Image.Image, Image.Image]:
    """(the picture with black places, their mask)"""
    mask = np.zeros(picture.size[::-1], np.uint8)
    for x, y, radius in places:
        cv2.circle(mask, (x, y), radius, 255, -1)
    return Image.fromarray(np.where(mask[..., None] > 0, 0, np.array(picture)).astype(np.uint8)), Image.fromarray(mask)


def fill(picture: Image.Image, mask: Image.Image | None, **more) -> np.ndarray:
    return np.array(load("fill")(EditRequest(prompt="", images=(picture,), mask=mask, **more)))


@pytest.mark.parametrize(("garment", "most"), [("cropped", 1.0), ("stripes", 4.0), ("checks", 6.0), ("lab", 6.0)])
def test_small_places_come_near_what_was_there(garment, most):
    truth = demo_picture("truth", f"p2_{garment}")
    picture, mask = holed(truth)
    filled, inside = fill(picture, mask), np.array(mask) > 0
    assert colour_difference(to_lab(filled), to_lab(np.array(truth)))[inside].mean() < most
    assert (filled[~inside] == np.array(picture)[~inside]).all()


def test_the_same_request_gives_the_same_bytes():
    picture, mask = holed(demo_picture("truth", "p2_checks"))
    assert fill(picture, mask).tobytes() == fill(picture, mask).tobytes()


def test_a_large_picture_is_filled_at_the_size_of_the_method():
    """At its own size these places come out twice as far from what was there."""
    truth = demo_picture("truth", "p2_stripes").resize((3072, 4096))
    picture, mask = holed(truth, [(4 * x, 4 * y, 36) for x, y, _ in PLACES])
    inside = np.array(mask) > 0
    filled, was = (to_lab(np.array(image)[inside][None]) for image in (fill(picture, mask), truth))
    assert colour_difference(filled, was).mean() < 2.2


@pytest.mark.parametrize(
    "places", [[(380, 500, 40)], [(x, y, 9) for x in range(30, 760, 40) for y in range(30, 1000, 40)]]
)
def test_what_is_too_large_is_refused(places):
    with pytest.raises(Refused, match="at most 1.0%.*at most 2%") as refusal:
        fill(*holed(demo_picture("truth", "p2_lab"), places))
    assert refusal.value.reason == "too_large_to_fill"


def test_what_cannot_be_honoured_is_refused():
    picture, mask = holed(demo_picture("truth", "p2_lab"))
    with pytest.raises(BadInput, match="cannot honour steps"):
        fill(picture, mask, settings=Settings(steps=4))
    with pytest.raises(BadInput, match="got none"):
        fill(picture, None)
    with pytest.raises(BadInput, match="got one of 10 x 10"):
        fill(picture, Image.new("L", (10, 10)))
    with pytest.raises(BadInput, match="nothing to do"):
        fill(picture, Image.new("L", picture.size))


def test_it_says_what_it_takes():
    model = load("fill")
    assert model.keeps_frame and model.takes == ("mask",) and model.min_images == 1
    assert model.card.licence and len(model.card.revision) == 16
