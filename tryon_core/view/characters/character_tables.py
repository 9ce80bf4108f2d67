"""What the flows of characters found, as tables: the terms of each candidate, and identity by each way."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...flows.characters.character_terms import TERMS
from ...records import Measurement
from ...runs.reading import Run
from ...steps import SampleRecord, StepRecord

IDENTITY = "face_identity"


def candidates(run: Run) -> pd.DataFrame:
    """A row per candidate: sample, step, stage, what it was made from, its terms (0-10, or why not), the potential."""
    rows = [
        {
            "sample_id": record.sample_id,
            "step": step.number,
            "stage": step.stage,
            "from": f"step {step.parent}" if step.parent else "the picture",
            **{term: rounded(step.data.get("terms", {}).get(term, "not asked")) for term in TERMS},
            "potential": rounded(step.data.get("unranked", step.data.get("potential", ""))),
            "kept": "kept" if keeps(record, step) else "",
        }
        for record in run.records
        for step in pictures_of(record)
        if "candidate" in step.data
    ]
    columns = ("sample_id", "step", "stage", "from", *TERMS, "potential", "kept")
    return pd.DataFrame(rows, columns=columns)


def identities(runs: Mapping[str, Run], metric: str = IDENTITY) -> pd.DataFrame:
    """A row per sample: the metric before, and of what each way keeps, or the reason why there is none.

    runs    way -> its run, of flow inpaint or face_swap; only face_swap measures the picture as it was
    """
    rows: dict[str, dict[str, Any]] = {}
    for way, run in runs.items():
        for record in run.records:
            row = rows.setdefault(record.sample_id, {})
            if record.steps and record.steps[0].stage == "original":
                row["before"] = _scored(record.steps[0], metric)
            row[way] = _scored(kept, metric) if (kept := kept_of(record)) else _why(record)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["before", *runs])
    return table.dropna(axis=1, how="all").rename_axis("sample_id").reset_index()


def kept_of(record: SampleRecord) -> StepRecord | None:
    """The step whose picture is kept; None for none."""
    return None if record.chosen is None else record.steps[record.chosen - 1]


def keeps(record: SampleRecord, step: StepRecord) -> bool:
    """Whether this step's picture is the one kept, also where a later step judges the same picture."""
    kept = kept_of(record)
    return kept is not None and step.number in (kept.number, kept.parent if kept.stage == "chosen" else kept.number)


def pictures_of(record: SampleRecord) -> list[StepRecord]:
    """The steps but the last judgement, which shows a picture again."""
    return [step for step in record.steps if step.stage != "chosen"]


def rounded(value: Any) -> Any:
    """A number to 0.01; anything else as it is."""
    return round(value, 2) if isinstance(value, float) else value


def _why(record: SampleRecord) -> str:
    """Why nothing is kept, short enough for a table."""
    return record.reason.partition(":")[0] if record.outcome == "refused" else record.outcome


def _scored(step: StepRecord, metric: str) -> float | str:
    found = step.scores.get(metric, "not scored")
    return found.value if isinstance(found, Measurement) else found
