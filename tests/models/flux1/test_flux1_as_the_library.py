"""What is drawn is what diffusers' own pipelines draw with the same weights, noise and settings: to the bit, or with a
difference of 1 of 255 where they draw the latents of a picture at random and the middle is taken here."""

import pytest
from asked_of_flux1 import DRAWN, MAP, MASK, NAMES, STEPS, asked, toy
from klein import ROUNDING, SIZE, apart
from PIL import Image

from tryon_core.models.diffusion.latent_noise import latent_noise

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")


def theirs(flux1, kind, request, **more):
    pipe = getattr(diffusers, kind)(**{name: part for name, part in flux1.pipe.components.items() if part is not None})
    pipe.set_progress_bar_config(disable=True)
    if "prompt_embeds" not in more:
        more["prompt"] = request.prompt
    return pipe(
        width=SIZE[0],
        height=SIZE[1],
        num_inference_steps=STEPS,
        guidance_scale=request.settings.guidance or flux1.kind.guidance or 0.0,
        **more,
    ).images[0]


def noise_of(request):
    return latent_noise(request.noise, (1, 4, SIZE[1] // 8, SIZE[0] // 8))


def tokens_of_noise(flux1, request):
    noise = noise_of(request)
    return flux1.pipe._pack_latents(noise, *noise.shape)


@pytest.mark.parametrize("name", ["flux1-dev", "flux1-schnell"])
def test_words_alone(name):
    flux1, request = toy(name), asked(**DRAWN[name], seed=3)
    latents = tokens_of_noise(flux1, request)
    library = theirs(flux1, "FluxPipeline", request, latents=latents, max_sequence_length=flux1.kind.text_tokens)
    assert apart(flux1(request), library) == 0


@pytest.mark.parametrize("scale", [4.0, 1.5])
def test_words_and_negative_words(scale):
    flux1 = toy("flux1-dev", true_cfg_scale=scale)
    request = asked(size=SIZE, seed=3, negative_prompt="ugly blurry", guidance=2.0)
    more = {"latents": tokens_of_noise(flux1, request), "negative_prompt": "ugly blurry", "true_cfg_scale": scale}
    assert apart(flux1(request), theirs(flux1, "FluxPipeline", request, **more)) == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("guidance", [None, 3.0])
def test_by_a_map(name, guidance):
    flux1, request = toy(name), asked(**MAP, seed=3, guidance=guidance)
    more = {"latents": tokens_of_noise(flux1, request), "control_image": request.control}
    assert apart(flux1(request), theirs(flux1, "FluxControlPipeline", request, **more)) <= ROUNDING


def inside_a_mask(flux1, kind, request, monkeypatch, **more):
    """Its noise is drawn from the generator behind doubts about the latents, which are about 0 in these weights."""
    module = {"FluxControlInpaintPipeline": "control_inpaint", "FluxFillPipeline": "fill"}[kind]
    noise = noise_of(request)
    monkeypatch.setattr(f"diffusers.pipelines.flux.pipeline_flux_{module}.randn_tensor", lambda *a, **k: noise)
    strength = flux1.kind.strength if request.settings.strength is None else request.settings.strength
    person, mask = request.images[0], request.mask
    library = theirs(flux1, kind, request, image=person, mask_image=mask, strength=strength, **more)
    return Image.composite(library, person, mask)


@pytest.mark.parametrize("strength", [None, 0.75, 0.5])
def test_inside_a_mask_by_a_map(strength, monkeypatch):
    flux1, request = toy(), asked(**MASK, **MAP, strength=strength, seed=3)
    kind, more = "FluxControlInpaintPipeline", {"control_image": request.control}
    assert apart(flux1(request), inside_a_mask(flux1, kind, request, monkeypatch, **more)) <= ROUNDING


@pytest.mark.parametrize("strength", [None, 0.75, 0.5])
def test_inside_a_mask_by_what_lies_around_it(strength, monkeypatch):
    flux1, request = toy("flux1-fill"), asked(**MASK, strength=strength, seed=3)
    assert apart(flux1(request), inside_a_mask(flux1, "FluxFillPipeline", request, monkeypatch)) <= ROUNDING


def redux_of(flux1, request):
    """Words and the garment's, as the library's own pipeline joins them: with these text encoders."""
    parts = {
        name: flux1.pipe.components[name] for name in ("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2")
    }
    prior = diffusers.FluxPriorReduxPipeline(**{**flux1.redux.pipe.components, **parts})
    return dict(prior(request.images[1], prompt=request.prompt))


def test_a_garment_by_redux(monkeypatch):
    flux1, request = toy("flux1-fill"), asked(**MASK, garment=5, seed=3)
    embeds = redux_of(flux1, request)
    assert embeds["prompt_embeds"].shape[1] == 512 + 256
    assert apart(flux1(request), inside_a_mask(flux1, "FluxFillPipeline", request, monkeypatch, **embeds)) <= ROUNDING


def test_a_garment_by_redux_along_a_map(monkeypatch):
    flux1, request = toy(), asked(**MASK, **MAP, garment=5, seed=3)
    more = {"control_image": request.control, **redux_of(flux1, request)}
    assert (
        apart(flux1(request), inside_a_mask(flux1, "FluxControlInpaintPipeline", request, monkeypatch, **more))
        <= ROUNDING
    )
