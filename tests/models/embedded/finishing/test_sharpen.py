"""`sharpen` finds the garment, measures it against its photograph, and does no more than is needed."""

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.errors import BadInput, UnknownName
from tryon_core.models import load
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.records import EditRequest


def blurred(picture: Image.Image, sigma: float = 1.5) -> Image.Image:
    return Image.fromarray(cv2.GaussianBlur(np.array(picture), (0, 0), sigma))


def asked(picture: Image.Image, garment: str, mask: Image.Image | None = None) -> EditRequest:
    return EditRequest(prompt="", images=(picture, demo_picture("garments", garment)), mask=mask)


@pytest.mark.parametrize(
    ("person", "garment"), [("p2", "lab"), ("p2", "checks"), ("p2", "cropped"), ("q2", "r_blocks"), ("q2", "r_stripes")]
)
def test_a_true_picture_comes_back_untouched(person, garment):
    truth = demo_picture("truth", f"{person}_{garment}")
    assert load("sharpen")(asked(truth, garment)).tobytes() == truth.tobytes()


@pytest.mark.parametrize("garment", ["lab", "stripes", "checks"])
def test_a_blurred_one_is_sharpened_on_the_cloth_alone(garment):
    soft = blurred(demo_picture("truth", f"p2_{garment}"))
    done = load("sharpen").measured(asked(soft, garment))
    missing, left = (done.numbers[name].value for name in ("detail_missing", "detail_missing_after"))
    assert missing > 0.5 and left < 0.5 * missing
    elsewhere = ~see_person(soft).upper
    assert (done.image_HW3[elsewhere] == np.array(soft)[elsewhere]).all()


def test_a_garment_on_its_own_is_sharpened_too():
    soft = blurred(demo_picture("garments", "checks"))
    assert load("sharpen")(asked(soft, "checks")).tobytes() != soft.tobytes()


def test_a_mask_says_where():
    soft = blurred(demo_picture("truth", "p2_checks"))
    mask = np.zeros(soft.size[::-1], np.uint8)
    mask[300:500, 250:500] = 255
    drawn = np.array(load("sharpen")(asked(soft, "checks", Image.fromarray(mask))))
    changed = (drawn != np.array(soft)).any(-1)
    assert changed.any() and not changed[mask == 0].any()


def test_without_a_photograph_there_is_nothing_to_hold_it_to():
    soft = blurred(demo_picture("truth", "p2_lab"))
    done = load("sharpen").measured(EditRequest(prompt="", images=(soft,)))
    assert done.image_HW3.tobytes() == soft.tobytes() and "no photograph" in done.why


def test_its_options_are_in_its_card_and_checked():
    assert load("sharpen", enough=0.1).card.settings["enough"] == 0.1
    with pytest.raises(UnknownName, match="no option of enhancer sharpen is called 'overshot'"):
        load("sharpen", overshot=1)
    with pytest.raises(BadInput, match="got 3 pictures"):
        load("sharpen")(EditRequest(prompt="", images=(demo_picture("garments", "lab"),) * 3))
