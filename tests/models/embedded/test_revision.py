"""Each embedded model's revision is the source that it reaches, and neither reaches into the other's rooms."""

import ast
import shutil

import pytest

from tryon_core.models.embedded.revision import PACKAGE, digest_of, reached

EMBEDDED = "models/embedded"
SHARED = [f"{EMBEDDED}/seeing/perception.py", f"{EMBEDDED}/cloth/flat_garment.py", "pictures/features.py"]
OWN = {
    "warp": [f"{EMBEDDED}/warp.py", f"{EMBEDDED}/drawing/shade.py", f"{EMBEDDED}/drawing/lower_body/lower.py"],
    "measure": [f"{EMBEDDED}/measure.py", f"{EMBEDDED}/measuring/scale.py", f"{EMBEDDED}/measuring/surface/pattern.py"],
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copied") / "tryon_core"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def changed_by(copied, file):
    """The models that have another digest where a byte is added to a file."""
    source = (copied / file).read_bytes()
    before = {name: digest_of(name, copied) for name in OWN}
    (copied / file).write_bytes(source + b"\n")
    after = {name: digest_of(name, copied) for name in OWN}
    (copied / file).write_bytes(source)
    return {name for name in OWN if after[name] != before[name]}


@pytest.mark.parametrize(("name", "file"), [(name, file) for name, files in OWN.items() for file in files])
def test_a_models_own_file_changes_it_alone(copied, name, file):
    assert changed_by(copied, file) == {name}


@pytest.mark.parametrize("file", SHARED)
def test_what_both_reach_changes_both(copied, file):
    assert changed_by(copied, file) == {"warp", "measure"}


@pytest.mark.parametrize("file", ["records.py", "rubrics/shipped.py", "models/device/shelf.py", "models/vlm/reply.py"])
def test_words_and_other_models_change_neither(copied, file):
    assert changed_by(copied, file) == set()


def rooms_of(start):
    """First folder, or file, of the embedded package that a model or a room reaches."""
    paths = [path for path in reached(start, PACKAGE) if path.is_relative_to(PACKAGE / EMBEDDED)]
    return {path.relative_to(PACKAGE / EMBEDDED).parts[0] for path in paths}


@pytest.mark.parametrize(("name", "foreign"), [("warp", "measuring"), ("measure", "drawing")])
def test_neither_model_reaches_the_others_rooms(name, foreign):
    own = {"warp": "drawing", "measure": "measuring"}[name]
    starts = [PACKAGE / EMBEDDED / f"{name}.py", *(PACKAGE / EMBEDDED / own).rglob("*.py")]
    met = set().union(*map(rooms_of, starts))
    assert own in met and "seeing" in met and not met & {foreign, f"{'measure' if name == 'warp' else 'warp'}.py"}


@pytest.mark.parametrize("name", OWN)
def test_every_relative_import_is_followed(name):
    """Against the whole syntax tree of each file: nothing that is imported is overlooked by the quick search."""
    met = reached(PACKAGE / EMBEDDED / f"{name}.py", PACKAGE)
    rooms = (PACKAGE / EMBEDDED, PACKAGE / "pictures")
    named = {file for path in met for file in imported(path) if any(map(file.is_relative_to, rooms))}
    assert len(named) > 40 and named - {PACKAGE / EMBEDDED / "revision.py"} <= met


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        assert not (isinstance(node, ast.ImportFrom | ast.Import) and "tryon_core" in ast.unparse(node))
        if isinstance(node, ast.ImportFrom) and node.level:
            module = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            places = [module, *(module / each.name for each in node.names)]
            yield from (file for place in places if (file := place.with_suffix(".py")).is_file())
            yield from (file for place in places if (file := place / "__init__.py").is_file() and file.stat().st_size)
