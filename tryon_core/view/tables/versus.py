"""Two runs on the samples both have: which accepts more, what fails in each, and what each spent."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from ...errors import BadInput
from ...records import ModelCard
from ...rubrics.rules import Rubric, failures
from ...runs.reading import Run
from ...stats.comparing import Paired, least_rate_told, paired
from ...steps import JUDGED, Ledger, Outcome, SampleRecord, StepRecord, together
from ..run_names import names_of
from .totals import joined

Pair = tuple[SampleRecord, SampleRecord]
DECLINED: tuple[Outcome, ...] = ("refused", "not_judged")  # ended without a judgement, and without a failed call


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Runs A and B, sample by sample.

    pairs     records of A and B for each sample both judged, in A's order, drawn from the same pictures
    aside     samples that were left out, by reason
    accepted  the pairs by who accepted them, with the interval of the difference A - B and a test, over persons
    declined  the same where also samples that A or B refused or could not judge count, as not accepted
    longer    'A' or 'B' where it only goes on where the other one ends, so that it can but accept more; '' else
    warnings  sentences: what makes the two hard to compare
    """

    a: Run
    b: Run
    pairs: tuple[Pair, ...]
    aside: dict[str, int]
    accepted: Paired
    declined: Paired
    longer: str
    warnings: tuple[str, ...] = field(default=())

    @property
    def rubric(self) -> Rubric:
        """A's; B asks for the same constraints."""
        return self.a.rubric

    @property
    def caution(self) -> str:
        """What must be said where a model of either is not real."""
        cautions = {"A": self.a.caution, "B": self.b.caution}
        if cautions["A"] == cautions["B"]:
            return cautions["A"]
        return " ".join(f"{name}: {text}" for name, text in cautions.items() if text)

    @property
    def names(self) -> dict[str, str]:
        """'A' and 'B' -> what each run ran; with its place where that is the same."""
        return names_of({"A": self.a, "B": self.b})


def compare(a: Run, b: Run) -> Comparison:
    """Put two runs side by side on the samples both have.

    raises   BadInput where one asked no rubric, they ask for other constraints, share no sample, or judged none of the
             shared ones
    """
    if without := [name for name, run in (("A", a), ("B", b)) if run.rubric is None]:
        raise BadInput(
            f"no rubric was asked in {joined(without)}, so there is no acceptance to compare; judge the pictures first"
        )
    if a.rubric.keys != b.rubric.keys:
        raise BadInput(
            f"these runs ask for other constraints: A {list(a.rubric.keys)}, B {list(b.rubric.keys)}; "
            "compare runs under one rubric"
        )
    pairs, aside = _pairs(a, b, JUDGED)
    if not pairs:
        reasons = "; ".join(f"{count} {reason}" for reason, count in aside.items() if count)
        raise BadInput(f"these runs have no sample to compare ({reasons}); give two runs over the same source")
    declined, _ = _pairs(a, b, (*JUDGED, *DECLINED))
    return Comparison(
        a=a,
        b=b,
        pairs=tuple(pairs),
        aside={reason: count for reason, count in aside.items() if count},
        accepted=_accepted(pairs),
        declined=_accepted(declined),
        longer=_longer(pairs),
        warnings=_warnings(a, b),
    )


def _accepted(pairs: Sequence[Pair]) -> Paired:
    by_a, by_b = ([record.outcome == "accepted" for record in side] for side in zip(*pairs, strict=True))
    return paired(by_a, by_b, [in_a.person for in_a, _ in pairs])


def _longer(pairs: Sequence[Pair]) -> str:
    """Which run holds every attempt of the other first, picture and answers, and at least one more; '' for none."""
    for name, sides in {"A": pairs, "B": [(in_b, in_a) for in_a, in_b in pairs]}.items():
        tried = [(_answers(one), _answers(other)) for one, other in sides]
        if all(one[: len(other)] == other for one, other in tried) and any(one != other for one, other in tried):
            return name
    return ""


def _answers(record: SampleRecord) -> list[tuple]:
    return [(step.picture, step.judgement) for step in record.attempts]


