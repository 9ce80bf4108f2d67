"""Tasks, candidates and ways of character runs as figures and tables: what they claim is what the run holds."""

import numpy as np
import pytest
from characters import Brightness, Painting, Swapping, tasks
from drawn import all_words, clashing_labels, title

from tryon_core.recipes import swap_faces
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.view.characters import character_figures as figures
from tryon_core.view.characters import character_tables as tables
from tryon_core.view.figures.palette import DARK, LIGHT

each_theme = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
OPTIONS = {"wide": 2, "parents": 1, "children": 1, "start": "swap"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """(faces swapped, one of three without consent; painted over the swap)"""
    folder = tmp_path_factory.mktemp("tasks")
    path = tasks(folder, "a", "b", "c")
    path.write_text(path.read_text().replace("written, 2026-05-04", "no", 1))
    swap_faces(path, folder / "swapped", models={"face_swapper": Swapping(), "identity": Brightness("face_identity")})
    parameters = BatchParameters.checked(source=str(path), flow="inpaint", options=OPTIONS, output=str(folder / "run"))
    scorers = {"identity": Brightness("face_identity"), "blend": Brightness("blend_quality")}
    run_batch(parameters, models={"generator": Painting(), "face_swapper": Swapping(), **scorers}, progress=False)
    return open_run(str(folder / "swapped")), open_run(str(folder / "run"))


@each_theme
def test_tasks_are_shown_with_their_consent_and_what_came_of_them(runs, theme):
    figure = figures.tasks(runs[0], theme)
    assert title(figure) == "Of 3 tasks 2 have a picture to keep" and not clashing_labels(figure)
    assert "consent: no" in all_words(figure) and "no_consent" in all_words(figure)


@each_theme
def test_candidates_are_shown_with_their_terms(runs, theme):
    figure = figures.candidates(runs[1], "b", theme)
    (record,) = runs[1].records_of(["b"])
    kept = record.steps[record.chosen - 1]
    assert title(figure).startswith(
        f"b: step {record.chosen} is kept, potential {kept.data['potential']:.2f}; the lowest"
    )
    assert f"i {kept.data['terms']['identity']:.1f}" in all_words(figure) and not clashing_labels(figure)


def test_a_sample_that_was_refused_says_why(runs):
    figure = figures.candidates(runs[1], "a")
    figure.draw_without_rendering()
    (reason,) = figure.axes[0].texts
    assert "consent" in reason.get_text() and reason.get_window_extent().x1 <= figure.bbox.x1, "it ends on the figure"


def test_where_every_swap_was_refused_the_title_says_so(tmp_path):
    swap_faces(tasks(tmp_path, "a", consent="no"), tmp_path / "out", models={"face_swapper": Swapping()})
    figure = figures.ways({"direct swap": open_run(str(tmp_path / "out"))})
    assert title(figure) == "The picture as it was is not measured: no way has swapped a face"


@each_theme
def test_ways_stand_side_by_side_with_reasons_for_what_is_missing(runs, theme):
    figure = figures.ways({"diffusion": "no weights here", "direct swap": runs[0], "painted": runs[1]}, theme=theme)
    words = all_words(figure)
    nearer = tables.identities({"direct swap": runs[0]})
    assert title(figure).startswith("Nearer to the character than before: direct swap 1 of 2, painted ")
    assert "no weights here" in words and f"{nearer['direct swap'][1]:.2f}" in words and not clashing_labels(figure)


def test_a_reason_takes_no_room_from_the_pictures(tmp_path):
    swap_faces(tasks(tmp_path, "a", consent="no"), tmp_path / "out", models={"face_swapper": Swapping()})
    refused = open_run(str(tmp_path / "out"))
    figure = figures.ways({"one": "none named", "two": refused, "three": refused, "four": "none named"})
    assert not clashing_labels(figure)
    lefts = [panel.get_position(original=True).x0 for panel in figure.axes]
    assert np.ptp(np.diff(lefts)) < 0.02, "columns are equally wide"


def test_where_no_way_ran_the_reasons_stand():
    assert "no weights here" in all_words(figures.ways({"diffusion": "no weights here"}))


def test_tables_hold_what_the_run_holds(runs):
    found = tables.candidates(runs[1])
    assert list(found.stage) == 2 * ["global", "global", "raw", "near"] and list(found.kept).count("kept") == 2
    row = found[found.kept == "kept"].iloc[0]
    assert row.consistency == "no scorer is given" and row.potential == pytest.approx(
        (row.quality + 2 * row.identity) / 3, abs=0.01
    )
    identities = tables.identities({"swap": runs[0], "painted": runs[1]})
    assert list(identities.columns) == ["sample_id", "before", "swap", "painted"]
    assert "consent" in identities.swap[0] and identities.before[1] == pytest.approx(1 - 110 / 255, abs=0.05)
