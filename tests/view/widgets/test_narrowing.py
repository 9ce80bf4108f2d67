"""The gallery of a triage: sorted, narrowed, its ids whole, and a stepper that opens where a tile is."""

import re

import pytest
from hand_made import Bench, every_outcome, scores
from looking import html, named, one, text

from tryon_core.errors import UnknownName
from tryon_core.runs.reading import open_run
from tryon_core.view.widgets.triaging.triage import PER_PAGE, FailureTriage
from tryon_core.view.widgets.triaging.triage_still import _caption

LONG = "easy-female-upper-striped-long-sleeved-"
SCORES = {  # realism of each attempt; every attempt but the last fails it
    f"{LONG}1": (4, 7, 9),
    f"{LONG}2": (7, 2, 9),
    "hard-male": (5, 6, 7),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("narrowed"))
    for sample_id, given in SCORES.items():
        level, outcome = sample_id.split("-")[0], "accepted" if given[-1] > 8 else "not_accepted"
        judged = [scores(realism=score, identity=6 if score == 6 else 10) for score in given]
        bench.sample(sample_id, outcome, *judged, difficulty=level, shelf=sample_id)
    return open_run(bench.finish())


@pytest.fixture
def triage(run):
    return FailureTriage(run).show("failed together", "realism failed at all")


def shown(triage):
    return [(sample_id[-1], number) for sample_id, number in triage.items]


AS_LISTED = [("1", 1), ("1", 2), ("2", 1), ("2", 2), ("e", 1), ("e", 2), ("e", 3)]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("as listed", AS_LISTED),
        ("lowest score first", [("2", 2), ("1", 1), ("e", 1), ("e", 2), ("1", 2), ("2", 1), ("e", 3)]),
        ("highest score first", [("1", 2), ("2", 1), ("e", 3), ("e", 2), ("e", 1), ("1", 1), ("2", 2)]),
        ("fell most first", [("2", 2), ("e", 2), ("e", 3), ("1", 2), ("1", 1), ("2", 1), ("e", 1)]),
        ("rose most first", [("1", 2), ("e", 2), ("e", 3), ("2", 2), ("1", 1), ("2", 1), ("e", 1)]),
    ],
)
def test_pictures_are_sorted_by_score_and_by_change(triage, order, first):
    triage.order = order
    assert shown(triage) == first


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ({"slice": "difficulty: hard"}, AS_LISTED[4:]),
        ({"slice": "shelf: hard-male"}, AS_LISTED[4:]),
        ({"outcome": "accepted"}, AS_LISTED[:4]),
        ({"failed": "identity"}, [("e", 2)]),
        ({"outcome": "accepted", "order": "lowest score first"}, [("2", 2), ("1", 1), ("1", 2), ("2", 1)]),
        ({"outcome": "accepted", "slice": "difficulty: hard"}, []),
    ],
)
def test_pictures_are_narrowed_by_slice_outcome_and_constraint(triage, asked, left):
    for name, value in asked.items():
        setattr(triage, name, value)
    assert shown(triage) == left
    assert ("No picture that these filters leave is behind this bar" in text(triage, "where")) == (not left)


def test_samples_without_a_step_have_an_outcome_too(tmp_path):
    triage = FailureTriage(open_run(every_outcome(tmp_path)), "not judged, refused or failed")
    triage.bar = next(place for place, bar in enumerate(triage.bars) if "refused" in bar.label)
    triage.outcome = "refused"
    assert triage.items == (("declined", 0),)
    triage.outcome = "failed"
    assert triage.items == ()


def test_every_choice_of_a_list_may_be_made_and_no_other(triage):
    for name in ("order", "slice", "outcome", "failed"):
        choices = one(triage, f"tryon-{name}").options
        assert len(choices) > 2
        for choice in choices:
            one(triage, f"tryon-{name}").value = choice
            assert getattr(triage, name) == choice
    with pytest.raises(UnknownName, match="no outcome is called 'acepted'. Did you mean 'accepted'"):
        triage.outcome = "acepted"


def test_a_page_holds_24_pictures(triage):
    assert PER_PAGE == 24


def test_ids_that_begin_alike_are_told_apart(triage):
    titles = re.findall(r"<figcaption><b>(.*?)</b>", html(named(triage, "tryon-tiles")[0]))
    assert titles == [sample_id for sample_id, _ in triage.items]
    captions = [_caption(tile).split("\n") for tile in triage.tiles]
    assert ["".join(lines[:-1]) for lines in captions] == titles


def test_a_tile_opens_the_stepper_at_that_attempt_and_it_goes_along(triage):
    assert triage.step_through.children == ()
    triage.viewer._handle_custom_msg({"key": "Tile"}, [])
    named(triage, "tryon-tile")[3].click()
    (stepper,) = triage.step_through.children
    assert (stepper.sample_id, stepper.attempt) == triage.item == (f"{LONG}2", 2)
    named(triage, "tryon-tile")[6].click()
    assert (stepper.sample_id, stepper.attempt) == ("hard-male", 3)
    one(triage, "tryon-stepping").value = False
    assert triage.step_through.children == ()


def test_keys_move_and_label(triage):
    sent = []
    triage.viewer.send = lambda content, buffers=None: sent.append(content)
    triage.viewer._handle_custom_msg({"picture": "", "alt": ""}, [])
    triage.viewer._handle_custom_msg({"key": "ArrowRight"}, [])
    assert triage.selected == 1 and sent[0]["title"] == f"{LONG}1, attempt 2 · realism"
    triage.note = "it is soft"
    for key, word in (("a", "agree"), ("d", "disagree")):
        item = triage.item
        triage.viewer._handle_custom_msg({"key": key}, [])
        assert triage.words.word(item, "realism").says == word
    assert sent[-1]["said"].startswith("saved: disagree")
