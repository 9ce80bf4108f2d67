"""Tasks, candidates and ways of character runs as figures and tables: what they claim is what the run holds."""

import numpy as np
import pytest
from characters import Brightness, Painting, Swapping, tasks
from drawn import all_words, clashing_labels, title
from matplotlib.text import Text

from tryon_core.errors import ModelFailed, UnknownName
from tryon_core.recipes import swap_faces
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.view.characters import character_figures as figures
from tryon_core.view.characters import character_tables as tables
from tryon_core.view.figures import chart
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
    assert title(figure) == "2 of 3 tasks ended with a picture to keep" and not clashing_labels(figure)
    reason = next(text for text in figure.findobj(Text) if "no_consent" in text.get_text())
    assert reason.get_color() == theme.soft and not clashing_labels(figure)
    assert "the character, consent:\nno" in all_words(figure) and "no_consent" in all_words(figure)


@each_theme
def test_candidates_are_shown_with_their_terms(runs, theme):
    figure = figures.candidates(runs[1], "b", theme)
    (record,) = runs[1].records_of(["b"])
    kept, potentials = record.steps[record.chosen - 1], [step.data["potential"] for step in record.steps[1:]]
    best, lowest = kept.data["potential"], min(potentials)
    assert title(figure) == f"b: step {record.chosen} is kept, potential {best:.2f}; the lowest of 4 has {lowest:.2f}"
    assert figure.get_figheight() < 4, "five in a row are low"
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
    words = " ".join(all_words(figure).split())
    nearer = tables.identities({"direct swap": runs[0]})
    assert title(figure).startswith("Nearer to the character than before: direct swap 1 of 2; painted ")
    assert "Not run: diffusion (no weights here)." in words
    assert f"direct swap {nearer['direct swap'][1]:.2f} " in words and not clashing_labels(figure)


@pytest.mark.filterwarnings("error")  # a layout that cannot be made warns alone
def test_a_reason_widens_no_column(runs, monkeypatch):
    monkeypatch.setattr(figures, "_CHARACTERS", 40)  # as wide letters are
    figure = figures.ways({f"way {number}": runs[0] for number in range(4)})
    chart.png(figure)
    assert len({round(panel.get_position().width, 2) for panel in figure.axes}) == 1


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
    assert row.potential == round(row.potential, 2)
    assert row.consistency == "no scorer is given" and row.potential == pytest.approx(
        (row.quality + 2 * row.identity) / 3, abs=0.01
    )
    identities = tables.identities({"swap": runs[0], "painted": runs[1]})
    assert list(identities.columns) == ["sample_id", "before", "swap", "painted"]
    assert "consent" in identities.swap[0] and identities.before[1] == pytest.approx(1 - 110 / 255, abs=0.05)
    assert list(found["from"])[:3] == ["step 1"] * 3 and found["from"][3] in ("step 2", "step 3")
    assert list(tables.identities({"painted": runs[1]}).columns) == ["sample_id", "painted"]
    assert identities.swap[0] == "no_consent"


def test_a_last_row_may_be_shorter(runs, monkeypatch):
    monkeypatch.setattr(figures, "IN_A_ROW", 3)
    words = all_words(figures.candidates(runs[1], "b"))
    assert "1 swap" in words and "3 global" in words and "5 near" in words


def test_more_tasks_than_fit_are_counted(runs, monkeypatch):
    monkeypatch.setattr(figures, "MOST_TASKS", 1)
    assert "2 more tasks are in the table" in " ".join(all_words(figures.tasks(runs[0])).split())


def test_the_metric_says_which_way_is_nearer(runs, tmp_path):
    """A swap to red makes it darker: of cosines, less is further."""
    models = {"face_swapper": Swapping(), "identity": Brightness("arcface_identity")}
    swap_faces(tasks(tmp_path, "a"), tmp_path / "run", models=models)
    figure = figures.ways({"swap": open_run(str(tmp_path / "run")), "painted": runs[1]}, "arcface_identity")
    assert title(figure).endswith("swap 0 of 1; painted not measured")
    assert "1 is the same face" in " ".join(all_words(figure).split())
    with pytest.raises(UnknownName, match="Did you mean 'arcface_identity'"):
        figures.ways({"swap": runs[0]}, "arcface_identty")


def test_a_face_that_stayed_is_no_nearer(tmp_path):
    class Same(Swapping):
        def __call__(self, image, face, mask):
            return image

    models = {"face_swapper": Same(), "identity": Brightness("face_identity")}
    swap_faces(tasks(tmp_path, "a"), tmp_path / "run", models=models)
    assert title(figures.ways({"swap": open_run(str(tmp_path / "run"))})).endswith(": swap 0 of 1")


def test_a_run_that_failed_midway_says_why(tmp_path):
    class Failing(Painting):
        def __call__(self, request):
            if len(self.requests) == 2:
                raise ModelFailed("out of paint")
            return super().__call__(request)

    parameters = BatchParameters.checked(
        source=str(tasks(tmp_path, "a")),
        flow="inpaint",
        options=OPTIONS | {"start": "picture"},
        output=str(tmp_path / "run"),
    )
    scorers = {"identity": Brightness("face_identity"), "blend": Brightness()}
    run_batch(parameters, models={"generator": Failing(), **scorers}, progress=False)
    figure = figures.candidates(open_run(str(tmp_path / "run")), "a")
    words = " ".join(all_words(figure).split())
    assert title(figure) == "a: nothing is kept" and "out of paint" in words and "2 global: " in words


@pytest.fixture(scope="module")
def unranked(tmp_path_factory):
    """One sample, of whose face nothing could be said; a judge saw none of it."""
    folder = tmp_path_factory.mktemp("unranked")
    options = {"wide": 1, "parents": 1, "children": 1}
    parameters = BatchParameters.checked(
        source=str(tasks(folder, "a")), flow="inpaint", options=options, output=str(folder / "run")
    )
    scorers = {"identity": Brightness(reasons={"face_identity": "no face is seen"}), "blend": Brightness()}
    run_batch(parameters, models={"generator": Painting(), **scorers}, progress=False)
    return open_run(str(folder / "run"))


def test_candidates_that_nothing_ranks_say_so(unranked):
    figure, row = figures.candidates(unranked, "a"), tables.candidates(unranked).iloc[0]
    words = " ".join(all_words(figure).split())
    assert title(figure) == "a: no candidate could be ranked" and "1 global: not ranked" in words
    assert tables.identities({"painted": unranked}).painted[0] == "finished"
    assert row["from"] == "the picture" and row.potential == "no face is seen" and row.kept == ""
    assert figure.get_figheight() < 6, "one picture does not fill the page"
