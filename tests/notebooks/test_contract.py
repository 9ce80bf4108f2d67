"""What papermill and nbval rely on: the parameters of 10_batch, and checked cells that hold something to compare."""

import contextlib
import json
import re
import subprocess
import sys
from base64 import b64decode
from types import UnionType
from typing import get_args, get_origin

import nbformat
import papermill
import pytest
from committed import committed_notebooks
from executed import ROOT, run_cells
from PIL import Image
from record import MAX_PICTURE_BYTES

from tryon_core.errors import BadInput, FewAccepted
from tryon_core.images import decode
from tryon_core.runs.notebook import notebook_parameters as parameters
from tryon_core.runs.notebook.face_parameters import FaceParameters
from tryon_core.runs.notebook.search_parameters import SearchParameters
from tryon_core.runs.notebook.stream_parameters import StreamParameters

NOTEBOOKS = committed_notebooks()
BATCH = next(path for path in NOTEBOOKS if path.name == "10_batch.ipynb")


def tags(cell):
    return cell.metadata.get("tags", [])


MODELS = {
    "00_first_loop": parameters.FirstLoopParameters,
    "01_samples": parameters.SamplesParameters,
    "02_one_attempt": parameters.AttemptParameters,
    "03_closed_loop": parameters.LoopParameters,
    "04_garment_pipeline": parameters.PipelineParameters,
    "05_dual_stream": StreamParameters,
    "06_search": SearchParameters,
    "07_faces": FaceParameters,
    "09_failures": parameters.FailuresParameters,
    "10_batch": parameters.BatchParameters,
    "11_report": parameters.ReportParameters,
}


def kind(annotation) -> str:
    """The type of a field as a parameters cell says it: what may be left unset says the other type."""
    if get_origin(annotation) is UnionType:
        annotation = get_args(annotation)[0]
    name = (get_origin(annotation) or annotation).__name__
    return {"tuple": "list", "RunOptions": "dict"}.get(name, name)


@pytest.mark.parametrize(("notebook", "model"), MODELS.items(), ids=MODELS)
def test_a_notebook_declares_its_contract(notebook, model):
    declared = papermill.inspect_notebook(str(BATCH.parent / f"{notebook}.ipynb"))
    assert set(declared) == set(model.model_fields)
    assert model.checked(**{name: eval(shown["default"]) for name, shown in declared.items()}) == model()
    for name, shown in declared.items():
        assert shown["inferred_type_name"].strip() == kind(model.model_fields[name].annotation), name
        assert shown["help"], f"{name} says nothing in papermill --help-notebook"


@pytest.mark.parametrize(
    ("command", "checked"),
    [
        (["-p", "rule", '{"accept_at": 7}'], {"rule": {"accept_at": 7}}),
        (["-p", "options", '{"strategy": "eacps"}'], {"options": {"strategy": "eacps"}}),
        (["-p", "samples", "a,b"], {"samples": ("a", "b")}),
        (["-p", "samples", "12"], {"samples": ("12",)}),
        (["-y", "{samples: [a, b], run: {workers: 2}}"], {"samples": ("a", "b")}),
        (["-p", "max_iterations", "None", "-p", "rewrite", "True"], {"max_iterations": None, "rewrite": True}),
    ],
)
def test_the_command_line_gives_dicts_and_lists(command, checked, monkeypatch):
    """Through papermill's own reading of its command line, up to the cell that checks the parameters."""
    given = {}
    monkeypatch.setattr("papermill.cli.execute_notebook", lambda *_, parameters, **__: given.update(parameters))
    papermill.cli.papermill.main([str(BATCH), "-", *command], standalone_mode=False)
    parameters_cell, check = (cell_with(BATCH, text) for text in ("source: str", "of_notebook"))
    names = {}
    exec(parameters_cell, names)
    exec(check, names := {**names, **given})
    assert {name: getattr(names["parameters"], name) for name in checked} == checked


