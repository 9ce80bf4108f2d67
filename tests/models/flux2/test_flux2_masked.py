"""Masked requests of FLUX.2 Klein: only what lies inside is drawn, as diffusers' inpainting pipeline draws it."""

import numpy as np
import pytest
from klein import ROUNDING, apart, asked, drawn_by_code, fresh, picture
from PIL import Image, ImageDraw, ImageFilter

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.models.flux2.flux2_masked import STRENGTH, mask_tokens, steps_left_out
from tryon_core.records import EditRequest, Noise, Settings

diffusers = pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")


@pytest.fixture(scope="module")
def klein():
    return models.load("toy:flux2-klein-9b", dtype="float32", device="cpu")


def box(left=20, top=30, right=70, bottom=100, *, size=(96, 128), blur_px=0):
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rectangle((left, top, right, bottom), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(blur_px))


def part(image, mask, inside):
    """The pixels inside the mask's white, or where it is black."""
    return np.asarray(image, int)[np.asarray(mask) == (255 if inside else 0)]


def library_of(klein):
    """diffusers' pipeline with the same weights."""
    pipe = diffusers.Flux2KleinInpaintPipeline(**klein.pipe.components, is_distilled=True)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def theirs(klein, request):
    """What diffusers' pipeline draws, and the picture put back outside the mask."""
    import torch

    person, *references = request.images
    told = {} if request.settings.strength is None else {"strength": request.settings.strength}
    drawn = library_of(klein)(
        prompt=request.prompt,
        image=person,
        image_reference=references or None,
        mask_image=request.mask,
        num_inference_steps=4,
        guidance_scale=1.0,
        generator=torch.Generator().manual_seed(request.noise.seed),
        **told,
    ).images[0]
    return Image.composite(drawn, person, request.mask)


@pytest.mark.parametrize("strength", [None, 1.0, 0.75, 0.5, 0.3])
@pytest.mark.parametrize("blur_px", [0, 6])
def test_it_draws_what_the_library_s_inpainting_pipeline_draws(klein, strength, blur_px):
    request = asked(mask=box(blur_px=blur_px), strength=strength, noise=Noise(seed=4))
    assert apart(klein(request), theirs(klein, request)) <= ROUNDING


@pytest.mark.parametrize("references", [(), (picture(2, (80, 80)), picture(3, (80, 80)))], ids=["none", "two"])
def test_with_any_number_of_references_it_draws_what_the_library_draws(klein, references):
    request = EditRequest(prompt="A red shirt.", images=(picture(1), *references), mask=box())
    assert apart(klein(request), theirs(klein, request)) <= ROUNDING


@pytest.mark.parametrize(("size", "blur_px"), [((96, 128), 0), ((100, 130), 0), ((96, 128), 6)])
def test_outside_the_mask_every_pixel_comes_back_and_inside_it_is_drawn(klein, size, blur_px):
    request = asked(mask=box(size=size, blur_px=blur_px), size=size)
    drawn, person = klein(request), request.images[0]
    assert drawn.size == size
    assert np.array_equal(part(drawn, request.mask, inside=False), part(person, request.mask, inside=False))
    assert np.abs(part(drawn, request.mask, True) - part(person, request.mask, True)).mean() > 20


def test_what_lies_outside_the_mask_is_seen_by_what_is_drawn_inside(klein):
    mask = box()
    other = picture(1)
    other.paste((255, 0, 0), (0, 0, 96, 16))  # above the mask
    told = {"prompt": "Wear it.", "mask": mask}
    one, two = (klein(EditRequest(images=(person, picture(2)), **told)) for person in (picture(1), other))
    assert np.abs(part(one, mask, True) - part(two, mask, True)).max() > 5 * ROUNDING


@pytest.mark.parametrize("other", [{"garment": 5}, {"prompt": "Red."}, {"noise": Noise(seed=7)}, {"strength": 0.5}])
def test_the_picture_inside_changes_with_what_it_is_told(klein, other):
    assert apart(klein(asked(mask=box())), klein(asked(mask=box(), **other))) > 5 * ROUNDING


def test_different_masked_pairs_in_one_batch_are_drawn_as_they_are_singly(klein):
    requests = [
        asked(mask=box()),
        asked(3, 4, prompt="Red.", noise=Noise(seed=2), mask=box(0, 0, 40, 60)),
        asked(6, 2),
        asked(6, 2, mask=box(blur_px=3), strength=0.5),
    ]
    together = klein.batch([(request,) for request in requests])
    singly = [fresh(klein)(request) for request in requests]
    assert [apart(a, b) <= ROUNDING for a, b in zip(together, singly, strict=True)] == [True] * 4
    assert apart(together[2], together[3]) > 5 * ROUNDING


