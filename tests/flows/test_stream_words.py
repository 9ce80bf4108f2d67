"""The words stream: as the closed loop asks, whatever tools do beside it; a person's words, verdicts and next words."""

import pytest
from doubles import (
    SIZE,
    Lined,
    Lottery,
    Painter,
    Scripted,
    Tool,
    a_sample,
    picture,
    placed,
    scores,
    stages,
    stream_models,
    streamed,
)
from PIL import Image
from writing import ScriptedWriter, shouting

from tryon_core.errors import Refused
from tryon_core.flows.closed_loop import ClosedLoop, closed_loop
from tryon_core.flows.dual_stream import DualStream, dual_stream, next_request
from tryon_core.records import Decision, EditRequest, Sample
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.steps import Change

DEFAULT = RUBRICS["default"]
LONG = {"max_iterations": 8, "satisfaction_threshold": 1.0}


def begun(*judgements, arm="streams", seed=0, **given):
    """A walk that has not begun, with its models."""
    models, options = stream_models(*judgements, **given), DualStream(max_iterations=4, arm=arm)
    return Walk(dual_stream(a_sample(), rubric=DEFAULT, options=options, seed=seed, **models)), models


def records(requests):
    return [request.record() for request in requests]


@pytest.mark.parametrize(
    "found",
    [
        [scores(realism=6), scores(realism=5), scores(realism=7), scores(realism=5)],
        [scores(identity=3), scores(realism=6), scores(realism=None), scores(realism=None), scores(realism=6)],
        [scores(garment_structure=6, realism=5), scores(garment_structure=7, realism=3)],
    ],
)
def test_without_tools_it_asks_as_the_closed_loop(found):
    painter, options = Painter(), ClosedLoop(max_iterations=6)
    list(Walk(closed_loop(a_sample(), generator=painter, judge=Scripted(*found), rubric=DEFAULT, options=options)))
    generator = Painter()
    streamed(*found, generator=generator, arm="no_tool", max_iterations=6)
    assert len(painter.requests) == 6 and records(generator.requests) == records(painter.requests)


def test_without_tools_it_asks_as_the_closed_loop_over_many_samples():
    for number in range(8):
        sample = a_sample(f"{number}", person=Painter()(_request(number)))
        painter, generator = Painter(), Painter()
        loop = {"rubric": DEFAULT, "options": ClosedLoop(max_iterations=8)}
        list(Walk(closed_loop(sample, generator=painter, judge=Lottery(), **loop)))
        streamed(sample=sample, generator=generator, judge=Lottery(), arm="no_tool", **LONG)
        assert records(generator.requests[: len(painter.requests)]) == records(painter.requests)


def _request(number):
    return EditRequest(prompt=str(number), images=())


def test_no_request_is_ever_asked_twice():
    kinds = set()
    for number in range(15):
        sample = a_sample(f"{number}", person=Painter()(_request(number)))
        models = stream_models(judge=Placing(), generator=Lined())
        options = DualStream(**LONG)
        walk = Walk(dual_stream(sample, rubric=DEFAULT, options=options, **models))
        kinds |= {step.stage for step in walk}
        for name in ("generator", "depth", "canny", "fill"):
            asked = [str(record) for record in records(models[name].requests)]
            assert len(asked) == len(set(asked))
        by_tools = {request.noise for name in ("depth", "canny", "fill") for request in models[name].requests}
        assert not by_tools & {request.noise for request in models["generator"].requests}
    assert kinds == {"draw", "words", "depth", "canny", "fill", "put_back"}


class Placing(Lottery):
    """A lottery of better scores that names places, so that tools have something to do."""

    def __call__(self, sample, image):
        judgement = super().__call__(sample, image)
        better = {key: min(10.0, score.score + 3) for key, score in judgement.scores.items()}
        return placed(scores(**better))


def test_words_after_a_tool_in_vain_are_those_without_it():
    generator, plain = Painter(), Painter()
    found = placed(scores(garment_appearance=5))
    streamed(found, tools=("canny",), generator=generator, max_iterations=3)
    streamed(found, tools=(), generator=plain, max_iterations=2)
    assert records(generator.requests) == records(plain.requests)


def test_words_keep_what_a_tool_mended():
    found = [placed(scores(garment_structure=5, garment_appearance=6)), placed(scores(garment_appearance=6))]
    walk = streamed(*found, tools=("depth",), max_iterations=3)
    assert stages(walk) == ["draw", "depth", "words"]
    words, depth = walk.steps[2].request, walk.steps[1].request
    assert words.fixes[: len(depth.fixes)] == depth.fixes and words.noise == walk.steps[0].request.noise
    assert walk.steps[2].parent == 2 and "Mend the garment_structure." in words.prompt


