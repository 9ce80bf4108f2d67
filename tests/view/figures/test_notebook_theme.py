"""A figure has the notebook's theme and twice the page's pixels; nothing is asked from outside for it."""

import io
from base64 import b64decode

import nbformat
import pytest
from hand_made import every_outcome
from nbclient import NotebookClient
from PIL import Image

from tryon_core.errors import UnknownName
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.notebook_theme import VARIABLE, lab_theme, notebook_theme
from tryon_core.view.figures.palette import DARK, LIGHT
from tryon_core.view.figures.save import save_figures
from tryon_core.view.tables.frames import open_run

AS_LAB_WRITES = '{\n    // Theme\n    // "theme": "JupyterLab Light"\n    // ****\n    "theme": "%s"\n}'


def chosen(folder, theme, more=""):
    """JupyterLab's settings with this theme; returns their folder."""
    place = folder / "@jupyterlab" / "apputils-extension"
    place.mkdir(parents=True)
    text = (AS_LAB_WRITES % theme).replace("\n}", f"{more}\n}}")
    (place / "themes.jupyterlab-settings").write_text(text)
    return folder


@pytest.fixture
def run(tmp_path):
    return open_run(every_outcome(tmp_path / "run"))


def paper(png):
    """'#RRGGBB' of a picture's corner."""
    return "#" + bytes(Image.open(io.BytesIO(png)).convert("RGB").getpixel((0, 0))).hex()


@pytest.mark.parametrize(
    ("theme", "more", "expected"),
    [
        ("JupyterLab Dark", "", DARK),
        ("JupyterLab Dark High Contrast", "", DARK),
        ("JupyterLab Light", "", LIGHT),
        ("JupyterLab Dark", ',\n    "adaptive-theme": true', LIGHT),
    ],
)
def test_the_theme_is_the_one_chosen_in_jupyterlab(theme, more, expected, tmp_path):
    assert lab_theme(chosen(tmp_path, theme, more)) is expected


def test_without_any_settings_it_is_light(tmp_path):
    assert lab_theme(tmp_path) is LIGHT


def test_a_theme_can_be_told_and_a_wrong_one_is_refused(run, monkeypatch):
    monkeypatch.setenv(VARIABLE, "Dark")
    assert notebook_theme() is DARK
    for draw in figures.figures_for(run):
        assert paper(draw(run)._repr_png_()[0]) == DARK.paper != paper(draw(run, LIGHT)._repr_png_()[0])
    monkeypatch.setenv(VARIABLE, "drak")
    with pytest.raises(UnknownName, match="Did you mean 'dark'"):
        figures.latency(run)


def test_files_for_a_paper_are_light_whatever_the_notebook_is(run, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, "dark")
    files = [path for path in save_figures(run, tmp_path / "out") if path.suffix == ".png"]
    assert {paper(path.read_bytes()) for path in files} == {LIGHT.paper}
    assert {Image.open(path).width for path in files} == {1800}


def test_a_figure_has_two_pixels_for_each_of_the_page(run):
    for draw in figures.figures_for(run):
        data, told = draw(run)._repr_png_()
        assert Image.open(io.BytesIO(data)).width == 2 * told["width"] == 1800


def test_in_a_kernel_the_settings_on_the_disk_are_followed(run, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", str(chosen(tmp_path / "settings", "JupyterLab Dark")))
    monkeypatch.delenv(VARIABLE, raising=False)
    assert notebook_theme() is LIGHT  # no kernel runs this test
    source = (
        "from tryon_core.runs.reading import open_run\n"
        "from tryon_core.view.figures import run_figures as figures\n"
        f"figures.latency(open_run({str(run.store.url)!r}))"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    (output,) = NotebookClient(notebook, timeout=120, kernel_name="python3").execute().cells[0].outputs
    assert output.metadata["image/png"]["width"] == 900
    assert paper(b64decode(output.data["image/png"])) == DARK.paper
