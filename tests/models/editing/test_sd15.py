"""Stable Diffusion 1.5 with ControlNets at toy size: words, map and mask each matter, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest
from asked_of_sd15 import ROUNDING, SIZE, STEPS, asked, box, fresh, inside, toy
from klein import apart, drawn_by_code, picture
from PIL import Image

from tryon_core import models
from tryon_core.models.editing.sd15 import StableDiffusion15
from tryon_core.models.editing.sd15_latents import decoded, encoded
from tryon_core.records import EditRequest, Noise, Settings
from tryon_core.roles import answers

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

WAYS = {
    "words": {"person": None},
    "map": {"control": 2},
    "mask": {"mask": box()},
    "both": {"control": 2, "mask": box()},
}
MORE = 10 * ROUNDING


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_same_request_gives_the_same_picture_whatever_is_kept(way):
    sd15 = toy()
    drawn = sd15(asked(**way))
    assert drawn.tobytes() == sd15(asked(**way)).tobytes() == fresh(sd15)(asked(**way)).tobytes()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    "other", [{"prompt": "a blue dress"}, {"seed": 1}, {"noise": Noise(steps=((5, 0.3),))}, {"negative_prompt": "red"}]
)
def test_words_and_noise_matter(way, other):
    assert apart(toy()(asked(**way)), toy()(asked(**way, **other))) > MORE


@pytest.mark.parametrize("way", [WAYS["map"], WAYS["both"]], ids=["map", "both"])
def test_another_map_is_another_picture(way):
    drawn = toy()(asked(**way))
    assert apart(drawn, toy()(asked(**{**way, "control": 3}))) > MORE
    assert apart(drawn, toy()(asked(**{**way, "control": None}))) > MORE


def test_a_control_scale_says_how_much_a_map_matters():
    without, half, whole = (toy(control_scale=scale)(asked(control=2)) for scale in (0, 0.5, 1.0))
    assert apart(without, toy()(asked())) <= ROUNDING
    assert np.abs(np.asarray(half, int) - without).mean() < np.abs(np.asarray(whole, int) - without).mean()


def test_only_what_a_mask_shows_changes():
    mask, person = box(), picture(1, SIZE)
    drawn = toy()(asked(mask=mask))
    assert np.array_equal(inside(drawn, mask, False), inside(person, mask, False))
    assert np.abs(inside(drawn, mask) - inside(toy()(asked(mask=mask, seed=1)), mask)).mean() > MORE
    other = toy()(asked(mask=box(0, 0, 40, 60)))
    assert np.abs(np.asarray(drawn, int) - np.asarray(other, int))[32:60, 24:40].max() > MORE


def test_what_lies_outside_a_mask_is_seen_inside():
    other = picture(1, SIZE)
    other.paste((255, 0, 0), (0, 0, 96, 24))
    one = asked(mask=box())
    two = EditRequest(prompt=one.prompt, images=(other,), mask=one.mask, settings=one.settings)
    assert np.abs(inside(toy()(one), one.mask) - inside(toy()(two), two.mask)).max() > MORE


def test_less_strength_keeps_more_of_what_was_there():
    """Held to the picture as the VAE gives it back: a random one does not give much back."""
    sd15, mask = toy(), box()
    with torch.inference_mode():
        (person,) = decoded(sd15.pipe, encoded(sd15.pipe, sd15.kept, picture(1, SIZE)))
    drawn = [sd15(asked(mask=mask, steps=10, strength=strength)) for strength in (0.1, 0.5, 1.0)]
    far = [np.abs(inside(each, mask) - inside(person, mask)).mean() for each in drawn]
    assert far[0] < far[1] < far[2]


def test_a_thin_line_is_drawn_too():
    """The library looks at one pixel of each 8 x 8 and would see nothing of it."""
    mask = box(20, 33, 80, 35)
    one, two = (toy()(asked(mask=mask, seed=seed)) for seed in (1, 2))
    assert np.abs(inside(one, mask) - inside(two, mask)).mean() > MORE


def test_guidance_of_one_asks_no_negative_words():
    plain, other = (asked(guidance=1.0, negative_prompt=words) for words in ("red", "blue"))
    assert toy()(plain).tobytes() == toy()(other).tobytes() != toy()(asked(negative_prompt="red")).tobytes()


@pytest.mark.parametrize("name", ["sd15-controlnet", "sd15-inpainting-controlnet"])
@pytest.mark.parametrize("controlnets", ["pose", ("pose", "canny")])
def test_different_requests_in_one_batch_are_drawn_as_they_are_singly(name, controlnets, man_seen):
    """With several ControlNets too, where the library's own call takes one request at a time."""
    sd15 = toy(name, controlnets=controlnets)
    requests = [
        asked(1, control=2, mask=box(), seed=1),
        asked(3, control=4, mask=box(0, 0, 40, 60), seed=2, prompt="a blue dress"),
        asked(3, mask=box(), seed=2),
        asked(5, control=2, mask=box(), strength=0.5),
        asked(5, control=2, mask=box(), guidance=2.0),
        asked(5, control=2, mask=box(0, 0, 40, 60)),
    ]
    together, singly = sd15.batch([(each,) for each in requests]), [fresh(sd15)(each) for each in requests]
    assert [apart(*pair) <= ROUNDING for pair in zip(together, singly, strict=True)] == [True] * len(requests)
    assert apart(together[0], together[1]) > MORE


