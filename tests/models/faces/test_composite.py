"""`composite` lays the character into the mask, face on face; noise varies it a little."""

import numpy as np
import pytest
from face_pictures import mask_over, person
from PIL import Image, ImageDraw
from skimage.metrics import structural_similarity

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.images import digest
from tryon_core.models.embedded.seeing.seen_faces import see_faces
from tryon_core.models.faces.character_cut import cut_out
from tryon_core.models.faces.composite import Laying, _moved
from tryon_core.records import EditRequest, Fix, Noise, Settings

composite = models.load("composite")


def request(**changes) -> EditRequest:
    images = (person("q3"), person("q2"))
    return EditRequest(**{"prompt": "", "images": images, "mask": mask_over("q3"), **changes})


@pytest.fixture(scope="module")
def drawn() -> Image.Image:
    return composite(request())


def test_bytes_outside_the_mask_stand_here_too(drawn):
    changed = (np.asarray(drawn) != np.asarray(person("q3"))).any(-1)
    inside = np.asarray(mask_over("q3")) > 0
    assert drawn.size == person("q3").size and changed[inside].mean() > 0.5 and not changed[~inside].any()


def test_the_face_lies_where_the_old_one_was(drawn):
    was, now = (see_faces(image)[0] for image in (person("q3"), drawn))
    off_px = np.hypot(*(now.centre_2 - was.centre_2))
    assert off_px < 0.05 * was.width_px and abs(now.width_px - was.width_px) < 0.1 * was.width_px


def test_in_a_mask_of_a_face_only_the_face_is_laid(drawn):
    """The rest of the head would end at the mask: a rim of the character's room, half an ear."""
    was, now = np.asarray(person("q3")), np.asarray(drawn)
    outside_HW = np.asarray(mask_over("q3")) > 0
    ((left, top), (right, bottom)) = (see_faces(drawn)[0].oval_K2.min(0), see_faces(drawn)[0].oval_K2.max(0))
    room = 0.06 * (right - left)
    outside_HW[int(top - room) : int(bottom + room), int(left - room) : int(right + room)] = False
    assert (was[outside_HW] == now[outside_HW]).all()
    wide = Image.new("L", person("q3").size, 255)
    assert (np.asarray(composite(request(mask=wide)))[outside_HW] != was[outside_HW]).any(), "a whole head may come"


def test_the_same_request_gives_the_same_bytes(drawn):
    assert composite(request(prompt="other words")).tobytes() == drawn.tobytes()
    assert composite.draws_alike(request(), request(prompt="other words"))
    assert not composite.draws_alike(request(), request(noise=Noise(seed=1)))


def test_seeds_differ_and_near_noise_is_near(drawn):
    """By SSIM: a step that keeps 0.99 of the old noise lies nearer than a new seed."""

    def alike(noise: Noise) -> float:
        grey = [np.asarray(image.convert("L"))[80:320, 280:490] for image in (composite(request(noise=noise)), parent)]
        return float(structural_similarity(*grey))

    parent = composite(request(noise=Noise(seed=1)))
    near = alike(Noise(seed=1, steps=((5, 0.99),)))
    assert 1 > near > alike(Noise(seed=2)) and parent.tobytes() != drawn.tobytes()


def test_noise_moves_every_number_a_little():
    layings = [Laying.by(Noise(seed=seed)) for seed in range(1, 200)]
    assert Laying.by(Noise()) == Laying()
    assert all(0 <= each.colour_share <= 1 and 0.94 < each.scale < 1.07 for each in layings)
    assert max(abs(each.turn_deg) for each in layings) <= 3
    assert max(abs(each.right) + abs(each.down) for each in layings) <= 0.08
    for name in ("colour_share", "scale", "turn_deg", "right", "down"):
        assert len({getattr(each, name) for each in layings}) > 100


