"""Tiled refining at toy size: the library's picture in each tile, no border between tiles, few changes."""

import numpy as np
import pytest
from klein import apart, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput, Refused
from tryon_core.models.editing.enhancing.sd15_refine import Sd15Refine
from tryon_core.models.editing.sd15_latents import decoded, encoded
from tryon_core.models.editing.sd15_request import NEGATIVE
from tryon_core.records import EditRequest, Noise, Settings
from tryon_core.roles import answers

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

SIZE = (96, 128)


def toy(tile_px=512, **options):
    refine = models.load("toy:sd15-refine", device="cpu", **options)
    return Sd15Refine(refine.pipe, refine.card, strength=refine.strength, tile_px=tile_px)


def asked(image=None, *, prompt="a red shirt", seed=0, steps=8, noise=None, **settings):
    return EditRequest(
        prompt=prompt,
        images=(image or picture(1, SIZE),),
        settings=Settings(steps=steps, **settings),
        noise=noise or Noise(seed=seed),
    )


@pytest.mark.parametrize(("strength", "guidance"), [(0.25, None), (0.5, 3.0), (0.9, 1.0)])
def test_a_tile_is_drawn_as_the_library_draws_it(strength, guidance):
    refine, request = toy(), asked(seed=3, strength=strength, guidance=guidance)
    components = dict(refine.pipe.components)
    components["scheduler"] = diffusers.UniPCMultistepScheduler.from_config(refine.pipe.scheduler.config)
    pipe = diffusers.StableDiffusionImg2ImgPipeline(**components, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    vae = pipe.vae  # draws the latents from the generator, from which the noise must come alone
    pipe.prepare_latents = lambda image, timestep, *more: pipe.scheduler.add_noise(
        vae.encode(image).latent_dist.mode() * vae.config.scaling_factor,
        torch.randn((1, 4, SIZE[1] // 8, SIZE[0] // 8), generator=torch.Generator().manual_seed(3)),
        timestep,
    )
    library = pipe(
        prompt=request.prompt,
        negative_prompt=NEGATIVE,
        image=request.images[0],
        strength=strength,
        num_inference_steps=8,
        guidance_scale=7.5 if guidance is None else guidance,
    ).images[0]
    assert apart(refine(request), library) <= 1


@pytest.mark.parametrize("size", [(96, 128), (101, 67), (300, 210)])
def test_a_picture_keeps_its_size(size):
    assert toy(tile_px=128)(asked(picture(1, (304, 224)).crop((0, 0, *size)))).size == size


def test_the_same_request_gives_the_same_picture():
    one, other = toy(tile_px=64), toy(tile_px=64)
    assert one(asked()).tobytes() == one(asked()).tobytes() == other(asked()).tobytes()


@pytest.mark.parametrize(
    "other", [{"prompt": "a blue dress"}, {"seed": 1}, {"noise": Noise(steps=((5, 0.3),))}, {"negative_prompt": "red"}]
)
def test_words_and_noise_matter(other):
    assert apart(toy(tile_px=64)(asked()), toy(tile_px=64)(asked(**other))) > 2


def test_what_else_a_request_has_is_not_read():
    request = asked()
    more = EditRequest(
        prompt=request.prompt,
        images=(*request.images, picture(2)),
        mask=Image.new("L", SIZE, 255),
        settings=request.settings,
    )
    assert toy()(request).tobytes() == toy()(more).tobytes()


def test_less_strength_changes_less():
    """Held to the picture as the VAE gives it back: a random one does not give much back."""
    refine, image = toy(), picture(1, SIZE)
    with torch.inference_mode():
        (back,) = decoded(refine.pipe, encoded(refine.pipe, refine.kept, image))
    far = [
        np.abs(np.asarray(refine(asked(steps=20, strength=strength)), int) - np.asarray(back, int)).mean()
        for strength in (0.1, 0.5, 0.95)
    ]
    assert far[0] < far[1] < far[2]


def test_a_plain_picture_shows_no_border_of_a_tile():
    """Steps at the places where tiles begin and end are as those elsewhere, in a picture and in the whole of several.

    Eight pixels are one latent, so steps are looked at within the same row of each eight."""
    plain = Image.new("RGB", (400, 320), (150, 120, 90))
    tiled = np.asarray(toy(tile_px=128)(asked(plain, seed=1)), int)
    for axis, borders in ((1, (64, 128, 192, 256, 272)), (0, (64, 128, 192))):
        steps = np.abs(np.diff(tiled, axis=axis)).mean(axis=(1 - axis, 2))
        alike = np.array([steps[7::8].mean(), steps[7::8].std()])
        assert max(steps[border - 1] for border in borders) < alike[0] + 3 * alike[1]


@pytest.mark.parametrize(("tile_px", "tiles"), [(512, 1), (96, 2), (64, 6)])
def test_the_steps_of_all_tiles_are_counted(tile_px, tiles):
    (answer,) = answers(toy(tile_px=tile_px), [(asked(steps=8, strength=0.25),)])
    assert answer.spent.steps == 2 * tiles and answer.spent.calls == 1


def test_its_strength_can_be_chosen_and_is_in_its_card():
    assert toy().card.settings["strength"] == 0.25 and toy(strength=0.5).card.settings["strength"] == 0.5
    assert toy(strength=0.5)(asked()).tobytes() == toy()(asked(strength=0.5)).tobytes() != toy()(asked()).tobytes()


@pytest.mark.parametrize(
    ("request_of", "sentence"),
    [
        (EditRequest(prompt="x", images=()), "needs a picture to refine, and got none"),
        (asked(size=(64, 64)), "in its own size and by no control map"),
        (EditRequest(prompt="x", images=(picture(1),), control=picture(2)), "in its own size and by no control map"),
        (asked(steps=3), "at strength 0.25 leaves out all 3 steps, so nothing would change"),
        (asked(strength=1.0), "at strength 1 leaves out no step, so nothing would stay"),
    ],
)
def test_what_it_cannot_honour_is_refused(request_of, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy()(request_of)


def test_words_are_never_cut():
    with pytest.raises(Refused, match="reads 77 tokens of words and got 8[0-9]; say less"):
        toy()(asked(prompt="a red striped shirt with long sleeves " * 12))


@pytest.mark.parametrize(
    "option", [{"strength": 0}, {"strength": 1}, {"strength": True}, {"tile_px": 65}, {"attention": "native"}]
)
def test_bad_options_are_refused_before_loading(option):
    with pytest.raises(BadInput, match="toy:sd15-refine"):
        models.load("toy:sd15-refine", **option)


def test_what_only_moves_weights_gives_the_same_picture():
    assert toy(policy="group")(asked()).tobytes() == toy()(asked()).tobytes()