def test_a_line_of_new_noise_keeps_what_a_tool_mended_there():
    accepted = scores(**{key: 8 for key in DEFAULT.keys})
    found = [accepted, *(placed(scores(garment_structure=score)) for score in (5, 6.5, 6.5))]
    walk = streamed(*found, tools=("depth",), max_iterations=4)
    assert [(step.stage, step.parent) for step in walk.steps[1:]] == [("words", 1), ("depth", 2), ("depth", 3)]
    assert walk.chosen == 1


def test_a_tool_is_asked_with_its_picture_s_own_noise():
    accepted = scores(**{key: 8 for key in DEFAULT.keys})
    found = [accepted, placed(scores(realism=5)), placed(scores(garment_structure=7.9))]
    walk = streamed(*found, depth=Tool("depth", keeps_frame=True), max_iterations=4)
    assert [(step.stage, step.parent) for step in walk.steps[1:]] == [("words", 1), ("fill", 2), ("depth", 3)]
    assert walk.steps[3].request.noise == walk.steps[2].request.noise != walk.steps[1].request.noise


def test_the_words_stay_where_the_picture_alone_is_mended():
    walk = streamed(placed(scores(realism=5)), scores())
    assert walk.steps[1].request.prompt == walk.steps[0].request.prompt
    both = streamed(placed(scores(garment_structure=5)), scores())
    assert both.steps[1].request.prompt == "Wear it. Mend the garment_structure."


# ---- the arms --------------------------------------------------------------------------------------------------------


def test_the_control_arms_use_no_tool():
    for arm, stage in (("no_tool", "words"), ("new_noise", "new_noise")):
        walk = streamed(placed(scores(garment_structure=5)), arm=arm, max_iterations=3)
        assert stages(walk) == ["draw", stage, stage] and "control arm" in walk.steps[1].why
        assert walk.steps[1].data["targets"] == ["garment_structure"]
        assert walk.steps[1].data["moved"] == {"garment_structure": 0.0}
    assert len({step.request.noise for step in walk.steps}) == 3
    assert len({step.request.prompt for step in walk.steps}) == 1


def test_a_person_s_words_are_asked_of_new_noise_too():
    walk, _ = begun(scores(realism=5), arm="new_noise")
    walk.next()
    step = walk.next(Change(prompt="Wear it open."))
    assert (step.stage, step.request.prompt) == ("new_noise", "Wear it open.")


# ---- the writer ------------------------------------------------------------------------------------------------------


class Writes:
    def __init__(self):
        self.card, self.questions = Painter().card, []

    def __call__(self, question, images):
        self.questions.append(question)
        return '{"prompt": "Wear it well."}'


@pytest.mark.parametrize(
    ("failed", "stage", "asked"),
    [("garment_swap", "words", 1), ("garment_structure", "depth", 1), ("realism", "fill", 0)],
)
def test_the_writer_polishes_where_words_are_mended(failed, stage, asked):
    writer = Writes()
    walk = streamed(placed(scores(**{failed: 5})), scores(), writer=writer)
    request = walk.steps[1].request
    assert walk.steps[1].stage == stage and len(writer.questions) == asked
    assert (request.prompt == "Wear it well.") == bool(asked) == (request.polish is not None)


def test_the_writer_is_asked_once_for_several_tools():
    writer = Writes()
    walk = streamed(placed(scores(garment_structure=5)), scores(), writer=writer, depth=Tool("depth", refuses="no"))
    assert walk.steps[1].stage == "fill" and len(writer.questions) == 1


# ---- a person --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failed", "stage"), [("realism", "fill"), ("garment_structure", "depth"), ("garment_swap", "words")]
)
def test_what_a_person_wrote_is_asked_in_both_streams(failed, stage):
    walk, _ = begun(placed(scores(**{failed: 5})))
    walk.next()
    step = walk.next(Change(prompt="Wear it open."))
    assert (step.stage, step.request.prompt) == (stage, "Wear it open.")
    assert step.data["strategy"] == ("prompt" if stage == "words" else "both")
    later = walk.next()
    assert later.request.prompt.startswith("Wear it open.")


def test_what_a_person_wrote_behind_a_tool_in_vain_is_drawn():
    walk, _ = begun(placed(scores(garment_structure=5)), tools=("depth",))
    walk.next(), walk.next()
    step = walk.next(Change(prompt="Wear it open."))
    assert (step.stage, step.parent, step.request.prompt) == ("words", 1, "Wear it open.")


