"""FLUX.1 Fill at toy size: what lies around the mask is seen, what lies outside it stays."""

import numpy as np
import pytest
from asked_of_flux1 import MASK, asked, fresh, toy
from klein import ROUNDING, SIZE, apart, box, drawn_by_code, inside, picture
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.records import EditRequest, Settings
from tryon_core.roles import answers

pytest.importorskip("torch", reason="torch is not installed; run make setup")

MORE = 10 * ROUNDING


def fill(**options):
    return toy("flux1-fill", **options)


def test_only_what_a_mask_shows_changes():
    person, mask, drawn = picture(1, SIZE), MASK["mask"], fill()(asked(**MASK))
    assert np.array_equal(inside(drawn, mask, False), inside(person, mask, False))
    assert np.abs(inside(drawn, mask) - inside(person, mask)).mean() > MORE


@pytest.mark.parametrize("other", [{"prompt": "a blue dress"}, {"seed": 1}, {"guidance": 1.0}, {"garment": 5}])
def test_words_noise_guidance_and_garment_matter(other):
    assert apart(fill()(asked(**MASK)), fill()(asked(**MASK, **other))) > MORE


def test_what_lies_outside_is_seen_inside_and_what_is_hidden_is_not():
    mask, hidden = MASK["mask"], picture(1, SIZE)
    hidden.paste((255, 0, 0), (20, 36, 60, 80))
    request, outside = asked(**MASK), picture(1, SIZE)
    outside.paste((255, 0, 0), (0, 0, 96, 24))
    one, same, other = (
        fill()(EditRequest(prompt=request.prompt, images=(image,), mask=mask, settings=request.settings))
        for image in (request.images[0], hidden, outside)
    )
    assert one.tobytes() == same.tobytes() and np.abs(inside(one, mask) - inside(other, mask)).max() > MORE


def test_less_strength_keeps_something_of_what_was_there():
    answered = answers(fill(), [(asked(**MASK, steps=10, strength=strength),) for strength in (0.3, 0.6, 1.0)])
    assert [answer.spent.steps for answer in answered] == [3, 6, 10]
    person, mask = picture(1, SIZE), MASK["mask"]
    least, _, most = (np.abs(inside(answer.value, mask) - inside(person, mask)).mean() for answer in answered)
    assert least < most


def test_different_requests_in_one_batch_are_drawn_as_they_are_singly():
    requests = [
        asked(1, mask=box(), seed=1),
        asked(3, mask=box(0, 0, 40, 60), seed=2, prompt="a blue dress"),
        asked(3, mask=box(0, 0, 40, 60), seed=2, garment=4),
        asked(5, mask=box(), garment=6),
        asked(5, mask=box(), strength=0.5),
    ]
    together, singly = fill().batch([(each,) for each in requests]), [fresh(fill())(each) for each in requests]
    assert max(apart(*pair) for pair in zip(together, singly, strict=True)) <= ROUNDING
    assert apart(together[0], together[1]) > MORE < apart(together[1], together[2])


@pytest.mark.parametrize("size", [(101, 67), (300, 400)])
def test_a_picture_comes_back_in_its_own_size(size):
    person, mask = picture(1, (304, 400)).crop((0, 0, *size)), box(8, 8, 60, 60, size=size)
    request = EditRequest(prompt="a shirt", images=(person,), mask=mask, settings=Settings(steps=1))
    drawn = fill()(request)
    assert drawn.size == size and np.array_equal(inside(drawn, mask, False), inside(person, mask, False))


@pytest.mark.parametrize(
    ("request_of", "sentence"),
    [
        (asked(1), "draws inside a mask: give request.mask"),
        (asked(mask=box()), "needs the picture that the mask is of, and got none"),
        (asked(**MASK, control=2), "reads no control map; leave it out, or take flux1-canny"),
        (asked(**MASK, negative_prompt="ugly"), "guided without negative words"),
        (asked(**MASK, size=(64, 64)), "draws in the picture's own size"),
        (asked(**MASK, strength=0.0), "strength 0 of toy:flux1-fill leaves out all 4 steps"),
        (asked(1, mask=Image.new("L", SIZE)), "nothing may change: the mask is black all over"),
    ],
)
def test_a_request_that_cannot_be_honoured_is_refused(request_of, sentence):
    with pytest.raises(BadInput, match=sentence):
        fill()(request_of)


def test_too_many_words_are_refused():
    with pytest.raises(Refused, match="reads 512 tokens of words and got 801"):
        fill()(asked(**MASK, prompt="shirt " * 800))


def test_copied_code_draws_an_attempt_again(tmp_path):
    request = asked(**MASK, garment=5, steps=2)
    redrawn, code = drawn_by_code(fill().card.name, request, tmp_path)
    assert apart(redrawn, fill()(request)) <= ROUNDING and "reference_2" in code
