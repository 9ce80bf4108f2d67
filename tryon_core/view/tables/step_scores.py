"""The numbers of a run's steps, and by which of them the chosen step is the best of its sample."""

import pandas as pd

from ...records import Measurement
from ...runs.reading import Run
from .measured import is_edit_check

_TYPES = {
    **{"sample_id": "str", "step": "int64", "stage": "str", "chosen": "bool"},
    **{"name": "str", "value": "float64", "unit": "str", "bar": "float64", "better": "str"},
}


def step_scores(run: Run) -> pd.DataFrame:
    """One row per number of a step, in listing order: sample_id, step, stage, chosen, name, value, unit, bar, better.

    bar, better   missing where the number is held to no bar
    What is measured of an edit itself (moved, tinted, put back) is left out.
    """
    rows = [
        (record.sample_id, step.number, step.stage, step.number == record.chosen, name, *_parts(number))
        for record in run.records
        for step in record.steps
        for name, number in step.scores.items()
        if isinstance(number, Measurement) and not is_edit_check(name)
    ]
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


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
