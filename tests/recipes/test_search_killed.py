"""A comparison whose process is killed goes on, and several devices share its samples."""

import signal
import subprocess
import sys

from search_edits import Counting, edits, given

from tryon_core.recipes import batch_compare
from tryon_core.runs.reading import open_run

KILLED = """
import os, signal, sys
from search_edits import given
from search_runs import Walker
from tryon_core.recipes import batch_compare

class Mortal(Walker):
    drawn = 0
    def __call__(self, request):
        Mortal.drawn += 1
        if Mortal.drawn > 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(request)

batch_compare(sys.argv[1], sys.argv[2], **given(Mortal()))
"""


def test_a_killed_comparison_goes_on(tmp_path):
    path, walker = edits(tmp_path, "a", "b"), Counting()
    environment = {"PYTHONPATH": ":".join(sys.path)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(tmp_path / "out")], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL and not (tmp_path / "out/batch_results.json").exists()
    results = batch_compare(path, tmp_path / "out", **given(walker))
    whole = batch_compare(path, tmp_path / "whole", **given())
    assert 12 > len(walker.drawn) >= 7 and [each["status"] for each in results] == ["ok", "ok"]
    assert [each["comparison"]["comparison"] for each in results] == [
        each["comparison"]["comparison"] for each in whole
    ]


def test_several_devices_share_the_samples(tmp_path):
    """Each process draws its part of a run; the next strategy takes over what both drew."""
    path, named = (
        edits(tmp_path, "a", "b", "c"),
        {"generator": "search_edits:walker", "scorer": "search_edits:surveyor"},
    )
    results = batch_compare(path, tmp_path / "out", devices=("cpu", "cpu"), **{**given(), "models": named})
    alone = batch_compare(path, tmp_path / "alone", **{**given(), "models": named})
    assert [each["comparison"]["comparison"] for each in results] == [
        each["comparison"]["comparison"] for each in alone
    ]
    assert [len(record.steps) for record in open_run(f"{tmp_path}/out/ttflux").records] == [4, 4, 4]
