"""Renew everything that is recorded: `make record`, or python tests/record.py [schema] [notebooks] [figures] [numbers]

schema     data_manifests/manifest.schema.json, as the code has it
notebooks  outputs of the cells tagged keep_output, which nbval compares; every other output is taken out
figures    data_manifests/readme, from the demo's run and from the people's (about 10 minutes)
numbers    data_manifests/readme/numbers.txt: what the commands print whose numbers the README tells
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import papermill
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "data_manifests/readme"
FIGURES = ("next_failures", "constraint_heatmap", "regressions")  # those that the README shows
NUMBERS = (  # commands that the README names, without those that need a GPU or trained weights
    ["tests/benchmarks/embedded_bench.py"],
    ["-m", "tryon_core.speed", "--scheduling"],
)


def python(*arguments: str | Path) -> str:
    """What a command prints, from the project's folder."""
    command = [sys.executable, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def schema() -> None:
    (ROOT / "data_manifests/manifest.schema.json").write_text(python("-m", "tryon_core.sources.schema"))


def notebooks() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        print(path.name, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            options = {"cwd": str(ROOT / "notebooks"), "progress_bar": False, "execution_timeout": 1800}
            executed = papermill.execute_notebook(str(path), f"{folder}/{path.name}", **options)
        notebook = kept(json.loads(path.read_text()), executed)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")  # in the file's own order of keys


def kept(notebook: dict[str, Any], executed: NotebookNode) -> dict[str, Any]:
    """The notebook with what it kept when it was executed: outputs of tagged cells, no state of widgets."""
    done = {cell.id: cell for cell in executed.cells}
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            keeps = "keep_output" in cell["metadata"].get("tags", [])
            cell["outputs"] = [in_lines(output) for output in done[cell["id"]].outputs] if keeps else []
            cell["execution_count"] = done[cell["id"]].execution_count if keeps else None
    return notebook


def in_lines(output: dict[str, Any]) -> dict[str, Any]:
    """An output with its texts as lists of lines, as Jupyter writes them."""
    if isinstance(output.get("text"), str):
        output["text"] = output["text"].splitlines(keepends=True)
    for kind, value in output.get("data", {}).items():
        if kind.startswith("text/") and isinstance(value, str):
            output["data"][kind] = value.splitlines(keepends=True)
    return output


def figures() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo, people, drawn = (Path(folder) / name for name in ("demo", "people", "drawn"))
        python("-m", "tryon_core.demo", demo)
        python("-m", "tryon_core.view.figures.strip", demo, "medium-female-demo_04_dots", README / "loop.jpg")
        many = {"source": str(ROOT / "data_manifests/people.jsonl"), "limit": 108, "output": str(people)}
        notebook = str(ROOT / "notebooks/03_closed_loop.ipynb")
        papermill.execute_notebook(notebook, f"{folder}/out.ipynb", parameters=many, cwd=str(ROOT))
        python("-m", "tryon_core.view.figures.save", people, drawn, "p4_dots", "2")
        shutil.copy(drawn / "p4_dots_stepper.png", README / "stepper.png")
        for name in FIGURES:
            shutil.copy(drawn / f"{name}.png", README)


def numbers() -> None:
    printed = [f"$ python {' '.join(command)}\n{python(*command)}" for command in NUMBERS]
    (README / "numbers.txt").write_text("\n".join(printed))


PARTS = {part.__name__: part for part in (schema, notebooks, figures, numbers)}

if __name__ == "__main__":
    if unknown := [name for name in sys.argv[1:] if name not in PARTS]:
        sys.exit(f"nothing recorded is called {unknown[0]!r}; there is: {', '.join(PARTS)}")
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
