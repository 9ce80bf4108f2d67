"""Imports point down only, the three wings never import one another, and `import tryon_core` stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "tryon_core"
VOCABULARY = [
    "errors",
    "images",
    "words",
    "records",
    "constraints",
    "rubrics",
    "protocols",
]  # each imports only those before it
TOOLS = "s3 s3_errors store runs parameters journal batching masks features stats labels workers".split()
TOOLS += "similarity after_edit after_edit_frame after_edit_colour after_edit_composite".split()
WINGS = ["models", "flows", "sources"]
BENCHES = ["models/embedded/bench.py"]  # joiners that lie beside what they measure; nothing imports them
LOOP = ["records", "constraints", "protocols", "flows/closed_loop", "journal", "batch"]


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE)


def imported(path):
    """Top-level names of our package that a file imports, inside functions too."""
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            yield from [node.module.split(".")[0]] if node.module else [name.name for name in node.names]
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").startswith("tryon_core."):
            yield node.module.split(".")[1]


def allowed(part):
    if part in VOCABULARY:
        return set(VOCABULARY[: VOCABULARY.index(part)])
    if part in TOOLS:
        return set(VOCABULARY) | set(TOOLS)
    if part in WINGS:
        return set(VOCABULARY) | set(TOOLS) | {part}
    return None  # joiners may import anything; nothing below may import them


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path):
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    may = None if path.relative_to(PACKAGE).as_posix() in BENCHES else allowed(part)
    assert may is None or set(imported(path)) <= may


def test_nothing_imports_a_bench():
    texts = {path: path.read_text() for path in modules()}
    for bench in map(Path, BENCHES):
        wanted = (f"from .{bench.stem} import", f"import {bench.stem}\n", f"{bench.parent.name}.{bench.stem} import")
        assert not [path for path, text in texts.items() if any(words in text for words in wanted)]


def test_importing_the_package_is_light():
    heavy = ("torch", "boto3", "cv2", "pandas", "matplotlib", "ipywidgets", "scipy", "tqdm")
    ours = "tryon_core, tryon_core.flows.closed_loop, tryon_core.journal, tryon_core.parameters"
    script = f"import sys, {ours}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_loop_s_path_is_thin():
    """Records, constraints, protocols, flow, journal and batch: under 900 lines, blank and comment lines left out."""

    def lines(name):
        text = (PACKAGE / f"{name}.py").read_text().splitlines()
        return sum(bool(line.strip()) and not line.strip().startswith("#") for line in text)

    assert sum(map(lines, LOOP)) < 900


def test_no_pickle_and_no_remote_code():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        assert "import pickle" not in text and "trust_remote_code=True" not in text
