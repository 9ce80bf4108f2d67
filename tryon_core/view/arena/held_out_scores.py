"""The held-out scores of runs: the one table that an evaluation makes and the arena reads.

One row per run, candidate picture and metric. A candidate picture is that of a step with a picture, in every flow; a
step that shows its parent's picture again (stage 'chosen' of a search) needs no row, and one does no harm.

run        place of the run, as `run.store.url` has it
sample_id  of the sample
person     who is shown, as `SampleRecord.person` has it
step       number of the step, from 1
metric     name of the metric, such as 'truth_ssim'
value      the number; NaN where there is none
unit       of the value, as in its Measurement
better     'higher' or 'lower': which way is good; one way for all rows of a metric
scorer     what gave it, as its model card is named: 'truth'
reason     why there is no number; '' where there is one

Further columns are left alone. Steps or metrics without a row are unscored, with the reason 'no row'.
"""

from collections.abc import Sequence

import pandas as pd

from ...errors import BadInput
from ...runs.reading import Run
from ..tables.totals import joined

HELD_OUT = {
    **dict.fromkeys(("run", "sample_id", "person"), "str"),
    **{"step": "int64", "metric": "str", "value": "float64"},
    **dict.fromkeys(("unit", "better", "scorer", "reason"), "str"),
}
_KEY = ["run", "sample_id", "step", "metric"]


def checked(scores: pd.DataFrame, runs: Sequence[Run]) -> pd.DataFrame:
    """The columns of HELD_OUT for these runs' rows, after the table was looked through.

    raises  BadInput where a column is missing or has gaps, a run has no row, a picture has two numbers of a metric, a
            metric has no direction or two, or there is neither number nor reason
    """
    if missing := [name for name in HELD_OUT if name not in scores]:
        raise BadInput(f"the held-out scores have no column {joined(missing)}; make them with evaluation.held_out")
    places = [run.store.url for run in runs]
    rows = scores.loc[scores.run.isin(places), list(HELD_OUT)].fillna({"reason": ""})
    empty = rows.drop(columns="value").isna().any()
    if empty.any():
        raise BadInput(
            f"the held-out scores have rows without {joined(empty.index[empty])}; only a value may be missing"
        )
    rows = rows.astype(HELD_OUT).reset_index(drop=True)
    if without := [place for place in places if place not in set(rows.run)]:
        raise BadInput(f"the held-out scores have no row of {without[0]}; score that run with evaluation.held_out")
    _check_rows(rows)
    return rows


def _check_rows(rows: pd.DataFrame) -> None:
    if (twice := rows.duplicated(_KEY)).any():
        row = rows[twice].iloc[0]
        raise BadInput(f"{row.metric} of step {row.step} of {row.sample_id} in {row.run} is scored twice; keep one row")
    if len(odd := rows[~rows.better.isin(("higher", "lower"))]):
        raise BadInput(f"better is 'higher' or 'lower', got {odd.better.iloc[0]!r} for {odd.metric.iloc[0]}")
    ways = rows.groupby("metric")[["better", "unit"]].nunique().max(axis=1)
    if (ways > 1).any():
        raise BadInput(f"{ways.idxmax()} has more than one direction or unit; give two metrics two names")
    if len(silent := rows[rows.value.isna() & (rows.reason == "")]):
        row = silent.iloc[0]
        raise BadInput(f"{row.metric} of step {row.step} of {row.sample_id} has neither a number nor a reason")
