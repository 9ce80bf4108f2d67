"""Which changes of one token in the spine does no test notice? `make mutants`, or this file with --help.

The tree is never touched: in a copy, a process forked for each change imports other source for one file. The tests
nearest to the file go first, the rest of the spine's only where those noticed nothing. equivalent.toml lists changes
that change nothing observable, each with its reason; known.toml holds larger ones that are always tried.
"""

import argparse
import hashlib
import importlib.abc
import importlib.util
import itertools
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from changes import Change, changes_of
from marks import CHECK

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
BEARABLE = 0.05  # share of the changes that may go unnoticed
NEAR = {  # file of the spine -> the tests that go first, one file after the other
    "records.py": ["tests/vocabulary/test_records.py"],
    "steps.py": ["tests/vocabulary/test_steps.py", "tests/vocabulary/test_records.py"],
    "roles.py": ["tests/vocabulary/test_roles.py", "tests/vocabulary/test_records.py"],
    "rubrics/rules.py": ["tests/vocabulary/test_rules.py", "tests/vocabulary/test_records.py"],
    "runs/journal.py": ["tests/runs/test_spine_details.py", "tests/runs/test_journal.py"],
    "runs/kept/kept_pictures.py": ["tests/runs/test_journal.py", "tests/runs/kept/test_damaged.py"],
    "runs/batching.py": ["tests/runs/test_spine_details.py", "tests/runs/at_once/test_batching.py"],
    "runs/walk.py": ["tests/runs/test_walk.py"],
    "flows/closed_loop.py": ["tests/flows/test_revising.py", "tests/flows/test_closed_loop.py"],
    "flows/revising.py": ["tests/flows/test_revising.py", "tests/flows/test_closed_loop.py"],
}
REST = [  # every test of the spine
    "tests/vocabulary",
    "tests/flows",
    "tests/pictures/test_edit_checks.py",
    *(f"tests/runs/test_{name}.py" for name in ("spine_details", "journal", "walk", "four_flows")),
    *(f"tests/runs/test_{name}.py" for name in ("batch", "wrong_answers", "items")),
    "tests/runs/kept",
    "tests/runs/at_once/test_batching.py",
]
NEAR_S = 20.0  # the nearest tests take two seconds; some changes make them wait for ever
MANY_BYTES = 6 << 30  # of address space: a change that never ends is not to fill the machine


# ---- which changes ---------------------------------------------------------------------------------------------------


def chosen(package: Path, files: Sequence[str], count: int, seed: int) -> list[Change]:
    """`count` changes, as many of each file and of each kind as can be; the same ones while their lines stay."""
    share, more = divmod(count, len(files))
    found = []
    for number, file in enumerate(files):
        kinds: dict[str, list[Change]] = defaultdict(list)
        for change in changes_of(file, (package / file).read_bytes()):
            kinds[change.kind].append(change)
        order = [sorted(kind, key=lambda change: _drawn(change, seed)) for _, kind in sorted(kinds.items())]
        in_turn = (change for row in itertools.zip_longest(*order) for change in row if change is not None)
        found += itertools.islice(in_turn, share + (number < more))
    return found


