"""Each promise of the README that a machine can check."""

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


def test_the_first_screen_has_a_picture_and_the_two_commands():
    first = "\n".join(README.splitlines()[:30])
    assert "make demo" in first and "make test" in first and "![" in first
    assert "No picture here was drawn by a large model" in first


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_to_a_file(target):
    assert (ROOT / target).exists()


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.S))
def test_the_code_runs_as_it_stands(code, tmp_path):
    (tmp_path / "data_manifests").symlink_to(ROOT / "data_manifests")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "attempt_1.png").exists() and "garment_swap" in done.stdout


def test_every_parameter_it_names_exists():
    commands = re.findall(r"-p (\w+) ", README[README.index("## Use it in batch") :])
    own = {"run", "report", "picture"}  # of 02_one_attempt and 11_report
    assert len(commands) > 20 and set(commands) <= set(BatchParameters.model_fields) | own


@pytest.mark.parametrize(("name", "value"), re.findall(r"-p (\w+) '(\{.*?\})'(?!\})", README, re.S))
def test_every_dict_it_names_is_read(name, value):
    given = BatchParameters.checked(**{name: value})
    assert set(given.rule) <= set(RUBRICS["default"].rule.__dataclass_fields__)
    assert all(set(model.options) <= set(options_of(model.name)) for model in given.models.values())


def test_every_parameter_of_a_batch_is_in_its_table_or_its_text():
    batch = re.search(r"## Use it in batch(.*?)\n## ", README, re.S).group(1)
    left_to_help = {"seed", "gender", "sample", "rewrite", "composite_back", "shard_index", "num_shards"}
    assert set(BatchParameters.model_fields) - left_to_help <= set(re.findall(r"\w+", batch))


def test_every_environment_variable_it_explains_is_read_somewhere():
    readers = [*ROOT.glob("tryon_core/**/*.py"), *ROOT.glob("tests/browser/*.py"), ROOT / "Makefile"]
    texts = "\n".join(path.read_text() for path in readers)
    explained = re.search(r"## Environment variables\n(.*?)\n## ", README, re.S).group(1)
    left_to_libraries = {"HF_HOME", "HF_ENDPOINT"}
    assert {name for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", explained)} - left_to_libraries <= set(
        re.findall(r"[A-Z][A-Z0-9_]+", texts)
    )


def test_the_seven_constraints_stand_there_in_gate_order():
    table = re.search(r"## The seven constraints\n(.*?)\n## ", README, re.S).group(1)
    assert tuple(re.findall(r"^\| \w+ \| `(\w+)`", table, re.M)) == RUBRICS["default"].keys


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.M)) <= targets
