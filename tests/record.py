"""Renew everything that is recorded: `make record`, or python tests/record.py [schema] [notebooks] [figures] [numbers]

schema     data_manifests/manifest.schema.json, as the code has it
notebooks  outputs of the cells tagged keep_output, which nbval compares, pictures of those tagged showcase, and values
           of parameters; notebooks=00_first_loop,03_closed_loop: of these alone
figures    data_manifests/readme, from the people's run (about 10 minutes)
numbers    data_manifests/readme/numbers.txt: what the commands print whose numbers the README tells
"""

import io
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from pathlib import Path

import nbformat
import numpy as np
import papermill
from nbformat import NotebookNode
from nbformat.v4 import new_output
from PIL import Image
from support.committed import tracked

from tryon_core.runs.notebook import git_filter

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "data_manifests/readme"
MAX_PICTURE_BYTES = 60_000  # of one in a notebook
FIGURES = ("next_failures", "constraint_heatmap")  # those that the README shows
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


def notebooks(*names: str) -> None:
    for path in (ROOT / name for name in tracked(ROOT) if not names or Path(name).stem in names):
        print(path.name, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            options = {"cwd": str(ROOT / "notebooks"), "progress_bar": False, "execution_timeout": 1800}
            executed = papermill.execute_notebook(str(path), f"{folder}/{path.name}", **options)
        path.write_text(recorded(nbformat.read(path, as_version=4), executed))
        git_filter.refresh(path)


def recorded(notebook: NotebookNode, executed: NotebookNode) -> str:
    """The notebook's file with what is kept of its execution, marked so that git's filter lets it pass."""
    done = {cell.id: cell for cell in executed.cells}
    for cell in notebook.cells:
        if git_filter.KEPT & set(git_filter.tags(cell)):
            outputs = done[cell.id].outputs
            cell.outputs = pictures(outputs) if "showcase" in git_filter.tags(cell) else outputs
            cell.execution_count = done[cell.id].execution_count
        if (git_filter.KEPT | {"parameters"}) & set(git_filter.tags(cell)):
            cell.metadata[git_filter.MARK] = git_filter.mark(cell)
    return git_filter.clean(nbformat.writes(notebook), None)


def pictures(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The pictures among a cell's outputs, small and nothing else: what a visitor of the repository sees."""
    found = [b64decode(output.data["image/png"]) for output in outputs if "image/png" in output.get("data", {})]
    if not found:
        raise ValueError("a cell tagged showcase shows no PNG picture")
    data = [small(picture) for picture in found]
    return [new_output("display_data", data={kind: b64encode(picture).decode()}) for kind, picture in data]


def small(png: bytes) -> tuple[str, bytes]:
    """(kind, file) of a picture within MAX_PICTURE_BYTES: a drawing as PNG of few colours, a photograph as JPEG."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    for side_px, quality in itertools.product((1000, 800, 640, 480, 320), (85, 75, 65)):
        image.thumbnail((side_px, side_px))
        few = image.quantize(128, dither=Image.Dither.NONE)
        lost = np.abs(np.asarray(few.convert("RGB"), float) - np.asarray(image, float)).mean()  # of 255
        kind, data = ("png", io.BytesIO()) if lost < 0.5 else ("jpeg", io.BytesIO())
        (few if kind == "png" else image).save(data, kind.upper(), optimize=True, quality=quality)
        if len(data.getvalue()) <= MAX_PICTURE_BYTES:
            break
    return f"image/{kind}", data.getvalue()


def figures() -> None:
    with tempfile.TemporaryDirectory() as folder:
        people, drawn = Path(folder) / "people", Path(folder) / "drawn"
        many = {"source": str(ROOT / "data_manifests/people.jsonl"), "limit": 108, "output": str(people)}
        notebook = str(ROOT / "notebooks/03_closed_loop.ipynb")
        papermill.execute_notebook(notebook, f"{folder}/out.ipynb", parameters=many, cwd=str(ROOT))
        python("-m", "tryon_core.view.figures.strip", people, "p3_dots", README / "loop.jpg")
        python("-m", "tryon_core.view.figures.save", people, drawn, "p4_dots", "2")
        shutil.copy(drawn / "p4_dots_stepper.png", README / "stepper.png")
        for name in FIGURES:
            shutil.copy(drawn / f"{name}.png", README)


def numbers() -> None:
    printed = [f"$ python {' '.join(command)}\n{python(*command)}" for command in NUMBERS]
    (README / "numbers.txt").write_text("\n".join(printed))


PARTS = {part.__name__: part for part in (schema, notebooks, figures, numbers)}

if __name__ == "__main__":
    wanted = dict(one.partition("=")[::2] for one in sys.argv[1:] or PARTS)
    if unknown := [name for name in wanted if name not in PARTS]:
        sys.exit(f"nothing recorded is called {unknown[0]!r}; there is: {', '.join(PARTS)}")
    for name, only in wanted.items():
        PARTS[name](*filter(None, only.split(",")))
