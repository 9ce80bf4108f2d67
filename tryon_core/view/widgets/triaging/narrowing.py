"""Which of the pictures behind a bar are shown, and in which order."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, get_args

import pandas as pd

from ....runs.reading import Run
from ....steps import Outcome
from ...tables import slices
from .said import Item

Row = Mapping[str, Any]
LISTED = "as listed"
ORDERS: dict[str, tuple[str, int]] = {  # words -> (what is sorted by, 1 smallest first or -1 largest first)
    "lowest score first": ("score", 1),
    "highest score first": ("score", -1),
    "fell most first": ("change", 1),
    "rose most first": ("change", -1),
}
ALL = "all"
_FEWEST_VALUES, _MOST_VALUES = 2, 12


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What a person asked for; '' and ALL leave nothing out.

    search   part of a sample id
    slice    'name: value' of what is known of a sample
    outcome  of the sample
    failed   a constraint that failed too
    order    LISTED or one of ORDERS, by the constraint that is looked at
    """

    search: str = ""
    slice: str = ALL
    outcome: str = ALL
    failed: str = ALL
    order: str = LISTED


class Pictures:
    """The judged attempts of a run, to narrow and to sort."""

    def __init__(self, run: Run):
        self._run, self._rows = run, {_item(row): row for row in run.step_rows if row["attempt"]}
        self._slices = _slices(run)
        self.narrowed = lru_cache(4)(self._narrowed)  # asked for many times while all is drawn once
        self._outcomes = {row["sample_id"]: row["outcome"] for row in run.step_rows}

    def __contains__(self, item: Item) -> bool:
        return item in self._rows

    def __getitem__(self, item: Item) -> Row:
        return self._rows[item]

    @cached_property
    def _steps(self) -> dict[tuple[str, int], Row]:
        return {(row["sample_id"], row["step"]): row for row in self._run.step_rows}

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """What may be asked for, by field of Narrowing."""
        keys = self._run.rubric.keys if self._run.rubric else ()
        return {
            "slice": (ALL, *self._slices),
            "outcome": (ALL, *get_args(Outcome)),
            "failed": (ALL, *keys),
            "order": (LISTED, *(ORDERS if keys else ())),
        }

    def _narrowed(self, behind: tuple[Item, ...], asked: Narrowing, constraint: str) -> tuple[Item, ...]:
        """Each picture once, in the order asked for; what has no such number comes last, as listed."""
        kept = [item for item in dict.fromkeys(behind) if self._fits(item, asked)]
        if asked.order == LISTED:
            return tuple(kept)
        number, way = ORDERS[asked.order]
        value: Callable[[Item, str], float | None] = getattr(self, number)
        numbers = {item: value(item, constraint) for item in kept}
        missing = [item for item in kept if numbers[item] is None]
        there = [item for item in kept if numbers[item] is not None]
        return (*sorted(there, key=lambda item: way * numbers[item]), *missing)

    def _fits(self, item: Item, asked: Narrowing) -> bool:
        sample_id, row = item[0], self._rows.get(item)
        return (
            asked.search.casefold() in sample_id.casefold()
            and (asked.slice == ALL or sample_id in self._slices[asked.slice])
            and (asked.outcome == ALL or self._outcome(sample_id) == asked.outcome)
            and (asked.failed == ALL or bool(row) and self._failed(row, asked.failed))
        )

    def _outcome(self, sample_id: str) -> str:
        """Of its rows; a sample without a step has none, so that its record is read."""
        if sample_id not in self._outcomes:
            self._outcomes |= {record.sample_id: record.outcome for record in self._run.records_of([sample_id])}
        return self._outcomes.setdefault(sample_id, "")

    def _failed(self, row: Row, key: str) -> bool:
        score = row[f"score.{key}"]
        return score is not None and score < self._run.rubric.rule.accept_at

    def score(self, item: Item, constraint: str) -> float | None:
        row = self._rows.get(item)
        return row[f"score.{constraint}"] if row else None

    def change(self, item: Item, constraint: str) -> float | None:
        """The score less that of the attempt it was made from; None where either is missing."""
        row = self._rows.get(item)
        before = self._steps.get((item[0], row["parent"])) if row else None
        now, then = (each and each[f"score.{constraint}"] for each in (row, before))
        return None if now is None or then is None else now - then


def _slices(run: Run) -> dict[str, frozenset[str]]:
    """'name: value' -> the samples it is known of, for facts with few enough values to choose from."""
    samples: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in slices.facts(run)}
    for line in run.listing.lines:
        for name, by_value in samples.items():
            by_value[str(line.known.get(name, "")) or slices.NOT_GIVEN].append(line.sample_id)
    return {
        f"{name}: {value}": frozenset(by_value[value])
        for name, by_value in samples.items()
        if _FEWEST_VALUES <= len(by_value) <= _MOST_VALUES
        for value in slices.values(pd.Series([*by_value]))
    }


def _item(row: Row) -> Item:
    return row["sample_id"], row["attempt"]
