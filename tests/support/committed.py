"""The notebooks as git sees them: what somebody ran in the folder, or keeps there for himself, fails no test.

python tests/support/committed.py     writes them to .work/notebooks, and to .work/nbval as `make test` runs them
"""

import json
import os
import subprocess
from pathlib import Path

from tryon_core.runs.notebook.git_filter import clean

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".work/notebooks"
NBVAL = ROOT / ".work/nbval"
# Notebooks whose own sizes take minutes (132 CPU-seconds for 05): what `make test` gives them, and a word of the cells
# whose output is compared all the same. `make prove` runs them as they are and compares everything.
SMALLER = {
    "05_dual_stream": ({"samples": ["p2_blossoms"], "example": False}, "nothing"),
    "10_batch": ({"samples": ["demo_04_dots", "demo_08_white"]}, "nothing"),
    "06_search": ({"samples": ["q2_r_floral"]}, "large."),
    "07_faces": ({"samples": ["71651078"], "options": {"wide": 1, "parents": 1, "children": 1}}, "nothing"),
}


def committed_notebooks() -> list[Path]:
    """Copies of all that git tracks, in FOLDER; where there is no git, of all there are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    copies = [_copy(name) for name in tracked(ROOT)]
    for left_over in set(FOLDER.glob("*.ipynb")) - set(copies):
        left_over.unlink(missing_ok=True)
    return copies


def for_nbval() -> None:
    """Copies for `make test` in NBVAL: those in SMALLER with their parameters."""
    NBVAL.mkdir(parents=True, exist_ok=True)
    copies = committed_notebooks()
    for left_over in {path.name for path in NBVAL.glob("*.ipynb")} - {path.name for path in copies}:
        (NBVAL / left_over).unlink()
    for copy in copies:
        text = copy.read_text()
        (NBVAL / copy.name).write_text(smaller(text, *SMALLER[copy.stem]) if copy.stem in SMALLER else text)


def smaller(text: str, parameters: dict, compared: str) -> str:
    """A notebook with other parameters, which compares no output that follows from them."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        tags, source = cell["metadata"].get("tags", []), "".join(cell["source"])
        if "parameters" in tags:
            cell["source"] = source + "".join(f"\n{name} = {value!r}" for name, value in parameters.items())
        if "nbval-check-output" in tags and compared not in source:
            tags.remove("nbval-check-output")
    return json.dumps(notebook)


def tracked(root: Path) -> list[str]:
    """Paths of the notebooks, relative to the project."""
    listed = _git(root, "ls-files", "notebooks/*.ipynb")
    found = listed.splitlines() or [path.relative_to(root).as_posix() for path in root.glob("notebooks/*.ipynb")]
    return sorted(name for name in found if (root / name).exists())


def _copy(name: str) -> Path:
    text = clean((ROOT / name).read_text(), _git(ROOT, "cat-file", "blob", f"HEAD:{name}") or None)
    copy = FOLDER / Path(name).name
    if not copy.exists() or copy.read_text() != text:
        new = copy.with_suffix(f".{os.getpid()}")
        new.write_text(text)
        new.replace(copy)  # whole or not at all: other workers read it
    return copy


def _git(root: Path, *arguments: str) -> str:
    """What git prints; '' where it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


if __name__ == "__main__":
    for_nbval()
