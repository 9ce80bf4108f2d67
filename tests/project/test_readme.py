"""Each promise of the README, and of the pages that it sends to, that a machine can check."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tryon_core.models import options_of
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.parameters import BatchParameters

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def words_of(notebook):
    cells = json.loads((ROOT / f"notebooks/{notebook}.ipynb").read_text())["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


SPEED, BATCH, ATTEMPT = words_of("12_speed"), words_of("10_batch"), words_of("02_one_attempt")
ENVIRONMENT = (ROOT / ".env.example").read_text()
MANIFESTS = (ROOT / "data_manifests/README.md").read_text()


def test_it_is_short():
    assert len(README.splitlines()) <= 150


def test_the_first_screen_has_a_picture_and_the_two_commands():
    first = "\n".join(README.splitlines()[:30])
    assert "make demo" in first and "make lab" in first and "![" in first
    assert "No picture here was drawn by a large model" in first


def links(text, folder):
    return [ROOT / folder / target for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)]


@pytest.mark.parametrize(
    "target",
    sorted({*links(README, "."), *links(MANIFESTS, "data_manifests"), *links(SPEED + BATCH + ATTEMPT, "notebooks")}),
    ids=lambda target: target.name,
)
def test_every_link_leads_to_a_file(target):
    assert target.exists()


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.S))
def test_the_code_runs_as_it_stands(code, tmp_path):
    (tmp_path / "data_manifests").symlink_to(ROOT / "data_manifests")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "attempt_1.png").exists() and "garment_swap" in done.stdout


@pytest.mark.parametrize("text", [README, SPEED, BATCH], ids=["README", "12_speed", "10_batch"])
def test_every_parameter_it_names_exists(text):
    commands = re.findall(r"-p (\w+) ", text)
    own = {"run", "report", "picture", "prompt", "dataset", "image"}  # of 02, 05, 06 and 11
    assert len(commands) > 3 and set(commands) <= set(BatchParameters.model_fields) | own


@pytest.mark.parametrize(("name", "value"), re.findall(r"-p (\w+) '(\{.*?\})'(?!\})", README + SPEED + BATCH, re.S))
def test_every_dict_it_names_is_read(name, value):
    given = BatchParameters.checked(**{name: value})
    assert set(given.rule) <= set(RUBRICS["default"].rule.__dataclass_fields__)
    assert all(set(model.options) <= set(options_of(model.name)) for model in given.models.values())


def test_every_environment_variable_it_explains_is_read_somewhere():
    readers = [*ROOT.glob("tryon_core/**/*.py"), *ROOT.glob("tests/browser/*.py"), ROOT / "Makefile"]
    texts = "\n".join(path.read_text() for path in readers)
    left_to_libraries = {"HF_HOME", "HF_ENDPOINT"}
    assert set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", ENVIRONMENT, re.M)) - left_to_libraries <= set(
        re.findall(r"[A-Z][A-Z0-9_]+", texts)
    )


def test_the_seven_constraints_stand_there_in_gate_order():
    table = ATTEMPT[ATTEMPT.index("## The seven constraints") :]
    assert tuple(re.findall(r"^\| \w+ \| `(\w+)`", table, re.M)) == RUBRICS["default"].keys


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.M)) <= targets
