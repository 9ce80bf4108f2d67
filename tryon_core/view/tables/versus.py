"""Two runs on the samples both have: which accepts more, what fails in each, and what each spent."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from ...errors import BadInput
from ...records import AttemptRecord, Ledger, SampleRecord
from ...rubrics.rules import Rubric, failures
from ...runs.reading import Run
from ...stats import Paired, paired
from .totals import JUDGED, plural

Pair = tuple[SampleRecord, SampleRecord]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Runs A and B, sample by sample.

    pairs     records of A and B for each sample both judged, in A's order, drawn from the same pictures
    aside     samples that were left out, by reason
    accepted  the pairs by who accepted them, with the exact sign test and the interval of the difference A - B
    warnings  sentences: what makes the two hard to compare
    """

    a: Run
    b: Run
    pairs: tuple[Pair, ...]
    aside: dict[str, int]
    accepted: Paired
    warnings: tuple[str, ...] = field(default=())

    @property
    def rubric(self) -> Rubric:
        """A's; B asks for the same constraints."""
        return self.a.rubric

    @property
    def caution(self) -> str:
        """What must be said where a model of either is not real."""
        said = {"A": self.a.caution, "B": self.b.caution}
        if said["A"] == said["B"]:
            return said["A"]
        return " ".join(f"{name}: {text}" for name, text in said.items() if text)

    @property
    def names(self) -> dict[str, str]:
        """'A' and 'B' -> the last part of each run's place, or the whole place where that part is the same."""
        places = {"A": self.a.store.url, "B": self.b.store.url}
        short = {name: url.rstrip("/").rpartition("/")[2] for name, url in places.items()}
        return short if short["A"] != short["B"] else places


def compare(a: Run, b: Run) -> Comparison:
    """Put two runs side by side on the samples both have.

    raises   BadInput where they ask for other constraints, share no sample, or judged none of the shared ones
    """
    if a.rubric.keys != b.rubric.keys:
        raise BadInput(
            f"these runs ask for other constraints: A {list(a.rubric.keys)}, B {list(b.rubric.keys)}; "
            "compare runs under one rubric"
        )
    pairs, aside = _pairs(a, b)
    if not pairs:
        told = "; ".join(f"{count} {reason}" for reason, count in aside.items() if count)
        raise BadInput(f"these runs have no sample to compare ({told}); give two runs over the same source")
    took = [[record.outcome == "accepted" for record in side] for side in zip(*pairs, strict=True)]
    return Comparison(a=a, b=b, pairs=tuple(pairs), aside=aside, accepted=paired(*took), warnings=_warnings(a, b))


def _pairs(a: Run, b: Run) -> tuple[list[Pair], dict[str, int]]:
    """The samples to compare, and how many are left out for which reason."""
    in_a, in_b = ([line.sample_id for line in run.listing.lines] for run in (a, b))
    shared = set(in_a) & set(in_b)
    records_a, records_b = ({record.sample_id: record for record in run.records} for run in (a, b))
    aside = {
        "only in A": len(set(in_a) - shared),
        "only in B": len(set(in_b) - shared),
        "without a judged outcome in A or B": 0,
        "with other pictures under the same id": 0,
    }
    pairs = []
    for sample_id in in_a:
        one, other = records_a.get(sample_id), records_b.get(sample_id)
        if sample_id not in shared:
            continue
        if one is None or other is None or not {one.outcome, other.outcome} <= set(JUDGED):
            aside["without a judged outcome in A or B"] += 1
        elif any(one.pictures.get(role) != other.pictures.get(role) for role in ("person", "garment")):
            aside["with other pictures under the same id"] += 1
        else:
            pairs.append((one, other))
    return pairs, aside


