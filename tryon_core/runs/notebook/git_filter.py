"""What git sees of a notebook: its cells and what was recorded in them, not what a run left behind.

    python -m tryon_core.runs.notebook.git_filter install        name the filter in this clone's configuration
    python -m tryon_core.runs.notebook.git_filter clean PATH     standard input to standard output, for git
    python -m tryon_core.runs.notebook.git_filter refresh PATH   after something else than JupyterLab ran it in place

Outputs, counts and the values in the cell tagged `parameters` are those of the commit (HEAD), unless `make record`
renewed them: it writes into a cell's metadata, as `recorded`, a digest of what it recorded there. Everything else that
is run is left out: other outputs and counts, cells that papermill injected, states of widgets, the kernel's version.
"""

import ast
import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from ...records import canonical

NAME, MODULE = "tryon-notebook", "tryon_core.runs.notebook.git_filter"  # the first stands in .gitattributes
KEPT = {"keep_output", "showcase"}  # tags of cells whose outputs are committed
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
MARK = "recorded"


def main(arguments: list[str]) -> None:
    if arguments == ["install"]:
        return install(Path.cwd())
    command, path = arguments
    if command == "refresh":
        return refresh(Path(path))
    given = sys.stdin.buffer.read()
    try:
        cleaned = clean(given.decode(), _committed(path))
    except (ValueError, nbformat.ValidationError) as e:  # half-written or no notebook: nothing of it may be lost
        print(f"{path} is kept as it is: {e}", file=sys.stderr)
        cleaned = given.decode(errors="surrogateescape")
    sys.stdout.buffer.write(cleaned.encode(errors="surrogateescape"))


def install(folder: Path) -> None:
    """Name this filter in the configuration of the clone that holds `folder`; outside of a clone there is none."""
    done = _git(folder, "config", "--local", f"filter.{NAME}.clean", f"'{sys.executable}' -m {MODULE} clean %f")
    if done.returncode:
        print(f"git has no filter for notebooks: {done.stderr.strip()}")


def saved(os_path: str, model: dict[str, Any], contents_manager: Any) -> None:
    """What a Jupyter server calls after it saved a file (share/jupyter_server.json)."""
    if model["type"] == "notebook":
        refresh(Path(os_path))


def refresh(path: Path) -> None:
    """Tell git that a notebook is as it was, where the filter leaves nothing new of it.

    `git status` calls a file modified whose size is another one, before it asks any filter; `git add` looks at what the
    filter leaves.
    """
    filtered = _git(path.parent, "hash-object", "--", path.name).stdout
    if filtered and filtered == _git(path.parent, "rev-parse", "--verify", f":./{path.name}").stdout:
        _git(path.parent, "add", "--", path.name)


def clean(text: str, committed: str | None) -> str:
    """A notebook's file as git is to see it.

    text       as it is on the disk
    committed  as it is in HEAD; None where it is new
    raises     ValueError or nbformat.ValidationError for what is no notebook
    """
    notebook = nbformat.reads(text, as_version=4)
    before = nbformat.reads(committed, as_version=4) if committed else nbformat.v4.new_notebook()
    cells = {cell.get("id"): cell for cell in before.cells}
    kernel = before.metadata.get("kernelspec") or KERNEL
    notebook.metadata = NotebookNode(kernelspec=kernel, language_info=NotebookNode(name="python"))
    own = [cell for cell in notebook.cells if "injected-parameters" not in tags(cell)]
    notebook.cells = [_cleaned(cell, cells.get(cell.get("id"))) for cell in own]
    return as_text(notebook)


def as_text(notebook: NotebookNode) -> str:
    """As JupyterLab writes it."""
    return nbformat.writes(notebook) + "\n"


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags") or []


def mark(cell: NotebookNode) -> str:
    """Digest of what is recorded in a code cell: its outputs and count, or the source of a `parameters` cell."""
    recorded = cell.source if "parameters" in tags(cell) else [cell.outputs, cell.execution_count]
    return hashlib.sha256(canonical(recorded).encode()).hexdigest()[:16]


def _cleaned(cell: NotebookNode, before: NotebookNode | None) -> NotebookNode:
    is_recorded = cell.cell_type == "code" and cell.metadata.get(MARK) == mark(cell)
    wanted = {"tags": tags(cell), MARK: cell.metadata.get(MARK) if is_recorded else None}
    cell.metadata = NotebookNode({name: value for name, value in wanted.items() if value})
    if cell.cell_type != "code":
        return cell
    if not KEPT & set(tags(cell)):
        cell.outputs, cell.execution_count = [], None
        return _with_committed_values(cell, before) if "parameters" in tags(cell) and not is_recorded else cell
    if not is_recorded:
        _take_outputs(cell, before)
    return cell


def _take_outputs(cell: NotebookNode, before: NotebookNode | None) -> None:
    if before is None or before.cell_type != "code" or not KEPT & set(tags(before)):
        cell.outputs, cell.execution_count = [], None
        return
    cell.outputs, cell.execution_count = before.outputs, before.execution_count
    if MARK in before.metadata:
        cell.metadata[MARK] = before.metadata[MARK]


def _with_committed_values(cell: NotebookNode, before: NotebookNode | None) -> NotebookNode:
    """The committed cell where only values differ: a name, a type or a help text that changed is an edit."""
    if before is not None and _without_values(cell.source) == _without_values(before.source):
        cell.source = before.source
        if MARK in before.metadata:
            cell.metadata[MARK] = before.metadata[MARK]
    return cell


def _without_values(source: str) -> list[str]:
    """The lines of a `parameters` cell around the values that it assigns; the source itself where it cannot be read."""
    try:
        assigned = [node.value for node in ast.parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)]
    except SyntaxError:
        return [source]
    lines = source.encode().splitlines()
    for value in reversed([value for value in assigned if value]):
        head, tail = lines[value.lineno - 1][: value.col_offset], lines[value.end_lineno - 1][value.end_col_offset :]
        lines[value.lineno - 1 : value.end_lineno] = [head + b"..." + tail]
    return [line.decode() for line in lines]


def _committed(path: str) -> str | None:
    done = _git(Path.cwd(), "cat-file", "blob", f"HEAD:{path}")
    return done.stdout if done.returncode == 0 else None


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603


if __name__ == "__main__":
    main(sys.argv[1:])
