"""A sample's search as a tree: what stands at a budget, how it is laid out, what its noise is in words."""

from dataclasses import replace

import pytest
from doubles import Scripted, scores
from drawn import all_words
from landscape import scripted
from search_runs import in_pairs, searched
from shaped_runs import TREE, candidate, written

from tryon_core.errors import BadInput, UnknownName
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.reading import open_run
from tryon_core.view.arena.contest import shared_caution
from tryon_core.view.arena.trees.search_trees import search_tree_of
from tryon_core.view.arena.trees.tree_drawing import TreeDrawing
from tryon_core.view.arena.trees.tree_figure import finding, search_tree
from tryon_core.view.arena.trees.tree_layout import Grid, edges, laid_out
from tryon_core.view.arena.trees.tree_words import drawn_words, judged_words, noise_words
from tryon_core.view.figures.palette import DARK

JUDGED = (("red", scores(identity=3)), ("green", scores()), ("blue", None))
GRID = Grid(columns=3, tile=(10, 20), gutter=5, gap=8)


def tree(folder, strategy="eacps", sample_id="s00", unit="pictures", **options):
    return search_tree_of(searched(folder, strategy, **options), sample_id, unit)


def test_children_stand_below_their_parents(tmp_path):
    eacps = tree(tmp_path, sample_id="s01")  # whose second-best parent stands left of the best
    first, second = eacps.waves
    assert first.numbers == (1, 2, 3, 4) and sorted(second.numbers) == [5, 6, 7, 8]
    parents = [eacps.parent(number) for number in second.numbers]
    assert parents == sorted(parents) and len(set(parents)) == 2
    made_from = sorted(set(parents), key=lambda number: -eacps.step(number).data["potential"])
    assert second.title == f"near: 4 drawn from {made_from[0]}, {made_from[1]}"


def test_rounds_are_waves_of_their_own(tmp_path):
    zero_order = tree(tmp_path, "zero_order", rounds=2)
    assert [wave.title.split(":")[0] for wave in zero_order.waves] == [
        "base, round 1",
        "near, round 1",
        "near, round 2",
    ]
    assert zero_order.parent(zero_order.waves[1].numbers[0]) == 1


def test_the_best_so_far_is_the_best_of_what_was_paid_for(tmp_path):
    eacps = tree(tmp_path)
    heights = {number: eacps.step(number).data["potential"] for number in eacps.candidates}
    for budget in range(1, 9):
        within = eacps.within(budget)
        assert within == list(range(1, budget + 1))
        assert eacps.best(budget) == max(within, key=lambda number: (heights[number], -number))
        assert [eacps.state(n, budget) for n in heights].count("ahead") == 8 - budget
    assert eacps.best() == eacps.record.chosen == eacps.best(8)


def test_a_budget_counts_in_any_unit(tmp_path):
    eacps = tree(tmp_path, unit="denoising_steps")
    assert eacps.stops == [4.0 * count for count in range(1, 9)] and eacps.within(15) == [1, 2, 3]


def test_unranked_candidates_say_why(tmp_path):
    eacps = tree(tmp_path, unread_below=150)
    unranked = [number for number in eacps.candidates if eacps.state(number) == "unranked"]
    assert unranked and all("out of reach" in eacps.why_unranked(number) for number in unranked)
    assert not eacps.why_unranked(eacps.best())


def test_noise_is_said_as_steps_from_the_parent(tmp_path):
    eacps = tree(tmp_path)
    child = eacps.waves[1].numbers[0]
    seed = eacps.step(child).request["noise"]["seed"]
    parent = eacps.parent(child)
    assert noise_words(eacps, child) == f"seed {seed}, 1 step of cosine 0.7 from candidate {parent}"
    assert noise_words(eacps, 1) == "seed 0"


def test_noise_that_was_drawn_anew_is_called_unrelated(tmp_path):
    reseeded = tree(tmp_path, stage2="reseed")
    child = reseeded.waves[1].numbers[0]
    assert noise_words(reseeded, child).endswith(f", unrelated to candidate {reseeded.parent(child)}")


def test_what_is_annealed_is_said_beside_the_same_noise(tmp_path):
    annealed = tree(tmp_path, stage2="anneal", guidance=2.5)
    child = annealed.waves[1].numbers[0]
    assert noise_words(annealed, child).endswith(f", the noise of candidate {annealed.parent(child)}")
    assert drawn_words(annealed, child).startswith("guidance 2.5 → ") and not drawn_words(annealed, 1)


