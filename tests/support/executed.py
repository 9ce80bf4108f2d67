"""Our notebooks run as papermill runs them, and what they left behind."""

from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]


def execute(name: str, folder: Path, **parameters) -> NotebookNode:
    """One of our notebooks with these parameters, from the project's folder; the executed copy goes to `folder`."""
    notebook, copy = (str(place / f"{name}.ipynb") for place in (ROOT / "notebooks", folder))
    told = {"cwd": str(ROOT), "progress_bar": False, "execution_timeout": 300}
    return papermill.execute_notebook(notebook, copy, parameters=parameters, **told)


def run_cells(name: str, **parameters) -> None:
    """A notebook's code cells here and now, without a kernel, up to the first error, which is raised as it is."""
    names = {"__name__": "__main__", "display": lambda *_: None}
    for cell in nbformat.read(ROOT / f"notebooks/{name}.ipynb", as_version=4).cells:
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
    """Widgets that leave nothing to look at; a progress bar leaves words."""
    view = "application/vnd.jupyter.widget-view+json"
    shown = [output.data for output in outputs(notebook) if view in output.get("data", {})]
    return [data["text/plain"] for data in shown if "image/png" not in data and "sample/s" not in data["text/plain"]]
