"""Our notebooks run as papermill runs them, and what they left behind."""

from itertools import pairwise
from pathlib import Path

import nbformat
import papermill
from committed import ROOT, committed_notebooks
from nbformat import NotebookNode

NOTEBOOKS = {path.stem: path for path in committed_notebooks()}
WIDGET = "application/vnd.jupyter.widget-view+json"


def execute(name: str, folder: Path, **parameters) -> NotebookNode:
    """One of our notebooks with these parameters, from the project's folder; the executed copy goes to `folder`."""
    told = {"cwd": str(ROOT), "progress_bar": False, "execution_timeout": 300}
    copy = folder / f"{name}.ipynb"
    return papermill.execute_notebook(str(NOTEBOOKS[name]), str(copy), parameters=parameters, **told)


def run_cells(name: str, **parameters) -> None:
    """A notebook's code cells here and now, without a kernel, up to the first error, which is raised as it is."""
    names = {"__name__": "__main__", "display": lambda *_: None}
    for cell in nbformat.read(NOTEBOOKS[name], as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
            names |= parameters if "parameters" in cell.metadata.get("tags", []) else {}


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def said(notebook: NotebookNode) -> str:
    """Everything that was printed or shown as text."""
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs(notebook))


def checked(notebook: NotebookNode) -> list[str]:
    """What the cells printed that nbval compares."""
    cells = [cell for cell in notebook.cells if "nbval-check-output" in cell.metadata.get("tags", [])]
    return ["".join(output.text for output in cell.outputs) for cell in cells]


def stills(notebook: NotebookNode) -> int:
    return sum("image/png" in output.get("data", {}) for output in outputs(notebook))


def without_a_still(notebook: NotebookNode) -> list[str]:
    """Widgets with no still behind them; a progress bar leaves words."""
    shown = [output.get("data", {}) for output in outputs(notebook)]
    widgets = [(data, after) for data, after in pairwise([*shown, {}]) if WIDGET in data]
    return [
        data["text/plain"]
        for data, after in widgets
        if "image/png" not in after and "sample/s" not in data["text/plain"]
    ]
