"""environment.yml, pyproject.toml, constraints.txt and the Makefile name the same things."""

import re
import sys
import tomllib
from pathlib import Path

import rattler
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
FIXED_BY_THE_USER = {
    "jupyterlab",
    "ipywidgets",
    "papermill",
    "torch",
    "diffusers",
    "transformers",
    "boto3",
    "pillow",
    "matplotlib",
    "nbval",
}


def requirements():
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    return [Requirement(text) for one in lists for text in one]


def pins():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return {one.name.lower(): one for one in map(Requirement, (line for line in lines if line and line[0] != "#"))}


def test_conda_specs_parse_and_python_is_one_that_we_support():
    specs = [rattler.MatchSpec(spec) for spec in CONDA if isinstance(spec, str)]
    version = next(str(spec.version) for spec in specs if spec.name.normalized == "python").strip("=.*")
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)


def test_conda_installs_every_extra_from_the_one_list():
    (pip,) = next(spec["pip"] for spec in CONDA if isinstance(spec, dict))
    extras = re.fullmatch(r"-e \.\[(.+)\]", pip).group(1)
    assert set(extras.split(",")) == set(PROJECT["optional-dependencies"])


def test_every_requirement_is_pinned_to_a_version_that_fits_it():
    pinned = pins()
    for one in requirements():
        (pin,) = pinned[one.name.lower()].specifier
        assert pin.operator == "==" and one.specifier.contains(pin.version), one


def test_what_the_user_fixed_is_required():
    assert FIXED_BY_THE_USER <= {one.name for one in requirements()}


def test_torch_is_not_among_what_the_demo_installs():
    extras = PROJECT["optional-dependencies"]
    assert not any(
        Requirement(text).name == "torch" for name in ("embedded", "words", "notebooks") for text in extras[name]
    )
    assert "--editable '.[embedded,words,notebooks]'" in (ROOT / "Makefile").read_text()


def test_voila_finds_the_settings_and_the_page_of_this_checkout():
    voila = Path(sys.prefix, "share/jupyter/voila/templates/tryon-offline")
    installed = {Path(sys.prefix, "etc/jupyter/voila.json"), *voila.iterdir()}
    here = [ROOT / "share/voila.json", *(ROOT / "share/voila_page").iterdir()]
    assert {path.name: path.read_text() for path in installed} == {path.name: path.read_text() for path in here}


def test_ci_installs_a_browser_and_does_not_let_its_tests_skip():
    told = (ROOT / ".ci/run").read_text()
    assert " chromium " in told and "TRYON_BROWSER=required make test" in told
