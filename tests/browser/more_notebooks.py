"""Notebooks of a test's own beside the project's: with other parameters, as papermill gives them, or of a few cells."""

from pathlib import Path

import nbformat
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

OPENED = """
from tryon_core.runs.reading import open_run
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.triaging.triage import FailureTriage

run = open_run({where!r})


def sample_of(attempts):
    return next(record.sample_id for record in run.records if len(record.attempts) == attempts)
"""


def with_parameters(folder: Path, notebook: str, **parameters: str | int) -> str:
    """A copy of one of the project's notebooks with other parameters; returns its path in the project."""
    read = load_notebook_node(str(folder / f"notebooks/{notebook}.ipynb"))
    return _write(folder, f"{notebook}_with_parameters", parameterize_notebook(read, parameters))


def of_cells(folder: Path, name: str, *cells: str) -> str:
    """A notebook of these code cells, run in the project's folder; returns its path in the project."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    written = nbformat.v4.new_notebook(metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    written.cells = [nbformat.v4.new_code_cell(cell) for cell in ("import os\n\nos.chdir('..')", *cells)]
    return _write(folder, name, written)


def _write(folder: Path, name: str, notebook: nbformat.NotebookNode) -> str:
    nbformat.write(notebook, folder / f"notebooks/{name}.ipynb")
    return f"notebooks/{name}.ipynb"
