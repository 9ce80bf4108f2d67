"""The dual stream over scripted models: which stream and tool are used, what is kept, and when it ends."""

from dataclasses import replace

import pytest
from doubles import Lined, Painter, Tool, a_sample, card, picture, placed, scores, stages, streamed
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.flows.dual_stream import DualStream
from tryon_core.hints import Hints
from tryon_core.records import Decision, Sample
from tryon_core.roles import Mask
from tryon_core.rubrics import RUBRICS

DEFAULT, GENERAL, CLASSIC = (RUBRICS[name] for name in ("default", "general", "classic"))
WORDS = Sample(sample_id="w", wish="A lake.", images={})
EDIT = Sample(sample_id="e", wish="A red door.", images={"init": picture("green")})


def from_words(**has):
    generator = Painter()
    vars(generator).update({"min_images": 0} | has)
    return generator


def test_a_satisfying_picture_ends_the_loop():
    walk = streamed(scores())
    assert stages(walk) == ["draw"] and walk.chosen == 1 and walk.steps[0].scores["satisfaction"].value == 0.9


def test_satisfied_is_not_accepted():
    """A mean of 9.3 with a 5: the loop ends, the outcome is the rule's."""
    satisfied = scores(**{key: 10 for key in DEFAULT.keys} | {"realism": 5})
    walk = streamed(satisfied)
    assert len(walk.steps) == 1 and walk.steps[0].decision is Decision.RETRY
    assert walk.steps[0].scores["satisfaction"].value == pytest.approx(0.9286, abs=1e-4)


def test_accepted_but_not_satisfied_goes_on():
    accepted = scores(**{key: 8 for key in DEFAULT.keys})
    walk = streamed(accepted, max_iterations=3)
    assert stages(walk) == ["draw", "words", "words"] and walk.chosen == 1
    assert len({step.request.noise for step in walk.steps}) == 3
    assert "nothing failed" in walk.steps[1].data["strategy_why"]


@pytest.mark.parametrize(
    ("rubric", "failed", "stage", "strategy"),
    [
        ("default", {"garment_swap": 5}, "words", "prompt"),
        ("default", {"identity": 3}, "put_back", "picture"),
        ("default", {"body_and_pose": 3}, "words", "prompt"),
        ("default", {"body_and_pose": 5}, "depth", "both"),
        ("default", {"garment_structure": 5}, "depth", "both"),
        ("default", {"garment_appearance": 5}, "canny", "both"),
        ("default", {"realism": 5}, "fill", "picture"),
        ("default", {"identity": 6}, "put_back", "picture"),
        ("default", {"scene_kept": 5}, "put_back", "picture"),
        ("default", {"garment_structure": 5, "realism": 5}, "depth", "both"),
        ("default", {"realism": 5, "scene_kept": 5, "garment_structure": 5}, "put_back", "picture"),
        ("classic", {"body_integrity": 5}, "depth", "both"),
        ("classic", {"cloth_structural_integrity": 5}, "depth", "both"),
        ("classic", {"cloth_texture_fidelity": 5}, "canny", "both"),
        ("classic", {"pose_alignment": 5}, "depth", "both"),
        ("classic", {"lighting_consistency": 5}, "canny", "both"),
        ("classic", {"fine_details": 5}, "fill", "picture"),
    ],
)
def test_each_issue_gets_its_stream_and_tool(rubric, failed, stage, strategy):
    rules = RUBRICS[rubric]
    walk = streamed(placed(scores(rules, **failed)), scores(rules), rubric=rubric, generator=Lined())
    first, second = walk.steps
    assert (second.stage, second.data["strategy"], walk.chosen) == (stage, strategy, 2)
    assert second.data["strategy_why"] and bool(second.data["tool_why"]) == (strategy != "prompt")
    assert second.data["tool"] == ("" if stage == "words" else stage) and second.parent == 1
    assert second.data["moved"] == {key: 9 - failed[key] for key in second.data["targets"]}


@pytest.mark.parametrize(
    ("sample", "failed", "stage"),
    [
        (WORDS, {"wish_met": 5}, "words"),
        (WORDS, {"layout": 5}, "depth"),
        (WORDS, {"attributes": 5}, "canny"),
        (WORDS, {"anatomy": 5}, "fill"),
        (WORDS, {"realism": 5}, "fill"),
        (EDIT, {"wish_met": 5}, "words"),
        (EDIT, {"subject_kept": 6}, "put_back"),
        (EDIT, {"rest_kept": 5}, "put_back"),
        (EDIT, {"layout": 5}, "depth"),
        (EDIT, {"realism": 5}, "fill"),
    ],
)
def test_general_issues_get_their_tool(sample, failed, stage):
    generator = from_words(keeps_frame=True)
    found = placed(scores(GENERAL, **failed)), scores(GENERAL)
    walk = streamed(*found, sample=sample, rubric="general", generator=generator)
    assert stages(walk) == ["draw", stage] and walk.chosen == 2


def test_a_generator_is_shown_no_more_than_it_takes():
    generator = from_words(unmasked_images=1)
    streamed(scores(), generator=generator)
    assert len(generator.requests[0].images) == 1


def test_the_negative_prompt_serves_the_first_picture_alone():
    generator = from_words(takes=("negative_prompt",))
    streamed(scores(garment_swap=5), scores(), generator=generator, negative_prompt="ugly")
    assert [request.settings.negative_prompt for request in generator.requests] == ["ugly", ""]


