import pandas as pd
import planted_bench as bench
import pytest
from demo_pictures import PEOPLE
from harmless import HARMLESS
from planted_tables import HARMLESS_KIND, PLANTED_KIND, UNTOUCHED, in_words

from tryon_core.errors import BadInput
from tryon_core.sources import open_source

MANIFEST = PEOPLE.parent / "demo.jsonl"


def row(sample: str, what: str, kind: str = "", size: str = "", **low: float) -> dict:
    scores = {"garment_swap": 9.0, "realism": 9.0, "garment_appearance": None} | low
    about = {"sample": sample, "person": sample, "garment_type": "upper", "what": what, "kind": kind, "size": size}
    return about | {"scores": scores, "said": {key: "torn" for key in low}}


def test_an_error_planted_in_a_true_picture_is_judged_at_every_size():
    """The red tee, which has no words: its true picture meets every constraint, in another colour it is another's."""
    line = open_source(MANIFEST).listing().lines[3]
    rows = bench.judgements(MANIFEST, line, kinds=("another garment", "mirrored words"))
    assert [row["what"] for row in rows] == [UNTOUCHED, *[HARMLESS_KIND] * len(HARMLESS), *[PLANTED_KIND] * 3]
    untouched, *_, large = rows
    assert untouched["said"] == {} and large["scores"]["garment_swap"] < 8
    assert "| another garment | garment_swap |" in in_words(pd.DataFrame(rows))


def test_without_kinds_nothing_is_planted():
    sample = open_source(MANIFEST).load(open_source(MANIFEST).listing().lines[3])
    done = [each["what"] for each in bench.changed_pictures(sample, kinds=())]
    assert done == [UNTOUCHED, *[HARMLESS_KIND] * len(HARMLESS)]


def test_only_pictures_that_met_the_constraint_before_are_counted():
    rows = [row("a", UNTOUCHED), row("b", UNTOUCHED, realism=5.0)]
    rows += [row(sample, PLANTED_KIND, "hole", "large", realism=3.0) for sample in "ab"]
    assert "| hole | realism | 0 of 0 | 0 of 0 | 1 of 1 | 1 of 1 | 2 |" in in_words(pd.DataFrame(rows))


def test_another_constraint_that_falls_further_is_not_the_right_one():
    rows = [row("a", UNTOUCHED), row("a", PLANTED_KIND, "hole", "large", realism=7.0, garment_swap=2.0)]
    assert "| 1 of 1 | 0 of 1 | 1 |" in in_words(pd.DataFrame(rows))


def test_alarms_and_flips_are_counted_and_said():
    rows = [row("a", UNTOUCHED), row("b", UNTOUCHED, realism=5.0), row("a", HARMLESS_KIND, "JPEG q40", realism=7.0)]
    text = in_words(pd.DataFrame([*rows, row("b", HARMLESS_KIND, "JPEG q40", realism=5.0)]))
    assert "| upper | 1 of 2 |" in text and "- b: realism: torn" in text
    assert "| JPEG q40 | 1 of 1 |" in text and "- a, JPEG q40: realism: torn" in text


def test_samples_are_taken_evenly_with_both_ends():
    assert bench.evenly(list(range(54)), 4) == [0, 18, 35, 53]
    assert bench.evenly(list(range(3)), 9) == [0, 1, 2]


def test_a_split_that_nobody_is_in_has_no_table():
    with pytest.raises(BadInput, match="no sample of split 'holdout'"):
        bench.main(["--manifest", str(MANIFEST), "--split", "holdout"])