def power(a: Run, b: Run) -> pd.DataFrame:
    """What comparing A and B could tell, from their listings alone, before any answer is looked at.

    differing  on how many samples the two would differ, of those listed in both: all, half, a quarter
    win rate   how many of these one of them must win in truth, so that the exact sign test tells it four times of
               five; missing where no rate would do
    """
    shared = len({line.sample_id for line in a.listing.lines} & {line.sample_id for line in b.listing.lines})
    rows = [(shared // part, least_rate_told(shared // part)) for part in (1, 2, 4)]
    return pd.DataFrame(rows, columns=["differing", "win rate"]).astype({"win rate": "float64"})


def _pairs(a: Run, b: Run, ends: Sequence[Outcome]) -> tuple[list[Pair], dict[str, int]]:
    """The samples that ended like this in both, and how many are left out for which reason."""
    ids_a, ids_b = ([line.sample_id for line in run.listing.lines] for run in (a, b))
    shared = set(ids_a) & set(ids_b)
    records_a, records_b = ({record.sample_id: record for record in run.records} for run in (a, b))
    aside = Counter({"only in A": len(set(ids_a) - shared), "only in B": len(set(ids_b) - shared)})
    pairs = []
    for sample_id in ids_a:
        in_a, in_b = records_a.get(sample_id), records_b.get(sample_id)
        if sample_id not in shared:
            continue
        if why := _without(in_a, in_b, ends):
            aside[why] += 1
        elif in_a.pictures != in_b.pictures:  # of every role, also of those that only one of them has
            aside["with other pictures under the same id"] += 1
        else:
            pairs.append((in_a, in_b))
    return pairs, aside


def _without(in_a: SampleRecord | None, in_b: SampleRecord | None, ends: Sequence[Outcome]) -> str:
    """Where a sample has no outcome to compare, and what it has there; '' where both have one."""
    words = {"not_judged": "not judged", "running": "not finished"}
    outcomes = {"A": in_a.outcome if in_a else "not begun", "B": in_b.outcome if in_b else "not begun"}
    without = [f"{words.get(end, end)} in {name}" for name, end in outcomes.items() if end not in ends]
    return " and ".join(without)


def _warnings(a: Run, b: Run) -> tuple[str, ...]:
    """What differs between the runs and decides what is accepted."""
    warnings = []
    rules = zip(asdict(a.rubric.rule).items(), asdict(b.rubric.rule).values(), strict=True)
    if other := [f"{name} is {mine} in A, {theirs} in B" for (name, mine), theirs in rules if mine != theirs]:
        warnings.append(f"The rules differ: {'; '.join(other)}.")
    if a.rubric.constraints != b.rubric.constraints:
        warnings.append(f"The rubrics ask in other words: A {a.rubric.name!r}, B {b.rubric.name!r}.")
    judges_a, judges_b = (list(run.info.cards("judge").values()) for run in (a, b))
    if [_deciding(card) for card in judges_a] != [_deciding(card) for card in judges_b]:
        warnings.append(
            f"The judges differ: A {_names(judges_a)}, B {_names(judges_b)}; "
            "what is accepted by one need not be by the other."
        )
    return tuple(warnings)


def _deciding(card: ModelCard) -> tuple:
    return card.name, card.revision, card.settings


def _names(cards: list[ModelCard]) -> str:
    return joined(f"{card.name} {card.revision[:12]}" for card in cards) if cards else "none"


# ---- as tables -------------------------------------------------------------------------------------------------------


def outcomes(found: Comparison) -> pd.DataFrame:
    """Samples by who accepted them, then those left out by reason: rows by name, column 'samples'."""
    counts = {
        "accepted by both": found.accepted.both,
        "only by A": found.accepted.only_a,
        "only by B": found.accepted.only_b,
        "by neither": found.accepted.neither,
        **{f"not compared: {reason}": count for reason, count in found.aside.items()},
    }
    return pd.DataFrame({"samples": counts})


def kept_failures(found: Comparison) -> pd.DataFrame:
    """What the chosen attempts fail: one row per constraint, in gate order.

    n     samples whose chosen attempts in A and in B both scored it
    A, B  of these, in which it failed, each by its own run's rule
    """
    chosen = [(_chosen(in_a), _chosen(in_b)) for in_a, in_b in found.pairs]
    rows = [{"constraint": key, **_failed(key, chosen, found)} for key in found.rubric.keys]
    return pd.DataFrame(rows, columns=["constraint", "A", "B", "n"])


def _failed(key: str, chosen: Iterable[tuple[StepRecord | None, StepRecord | None]], found: Comparison):
    scored = [(in_a, in_b) for in_a, in_b in chosen if _scored(in_a, key) and _scored(in_b, key)]
    return {
        "A": sum(key in failures(in_a.judgement, found.a.rubric) for in_a, _ in scored),
        "B": sum(key in failures(in_b.judgement, found.b.rubric) for _, in_b in scored),
        "n": len(scored),
    }


def _chosen(record: SampleRecord) -> StepRecord | None:
    return next((step for step in record.steps if step.number == record.chosen), None)


def _scored(step: StepRecord | None, key: str) -> bool:
    return step is not None and step.judgement is not None and step.judgement.scores[key].score is not None


def ledgers(found: Comparison) -> pd.DataFrame:
    """What A and B spent on the compared samples: rows 'A' and 'B', columns <argument>.<calls, seconds, ...>.

    Seconds are the models' own time; a column is missing where neither counted it.
    """
    rows: dict[str, dict[str, Any]] = {
        name: {
            f"{argument}.{what}": value
            for argument, each in ledger.items()
            for what, value in each.model_dump(exclude_none=True).items()
        }
        for name, ledger in spent(found).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def spent(found: Comparison) -> dict[str, Ledger]:
    sides = zip("AB", zip(*found.pairs, strict=True), strict=True)
    return {name: together(*(record.spent for record in side)) for name, side in sides}