def test_a_negative_prompt_that_nothing_takes_is_said():
    (step,) = streamed(scores(), negative_prompt="ugly").steps
    assert "painter takes no negative prompt" in step.why and step.request.settings.negative_prompt == ""


def test_the_size_is_that_of_a_picture_from_words():
    generator = from_words()
    for sample, size in ((WORDS, (128, 64)), (EDIT, None)):
        walk = streamed(scores(GENERAL), sample=sample, rubric="general", generator=generator, size=(128, 64))
        assert walk.steps[0].request.settings.size == size


def test_a_sample_that_cannot_be_drawn_is_refused_by_name():
    with pytest.raises(Refused, match="draws from words alone"):
        streamed(scores(GENERAL), sample=WORDS, rubric="general")
    for sample in (WORDS, EDIT):
        with pytest.raises(Refused, match="take 'general'"):
            streamed(scores(), sample=sample, generator=from_words())


def test_a_photograph_is_not_given_to_who_draws_from_words():
    generator, fill = from_words(unmasked_images=0), Tool("fill")
    asked = {"rubric": "general", "generator": generator}
    with pytest.raises(Refused, match="name a fill"):
        streamed(scores(GENERAL), sample=EDIT, tools=(), **asked)
    with pytest.raises(Refused, match="give a picture 'mask'"):
        streamed(scores(GENERAL), sample=EDIT, fill=fill, **asked)
    mask = Image.new("L", (64, 80), 0)
    mask.paste(255, (8, 8, 40, 40))
    masked = Sample(sample_id="e", wish="A red door.", images={"init": picture("green"), "mask": mask})
    walk = streamed(scores(GENERAL), sample=masked, fill=fill, **asked)
    assert walk.steps[0].data["model"] == "fill" and not generator.requests and len(fill.requests) == 1


def test_a_fill_draws_over_the_clothes_that_the_garment_replaces():
    """The mask that is called as the garment is, with room; not the first."""
    fill, sample = Tool("fill"), a_sample()
    sample = replace(sample, hints=Hints(garment_type="lower"))
    walk = streamed(scores(), sample=sample, generator=from_words(unmasked_images=0), fill=fill, segmenter=Halves())
    area = walk.steps[0].made["area"]
    assert walk.steps[0].data["model"] == "fill" and area.getbbox() == (0, 38, 64, 80)
    assert len(fill.requests[0].images) == 2


class Halves:
    """The upper half of a picture and the lower one."""

    card, takes = card("halves"), ("points", "box")

    def __call__(self, image, prompt):
        halves = []
        for label, top in (("upper", 0), ("lower", image.height // 2)):
            mask = Image.new("L", image.size, 0)
            mask.paste(255, (0, top, image.width, top + image.height // 2))
            halves.append(Mask(image=mask, label=label))
        return halves


def test_the_rule_that_gives_up_ends_the_loop():
    walk = streamed(scores(CLASSIC, pose_alignment=3), rubric="classic")
    assert len(walk.steps) == 1 and walk.steps[0].decision is Decision.STOP


@pytest.mark.parametrize(
    "bad",
    [{"max_iterations": 0}, {"satisfaction_threshold": 1.1}, {"arm": "x"}, {"strength": 2}, {"padding": 3}],
)
def test_bad_settings_fail_where_they_are_written(bad):
    with pytest.raises(BadInput, match=next(iter(bad))):
        DualStream(**bad)


def test_a_picture_that_was_never_judged_is_drawn_from_new_noise():
    walk = streamed(scores(realism=None), max_iterations=3)
    assert stages(walk) == ["draw", "words", "words"] and walk.chosen is None
    assert len({step.request.noise for step in walk.steps}) == 3
    assert walk.steps[0].scores["satisfaction"] == "the picture could not be judged whole"
    assert "could not be judged" in walk.steps[1].data["strategy_why"] and walk.steps[1].data["moved"] == {}


def test_an_unread_picture_of_a_tool_moved_nothing():
    walk = streamed(placed(scores(garment_structure=5)), scores(garment_structure=None), max_iterations=2)
    assert walk.steps[1].data["moved"] == {"garment_structure": None} and walk.chosen == 1


def test_a_judge_that_answers_half_is_asked_once_more():
    judge_saw = streamed(scores(realism=None), scores())
    assert len(judge_saw.steps) == 1 and judge_saw.steps[0].judged


def test_the_best_picture_is_gone_on_from():
    found = [placed(scores(garment_structure=5, realism=6)), scores(garment_structure=3), scores(realism=6), scores()]
    walk = streamed(*found, sample=a_sample())
    assert [(step.stage, step.parent) for step in walk.steps][:3] == [("draw", 0), ("depth", 1), ("fill", 1)]
    assert walk.steps[3].parent == 3 and walk.steps[2].data["moved"] == {"garment_structure": 4, "realism": 0}


@pytest.mark.parametrize("score", [2.0, 10.0, None])
def test_words_alone_keep_no_picture(score):
    """There was none to keep: whatever a judge says of that counts in no score and is not asked about again."""
    seen = scores(GENERAL, subject_kept=score, rest_kept=score)
    walk = streamed(seen, sample=WORDS, generator=from_words(), rubric="general")
    step = walk.steps[0]
    assert step.judgement.scores["subject_kept"].status == step.judgement.scores["rest_kept"].status == "not_applicable"
    assert step.scores["satisfaction"].value == 0.9 and step.decision is Decision.ACCEPT and len(walk.steps) == 1
