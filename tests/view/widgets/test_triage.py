import io
import re

import pytest
from doubles import Lottery
from doubles import run as batch
from hand_made import Bench, every_outcome, scores
from looking import failing, html, named, text
from PIL import Image

from tryon_core.errors import BadInput, UnknownName
from tryon_core.records import Measurement, Region, Score
from tryon_core.runs.kept import labels
from tryon_core.runs.reading import open_run
from tryon_core.view.tables.behind import QUESTIONS
from tryon_core.view.widgets.triaging import gallery
from tryon_core.view.widgets.triaging import triage as triage_module
from tryon_core.view.widgets.triaging.bars import COUNTED_OVER
from tryon_core.view.widgets.triaging.triage import PER_PAGE, FailureTriage


@pytest.fixture(scope="module")
def thirty(tmp_path_factory):
    """Read only: a test that labels takes `run`."""
    return open_run(failing(tmp_path_factory.mktemp("thirty")))


@pytest.fixture
def run(tmp_path):
    return open_run(failing(tmp_path / "run", 3))


# ---- choosing --------------------------------------------------------------------------------------------------------


def test_it_opens_with_the_first_bar_its_constraint_and_its_first_page(thirty):
    triage = FailureTriage(thirty)
    assert [(bar.label, bar.n, bar.of) for bar in triage.bars] == [
        ("garment_structure failed first", 30, 60),
        ("realism failed first", 30, 60),
    ]
    assert (triage.bar, triage.constraint, triage.page, triage.pages, triage.selected) == (
        0,
        "garment_structure",
        1,
        2,
        0,
    )
    assert len(named(triage, "tryon-tile")) == PER_PAGE and len(triage.items) == 30


def test_a_bar_is_chosen_by_place_label_or_constraint(thirty):
    triage = FailureTriage(thirty)
    for chosen in (1, "realism failed first", "realism"):
        triage.bar = 0
        triage.bar = chosen
        assert (triage.bar, triage.constraint, triage.items[0]) == (1, "realism", ("s00", 1))


def test_a_bar_is_a_button_that_says_its_count(thirty):
    triage = FailureTriage(thirty)
    buttons = named(triage, "tryon-bar")
    assert buttons[1].description == "realism failed first, 30 of 60"
    buttons[1].click()
    assert (
        triage.bar == 1 and buttons[1].description.endswith("chosen") and not buttons[0].description.endswith("chosen")
    )


def test_bars_are_as_long_as_the_share_that_they_count(tmp_path):
    bench = Bench(tmp_path)
    for sample_id, key in (("a", "realism"), ("b", "realism"), ("c", "identity"), ("d", "realism"), ("e", "realism")):
        bench.sample(sample_id, "not_accepted", scores(**{key: 6}))
    triage = FailureTriage(open_run(bench.finish()))
    (bars,) = named(triage, "tryon-bars")
    assert re.findall(r"width:([\d.]+)%", html(bars)) == ["80.0", "20.0"]
    assert re.findall(r"(\d) of (\d)</span>", html(bars)) == [("4", "5"), ("1", "5")]


def test_failures_at_an_iteration_are_a_grid_that_counts_cells_without_failures_too(thirty):
    triage = FailureTriage(thirty, "failed at an iteration")
    (grid,) = named(triage, "tryon-grid")
    assert [button.description for button in named(grid, "tryon-bar")] == [
        "attempt 2: garment_structure failed, 30 of 30",
        "attempt 1: realism failed, 30 of 30, chosen",
        "attempt 2: realism failed, 30 of 30",
    ]
    assert html(grid).count(">0 of 30<") == 7 * 3 - 3 and html(grid).count(">attempt ") == 3


def test_show_opens_what_code_asks_for(thirty):
    triage = FailureTriage(thirty).show("failed at an iteration", "attempt 2: realism failed", "garment_structure")
    assert triage.bars[triage.bar].label == "attempt 2: realism failed" and triage.constraint == "garment_structure"
    assert set(triage.items) == {(f"s{number:02d}", 2) for number in range(30)}


@pytest.mark.parametrize(
    "wrong, error, words",
    [
        ({"question": "failed frist"}, UnknownName, "Did you mean 'failed first'"),
        ({"bar": "realsim"}, UnknownName, "no bar of 'failed first' is called 'realsim'. Did you mean 'realism"),
        ({"bar": 2}, BadInput, "'failed first' has 2 bars, numbered from 0; got 2"),
        ({"constraint": "realsim"}, UnknownName, "no constraint is called 'realsim'. Did you mean 'realism'"),
    ],
)
def test_what_there_is_not_is_refused_in_a_sentence_and_nothing_changes(thirty, wrong, error, words):
    triage = FailureTriage(thirty)
    ((trait, value),) = wrong.items()
    with pytest.raises(error, match=re.escape(words)):
        triage.set_trait(trait, value)
    assert (triage.question, triage.bar, triage.constraint) == ("failed first", 0, "garment_structure")