def test_masks_of_one_strength_share_a_batch_and_other_requests_do_not(klein):
    layouts = [klein._layout(asked(mask=box(), strength=strength)) for strength in (None, 1.0, 0.5)]
    assert layouts[0] == layouts[1] != layouts[2] and klein._layout(asked()) not in layouts


def test_the_same_masked_request_gives_the_same_bytes_whatever_is_kept(klein):
    request = asked(mask=box(blur_px=2))
    assert klein(request).tobytes() == klein(request).tobytes() == fresh(klein)(request).tobytes()


def test_a_person_over_one_megapixel_is_scaled_down_with_the_mask(klein):
    mask = box(600, 600, 1000, 1200, size=(1536, 2048))
    request = EditRequest(
        prompt="x", images=(Image.new("RGB", mask.size, "red"),), mask=mask, settings=Settings(steps=1)
    )
    drawn = klein(request)
    assert drawn.width * drawn.height <= 1024 * 1024
    assert drawn.getpixel((10, 10)) == (255, 0, 0) != drawn.getpixel((drawn.width // 2, drawn.height // 2))


def test_the_mask_of_a_token_is_the_library_s_own(klein):
    pipe = library_of(klein)
    noise = np.random.default_rng(0).integers(0, 256, (8, 6), dtype=np.uint8)
    mask = Image.fromarray(noise).resize((96, 128), Image.Resampling.BICUBIC)
    pixels = pipe.mask_processor.preprocess(mask, height=128, width=96)
    told = pipe.prepare_mask_latents(pixels, 1, 1, 128, 96, pixels.dtype, "cpu")
    assert np.array_equal(told.numpy().ravel(), mask_tokens(mask).ravel()) and 0 < mask_tokens(mask).mean() < 1


def test_a_strength_leaves_out_the_steps_that_the_library_leaves_out(klein):
    pipe = library_of(klein)
    pipe.scheduler.set_timesteps(8, mu=1.0)
    for strength in (0.01, 0.3, 0.5, 0.79, STRENGTH, 1.0):
        timesteps, _ = pipe.get_timesteps(8, strength, "cpu")
        assert len(timesteps) == 8 - steps_left_out(8, strength)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"mask": Image.new("L", (64, 64), 255)}, r"mode L, 96 x 128 as what it masks; got mode L, 64 x 64"),
        ({"mask": Image.new("RGB", (96, 128), "white")}, "got mode RGB, 96 x 128"),
        ({"mask": Image.new("L", (96, 128))}, "nothing may change: the mask is black all over"),
        ({"mask": Image.new("L", (96, 128), 127)}, "nothing may change: the mask is black all over"),
        ({"mask": box(17, 17, 21, 21)}, "the mask's white misses the middle of every one; make it wider"),
        ({"mask": box(), "strength": 0.0}, "strength 0 leaves out all 4 steps, so nothing would change"),
    ],
)
def test_a_mask_that_cannot_be_honoured_is_refused_in_a_sentence(klein, told, sentence):
    with pytest.raises(BadInput, match=sentence):
        klein(asked(**told))


def test_a_masked_picture_keeps_its_own_size(klein):
    request = EditRequest(prompt="x", images=(picture(1),), mask=box(), settings=Settings(size=(64, 64)))
    with pytest.raises(BadInput, match="at the picture's own size; got settings.size"):
        klein(request)


def test_the_kv_checkpoint_refuses_a_mask():
    klein = models.load("toy:flux2-klein-9b-kv", dtype="float32", device="cpu")
    with pytest.raises(BadInput, match="cannot draw inside a mask; leave it out, or take toy:flux2-klein-9b$"):
        klein(asked(mask=box()))


@pytest.mark.parametrize("told", [{}, {"strength": 0.5, "steps": 6}])
def test_copied_code_draws_a_masked_attempt_again_with_diffusers_alone(klein, tmp_path, told):
    request = asked(prompt='It\'s "red".', mask=box(blur_px=4), noise=Noise(seed=3), **told)
    redrawn, code = drawn_by_code(klein.card.name, request, tmp_path)
    assert apart(redrawn, klein(request)) <= ROUNDING and "Flux2KleinInpaintPipeline" in code