def test_a_person_asks_for_a_new_start():
    walk, _ = begun(placed(scores(realism=5)))
    walk.next()
    step = walk.next(Change(decision=Decision.RESTART, by="Ada"))
    assert step.stage == "words" and step.request.noise != walk.steps[0].request.noise
    assert step.data["strategy_why"] == "Ada asked for a new start" and step.data["targets"] == ["realism"]


def test_after_a_worse_new_start_the_best_picture_is_mended():
    walk, _ = begun(placed(scores(realism=6)), placed(scores(garment_structure=4)), scores())
    walk.next()
    walk.next(Change(decision=Decision.RESTART))
    step = walk.next()
    assert (step.stage, step.parent) == ("fill", 1)


def test_a_person_s_words_for_a_satisfying_picture_are_drawn():
    walk, _ = begun(scores())
    walk.next()
    step = walk.next(Change(prompt="Wear it open."))
    assert (step.stage, step.request.prompt) == ("words", "Wear it open.")


def test_a_person_s_mask_is_where_tools_may_draw():
    walk, models = begun(scores(garment_appearance=5))
    walk.next()
    mask = Image.new("L", walk.steps[0].image.size, 0)
    mask.paste(255, (4, 4, 20, 20))
    step = walk.next(Change(images={"mask": mask}))
    assert step.stage == "canny" and step.made["area"].getbbox() == mask.getbbox()
    assert walk.next().made["area"].getbbox() == mask.getbbox()


def test_a_frame_that_may_have_moved_is_checked():
    for keeps, checked in ((False, True), (True, False)):
        generator = Lined()
        generator.keeps_frame = keeps
        (step,) = streamed(scores(), generator=generator).steps
        assert ("frame_shift" in step.scores) == checked


def test_a_person_accepts_or_gives_up():
    for decision in (Decision.ACCEPT, Decision.STOP):
        walk, _ = begun(scores(realism=5))
        walk.next()
        assert walk.next(Change(decision=decision)) is None and walk.chosen == 1


@pytest.mark.parametrize("failed", ["garment_swap", "garment_structure", "realism"])
def test_the_next_words_are_known_before_anything_is_drawn(failed):
    walk, models = begun(placed(scores(**{failed: 5})), seed=3)
    walk.next()
    known = {name: models[name] for name in ("generator", "depth", "canny", "fill")}
    told = next_request(a_sample(), walk.steps, rubric=DEFAULT, **known)
    assert sum(len(model.requests) for model in known.values()) == 1
    drawn = walk.next().request
    assert (told.prompt, told.fixes, told.noise) == (drawn.prompt, drawn.fixes, drawn.noise)


@pytest.mark.parametrize(
    ("size", "colour", "has", "reason"),
    [
        (SIZE, "black", {"init"}, "empty_mask"),
        (SIZE[::-1], "white", {"init"}, "mask_of_another_size"),
        (SIZE, "white", set(), "mask_of_nothing"),
    ],
)
def test_a_mask_that_cannot_be_used_refuses_its_sample(size, colour, has, reason):
    """It is one sample's fault: a run goes on with the others."""
    images = {role: picture("green") for role in has} | {"mask": picture(colour, size)}
    with pytest.raises(Refused) as refusal:
        streamed(scores(), sample=Sample(sample_id="e", wish="A red door.", images=images), rubric="general")
    assert refusal.value.reason == reason


@pytest.mark.parametrize(("size", "reason"), [(SIZE, "empty_mask"), (SIZE[::-1], "mask_of_another_shape")])
def test_a_persons_mask_has_something_in_it_and_the_pictures_shape(size, reason):
    walk, _ = begun(placed(scores(realism=5)))
    walk.next()
    with pytest.raises(Refused) as refusal:
        walk.next(Change(by="me", images={"mask": Image.new("L", size)}))
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("images", "drawing", "shown"),
    [
        ({}, "draws pictures from words alone", 1),
        ({"init": picture("green")}, "the one that the model is given to edit, and", 2),
        ({"person": picture("red"), "garment": picture("blue")}, "dresses a person in a given garment", 3),
    ],
)
def test_a_writer_is_told_what_is_drawn_from_what(images, drawing, shown):
    generator, writer = Painter(), ScriptedWriter(shouting)
    generator.min_images = 0
    sample, rubric = Sample(sample_id="s", wish="Red.", images=images), "default" if "garment" in images else "general"
    given = {"generator": generator, "writer": writer, "tools": (), "max_iterations": 2}
    streamed(scores(RUBRICS[rubric], realism=5), sample=sample, rubric=rubric, **given)
    ((question, pictures),) = writer.asked
    assert drawing in question.partition("The JSON")[0] and len(pictures) == shown
    assert question.count("given garment") == ("garment" in images)
