"""Character and picture in one picture: where each lies, at what size, and what of the answer counts."""

import pytest
from characters import Painting
from PIL import Image

from tryon_core.flows.characters.diptych import Diptych, both
from tryon_core.records import EditRequest

PICTURE = Image.new("RGB", (60, 20), "blue")


def request(*size):
    return EditRequest(prompt="p", images=(PICTURE, Image.new("RGB", size, "red")), mask=Image.new("L", (60, 20), 255))


@pytest.mark.parametrize(("size", "box"), [
    ((10, 40), (27, 0, 32, 20)),  # tall: as high as the picture
    ((240, 40), (0, 5, 60, 15)),  # wide: as wide as the picture
    ((600, 1), (0, 9, 60, 10)),  # so thin that nothing would be left of it
])  # fmt: skip
def test_the_character_lies_whole_and_centred_on_the_left(size, box):
    wide = both(request(*size)).images[0]
    left = wide.crop((0, 0, 60, 20)).convert("RGB").split()[1].point(lambda green: 255 * (green < 128))
    assert wide.size == (120, 20) and left.getbbox() == box and wide.getpixel((0, 0 if box[1] else 19)) != (0, 0, 255)
    assert wide.crop((60, 0, 120, 20)).tobytes() == PICTURE.tobytes()


def test_the_mask_covers_the_right_half_alone():
    mask = both(request(20, 20)).mask
    assert mask.size == (120, 20) and mask.getbbox() == (60, 0, 120, 20)


def test_a_model_of_its_own_size_is_scaled_back():
    def large(asked):
        answer = Image.new("RGB", (480, 80), "white")
        answer.paste("green", (240, 0, 480, 80))
        return answer

    large.card = Painting().card
    drawn = Diptych(large)(request(20, 20))
    assert drawn.size == PICTURE.size and drawn.getcolors() == [(1200, (0, 128, 0))]
