"""What is drawn is what diffusers' own pipelines draw with the same weights, noise and settings."""

import pytest
from asked_of_sd15 import STEPS, asked, toy
from klein import ROUNDING, SIZE, apart, box
from PIL import Image

from tryon_core.models.diffusion.latent_noise import latent_noise
from tryon_core.models.editing.sd15_request import NEGATIVE

diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

CHECKPOINTS = ["sd15-controlnet", "sd15-inpainting-controlnet"]


def theirs(sd15, kind, request, **more):
    """The picture of diffusers' pipeline of a kind with the same components, all it takes by name."""
    import torch

    components = dict(sd15.pipe.components)
    if "ControlNet" not in kind:
        del components["controlnet"]
    components["scheduler"] = type(sd15.pipe.scheduler).from_config(sd15.pipe.scheduler.config)
    pipe = getattr(diffusers, kind)(**components, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    # the encoder's doubt is about 0 in these weights; drawn from the generator, it would be the noise's first numbers
    pipe._encode_vae_image = lambda image, generator: encoded_pixels(sd15.pipe, image)
    if more.get("strength", 1.0) < 1:  # given its noise, the pipeline would ignore the strength
        more["generator"] = torch.Generator().manual_seed(request.noise.seed)
    else:
        more["latents"] = latent_noise(request.noise, (1, 4, SIZE[1] // 8, SIZE[0] // 8))
    return pipe(
        prompt=request.prompt,
        negative_prompt=NEGATIVE,
        num_inference_steps=STEPS,
        guidance_scale=request.settings.guidance or 7.5,
        **more,
    ).images[0]


def encoded_pixels(pipe, image):
    return pipe.vae.encode(image).latent_dist.mode() * pipe.vae.config.scaling_factor


@pytest.mark.parametrize("guidance", [None, 3.0, 1.0])
def test_words_alone(guidance):
    sd15, request = toy(), asked(seed=3, guidance=guidance)
    library = theirs(sd15, "StableDiffusionPipeline", request, width=SIZE[0], height=SIZE[1])
    assert apart(sd15(request), library) <= ROUNDING


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_by_a_map(scale):
    sd15, request = toy(control_scale=scale), asked(control=2, seed=3)
    library = theirs(
        sd15,
        "StableDiffusionControlNetPipeline",
        request,
        image=request.control,
        controlnet_conditioning_scale=scale,
    )
    assert apart(sd15(request), library) <= ROUNDING


def test_by_two_maps():
    sd15, request = toy(controlnets=("pose", "canny")), asked(control=2, seed=3)
    maps = [request.control, sd15.mappers[0](request.images[0])]
    library = theirs(sd15, "StableDiffusionControlNetPipeline", request, image=maps)
    assert apart(sd15(request), library) <= ROUNDING


@pytest.mark.parametrize("name", CHECKPOINTS)
@pytest.mark.parametrize("strength", [None, 0.75, 0.5])
def test_inside_a_mask(name, strength):
    sd15, request = toy(name), asked(mask=box(), strength=strength, seed=3)
    library = theirs(
        sd15,
        "StableDiffusionInpaintPipeline",
        request,
        image=request.images[0],
        mask_image=request.mask,
        width=SIZE[0],
        height=SIZE[1],
        strength=strength or 1.0,
    )
    assert apart(sd15(request), Image.composite(library, request.images[0], request.mask)) <= ROUNDING


@pytest.mark.parametrize("name", CHECKPOINTS)
@pytest.mark.parametrize("strength", [None, 0.75, 0.5])
def test_inside_a_mask_by_a_map(name, strength):
    sd15, request = toy(name), asked(control=2, mask=box(), strength=strength, seed=3)
    library = theirs(
        sd15,
        "StableDiffusionControlNetInpaintPipeline",
        request,
        image=request.images[0],
        mask_image=request.mask,
        control_image=request.control,
        controlnet_conditioning_scale=1.0,  # this pipeline's own default is 0.5
        strength=strength or 1.0,
    )
    assert apart(sd15(request), Image.composite(library, request.images[0], request.mask)) <= ROUNDING
