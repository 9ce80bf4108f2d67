"""The dual stream over scripted models: which stream and tool are used, what is kept, and when it ends."""

import pytest
from doubles import Painter, Scripted, a_sample, card, picture, scores

from tryon_core.errors import BadInput, Refused
from tryon_core.flows.dual_stream import DualStream, dual_stream
from tryon_core.records import Decision, Sample
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk

GENERAL = RUBRICS["general"]


class Tool(Painter):
    """A painter that takes masks and maps."""

    takes = ("mask", "control")

    def __init__(self, name="tool", **has):
        super().__init__()
        self.card = card(name)
        vars(self).update(has)


class Mapper:
    card = card("mapper")

    def __call__(self, image):
        return picture("white", image.size)


def walked(*judgements, sample=None, rubric="default", tools=("depth", "canny", "fill"), **given):
    options = DualStream(**{name: given.pop(name) for name in list(given) if name in DualStream.__dataclass_fields__})
    models = {name: Tool(name) for name in tools}
    models |= {f"{name}_mapper": Mapper() for name in ("depth", "canny")}
    arguments = {"generator": Painter(), "judge": Scripted(*judgements), "rubric": RUBRICS[rubric], "options": options}
    walk = Walk(dual_stream(sample or a_sample(), **arguments | models | given))
    list(walk)
    return walk


def stages(walk):
    return [step.stage for step in walk.steps]


def test_a_satisfying_picture_ends_the_loop():
    walk = walked(scores())
    assert stages(walk) == ["draw"] and walk.chosen == 1 and walk.steps[0].scores["satisfaction"].value == 0.9


def test_satisfied_is_not_accepted():
    """A mean of 9.3 with a 5: the loop ends, the outcome is the rule's."""
    satisfied = scores(**{key: 10 for key in RUBRICS["default"].keys} | {"realism": 5})
    walk = walked(satisfied)
    assert len(walk.steps) == 1 and walk.steps[0].decision is Decision.RETRY
    assert walk.steps[0].scores["satisfaction"].value == pytest.approx(0.9286, abs=1e-4)


def test_accepted_but_not_satisfied_goes_on():
    accepted = scores(**{key: 8 for key in RUBRICS["default"].keys})
    assert len(walked(accepted, max_iterations=3).steps) == 3


@pytest.mark.parametrize(
    ("failed", "stage"),
    [("garment_structure", "depth"), ("garment_appearance", "canny"), ("realism", "fill"), ("garment_swap", "words")],
)
def test_each_issue_gets_its_tool(failed, stage):
    walk = walked(scores(**{failed: 5}), scores())
    assert stages(walk) == ["draw", stage] and walk.chosen == 2
    assert walk.steps[1].data["moved"] == {failed: 4.0} and walk.steps[1].parent == 1


def test_the_negative_prompt_serves_the_first_picture_alone():
    generator = Painter()
    generator.takes = ("negative_prompt",)
    walked(scores(garment_swap=5), scores(), generator=generator, negative_prompt="ugly")
    assert [request.settings.negative_prompt for request in generator.requests] == ["ugly", ""]


def test_the_control_arms_use_no_tool():
    for arm, stage in (("no_tool", "words"), ("new_noise", "new_noise")):
        walk = walked(scores(garment_structure=5), arm=arm, max_iterations=3)
        assert stages(walk) == ["draw", stage, stage]
    assert len({step.request.noise for step in walk.steps}) == 3
    assert len({step.request.prompt for step in walk.steps}) == 1


def test_words_alone_are_drawn_and_judged():
    sample = Sample(sample_id="w", wish="A lake.", images={})
    generator, depth = Painter(), Tool("depth")
    generator.min_images = 0
    walk = walked(
        scores(GENERAL, layout=5), scores(GENERAL), sample=sample, rubric="general", generator=generator, depth=depth
    )
    assert stages(walk) == ["draw", "depth"]
    (asked,) = depth.requests
    assert asked.images == () and asked.mask is None and asked.control is not None


def test_a_sample_that_cannot_be_drawn_is_refused_by_name():
    sample = Sample(sample_id="w", wish="A lake.", images={})
    with pytest.raises(Refused, match="draws from words alone"):
        walked(scores(), sample=sample)
    generator = Painter()
    generator.min_images = 0
    with pytest.raises(Refused, match="take 'general'"):
        walked(scores(), sample=sample, generator=generator)


@pytest.mark.parametrize("bad", [{"max_iterations": 0}, {"satisfaction_threshold": 1.1}, {"arm": "x"}, {"strength": 2}])
def test_bad_settings_fail_where_they_are_written(bad):
    with pytest.raises(BadInput, match=next(iter(bad))):
        DualStream(**bad)
