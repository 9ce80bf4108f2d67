"""Which of two strategies is better at a budget by held-out metrics; never by what selected, without saying so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from ....errors import TryonError
from ....runs.reading import Run
from ...arena.contest import Arena, Held, arena
from ...arena.entries import Entry
from ...arena.strategy_looks import budget_words
from ...arena.winning import wins
from ...tables.totals import plural
from ...units import in_words

NO_SCORES = (
    "Which side is better is not said, since what selects may not report. Give held_out=, the scores of both runs that "
    "evaluation.held_out makes."
)
NO_NUMBER = "one side has no number"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One held-out metric at one budget.

    circular       a side selected on it, or on what gave it: it says nothing about which is better
    a, b           of this sample's kept pictures, or why there is no number
    here, overall  which is better in this sample, and over all
    """

    metric: str
    circular: bool
    a: str
    b: str
    here: str
    overall: str


class HeldOut:
    """The held-out scores of two runs, compared at any budget; nothing is computed before it is asked for.

    scores   see arena.held_out_scores; None: there are none
    """

    def __init__(self, runs: Mapping[str, Run], scores: pd.DataFrame | None):
        self._runs, self._scores = runs, scores
        self._arena = lru_cache(8)(self._arena_of)
        self._wins = lru_cache(64)(lambda unit, budget: wins(self._arena(unit), budget=budget, circular=True))
        self.trouble, self.verdicts = lru_cache(8)(self._trouble), lru_cache(64)(self._verdicts)

    def _arena_of(self, unit: str) -> Arena:
        return arena(*self._runs.values(), scores=self._scores, unit=unit)

    def _trouble(self, unit: str) -> str:
        """Why nothing can be said, in a sentence; '' where something can."""
        if self._scores is None:
            return NO_SCORES
        try:
            self._arena(unit)
        except TryonError as e:
            return f"Nothing held out can be compared: {e}"
        return ""

    def _verdicts(self, sample_id: str, unit: str, budget: float) -> list[Verdict]:
        """One per metric that is scored, those that are not circular first; none where there is trouble."""
        if self.trouble(unit):
            return []
        contest, table = self._arena(unit), self._wins(unit, budget)
        entries = contest.by_sample.get(sample_id, {})
        both = [entries.get(strategy) for strategy in contest.strategies]
        found = [_verdict(contest.held[row.metric], row, both, budget) for row in table.itertuples()]
        return sorted(found, key=lambda verdict: verdict.circular)

    def headline(self, sample_id: str, unit: str, budget: float) -> str:
        """The finding in a sentence, by the first metric that is not circular and has numbers."""
        at = f"At {budget_words(budget, unit)}"
        honest = [verdict for verdict in self.verdicts(sample_id, unit, budget) if not verdict.circular]
        if not honest:
            return f"{at}: which side is better is not said"
        first = next((verdict for verdict in honest if verdict.here != NO_NUMBER), honest[0])
        return f"{at}: {first.here} in {sample_id} by {first.metric.replace('_', ' ')}, held out"


def _verdict(held: Held, row: Any, both: Sequence[Entry | None], budget: float) -> Verdict:
    """`row`: of the table of wins, over all samples; `both`: this sample under A and B."""
    numbers = [held.of(entry, budget) if entry else None for entry in both]
    a, b = (_words(held, *each, budget) for each in zip(both, numbers, strict=True))
    return Verdict(metric=row.metric, circular=row.circular, a=a, b=b, here=_which(*numbers), overall=_overall(row))


def _words(held: Held, entry: Entry | None, value: float | None, budget: float) -> str:
    """The number of what is kept, or why there is none."""
    if entry is None:
        return "not compared: the sample did not end in both runs"
    if value is not None:
        return in_words(held.unit).amount(held.sign * value)
    pick = entry.pick(budget)
    if pick is None:
        return "nothing is kept at this budget"
    return f"no number: {held.reasons.get((entry.strategy, entry.sample_id, pick.step), 'no row')}"


def _which(a: float | None, b: float | None) -> str:
    if a is None or b is None:
        return NO_NUMBER
    if abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1.0):
        return "both are equal"
    return f"{'A' if a > b else 'B'} is better"


def _overall(row: Any) -> str:
    """E.g. 'A better in 7, B in 3, equal in 2 of 12 samples of 6 persons (sign-flip p = 0.2: none is told)'."""
    n = row.wins + row.losses + row.ties
    if not n:
        return f"No sample has a number on both sides ({row.why_unscored})"
    counts = f"A better in {row.wins}, B in {row.losses}, equal in {row.ties} of {n} {plural('sample', n)}"
    who = f" of {row.persons} {plural('person', row.persons)}" if row.persons < n else ""
    test = "no difference" if pd.isna(row.flip_p) else f"sign-flip p = {row.flip_p:.2g}"
    told = "" if row.told or pd.isna(row.flip_p) else ": no difference can be told"
    left = f"; {row.unscored} without a number" if row.unscored else ""
    return f"{counts}{who} ({test}{told}){left}"
