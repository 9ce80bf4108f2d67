"""What a person says of the pictures: checked where it is written, seen by models, in a key only where it is said."""

import dataclasses
import json

import pytest
from doubles import a_sample
from pydantic import ValidationError
from samples import line, parsed

from tryon_core.errors import BadManifest
from tryon_core.flows.closed_loop import opening_request
from tryon_core.hints import Hints
from tryon_core.records import EditRequest, RequestRecord, SampleLine

SAID = Hints(garment_type="jeans", points={"not_cloth": [(0.5, 0.9)], "top": [(0.25, 0.5), (0.75, 0.5)]})


def test_a_manifest_s_statements_survive_blindness():
    points = {mark: [list(point) for point in points] for mark, points in SAID.points.items()}
    listed = parsed(line(garment_type="jeans", points=points)).lines[0]
    assert listed.hints == SAID and listed.known == {"garment_type": "jeans"}
    seen = dataclasses.replace(a_sample(), known=listed.known, hints=listed.hints).blind()
    assert seen.known == {} and opening_request(seen).hints == SAID


def test_a_type_under_known_counts_too():
    assert parsed(line(known={"garment_type": "skirt"})).lines[0].hints == Hints(garment_type="skirt")


def test_a_record_speaks_of_hints_only_where_there_are_some():
    plain, said = (EditRequest(prompt="", images=(), hints=hints).record() for hints in (Hints(), SAID))
    assert set(said) - set(plain) == {"hints"} and RequestRecord.model_validate(said).hints == SAID
    assert "hints" not in RequestRecord.model_validate(plain).model_dump()
    assert "hints" not in SampleLine(sample_id="a").model_dump()
    samples = (dataclasses.replace(a_sample(), hints=hints).record() for hints in (Hints(), SAID))
    assert ["hints" in sample for sample in samples] == [False, True]
    assert SampleLine.model_validate_json(SampleLine(sample_id="a", hints=SAID).model_dump_json()).hints == SAID


def test_each_picture_has_its_own_part():
    assert SAID.about("garment") == Hints(garment_type="jeans", points={"not_cloth": ((0.5, 0.9),)})
    assert SAID.about("person") == Hints(points={"top": ((0.25, 0.5), (0.75, 0.5))})


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"top": [[1.2, 0.5]]}, "points.top.0.0: Input should be less than or equal to 1, got 1.2"),
        ({"top": [["a", 0.5]]}, "points.top.0.0: Input should be a valid number, got 'a'"),
        ({"top": [[True, 0.5]]}, "points.top.0.0: Input should be a valid number, got True"),
        ({"top": [[0.5]]}, "points.top.0.1: Field required"),
        ({"top": []}, "at least 1 item"),
        ({"top": [[0.5, 0.5]] * 25}, "at most 24 items"),
        (
            {"sleeve": [[0.5, 0.5]]},
            "points.sleeve.[key]: Input should be 'cloth', 'not_cloth', 'top'",
        ),
        ({"top": [[0.5, 0.5]], "skin": [[0.501, 0.5]]}, "points: (0.5, 0.5) is said to be 'top' and 'skin'; keep one"),
    ],
)
def test_a_point_that_cannot_be_is_refused(points, words):
    with pytest.raises(BadManifest) as caught:
        parsed(line(points=points))
    assert words in str(caught.value)


def test_points_lie_in_a_named_picture():
    given = json.loads(line(points={"cloth": [[0.5, 0.5]]})) | {"garment": None}
    with pytest.raises(BadManifest, match="points say what is 'cloth' in the garment, but no such picture is named"):
        parsed(json.dumps({key: value for key, value in given.items() if value}))


def test_one_place_in_two_pictures_is_no_contradiction():
    Hints(points={"top": [(0.5, 0.5)], "cloth": [(0.5, 0.5)]})
    with pytest.raises(ValidationError, match="keep one"):
        Hints(points={"not_cloth": [(0.5, 0.5)], "cloth": [(0.5, 0.5)]})


def test_points_beside_one_another_in_one_row_do_not_contradict():
    points = {"cloth": ((0.2, 0.5),), "not_cloth": ((0.8, 0.5), (0.2, 0.9))}
    assert Hints(points=points).points == points
