"""The bench of the dual stream: right tools and masks for planted defects, on a person that no table reports."""

import pandas as pd
import pytest
import streams_bench as bench
from embedded_bench import MANIFEST
from streams_tables import arms_in_words, outcome, planted_in_words

from tryon_core.errors import BadInput
from tryon_core.sources import open_source

STRIPES = next(line for line in open_source(MANIFEST).listing().lines if line.sample_id == "p2_stripes")


@pytest.fixture(scope="module")
def rows():
    kinds = ("hem too high", "hole", "scene changed", "another garment")
    return {row["kind"]: row for row in bench.planted(MANIFEST, STRIPES, kinds)}


def test_a_defect_gets_its_tool(rows):
    assert STRIPES.known["split"] == "tuning" and rows[""]["fair"]
    used = {kind: row["used"] for kind, row in rows.items() if kind}
    assert used == {"hem too high": "depth", "hole": "fill", "scene changed": "put_back", "another garment": ""}
    assert all(row["right"] for kind, row in rows.items() if kind)


def test_a_defect_s_mask_holds_it(rows):
    for kind, share in (("hem too high", 0.5), ("hole", 0.01), ("scene changed", 0.9)):
        assert rows[kind]["covered"] > 0.95 and rows[kind]["share"] < share
    assert rows["hole"]["iou"] > 0.5 and rows["hole"]["mask"] == "segmented"
    assert "iou" not in rows["another garment"]


def test_a_changed_scene_is_mended_and_nothing_lost(rows):
    assert rows["scene changed"]["met"] and not rows["scene changed"]["worse"]


def step(arm="streams", stage="depth", *, broken=(), kept=False, **moved):
    about = {"sample": "a", "person": "p", "arm": arm, "stage": stage, "moved": moved, "broken": list(broken)}
    return about | {"kept": kept, "mean": 9.0, "accepted": False, "failed": ["realism"]}


def test_a_step_that_loses_something_broke_it():
    steps = (
        step(identity=1.0),
        step(identity=1.0, broken=["realism"]),
        step(identity=-0.5),
        step(identity=0.4, a=None),
    )
    assert [outcome(pd.Series(row)) for row in steps] == ["improved", "broke", "broke", "unchanged"]


def test_every_arm_and_tool_has_its_line():
    rows = [step(realism=2.0), step(realism=0.0, kept=True), step("no_tool", "words", realism=-3.0, kept=True)]
    text = arms_in_words(pd.DataFrame([*rows, {"sample": "b", "person": "q", "arm": ""}]))
    assert text.startswith("First drafts that fail: 1 of 2 samples, 1 persons")
    assert "| streams | depth | 2 | 1 of 2 | 1 of 2 | 0 of 2 |" in text
    assert (
        "| no_tool | words | 1 | 0 of 1 | 0 of 1 | 1 of 1 |" in text and "| no_tool | 1 | 1 | 0 of 1 | 9.00 |" in text
    )


def test_where_no_first_draft_fails_there_is_no_table():
    assert (
        arms_in_words(pd.DataFrame([{"sample": "b", "person": "q", "arm": ""}])) == "No first draft of 1 samples fails"
    )


def test_a_defect_that_nobody_saw_counts_against_the_tool():
    whole = {"sample": "a", "person": "p", "kind": "", "fair": True}
    good = {
        "seen": True,
        "right": True,
        "used": "fill",
        "met": True,
        "worse": [],
        "iou": 0.5,
        "covered": 1.0,
        "share": 0.1,
    }
    rows = [whole, whole | {"kind": "hole"} | good, whole | {"kind": "hole", "seen": False}]
    text = planted_in_words(pd.DataFrame(rows))
    assert "1 of 1 true pictures that are accepted, of 1 persons" in text
    assert "| hole | 2 | 1 | 1 of 2 | fill 1 | 0.50 (0.50 to 0.50) | 1.00 (1.00 to 1.00) |" in text


def test_a_split_that_nobody_is_in_has_no_defects():
    with pytest.raises(BadInput, match="no sample of split 'holdout'"):
        bench.main(["--split", "holdout"])