@pytest.fixture
def man_seen():
    """The second map is of edges: `canny`, which sees every picture."""
    assert [mapper.card.name for mapper in toy(controlnets=("pose", "canny")).mappers] == ["canny"]


def test_a_toy_maps_by_a_toy_where_there_is_one():
    sd15 = toy(controlnets=("canny", "depth"))
    assert [mapper.card.name for mapper in sd15.mappers] == ["toy:depth-anything-v2-small"]
    drawn = sd15(asked(control=2)), sd15(asked(person=3, control=2))
    assert apart(*drawn) > 3 * ROUNDING  # two maps of a toy are much alike


def test_a_second_controlnet_maps_the_picture_itself():
    two = toy(controlnets=("pose", "canny"))
    drawn, plain = two(asked(control=2)), replace(asked(control=2), images=(Image.new("RGB", SIZE, "grey"),))
    assert apart(drawn, toy()(asked(control=2))) > MORE  # the first alone
    assert apart(drawn, two(plain)) > MORE  # another picture, other edges: none
    assert apart(toy()(asked(control=2)), toy()(asked(person=3, control=2))) <= ROUNDING  # one map: not looked at


@pytest.mark.parametrize(("strength", "steps"), [(None, STEPS), (0.5, STEPS // 2)])
def test_denoising_steps_are_counted(strength, steps):
    (answer,) = answers(toy(), [(asked(mask=box(), strength=strength),)])
    assert answer.spent.steps == steps and answer.spent.calls == 1 and answer.value.size == SIZE


@pytest.mark.parametrize("size", [(96, 128), (101, 67), (300, 400)])
def test_a_picture_comes_back_in_its_own_size_without_stretching(size):
    sd15, person = toy(), picture(1, (304, 400)).crop((0, 0, *size))
    map_of = EditRequest(prompt="a shirt", images=(person,), control=person, settings=Settings(steps=2))
    width, height = sd15.check(map_of).size
    assert sd15(map_of).size == size and max(width, height) == 128
    assert abs(width / height - size[0] / size[1]) < 0.02


def test_a_size_can_be_asked_for_where_words_draw_alone():
    assert toy()(asked(person=None, size=(72, 120))).size == (72, 120)
    assert toy()(asked(person=None)).size == (512, 512)


def test_small_pictures_are_drawn_larger_and_large_ones_smaller():
    sizes = ((200, 100), (600, 300), (3000, 1500))
    requests = [EditRequest(prompt="x", images=(Image.new("RGB", size),)) for size in sizes]
    sd15 = StableDiffusion15(toy().pipe, toy().card)
    assert [sd15.check(request).size for request in requests] == [(512, 256), (600, 300), (768, 384)]


def test_the_inpainting_checkpoint_sees_the_mask():
    sd15 = toy("sd15-inpainting-controlnet")
    assert sd15.pipe.unet.config.in_channels == 9
    drawn = sd15(asked(mask=box(), control=2))
    assert np.array_equal(inside(drawn, box(), False), inside(picture(1, SIZE), box(), False))
    assert apart(drawn, sd15(asked(mask=box(), control=3))) > MORE


def test_its_card_says_what_it_draws_with():
    card = toy(controlnets=("pose", "canny")).card
    assert card.kind == "toy" and card.settings["steps"] == 50 and card.settings["guidance"] == 7.5
    assert list(card.settings["controlnets"]) == ["pose", "canny"] and card.settings["safety_checker"] is False


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_copied_code_draws_an_attempt_again(way, tmp_path):
    sd15, request = models.load("toy:sd15-controlnet", device="cpu"), asked(**way, steps=1)
    redrawn, code = drawn_by_code(sd15.card.name, request, tmp_path)
    assert apart(redrawn, sd15(request)) <= ROUNDING and "EditRequest" in code
