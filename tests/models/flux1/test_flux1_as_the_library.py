"""What is drawn is what diffusers' own pipelines draw with the same weights, noise and settings."""

import pytest
from asked_of_flux1 import NAMES, STEPS, WAYS, asked, toy
from klein import ROUNDING, SIZE, apart
from PIL import Image

from tryon_core.models.diffusion.latent_noise import latent_noise

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")


def theirs(flux1, kind, request, **more):
    pipe = getattr(diffusers, kind)(**flux1.pipe.components)
    pipe.set_progress_bar_config(disable=True)
    return pipe(
        prompt=request.prompt,
        control_image=request.control,
        width=SIZE[0],
        height=SIZE[1],
        num_inference_steps=STEPS,
        guidance_scale=request.settings.guidance or flux1.usual[1],
        **more,
    ).images[0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("guidance", [None, 3.0])
def test_by_a_map(name, guidance):
    flux1, request = toy(name), asked(seed=3, guidance=guidance)
    noise = latent_noise(request.noise, (1, 4, SIZE[1] // 8, SIZE[0] // 8))
    packed = flux1.pipe._pack_latents(noise, *noise.shape)
    assert apart(flux1(request), theirs(flux1, "FluxControlPipeline", request, latents=packed)) <= ROUNDING


@pytest.mark.parametrize("strength", [None, 0.75, 0.5])
def test_inside_a_mask_by_a_map(strength, monkeypatch):
    """Its noise is drawn from the generator behind doubts about the latents, which are about 0 in these weights."""
    flux1, request = toy(), asked(**WAYS["mask"], strength=strength, seed=3)
    noise = latent_noise(request.noise, (1, 4, SIZE[1] // 8, SIZE[0] // 8))
    monkeypatch.setattr("diffusers.pipelines.flux.pipeline_flux_control_inpaint.randn_tensor", lambda *a, **k: noise)
    library = theirs(
        flux1,
        "FluxControlInpaintPipeline",
        request,
        image=request.images[0],
        mask_image=request.mask,
        strength=strength or 0.9,
    )
    assert apart(flux1(request), Image.composite(library, request.images[0], request.mask)) <= ROUNDING
