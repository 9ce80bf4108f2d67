"""Which pictures are behind each bar, cell and ribbon of the figures: a question's bars, each with its attempts.

The counts are those of the tables the figures draw; a bar without a single attempt is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from ...runs.kept import labels
from ...runs.reading import Run
from . import frames, slices, survival, transitions
from .people import spoken
from .step_tables import counted
from .totals import UNJUDGED, accepted_at

Items = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Bar:
    """One bar, cell or ribbon.

    constraint  the one to look at; '' where there is none in particular
    n, of       how many, and of how many they are counted
    items       (sample_id, attempt) in listing order; attempt 0 where none was drawn
    """

    label: str
    constraint: str
    n: int
    of: int
    items: Items


def failed_at(run: Run) -> list[Bar]:
    """Cells of constraint_heatmap; of = counted attempts of this number that scored it."""
    answers = frames.score_paths(frames.attempts(run), run.rubric)
    return [
        _bar(f"attempt {number}: {key} failed", key, cell[cell.failed], len(cell))
        for (number, key), cell in _groups(answers, ["attempt", "constraint"], run)
        if cell.failed.any()
    ]


def failed_first(run: Run) -> list[Bar]:
    """Bars of primary_failures, most frequent first; of = counted attempts that failed."""
    table = frames.attempts(run)
    failed = counted(table).dropna(subset="primary_failure")
    order = frames.primary_failures(table, run.rubric).constraint
    return [_bar(f"{key} failed first", key, failed[failed.primary_failure == key], len(failed)) for key in order]


def failed_next(run: Run) -> list[Bar]:
    """Ribbons of next_failures; of = attempts the ribbon's left end starts from.

    The attempt shown is the next one, with what failed there (else what it mended); the last one where none followed.
    """
    states = transitions.states(frames.attempts(run), run.rubric).dropna(subset="next")
    bars = []
    for ribbon in transitions.next_failures(frames.attempts(run), run.rubric).itertuples():
        same = (states.attempt == ribbon.attempt) & (states.state == ribbon.state) & (states.next == ribbon.next)
        shown = states[same].assign(attempt=ribbon.attempt + (ribbon.next != transitions.ENDED))
        keys = [state for state in (ribbon.next, ribbon.state) if state in run.rubric.keys]
        label = f"attempt {ribbon.attempt}: {ribbon.state}, then {ribbon.next}"
        bars.append(_bar(label, keys[0] if keys else "", shown, ribbon.of))
    return bars


def broke(run: Run) -> list[Bar]:
    """Left bars of regressions, the attempt that broke it; of = corrections before which it was met."""
    return _corrected(run, "broke after being met", met_before=True)


def mended(run: Run) -> list[Bar]:
    """Right bars of regressions, the attempt that mended it; of = corrections before which it failed."""
    return _corrected(run, "was mended", met_before=False)


def _corrected(run: Run, words: str, *, met_before: bool) -> list[Bar]:
    pairs = transitions.corrections(frames.attempts(run), run.rubric)
    return [
        _bar(f"{key} {words}", key, each[each.met != met_before], len(each))
        for (key,), each in _groups(pairs[pairs.met_before == met_before], ["constraint"], run)
        if (each.met != met_before).any()
    ]


def failed_together(run: Run) -> list[Bar]:
    """Cells of failed_together; of = as in its table: for a pair, attempts where the first failed and the second was
    scored; for one alone, counted attempts that scored it."""
    answers = frames.score_paths(frames.attempts(run), run.rubric)
    failed = answers[answers.failed]
    groups = _groups(answers, ["constraint"], run)
    asked = {key: each.set_index(["sample_id", "attempt"]).failed for (key,), each in groups}
    bars = []
    for key in run.rubric.keys:
        mine = failed[failed.constraint == key]
        if mine.empty:
            continue
        bars.append(_bar(f"{key} failed at all", key, mine, len(asked[key])))
        places = pd.MultiIndex.from_frame(mine[["sample_id", "attempt"]])
        for other, answered in asked.items():
            theirs = answered.reindex(places)
            both = mine[theirs.eq(True).to_numpy()]
            if other != key and len(both):
                bars.append(_bar(f"{key} failed, {other} as well", key, both, int(theirs.notna().sum())))
    return bars


def failed_by_slice(run: Run) -> list[Bar]:
    """Right dots of by_slice; of = counted first attempts of the slice."""
    return _sliced(slices.first_attempts(frames.attempts(run)), "failed", "first attempt failed", run)


def failed_by_fact(run: Run) -> list[Bar]:
    """Cells of failures_by_fact; of = first attempts of the value that scored the constraint."""
    attempts = frames.attempts(run)
    table = frames.failures_by_fact(run, attempts)
    answers = frames.score_paths(attempts[attempts.attempt == 1], run.rubric)
    parted = slices.groups(run, table.fact.iloc[0]) if len(table) else {}
    bars = []
    for cell in table[table.failed > 0].itertuples():
        of_value = answers.sample_id.isin(parted[cell.value])
        failed = answers[answers.failed & (answers.constraint == cell.constraint) & of_value]
        bars.append(_bar(f"{cell.fact} {cell.value}: {cell.constraint} failed", cell.constraint, failed, cell.n))
    return bars


def accepted_by_slice(run: Run) -> list[Bar]:
    """Left dots of by_slice, the accepted attempt; of = samples of the slice with a judged outcome."""
    at = {record.sample_id: accepted_at(record) for record in run.records}
    cases = slices.outcomes(run)
    shown = cases.assign(attempt=cases.sample_id.map(at).astype("Int64"))
    return _sliced(shown, "accepted", "accepted", run)


def _sliced(cases: pd.DataFrame, measure: str, words: str, run: Run) -> list[Bar]:
    labelled = [
        (f"{name} {value}: {words}", cases[cases.sample_id.isin(sample_ids)])
        for name in slices.dimensions(run)
        for value, sample_ids in slices.groups(run, name).items()
    ]
    return [_bar(label, "", part[part[measure]], len(part)) for label, part in labelled if part[measure].any()]


def accepted(run: Run) -> list[Bar]:
    """Samples accepted at an iteration, the accepted attempt; of = samples with a judged outcome."""
    cases = slices.outcomes(run)
    at = {record.sample_id: accepted_at(record) for record in run.records}
    done = cases[cases.accepted].assign(attempt=lambda case: case.sample_id.map(at).astype("int64"))
    return [
        _bar(f"accepted at attempt {number}", "", group, len(cases))
        for number, group in done.groupby("attempt", sort=True)
    ]


def not_accepted(run: Run) -> list[Bar]:
    """Samples that ended without being accepted, by the last judged attempt, which is shown; of = samples that survival
    follows."""
    followed = survival.followed(frames.attempts(run))
    return [
        _bar(f"not accepted, last judged at attempt {number}", "", group, len(followed))
        for number, group in followed[followed.end == "ended"].groupby("attempt", sort=True)
    ]


def without_answer(run: Run) -> list[Bar]:
    """What has no answer: attempts that were not judged (of all), and samples (of those listed) that were refused,
    unusable, failed or are not finished, by their last attempt."""
    table = frames.attempts(run)
    unread = table[~table.judged]
    bars = [_bar("attempt not judged", "", unread, len(table))] if len(unread) else []
    for outcome in ("refused", "unusable", "failed", "running"):
        ended = [record for record in run.records if record.outcome == outcome]
        items = tuple((record.sample_id, len(record.attempts)) for record in ended)
        if items:
            bars.append(Bar(f"sample {UNJUDGED[outcome]}", "", len(items), len(run.listing.lines), items))
    return bars


def disagreed(run: Run) -> list[Bar]:
    """Where people disagree with the judge, one item per answer; of = answers that people spoke of, as in the table of
    their agreement."""
    answers = labels.agreed(spoken(run))
    by_key = {key: [answer for answer in answers if answer[3] == key] for key in run.rubric.keys}
    against = {key: tuple(place[:2] for place in places if not answers[place]) for key, places in by_key.items()}
    return [
        Bar(f"{key}: people disagree", key, len(items), len(by_key[key]), items)
        for key, items in against.items()
        if items
    ]


Bars = Callable[[Run], list[Bar]]


def _with_rubric(bars: Bars) -> Bars:
    """No bars where no rubric was asked."""
    return lambda run: [] if run.rubric is None else bars(run)


def _in_a_line(bars: Bars) -> Bars:
    """No bars where attempts do not correct one another either."""
    return lambda run: bars(run) if run.rubric is not None and transitions.is_line(run) else []


QUESTIONS: dict[str, Bars] = {
    "failed at an iteration": _with_rubric(failed_at),
    "failed first": _with_rubric(failed_first),
    "failed next": _in_a_line(failed_next),
    "broke after being met": _in_a_line(broke),
    "mended after failing": _in_a_line(mended),
    "failed together": _with_rubric(failed_together),
    "first attempts that failed, by slice": _with_rubric(failed_by_slice),
    "constraints that failed first attempts, by slice": _with_rubric(failed_by_fact),
    "accepted, by slice": _with_rubric(accepted_by_slice),
    "accepted at an iteration": _with_rubric(accepted),
    "never accepted": _with_rubric(not_accepted),
    "not judged, refused or failed": without_answer,
    "a person disagrees with the judge": _with_rubric(disagreed),
}


def _bar(label: str, constraint: str, shown: pd.DataFrame, of: int) -> Bar:
    items = tuple(zip(shown.sample_id.tolist(), shown.attempt.tolist(), strict=True))
    return Bar(label, constraint, len(items), int(of), items)


def _groups(table: pd.DataFrame, by: list[str], run: Run) -> list[tuple[tuple, pd.DataFrame]]:
    """The groups there are, by iteration, then in gate order."""
    gate = {key: place for place, key in enumerate(run.rubric.keys)}
    return sorted(table.groupby(by, sort=False), key=lambda group: [gate.get(part, part) for part in group[0]])
