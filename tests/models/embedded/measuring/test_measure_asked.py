"""What the measuring judge is asked, as a question's key: what it measures, whatever the rule makes of it."""

from dataclasses import replace

from tryon_core.models import load
from tryon_core.records import Sample
from tryon_core.rubrics.rules import Rule
from tryon_core.rubrics.shipped import RUBRICS

SAMPLE = Sample(sample_id="a", wish="Wear it.", images={})
DEFAULT, CLASSIC = RUBRICS["default"], RUBRICS["classic"]


def asked(rubric):
    return load("measure", rubric=rubric).asked(SAMPLE)


def test_another_accept_at_measures_the_same():
    words = [replace(constraint, asks="Is it good?") for constraint in DEFAULT.constraints]
    assert asked(replace(DEFAULT, rule=Rule(accept_at=9.5), constraints=tuple(words))) == asked(DEFAULT)


def test_other_constraints_are_another_question():
    backwards = replace(DEFAULT, constraints=DEFAULT.constraints[::-1])
    renamed = replace(DEFAULT, constraints=(replace(DEFAULT.constraints[0], key="worn"), *DEFAULT.constraints[1:]))
    assert len({asked(DEFAULT), asked(CLASSIC), asked(backwards), asked(renamed)}) == 4
    assert asked(CLASSIC).startswith("body_integrity: body_and_pose, identity_preservation: identity, ")
