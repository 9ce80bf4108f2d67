"""The notebooks as git sees them: what somebody ran in the folder, or keeps there for himself, fails no test.

python tests/support/committed.py     writes them to .work/notebooks, where nbval finds them
"""

import os
import subprocess
from pathlib import Path

from tryon_core.runs.notebook.git_filter import clean

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".work/notebooks"


def committed_notebooks() -> list[Path]:
    """Copies of all that git tracks, in FOLDER; where there is no git, of all there are."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    copies = [_copy(name) for name in tracked(ROOT)]
    for left_over in set(FOLDER.glob("*.ipynb")) - set(copies):
        left_over.unlink(missing_ok=True)
    return copies


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
    committed_notebooks()
