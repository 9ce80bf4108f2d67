"""Our notebooks run as papermill runs them, and what they left behind."""

import contextlib
import sys
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

import nbformat
import papermill
from committed import ROOT, committed_notebooks
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

NOTEBOOKS = {path.stem: path for path in committed_notebooks()}
WIDGET = "application/vnd.jupyter.widget-view+json"


def execute(name: str, folder: Path, **parameters) -> NotebookNode:
    """One of our notebooks with these parameters, from the project's folder; the executed copy goes to `folder`."""
    told = {"cwd": str(ROOT), "progress_bar": False, "execution_timeout": 300}
    copy = folder / f"{name}.ipynb"
    return papermill.execute_notebook(str(NOTEBOOKS[name]), str(copy), parameters=parameters, **told)


def execute_here(name: str, **parameters) -> NotebookNode:
    """As `execute`, in IPython but without a kernel: seconds less, as what is imported once serves all; no torch here.

    The first error is raised as it is.
    """
    notebook = parameterize_notebook(load_notebook_node(str(NOTEBOOKS[name])), parameters)
    with contextlib.chdir(ROOT), _shell() as shell:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = _run(shell, cell.source)
    return notebook


@contextlib.contextmanager
def _shell():
    """IPython with names of its own and no history."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    InteractiveShell.clear_instance()


def _run(shell, source: str) -> list[NotebookNode]:
    """What a cell printed, displayed and left as its last value, as a kernel writes it."""
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        shell.display_trap.hook = sys.displayhook  # the last value of a cell is captured, too
        done = shell.run_cell(source)
    done.raise_error()
    streams = {"stdout": captured.stdout, "stderr": captured.stderr}
    printed = [new_output("stream", name=name, text=text) for name, text in streams.items() if text]
    shown = [(_as_text(output.data), output.metadata) for output in captured.outputs]
    return printed + [new_output("display_data", data=data, metadata=metadata) for data, metadata in shown]


def _as_text(data: dict) -> dict:
    """Pictures in base64, as notebooks hold them."""
    return {kind: b64encode(of).decode() if isinstance(of, bytes) else of for kind, of in data.items()}


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
