"""Long proofs, run by `make prove`; each prints its table."""

import random
from collections import Counter

import pytest
from doubles import run
from mortal import Killed, Mortal, contents
from test_batch import unbroken  # noqa: F401  the fixture

from tryon_core import models
from tryon_core.flows.closed_loop import closed_loop
from tryon_core.records import Decision
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.sources import open_source
from tryon_core.stats import wilson
from tryon_core.storage.store import FolderStore

pytestmark = pytest.mark.prove


def test_three_hundred_runs_killed_up_to_six_times_end_alike(manifest, unbroken, tmp_path_factory):  # noqa: F811
    chance, kills = random.Random(0), Counter()
    for _ in range(300):
        folder, workers, killed = tmp_path_factory.mktemp("soak"), chance.randint(1, 8), 0
        for _ in range(chance.randint(1, 6)):
            try:
                run(manifest, folder, store=Mortal(folder, chance.randint(0, 70)), run={"workers": workers})
            except Killed:
                killed += 1
        run(manifest, folder, run={"workers": workers})
        assert contents(FolderStore(folder)) == unbroken
        kills[killed] += 1
    print("\nkills a run  runs  same records")
    print(*(f"{killed:11d} {count:5d} {count:13d}" for killed, count in sorted(kills.items())), sep="\n")


def test_what_the_embedded_loop_accepts_when_it_starts_from_noise(capsys):
    """Demo samples x seeds 1-8: seed 0 is the best blind draft, others begin worse and leave something to mend."""
    source, table = open_source("data_manifests/demo.jsonl"), {}
    given = {"generator": models.load("warp"), "judge": models.load("measure"), "rubric": RUBRICS["default"]}
    for line in source.listing().lines[:-1]:  # the last is refused: white on white
        sample = source.load(line).blind()
        ends = [list(Walk(closed_loop(sample, **given, seed=seed))) for seed in range(1, 9)]
        table[line.sample_id] = Counter(len(end) if end[-1].decision is Decision.ACCEPT else 0 for end in ends)
    with capsys.disabled():
        print(f"\n{'sample':18s} accepted at 1  2  3  4  not")
        for name, row in table.items():
            print(f"{name:29s} {row[1]:2d} {row[2]:2d} {row[3]:2d} {row[4]:2d} {row[0]:4d}")
        first, in_all = (sum(sum(row[k] for k in ks) for row in table.values()) for ks in ((1,), (1, 2, 3, 4)))
        trials = 8 * len(table)
        for name, count in (("first drafts", first), ("within four", in_all)):
            print(f"{name}: {count} of {trials} accepted, {wilson(count, trials)}")
    assert in_all > first
