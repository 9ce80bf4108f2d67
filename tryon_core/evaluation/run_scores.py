"""The held-out scores of a run: each candidate picture scored with the whole sample, the true picture too.

A flow sees a blind sample, so nothing was selected by what is measured here, unless the flow used the same metric.
"""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import Damaged, ModelFailed, Refused
from ..records import Measurement
from ..roles import Scorer, card_of, role_named
from ..runs.batching import serving
from ..runs.journal import Journal
from ..runs.reading import Run
from ..runs.workers import side_by_side
from ..steps import SampleRecord
from .declared_answers import Numbers, as_declared, check, metrics_of, unscored

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    **dict.fromkeys(("run", "strategy", "sample_id", "person"), "str"),
    **{"step": "int64", "stage": "str", "metric": "str", "value": "float64"},
    **dict.fromkeys(("unit", "better", "scorer", "reason"), "str"),
}
MAX_BATCH = 8  # pictures that reach a scorer together


def held_out(
    run: Run, scorers: Sequence[Scorer], *, workers: int = 0, max_batch: int = MAX_BATCH, progress: bool = False
) -> "pd.DataFrame":
    """Every picture that the run drew, scored: one row per step with a picture and metric, in listing order.

    Each answer is kept in the run (calls/KEY.json) before it is used: a second call computes nothing, and one that was
    stopped goes on. A scorer is asked from several threads at once; one with `batch` or `metered` from one.

    scorers  each states its `metrics`; no two state the same
    workers  samples worked on at once; 0: one per core
    returns  columns run (its place), strategy (of a search; else the flow), sample_id, person, step, stage, metric,
             value (NaN where there is none), unit, better ('lower' or 'higher'), scorer (name of its card), reason
             ('' where there is a number)
    raises   BadInput for scorers that cannot be told apart, or answer otherwise than they declare; ModelFailed where
             one broke on every picture
    """
    import pandas as pd

    check(scorers)
    journal = Journal(run.store)
    journal.look_once()
    drawn = [record for record in run.records if any(step.picture for step in record.steps)]
    with serving(dict(zip(map(str, range(len(scorers))), scorers, strict=True)), lambda _: max_batch) as served:
        asked = [_Asked(own, served[str(number)], journal) for number, own in enumerate(scorers)]
        answered = side_by_side(
            lambda record: _of_sample(run, record, asked),
            drawn,
            workers=workers or os.cpu_count() or 1,
            stop=journal.stop,
            progress=progress,
            journal=journal,
        )
    for scorer in asked:
        scorer.check_any_answer()
    rows = [row for record, numbers in zip(drawn, answered, strict=True) for row in _rows(run, record, asked, numbers)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


class _Asked:
    """One scorer, as it is asked: `served` is the same behind a worker that makes batches, where it takes any."""

    def __init__(self, scorer: Any, served: Any, journal: Journal):
        self.scorer, self.served, self.journal = scorer, served, journal
        self.answers, self.failures = 0, list[ModelFailed]()

    def all(self, calls: Sequence[tuple]) -> list[Numbers]:
        """All together; where one was refused or broke, one by one: what is kept is not asked again."""
        try:
            answers = self._journaled().all(calls)
        except (Refused, ModelFailed):
            return [self._alone(call) for call in calls]
        self.answers += len(answers)
        return [as_declared(self.scorer, answer) for answer in answers]

    def _alone(self, call: tuple) -> Numbers:
        try:
            answer = self._journaled()(*call)
        except Refused as e:
            self.answers += 1
            return unscored(self.scorer, f"{e.reason}: {e}")
        except ModelFailed as e:
            self.failures.append(e)
            return unscored(self.scorer, str(e))
        self.answers += 1
        return as_declared(self.scorer, answer)

    def _journaled(self) -> Any:
        """Anew for each question: a second one within a sample is a repeat, with an answer of its own."""
        return self.journal.model(self.served, role_named("scorer"))

    def check_any_answer(self) -> None:
        """raises the first failure where there is nothing else"""
        if self.failures and not self.answers:
            raise self.failures[0]


def _of_sample(run: Run, record: SampleRecord, asked: Sequence[_Asked]) -> list[dict[str, Numbers]]:
    """Per scorer: digest of a picture -> its numbers. A picture that several steps show is looked at once."""
    pictures = list(dict.fromkeys(step.picture for step in record.steps if step.picture))
    try:
        sample = run.sample(record)
        calls = [(sample, run.picture(name)) for name in pictures]
    except Damaged as e:
        return [dict.fromkeys(pictures, unscored(one.scorer, str(e))) for one in asked]
    return [dict(zip(pictures, one.all(calls), strict=True)) for one in asked]


def _rows(
    run: Run, record: SampleRecord, asked: Sequence[_Asked], numbers: Sequence[dict[str, Numbers]]
) -> Iterator[dict[str, Any]]:
    strategy = str(run.info.parameters.get("options", {}).get("strategy", run.info.flow.name))
    common = {"run": run.store.url, "strategy": strategy, "sample_id": record.sample_id, "person": record.person}
    for step in record.steps:
        for one, of_picture in zip(asked, numbers, strict=True):
            scores = of_picture.get(step.picture or "", {})
            for metric in metrics_of(one.scorer) if scores else ():
                score = scores[metric.name]
                measured = isinstance(score, Measurement)
                yield common | {
                    "step": step.number,
                    "stage": step.stage,
                    "metric": metric.name,
                    "value": score.value if measured else float("nan"),
                    "unit": metric.unit,
                    "better": metric.better,
                    "scorer": card_of(one.scorer).name,
                    "reason": "" if measured else score,
                }