def _drawn(change: Change, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {change.file} {change.line} {change.change}".encode()).digest()


def known(package: Path, listed: Path) -> list[Change]:
    """The larger changes of known.toml; raises ValueError for one whose old text is not in its file just once."""
    found = []
    for one in tomllib.loads(listed.read_text()).get("known", []):
        source, old = (package / one["file"]).read_bytes(), one["old"].encode()
        if source.count(old) != 1:
            raise ValueError(f"{listed}: {one['old']!r} is {source.count(old)} times in {one['file']}, not once")
        start = source.index(old)
        number = source.count(b"\n", 0, start) + 1
        line = source.splitlines()[number - 1].decode().strip()
        place = {"file": one["file"], "number": number, "line": line, "start": start, "end": start + len(old)}
        found.append(Change(kind="known", old=one["old"], new=one["new"], **place))
    return found


def equivalents(listed: Path) -> set[tuple[str, str, str]]:
    """(file, line, change) of each listed one; raises KeyError for one without a reason."""
    entries = tomllib.loads(listed.read_text()).get("equivalent", []) if listed.exists() else []
    return {(one["file"], one["line"], one["change"]) for one in entries if one["why"]}


# ---- trying one ------------------------------------------------------------------------------------------------------


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Imports one module from other source than its file's."""

    def __init__(self, name: str, path: Path, source: bytes):
        self.name, self.path, self.source = name, path, source

    def find_spec(self, fullname, path=None, target=None):
        return (
            importlib.util.spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None
        )

    def get_filename(self, fullname):
        return str(self.path)

    def get_data(self, path):
        return self.source

    def get_code(self, fullname):
        return compile(self.source, str(self.path), "exec", dont_inherit=True)


@dataclass
class Trial:
    """A change and the tests that are still to be run against it."""

    change: Change | None
    rounds: list[list[str]]
    spent_s: float = 0.0
    noticed_by: str = ""
    pid: int = 0
    began: float = 0.0
    folder: Path = Path()

    def begin(self, package: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mutant-"))
        self.began = time.monotonic()
        self.pid = os.fork()
        if not self.pid:
            os._exit(_child(package, self.change, self.rounds[0], self.folder))

    def ended(self, limit_s: float) -> bool:
        """Whether the round is over; a process past its time is killed."""
        took = time.monotonic() - self.began
        if took > limit_s:
            os.killpg(self.pid, signal.SIGKILL)
        pid, status = os.waitpid(self.pid, 0 if took > limit_s else os.WNOHANG)
        if not pid:
            return False
        self.spent_s += took
        self.rounds.pop(0)
        if status:
            said = (self.folder / "said").read_text(errors="replace")
            failed = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.MULTILINE)
            self.noticed_by = failed[1] if failed else "time ran out" if took > limit_s else f"status {status}"
        shutil.rmtree(self.folder, ignore_errors=True)
        return True


def _child(package: Path, change: Change | None, tests: list[str], folder: Path) -> int:
    """Run tests against a change, in the process that was forked for it."""
    import pytest

    os.setsid()
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MANY_BYTES, MANY_BYTES))
    sys.path.insert(0, str(package.parent))
    if change:
        name = f"{package.name}.{change.file.removesuffix('.py').replace('/', '.')}"
        source = change.applied((package / change.file).read_bytes())
        sys.meta_path.insert(0, _Changed(name, package / change.file, source))
    asked = [
        "-x",
        "-q",
        "-m",
        CHECK,  # few examples, and the same ones each time
        "--no-header",
        "--tb=line",
        "-p",
        "no:xdist",
        "--basetemp",
        str(folder / "tmp"),
        *tests,
    ]
    status = int(pytest.main(asked))
    sys.stdout.flush()
    return status


def tried(package: Path, trials: Sequence[Trial], limit_s: float, at_once: int = 2) -> Iterator[Trial]:
    """Each trial once it is decided: noticed, or no round left."""
    waiting, running = list(trials), []
    while waiting or running:
        while waiting and len(running) < at_once:
            running.append(waiting.pop(0))
            running[-1].begin(package)
        time.sleep(0.02)
        for trial in [one for one in running if one.ended(limit_s if len(one.rounds) == 1 else min(limit_s, NEAR_S))]:
            if trial.rounds and not trial.noticed_by:
                trial.begin(package)
                continue
            running.remove(trial)
            yield trial


# ---- all of them -----------------------------------------------------------------------------------------------------


def copied(root: Path, folder: Path) -> Path:
    """The package and its tests as they are now, to be tried while somebody writes on."""
    for name in ("tryon_core", "tests"):
        shutil.copytree(root / name, folder / name)
    for path in root.iterdir():
        if path.name not in ("tryon_core", "tests", ".git", ".venv", "runs"):
            (folder / path.name).symlink_to(path)
    return folder


