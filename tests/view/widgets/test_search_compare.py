"""Two searches side by side: set a trait, read what is shown."""

import base64
import io
from dataclasses import replace

import pytest
from doubles import Scripted, scores
from looking import all_html, html, named, one, text
from PIL import Image
from search_runs import Walker, hacked, held_out, in_pairs, searched
from shaped_runs import HOSTILE, TREE, candidate, written

from tryon_core.errors import BadInput, UnknownName
from tryon_core.runs.reading import open_run
from tryon_core.view.arena.trees.search_trees import search_tree_of
from tryon_core.view.widgets.searching.candidate_tiles import MOST
from tryon_core.view.widgets.searching.search_compare import SearchCompare
from tryon_core.view.widgets.searching.search_sides import Side, stops
from tryon_core.view.widgets.searching.side_column import SideColumn
from tryon_core.view.widgets.triaging.gallery import Thumbnails

ONE = {"metric": "height", "weights": {}}
OTHERS = (("a", {}), ("b", {"stage2": "reseed"}))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """EACPS and random search over three fields of three persons; some heights cannot be read."""
    folder = tmp_path_factory.mktemp("runs")
    return searched(folder, unread_below=90), searched(folder, "ttflux", unread_below=90, **ONE)


@pytest.fixture
def compared(runs):
    return SearchCompare(*runs, held_out=held_out(*runs, metrics=("height", "truth")))


def tiles(widget, side=0):
    """State of each tile, in order."""
    faces = named(named(widget, "tryon-candidates")[side], "tryon-pressable")
    return [face.children[0].value.split('class="candidate ')[1].split('"')[0] for face in faces]


def test_it_opens_at_equal_budget_with_the_best_looked_at(compared):
    a, b = compared.sides
    assert compared.budget == 8 == min(a.total, b.total) and b.total == 14
    assert (a.looked_at, b.looked_at) == (a.tree.best(8), b.tree.best(8))
    assert a.name == "A: eacps" and b.name == "B: ttflux"


def test_sliding_the_budget_draws_fewer_candidates(compared):
    compared.budget = 3
    assert tiles(compared).count("ahead") == 5 and tiles(compared, 1).count("ahead") == 11
    compared.budget = 14
    assert "ahead" not in tiles(compared) + tiles(compared, 1)


def test_the_slider_and_keys_move_the_budget(compared):
    slider = one(compared, "tryon-budget")
    slider.value = 5.0
    assert compared.budget == 5 and slider.label == "5 pictures"
    for key, budget in (("ArrowLeft", 4), ("ArrowRight", 5), ("ArrowRight", 6)):
        compared.viewer._heard({"key": key})
        assert compared.budget == budget == slider.value
    compared.budget = 1
    compared.viewer._heard({"key": "ArrowLeft"})
    assert compared.budget == 1 and slider.label == "1 picture"


def test_the_best_so_far_moves_with_the_budget(compared):
    kept = []
    for budget in range(1, 9):
        compared.budget = budget
        assert tiles(compared).count("best") == 1
        kept.append(compared.sides[0].looked_at)
    assert len(set(kept)) > 1 and kept[0] == 1
    potentials = [compared.sides[0].tree.candidates[number].selection for number in kept]
    assert potentials == sorted(potentials)


def test_another_unit_starts_at_its_own_equal_budget(compared):
    one(compared, "tryon-unit").value = "denoising_steps"
    assert compared.unit == "denoising_steps" and compared.budget == 32
    assert one(compared, "tryon-budget").label == "32 denoising steps" and "ahead" not in tiles(compared)
    with pytest.raises(UnknownName, match="no unit that both sides count is called 'money'"):
        compared.unit = "money"


def test_another_sample_keeps_the_budget(compared):
    compared.budget, compared.candidate_a = 5, 2
    compared.viewer._heard({"key": "j"})
    assert compared.sample_id == "s01" and compared.budget == 5 and compared.candidate_a == 0
    assert "Climb 1." in text(compared, "inputs")
    compared.viewer._heard({"key": "k"})
    assert compared.sample_id == "s00"


def test_a_pressed_candidate_says_scores_noise_and_cost(compared):
    compared.sample_id = "s01"
    child = compared.sides[0].tree.waves[1].numbers[0]
    buttons = named(named(compared, "tryon-candidates")[0], "tryon-candidate")
    place = list(compared.sides[0].tree.waves[0].numbers + compared.sides[0].tree.waves[1].numbers).index(child)
    buttons[place].click()
    parent = compared.sides[0].tree.parent(child)
    shown = named(compared, "tryon-looked-at")[0].value
    assert compared.candidate_a == child and f"candidate {child}, near, made from candidate {parent}" in shown
    assert f"1 step of cosine 0.7 from candidate {parent}" in shown and f"<td>{child} pictures</td>" in shown
    assert "32 denoising steps" in shown and "<th scope=row>height</th>" in shown
    buttons[place].click()
    assert compared.candidate_a == 0


