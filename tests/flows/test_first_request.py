"""How many pictures the first request shows: what the model looks at, with a mask and without one."""

from dataclasses import replace

import pytest
from doubles import Draws, a_sample, picture
from PIL import Image

from tryon_core.errors import Refused
from tryon_core.flows.first_request import check_mask, garment_unseen, opening_request

WHITE = Image.new("L", (64, 80), 255)


@pytest.mark.parametrize(
    ("has", "masked", "unmasked"),
    [({}, 2, 2), ({"masked_images": 1}, 1, 2), ({"unmasked_images": 1}, 2, 1), ({"masked_images": 3}, 2, 2)],
)
def test_a_model_is_shown_what_it_looks_at(has, masked, unmasked):
    model, sample = Draws(**has), a_sample()
    shown = [opening_request(sample, model, mask).images for mask in (WHITE, None)]
    assert [len(images) for images in shown] == [masked, unmasked]
    assert all(images[0] is sample.images["person"] for images in shown)


def test_a_garment_that_is_not_shown_is_said():
    garment, person = picture("red"), picture("green")
    assert garment_unseen(Draws(), garment, (person,)).endswith(
        "takes 1 picture: of the garment it has the words alone"
    )
    assert not garment_unseen(Draws(), garment, (person, garment)) and not garment_unseen(Draws(), None, (person,))


@pytest.mark.parametrize(("rows", "is_mask"), [(25, True), (45, False)])
def test_a_mask_of_many_greys_is_a_photograph(rows, is_mask):
    """Of 80 rows so many are grey, the first ones white."""
    mask = Image.new("L", (64, 80), 0)
    mask.paste(255, (0, 0, 64, 20))
    mask.paste(128, (0, 20, 64, 20 + rows))
    sample = replace(a_sample(), images={**a_sample().images, "person": picture(size=(64, 80)), "mask": mask})
    if is_mask:
        check_mask(sample)
    else:
        with pytest.raises(Refused, match="56% of the mask are neither black nor white"):
            check_mask(sample)