def cell_with(path, text) -> str:
    return next(cell.source for cell in nbformat.read(path, as_version=4).cells if text in cell.source)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"max_iteration": 3}, r"no parameter is called 'max_iteration'\. Did you mean 'max_iterations'\?"),
        ({"seed": "11"}, r"parameter seed: Input should be a valid integer, got '11' \(str\)"),
        ({"rule": '{"accept_att": 7}'}, r"no option of the rule is called 'accept_att'\. Did you mean 'accept_at'\?"),
        ({"samples": "demo_01_strips"}, r"no sample is called 'demo_01_strips'\. Did you mean 'demo_01_stripes'\?"),
        ({"generator": "wrap"}, r"no generator is called 'wrap'\. Did you mean 'warp'\?"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(tmp_path, monkeypatch, wrong, sentence):
    monkeypatch.chdir(ROOT)
    with pytest.raises(BadInput, match=sentence):
        run_cells("10_batch", output=str(tmp_path / "run"), **wrong)
    (told,) = (tmp_path / "run").iterdir()
    assert told.name == "metrics.json" and json.loads(told.read_text())["status"] == "bad_job"


@pytest.fixture
def unusable(tmp_path):
    """A manifest of one sample whose picture is no picture: an outcome like others, no failure."""
    (tmp_path / "no.png").write_bytes(b"<html>")
    Image.new("RGB", (80, 100), "grey").save(tmp_path / "g.png")
    (tmp_path / "samples.jsonl").write_text('{"sample_id": "a", "person": "no.png", "garment": "g.png"}\n')
    return tmp_path / "samples.jsonl"


def test_papermill_s_exit_status_tells_of_a_failed_sample(unusable, tmp_path):
    """The file of a second sample is gone."""
    with unusable.open("a") as lines:
        lines.write('{"sample_id": "b", "person": "g.png", "garment": "gone.png"}\n')
    command = [sys.executable, "-m", "papermill", str(BATCH), str(tmp_path / "out.ipynb"), "--no-progress-bar"]
    command += ["-p", "source", str(unusable), "-p", "output", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1 and "1 of 2 samples failed" in done.stderr
    assert json.loads((tmp_path / "run/metrics.json").read_text())["status"] == "samples_failed"
    assert (tmp_path / "run/attempts.parquet").exists()


@pytest.mark.parametrize(("least", "status"), [(0.0, "ok"), (0.8, "under")])
def test_too_few_accepted_samples_raise_after_all_is_written(least, status, unusable, tmp_path, monkeypatch):
    """What a notebook raises is papermill's exit status 1, as above; else it is 0."""
    monkeypatch.chdir(ROOT)
    asked = pytest.raises(FewAccepted, match="0 of 0 judged samples were accepted; 80% are asked for")
    with asked if status == "under" else contextlib.nullcontext():
        run_cells("10_batch", source=str(unusable), output=str(tmp_path / "run"), fail_under=least)
    assert json.loads((tmp_path / "run/metrics.json").read_text())["status"] == status
    assert (tmp_path / "run/attempts.parquet").exists()


def test_plain_papermill_ends_with_the_refusal_s_sentence(tmp_path):
    """-r gives a text as it is, also where a number is wanted."""
    command = [sys.executable, "-m", "papermill", str(BATCH), str(tmp_path / "out.ipynb"), "--no-progress-bar"]
    command += ["-p", "output", str(tmp_path / "run"), "-r", "seed", "11"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1 and "parameter seed: Input should be a valid integer, got '11' (str)" in done.stderr
    (told,) = (tmp_path / "run").iterdir()
    assert told.name == "metrics.json" and json.loads(told.read_text())["status"] == "bad_job"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_checked_cells_hold_an_output_and_a_count_and_no_other_cell_does(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    checked = [cell for cell in cells if "nbval-check-output" in tags(cell)]
    assert checked, "nothing in this notebook is compared"
    assert all("keep_output" in tags(cell) and cell.outputs and cell.execution_count for cell in checked)
    assert not any(cell.outputs for cell in cells if cell not in checked and "showcase" not in tags(cell))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_three_notebooks_show_a_few_small_pictures(path):
    """What a visitor of the repository sees, and no more than that."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if "showcase" in tags(cell)]
    pictures = [b64decode(data) for cell in cells for output in cell.outputs for data in output.data.values()]
    assert 2 <= len(pictures) <= 4 if path.stem[:2] in ("00", "03", "09") else not cells
    assert all(cell.outputs for cell in cells) and all(len(picture) <= MAX_PICTURE_BYTES for picture in pictures)
    assert all(min(decode(picture).size) >= 200 for picture in pictures)
    assert path.stat().st_size < 400_000


@pytest.mark.parametrize("name", MODELS)
def test_what_is_compared_are_numbers(name):
    cells = nbformat.read(BATCH.parent / f"{name}.ipynb", as_version=4).cells
    compared = [output.text for cell in cells if "nbval-check-output" in tags(cell) for output in cell.outputs]
    assert re.search(r"\d", "".join(compared))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_its_kernel_and_keeps_its_cells_short(path):
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata.kernelspec.name == "python3" and notebook.metadata.language_info.name == "python"
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and "parameters" not in tags(cell)]
    assert all(len(cell.source.splitlines()) <= 12 for cell in code)
    assert not any("Output(" in cell.source for cell in code), (
        "ipywidgets.Output can stall papermill; use HTML or Image"
    )
