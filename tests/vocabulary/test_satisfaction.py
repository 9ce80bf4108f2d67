"""Satisfaction is one number by one formula, and none where something is unscored."""

import pytest
from doubles import scores

from tryon_core.records import Judgement, Score
from tryon_core.rubrics import RUBRICS
from tryon_core.rubrics.satisfaction import satisfaction

DEFAULT = RUBRICS["default"]
TENS = dict.fromkeys(DEFAULT.keys, 10)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (TENS, 1.0),
        (TENS | {"realism": 5}, 65 / 70),
        (TENS | {"identity": 4}, 64 / 70),
        (TENS | {"identity": 3.9}, 0.39),
        (TENS | {"realism": 0}, 60 / 70),
        (dict.fromkeys(DEFAULT.keys, 2), 0.2),
        (TENS | {"realism": None}, None),
    ],
)
def test_it_is_the_mean_capped_by_a_critical_miss(given, expected):
    value = satisfaction(scores(**given), DEFAULT)
    assert value is None if expected is None else value == pytest.approx(expected)


def test_what_does_not_apply_does_not_count():
    absent = Score(status="not_applicable", reason="no face")
    judgement = scores(**TENS | {"realism": 4})
    judged = judgement.model_copy(update={"scores": {**judgement.scores, "identity": absent}})
    assert satisfaction(judged, DEFAULT) == pytest.approx(54 / 60)
    assert satisfaction(Judgement(scores=dict.fromkeys(DEFAULT.keys, absent)), DEFAULT) is None
