"""Each table's numbers once more, from the raw records, by lifelines, statsmodels and scipy."""

import random

import numpy as np
import pytest
from lottery import Lottery, drawn, empty_run, label

from tryon_core.records import Decision
from tryon_core.view.tables import frames, people, slices, step_tables, versus

lifelines = pytest.importorskip("lifelines", reason="make setup installs it")
pytest.importorskip("statsmodels", reason="make setup installs it")

BAR = 8.0
LOTTERY = Lottery(persons=14, each=3, harder=0.3, declines=0.1)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """42 samples of 14 persons; two still run, one failed after a judged attempt."""
    run = drawn(empty_run(tmp_path_factory.mktemp("run")), random.Random(4), LOTTERY)
    others = [number for number, record in enumerate(run.records) if len(record.attempts) > 1][:3]
    ends = dict(zip(others, ("running", "running", "failed"), strict=True))
    records = [
        record.model_copy(update={"outcome": ends[number], "steps": record.steps[:1]}) if number in ends else record
        for number, record in enumerate(run.records)
    ]
    run.__dict__["records"] = tuple(records)
    return run


@pytest.fixture(scope="module")
def raw(run):
    """Judged attempts that count: (person, number, scores by constraint, decision)."""
    counting = [one for one in run.records if one.outcome in ("accepted", "not_accepted", "stopped", "running")]
    return [
        (one.line.known["person_id"], number, {key: each.score for key, each in step.judgement.scores.items()}, step)
        for one in counting
        for number, step in enumerate(one.attempts, 1)
    ]


def clustered_interval(yes, persons):
    """The mean of yes with an interval over clusters: a regression on nothing but its mean, robust over persons."""
    from statsmodels.regression.linear_model import OLS

    model = OLS(np.asarray(yes, float), np.ones(len(yes)))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": np.asarray(persons)}, use_t=True)
    (low, high), *_ = fit.conf_int(0.05)
    return fit.params[0], max(0.0, low), min(1.0, high)


def test_failure_rates_and_their_intervals(run, raw):
    table = frames.constraint_failures(frames.attempts(run), run.rubric)
    checked = 0
    for row in table.itertuples():
        cells = [(person, each[row.constraint] < BAR) for person, number, each, _ in raw if number == row.attempt]
        assert (row.failed, row.n) == (sum(failed for _, failed in cells), len(cells))
        if len({person for person, _ in cells}) < len(cells) and 0 < row.failed < row.n:
            expected = clustered_interval([failed for _, failed in cells], [person for person, _ in cells])
            assert (row.rate, row.low, row.high) == pytest.approx(expected)
            checked += 1
    assert checked > 10


def test_acceptance_and_slices(run):
    ended = [one for one in run.records if one.outcome in ("accepted", "not_accepted", "stopped")]
    rows = [(one.line.known, one.outcome == "accepted") for one in ended]
    rate = frames.totals(run).acceptance
    expected = clustered_interval([accepted for _, accepted in rows], [known["person_id"] for known, _ in rows])
    assert (rate.share, rate.low, rate.high) == pytest.approx(expected)
    table = slices.slices(run, frames.attempts(run), ["level"]).query("measure == 'accepted'").set_index("value")
    for level in ("easy", "hard"):
        part = [(known["person_id"], accepted) for known, accepted in rows if known["level"] == level]
        expected = clustered_interval([accepted for _, accepted in part], [person for person, _ in part])
        assert table.loc[level, ["share", "low", "high"]].tolist() == pytest.approx(expected)


def followed(run):
    counting = [one for one in run.records if one.outcome in ("accepted", "not_accepted", "stopped", "running")]
    code = {"accepted": 1, "running": 0}
    return [len(one.attempts) for one in counting], [code.get(one.outcome, 2) for one in counting]


def test_survival_is_what_aalen_and_johansen_leave(run):
    table = frames.survival(frames.attempts(run))
    times, ends = followed(run)
    curve = lifelines.AalenJohansenFitter(jitter_level=0, calculate_variance=False)
    curve.fit(times, ends, event_of_interest=1)
    expected = 1 - curve.cumulative_density_.iloc[:, 0].loc[1:].to_numpy()
    assert table.share.tolist() == pytest.approx(expected.tolist()) and table.censored.sum() == 2


def test_its_interval_is_as_wide_as_the_standard_error_says(tmp_path):
    """Of 240 samples that stand alone, a tenth still running."""
    from statsmodels.duration.survfunc import CumIncidenceRight

    run = drawn(empty_run(tmp_path), random.Random(1), Lottery(persons=240, each=1))
    records = [
        one.model_copy(update={"outcome": "running", "steps": one.steps[:2]}) if number % 10 == 0 else one
        for number, one in enumerate(run.records)
    ]
    run.__dict__["records"] = tuple(records)
    times, ends = followed(run)
    ours, theirs = frames.survival(frames.attempts(run)), CumIncidenceRight(np.array(times), np.array(ends))
    assert (1 - ours.share).tolist() == pytest.approx(theirs.cinc[0].tolist())
    error = theirs.cinc_se[0][:3]  # it has none for the last step, where nobody remains
    assert (ours.high - ours.low).tolist()[:3] == pytest.approx((2 * 1.96 * error).tolist(), rel=0.06)


