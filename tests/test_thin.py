"""The spine is thin: how many files and lines of ours one sample passes on its way from a manifest to its record."""

import contextlib
import inspect
import sys
import threading
from pathlib import Path

from doubles import run

from tryon_core.plugins import load_plugins

ROOT = Path(__file__).parents[1] / "tryon_core"
GOAL = 18, 2000  # files and lines of the spine
FILES, LINES = 28, 3450  # never more than now; each is to come down to its goal
APART = ("images.py", "storage/")  # decoding pictures, and folders and buckets: counted, but not as the spine


@contextlib.contextmanager
def noted():
    """The files of the package in which a function is entered, by any thread; classes and modules are no functions."""
    found, alongside, package, here = set(), set(), f"{ROOT}/", threading.main_thread()

    def note(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_flags & inspect.CO_OPTIMIZED and code.co_filename.startswith(package):
            found.add(code.co_filename.removeprefix(package))
            if threading.current_thread() is not here:
                alongside.add(code.co_filename.removeprefix(package))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found, alongside
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def lines_of(name):
    """Lines that are neither blank nor a comment alone; docstrings count."""
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def test_a_sample_passes_few_files(manifest, tmp_path, record_property):
    run(manifest, tmp_path / "before", limit=1)  # imports whatever is imported late
    load_plugins.cache_clear()
    with noted() as (entered, alongside):
        (record,) = run(manifest, tmp_path / "run", limit=1).records
    passed = {name: lines_of(name) for name in sorted(entered)}
    apart = [name for name in passed if name.startswith(APART)]
    spine = [name for name in passed if name not in apart]
    lines = [sum(passed[name] for name in names) for names in (spine, apart, alongside & set(spine))]
    told = (
        f"one sample passes {len(spine)} files of the spine with {lines[0]} lines (goal: {GOAL[0]} with {GOAL[1]}), "
        f"{len(alongside & set(spine))} with {lines[2]} once its run is prepared; beside them pictures and storage, "
        f"{len(apart)} with {lines[1]}"
    )
    record_property("told", told)
    by_lines = sorted(passed.items(), key=lambda one: -one[1])
    listed = "\n".join([told, *(f"{count:5} {name}{'' if name in alongside else ' *'}" for name, count in by_lines)])
    assert len(record.steps) > 1 and {"flows/revising.py", "runs/journal.py", "runs/walk.py"} <= set(spine)
    assert len(spine) <= FILES and lines[0] <= LINES, listed
