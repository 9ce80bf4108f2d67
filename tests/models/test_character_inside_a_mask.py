"""A character task, images = (init, character) with a mask, through the toys of the models that draw one."""

from functools import cache

import numpy as np
import pytest
from klein import ROUNDING, SIZE, apart, box, inside, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.flows.first_request import looked_at
from tryon_core.records import EditRequest, Noise, Settings

pytest.importorskip("torch", reason="torch is not installed; run make setup")

SEEING = ["flux1-fill", "flux2-klein-4b", "qwen-image-edit-2509", "qwen-image-edit-2511"]
NAMES = [*SEEING, "qwen-image-edit"]
MOST = {"flux1-fill": 2, "qwen-image-edit": 1, "qwen-image-edit-2509": 3}  # pictures; FLUX.2 Klein takes any number
MASK, INIT, CHARACTER = box(), picture(1), picture(2, (80, 80))


@cache
def toy(name):
    return models.load(f"toy:{name}", device="cpu")


def asked(name, character=CHARACTER, mask=MASK, seed=0, more=()):
    """As a flow asks: with the pictures that the model looks at."""
    images = (*looked_at(toy(name), (INIT, character), masked=True), *more)
    settings = Settings(steps=4, strength=1.0)
    return EditRequest(prompt="Show her.", images=images, mask=mask, settings=settings, noise=Noise(seed=seed))


@cache
def candidates(name):
    """Four of one task, drawn together."""
    return toy(name).batch([(asked(name, seed=seed),) for seed in range(4)])


@pytest.mark.parametrize("name", SEEING)
def test_another_character_gives_another_picture(name):
    other = toy(name)(asked(name, picture(5, (80, 80))))
    assert np.abs(inside(other, MASK) - inside(candidates(name)[0], MASK)).max() > 5 * ROUNDING


def test_who_looks_at_one_picture_is_asked_without_the_character():
    name = "qwen-image-edit"
    assert asked(name).images == (INIT,) and len(asked(SEEING[0]).images) == 2


@pytest.mark.parametrize("name", NAMES)
def test_only_what_the_mask_shows_changes(name):
    for drawn in candidates(name):
        assert np.array_equal(inside(drawn, MASK, False), inside(INIT, MASK, False))
        assert np.abs(inside(drawn, MASK) - inside(INIT, MASK)).mean() > 10


@pytest.mark.parametrize("name", NAMES)
def test_candidates_together_are_drawn_as_singly(name):
    singly = [toy(name)(asked(name, seed=seed)) for seed in (0, 3)]
    together = candidates(name)
    assert max(apart(singly[0], together[0]), apart(singly[1], together[3])) <= ROUNDING
    assert apart(*singly) > 5 * ROUNDING


@pytest.mark.parametrize("name", NAMES)
def test_the_same_task_gives_the_same_bytes(name):
    assert toy(name)(asked(name, seed=1)).tobytes() == toy(name)(asked(name, seed=1)).tobytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_white_mask_lets_all_change(name):
    drawn = np.asarray(toy(name)(asked(name, mask=Image.new("L", SIZE, 255))), int)
    changed_HW = np.abs(drawn - np.asarray(INIT, int)).max(axis=2) > ROUNDING
    assert drawn.shape == (*SIZE[::-1], 3) and changed_HW.mean() > 0.9


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (Image.new("L", SIZE), "nothing may change: the mask is black all over"),
        (box(size=(64, 64)), "got mode L, 64 x 64"),
        (MASK.convert("RGB"), "got mode RGB, 96 x 128"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(name, mask, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy(name)(asked(name, mask=mask))


@pytest.mark.parametrize("name", MOST)
def test_more_pictures_than_it_looks_at_are_refused(name):
    most, seen = MOST[name], len(asked(name).images)
    assert toy(name).masked_images == most
    with pytest.raises(BadInput, match=rf"got {most + 1}; leave the others out"):
        toy(name)(asked(name, more=(CHARACTER,) * (most + 1 - seen)))
