"""The house: imports point down, its wings are strangers to one another, no circles, few entries, no name twice."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tryon_core"
VOCABULARY = [
    "errors",
    "text",
    "outages",
    "images",
    "stats",
    "hints",
    "records",
    "scales",
    "steps",
    "roles",
    "plugins",
    "rubrics",
]  # each imports those before it
TOOLS = ["pictures", "storage"]
WINGS = ["models", "flows", "sources"]
JOINERS = ["runs", "provenance", "evaluation", "view", "speed", "recipes"]  # each imports everything before it
TOP_LEVEL, ELSEWHERE = 24, 18  # entries of a folder


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def name_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name_of(path): path for path in modules()}


def imported(path):
    """Dotted names inside our package that a file imports, inside functions too."""
    package = ["", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        if node.level:
            base = [part for part in package[: len(package) - node.level + 1] if part]
        elif (node.module or "").split(".")[0] == "tryon_core":
            base = []
        else:
            continue
        module = (node.module or "").removeprefix("tryon_core").lstrip(".") if not node.level else node.module or ""
        base = ".".join([*base, *([module] if module else [])])
        for name in node.names:
            whole = f"{base}.{name.name}" if base else name.name
            yield whole if whole in NAMES else base


def allowed(room):
    if room in VOCABULARY:
        return set(VOCABULARY[: VOCABULARY.index(room) + 1])
    if room in TOOLS:
        return {*VOCABULARY, *TOOLS}
    if room in WINGS:
        return {*VOCABULARY, *TOOLS, room}
    return {*VOCABULARY, *TOOLS, *WINGS, *JOINERS[: JOINERS.index(room) + 1]}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down_only(path):
    room = name_of(path).split(".")[0]
    assert {name.split(".")[0] for name in imported(path)} <= allowed(room)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_lead_to_a_module(path):
    assert [name for name in imported(path) if name and name not in NAMES] == []


def test_no_two_modules_import_each_other():
    """Circles over any number of files, also through imports inside functions."""
    arrows = {
        name: {other for other in imported(path) if other in NAMES and other != name} for name, path in NAMES.items()
    }
    left = dict(arrows)
    while free := [name for name, others in left.items() if not others & left.keys()]:
        for name in free:
            del left[name]
    assert not {name: others & left.keys() for name, others in left.items()}


def test_no_file_name_occurs_twice():
    stems = Counter(path.stem for path in modules() if path.stem not in ("__init__", "__main__"))
    assert not [stem for stem, count in stems.items() if count > 1]
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))  # pytest imports each by its bare name
    assert not [name for name, count in names.items() if count > 1]


@pytest.mark.parametrize("folder", ["tryon_core", "tests", "notebooks"])
def test_no_room_is_overcrowded(folder):
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    entries = {}
    for line in listed.splitlines():
        parts = line.split("/")
        for depth in range(1, len(parts)):
            entries.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
    limits = {room: TOP_LEVEL if room == folder else ELSEWHERE for room in entries}
    assert not {room: len(found) for room, found in entries.items() if len(found) > limits[room]}


def test_importing_the_package_is_light():
    heavy = ("torch", "boto3", "cv2", "pandas", "matplotlib", "ipywidgets", "scipy", "tqdm")
    ours = "tryon_core, tryon_core.flows.closed_loop, tryon_core.runs.journal, tryon_core.runs.parameters"
    script = f"import sys, {ours}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_pickle_and_no_remote_code():
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        assert "import pickle" not in text and "trust_remote_code=True" not in text
