"""FLUX.1 dev and schnell at toy size: words, negative words, noise and size each matter, and nothing else is taken."""

import pytest
from asked_of_flux1 import DRAWN, MASK, asked, fresh, toy
from klein import ROUNDING, SIZE, apart, drawn_by_code

from tryon_core import models
from tryon_core.errors import BadInput, Refused
from tryon_core.flows.revising import in_words
from tryon_core.models.device.manager import Manager
from tryon_core.models.flux1.flux1_kinds import KINDS
from tryon_core.models.toy import toy_folder
from tryon_core.records import EditRequest, Fix, Noise

pytest.importorskip("torch", reason="torch is not installed; run make setup")

MORE = 10 * ROUNDING
NAMES = ["flux1-dev", "flux1-schnell"]


def by_words(**more):
    return asked(size=SIZE, **more)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", [{"prompt": "a blue dress"}, {"seed": 1}, {"noise": Noise(steps=((5, 0.3),))}])
def test_words_and_noise_matter(name, other):
    assert apart(toy(name)(by_words()), toy(name)(by_words(**other))) > MORE


def test_guidance_and_negative_words_matter_to_dev():
    plain = toy("flux1-dev")(by_words())
    for other in ({"guidance": 1.0}, {"negative_prompt": "ugly"}, {"negative_prompt": "dark"}):
        assert apart(plain, toy("flux1-dev")(by_words(**other))) > MORE
    stronger = toy("flux1-dev", true_cfg_scale=8)
    assert apart(stronger(by_words(negative_prompt="ugly")), toy("flux1-dev")(by_words(negative_prompt="ugly"))) > MORE


def test_different_words_in_one_batch_are_drawn_as_singly():
    requests = [
        by_words(seed=1),
        by_words(prompt="a blue dress", seed=2),
        by_words(negative_prompt="ugly"),
        by_words(negative_prompt="dark", prompt="a blue dress"),
        by_words(guidance=1.0),
        asked(size=(64, 32)),
    ]
    dev = toy("flux1-dev")
    together, singly = dev.batch([(each,) for each in requests]), [fresh(dev)(each) for each in requests]
    assert max(apart(*pair) for pair in zip(together, singly, strict=True)) <= ROUNDING
    assert apart(together[0], together[1]) > MORE < apart(together[2], together[3])


def test_without_a_size_it_is_the_pipelines_own():
    assert toy("flux1-dev").check(EditRequest(prompt="a shirt", images=())).own_size == (1024, 1024)


@pytest.mark.parametrize("name", NAMES)
def test_what_it_takes_is_said(name):
    flux1, kind = toy(name), KINDS[name]
    assert flux1.takes == (("negative_prompt",) if name == "flux1-dev" else ())
    assert (flux1.min_images, flux1.unmasked_images) == (0, 0)
    assert flux1.card.settings["steps"] == kind.steps and flux1.card.settings.get("guidance") == kind.guidance
    assert toy("flux1-dev").card.settings["true_cfg_scale"] == 4 and "redux" not in flux1.card.settings


@pytest.mark.parametrize(
    ("name", "request_of", "sentence"),
    [
        (
            "flux1-dev",
            asked(1),
            "draws by words alone and would not look at pictures; leave them out, or take flux1-fill",
        ),
        ("flux1-dev", asked(**MASK, control=2), "pictures or a mask or a control map"),
        ("flux1-dev", by_words(strength=0.5), "draws a whole picture, without a strength"),
        ("flux1-dev", asked(size=(100, 64)), "sides that are multiples of 16; got 100 x 64"),
        ("flux1-dev", asked(size=(0, 64)), "sides that are multiples of 16; got 0 x 64"),
        ("flux1-dev", asked(size=(2048, 1024)), "up to one megapixel .* got 2048 x 1024"),
        (
            "flux1-schnell",
            by_words(negative_prompt="ugly"),
            "negative words; leave them out, or take flux1-dev",
        ),
        ("flux1-schnell", by_words(guidance=3.5), "distilled without guidance and is told none; leave guidance out"),
    ],
)
def test_a_request_that_cannot_be_honoured_is_refused(name, request_of, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy(name)(request_of)


@pytest.mark.parametrize("scale", [1, 0.5, 31, "4", True])
def test_a_scale_that_does_nothing_is_refused(scale):
    with pytest.raises(BadInput, match="true_cfg_scale of toy:flux1-dev is a number above 1, where negative words"):
        models.load("toy:flux1-dev", device="cpu", true_cfg_scale=scale)


@pytest.mark.parametrize(("name", "other"), [NAMES, NAMES[::-1]])
def test_the_others_weights_are_refused(name, other):
    with pytest.raises(BadInput, match=f"{name} reads (no|a) guidance and the transformer in .* reads (one|none)"):
        models.load(name, device="cpu", weights=str(toy_folder(other)))


@pytest.mark.parametrize(("name", "tokens"), [("flux1-dev", 512), ("flux1-schnell", 256)])
def test_as_many_words_as_fit_are_known_beforehand(name, tokens):
    words = "shirt " * (tokens - 1)
    flux1 = toy(name)
    assert flux1.fits(words) and not flux1.fits(words + "shirt")
    for request in (by_words(prompt=words + "shirt"), by_words(negative_prompt=words + "shirt")):
        if request.settings.negative_prompt and name == "flux1-schnell":
            continue
        with pytest.raises(Refused, match=f"reads {tokens} tokens of words and got {tokens + 1}; say less"):
            flux1(request)


def test_fixes_that_have_no_room_are_left_out_in_order_of_importance():
    fixes = [
        Fix(constraint="realism", text=f"{'shirt ' * 60}{word}") for word in ("red", "blue", "green", "black", "white")
    ]
    words = in_words("A long dress.", fixes, toy("flux1-schnell").fits)
    assert toy("flux1-schnell").fits(words) and "blue" in words and "white" not in words


def test_another_name_of_dev_loads_it():
    assert models.load("toy:flux1", device="cpu").card == toy("flux1-dev").card
    assert models.member_of("toy:flux1", "fill") == "toy:flux1-fill"
    manager = Manager()
    assert manager.load("toy:flux1")._slot is manager.load("toy:flux1-dev")._slot
    assert models.options_of("flux1") == models.options_of("flux1-dev") and models.role_of("flux1") == "generator"


@pytest.mark.parametrize("name", NAMES)
def test_copied_code_draws_an_attempt_again(name, tmp_path):
    flux1, request = models.load(f"toy:{name}", device="cpu"), asked(**DRAWN[name], steps=2)
    redrawn, code = drawn_by_code(flux1.card.name, request, tmp_path)
    assert apart(redrawn, flux1(request)) <= ROUNDING and f'load("toy:{name}"' in code


def test_settings_are_in_the_copied_code(tmp_path):
    flux1, request = toy("flux1-dev"), by_words(negative_prompt="ugly", guidance=2.0, steps=2)
    redrawn, code = drawn_by_code(flux1.card.name, request, tmp_path)
    assert apart(redrawn, flux1(request)) <= ROUNDING and 'negative_prompt="ugly"' in code
