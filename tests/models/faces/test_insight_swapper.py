"""`inswapper` through InsightFace's own classes, on toys: a bright square is a face, dark green turns it aside."""

import numpy as np
import onnx
import pytest
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.models import load
from tryon_core.models.faces import insight_swapper
from tryon_core.models.faces.insight_toys import build_insightface, tinting_swapper

DARK = (40, 60, 50)
LEFT, RIGHT = (100, 100, 220, 220), (400, 200, 480, 280)


def squares(*boxes, colour=(255, 255, 255), size=(640, 480), ground=DARK):
    picture = Image.new("RGB", size, ground)
    for box in boxes:
        picture.paste(colour, box)
    return picture


def mask_of(box, size=(640, 480), grow=20):
    mask = Image.new("L", size)
    mask.paste(255, (box[0] - grow, box[1] - grow, box[2] + grow, box[3] + grow))
    return mask


def changed(before, after):
    """bool (H, W)"""
    return (np.asarray(before) != np.asarray(after)).any(2)


def middle(picture, box):
    return np.array(picture.getpixel(((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)), dtype=int)


PICTURE, CHARACTER = squares(LEFT, RIGHT), squares((100, 100, 260, 260), colour=(255, 255, 100))


@pytest.fixture(scope="module")
def toy():
    return load("toy:inswapper")


@pytest.fixture(scope="module")
def red(tmp_path_factory):
    """A swapper that takes away green and blue, whatever the character."""
    folder = tmp_path_factory.mktemp("insight") / "models"
    build_insightface(folder)
    model = tinting_swapper(np.random.default_rng(0), bias=(200, -200, -200))
    onnx.save(model, folder / "inswapper_128.onnx")
    weights, analysis = str(folder / "inswapper_128.onnx"), str(folder / "buffalo_l")
    return load("inswapper", weights=weights, analysis=analysis, accept_research_licence=True, device="cpu")


def refused(swapper, image, face=CHARACTER, mask=None):
    with pytest.raises(Refused) as caught:
        swapper(image, face, mask)
    return caught.value


def test_the_face_in_the_mask_is_swapped(toy):
    done = toy(PICTURE, CHARACTER, mask_of(RIGHT))
    where = changed(PICTURE, done)
    assert where[200:280, 400:480].all() and not where[:, :300].any() and done.size == PICTURE.size


def test_without_a_mask_the_largest_is_swapped(toy):
    where = changed(PICTURE, toy(PICTURE, CHARACTER, None))
    assert where[100:220, 100:220].all() and not where[:, 300:].any()


def test_outside_the_mask_bytes_stand(toy):
    """Where it cuts the face in two, too; inside its rim the new face is blended in."""
    half = mask_of((100, 100, 160, 220), grow=0)
    done = toy(PICTURE, CHARACTER, half)
    where = changed(PICTURE, done)
    assert not where[np.asarray(half) == 0].any() and where[101:219, 101:159].all()
    whole = toy(PICTURE, CHARACTER, mask_of(LEFT))
    steps = np.abs(np.asarray(done)[160, 140:160].astype(int) - np.asarray(whole)[160, 140:160]).sum(1)
    assert steps[0] == 0 < steps[-2] < steps[-1]


@pytest.mark.parametrize("box", [LEFT, (8, 350, 128, 470)])
def test_the_surroundings_hold_all_that_changes(toy, monkeypatch, box):
    """InsightFace would work on the whole of a large photograph."""
    picture = squares(box)
    done = toy(picture, CHARACTER, None)
    monkeypatch.setattr(insight_swapper, "AROUND", 100)
    steps = np.asarray(done).astype(int) - np.asarray(toy(picture, CHARACTER, None))
    assert abs(steps).max() <= 1 and changed(picture, done).any()


def test_red_is_drawn_red(red):
    """InsightFace works in BGR: a channel that is forgotten somewhere would come out blue."""
    drawn = middle(red(PICTURE, CHARACTER, mask_of(LEFT)), LEFT)
    assert drawn[0] > 250 and (abs(drawn[1:] - 191) < 5).all()


def test_a_face_is_looked_for_in_rgb(toy):
    """The planted detector looks at red."""
    assert toy(squares(LEFT, colour=(255, 255, 0)), CHARACTER, None)
    assert refused(toy, squares(LEFT, colour=(0, 255, 255))).reason == "no_face"


def test_the_character_decides_the_colour(toy):
    yellow, white = (squares((100, 100, 260, 260), colour=colour) for colour in ((255, 255, 0), (255, 255, 255)))
    first, second = (middle(toy(PICTURE, character, None), LEFT) for character in (yellow, white))
    assert abs(first - second).max() > 5


def test_the_best_face_of_the_character_is_taken(toy):
    large = squares((200, 100, 400, 300), colour=(255, 255, 100))
    both = large.copy()
    both.paste((255, 255, 255), (50, 50, 100, 100))
    alone = middle(toy(PICTURE, large, None), LEFT)
    assert (middle(toy(PICTURE, both, None), LEFT) == alone).all()


def test_the_same_call_gives_the_same_bytes(toy):
    assert not changed(toy(PICTURE, CHARACTER, None), toy(PICTURE, CHARACTER, None)).any()


PROFILE = squares(LEFT, colour=(255, 0, 255))
REFUSALS = {
    "no_face": (squares(), CHARACTER),
    "no_face_of_character": (PICTURE, squares()),
    "several_faces": (PICTURE, squares(LEFT, (300, 100, 420, 220))),
    "tiny_face": (squares((96, 96, 120, 120)), CHARACTER),
    "profile_face": (PROFILE, CHARACTER),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_what_cannot_be_swapped_has_its_reason(toy, reason):
    assert refused(toy, *REFUSALS[reason]).reason == reason


def test_a_profile_of_the_character_is_refused(toy):
    found = refused(toy, PICTURE, PROFILE)
    assert found.reason == "profile_face" and "the character's face" in str(found)


@pytest.mark.parametrize(
    "image, face, mask, says",
    [
        (PICTURE.convert("RGBA"), CHARACTER, None, "two RGB pictures, got RGBA and RGB"),
        (PICTURE, CHARACTER, Image.new("L", (64, 48), 255), r"mask of mode L .* got L of \(64, 48\)"),
        (PICTURE, CHARACTER, Image.new("RGBA", PICTURE.size, "white"), "got RGBA of"),
        (PICTURE, CHARACTER, Image.new("L", PICTURE.size, 0), "black all over"),
    ],
)
def test_pictures_it_cannot_take_are_named(toy, image, face, mask, says):
    with pytest.raises(BadInput, match=says):
        toy(image, face, mask)


def test_a_toy_says_so(toy, red):
    assert (toy.card.kind, toy.card.licence, toy.card.name) == ("toy", "none: made by code", "toy:inswapper")
    assert red.card.kind == "real" and "research only" in red.card.licence
    assert toy.card.revision != red.card.revision and toy.card.settings == red.card.settings


def test_loading_prints_nothing(capsys):
    load("toy:inswapper")
    assert capsys.readouterr().out == ""
