"""nbval really compares: a number that changed in a checked cell is found; and what it is given of large notebooks."""

import os
import subprocess
import sys

import nbformat
import pytest
from committed import SMALLER, smaller
from executed import NOTEBOOKS, ROOT


@pytest.fixture
def copied(tmp_path):
    """A copy of 01_samples in a project of its own, where its relative places lead to the true ones."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data_manifests").symlink_to(ROOT / "data_manifests")
    path = tmp_path / "notebooks/01_samples.ipynb"
    path.write_text(NOTEBOOKS["01_samples"].read_text())
    return path


def test_a_number_that_changed_is_found(copied):
    notebook = nbformat.read(copied, as_version=4)
    output = next(cell for cell in notebook.cells if "nbval-check-output" in cell.metadata.get("tags", [])).outputs[0]
    output.text = output.text.replace("2\n", "3\n")
    nbformat.write(notebook, copied)
    sanitizer = str(ROOT / "tests/nbval_sanitize.cfg")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval-lax", str(copied)]
    command += ["--nbval-sanitize-with", sanitizer]
    told = {"cwd": copied.parent, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    done = subprocess.run(command, capture_output=True, text=True, check=False, **told)
    assert done.returncode == 1 and "Cell outputs differ" in done.stdout and "1 failed" in done.stdout


@pytest.mark.parametrize("name", SMALLER)
def test_a_smaller_notebook_has_every_cell_and_other_parameters(name):
    text, (parameters, _), names = NOTEBOOKS[name].read_text(), SMALLER[name], {}
    whole, small = (nbformat.reads(one, as_version=4).cells for one in (text, smaller(text, *SMALLER[name])))
    (other,) = [now.source for was, now in zip(whole, small, strict=True) if was.source != now.source]
    exec(other, names)
    assert parameters.items() <= names.items()


def test_what_does_not_follow_from_the_samples_is_still_compared():
    text = NOTEBOOKS["06_search"].read_text()
    small = nbformat.reads(smaller(text, *SMALLER["06_search"]), as_version=4)
    compared = [cell.source for cell in small.cells if "nbval-check-output" in cell.metadata.get("tags", [])]
    assert len(compared) == 2 and all("large." in source for source in compared)
