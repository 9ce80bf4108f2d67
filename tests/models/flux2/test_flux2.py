"""FLUX.2 Klein through diffusers' own classes, at toy size with random weights."""

from dataclasses import replace

import pytest
from klein import NAMES, ROUNDING, apart, asked, drawn_by_code, fresh, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput, Refused, UnknownName
from tryon_core.models.diffusion.latent_noise import latent_noise
from tryon_core.models.flux2.flux2_build import Flux2Klein
from tryon_core.records import EditRequest, Noise, Settings

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")


@pytest.fixture(scope="module", params=NAMES)
def klein(request):
    return models.load(request.param, dtype="float32", device="cpu")


def test_the_same_request_gives_the_same_bytes_whatever_is_kept(klein):
    first = klein(asked())
    assert klein(asked()).tobytes() == first.tobytes() == fresh(klein)(asked()).tobytes()


@pytest.mark.parametrize(
    "other",
    [
        {"person": 5},
        {"garment": 5},
        {"prompt": "Make the sleeves longer."},
        {"noise": Noise(seed=7)},
        {"noise": Noise(steps=((3, 0.8),))},
    ],
    ids=["person", "garment", "prompt", "seed", "noise step"],
)
def test_the_picture_changes_with_everything_that_it_is_told(klein, other):
    assert apart(klein(asked()), klein(asked(**other))) > 5 * ROUNDING


def test_it_draws_what_the_library_s_own_pipeline_draws(klein):
    shape = (1, klein.pipe.transformer.config.in_channels, 8, 6)
    told = {} if klein.keeps_keys else {"guidance_scale": 1.0}
    theirs = klein.pipe(
        image=list(asked().images),
        prompt="Wear it.",
        height=128,
        width=96,
        num_inference_steps=4,
        latents=latent_noise(Noise(), shape),
        **told,
    ).images[0]
    assert apart(fresh(klein)(asked()), theirs) <= ROUNDING


def test_different_pairs_in_one_batch_are_drawn_as_they_are_singly(klein):
    requests = [asked(), asked(3, 4, prompt="Red.", noise=Noise(seed=2)), asked(size=(100, 130)), asked(6, 2)]
    together = klein.batch([(request,) for request in requests])
    singly = [fresh(klein)(request) for request in requests]
    assert [apart(a, b) <= ROUNDING for a, b in zip(together, singly, strict=True)] == [True] * 4
    assert apart(together[0], together[3]) > 5 * ROUNDING


def test_references_and_words_are_worked_out_once_and_swapped_ones_are_seen(klein):
    own = fresh(klein)
    first, again = own(asked()), own(asked(noise=Noise(seed=5), prompt="Red."))
    assert (own.latents.hits, own.latents.misses, own.words.misses) == (1, 1, 2)
    assert (own.keys.hits, own.keys.misses) == ((1, 1) if own.keeps_keys else (0, 0))
    keep = own.keys if own.keeps_keys else own.latents
    (mine,) = keep._values
    own(asked(8, 9))
    keep._values[mine] = list(keep._values.values())[-1]
    assert apart(own(asked()), first) > ROUNDING and again.size == first.size


def test_what_is_kept_stays_within_its_budget(klein):
    small = Flux2Klein(klein.pipe, klein.card, keep_bytes=4096)
    pictures = [small(asked(person=seed)) for seed in (1, 5, 1)]
    assert small.words.held <= 512 and small.latents.held <= 512 and small.keys.held <= 3072
    assert pictures[0].tobytes() == pictures[2].tobytes()


def test_what_has_no_room_on_the_device_comes_back_from_the_host_s_memory_as_it_was(klein):
    small = Flux2Klein(klein.pipe, klein.card, keep_bytes=4096, spill_bytes=2**24)
    first, _, again = (small(asked(person=seed)) for seed in (1, 5, 1))
    assert again.tobytes() == first.tobytes() and small.latents.returned == 1
    assert small.words.returned == 2 and small.keys.returned == (1 if small.keeps_keys else 0)


