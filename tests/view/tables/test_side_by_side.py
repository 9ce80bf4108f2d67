"""Two runs beside each other: the diff of what they ran, and the samples that only one of them accepts."""

from dataclasses import replace

import pytest
from doubles import card
from drawn import all_words
from hand_made import CARDS, DEFAULT, Bench, scores

from tryon_core.rubrics.rules import Rule
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.chart import png
from tryon_core.view.figures.palette import DARK, LIGHT
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.side_by_side import differences, discordant
from tryon_core.view.tables.versus import compare

MET, SHORT = [scores()], [scores(realism=5, scene_kept=4), scores(realism=6)]


def a_run(where, rubric=DEFAULT, cards=CARDS, seed=0, **samples):
    """Samples by id, accepted where the last judgement meets everything."""
    bench = Bench(where, rubric=rubric)
    for sample_id, judgements in samples.items():
        accepted = judgements is MET
        bench.sample(sample_id, "accepted" if accepted else "not_accepted", *judgements)
    return open_run(bench.finish(cards=cards, seed=seed))


@pytest.fixture
def both(tmp_path):
    a = a_run(tmp_path / "a", same=MET, by_b=SHORT, by_a=MET, none=SHORT)
    return compare(a, a_run(tmp_path / "b", seed=3, same=MET, by_b=MET, by_a=SHORT, none=SHORT))


def test_only_what_differs_is_listed(both):
    assert differences(both).to_dict("index") == {"parameters.seed": {"A": "0", "B": "3"}}


def test_other_models_rules_and_listings_are_differences_too(tmp_path):
    a = a_run(tmp_path / "a", one=MET)
    cards = {**CARDS, "judge": card("other")}
    b = a_run(tmp_path / "b", replace(DEFAULT, rule=Rule(accept_at=7)), cards, one=MET, two=MET)
    table = differences(compare(a, b))
    assert table.loc["models.judge.name"].tolist() == ["scripted", "other"]
    assert table.loc["rubric.rule.accept_at"].tolist() == ["8.0", "7"]
    assert [value.split(" (")[0] for value in table.loc["listing"]] == ["1 samples", "2 samples"]


def test_the_samples_on_which_two_runs_disagree_are_listed_with_why(both):
    table = discordant(both)
    assert table[["sample_id", "accepted_by"]].values.tolist() == [["by_a", "A"], ["by_b", "B"]]
    assert table.failed.tolist() == ["realism", "realism"] and table.score.tolist() == ["6.0", "6.0"]
    assert table.attempt_A.tolist() == [1, 2] and table.attempt_B.tolist() == [2, 1]
    drawn = {record.sample_id: record for record in both.a.records}
    assert table.picture_A.tolist() == [drawn["by_a"].steps[0].picture, drawn["by_b"].steps[1].picture]


def test_their_pictures_stand_side_by_side(both):
    figure = figures.discordant_pictures(both, LIGHT)
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        *("person", "garment", "✓ A, attempt 1", "✗ B, attempt 2"),
        *("person", "garment", "✗ A, attempt 2", "✓ B, attempt 1"),
    ]
    said = all_words(figure)
    assert "Only one run accepts 2 of 4 samples" in said and all(name in said for name in both.names.values())
    colours = [axes.images[0].get_array()[0, 0].tolist() for axes in figure.axes]
    expected = [both.a.picture(digest).convert("RGB").getpixel((0, 0)) for digest in discordant(both).picture_A]
    assert [tuple(colours[2]), tuple(colours[6])] == expected


def test_many_of_them_are_shown_in_part_from_both_sides(tmp_path):
    names = [f"s{number}" for number in range(8)]
    a = a_run(tmp_path / "a", **{name: MET if place < 6 else SHORT for place, name in enumerate(names)})
    b = a_run(tmp_path / "b", **{name: SHORT if place < 6 else MET for place, name in enumerate(names)})
    figure = figures.discordant_pictures(compare(a, b), DARK, most=4)
    assert "Only one run accepts 8 of 8 samples; 4 of them are shown" in all_words(figure)
    captions = [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text() in names]
    assert captions == ["s0", "s1", "s6", "s7"] and png(figure, dpi=40)


def test_runs_that_agree_say_so_in_words(tmp_path):
    run = a_run(tmp_path, one=MET)
    figure = figures.discordant_pictures(compare(run, run))
    assert "Both runs accept the same samples." in all_words(figure) and differences(compare(run, run)).empty