def warm() -> None:
    """Import, once for all, what tests need beside the package itself."""
    import concurrent.futures
    import sqlite3
    from importlib.metadata import entry_points

    import hypothesis.strategies
    import numpy
    import PIL.Image
    import pyarrow.parquet
    import pydantic
    import pytest
    import tqdm.auto

    for plugin in entry_points(group="pytest11"):
        plugin.load()
    assert all((concurrent.futures, sqlite3, hypothesis, numpy, PIL, pyarrow, pydantic, pytest, tqdm))
    assert not [name for name in sys.modules if name.split(".")[0] == "tryon_core"]


def rounds(root: Path, near: Sequence[str], rest: Sequence[str]) -> list[list[str]]:
    """The nearest tests, file by file, then the rest together; only files that there are."""
    near = [one for one in near if (root / one).exists()]
    after = [one for one in rest if (root / one).exists() and one not in near]
    return [*([one] for one in near), *([after] if after else [])]


def survey(
    package: Path,
    changes: Sequence[Change],
    *,
    near: dict[str, list[str]],
    rest: Sequence[str],
    same: set[tuple[str, str, str]] = frozenset(),
    verbose: bool = False,
) -> tuple[list[Trial], int]:
    """The changes that no test noticed, and how many are known to change nothing.

    raises   RuntimeError where the tests fail without any change
    """
    told = [change for change in changes if (change.file, change.line, change.change) not in same]
    every = list(dict.fromkeys([*(test for change in told for test in near[change.file]), *rest]))
    limit_s = 600.0
    for trial in tried(package, [Trial(None, rounds(package.parent, [], every))] if told else [], limit_s):
        if trial.noticed_by:
            raise RuntimeError(f"without any change, {trial.noticed_by} fails")
        limit_s = 20 + 2 * trial.spent_s
    trials = [Trial(change, rounds(package.parent, near[change.file], rest)) for change in told]
    left = []
    for trial in tried(package, trials, limit_s):
        if not trial.noticed_by:
            left.append(trial)
        if verbose:
            print(f"{trial.spent_s:5.1f} s  {trial.change}   {trial.noticed_by or 'NOT NOTICED'}", flush=True)
    return left, len(changes) - len(told)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=150, help="how many changes, evenly over the files; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--file", action="append", choices=NEAR, help="only this file of the package; may be repeated")
    parser.add_argument("--near", action="store_true", help="only the nearest tests: quick, for writing them")
    parser.add_argument("--verbose", action="store_true", help="a line for each change: which test noticed it")
    given = parser.parse_args(argv)
    os.environ["OMP_NUM_THREADS"] = "1"
    warm()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        package = copied(ROOT, Path(folder)) / "tryon_core"
        os.chdir(package.parent)
        return _told(package, given)


def _told(package: Path, given: argparse.Namespace) -> int:
    files = given.file or list(NEAR)
    larger = [change for change in known(package, HERE / "known.toml") if change.file in files]
    changes = larger + chosen(package, files, given.count or 1_000_000, given.seed)
    started = time.monotonic()
    same = equivalents(HERE / "equivalent.toml")
    left, equivalent = survey(
        package, changes, near=NEAR, rest=[] if given.near else REST, same=same, verbose=given.verbose
    )
    noticed = len(changes) - equivalent - len(left)
    print(
        f"{len(changes)} changes, {noticed} noticed, {equivalent} equivalent, {len(left)} left, "
        f"in {time.monotonic() - started:.0f} s" + (":" if left else "")
    )
    for trial in sorted(left, key=lambda one: str(one.change)):
        print(f"  {trial.change}")
    return int(len(left) > BEARABLE * len(changes))


if __name__ == "__main__":
    sys.exit(main())
