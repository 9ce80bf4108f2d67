"""The spine is thin: how many files and lines of ours one sample passes on its way from its line to its record."""

import ast
import contextlib
import inspect
import sys
import threading
from pathlib import Path

from doubles import run

from tryon_core.runs import batch, batching

ROOT = Path(__file__).parents[1] / "tryon_core"
SAMPLE = (19, 2045)  # files, code lines at most that a sample passes
WHOLE = (35, 3700)  # ... and a whole run with what it does once: parameters, listing, models, claim, table, metrics
APART = ("images/", "pictures/", "storage/")  # pixels, and folders and buckets: printed, but not the spine


@contextlib.contextmanager
def noted(entered, *, everywhere=True):
    """Notes the files of the package in which a function is entered, here or in threads that begin meanwhile."""
    package = f"{ROOT}/"

    def note(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_flags & inspect.CO_OPTIMIZED and code.co_filename.startswith(package):
            entered.add(code.co_filename.removeprefix(package))

    if everywhere:
        threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        if everywhere:
            threading.setprofile(None)


def code_lines(name):
    """Lines of a file without blank ones, comments and docstrings."""
    text = (ROOT / name).read_text()
    documented = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            documented.update(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = enumerate(text.splitlines(), start=1)
    return sum(bool(line.strip()) and line.strip()[0] != "#" and number not in documented for number, line in lines)


def counted(entered, record_property, what, limits):
    passed = {name: code_lines(name) for name in sorted(entered)}
    apart = {name: count for name, count in passed.items() if name.startswith(APART)}
    spine = {name: count for name, count in passed.items() if name not in apart}
    sizes = (len(spine), sum(spine.values()))
    told = (
        f"{what} passes {sizes[0]} files, {sizes[1]} code lines; images and storage {len(apart)}, {sum(apart.values())}"
    )
    record_property("told", told)
    listed = "\n".join([told, *(f"{count:5} {name}" for name, count in spine.items())])
    assert sizes[0] <= limits[0] and sizes[1] <= limits[1], listed
    return spine


def test_a_sample_passes_few_files(manifest, tmp_path, monkeypatch, record_property):
    """From its line in the listing to its last record, in its own thread and in the workers of the models."""
    run(manifest, tmp_path / "before", limit=1)  # imports whatever is imported late
    entered, one_sample, work = set(), batch._one, batching.Worker._work

    def traced(*arguments):
        with noted(entered, everywhere=False):
            return one_sample(*arguments)

    def worked(worker):
        with noted(entered, everywhere=False):
            return work(worker)

    monkeypatch.setattr(batch, "_one", traced)
    monkeypatch.setattr(batching.Worker, "_work", worked)
    (record,) = run(manifest, tmp_path / "run", limit=1).records
    spine = counted(entered, record_property, "a sample", SAMPLE)
    assert record.steps and {"flows/closed_loop.py", "runs/journal.py", "runs/walk.py", "runs/batching.py"} <= set(
        spine
    )


def test_a_whole_run_stays_as_thin(manifest, tmp_path, record_property):
    run(manifest, tmp_path / "before", limit=1)
    entered = set()
    with noted(entered):
        run(manifest, tmp_path / "run", limit=1)
    assert "runs/job.py" in counted(entered, record_property, "a run of one sample", WHOLE)
