import io
import subprocess
import sys

import pytest
from hand_made import every_outcome
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures import save
from tryon_core.view.tables.frames import open_run


def test_every_figure_becomes_a_png_and_an_svg_and_a_sample_its_stepper(tmp_path):
    every_outcome(tmp_path / "run")
    command = [
        sys.executable,
        "-m",
        "tryon_core.view.figures.save",
        str(tmp_path / "run"),
        str(tmp_path / "out"),
        "third",
        "2",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    fitting = figures.figures_for(open_run(tmp_path / "run"))
    names = {f"{draw.__name__}.{kind}" for draw in fitting for kind in ("png", "svg")} | {"third_stepper.png"}
    assert (
        {path.name for path in (tmp_path / "out").iterdir()}
        == names
        == {line.rpartition("/")[2] for line in done.stdout.splitlines()}
    )
    assert Image.open(io.BytesIO((tmp_path / "out/third_stepper.png").read_bytes())).width >= 900


def test_an_attempt_that_is_not_there_is_refused(tmp_path):
    run = open_run(every_outcome(tmp_path))
    with pytest.raises(BadInput, match="third has attempts 1 to 3 in line 'loop', not 9"):
        save.save_stepper(run, "third", 9, tmp_path)
