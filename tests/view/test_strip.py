import subprocess
import sys

import pytest
from hand_made import every_outcome
from PIL import Image

from tryon_core.errors import UnknownName
from tryon_core.view.opened import open_run
from tryon_core.view.strip import strip


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
    assert "scripted" in " ".join(text.get_text() for text in figure.texts)


def test_an_unknown_sample_suggests_the_nearest(tmp_path):
    with pytest.raises(UnknownName, match="no sample is called 'thirds'. Did you mean 'third'"):
        strip(open_run(every_outcome(tmp_path)), "thirds")


def test_the_command_writes_a_jpeg(tmp_path):
    run, out = every_outcome(tmp_path / "run"), tmp_path / "out.jpg"
    subprocess.run([sys.executable, "-m", "tryon_core.view.strip", run, "never", str(out)], check=True)
    assert Image.open(out).format == "JPEG" and Image.open(out).width > 4 * Image.open(out).height / 2
