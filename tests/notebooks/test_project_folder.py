"""A notebook finds the project from any folder of it, and stays where it is outside of one."""

import os
from pathlib import Path

import pytest
from committed import committed_notebooks

from tryon_core import to_project


@pytest.fixture
def project(tmp_path):
    """A project in a folder called notebooks."""
    root = tmp_path / "notebooks"
    (root / "data_manifests").mkdir(parents=True)
    (root / "data_manifests/demo.jsonl").write_text("")
    return root


@pytest.mark.parametrize("where", [".", "notebooks", "a folder/of any name", "data_manifests"])
def test_relative_places_start_from_the_project(project, where, monkeypatch):
    (project / where).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(project / where)
    to_project()
    assert Path.cwd() == project


def test_outside_of_a_project_nothing_is_changed(tmp_path, monkeypatch):
    here = tmp_path / "notebooks"
    here.mkdir()
    monkeypatch.chdir(here)
    to_project()
    assert Path.cwd() == here


@pytest.mark.parametrize("path", committed_notebooks(), ids=lambda path: path.stem)
def test_every_notebook_uses_it_before_anything_else(path, project, monkeypatch):
    """Up to its parameters, from another folder."""
    import nbformat

    (project / "other").mkdir()
    monkeypatch.chdir(project / "other")
    first = next(cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    exec(first.source, {})
    assert Path(os.getcwd()) == project and "chdir" not in path.read_text()