def _warnings(a: Run, b: Run) -> tuple[str, ...]:
    """What differs between the runs and decides what is accepted."""
    said = []
    rules = zip(asdict(a.rubric.rule).items(), asdict(b.rubric.rule).values(), strict=True)
    if other := [f"{name} is {mine} in A, {theirs} in B" for (name, mine), theirs in rules if mine != theirs]:
        said.append(f"The rules differ: {'; '.join(other)}.")
    if a.rubric.constraints != b.rubric.constraints:
        said.append(f"The rubrics ask in other words: A {a.rubric.name!r}, B {b.rubric.name!r}.")
    judge_a, judge_b = a.info.models["judge"], b.info.models["judge"]
    if (judge_a.name, judge_a.revision, judge_a.settings) != (judge_b.name, judge_b.revision, judge_b.settings):
        said.append(
            f"The judges differ: A {judge_a.name} {judge_a.revision[:12]}, B {judge_b.name} {judge_b.revision[:12]}; "
            "what is accepted by one need not be by the other."
        )
    return tuple(said)


# ---- as tables -------------------------------------------------------------------------------------------------------


def outcomes(found: Comparison) -> pd.DataFrame:
    """Samples by who accepted them, then those left out by reason: rows by name, column 'samples'."""
    told = {
        "accepted by both": found.accepted.both,
        "only by A": found.accepted.only_a,
        "only by B": found.accepted.only_b,
        "by neither": found.accepted.neither,
        **{f"not compared: {reason}": count for reason, count in found.aside.items() if count},
    }
    return pd.DataFrame({"samples": told})


def kept_failures(found: Comparison) -> pd.DataFrame:
    """What the kept attempts fail: one row a constraint, in gate order.

    n     samples whose kept attempts in A and in B both scored it
    A, B  of these, in which it failed, each by its own run's rule
    """
    kept = [(_kept(one), _kept(other)) for one, other in found.pairs]
    rows = [{"constraint": key, **_failed(key, kept, found)} for key in found.rubric.keys]
    return pd.DataFrame(rows, columns=["constraint", "A", "B", "n"])


def _failed(key: str, kept: Iterable[tuple[AttemptRecord | None, AttemptRecord | None]], found: Comparison):
    both = [(one, other) for one, other in kept if _scored(one, key) and _scored(other, key)]
    return {
        "A": sum(key in failures(one.judgement, found.a.rubric) for one, _ in both),
        "B": sum(key in failures(other.judgement, found.b.rubric) for _, other in both),
        "n": len(both),
    }


def _kept(record: SampleRecord) -> AttemptRecord | None:
    return next((attempt for attempt in record.attempts if attempt.number == record.best), None)


def _scored(attempt: AttemptRecord | None, key: str) -> bool:
    return attempt is not None and attempt.judgement.scores[key].score is not None


def ledgers(found: Comparison) -> pd.DataFrame:
    """What A and B spent on the compared samples: rows 'A' and 'B', columns as records.Ledger; the models' own time."""
    rows: dict[str, dict[str, Any]] = {
        name: sum((record.ledger for record in side), Ledger()).model_dump()
        for name, side in zip("AB", zip(*found.pairs, strict=True), strict=True)
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def cost(found: Comparison) -> str:
    """Whether the two are compared at equal cost, in a sentence."""
    spent = ledgers(found)
    told = [
        f"{name} {row.pictures:.0f} and {row.drawing_s + row.judging_s + row.writing_s:.0f} s"
        for name, row in spent.iterrows()
    ]
    drawn = "the same number of pictures" if spent.pictures.nunique() == 1 else "not an equal number of pictures"
    n = found.accepted.n
    return f"Drawn for {n} {plural('sample', n)}: {drawn} ({', '.join(told)} of model time)."


def finding(found: Comparison) -> str:
    """Who accepts more, in a sentence, with the test's p; no one where that is not under 0.05; ties told as ties."""
    told = found.accepted
    over = f"of {told.n} {plural('sample', told.n)}"
    if told.p is None:
        return f"A and B accept the same {told.both} {over}"
    counts = f"{told.only_a} accepted only by A, {told.only_b} only by B, {over} (exact sign test p = {told.p:.2g})"
    if told.p >= 1 - told.level:
        return f"No difference can be told: {counts}"
    return f"{'A' if told.difference > 0 else 'B'} accepts more: {counts}"