def test_every_question_opens_and_says_what_it_counts(thirty):
    assert set(COUNTED_OVER) == set(QUESTIONS)
    triage = FailureTriage(thirty)
    for question in QUESTIONS:
        triage.question = question
        assert (COUNTED_OVER[question] in text(triage, "over")) == bool(triage.bars)
        assert len(triage.items) == (len(set(triage.bars[0].items)) if triage.bars else 0)


def test_a_bar_without_a_constraint_looks_at_what_failed_first_most_often(tmp_path):
    bench = Bench(tmp_path)
    for sample_id, key in (("a", "realism"), ("b", "identity"), ("c", "realism")):
        bench.sample(sample_id, "not_accepted", scores(**{key: 6}), difficulty="hard")
    bench.sample("d", "accepted", scores(), difficulty="easy")
    triage = FailureTriage(open_run(bench.finish()), "first attempts that failed, by slice")
    assert (triage.bars[0].constraint, len(triage.items), triage.constraint) == ("", 3, "realism")
    triage.question = "accepted at an iteration"
    assert (triage.bars[0].constraint, len(triage.items), triage.constraint) == ("", 1, triage.run.rubric.keys[0])


# ---- paging and filters ----------------------------------------------------------------------------------------------


def test_paging_fills_the_same_tiles_with_other_pictures(thirty):
    triage = FailureTriage(thirty)
    before = named(triage, "tryon-tile")
    named(triage, "tryon-page-next")[0].click()
    assert (triage.page, triage.selected, triage.item) == (2, 24, ("s24", 2))
    assert named(triage, "tryon-tile") == before[:6] and before[0].description.startswith("s24, attempt 2")
    assert "page 2 of 2: pictures 25 to 30 of 30" in text(triage, "where")


def test_the_last_page_is_short_and_there_is_none_after_it(thirty):
    triage = FailureTriage(thirty)
    triage.page = 99
    assert triage.page == 2 and len(named(triage, "tryon-tile")) == 6
    assert named(triage, "tryon-page-next")[0].disabled and not named(triage, "tryon-page-previous")[0].disabled


def test_a_page_reads_only_its_own_pictures_and_those_once(thirty, monkeypatch):
    read, thumbnail = [], type(thirty).thumbnail
    monkeypatch.setattr(type(thirty), "thumbnail", lambda *given: read.append(given[1:]) or thumbnail(*given))
    triage = FailureTriage(thirty)
    small = [digest for digest, side_px in read if side_px == gallery.SIDE_PX]
    assert len(small) == len(set(small)) == PER_PAGE + 2  # and the person and the garment
    triage.page = 2
    now = len(read)
    triage.page = 1
    assert len(read) == now


def test_the_tile_that_is_pressed_is_looked_at(thirty):
    triage = FailureTriage(thirty)
    named(triage, "tryon-tile")[7].click()
    assert triage.selected == 7 and "<h4>s07</h4>" in text(triage, "answer")
    (chosen,) = named(named(triage, "tryon-tiles")[0], "tryon-chosen")
    assert named(chosen, "tryon-tile")[0].description.startswith("s07, attempt 2")


def test_the_next_picture_may_be_on_the_next_page(thirty):
    triage = FailureTriage(thirty)
    triage.selected = 23
    named(triage, "tryon-picture-next")[0].click()
    assert (triage.page, triage.item) == (2, ("s24", 2))


def test_samples_are_found_by_a_part_of_their_id(thirty):
    triage = FailureTriage(thirty)
    triage.page = 2
    triage.search = "S2"
    assert [item[0] for item in triage.items] == [f"s2{number}" for number in range(10)]
    assert (triage.page, triage.pages) == (1, 1)
    triage.search = "nobody"
    assert triage.item is None and "No picture with this in its id is behind this bar" in text(triage, "where")
    assert not named(triage, "tryon-tile") and text(triage, "answer") == ""


# ---- what is seen ----------------------------------------------------------------------------------------------------


def test_the_picture_comes_with_its_score_its_finding_and_what_misses_its_bar(tmp_path):
    bench = Bench(tmp_path)
    hem = Measurement(value=0.21, unit="share of torso length", bar=0.1)
    seen = Score(score=5.36, finding="the hem is too low", region=Region(left=0.1, top=0.5, right=0.9, bottom=0.6))
    seen = seen.model_copy(update={"evidence": {"hem": hem}})
    both = scores(realism=7)
    both = both.model_copy(update={"scores": {**both.scores, "garment_structure": seen}})
    bench.sample("one", "not_accepted", both)
    triage = FailureTriage(open_run(bench.finish()))
    words = text(triage, "answer")
    for part in ("✗ failed", "5.3 (bar 8)", "the hem is too low", "hem 21 % of torso length (at most 10 %)"):
        assert part in words
    assert "1 other constraint failed" in words and "realism ✗ 7.0" in words
    assert 'alt="one, attempt 1, the place of garment_structure framed"' in text(triage, "pictures")
    assert 'alt="person of one"' in text(triage, "pictures") and 'alt="garment of one"' in text(triage, "pictures")


