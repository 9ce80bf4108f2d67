"""Runs whose steps have no judgement: every table, figure, strip and the report shows what there is."""

import re
from dataclasses import replace

import pandas as pd
import pytest
import shaped_runs as shaped
from drawn import all_words, clashing_labels, marked_pixels, title
from flows_of_shape import SHAPES, ShapeBench, a_tree
from hand_made import every_outcome
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tryon_core.errors import BadInput, UnknownName
from tryon_core.runs.kept.info import FlowInfo
from tryon_core.runs.kept.labels import read
from tryon_core.runs.reading import open_run
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.chart import png, thinned
from tryon_core.view.figures.evidence import answers, evidence, pair
from tryon_core.view.figures.palette import DARK, LIGHT
from tryon_core.view.figures.strip import strip
from tryon_core.view.report.page import report_html
from tryon_core.view.tables import frames, people, step_tables, versus
from tryon_core.view.tables.behind import QUESTIONS

each_shape = pytest.mark.parametrize("shape", SHAPES)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return {name: open_run(make(tmp_path_factory.mktemp(name))) for name, make in SHAPES.items()}


def sample_of(run):
    return run.listing.lines[0].sample_id


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def captions(figure):
    return [axes.texts[0].get_text() for axes in figure.axes]


# ---- tables ----------------------------------------------------------------------------------------------------------


@each_shape
def test_every_step_is_a_row(shape, runs):
    table = frames.steps(runs[shape])
    assert len(table) == sum(len(record.steps) for record in runs[shape].records)
    assert table.attempt.isna().all() and frames.attempts(runs[shape]).empty


@each_shape
def test_file_and_records_give_the_same_steps(shape, runs, tmp_path):
    compacted = open_run(SHAPES[shape](tmp_path, parquet=True))
    pd.testing.assert_frame_equal(frames.steps(compacted), frames.steps(runs[shape]))


def test_numbers_and_data_are_columns(runs):
    table = frames.steps(runs["tree"])
    assert table["measured.potential"].tolist()[:6] == [0.2, 0.7, 0.4, 0.3, 0.9, 0.8] and "measured.faces" not in table
    assert table["data.kept"].dtype == "boolean" and table["data.round"].tolist()[4] == 2
    assert table["known.age"].iloc[-1] == 21 and table["spent.scorer.seconds"].iloc[0] == 0.5
    features = frames.steps(runs["stages"])
    assert features["data.main_colour"].iloc[0] == "navy" and "data.box" not in features


@each_shape
def test_finished_samples_count_in_no_rate(shape, runs):
    found = frames.totals(runs[shape])
    assert found.outcomes["finished"] == found.listed and found.judged == 0 and found.acceptance is None
    table = frames.summary(runs[shape])
    assert table.value["finished"] == str(found.listed)
    assert table.value["acceptance rate"] == "no rubric was asked"
    assert not any("accepted" in name for name in table.index)


def test_samples_say_which_step_was_chosen(runs):
    table = frames.samples(runs["tree"])
    assert table.chosen.tolist() == [5, 5] and table.steps.tolist() == [6, 6] and table.attempts.tolist() == [0, 0]
    assert table.seconds.tolist() == [15.0, 15.0] and frames.samples(runs["words"]).chosen.isna().all()


def test_costs_are_counted_by_argument(runs):
    tree, words = (frames.summary(runs[name]) for name in ("tree", "words"))
    assert tree.value["drawing, each step"] == "2 s" and tree.value["scorer, each step"] == "0.5 s"
    assert tree.value["model time per finished sample"] == "15 s"
    assert tree.loc["denoising steps"].tolist() == ["48", "generator 48"]
    assert words.value["tokens"] == "1200" and words.value["money for calls"] == "0.008"


@pytest.mark.parametrize("question", QUESTIONS)
@each_shape
def test_no_question_raises_without_a_judge(question, shape, runs):
    assert QUESTIONS[question](runs[shape]) == []


@each_shape
def test_nobody_labels_what_was_not_judged(shape, runs):
    assert people.agreement(runs[shape]).empty and read(runs[shape].store) == ()


def test_runs_without_a_rubric_are_not_compared(runs, tmp_path):
    with pytest.raises(BadInput, match="no rubric was asked in A and B"):
        versus.compare(runs["tree"], runs["tree"])
    with pytest.raises(BadInput, match="no rubric was asked in B"):
        versus.compare(open_run(every_outcome(tmp_path)), runs["words"])


# ---- figures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("draw", [*figures.ALL, figures.people_and_judge], ids=lambda draw: draw.__name__)
@each_shape
def test_every_figure_draws_what_there_is(draw, shape, theme, runs):
    figure = draw(runs[shape], theme)
    assert title(figure) and marked_pixels(figure) > 500 and not clashing_labels(figure)


@each_shape
def test_figures_of_a_judge_say_none_was_asked(shape, runs):
    judged = [draw for draw, fits in figures.ALL.items() if fits.judged]
    assert len(judged) == 11
    assert {title(draw(runs[shape])) for draw in judged} == {"No rubric was asked"}


def test_figures_are_chosen_by_shape(runs, tmp_path):
    names = [[draw.__name__ for draw in figures.figures_for(runs[shape])] for shape in SHAPES]
    assert names == [["step_scores", "latency"]] * 3
    loop = figures.figures_for(open_run(every_outcome(tmp_path)))
    assert set(figures.ALL) - set(loop) == {figures.step_scores, figures.tool_effects}


