"""A run's steps, attempts, samples, and numbers of steps as tables, one row each, in listing order, types fixed."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from ...records import Measurement
from ...rubrics.rules import Rubric
from ...runs.reading import Run
from ...steps import COUNTED, SampleRecord, StepRecord
from .measured import is_edit_check
from .spending import seconds
from .totals import accepted_at

_FIRST = {
    **{"sample_id": "str", "person": "str", "step": "int64", "stage": "str", "parent": "int64", "attempt": "Int64"},
    **{"decision": "str", "judged": "bool", "primary_failure": "str"},
}
_REQUEST = {"prompt": "str", "noise_seed": "Int64", "picture": "str"}
_LAST = {"chosen": "bool", "outcome": "str"}
_OPEN = ("measured.", "data.", "spent.", "known.")  # columns that depend on the flow, its models and the source


def steps(run: Run) -> pd.DataFrame:
    """One row per step: the columns of info.step_rows.

    person          who is shown; samples of one person are alike
    attempt         its number among the sample's judged steps; missing where it has no judgement
    score, status   .<constraint>; no such column where no rubric was asked
    measured, data  .<name>: numbers and plain values of the flow's own; a column where any step has it
    spent           .<argument>.<calls, seconds, steps, tokens, money>
    known           .<name>: facts about the sample
    """
    rows = run.step_rows
    names = dict.fromkeys(name for row in rows for name in row if name.startswith(_OPEN))
    by_prefix = [name for prefix in _OPEN for name in names if name.startswith(prefix)]
    types = {name: _type(name, (row.get(name) for row in rows)) for name in by_prefix}
    fixed = {**_FIRST, **_answer_types(run.rubric), **_REQUEST, **_LAST}
    table = pd.DataFrame(rows, columns=[*fixed, *types])
    for name, kind in types.items():
        if kind == "str":  # a table in a file holds texts only where numbers and texts are mixed
            table[name] = [None if pd.isna(value) else str(value) for value in table[name]]
    return table.astype(fixed | types)


def _answer_types(rubric: Rubric | None) -> dict[str, str]:
    keys = rubric.keys if rubric else ()
    return {f"score.{key}": "float64" for key in keys} | {f"status.{key}": "str" for key in keys}


def _type(name: str, values: Iterable[Any]) -> str:
    """The pandas type of a column, missing values left out."""
    if name.startswith("measured."):
        return "float64"
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if name.endswith((".seconds", ".money")) or float in kinds <= {int, float}:
        return "float64"
    return "Int64" if kinds == {int} else "str"


def attempts(run: Run) -> pd.DataFrame:
    """The steps with a judgement; `attempt` counts them within their sample, from 1."""
    table = steps(run)
    return table[table.attempt.notna()].astype({"attempt": "int64"}).reset_index(drop=True)


def counted(attempts: pd.DataFrame) -> pd.DataFrame:
    """The attempts that count in rates, one rule for every table and figure: judged ones, of samples that a judgement
    ended or that still run. Those of samples that were refused, failed or not judged in the end count nowhere."""
    return attempts[attempts.judged & attempts.outcome.isin(COUNTED)]


_SAMPLE_TYPES = {
    **{"sample_id": "str", "outcome": "str", "accepted_at": "Int64", "chosen": "Int64"},
    **{"attempts": "int64", "steps": "int64", "seconds": "float64", "reason": "str"},
}


def samples(run: Run) -> pd.DataFrame:
    """One row per listed sample.

    outcome      of the record, or 'not_begun' where there is none yet
    accepted_at  number of the attempt that was accepted
    chosen       number of the step to keep
    seconds      of all its models; missing before the first step
    """
    records = {record.sample_id: record for record in run.records}
    rows = [_sample_row(line.sample_id, records.get(line.sample_id)) for line in run.listing.lines]
    return pd.DataFrame(rows, columns=list(_SAMPLE_TYPES)).astype(_SAMPLE_TYPES)


def _sample_row(sample_id: str, record: SampleRecord | None) -> dict[str, Any]:
    if record is None:
        return {"sample_id": sample_id, "outcome": "not_begun", "attempts": 0, "steps": 0, "reason": ""}
    return {
        "sample_id": sample_id,
        "outcome": record.outcome,
        "accepted_at": accepted_at(record),
        "chosen": record.chosen,
        "attempts": len(record.attempts),
        "steps": len(record.steps),
        "seconds": seconds(record.spent) if record.steps else None,
        "reason": record.reason,
    }


# ---- numbers of steps ------------------------------------------------------------------------------------------------

_NUMBER_TYPES = {
    **{"sample_id": "str", "step": "int64", "stage": "str", "chosen": "bool"},
    **{"name": "str", "value": "float64", "unit": "str", "bar": "float64", "better": "str"},
}


def step_scores(run: Run) -> pd.DataFrame:
    """One row per number of a step, in listing order: sample_id, step, stage, chosen, name, value, unit, bar, better.

    bar, better   missing where the number is held to no bar
    name          'potential' too, first, where a flow ranks its steps by one; the highest is the best
    What is measured of an edit itself (moved, tinted, put back) is left out.
    """
    rows = [
        (record.sample_id, step.number, step.stage, step.number == record.chosen, *cells)
        for record in run.records
        for step in record.steps
        for cells in _numbers(step)
    ]
    return pd.DataFrame(rows, columns=list(_NUMBER_TYPES)).astype(_NUMBER_TYPES)


def _numbers(step: StepRecord) -> Iterator[tuple]:
    """(name, value, unit, bar, better) of each number of a step."""
    potential = step.data.get("potential")
    if isinstance(potential, int | float):
        yield "potential", potential, "", None, "higher"
    for name, number in step.scores.items():
        if isinstance(number, Measurement) and not is_edit_check(name):
            yield name, *_parts(number)


def _parts(number: Measurement) -> tuple[float, str, float | None, str | None]:
    held = number.bar is not None
    return number.value, number.unit, number.bar, number.better if held else None


def chosen_by(table: pd.DataFrame) -> pd.DataFrame:
    """Where the chosen step stands among its sample's: one row per number, in the order of the table.

    end   'highest' or 'lowest': by the number's bar, else the end at which more chosen steps stand
    best  samples whose chosen step has the number at this end; ties count
    n     samples whose chosen step has the number and another step has it too
    """
    counted = []
    for name, cells in table.groupby("name", sort=False):
        values = cells.groupby("sample_id").value.agg(["min", "max", "size"])
        chosen = cells[cells.chosen].set_index("sample_id").value
        several = values[values["size"] > 1].join(chosen, how="inner")
        at = {"highest": int((several.value == several["max"]).sum())}
        at["lowest"] = int((several.value == several["min"]).sum())
        better = cells.better.dropna()
        ends = {"higher": "highest", "lower": "lowest"}
        end = ends[better.iloc[0]] if len(better) else max(at, key=lambda end: at[end])
        counted.append((name, end, at[end], len(several)))
    return pd.DataFrame(counted, columns=["name", "end", "best", "n"])