def test_where_the_judge_alone_selects_its_rule_ranks(tmp_path):
    """A search whose candidates have no potential, and are judged; the third is not."""
    judged = [replace(candidate("iteration", 0, colour, "no scorer"), judgement=found) for colour, found in JUDGED]
    steps = tuple(replace(step, data={"potential": None, "unranked": "the judge selects"}) for step in judged)
    run = open_run(written(tmp_path, replace(TREE, steps=steps, chosen=2, rubric=RUBRICS["default"])))
    by_judge = search_tree_of(run, "one", "pictures")
    assert by_judge.selects_by == "satisfaction" and by_judge.best(1) == 1 and by_judge.best(2) == 2
    assert [by_judge.state(number) for number in (1, 2, 3)] == ["ranked", "best", "unranked"]
    assert by_judge.why_unranked(3) == "it was not judged" and judged_words(by_judge, 1) == "fails identity 3.0"


def test_a_judge_that_sees_all_selects_nothing_beside_a_potential(tmp_path):
    run = in_pairs(tmp_path, Scripted(scores(identity=3), scores()), judged="all")
    judged = search_tree_of(run, "s00", "pictures")
    assert judged.selects_by == "potential" and all(judged.step(number).judgement for number in judged.candidates)
    assert judged.best() == max(judged.candidates, key=lambda number: judged.step(number).data["potential"])


# ---- layout ----------------------------------------------------------------------------------------------------------


def test_waves_wrap_and_leave_room_for_lines(tmp_path):
    layout = laid_out(tree(tmp_path), GRID)
    assert [layout.places[number] for number in (1, 2, 3, 4)] == [(5, 0), (15, 0), (25, 0), (5, 20)]
    assert min(layout.places[number][1] for number in (5, 6, 7, 8)) == 40 + GRID.gap and layout.height == 88


def test_a_line_runs_from_each_parent_to_each_child(tmp_path):
    eacps = tree(tmp_path)
    layout = laid_out(eacps, GRID)
    lines = edges(eacps, layout)
    assert set(lines) == {5, 6, 7, 8}
    for child, ((x0, y0), (x1, y1)) in lines.items():
        above, below = layout.places[eacps.parent(child)], layout.places[child]
        assert (x0, y0, x1, y1) == (above[0] + 5, above[1] + 20, below[0] + 5, below[1])


def test_no_two_tiles_lie_on_one_another(tmp_path):
    for strategy, more in (("eacps", {}), ("ttflux", {"metric": "height", "weights": {}, "rounds": 4})):
        drawing = TreeDrawing(tree=tree(tmp_path, strategy, **more), width=4.4, small=lambda digest: None)
        layout = drawing.layout
        assert len(set(layout.places.values())) == len(layout.places)
        assert all(left + layout.grid.tile[0] <= 4.4 + 1e-9 for left, _ in layout.places.values())


# ---- the figure ------------------------------------------------------------------------------------------------------


def test_the_figure_names_the_kept_candidate_and_its_parent(tmp_path):
    run = searched(tmp_path, unread_below=150)
    drawn = search_tree(run, "s01", DARK)
    eacps = search_tree_of(run, "s01", "pictures")
    assert finding(eacps).startswith(f"eacps keeps candidate {eacps.best()} of {len(eacps.candidates)}")
    words = all_words(drawn)
    assert "hidden & out of reach" in words and "Not a result" in words and "unranked" in words


def test_a_figure_at_a_budget_leaves_the_rest_empty(tmp_path):
    run = searched(tmp_path)
    assert all_words(search_tree(run, "s01", budget=3)).count("not paid for") == 5
    assert "not paid for" not in all_words(search_tree(run, "s01"))


def test_what_is_no_search_is_refused_in_words(tmp_path):
    run = searched(tmp_path)
    with pytest.raises(UnknownName, match="Did you mean 's02'"):
        search_tree(run, "S02")
    other = open_run(written(tmp_path / "other", TREE))
    object.__setattr__(other.info.flow, "name", "garment")
    with pytest.raises(BadInput, match="a search is a run of search or closed_loop, got one of garment"):
        search_tree(other, "one")


# ---- what is said where models are scripted --------------------------------------------------------------------------


def test_a_model_of_all_runs_is_said_once_and_any_other_by_its_run(tmp_path):
    runs = {"eacps": searched(tmp_path), "zero_order": searched(tmp_path, "zero_order")}
    assert shared_caution(runs) == "Not a result: generator walker is scripted, scorer surveyor is scripted."
    other = scripted("other walker")
    runs["zero_order"].info.models["generator"] = other
    assert "generator of eacps walker is scripted, generator of zero_order other walker" in shared_caution(runs)
