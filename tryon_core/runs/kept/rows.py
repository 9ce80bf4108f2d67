"""All steps of a run as one table: attempts.parquet, written when it ends, a faster copy of the records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...records import Measurement, SampleLine
from ...rubrics.rules import Rubric, failures
from ...steps import SampleRecord, StepRecord

PLAIN = (str, int, float, bool)


def step_rows(records: Iterable[SampleRecord], rubric: Rubric | None) -> list[dict[str, Any]]:
    """One flat row per step: who, how it was asked for, scores, decision, cost.

    person         who is shown (SampleRecord.person)
    attempt        its number among the judged steps; missing where it has no judgement
    score.<key>    per constraint of the rubric (missing: not scored), with status.<key>
    measured.<name>  numbers of the step, only where they were measured
    data.<name>    what the flow found, plain values only
    spent.<argument>.<what>  calls, seconds, and what else was counted
    known.<name>   what is known of the sample
    """
    return [row for record in records for row in _rows(record, rubric)]


def _rows(record: SampleRecord, rubric: Rubric | None) -> Iterator[dict[str, Any]]:
    attempt = 0
    for step in record.steps:
        attempt += step.judgement is not None
        yield {
            "sample_id": record.sample_id,
            "person": record.person,
            "step": step.number,
            "stage": step.stage,
            "parent": step.parent,
            "attempt": attempt if step.judgement else None,
            "decision": str(step.decision) if step.decision else None,
            "judged": step.judged,
            **_scores(step, rubric),
            "prompt": step.request["prompt"] if step.request else None,
            "noise_seed": step.request["noise"]["seed"] if step.request else None,
            "picture": step.picture,
            **{f"measured.{name}": one.value for name, one in step.scores.items() if isinstance(one, Measurement)},
            **{f"data.{name}": value for name, value in step.data.items() if isinstance(value, PLAIN)},
            **{
                f"spent.{argument}.{name}": value
                for argument, spent in step.spent.items()
                for name, value in spent.model_dump(exclude_none=True).items()
            },
            "chosen": record.chosen == step.number,
            "outcome": record.outcome,
            **{f"known.{name}": value for name, value in record.line.known.items()},
        }


def _scores(step: StepRecord, rubric: Rubric | None) -> dict[str, Any]:
    if rubric is None:
        return {}
    given = step.judgement.scores if step.judgement else {}
    failed = failures(step.judgement, rubric) if step.judgement else ()
    return {
        "primary_failure": failed[0] if failed else None,
        **{f"score.{key}": given[key].score if given else None for key in rubric.keys},
        **{f"status.{key}": given[key].status if given else None for key in rubric.keys},
    }


def to_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    """One Parquet file; column types are found from the rows."""
    import pyarrow
    import pyarrow.parquet

    names = dict.fromkeys(name for row in rows for name in row)  # a check that the first row lacks is a column too
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    out = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.Table.from_pydict(columns), out)
    return out.getvalue().to_pybytes()


def _column(values: list[Any]) -> list[Any]:
    """The values as one type: numbers beside texts become texts."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        return values
    return values if len(kinds) < 2 else [None if value is None else str(value) for value in values]


def checked_rows(
    rows: list[dict[str, Any]], lines: Mapping[str, SampleLine], rubric: Rubric | None
) -> list[dict[str, Any]]:
    """The rows as they were read; raises ValueError where they are no table of these samples' steps"""
    texts, numbers = ("sample_id", "person", "stage", "outcome"), ("step", "parent")
    needed = {*texts, *numbers, "attempt", "decision", "judged", "picture"}
    needed |= {f"score.{key}" for key in (rubric.keys if rubric else ())}
    for row in rows:
        wrong = [name for name in texts if not isinstance(row.get(name), str)]
        wrong += [name for name in numbers if not isinstance(row.get(name), int)]
        if wrong or needed - row.keys() or row["sample_id"] not in lines:
            raise ValueError("it is no table of this run's steps")
    return rows