def test_every_picture_has_words_for_who_cannot_see_it(thirty):
    alts = re.findall(r'<img[^>]* alt="([^"]*)"', html(FailureTriage(thirty)))
    assert len(alts) == PER_PAGE + 3 and all(len(alt) > 5 for alt in alts)


def test_another_constraint_of_the_same_pictures_can_be_looked_at(thirty):
    triage = FailureTriage(thirty)
    triage.constraint = "realism"
    assert "✗\u00a06.0" in named(triage, "tryon-tile")[0].description and "realism is 6" in text(triage, "answer")
    assert triage.bar == 0


def test_a_run_without_failures_says_so_in_words(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", scores())
    triage = FailureTriage(open_run(bench.finish()))
    assert "There is nothing to show: no picture of this run is behind &#x27;failed first&#x27;" in text(
        triage, "where"
    )
    assert triage.items == () and not named(triage, "tryon-bar") and triage.still().startswith(b"\x89PNG")
    triage.say("agree")
    assert triage.said == "not saved: there is no picture to label" and labels.read(triage.run.store) == ()


def test_a_sample_without_a_picture_is_told_and_not_labelled(tmp_path):
    triage = FailureTriage(open_run(every_outcome(tmp_path)), "not judged, refused or failed")
    triage.bar = next(place for place, bar in enumerate(triage.bars) if "refused" in bar.label)
    assert triage.item == ("declined", 0)
    assert "white_on_white" in text(triage, "answer") and "no picture was drawn" in html(
        named(triage, "tryon-tiles")[0]
    )
    triage.say("agree")
    assert "there is no picture" in triage.said


def test_a_missing_picture_is_told_in_its_place_and_found_once_it_is_there(run):
    picture = next(row["picture"] for row in run.step_rows if (row["sample_id"], row["attempt"]) == ("s00", 2))
    path = run.store.folder / "pictures" / f"{picture}.png"
    kept = path.read_bytes()
    path.unlink()
    triage = FailureTriage(run)
    assert f"{picture}.png is missing" in html(named(triage, "tryon-tiles")[0])
    path.write_bytes(kept)
    triage.selected = 1
    assert "is missing" not in html(named(triage, "tryon-tiles")[0])


def test_a_lost_record_is_told_and_is_not_labelled(manifest, tmp_path):
    batch(manifest, tmp_path, judge=Lottery())  # leaves attempts.parquet, from which the bars are counted
    triage = FailureTriage(open_run(tmp_path))
    lost = triage.items[-1][0]
    (tmp_path / f"records/{lost}.json").unlink()
    triage.selected = len(triage.items) - 1
    assert f"has lost the record of {lost}" in text(triage, "answer")
    triage.say("agree")
    assert triage.said.startswith("not saved: ") and not labels.read(triage.run.store)


def test_scripted_models_are_announced(thirty):
    assert "Not a result: generator painter is scripted" in text(FailureTriage(thirty), "caution")


def test_every_css_class_that_is_promised_is_there(thirty):
    promised = set(re.findall(r"tryon-[a-z-]+", triage_module.__doc__))
    assert len(promised) > 20 and all(named(FailureTriage(thirty), name) for name in promised)


def test_its_still_is_a_picture_of_the_bars_and_the_page(thirty):
    data = FailureTriage(thirty).still()
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    assert picture.width == 900 and 500 < picture.height < 900
    colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert {(0xCC, 0x79, 0xA7), (0xE6, 0x9F, 0x00)} <= colours  # the bars of garment_structure and realism
    assert FailureTriage(thirty).still() == data


def test_a_still_takes_any_text_for_what_it_is(tmp_path):
    bench = Bench(tmp_path)
    for number in range(12):
        facts = {"shelf": number % 3, "pattern": f"$x^ {number % 8} \\frac{{"}
        bench.sample(f"s{number}", "not_accepted", scores(realism=6), **facts)
    triage = FailureTriage(open_run(bench.finish()), "first attempts that failed, by slice")
    triage.bar = 10
    assert len(triage.bars) == 11 and "$x^" in triage.bars[10].label
    assert triage.still().startswith(b"\x89PNG")


def test_a_drawing_that_fails_once_silences_no_later_press(thirty, monkeypatch):
    triage = FailureTriage(thirty)
    draw = triage._parts.draw
    monkeypatch.setattr(triage._parts, "draw", lambda shown: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        triage.selected = 1
    monkeypatch.setattr(triage._parts, "draw", draw)
    triage.selected = 2
    assert "chosen" in named(triage, "tryon-tile")[2].description
