import numpy as np
import pandas as pd
import pytest
from bench_slices import by_feature, by_person, seeds
from bench_tables import DRAWN, KEPT, REFUSED, TRUTH
from embedded_bench import report
from scipy.stats import sem, t
from test_bench import row


def sample(name: str, person: str, waist: str, *, accepted: bool, error: float) -> list[dict]:
    """A sample's first draft, kept and true picture; only the true one has no error."""
    about = {"person": f"persons/{person}.jpg", "known": {"seed": 7, "waist": waist, "split": "reporting"}}
    lowest = 9 if accepted else 5
    return [
        row(name, candidate, 0 if candidate == TRUTH else error, lowest) | about
        for candidate in (DRAWN[0], KEPT, TRUTH)
    ]


@pytest.fixture
def rows():
    """Two samples of one person, with a high waist, and one of another; a fourth sample is refused."""
    refused = {"sample": "d", "candidate": REFUSED, "reason": "thin_straps: no"}
    refused |= {"person": "persons/u2.jpg", "kind": "upper", "known": {"seed": 7, "waist": "natural"}}
    return pd.DataFrame(
        [
            *sample("a", "u1", "high", accepted=True, error=2),
            *sample("b", "u1", "high", accepted=True, error=4),
            *sample("c", "u2", "natural", accepted=False, error=9),
            refused,
        ]
    )


def test_each_person_has_a_line_with_refusals(rows):
    text = by_person(rows)
    assert "| u1 | 2 | 0 | 3.0 | 2/2 | 3.0 | 2/2 | 2/2 |" in text
    assert "| u2 | 2 | 1 | 9.0 | 0/1 | 9.0 | 0/1 | 0/1 |" in text


def test_a_person_with_many_samples_counts_once_in_the_mean(rows):
    assert f"- {DRAWN[0]}: CIEDE2000 6.0, accepted 50%, no interval over 2 persons" in by_person(rows)


def test_from_six_persons_on_the_mean_has_student_s_interval():
    errors = [2.0, 4.0, 4.0, 5.0, 6.0, 9.0]
    some = [sample(f"s{k}", f"u{k}", "high", accepted=k > 1, error=error) for k, error in enumerate(errors)]
    low, high = t.interval(0.95, 5, loc=np.mean(errors), scale=sem(errors))
    text = by_person(pd.DataFrame(sum(some, [])))
    assert f"- {DRAWN[0]}: CIEDE2000 5.0 ({low:.1f} to {high:.1f}), accepted 67% (12% to 100%), 6 persons" in text


def test_each_known_feature_that_varies_has_a_line(rows):
    text = by_feature(rows)
    assert "| waist: high | 2 | 0 | 3.0 | 2/2 |" in text and "| waist: natural | 2 | 1 | 9.0 | 0/1 |" in text
    assert "seed" not in text and "split" not in text
    assert by_feature(rows[rows.person == "persons/u1.jpg"]) == ""


def test_the_report_names_the_seed_of_rendered_people(rows):
    assert seeds(rows) == [7] and report(rows, "reporting").startswith("rendered from seed 7")
    committed = rows.assign(known=[{"waist": known["waist"]} for known in rows.known])
    assert seeds(committed) == [] and report(committed, "").startswith("4 samples (all)")
