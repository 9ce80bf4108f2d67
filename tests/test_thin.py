"""The spine is thin: how many files and lines of ours one sample passes on its way from a manifest to its record."""

import contextlib
import inspect
import sys
import threading
from pathlib import Path

from doubles import run

ROOT = Path(__file__).parents[1] / "tryon_core"
FILES, LINES = 18, 2000  # at most; 25 and 2,765 before the spine was one
APART = ("images.py", "storage/")  # decoding pictures, and folders and buckets: counted, but not as the spine


@contextlib.contextmanager
def noted():
    """The files of the package in which a function is entered, by any thread; classes and modules are no functions."""
    found, package = set(), f"{ROOT}/"

    def note(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_flags & inspect.CO_OPTIMIZED and code.co_filename.startswith(package):
            found.add(code.co_filename.removeprefix(package))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def lines_of(name):
    """Lines that are neither blank nor a comment alone; docstrings count."""
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


def test_a_sample_passes_few_files(manifest, tmp_path, record_property):
    run(manifest, tmp_path / "before", limit=1)  # imports whatever is imported late
    with noted() as entered:
        (record,) = run(manifest, tmp_path / "run", limit=1).records
    passed = {name: lines_of(name) for name in sorted(entered)}
    apart = {name: count for name, count in passed.items() if name.startswith(APART)}
    spine = {name: count for name, count in passed.items() if name not in apart}
    counted = [(len(part), sum(part.values())) for part in (spine, apart)]
    told = "one sample passes {} files with {} lines, beside {} of pictures and storage with {}".format(
        *sum(counted, ())
    )
    record_property("told", told)
    listed = "\n".join(
        [told, *(f"{count:5} {name}" for name, count in sorted(passed.items(), key=lambda one: -one[1]))]
    )
    assert record.steps and {"flows/closed_loop.py", "runs/journal.py", "runs/walk.py"} <= spine.keys()
    assert len(spine) <= FILES and sum(spine.values()) <= LINES, listed