@pytest.mark.parametrize("size", [(96, 128), (100, 130), (65, 200), (128, 64)])
def test_the_picture_has_the_person_s_size_to_the_pixel(klein, size):
    assert klein(asked(size=size)).size == size


def test_a_person_over_one_megapixel_is_scaled_down_in_proportion(klein):
    request = EditRequest(prompt="x", images=(Image.new("RGB", (1536, 2048)), picture(2, (80, 80))))
    assert klein.check(request) is None
    drawn = klein(EditRequest(prompt="x", images=request.images, settings=Settings(steps=1)))
    assert drawn.width * drawn.height <= 1024 * 1024 and abs(drawn.width / drawn.height - 0.75) < 0.002


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (asked(guidance=3.5), "cannot honour guidance"),
        (asked(negative_prompt="blur", strength=0.5), "cannot honour strength without a mask, negative_prompt"),
        (EditRequest(prompt="x", images=()), "needs a picture to edit, and got none"),
    ],
)
def test_what_it_cannot_honour_is_refused_in_a_sentence(klein, request_, sentence):
    with pytest.raises(BadInput, match=sentence):
        klein(request_)


@pytest.mark.parametrize(
    ("request_", "reason", "sentence"),
    [
        (asked(size=(1600, 128)), "aspect_ratio", "up to 8 times as long as wide, got 1600 x 128"),
        (asked(prompt="sleeve " * 600), "too_many_words", r"reads 512 tokens of words and got \d+; say less"),
        (asked(prompt="Red <|im_end|> top."), "control_token", r"reads <\|im_end\|> as a command to itself"),
    ],
)
def test_a_sample_that_it_cannot_draw_is_declined_and_ends_no_run(klein, request_, reason, sentence):
    with pytest.raises(Refused, match=sentence) as declined:
        klein(request_)
    assert declined.value.reason == reason


def test_words_fit_up_to_what_the_encoder_reads_its_chat_template_included(klein):
    words = next(n for n in range(1, 600) if not klein.fits("sleeve " * n))
    assert klein.fits("sleeve " * (words - 1)) and klein(asked(prompt="sleeve " * (words - 1), steps=1)).size
    with pytest.raises(Refused, match="say less"):
        klein(asked(prompt="sleeve " * words))


def test_asking_whether_words_fit_leaves_the_encoder_s_tokenizer_alone(klein):
    own, tokenizer = fresh(klein), klein.pipe.tokenizer.backend_tokenizer
    own(asked(prompt="Another word."))
    cut = tokenizer.truncation
    assert own.fits("Yet another.") and cut == tokenizer.truncation and cut["max_length"] == 512


def test_the_card_says_toy_and_what_stands_behind_it(klein):
    assert klein.card.kind == "toy" and klein.card.name in NAMES and klein.card.revision.startswith("local-")
    assert "black-forest-labs" in klein.card.source and klein.card.settings["steps"] == 4


def test_options_that_do_not_exist_are_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'dtype'"):
        models.load("toy:flux2-klein-9b", dtyp="float32")
    with pytest.raises(BadInput, match="runs in bfloat16 or float32, got 'int3'"):
        models.load("toy:flux2-klein-9b", dtype="int3")


@pytest.mark.parametrize("settings", [Settings(), Settings(steps=2, size=(80, 96))], ids=["plain", "steps and size"])
def test_copied_code_draws_the_attempt_again_with_diffusers_alone(klein, tmp_path, settings):
    request = replace(asked(prompt="Say \"hello\" in 'it'.", noise=Noise(seed=3)), settings=settings)
    redrawn, code = drawn_by_code(klein.card.name, request, tmp_path)
    assert apart(redrawn, klein(request)) <= ROUNDING and len(code.splitlines()) < 30


def test_code_cannot_be_written_for_noise_with_steps(klein, tmp_path):
    with pytest.raises(BadInput, match="noise with steps cannot be written"):
        models.as_code(klein.card.name, asked(noise=Noise(steps=((1, 0.5),))).record(), str(tmp_path))
