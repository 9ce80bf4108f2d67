"""The Qwen-Image-Edit models at toy size: all they are told matters, and what they cannot honour is refused."""

import pytest
from asked_of_qwen_image import NAMES, SEVERAL, asked, fresh, toy
from klein import ROUNDING, SIZE, apart, drawn_by_code, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput, Refused
from tryon_core.models.qwen_image.qwen_image_kinds import KINDS, TEXT_TOKENS
from tryon_core.models.toy import toy_folder
from tryon_core.records import EditRequest, Noise
from tryon_core.roles import answers

pytest.importorskip("torch", reason="torch is not installed; run make setup")

MORE = 8 * ROUNDING


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "other",
    [
        {"prompt": "a blue dress"},
        {"person": 2},
        {"seed": 1},
        {"noise": Noise(steps=((5, 0.3),))},
        {"guidance": 8.0},
        {"guidance": 1},
        {"negative_prompt": "ugly dark hands"},
        {"steps": 6},
    ],
)
def test_all_it_is_told_matters(name, other):
    assert apart(toy(name)(asked()), toy(name)(asked(**other))) > MORE


@pytest.mark.parametrize("name", SEVERAL)
def test_pictures_behind_the_first_are_seen(name):
    one, two, three = (toy(name)(asked(1, garment)) for garment in (None, 2, 3))
    assert min(apart(one, two), apart(two, three)) > MORE


@pytest.mark.parametrize("name", NAMES)
def test_negative_words_that_are_left_out_are_a_space(name):
    assert apart(toy(name)(asked()), toy(name)(asked(negative_prompt=" "))) == 0


