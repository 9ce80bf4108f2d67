"""What is drawn is what diffusers' own pipelines draw with the same weights, seed and settings, but for rounding.

They are told to show and draw pictures in a toy's size.
"""

from importlib import import_module

import pytest
from asked_of_qwen_image import NAMES, SEVERAL, STEPS, asked, toy
from klein import ROUNDING, SIZE, apart, box
from PIL import Image

from tryon_core.models.diffusion.latent_noise import latent_noise
from tryon_core.models.qwen_image.qwen_image_kinds import TOY_PX, kind_of
from tryon_core.records import Noise

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

MODULES = ("edit", "edit_plus", "edit_inpaint")
INPAINT = "diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_inpaint"
MASK = box(24, 32, 71, 107)  # on whole latents at the size in which a toy is shown the picture, 96 x 160


@pytest.fixture(autouse=True)
def sizes_of_a_toy(monkeypatch):
    """Where the library's modules have sizes of their own."""
    edit, plus, inpaint = (
        import_module(f"diffusers.pipelines.qwenimage.pipeline_qwenimage_{name}") for name in MODULES
    )
    dimensions = edit.calculate_dimensions
    for module in (edit, inpaint):
        monkeypatch.setattr(module, "calculate_dimensions", lambda area, ratio: dimensions(TOY_PX, ratio))
    monkeypatch.setattr(plus, "VAE_IMAGE_SIZE", TOY_PX)
    monkeypatch.setattr(plus, "CONDITION_IMAGE_SIZE", kind_of("toy:qwen-image-edit-2509").read_px)


def theirs(qwen, request, **more):
    """The library's picture, in the size that it draws."""
    width, height = qwen.check(request).size
    arguments = {"true_cfg_scale": 4.0, "negative_prompt": " ", "num_inference_steps": STEPS, **more}
    return qwen.pipe(
        list(request.images) if len(request.images) > 1 else request.images[0],
        request.prompt,
        width=width,
        height=height,
        generator=torch.Generator().manual_seed(request.noise.seed),
        **arguments,
    ).images[0]


def in_its_size(library):
    return library.resize(SIZE, Image.Resampling.LANCZOS)


@pytest.mark.parametrize("name", NAMES)
def test_one_picture_with_guidance(name):
    qwen, request = toy(name), asked(seed=3)
    assert apart(qwen(request), in_its_size(theirs(qwen, request))) <= ROUNDING


@pytest.mark.parametrize("name", NAMES)
def test_negative_words_and_another_guidance(name):
    qwen, request = toy(name), asked(seed=3, negative_prompt="ugly dark blurry hands", guidance=2.5)
    library = theirs(qwen, request, negative_prompt="ugly dark blurry hands", true_cfg_scale=2.5)
    assert apart(qwen(request), in_its_size(library)) <= ROUNDING


@pytest.mark.parametrize("name", NAMES)
def test_a_guidance_of_1_leads_away_from_nothing(name):
    qwen, request = toy(name), asked(seed=3, guidance=1)
    library = theirs(qwen, request, negative_prompt=None, true_cfg_scale=1.0)
    assert apart(qwen(request), in_its_size(library)) <= ROUNDING
    assert apart(qwen(request), qwen(asked(seed=3))) > ROUNDING


@pytest.mark.parametrize("name", SEVERAL)
def test_two_pictures_of_different_sizes(name):
    qwen, request = toy(name), asked(1, 2, seed=3)
    assert apart(qwen(request), in_its_size(theirs(qwen, request))) <= ROUNDING


@pytest.mark.parametrize("name", NAMES)
def test_another_size_is_drawn_as_it_is(name):
    qwen, request = toy(name), asked(seed=3, size=(80, 64))
    assert apart(qwen(request), theirs(qwen, request)) <= ROUNDING and qwen(request).size == (80, 64)


@pytest.mark.parametrize("name", NAMES)
def test_noise_with_steps_is_given_as_latents(name):
    noise = Noise(seed=3, steps=((5, 0.5),))
    qwen, request = toy(name), asked(noise=noise)
    width, height = qwen.check(request).size
    latents = latent_noise(noise, (1, 4, height // 8, width // 8))
    latents = qwen.pipe._pack_latents(latents, *latents.shape)
    assert apart(qwen(request), in_its_size(theirs(qwen, request, latents=latents))) <= ROUNDING


def inside_a_mask(qwen, request, monkeypatch):
    """The library's picture by the words of the model's own pipeline, put back outside the mask.

    It draws a picture's latents at random, where the middle is taken here and in its own pipeline for whole pictures.
    """
    settings, (width, height) = request.settings, qwen.check(request).size
    noise = latent_noise(request.noise, (1, 4, height // 8, width // 8))
    monkeypatch.setattr(f"{INPAINT}.randn_tensor", lambda *a, **k: noise[:, None])
    monkeypatch.setattr(f"{INPAINT}.retrieve_latents", lambda output, **k: output.latent_dist.mode())
    pipe = diffusers.QwenImageEditInpaintPipeline(**qwen.pipe.components)
    pipe.set_progress_bar_config(disable=True)
    words = {"prompt_embeds": request.prompt, "negative_prompt_embeds": settings.negative_prompt or " "}
    drawn = pipe(
        request.images[0],
        mask_image=request.mask,
        num_inference_steps=STEPS,
        true_cfg_scale=settings.guidance or 4.0,
        **({} if settings.strength is None else {"strength": settings.strength}),
        **{name: qwen._read(each, request.images)[None] for name, each in words.items()},
    ).images[0]
    return Image.composite(in_its_size(drawn), request.images[0], request.mask)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("settings", [{}, {"strength": 1.0}, {"strength": 0.3, "guidance": 2.0}], ids=str)
def test_inside_a_mask(name, settings, monkeypatch):
    qwen, request = toy(name), asked(mask=MASK, seed=3, **settings)
    assert apart(qwen(request), inside_a_mask(qwen, request, monkeypatch)) <= ROUNDING
