"""FLUX.1's control models at toy size: words, map and mask each matter, and nothing else changes."""

import numpy as np
import pytest
from asked_of_flux1 import MAP, MASK, NAMES, WAYS, asked, fresh, toy
from klein import ROUNDING, SIZE, apart, box, drawn_by_code, inside, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput, Refused
from tryon_core.models.flux1.flux1_kinds import KINDS
from tryon_core.records import EditRequest, Noise, Settings
from tryon_core.roles import answers

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

MORE = 10 * ROUNDING
LONG = "a red striped shirt with long sleeves " * 80


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_the_same_request_gives_the_same_picture_whatever_is_kept(way):
    drawn = toy()(asked(**way))
    assert drawn.tobytes() == toy()(asked(**way)).tobytes() == fresh(toy())(asked(**way)).tobytes()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    "other",
    [{"prompt": "a blue dress"}, {"control": 3}, {"seed": 1}, {"noise": Noise(steps=((5, 0.3),))}, {"guidance": 3.0}],
)
def test_words_map_noise_and_guidance_matter(way, other):
    assert apart(toy()(asked(**way)), toy()(asked(**(way | other)))) > MORE


def test_only_what_a_mask_shows_changes():
    request, mask, person = asked(**WAYS["mask"]), WAYS["mask"]["mask"], picture(1, SIZE)
    drawn = toy()(request)
    assert np.array_equal(inside(drawn, mask, False), inside(person, mask, False))
    assert np.abs(inside(drawn, mask) - inside(person, mask)).mean() > MORE


def test_what_lies_outside_a_mask_is_seen_inside():
    one, mask = asked(**WAYS["mask"]), WAYS["mask"]["mask"]
    other = one.images[0].copy()
    other.paste((255, 0, 0), (0, 0, 96, 24))
    two = EditRequest(prompt=one.prompt, images=(other,), mask=mask, control=one.control, settings=one.settings)
    assert np.abs(inside(toy()(one), mask) - inside(toy()(two), mask)).max() > MORE


def test_less_strength_does_fewer_steps_and_another_picture():
    requests = [asked(**WAYS["mask"], steps=10, strength=strength) for strength in (0.3, 0.6, 1.0)]
    drawn = answers(toy(), [(request,) for request in requests])
    assert [answer.spent.steps for answer in drawn] == [3, 6, 10]
    assert apart(drawn[0].value, drawn[2].value) > MORE


def test_a_thin_line_is_drawn_too():
    mask = box(20, 33, 80, 35)
    one, two = (toy()(asked(1, **MAP, mask=mask, seed=seed)) for seed in (1, 2))
    assert np.abs(inside(one, mask) - inside(two, mask)).mean() > MORE


def test_different_requests_in_one_batch_are_drawn_as_they_are_singly():
    requests = [
        asked(1, mask=box(), seed=1, control=2),
        asked(3, mask=box(0, 0, 40, 60), seed=2, prompt="a blue dress", control=4),
        asked(5, mask=box(), strength=0.5, control=2),
        asked(5, mask=box(), garment=6, control=2),
        asked(5, mask=box(), garment=7, control=2),
        asked(seed=3, control=2),
        asked(control=4, prompt="a blue dress"),
        asked(control=4, guidance=2.0),
    ]
    together, singly = toy().batch([(each,) for each in requests]), [fresh(toy())(each) for each in requests]
    assert [apart(*pair) <= ROUNDING for pair in zip(together, singly, strict=True)] == [True] * len(requests)
    assert apart(together[0], together[1]) > MORE < apart(together[5], together[6])


@pytest.mark.parametrize("size", [(96, 128), (101, 67), (300, 400)])
def test_a_picture_comes_back_in_the_maps_size(size):
    control = picture(1, (304, 400)).crop((0, 0, *size))
    request = EditRequest(prompt="a shirt", images=(), control=control, settings=Settings(steps=1))
    assert toy()(request).size == size


def test_a_large_picture_is_drawn_at_a_megapixel():
    request = EditRequest(prompt="a shirt", images=(), control=Image.new("RGB", (3000, 1500)))
    width, height = toy().check(request).size
    assert 0.99 * 2**20 < width * height <= 2**20 and abs(width / height - 2) < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_its_card_says_what_it_draws_with(name):
    card, kind = toy(name).card, KINDS[name]
    assert card.kind == "toy" and card.settings["steps"] == kind.steps and card.settings["guidance"] == kind.guidance
    (answer,) = answers(toy(name), [(asked(control=2, steps=None),)])
    assert answer.spent.steps == kind.steps


@pytest.mark.parametrize(
    ("request_of", "sentence"),
    [
        (asked(1, **MAP), "keeps nothing of a picture without a mask: give request.mask"),
        (asked(1), "keeps nothing of a picture without a mask: give request.mask"),
        (asked(mask=box(), **MAP), "needs the picture that the mask is of, and got none"),
        (asked(**MAP, negative_prompt="blurry"), "guided without negative words"),
        (asked(**MAP, strength=0.5), "where there is no mask, without a strength"),
        (asked(**MAP, size=(64, 64)), "draws in the map's own size"),
        (asked(1, **MAP, mask=Image.new("L", SIZE)), "nothing may change: the mask is black all over"),
        (asked(1, **MAP, mask=box(), strength=0.0), "strength 0 of toy:flux1-canny leaves out all 4 steps"),
        (
            EditRequest(prompt="x", images=(picture(1, SIZE),), mask=box(), control=picture(2, (64, 64))),
            "a control map has the size of its picture, 96 x 128; got 64 x 64",
        ),
    ],
)
def test_a_request_that_cannot_be_honoured_is_refused(request_of, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy()(request_of)


@pytest.mark.parametrize(
    ("request_of", "reason"),
    [(asked(**MASK), "no_control_map"), (asked(**MAP, prompt=LONG), "too_many_words")],
)
def test_a_sample_that_cannot_be_drawn_is_refused(request_of, reason):
    with pytest.raises(Refused) as refusal:
        toy()(request_of)
    assert refusal.value.reason == reason


def test_as_many_words_as_fit_are_known_beforehand():
    words = "shirt " * 511
    assert toy().fits(words) and not toy().fits(words + "shirt")


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_copied_code_draws_an_attempt_again(way, tmp_path):
    flux1, request = models.load("toy:flux1-canny", device="cpu"), asked(**way, steps=2)
    redrawn, code = drawn_by_code(flux1.card.name, request, tmp_path)
    assert apart(redrawn, flux1(request)) <= ROUNDING and "EditRequest" in code