def different(name):
    """Requests of one layout and of others: words of different lengths, pictures, guidance, steps and sizes."""
    garment = 3 if name in SEVERAL else None
    return [
        asked(1, garment, seed=1),
        asked(2, garment, seed=2, prompt="a blue dress with long sleeves and a collar"),
        asked(1, garment, negative_prompt="ugly"),
        asked(1, garment, guidance=1),
        asked(1, garment, steps=2),
        asked(1, garment, size_of=(64, 128)),
        asked(1, garment, size=(64, 96)),
        asked(1, garment, size=(64, 96), size_of=(64, 128)),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_different_requests_in_one_batch_are_drawn_as_singly(name):
    requests, qwen = different(name), toy(name)
    together, singly = qwen.batch([(each,) for each in requests]), [fresh(qwen)(each) for each in requests]
    assert max(apart(*pair) for pair in zip(together, singly, strict=True)) <= ROUNDING
    assert apart(together[0], together[1]) > MORE and together[5].size == (64, 128)


def test_requests_of_one_layout_are_drawn_together(monkeypatch):
    qwen = fresh(toy())
    drawn, draw = [], qwen._drawn
    monkeypatch.setattr(qwen, "_drawn", lambda together: drawn.append(len(together)) or draw(together))
    given = answers(qwen, [(each,) for each in different(NAMES[0])])
    assert sorted(drawn) == [1, 1, 1, 1, 1, 3]  # the first three are alike
    counted = [(each.spent.steps, each.spent.calls) for each in given]
    assert counted == [(steps, 1) for steps in (4, 4, 4, 4, 2, 4, 4, 4)]


def test_candidates_of_a_sample_read_and_encode_its_pictures_once(monkeypatch):
    qwen = fresh(toy(SEVERAL[0]))
    read, encode = [], qwen.pipe.encode_prompt
    monkeypatch.setattr(qwen.pipe, "encode_prompt", lambda words, **more: read.append(words) or encode(words, **more))
    for _ in range(2):
        qwen.batch([(asked(1, 2, seed=seed),) for seed in range(3)])
    assert sorted(read) == [[" "], ["a red shirt"]]
    assert qwen.kept.misses == 4  # words and negative words, person and garment


def test_a_large_picture_is_given_back_in_its_own_size():
    drawn = toy()(asked(size_of=(480, 320)))
    assert drawn.size == (480, 320) and drawn.mode == "RGB"
    assert toy().check(asked(size_of=(480, 320))).size == (160, 96)


@pytest.mark.parametrize(
    ("size", "shown"), [((768, 1024), (896, 1184)), ((640, 480), (1184, 896)), ((3000, 20), (12544, 96))]
)
def test_pictures_are_shown_in_about_a_megapixel(size, shown):
    from tryon_core.models.qwen_image.qwen_image_request import near

    assert near(size, 1024 * 1024) == shown and near((1, 200), 64 * 64)[0] == 32


@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_a_picture_of_another_mode_is_drawn_as_rgb(mode):
    image = picture(1).convert(mode)
    given = EditRequest(prompt="a shirt", images=(image,), settings=asked().settings)
    shown = EditRequest(prompt="a shirt", images=(image.convert("RGB"),), settings=asked().settings)
    assert apart(toy()(given), toy()(shown)) == 0


@pytest.mark.parametrize("name", NAMES)
def test_what_it_takes_is_said(name):
    qwen, several = toy(name), name in SEVERAL
    assert (qwen.min_images, qwen.unmasked_images, qwen.masked_images) == (1, *[3 if several else 1] * 2)
    assert models.declared(name) == {"tools": ("inpainter",), "takes": ("mask", "negative_prompt"), "min_images": 1}
    card = qwen.card
    assert (card.kind, card.name, card.licence) == ("toy", f"toy:{name}", "none: random weights")
    assert card.source.lower() == f"random weights in the classes of qwen/{name}"
    assert (card.settings["steps"], card.settings["guidance"], card.settings["negative_prompt"]) == (50, 4.0, " ")
    assert card.settings["strength_with_a_mask"] == 0.6
    assert ("all pictures" in qwen.reads("a shirt")) == several
    assert KINDS[name].drawn_px == 1024 * 1024 > card.settings["drawn_px"]


def with_(request, **more):
    return EditRequest(prompt=request.prompt, images=request.images, settings=request.settings, **more)


@pytest.mark.parametrize(
    ("request_of", "sentence"),
    [
        (with_(asked(), control=picture(2)), "reads no control map; leave it out"),
        (asked(strength=0.5), "draws anew beside the pictures it is shown, without a strength; leave it out, or"),
        (asked(person=None), "needs a picture to edit, and got none"),
        (asked(1, 2), "looks at one picture and got 2; leave the others out, or take qwen-image-edit-2509"),
        (asked(steps=1), "draws in 2 steps or more, .* got 1"),
        (asked(guidance=0.5), "guidance of .* is 1, which leads away from nothing, to 30; got 0.5"),
        (asked(guidance=0), "got 0"),
        (asked(guidance=31), "to 30; got 31"),
        (asked(guidance=1, negative_prompt="ugly"), "negative words by a guidance above 1, and got 1"),
        (asked(size=(100, 64)), "sides that are multiples of 16; got 100 x 64"),
        (asked(size=(2048, 1024)), "up to one megapixel .* got 2048 x 1024"),
    ],
)
def test_a_request_that_cannot_be_honoured_is_refused(request_of, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy()(request_of)


def test_a_fourth_picture_is_refused():
    four = EditRequest(prompt="a shirt", images=(picture(1),) * 4)
    with pytest.raises(BadInput, match="looks at 3 pictures at most and got 4; leave the others out"):
        toy(SEVERAL[0])(four)


@pytest.mark.parametrize(
    ("request_of", "code", "sentence"),
    [
        (asked(prompt="red <|im_end|> hat"), "control_token", r"reads <\|im_end\|> as a command to itself"),
        (asked(negative_prompt="<|image_pad|>"), "control_token", r"reads <\|image_pad\|> as a command"),
        (asked(size_of=(16, 16 * 201)), "aspect_ratio", "up to 200 times as long as wide, got 16 x 3216"),
    ],
)
def test_a_sample_it_cannot_draw_is_declined(request_of, code, sentence):
    with pytest.raises(Refused, match=sentence) as refused:
        toy()(request_of)
    assert refused.value.reason == code


def test_as_many_words_as_fit_are_known_beforehand():
    qwen, word = toy(), " long"
    per_word = qwen._tokens(word * 11) - qwen._tokens(word * 10)
    words = word * (TEXT_TOKENS // per_word)
    assert qwen.fits(words) and not qwen.fits(words + word * 2)
    for request in (asked(prompt=words + word * 2), asked(negative_prompt=words + word * 2)):
        with pytest.raises(Refused, match=f"reads {TEXT_TOKENS} tokens of words and got .*; say less"):
            qwen(request)


@pytest.mark.parametrize(("name", "other"), [SEVERAL, SEVERAL[::-1]])
def test_the_other_s_weights_are_refused(name, other):
    with pytest.raises(BadInput, match=f"{name} has a transformer with zero_cond_t (true|false) and the one in .* has"):
        models.load(name, device="cpu", weights=str(toy_folder(other)))


def test_weights_of_the_other_pipeline_are_refused():
    with pytest.raises(BadInput, match="is a QwenImageEditPlusPipeline and .* holds a QwenImageEditPipeline"):
        models.load(SEVERAL[0], device="cpu", weights=str(toy_folder(NAMES[0])))


def test_a_folder_in_the_hub_s_layout_is_loaded_by_the_true_name():
    qwen = models.load(NAMES[0], device="cpu", weights=str(toy_folder(NAMES[0])))
    assert (qwen.card.kind, qwen.card.licence) == ("real", "Apache-2.0") and qwen.kind.drawn_px == 1024 * 1024


@pytest.mark.parametrize("name", NAMES)
def test_copied_code_draws_an_attempt_again(name, tmp_path):
    request = asked(1, 2 if name in SEVERAL else None, negative_prompt="ugly", guidance=2.0, steps=2)
    redrawn, code = drawn_by_code(toy(name).card.name, request, tmp_path)
    assert apart(redrawn, toy(name)(request)) <= ROUNDING and f'load("toy:{name}"' in code


def test_a_picture_is_not_only_resized_back():
    drawn, enlarged = toy()(asked()), picture(1).resize((96, 160)).resize(SIZE, Image.Resampling.LANCZOS)
    assert apart(drawn, enlarged) > MORE
