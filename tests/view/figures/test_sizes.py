"""Figures of a few and of many samples, whatever is known of them: no two labels on one another."""

import random

import pytest
from drawn import clashing_labels
from hand_made import Bench, scores
from lottery import Lottery, empty_run, label
from lottery import drawn as drawn_by_lot
from matplotlib.figure import Figure

from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.palette import DARK
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.inventory import counts_figure
from tryon_core.view.tables.people import agreement
from tryon_core.view.tables.versus import compare

KEYS = RUBRICS["default"].keys
ROOMS = ("left window", "right window, overcast sky in the afternoon", "flash")


def a_run(where, count, seed=0):
    """Samples of long names, up to five attempts each, with facts of few and of many values."""
    bench, chance = Bench(where), random.Random(seed)
    for number in range(count):
        tried = [scores(**{key: chance.randint(2, 7) for key in chance.sample(KEYS, 2)}) for _ in range(number % 5)]
        told = {
            "height_cm": 148 + number % 47,
            "studio": f"studio-{number % 19}",
            "light_in_the_room": ROOMS[number % 3],
        }
        name = f"easy-female-{number:05}_person_garment-{number:05}"
        bench.sample(name, "accepted", *tried, scores(), **told)
    return open_run(bench.finish())


@pytest.mark.parametrize("count", [1, pytest.param(8, marks=pytest.mark.prove), 24, 108])
def test_no_label_lies_on_another_at_any_number_of_samples(count, tmp_path):
    run, other = a_run(tmp_path / "a", count), a_run(tmp_path / "b", count, seed=1)
    drawn = [draw(run, DARK) for draw in figures.figures_for(run)]
    for fact in ("height_cm", "studio", "light_in_the_room"):
        drawn += [figures.failures_by_fact(run, by=fact), figures.by_slice(run, by=[fact])]
    drawn += [counts_figure(run.listing), figures.versus(compare(run, other))]
    assert len(drawn) >= 15 and not [clash for figure in drawn for clash in clashing_labels(figure)]


@pytest.mark.parametrize(("persons", "each"), [(1, 1), pytest.param(1, 4, marks=pytest.mark.prove), (5, 3)])
def test_figures_of_few_persons_are_drawn_without_intervals(persons, each, tmp_path):
    run = drawn_by_lot(empty_run(tmp_path), random.Random(0), Lottery(persons=persons, each=each))
    labelled = label(run, tmp_path / "labelled", random.Random(0))
    drawn = [draw(run) for draw in figures.figures_for(run)] + [figures.people_and_judge(labelled)]
    for fact in ("level", "cut"):
        drawn += [figures.failures_by_fact(run, by=fact), figures.by_slice(run, by=[fact])]
    assert all(isinstance(figure, Figure) for figure in drawn)
    assert not [clash for figure in drawn for clash in clashing_labels(figure)]
    assert agreement(labelled).low.isna().all() == (each > 1)