def test_without_a_face_it_covers_the_masks_box():
    """A red plate with its own alpha: the mask's whole box turns red."""
    plate = Image.new("RGBA", (120, 90))
    plate.paste((200, 0, 0, 255), (20, 20, 100, 70))
    grey, mask = Image.new("RGB", (300, 200), "grey"), Image.new("L", (300, 200))
    mask.paste(255, (50, 60, 250, 160))
    drawn = np.asarray(composite(request(images=(grey, plate), mask=mask)), int)
    changed = (drawn != 128).any(-1)
    assert changed[64:156, 54:246].all() and not changed[:60].any() and not changed[:, :50].any()


def test_where_the_character_does_not_reach_nothing_changes():
    """A diamond in a mask that is a rectangle: the corners stay, and its red goes part of the way to the grey."""
    diamond = Image.new("RGBA", (101, 101))
    ImageDraw.Draw(diamond).polygon([(50, 0), (100, 50), (50, 100), (0, 50)], fill=(200, 0, 0, 255))
    grey, mask = Image.new("RGB", (200, 200), "grey"), Image.new("L", (200, 200))
    mask.paste(255, (50, 50, 150, 150))
    drawn = np.asarray(composite(request(images=(grey, diamond), mask=mask)), int)
    assert (drawn[54:60, 54:60] == 128).all() and 130 < drawn[100, 100, 0] < 190 and drawn[100, 100, 1] > 10


def test_noise_turns_and_shifts_about_the_masks_middle():
    mask = np.zeros((101, 101))
    mask[40:61, 40:61] = 1
    still = np.float64([[1, 0, 0], [0, 1, 0]])
    turned = _moved(still, mask, Laying(turn_deg=90.0)) @ [60, 50, 1]
    shifted = _moved(still, mask, Laying(right=1.0, down=-1.0, scale=2.0)) @ [50, 50, 1]
    assert turned == pytest.approx([50, 60]) and shifted == pytest.approx([71, 29])


def test_a_character_on_white_is_cut_out():
    white = Image.new("RGB", (200, 200), "white")
    white.paste("navy", (60, 40, 140, 200))
    alpha = cut_out(white).alpha_HW
    assert alpha[120, 100] == 1 and alpha[20, 20] == 0 and alpha[120, 20] == 0


def test_a_person_is_cut_from_a_scene():
    alpha = cut_out(person("q2")).alpha_HW
    face = see_faces(person("q2"))[0].centre_2.astype(int)
    assert alpha[face[1], face[0]] > 0.9 and alpha[40, 40] < 0.1 and cut_out(Image.new("RGB", (64, 64))).alpha_HW.all()


def test_no_rim_of_the_wall_comes_along():
    """Of a dark head before a light wall, pixels as light as the wall are the whites of the eyes alone."""
    left, top, right, bottom = 300, 0, 470, 200
    head_HW3 = np.asarray(person("q1"))[top:bottom, left:right]
    alpha_HW = cut_out(person("q1")).alpha_HW[top:bottom, left:right]
    wall_HW = (head_HW3 > 190).all(-1)
    assert wall_HW.mean() > 0.2 and (wall_HW & (alpha_HW > 0.5)).mean() < 0.005


BAD = {
    "two pictures": {"images": (person("q3"),)},
    "mode L and 768 x 1024": {"mask": None},
    "got RGB": {"mask": Image.new("RGB", (768, 1024))},
    "black all over": {"mask": Image.new("L", (768, 1024))},
    "cannot honour steps, guidance": {"settings": Settings(steps=4, guidance=2.0)},
    "cannot honour negative_prompt": {"settings": Settings(negative_prompt="blur")},
    "cannot honour control, fixes": {"control": person("q3"), "fixes": (Fix(constraint="a", text="b"),)},
}


@pytest.mark.parametrize("words", BAD)
def test_what_cannot_be_honoured_is_refused(words):
    with pytest.raises(BadInput, match=words):
        composite(request(**BAD[words]))


def test_its_code_draws_it_again(tmp_path, drawn):
    (tmp_path / "pictures").mkdir()
    for picture in (*request().images, request().mask):
        picture.save(tmp_path / "pictures" / f"{digest(picture)}.png")
    names: dict = {}
    exec(models.as_code("composite", request().record(), str(tmp_path)), names)
    assert names["picture"].tobytes() == drawn.tobytes()
