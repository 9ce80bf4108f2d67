"""The evidence behind an answer: every measurement stands on its side of its bar, whoever judged."""

import io

import pytest
from doubles import card, picture, scores
from hand_made import Bench
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from tryon_core.errors import BadInput, UnknownName
from tryon_core.records import Fix, Judgement, Measurement, Region, Score
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.reading import open_run
from tryon_core.view.figures.bullets import on_scale
from tryon_core.view.figures.chart import png
from tryon_core.view.figures.evidence import answers, evidence, pair

MEASURED = Score(
    score=7.0,
    finding="the hem is 20% too long, and costs $x^",
    region=Region(left=0.25, top=0.5, right=0.75, bottom=0.9),
    fixes=(Fix(constraint="garment_structure", text="shorten the hem", aspect="hem", amount=-0.2, unit="share"),),
    evidence={
        "sleeve": Measurement(value=0.05, unit="share of arm length", bar=0.1),
        "hem": Measurement(value=0.2, unit="share of torso length", bar=0.1),
        "relief": Measurement(value=9.0, unit="L*", bar=1.2, better="higher"),
        "holes": Measurement(value=5.0, unit="holes", bar=0.0),
    },
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """'shown': a measured failure, a constraint in words, one unscored; 'declined' was not drawn."""
    bench = Bench(tmp_path_factory.mktemp("run"))
    answered = {**scores(realism=None).scores, "garment_structure": MEASURED}
    bench.sample("shown", "not_judged", Judgement(scores=answered))
    bench.sample("declined", "refused", reason="white_on_white: it cannot be told from its background")
    return open_run(bench.finish())


def texts(figure):
    return [text.get_text() for axes in (figure, *figure.axes) for text in axes.texts]


@pytest.mark.parametrize(
    ("value", "bar", "place"),
    [(0.0, 0.1, 0.0), (0.05, 0.1, 0.5), (0.1, 0.1, 1.0), (9.0, 0.1, 2.0), (0.0, 0.0, 1.0), (5.0, 0.0, 2.0), (-5, 2, 0)],
)
def test_a_value_stands_at_its_share_of_the_bar_and_never_off_the_scale(value, bar, place):
    assert on_scale(Measurement(value=value, unit="px", bar=bar)) == pytest.approx(place)


def test_what_misses_its_bar_stands_on_top_with_a_mark_and_its_bound(run):
    said = texts(evidence(run, "shown", "garment_structure"))
    names = [text for text in said if text[0] in "✓✗"]
    assert set(names[:2]) == {"✗ hem", "✗ holes"} and names[2:] == ["✓ sleeve", "✓ relief"]
    assert "20 % (at most 10 %)" in said and "9 (at least 1.2)" in said and "of torso length" in said
    assert "4 garment_structure: ✗ failed with 7.0, needs 8 of 10" in said
    assert "Asks for:\n· shorten the hem (hem -20 %)" in said


def test_a_judge_that_measures_nothing_leaves_its_finding(run):
    said = texts(evidence(run, "shown", "identity"))
    assert "Found: identity is 9.0" in said and "Nothing was measured for it.\nAsks for: nothing" in said


def test_what_is_unscored_is_neither_met_nor_failed_and_says_why(run):
    row = answers(run, "shown").set_index("constraint").loc["realism"]
    assert (row.verdict, row.finding) == ("unscored", "the script says so") and row.score != row.score
    assert "7 realism: ? unscored" in texts(evidence(run, "shown", "realism"))


def test_every_figure_can_be_drawn_and_warns_of_models_that_are_not_real(run):
    figures = [evidence(run, "shown", key) for key in run.rubric.keys]
    assert all(png(figure, dpi=40) for figure in figures)
    assert all(run.caution in texts(figure) for figure in figures)


def test_a_long_caution_stands_whole_under_the_pictures(tmp_path):
    bench, cards = Bench(tmp_path), {role: card(f"{role}-of-a-rather-long-name") for role in ("generator", "judge")}
    bench.sample("one", "not_accepted", scores(realism=6))
    run = open_run(bench.finish(cards={role: one.model_copy(update={"kind": "toy"}) for role, one in cards.items()}))
    figure = evidence(run, "one", "realism")
    (caution,) = [text for text in figure.texts if "random weights" in text.get_text()]
    box = caution.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    assert caution.get_text().replace("\n", " ") == run.caution
    assert box.x1 <= figure.bbox.x1 and 0 <= box.y0 and all(box.y1 < axes.bbox.y0 for axes in figure.axes)


def test_words_in_a_script_the_font_has_not_are_drawn_without_a_warning(tmp_path, recwarn):
    bench = Bench(tmp_path)
    told = scores(realism=6).scores["realism"].model_copy(update={"finding": "光の向きが違う"})
    bench.sample("one", "not_accepted", Judgement(scores={**scores().scores, "realism": told}))
    figure = evidence(open_run(bench.finish()), "one", "realism")
    assert png(figure, dpi=40) and "Found: 光の向きが違う" in texts(figure) and not recwarn.list


def test_a_figure_in_a_notebook_has_many_pixels_and_words_for_who_cannot_see_it(run):
    data, told = evidence(run, "shown", "identity")._repr_png_()
    assert Image.open(io.BytesIO(data)).width == 2000 and told["width"] == 1000
    assert told["alt"] == "2 identity: ✓ met with 9.0, needs 8 of 10"


def test_the_pair_shows_what_the_constraint_compares_at_full_resolution(run):
    whole, cut = (pair(run, "shown", key) for key in ("identity", "garment_structure"))
    assert whole.size == (96 + 8 + 64, 128)  # the person beside the attempt
    assert cut.size == (64 + 8 + 38, 80)  # the whole garment, and of the attempt 13 to 51 of 64 pixels
    assert cut.getpixel((0, 0)) == picture("navy").getpixel((0, 0))


def test_a_picture_that_is_not_there_leaves_the_candidate_alone(tmp_path):
    bench = Bench(tmp_path, rubric=RUBRICS["general"])
    bench.sample("one", "not_accepted", scores(RUBRICS["general"], rest_kept=5))
    run = open_run(bench.finish())
    for key in ("wish_met", "rest_kept"):  # compared with nothing; with a picture 'init' that the sample lacks
        figure = evidence(run, "one", key)
        assert png(figure, dpi=40) and [axes.get_title(loc="left") for axes in figure.axes] == ["", "attempt 1, whole"]
        assert pair(run, "one", key).size == (64, 80)


def test_a_number_without_a_bar_stands_without_a_scale(tmp_path):
    numbers = {"area": Measurement(value=0.3, unit="share"), "hem": Measurement(value=0.2, unit="share", bar=0.1)}
    answered = scores().scores["realism"].model_copy(update={"evidence": numbers})
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", Judgement(scores={**scores().scores, "realism": answered}))
    said = texts(evidence(open_run(bench.finish()), "one", "realism"))
    assert "area" in said and "30 % (no bar)" in said and "✗ hem" in said


def test_a_sample_that_was_not_drawn_has_no_answers(run):
    assert answers(run, "declined").empty


def test_what_is_not_there_is_refused_in_a_sentence(run):
    with pytest.raises(BadInput, match="nothing was drawn for declined: white_on_white"):
        evidence(run, "declined", "identity")
    with pytest.raises(BadInput, match="has attempts 1 to 1, not 2"):
        answers(run, "shown", 2)
    with pytest.raises(UnknownName, match="Did you mean 'shown'"):
        answers(run, "shon")
    with pytest.raises(UnknownName, match="Did you mean 'realism'"):
        evidence(run, "shown", "realsm")