def test_what_failed_together_and_what_failed_first(run, raw):
    together = frames.failed_together(frames.attempts(run), run.rubric).set_index(["constraint", "other"])
    both = sum(each["identity"] < BAR and each["realism"] < BAR for _, _, each, _ in raw)
    alone = sum(each["identity"] < BAR for _, _, each, _ in raw)
    assert together.loc[("identity", "realism"), ["failed", "n"]].tolist() == [both, alone]
    first = [next((key for key in run.rubric.keys if each[key] < BAR), None) for _, _, each, _ in raw]
    table = frames.primary_failures(frames.attempts(run), run.rubric).set_index("constraint")
    assert table.failed.to_dict() == {key: first.count(key) for key in run.rubric.keys if key in first}


def test_corrections_by_hand(run):
    table = frames.regressions(frames.attempts(run), run.rubric).set_index("constraint")
    pairs = [
        (before.judgement.scores["realism"].score >= BAR, after.judgement.scores["realism"].score >= BAR)
        for one in run.records
        if one.outcome in ("accepted", "not_accepted", "stopped", "running")
        for before, after in zip(one.attempts, one.attempts[1:], strict=False)
        if before.decision is Decision.RETRY
    ]
    row = table.loc["realism"]
    assert (row.broke, row.met_before) == (pairs.count((True, False)), sum(before for before, _ in pairs))
    assert (row.mended, row.n) == (pairs.count((False, True)), len(pairs))
    assert len(pairs) < sum(max(0, len(one.attempts) - 1) for one in run.records)  # there were restarts


def test_score_paths_by_hand(run, raw):
    table = frames.score_paths(frames.attempts(run), run.rubric)
    assert table.score.sum() == sum(sum(each.values()) for _, _, each, _ in raw) and len(table) == 7 * len(raw)


def test_agreement_of_people(run, tmp_path):
    labelled = label(run, tmp_path, random.Random(2), people=3)
    table = people.agreement(labelled).set_index("constraint")
    said = [one for one in people.spoken(labelled) if one.constraint == "realism" and one.by == "person 0"]
    agrees, shown = [one.says == "agree" for one in said], [labelled_person(labelled, one.sample_id) for one in said]
    expected = clustered_interval(agrees, shown)
    assert table.loc["realism", ["share", "low", "high"]].tolist() == pytest.approx(expected)
    assert table.n["realism"] == len(said) == sum(bool(one.attempts) for one in run.records)


def labelled_person(run, sample_id):
    return next(one.line.known["person_id"] for one in run.records if one.sample_id == sample_id)


def test_two_runs_are_compared_over_persons(run):
    from statsmodels.regression.linear_model import OLS

    other = drawn(run, random.Random(9), LOTTERY)
    found = versus.compare(run, other)
    both = [(a, b) for a, b in zip(run.records, other.records, strict=True) if {a.outcome, b.outcome} <= ENDED]
    gap = [(a.outcome == "accepted") - (b.outcome == "accepted") for a, b in both]
    groups = [a.line.known["person_id"] for a, _ in both]
    fit = OLS(np.array(gap, float), np.ones(len(gap))).fit(
        cov_type="cluster", cov_kwds={"groups": np.array(groups)}, use_t=True
    )
    ours = found.accepted
    assert (ours.difference, ours.p) == pytest.approx((fit.params[0], fit.pvalues[0]))
    assert [ours.low, ours.high] == pytest.approx(fit.conf_int(0.05)[0].tolist())


ENDED = {"accepted", "not_accepted", "stopped"}


def test_two_runs_of_single_persons_are_compared_by_the_sign_test(tmp_path):
    from statsmodels.stats.contingency_tables import mcnemar

    lottery, empty = Lottery(persons=40, each=1), empty_run(tmp_path)
    found = versus.compare(*(drawn(empty, random.Random(seed), lottery) for seed in (1, 2))).accepted
    table = [[found.both, found.only_a], [found.only_b, found.neither]]
    assert found.p == pytest.approx(mcnemar(table, exact=True).pvalue) and found.n == 40


def test_the_chosen_step_among_its_sample_s(run):
    table = step_tables.chosen_by(step_tables.step_scores(run)).set_index("name")
    several = [one for one in run.records if len(one.steps) > 1 and one.chosen]
    value = {one.sample_id: [step.scores["one"].value for step in one.steps] for one in several}
    highest = sum(max(value[one.sample_id]) == value[one.sample_id][one.chosen - 1] for one in several)
    lowest = sum(min(value[one.sample_id]) == value[one.sample_id][one.chosen - 1] for one in several)
    assert (table.best["one"], table.n["one"]) == (max(highest, lowest), len(several))


def test_seconds_are_those_of_the_records(run):
    spent = [step.spent["judge"].seconds for one in run.records for step in one.steps]
    mean, n = frames.totals(run).mean_s["judge"]
    assert (mean, n) == (pytest.approx(np.mean(spent)), len(spent))