def test_nothing_is_called_corrected_in_a_tree(tmp_path):
    run = open_run(every_outcome(tmp_path))
    tree = run.info.model_copy(update={"flow": run.info.flow.model_copy(update={"shape": "tree"})})
    object.__setattr__(run, "info", tree)
    corrected = [figures.next_failures, figures.regressions, figures.score_paths, figures.survival]
    assert {title(draw(run)) for draw in corrected} == {"No attempt was corrected"}
    assert "in 4 of 6 failed attempts" in title(figures.primary_failures(run))
    assert frames.summary(run).value["accepted"] == "2"


def test_the_choice_is_named_by_its_number(runs):
    assert title(figures.step_scores(runs["tree"])) == (
        "In this run the chosen step has the highest potential in 2 of 2 samples"
    )
    assert title(figures.step_scores(runs["words"])) == "No step was measured"


def test_what_ranked_the_candidates_names_the_choice(tmp_path):
    """Although another number stands at an end in each sample, too."""
    potentials = [1.0, 3.0, None, 2.0, 2.5]
    steps = tuple(
        replace(step, data={"candidate": number, "potential": potential})
        for number, (step, potential) in enumerate(zip(shaped.TREE.steps, potentials, strict=True), start=1)
    )
    run = open_run(shaped.written(tmp_path, replace(shaped.TREE, steps=steps)))
    figure = figures.step_scores(run)
    assert title(figure) == "In this run the chosen step has the highest potential in 0 of 1 sample"
    assert "potential" in all_words(figure) and "likeness" in all_words(figure)
    table = step_tables.step_scores(run)
    assert table[table.name == "potential"].value.tolist() == [1.0, 3.0, 2.0, 2.5]


def test_seconds_are_labelled_by_argument(runs):
    assert title(figures.latency(runs["tree"])) == "Drawing takes 80% of 30 s of model time"
    assert title(figures.latency(runs["stages"])) == "Drawing takes 80% of 4 s of model time"
    assert "segmenter" in all_words(figures.latency(runs["stages"])) and "step" in all_words(
        figures.latency(runs["tree"])
    )


@pytest.mark.parametrize("count", [1, 11, 12, 13, 40, 300])
def test_long_axes_leave_labels_out(count):
    shown = thinned(range(1, count + 1))
    assert len(shown) == count if count < 12 else 4 <= len(shown) <= 11
    assert set(shown) <= set(range(1, count + 1))


# ---- one sample ------------------------------------------------------------------------------------------------------


def test_a_strip_shows_a_tree_with_its_choice(runs):
    figure = strip(runs["tree"], "search-0")
    assert titles(figure) == [
        *("character", "init", "step 1: global", "step 2: global", "step 3: global", "step 4: global"),
        *("★ step 5: near", "step 6: near"),
    ]
    assert captions(figure)[2].startswith("from the sample\npotential 20 % (at least")
    assert captions(figure)[6].startswith("from step 2\npotential 90 %")


def test_a_strip_shows_masks_and_data_beside_steps(runs):
    figure = strip(runs["stages"], "staged")
    assert titles(figure) == [
        *("init", "mask", "step 1: features", "step 2: mask"),
        *("★ step 3: inpaint", "step 3: drawn"),
    ]
    assert "main colour: navy\ncolours: navy, white" in captions(figure)[2]


def test_a_strip_of_words_alone_has_no_picture(runs):
    figure = strip(runs["words"], "one")
    assert titles(figure) == ["step 1: look", "step 2: name"] and not any(axes.images for axes in figure.axes)
    assert captions(figure)[1] == "from step 1\ntitle: Coat <b>one</b>"


@each_shape
def test_nothing_in_a_strip_leaves_it(shape, runs):
    figure = strip(runs[shape], sample_of(runs[shape]))
    assert png(figure) and not clashing_labels(figure)
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for axes in figure.axes for text in axes.texts if text.get_text()]
    assert all(box.y0 >= 0 and box.y1 <= figure.bbox.y1 for box in boxes)


def test_a_sample_without_anything_has_a_strip(tmp_path):
    bench = ShapeBench(tmp_path, FlowInfo(name="nothing", shape="stages"))
    bench.walked("bare", [], None)
    assert captions(strip(open_run(bench.finish()), "bare")) == ["nothing to show"]


@each_shape
def test_evidence_without_a_rubric_is_refused(shape, runs):
    with pytest.raises(BadInput, match="no rubric was asked"):
        evidence(runs[shape], sample_of(runs[shape]), "identity")
    with pytest.raises(UnknownName):
        pair(runs[shape], sample_of(runs[shape]), "identity")
    assert answers(runs[shape], sample_of(runs[shape])).empty


# ---- the report ------------------------------------------------------------------------------------------------------


@each_shape
def test_the_report_says_nothing_of_a_judge(shape, runs):
    said = re.sub("<[^>]*>", " ", report_html(runs[shape]).partition("<body>")[2])
    for word in ("judged by", "corrected", "attempt", "Not judged", "gate order", "accepted", "None"):
        assert word not in said


def test_the_report_names_models_and_choice(runs):
    html = report_html(runs["tree"])
    assert "<h1>Search: generator</h1>" in html and "No rubric was asked." in html
    assert "finished, step 5 of 6 chosen" in html and "style: photo · age: 20" in html
    assert html.count("<img") > 2 * (2 + 6)


def test_the_report_shows_data_masks_and_reasons(runs):
    html = report_html(runs["stages"])
    assert '<th scope="row">main colour</th><td>navy</td>' in html and "<figcaption>mask</figcaption>" in html
    assert "<h1>Garment: generator</h1>" in html
    words = report_html(runs["words"])
    assert "Coat &lt;b&gt;one&lt;/b&gt;" in words and "<h1>Analyse: analyst</h1>" in words


def test_a_large_tree_has_few_labels(tmp_path):
    figure = figures.step_scores(open_run(a_tree(tmp_path, samples=1)))
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == ["1", "2", "3", "4", "5", "6"]