def test_unranked_candidates_are_grey_with_the_reason_escaped(compared):
    number = tiles(compared).index("unranked") + 1
    compared.candidate_a = number
    assert "none: height: the ground &lt;b&gt;is&lt;/b&gt; hidden &amp; out of reach" in all_html(compared)
    assert "<b>is</b>" not in all_html(compared)
    words = [button.description for button in named(compared, "tryon-candidate")]
    assert f"candidate {number}, unranked: height: the ground <b>is</b> hidden & out of reach, chosen" in words


def test_stages_and_names_of_a_stranger_stay_text(tmp_path):
    steps = (candidate(HOSTILE, 0, "red", HOSTILE), candidate("near", 1, "green", 0.5))
    run = open_run(written(tmp_path, replace(TREE, steps=steps, chosen=1)))
    column = SideColumn(Thumbnails(run), lambda number: None)
    side = Side(letter="A", strategy=HOSTILE, tree=search_tree_of(run, "one", "pictures"), budget=2.0)
    for pressed in (1, 2):
        column.show(replace(side, pressed=pressed), Thumbnails(run))
        assert "<img src=x" not in all_html(column) and all_html(column).count("&lt;img src=x") >= 2


def test_what_is_not_paid_for_shows_no_number(compared):
    compared.budget, compared.candidate_a = 2, 8
    shown = named(compared, "tryon-looked-at")[0].value
    assert "candidate 8, near" in shown and "not paid for at this budget" in shown
    assert "<img" not in shown and "potential" not in shown


def test_bad_values_are_refused_by_name(compared):
    with pytest.raises(BadInput, match="a budget is above 0 pictures, got 0"):
        compared.budget = 0
    with pytest.raises(UnknownName, match="no candidate is called '9'"):
        compared.candidate_a = 9
    with pytest.raises(UnknownName, match="no sample is called 's9'"):
        compared.sample_id = "s9"


# ---- which side is better --------------------------------------------------------------------------------------------


def test_the_held_out_metric_reports_and_the_selecting_one_is_circular(compared):
    truth, height = compared.held_out.verdicts("s00", "pictures", 8)
    assert (truth.metric, truth.circular, height.metric, height.circular) == ("truth", False, "height", True)
    assert compared.finding.startswith("At 8 pictures: ") and compared.finding.endswith(" in s00 by truth, held out")
    row = text(compared, "verdict").split("<tr class=circular>")[1]
    assert "it selected, so it says nothing" in row
    assert "A is better" not in row and "B is better" not in row


def test_the_verdict_is_of_what_each_side_holds_at_the_budget(tmp_path):
    hacking = {"walker": Walker(hacked), "samples": 4}
    runs = (
        searched(tmp_path, "best_of_n", candidates=2, **hacking, **ONE),
        searched(tmp_path, "ttflux", **hacking, **ONE),
    )
    compared = SearchCompare(*runs, held_out=held_out(*runs))
    for sample_id in ("s00", "s01", "s02", "s03"):
        compared.sample_id = sample_id
        for budget in (2, 14):
            compared.budget = budget
            greens = []
            for side in compared.sides:
                step = side.tree.step(side.tree.best(budget))
                greens.append(side.tree.run.picture(step.picture).getpixel((0, 0))[1])
            [truth] = compared.held_out.verdicts(sample_id, "pictures", budget)
            wanted = "both are equal" if greens[0] == greens[1] else f"{'AB'[greens[1] > greens[0]]} is better"
            assert truth.here == wanted
    assert "of 4 samples" in truth.overall


def test_nothing_is_said_without_held_out_scores(runs):
    compared = SearchCompare(*runs)
    assert compared.finding == "At 8 pictures: which side is better is not said"
    assert "what selects may not report" in text(compared, "verdict") and "is better by" not in html(compared)


def test_what_selected_is_never_the_finding(runs):
    compared = SearchCompare(*runs, held_out=held_out(*runs, metrics=("height",)))
    assert compared.finding == "At 8 pictures: which side is better is not said"
    assert "circular" in text(compared, "verdict")


def test_a_metric_without_numbers_says_why(runs):
    compared = SearchCompare(*runs, held_out=held_out(*runs, metrics=("face_distance",)))
    [verdict] = compared.held_out.verdicts("s00", "pictures", 8)
    assert verdict.a == "no number: no true picture" and verdict.here == "one side has no number"
    assert "No sample has a number on both sides (3 no true picture)" in verdict.overall


