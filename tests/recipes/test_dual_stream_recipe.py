"""The dual stream as a recipe: from words, as a try-on, as an edit; and what does not fit, in a sentence."""

import pytest
from doubles import Painter, Scripted, card, picture, scores
from PIL import Image

import tryon_core
from tryon_core.errors import BadInput, ModelFailed, Refused, UnknownName
from tryon_core.recipes import dual_stream_feedback_loop
from tryon_core.rubrics import RUBRICS

GENERAL = RUBRICS["general"]


class FromWords(Painter):
    """A painter that needs no picture, and takes what is not to be drawn."""

    min_images, takes = 0, ("negative_prompt",)


class Wrapped(FromWords):
    """Answers every request with this."""

    def __init__(self, drawn):
        super().__init__()
        self.drawn = drawn

    def __call__(self, request):
        return self.drawn


class Mapper:
    card = card("mapper")

    def __call__(self, image):
        return image


def refined(*judgements, generator=None, **given):
    """Of 'A lake.' with scripted judgements."""
    generator = generator or FromWords()
    return dual_stream_feedback_loop(
        given.pop("prompt", "A lake."), generator=generator, judge=Scripted(*judgements), **given
    )


def test_words_become_a_picture_with_its_history():
    generator = FromWords()
    image, prompt, score, prompts, images = refined(
        scores(GENERAL, wish_met=5), scores(GENERAL), generator=generator, negative_prompt="ugly"
    )
    assert [request.settings.negative_prompt for request in generator.requests] == ["ugly", ""]
    assert prompts == tuple(request.prompt for request in generator.requests) and prompt == prompts[1] != "A lake."
    assert image is images[1] and len(images) == 2 and score == 0.9


def test_more_hangs_on_the_answer_than_its_five():
    answer = refined(scores(GENERAL))
    assert answer._fields == ("final_image", "refined_prompt", "score", "prompt_history", "image_history")
    assert [step.stage for step in answer.steps] == ["draw"] and answer.record.outcome == "accepted"
    assert answer.why.startswith("Picture 1 of 1 is kept: satisfaction 0.90 of 0.90 asked; the rule says accept.")
    assert "generator painter is scripted" in answer.why and answer._repr_html_().count("<img") == 1
    assert repr(answer) == f"<{answer.why}>"


def test_the_kept_picture_need_not_be_the_last():
    answer = refined(scores(GENERAL, realism=5), scores(GENERAL, wish_met=2), max_iterations=2)
    assert len(answer.image_history) == 2 and answer.final_image is answer.image_history[0]
    assert answer.score == answer.steps[0].scores["satisfaction"].value and answer.refined_prompt == "A lake."


def test_what_nobody_judged_has_no_score():
    answer = refined(scores(GENERAL, realism=None), max_iterations=2)
    assert answer.final_image is None and answer.score is None and "none is kept" in answer.why
    assert len(answer.image_history) == 2 and answer.refined_prompt == answer.prompt_history[-1]


def test_a_negative_prompt_that_nothing_takes_is_said():
    generator = FromWords()
    generator.takes = ()
    answer = refined(scores(GENERAL), generator=generator, negative_prompt="ugly")
    assert "The negative prompt was left out: painter takes none." in answer.why
    assert "left out" in answer.record.steps[0].why and "left out" not in refined(scores(GENERAL)).why
    assert "left out" not in refined(scores(GENERAL), negative_prompt="ugly").why


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (scores(), BadInput, r"rubric 'general' asks .*; load it with rubric=rubric\('general'\)"),
        (None, ModelFailed, "no Judgement, got None"),
    ],
)
def test_a_judge_of_ones_own_answers_the_rubric(answer, error, words):
    """Such as load("gemini"), which asks of try-ons."""
    with pytest.raises(error, match=words):
        refined(answer)


@pytest.mark.parametrize("drawn", [None, [Image.new("RGB", (64, 80))]])
def test_a_generator_of_ones_own_draws_a_picture(drawn):
    """Not None, which a judge might well accept, nor the list that a pipeline of diffusers gives."""
    with pytest.raises(ModelFailed, match="painter answered with what is no PIL picture, got"):
        refined(scores(GENERAL), generator=Wrapped(drawn))


def test_models_without_a_card_are_no_missing_weights():
    with pytest.raises(BadInput, match="has no card.*; and .*has no card"):
        dual_stream_feedback_loop("A lake.", generator=lambda request: None, judge=lambda sample, image: None)


