"""Two runs beside each other: what differs in what they ran, and the samples that only one of them accepts."""

from typing import Any

import pandas as pd

from ...records import canonical
from ...rubrics.rules import failures
from ...runs.reading import Run
from ...steps import SampleRecord, StepRecord
from .answers_in_words import shown_score
from .versus import Comparison

ABSENT = "not given"


def differences(found: Comparison) -> pd.DataFrame:
    """What is not the same in what A and B ran: rows by name ('parameters.seed'), columns A and B, as text.

    All that decides the answers first, then versions and commit; 'not given' where only one run has it.
    """
    a, b = (_ran(run) for run in (found.a, found.b))
    rows = {name: (a.get(name, ABSENT), b.get(name, ABSENT)) for name in a | b if a.get(name) != b.get(name)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["A", "B"])


def _ran(run: Run) -> dict[str, str]:
    """Everything in run.json by dotted name; constraints by their key, the listing as what it holds."""
    told = run.info.deciding() | {"versions": run.info.versions, "commit": run.info.commit}
    told["listing"] = f"{len(run.listing.lines)} samples (digest {told.pop('listing_digest')[:8]})"
    told["rubric"] = {**told["rubric"], "constraints": {one["key"]: one for one in told["rubric"]["constraints"]}}
    (flat,) = pd.json_normalize(told).to_dict("records")
    return {name: value if isinstance(value, str) else canonical(value) for name, value in flat.items()}


def discordant(found: Comparison) -> pd.DataFrame:
    """The samples that only one of the two runs accepted: one row each, those of A first, in A's order.

    accepted_by             'A' or 'B'
    failed, score, finding  what the other one's chosen attempt fails first, with its score (0-10, as text)
    attempt_A, attempt_B    numbers of the chosen attempts; missing where there is none
    picture_A, picture_B    digests of their pictures
    """
    rows = [_row(found, in_a, in_b) for in_a, in_b in found.pairs if _accepted(in_a) != _accepted(in_b)]
    columns = ["sample_id", "accepted_by", "failed", "score", "finding"]
    columns += ["attempt_A", "attempt_B", "picture_A", "picture_B"]
    table = pd.DataFrame(rows, columns=columns).astype({"attempt_A": "Int64", "attempt_B": "Int64"})
    return table.sort_values("accepted_by", kind="stable", ignore_index=True)


def _row(found: Comparison, in_a: SampleRecord, in_b: SampleRecord) -> tuple[Any, ...]:
    chosen = {"A": _chosen(in_a), "B": _chosen(in_b)}
    winner, loser = ("A", "B") if _accepted(in_a) else ("B", "A")
    failed = _failed_first(chosen[loser][1], {"A": found.a, "B": found.b}[loser])
    numbers = [number for number, _ in chosen.values()]
    pictures = [step.picture if step else None for _, step in chosen.values()]
    return (in_a.sample_id, winner, *failed, *numbers, *pictures)


def _failed_first(step: StepRecord | None, run: Run) -> tuple[str, str, str]:
    """The first constraint in gate order that an attempt fails, its score, what was found; '' where nothing failed."""
    keys = failures(step.judgement, run.rubric) if step else ()
    if not keys:
        return "", "", ""
    score = step.judgement.scores[keys[0]]
    return keys[0], shown_score(score.score), score.finding


def _accepted(record: SampleRecord) -> bool:
    return record.outcome == "accepted"


def _chosen(record: SampleRecord) -> tuple[int | None, StepRecord | None]:
    """The chosen attempt and its number among the attempts."""
    numbered = enumerate(record.attempts, start=1)
    return next(((number, step) for number, step in numbered if step.number == record.chosen), (None, None))
