"""Running a notebook in its place changes nothing that git sees, and what is edited is seen."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from committed import ROOT, committed_notebooks, tracked
from jupyter_server.services.contents.largefilemanager import LargeFileManager
from nbclient import NotebookClient
from traitlets.config import Config

from tryon_core.runs.notebook import git_filter
from tryon_core.runs.notebook.git_filter import KEPT, MARK, clean, mark, tags

NAME = "01_samples.ipynb"


def git(clone, *arguments):
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=clone, capture_output=True, text=True, check=True)
    assert "error:" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture
def clone(tmp_path):
    """A clone of a small project: one notebook, our .gitattributes and .gitignore, and the filter, installed."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data_manifests").symlink_to(ROOT / "data_manifests")
    for name in (".gitattributes", ".gitignore", f"notebooks/{NAME}"):
        shutil.copy(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "-q")
    git_filter.install(tmp_path)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return tmp_path


def changed(clone):
    return git(clone, "status", "--porcelain")


def rewrite(clone, change):
    """Change the notebook on the disk as a person does in JupyterLab, through the server's own saving."""
    notebook = nbformat.read(clone / "notebooks" / NAME, as_version=4)
    change(notebook)
    settings = Config(json.loads((ROOT / "share/jupyter_server.json").read_text()))
    server = LargeFileManager(root_dir=str(clone), config=settings)
    server.save({"type": "notebook", "content": notebook, "format": "json"}, f"notebooks/{NAME}")


def cell_with(notebook, text):
    return next(cell for cell in notebook.cells if text in cell.source)


@pytest.mark.parametrize("engine", ["nbclient", "tryon"])
def test_papermill_in_place_with_other_parameters_leaves_git_clean(clone, engine):
    """To any engine but ours `git status` wants a refresh; `git diff` and `git add` want none."""
    path = clone / "notebooks" / NAME
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--engine",
        engine,
        "--no-progress-bar",
        path,
        path,
        "-p",
        "limit",
        "2",
    ]
    subprocess.run(command, cwd=clone, check=True, capture_output=True)
    written = nbformat.read(path, as_version=4)
    assert any("injected-parameters" in tags(cell) for cell in written.cells) and written.metadata.papermill
    assert git(clone, "diff") == ""
    if engine == "nbclient":
        git_filter.refresh(path)
    assert changed(clone) == ""


def test_cells_run_out_of_order_leave_git_clean(clone):
    def run(notebook):
        client = NotebookClient(notebook, resources={"metadata": {"path": str(clone)}})
        cell_with(notebook, "limit: int").source = cell_with(notebook, "limit: int").source.replace("100", "3")
        places = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        with client.setup_kernel():
            for place in [*places[:5], places[6], places[3], places[4], places[4]]:
                client.execute_cell(notebook.cells[place], place)
        notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
        cell_with(notebook, "inventory.counts(").metadata.collapsed = True

    rewrite(clone, run)
    path = clone / "notebooks" / NAME
    counts = [cell.execution_count for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    assert max(filter(None, counts)) == 10 and changed(clone) == ""


def test_an_upload_and_its_run_leave_git_clean(clone):
    for name in ("runs/uploads/abc/person.png", "runs/closed_loop-1/run.json", "notebooks/.ipynb_checkpoints/a.ipynb"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text("x")
    assert changed(clone) == ""


def test_an_edited_cell_is_seen_with_its_outputs_as_they_were(clone):
    def edit(notebook):
        cell = cell_with(notebook, "inventory.counts(")
        cell.source += "\nprint('more')"
        cell.outputs[0].text = "tampered"

    rewrite(clone, edit)
    seen = git(clone, "diff")
    assert "notebooks/01" in changed(clone) and "print('more')" in seen and "tampered" not in seen


@pytest.mark.parametrize(
    ("old", "new", "is_seen"),
    [
        ("limit: int = 100", "limit: int = 7", False),
        ('difficulty: str = ""', 'difficulty: str = "a" + "b"', False),
        ('gender: str = ""', 'gender: str = """a\nb"""', False),
        ("limit: int = 100", "most: int = 100", True),
        ("# male or female only", "# only one", True),
        ("limit: int = 100", "limit: int = (", True),
    ],
)
def test_other_values_of_parameters_are_no_edit_and_other_names_are(old, new, is_seen):
    committed = (ROOT / "notebooks" / NAME).read_text()
    notebook = nbformat.reads(committed, as_version=4)
    cell = cell_with(notebook, "limit: int")
    assert old in cell.source
    cell.source = cell.source.replace(old, new)
    assert (clean(nbformat.writes(notebook), committed) != committed) == is_seen


def test_what_is_recorded_anew_is_seen(clone):
    def record(notebook):
        for cell, value in ((cell_with(notebook, "inventory.counts("), None), (cell_with(notebook, "limit: int"), "9")):
            if value:
                cell.source = cell.source.replace("100", value)
            else:
                cell.outputs[0].text = "other numbers"
            cell.metadata[MARK] = mark(cell)

    rewrite(clone, record)
    seen = git(clone, "diff")
    assert "other numbers" in seen and "limit: int = 9" in seen
    git(clone, "commit", "-qam", "recorded")
    assert changed(clone) == ""


def test_what_is_no_notebook_is_kept_as_it_is(clone):
    for text in ("", "{", "[]", '{"cells": 3}', "\ufeff{}"):
        (clone / "notebooks" / NAME).write_text(text)
        subprocess.run(["git", "add", "."], cwd=clone, check=True, capture_output=True)
        assert git(clone, "show", f":notebooks/{NAME}") == text


def test_a_notebook_of_one_s_own_is_not_tested(clone):
    (clone / "notebooks/mine.ipynb").write_text("{}")
    assert tracked(clone) == [f"notebooks/{NAME}"]


def test_where_there_is_no_clone_the_filter_is_left_out(tmp_path, capsys):
    git_filter.install(tmp_path)
    assert "git has no filter for notebooks" in capsys.readouterr().out


@pytest.mark.parametrize("copy", committed_notebooks(), ids=lambda path: path.stem)
def test_every_committed_notebook_is_as_the_filter_writes_it(copy):
    text = copy.read_text()
    assert clean(text, text) == clean(text, None) == text
    for cell in nbformat.reads(text, as_version=4).cells:
        if cell.cell_type == "code" and (KEPT | {"parameters"}) & set(tags(cell)):
            assert cell.metadata.get(MARK) == mark(cell), "run make record"


def test_the_command_that_git_calls_works_from_its_module(clone):
    text = (clone / "notebooks" / NAME).read_text()
    notebook = json.loads(text)
    notebook["metadata"]["widgets"] = {}
    command = [sys.executable, "-m", git_filter.MODULE, "clean", f"notebooks/{NAME}"]
    done = subprocess.run(command, cwd=clone, input=json.dumps(notebook), capture_output=True, text=True, check=True)
    assert done.stdout == text