# ---- which runs ------------------------------------------------------------------------------------------------------


def test_runs_of_other_samples_are_refused(runs, tmp_path):
    other = searched(tmp_path, "best_of_n", samples=2, **ONE)
    with pytest.raises(BadInput, match=r"cannot be compared.*other samples are listed, 3 -> 2"):
        SearchCompare(runs[0], other)


def test_a_sample_that_was_not_begun_is_said_on_its_side(tmp_path):
    a, b = searched(tmp_path), searched(tmp_path, "best_of_n", **ONE)
    (tmp_path / "best_of_n" / "records" / "s02.json").unlink()
    compared = SearchCompare(a, b, sample_id="s02")
    assert "s02 was not begun in" in named(compared, "tryon-trouble")[1].value
    assert compared.budget == 8 and tiles(compared) and not named(compared, "tryon-candidates")[1].children
    assert compared.still()


def test_a_missing_picture_leaves_words_in_its_place(tmp_path):
    a, b = searched(tmp_path), searched(tmp_path, "best_of_n", **ONE)
    digest = a.records[0].steps[1].picture
    (tmp_path / "eacps" / "pictures" / f"{digest}.png").unlink()
    compared = SearchCompare(a, b)
    compared.candidate_a = 2
    assert "is missing" in named(compared, "tryon-looked-at")[0].value
    assert compared.still()


# ---- the still -------------------------------------------------------------------------------------------------------


def test_the_still_shows_both_trees_and_follows_the_traits(compared):
    first = compared.still()
    assert Image.open(io.BytesIO(first)).width == 900
    compared.budget = 4
    assert compared.still() != first
    bundles = compared.outputs()
    assert len(bundles) == 3 and "image/png" in bundles[2]


def test_every_thumbnail_is_small(tmp_path, monkeypatch):
    monkeypatch.setattr("search_runs.SIZE", (660, 880))
    a, b = searched(tmp_path, samples=1), searched(tmp_path, "best_of_n", samples=1, **ONE)
    compared = SearchCompare(a, b)
    pictures = all_html(compared).split('src="data:image/jpeg;base64,')[1:]
    sizes = [max(Image.open(io.BytesIO(base64.b64decode(each.split('"')[0]))).size) for each in pictures]
    assert len(sizes) >= 18 and max(sizes) == 320


def test_stops_are_of_both_sides(compared):
    assert stops(compared.sides) == [float(count) for count in range(1, 15)]


# ---- other strategies ------------------------------------------------------------------------------------------------


def test_a_closed_loop_takes_part_attempt_by_attempt(tmp_path):
    """Feedback against luck: a loop's attempts are a line, selected by their satisfaction."""
    judge = Scripted(scores(realism=5), scores(realism=6), scores())
    loop = in_pairs(tmp_path, judge, "closed_loop", max_iterations=3)
    compared = SearchCompare(in_pairs(tmp_path, Scripted(scores(identity=3))), loop)
    side = compared.sides[1]
    assert side.name == "B: closed_loop" and compared.budget == side.total == 3
    assert [wave.numbers for wave in side.tree.waves] == [(1,), (2,), (3,)] and side.tree.parent(3) == 2
    assert "keeps attempt 3 of 3 drawn so far" in named(compared, "tryon-heading")[1].value
    shown = named(compared, "tryon-looked-at")[1].value
    assert "<th scope=row>satisfaction</th>" in shown and "every constraint met" in shown
    compared.candidate_b = 2
    shown = named(compared, "tryon-looked-at")[1].value
    assert "the noise of attempt 1" in shown and "other words: " in shown and "fails realism 6.0" in shown


def test_the_kept_candidate_says_how_it_was_judged(tmp_path):
    search, other = (in_pairs(tmp_path / name, Scripted(scores(identity=3)), **more) for name, more in OTHERS)
    compared = SearchCompare(search, other)
    kept = compared.sides[0].tree.best()
    compared.budget = 8
    assert compared.sides[0].looked_at == kept and "fails identity 3.0" in named(compared, "tryon-looked-at")[0].value
    compared.candidate_a = 1 if kept != 1 else 2
    assert "judged" not in named(compared, "tryon-looked-at")[0].value


def test_very_many_candidates_are_cut_off_with_a_word(tmp_path):
    many = {"candidates": MOST + 5, "samples": 1, **ONE}
    compared = SearchCompare(searched(tmp_path, "best_of_n", **many), searched(tmp_path, "ttflux", samples=1, **ONE))
    compared.budget = MOST + 5
    assert len(tiles(compared)) == MOST and "5 more: see search_tree" in all_html(compared)
    assert compared.still()
