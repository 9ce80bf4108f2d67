"""What an attempt was followed by: what failed next, what broke after it was met, what was mended.

Rows are attempts in listing order (frames.attempts), so a sample's attempts follow one another. Only where a flow's
shape is a line is the later one a correction of the earlier: see `is_line`.
"""

import pandas as pd

from ...records import Decision
from ...rubrics.rules import Rubric
from ...runs.reading import Run
from ...steps import COUNTED
from .step_tables import counted

ACCEPTED, NOT_JUDGED, NOTHING_FAILED, ENDED = "accepted", "not judged", "nothing failed", "ended"


def is_line(run: Run) -> bool:
    """Whether attempts correct one another: the flow's shape is a line, and no sample has several attempts that were
    all made from the sample itself, as where finished pictures are judged."""
    if run.info.flow.shape != "line":
        return False
    several = [record.attempts for record in run.records if len(record.attempts) > 1]
    return not several or any(step.parent for attempts in several for step in attempts)


def states(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """One row per attempt of a sample that counts (step_tables.counted): sample_id, attempt, state, next.

    state  'accepted', 'not judged', the primary failure, or 'nothing failed' where the rule accepts no such picture
    next   the following attempt's state; 'ended' where there is none (iterations ran out, given up, or not finished
           yet); missing after 'accepted'
    """
    attempts = attempts[attempts.outcome.isin(COUNTED)]
    table = attempts[["sample_id", "attempt"]].copy()
    table["state"] = attempts.primary_failure.astype(object)
    table.loc[table.state.isna(), "state"] = NOTHING_FAILED
    table.loc[~attempts.judged, "state"] = NOT_JUDGED
    table.loc[attempts.decision == Decision.ACCEPT, "state"] = ACCEPTED
    table["next"] = table.groupby("sample_id", sort=False).state.shift(-1).fillna(ENDED)
    table.loc[table.state == ACCEPTED, "next"] = None
    return table


def in_order(rubric: Rubric) -> list[str]:
    """Every state: accepted, then what failed in gate order, then what was not judged or came to an end."""
    return [ACCEPTED, *rubric.keys, NOTHING_FAILED, NOT_JUDGED, ENDED]


def next_failures(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """What failed next: one row per attempt number, state and state after it (in_order).

    n   attempts of this number and state that were followed by `next`
    of  attempts of this number and state
    """
    table = states(attempts, rubric)
    counts = table.dropna(subset="next").groupby(["attempt", "state", "next"], sort=False).size()
    ribbons = counts.rename("n").reset_index()
    ribbons["of"] = ribbons.groupby(["attempt", "state"]).n.transform("sum")
    rank = {state: place for place, state in enumerate(in_order(rubric))}
    by_rank = ribbons.assign(left=ribbons.state.map(rank), right=ribbons.next.map(rank))
    return ribbons.loc[by_rank.sort_values(["attempt", "left", "right"]).index].reset_index(drop=True)


def corrections(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """One row per constraint and correction that scored it before and after. A correction is an attempt that follows
    a judged one with the same noise and other words (RETRY); a restart with new noise is none.

    sample_id, attempt  of the later one
    met_before, met     whether the constraint was met by the earlier and by the later one
    Ordered by constraint (gate order), then as listed.
    """
    columns = [f"score.{key}" for key in rubric.keys]
    before = attempts.groupby("sample_id", sort=False)[[*columns, "judged", "decision"]].shift(1)
    judged = counted(attempts)
    before = before.loc[judged.index]
    before.loc[~((before.decision == Decision.RETRY) & before.judged.eq(True)), columns] = float("nan")
    parts = [
        pd.DataFrame(
            {
                "sample_id": judged.sample_id,
                "attempt": judged.attempt,
                "constraint": key,
                "met_before": before[column] >= rubric.rule.accept_at,
                "met": judged[column] >= rubric.rule.accept_at,
            }
        )[before[column].notna() & judged[column].notna()]
        for key, column in zip(rubric.keys, columns, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def regressions(attempts: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    """What corrections broke and mended: one row per constraint, in gate order.

    broke   met, then failed           met_before     corrections before which it was met
    mended  failed, then met           failed_before  corrections before which it failed
    n       corrections that scored it before and after
    """
    pairs = corrections(attempts, rubric)
    pairs["broke"], pairs["mended"] = pairs.met_before & ~pairs.met, ~pairs.met_before & pairs.met
    pairs["failed_before"], pairs["n"] = ~pairs.met_before, True
    counts = pairs.groupby("constraint")[["broke", "met_before", "mended", "failed_before", "n"]].sum()
    return counts.reindex(list(rubric.keys), fill_value=0).astype("int64").rename_axis("constraint").reset_index()