def test_a_garment_makes_it_a_try_on():
    generator = Painter()
    answer = refined(scores(), generator=generator, person=striped("red"), garment=striped("blue"))
    assert len(generator.requests[0].images) == 2 and set(answer.record.pictures) == {"person", "garment"}
    assert answer.record.sample_id == "person" and set(answer.steps[0].judgement.scores) == set(RUBRICS["default"].keys)


def test_a_picture_is_edited_inside_its_mask(tmp_path):
    striped("red").save(tmp_path / "room.png")
    mask = Image.new("L", (64, 80))
    mask.paste(255, (10, 10, 40, 40))
    fill = Painter()
    fill.takes = ("mask",)
    asked = {"image": tmp_path / "room.png", "mask": mask, "generator": Painter(), "fill": fill}
    answer = refined(scores(GENERAL, realism=5), scores(GENERAL), **asked)
    assert answer.record.sample_id == "room" and [step.stage for step in answer.steps] == ["draw", "fill"]
    outside = (0, 60, 64, 80)
    before, after = answer.image_history
    assert after.crop(outside).tobytes() == before.crop(outside).tobytes() and after.tobytes() != before.tobytes()


def test_only_models_that_took_part_are_named():
    generator, tool = FromWords(), Painter()
    tool.card, tool.min_images, tool.takes = card("tool"), 0, ("control",)
    asked = {"depth": tool, "canny": tool, "depth_mapper": Mapper(), "canny_mapper": Mapper(), "size": (320, 240)}
    answer = refined(scores(GENERAL, layout=5), scores(GENERAL), generator=generator, **asked)
    assert [step.stage for step in answer.steps] == ["draw", "depth"]
    assert "depth tool is scripted, depth_mapper mapper is scripted" in answer.why and "canny" not in answer.why
    assert generator.requests[0].settings.size == (320, 240)


@pytest.mark.parametrize("mask", [Image.new("L", (64, 80)), Image.new("L", (80, 64), 255)])
def test_a_mask_that_cannot_be_the_pictures_is_refused(mask):
    with pytest.raises(BadInput, match="mask is empty|a mask has its picture's size"):
        refined(scores(GENERAL), generator=Painter(), image=striped("red"), mask=mask)


def striped(colour):
    image = picture(colour)
    image.paste("white", (0, 20, 64, 30))
    return image


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"prompt": ""}, "prompt says in words"),
        ({"seed": -1}, "seed is a whole number"),
        ({"seed": 2**63}, "seed is a whole number"),
        ({"image": Image.new("RGB", (64, 80)), "size": (64, 64)}, "size is of what is drawn from words alone"),
        ({"options": {"max_iterations": 3}}, "max_iterations is an argument of its own"),
        ({"options": {"rewrites": True}}, "Did you mean 'rewrite'"),
        ({"options": 3}, "settings by name"),
        ({"max_iterations": 0}, "max_iterations must be 1 or more"),
        ({"satisfaction_threshold": 90}, "satisfaction_threshold is 0 to 1"),
        ({"fil": None}, "Did you mean 'fill'"),
        ({"judge": None}, "judge is a model or its name"),
        ({"rubric": "generl"}, "Did you mean 'general'"),
        ({"garment": picture()}, "give person= and garment="),
        ({"mask": picture()}, "a mask is of a picture"),
        ({"image": picture()}, "varies by"),
        ({"image": 3}, "the image is a file's path"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(given, sentence):
    generator = FromWords()
    given = {"prompt": "A lake.", "generator": generator, "judge": Scripted(scores(GENERAL)), **given}
    with pytest.raises(BadInput, match=sentence):
        dual_stream_feedback_loop(**given)
    assert not generator.requests


def test_a_generator_that_needs_pictures_says_so():
    with pytest.raises(Refused, match="draws from words alone"):
        refined(scores(GENERAL), generator=Painter())


def test_a_model_s_name_is_looked_up_before_any_work():
    with pytest.raises(UnknownName, match="Did you mean 'measure'"):
        dual_stream_feedback_loop("A lake.", generator=FromWords(), judge="meassure")


def test_it_stands_among_the_package_s_names():
    assert tryon_core.dual_stream_feedback_loop is dual_stream_feedback_loop
