"""Qwen-Image-Edit inside a mask at toy size: what is drawn, what stays, and which masks are refused."""

import numpy as np
import pytest
from asked_of_qwen_image import NAMES, SEVERAL, asked, fresh, toy
from klein import ROUNDING, SIZE, apart, box, drawn_by_code, inside, picture
from PIL import Image, ImageFilter

from tryon_core.errors import BadInput
from tryon_core.pictures.crop_and_stitch import CropOptions, edited
from tryon_core.records import EditRequest
from tryon_core.roles import answers

pytest.importorskip("torch", reason="torch is not installed; run make setup")

MORE = 5 * ROUNDING
MASK = box()


def soft(size, blur_px=4):
    """White in the middle, black at the border, grey between."""
    width, height = size
    mask = box(width // 4, height // 4, width * 3 // 4, height * 3 // 4, size=size)
    return mask.filter(ImageFilter.GaussianBlur(blur_px))


@pytest.mark.parametrize("size", [SIZE, (101, 67), (400, 300)])
def test_outside_a_soft_mask_every_byte_stands(size):
    person, mask = picture(1, (400, 304)).crop((0, 0, *size)), soft(size)
    drawn = toy()(EditRequest(prompt="a hat", images=(person,), mask=mask, settings=asked(steps=2).settings))
    outside_HW = np.asarray(mask) == 0
    assert drawn.size == size and 0.2 < outside_HW.mean() < 0.9
    assert np.array_equal(np.asarray(drawn)[outside_HW], np.asarray(person)[outside_HW])
    assert np.abs(inside(drawn, mask) - inside(person, mask)).mean() > MORE


def test_the_picture_s_own_size_may_be_said():
    assert toy()(asked(mask=MASK, size=SIZE)).tobytes() == toy()(asked(mask=MASK)).tobytes()


def test_on_a_crop_it_draws_a_small_part_of_a_large_picture():
    person = picture(1, (640, 480))
    mask = box(300, 200, 339, 239, size=person.size)
    request = EditRequest(prompt="a hat", images=(person,), mask=mask, settings=asked(steps=2, size=SIZE).settings)
    shown = []
    drawn = edited(request, lambda each: shown.append(each) or toy()(each), CropOptions(least_px=64))
    assert shown[0].images[0].size == shown[0].settings.size == shown[0].mask.size != person.size
    assert np.array_equal(inside(drawn, mask, False), inside(person, mask, False))
    assert np.abs(inside(drawn, mask) - inside(person, mask)).mean() > MORE


@pytest.mark.parametrize(
    "other", [{"prompt": "a blue dress"}, {"seed": 1}, {"guidance": 1}, {"negative_prompt": "ugly"}, {"strength": 1.0}]
)
def test_inside_a_mask_all_it_is_told_matters(other):
    assert apart(toy()(asked(mask=MASK)), toy()(asked(mask=MASK, **other))) > MORE


def test_less_strength_keeps_more_and_draws_fewer_steps():
    person, by_strength = picture(1), {0.25: 2, None: 5, 1.0: 8}
    answered = answers(toy(), [(asked(mask=MASK, steps=8, strength=strength),) for strength in by_strength])
    assert [answer.spent.steps for answer in answered] == list(by_strength.values())
    least, _, most = (np.abs(inside(answer.value, MASK) - inside(person, MASK)).mean() for answer in answered)
    assert least < most


@pytest.mark.parametrize("name", SEVERAL)
def test_the_first_of_several_pictures_is_begun_from(name):
    """The others are seen alone; were one of them begun from, 8 of 255 would lie between these two."""
    alone, beside_another = (toy(name)(asked(1, another, mask=MASK, strength=0.25)) for another in (None, 3))
    assert apart(alone, beside_another) <= 4


@pytest.mark.parametrize("name", NAMES[:2])
def test_masked_requests_in_one_batch_are_drawn_as_singly(name, monkeypatch):
    qwen, another = fresh(toy(name)), 3 if name in SEVERAL else None
    requests = [
        asked(1, another, mask=MASK, seed=1),
        asked(2, another, mask=box(0, 0, 40, 60), seed=2, prompt="a long blue dress"),
        asked(1, another, mask=MASK, strength=0.3),
        asked(1, another, mask=MASK, strength=1.0),
        asked(1, another),
    ]
    drawn, draw = [], qwen._drawn
    monkeypatch.setattr(qwen, "_drawn", lambda together: drawn.append(len(together)) or draw(together))
    together, singly = qwen.batch([(each,) for each in requests]), [fresh(toy(name))(each) for each in requests]
    assert max(apart(*pair) for pair in zip(together, singly, strict=True)) <= ROUNDING
    assert drawn == [2, 1, 1, 1] and apart(together[0], together[-1]) > MORE


@pytest.mark.parametrize(
    ("mask", "settings", "sentence"),
    [
        (Image.new("L", SIZE), {}, "nothing may change: the mask is black all over"),
        (box(size=(64, 64)), {}, "mode L, 96 x 128 as what it masks; got mode L, 64 x 64"),
        (MASK.convert("RGBA"), {}, "got mode RGBA"),
        (MASK, {"size": (64, 96)}, r"inside a mask at the picture's own size; got settings.size \(64, 96\)"),
        (
            MASK,
            {"strength": 0.0},
            "strength 0 leaves out all 4 steps, so nothing would change; .* leave it out for 0.6",
        ),
    ],
)
def test_a_mask_that_cannot_be_honoured_is_refused(mask, settings, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy()(asked(mask=mask, **settings))


def test_a_line_too_thin_for_the_drawn_size_is_refused():
    size = (960, 1280)
    line = box(500, 0, 500, 1279, size=size)
    with pytest.raises(BadInput, match="draws this picture at 96 x 160, in which nothing of the mask's white is left"):
        toy().check(asked(mask=line, size_of=size))
    assert toy().check(asked(mask=box(500, 0, 520, 1279, size=size), size_of=size)).is_masked


def test_copied_code_draws_a_masked_attempt_again(tmp_path):
    request = asked(mask=MASK, strength=0.75)
    redrawn, code = drawn_by_code(toy().card.name, request, tmp_path)
    assert apart(redrawn, toy()(request)) <= ROUNDING and "mask=mask" in code
