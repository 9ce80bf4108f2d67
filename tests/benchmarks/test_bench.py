import re

import embedded_bench as bench
import pandas as pd
import pytest
from bench_tables import DRAWN, INPUT, KEPT, REFUSED, TRUTH, in_words, ranking, steps
from demo_pictures import PEOPLE

from tryon_core.errors import BadInput
from tryon_core.sources import open_source

MANIFEST = PEOPLE.parent / "demo.jsonl"


def row(sample: str, candidate: str, error: float, lowest: float) -> dict:
    known = {"sample": sample, "person": sample, "kind": "upper", "pattern": "plain", "candidate": candidate}
    numbers = {"ciede2000": error, "ssim_inside": 0.5, "ssim_outside": 1.0, "found": None, "lowest": lowest}
    return {**known, **numbers, "accepted": lowest >= 8, "said": {} if lowest >= 8 else {"realism": "torn"}}


@pytest.fixture(scope="module")
def rows():
    """Two demo samples, measured; the last is one that the generator refuses."""
    lines = open_source(MANIFEST).listing().lines
    return [
        row for line in lines[1:2] + lines[-1:] for row in bench.candidates(MANIFEST, line, lines=lines, pictures=None)
    ]


def test_every_candidate_of_a_sample_is_measured_and_a_refusal_keeps_its_reason(rows):
    first = {row["candidate"] for row in rows if row["sample"] == "demo_02_lab"}
    assert {INPUT, DRAWN[0], KEPT, TRUTH} <= first  # nobody else wears it: there is no OTHER
    assert [row["reason"][:14] for row in rows if row["candidate"] == REFUSED] == ["white_on_white"]


def test_the_draft_lies_between_the_photograph_and_the_truth(rows):
    error = {row["candidate"]: row["ciede2000"] for row in rows if row["sample"] == "demo_02_lab"}
    assert error[TRUTH] == 0 < error[DRAWN[0]] < error[INPUT]


def test_the_tables_name_every_candidate_and_every_refusal(rows):
    text = in_words(pd.DataFrame(rows), "demo")
    assert f"| {DRAWN[0]} | 1 |" in text and "| true picture | 1 | 0.0 | 1.00 |" in text
    assert "refused demo_08_white: white_on_white" in text


def test_a_judge_that_ranks_by_the_true_error_has_correlation_one():
    told = [
        row(s, DRAWN[k], error=k + 1 + e / 9, lowest=9 - k - e / 9) for e, s in enumerate("abcdef") for k in range(4)
    ]
    assert "all candidates: 1.00 (1.00 to 1.00 over 6 persons), n = 24" in ranking(pd.DataFrame(told))
    assert "all candidates: 1.00 (no interval over 2 persons), n = 8" in ranking(pd.DataFrame(told[:8]))


def test_one_person_who_is_judged_upside_down_widens_the_interval():
    fair = [row(s, DRAWN[k], error=k + 1, lowest=9 - k) for s in "abcde" for k in range(4)]
    told = [*fair, *(row("f", DRAWN[k], error=k + 1, lowest=5 + k) for k in range(4))]
    rho, low, high = map(
        float, re.search(r"candidates: (\S+) \((\S+) to (\S+) over 6", ranking(pd.DataFrame(told))).groups()
    )
    assert low < rho < high and high - low > 0.5


def test_a_correction_that_leads_away_from_the_truth_is_named():
    told = pd.DataFrame([row("a", DRAWN[0], 5.0, 6), row("a", DRAWN[1], 7.0, 9), row("a", DRAWN[2], 4.0, 9)])
    said = steps(told)
    assert "2 corrections: 1 brought the picture nearer to the truth, 1 further away" in said
    assert "- further away: a iteration 2, +2.0 CIEDE2000" in said


def test_a_true_picture_that_is_turned_down_is_told_with_what_was_said():
    text = in_words(
        pd.DataFrame([row("a", name, k, 9 - k) for k, name in enumerate((TRUTH, DRAWN[0], INPUT))][::-1]), ""
    )
    assert "turned down" not in text
    text = in_words(pd.DataFrame([row("a", TRUTH, 0, 3), row("a", DRAWN[0], 2, 9), row("a", INPUT, 9, 0)]), "")
    assert "true picture turned down: a: realism: torn" in text


def test_a_split_that_nobody_is_in_is_refused():
    with pytest.raises(BadInput, match="no sample of split 'holdout'"):
        bench.main(["--manifest", str(MANIFEST), "--split", "holdout"])
