import subprocess
import sys

import pytest
from doubles import card, scores
from hand_made import Bench, every_outcome
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from tryon_core.errors import UnknownName
from tryon_core.records import Judgement
from tryon_core.runs.reading import open_run
from tryon_core.view.figures.strip import strip


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def captions(figure):
    return [axes.texts[0].get_text().replace("\n", " ") for axes in figure.axes]


def test_a_strip_shows_the_inputs_then_every_attempt_with_its_verdict(tmp_path):
    figure = strip(open_run(every_outcome(tmp_path)), "third")
    assert titles(figure) == [
        "person",
        "garment",
        "✗ attempt 1: started over",
        "✗ attempt 2: corrected",
        "✓ attempt 3: accepted",
    ]
    assert captions(figure)[3:] == ["garment_structure 7.0: garment_structure is 7", "all constraints met"]


def test_a_strip_says_that_a_model_was_scripted(tmp_path):
    figure = strip(open_run(every_outcome(tmp_path)), "at-once")
    assert "Not a result" in " ".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize("sample", ["declined", "at-once", "never"])
def test_the_caution_stands_whole_on_a_figure_of_any_width(sample, tmp_path):
    cards = {role: card(f"{role}-of-a-rather-long-name-on-a-server") for role in ("generator", "judge")}
    run = open_run(every_outcome(tmp_path, cards=cards))
    figure = strip(run, sample)
    (caution,) = [text for text in figure.texts if "scripted" in text.get_text()]
    assert caution.get_text().replace("\n", " ") == run.caution
    box = caution.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    assert 0 <= box.x0 < box.x1 <= figure.bbox.x1 and 0 <= box.y0 < box.y1 < figure.axes[-1].bbox.y0


@pytest.mark.parametrize("sample", ["declined", "at-once", "third", "never"])
def test_titles_and_what_ran_stay_inside_a_strip_of_any_width(sample, tmp_path):
    cards = {role: card(f"{role}-of-a-rather-long-name-on-a-server") for role in ("generator", "judge")}
    figure = strip(open_run(every_outcome(tmp_path, cards=cards)), sample)
    renderer = FigureCanvasAgg(figure).get_renderer()
    (named,) = [text for text in figure.texts if text.get_text().startswith(f"{sample}. Closed loop: generator")]
    assert named.get_window_extent(renderer).x1 <= figure.bbox.x1
    heads = [axes.title if axes.get_title() else axes._left_title for axes in figure.axes]
    for axes, head in zip(figure.axes, heads, strict=True):
        assert head.get_window_extent(renderer).x1 <= axes.bbox.x1 + 0.04 * axes.bbox.width


def test_a_judge_without_words_leaves_no_colon_behind(tmp_path):
    bench = Bench(tmp_path)
    silent = scores(realism=6).scores["realism"].model_copy(update={"finding": ""})
    bench.sample("one", "not_accepted", Judgement(scores={**scores().scores, "realism": silent}))
    assert captions(strip(open_run(bench.finish()), "one"))[2:] == ["realism 6.0: the judge gave no finding"]


def test_an_unknown_sample_suggests_the_nearest(tmp_path):
    with pytest.raises(UnknownName, match="no sample is called 'thirds'. Did you mean 'third'"):
        strip(open_run(every_outcome(tmp_path)), "thirds")


def test_the_command_writes_a_jpeg(tmp_path):
    run, out = every_outcome(tmp_path / "run"), tmp_path / "out.jpg"
    subprocess.run([sys.executable, "-m", "tryon_core.view.figures.strip", run, "never", str(out)], check=True)
    assert Image.open(out).format == "JPEG" and Image.open(out).width > 4 * Image.open(out).height / 2
