"""A key that real papermill passes to a notebook: refused with its variable, and with our engine in no output."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from fake_gemini import FakeGemini
from papermill.exceptions import PapermillExecutionError

from tryon_core.rubrics.shipped import RUBRICS

ROOT = Path(__file__).parent.parent.parent
KEY = "mine-and-private-0123456789"
INSIDE = {"judge": {"name": "gemini", "options": {"api_key": KEY}}}
ANY = "GEMINI_API_KEY, OPENAI_API_KEY or HF_TOKEN"
WAYS = {  # where -> what papermill is given, and the variable that it belongs into
    "api_key": ({"api_key": KEY}, ANY),
    "GEMINI_API_KEY": ({"GEMINI_API_KEY": KEY}, "GEMINI_API_KEY"),
    "hf_token": ({"hf_token": KEY}, "HF_TOKEN"),
    "_api_key": ({"_api_key": KEY}, ANY),
    "models.judge.options.api_key": ({"models": INSIDE, "seed": 3}, ANY),
    "options.openai_api_key": ({"options": json.dumps({"openai_api_key": KEY})}, "OPENAI_API_KEY"),
    "judge": ({"judge": "AIza" + KEY.replace("-", "")}, ANY),
}


@pytest.fixture
def notebook(tmp_path):
    """Parameters, and the cell that checks them, as in each of ours."""
    cells = [nbformat.v4.new_code_cell("seed = 0", metadata={"tags": ["parameters"]})]
    check = "from tryon_core.runs.parameters import BatchParameters\nBatchParameters.of_notebook(globals())"
    whole = nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell(check)])
    whole.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(whole, tmp_path / "in.ipynb")
    return tmp_path / "in.ipynb"


@pytest.mark.parametrize("where", WAYS)
def test_the_engine_takes_a_key_out_of_the_output(notebook, tmp_path, where):
    (given, variable), out = WAYS[where], tmp_path / "out.ipynb"
    settings = {"engine_name": "tryon", "progress_bar": False, "cwd": tmp_path}
    with pytest.raises(PapermillExecutionError) as caught:
        papermill.execute_notebook(notebook, out, parameters=given, **settings)
    assert f"parameter {where} holds a secret, which no parameter may" in str(caught.value)
    assert f"taken out of the output notebook already; set {variable} in the environment" in str(caught.value)
    written = out.read_text()
    assert KEY not in written and KEY.replace("-", "") not in written and "***" in written


def run(notebook, out, *arguments, **more):
    """(exit status, what papermill said, the bytes of the output notebook)"""
    command = [sys.executable, "-m", "papermill", f"notebooks/{notebook}.ipynb", str(out), "--no-progress-bar"]
    environment = {name: value for name, value in os.environ.items() if name != "GEMINI_API_KEY"} | more
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout + done.stderr, out.read_text()


def test_the_command_leaves_no_key_behind(tmp_path):
    arguments = ("--engine", "tryon", "-p", "models", json.dumps(INSIDE), "-p", "output", str(tmp_path / "run"))
    status, said, written = run("10_batch", tmp_path / "out.ipynb", *arguments)
    assert status == 1 and "models.judge.options.api_key holds a secret" in said and KEY not in said + written
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY in path.read_text(errors="replace")]


def test_without_the_engine_the_warning_names_the_variable(tmp_path):
    status, said, written = run("10_batch", tmp_path / "out.ipynb", "-p", "gemini_api_key", KEY)
    assert status == 1 and "parameter gemini_api_key holds a secret" in said
    assert "papermill has already written it into the output notebook, so delete that file" in said
    assert "set GEMINI_API_KEY in the environment" in said
    assert written.count(KEY) == 2  # in the cell that papermill injected and in what it noted: nothing repeats it
    assert KEY not in said


def test_parameters_without_a_key_are_left_as_they_are(tmp_path):
    arguments = ("--engine", "tryon", "-p", "nothing_of_ours", "say [so]", "-p", "models", '{"judge": "measure"}')
    status, said, written = run("02_one_attempt", tmp_path / "out.ipynb", *arguments)
    assert status == 1 and "no parameter is called" in said
    assert json.loads(written)["metadata"]["papermill"]["parameters"]["models"] == '{"judge": "measure"}'


def test_a_key_of_the_file_is_in_no_executed_notebook(tmp_path):
    key, good = "mine-of-the-file-0123456789", {"scores": dict.fromkeys(RUBRICS["default"].keys, 9), "findings": []}
    (tmp_path / ".env").write_text(f"GEMINI_API_KEY={key}\n")
    with FakeGemini(json.dumps(good) + f" with {key}", key=key) as server:
        judge = json.dumps({"judge": {"name": "gemini", "options": {"base_url": server.url}}})
        arguments = ("-p", "models", judge, "-p", "limit", "1", "-p", "output", str(tmp_path / "run"))
        status, said, written = run(
            "10_batch", tmp_path / "out.ipynb", *arguments, TRYON_ENV_FILE=str(tmp_path / ".env")
        )
    assert status == 0 and key not in said + written and {asked.key for asked in server.asked} == {key}
    files = [path for path in (tmp_path / "run").rglob("*") if path.is_file()]
    assert len(files) > 5 and not [path for path in files if key.encode() in path.read_bytes()]
