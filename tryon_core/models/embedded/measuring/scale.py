"""From a measured value to a score, a finding and a fix: the same way for every measurement.

A constraint's score is the lowest of its readings, never a mean: a mean hides a zero.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....errors import BadInput
from ....records import Fix, Measurement, Region, Score
from ..aspects import ASPECTS, unit_of

ACCEPTED = 8.0  # a score at which a reading asks for nothing


def score_from(value: float, good: float, bar: float, bad: float) -> float:
    """0-10, piecewise linear: 10 at `good` or better, 8 at `bar`, 0 at `bad` or worse.

    Halfway from bar to bad is 4, where a critical constraint restarts. good < bar < bad where lower values are better,
    good > bar > bad where higher ones are. Cut (not rounded) to two decimals, so that 8 is never given beyond the bar.
    """
    if not (good < bar < bad or good > bar > bad):
        raise BadInput(f"good, bar and bad must rise or fall, got {good}, {bar}, {bad}")
    beyond_good, beyond_bar = (value - good) / (bar - good), (value - bar) / (bad - bar)
    score = 10 - 2 * beyond_good if beyond_bar <= 0 else 8 * (1 - beyond_bar)
    return math.floor(min(max(score, 0.0), 10.0) * 100) / 100


def significant(value: float, digits: int = 4) -> float:
    """Rounded to significant digits, so that records do not depend on the last bits of a sum."""
    return float(f"{round(value, 9):.{digits}g}")


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What values of one measurement are worth; each measurement says in a comment what its bars were set from."""

    unit: str
    good: float
    bar: float
    bad: float

    def above(self, harmless: float) -> "Bar":
        """The same, but not below what a harmless change of these very pictures gives; for lower is better."""
        return replace(self, bar=float(np.clip(harmless, self.bar, (self.bar + self.bad) / 2)))

    @property
    def better(self) -> str:
        return "lower" if self.good < self.bad else "higher"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One measured value with its bar, said in words, placed in the picture, and what would mend it.

    says   a true sentence with the number, without a full stop
    fixes  kept only where the value is beyond its bar
    """

    name: str
    value: float
    bar: Bar
    says: str
    region: Region | None = None
    fixes: tuple[Fix, ...] = ()

    @property
    def score(self) -> float:
        return score_from(significant(self.value), self.bar.good, self.bar.bar, self.bar.bad)

    @property
    def measurement(self) -> Measurement:
        return Measurement(value=significant(self.value), unit=self.bar.unit, bar=self.bar.bar, better=self.bar.better)


def conclude(readings: Sequence[Reading]) -> Score:
    """The constraint's answer: the lowest score; what is wrong, worst first, or the weakest point where all is well."""
    worst_first = sorted(readings, key=lambda reading: reading.score)
    failed = [reading for reading in worst_first if reading.score < ACCEPTED]
    said = failed or worst_first[:1]
    return Score(
        score=worst_first[0].score,
        region=said[0].region,
        finding="; ".join(reading.says for reading in said),
        fixes=tuple(fix for reading in failed for fix in reading.fixes),
        evidence={reading.name: reading.measurement for reading in readings},
    )


def nothing_to_see(reason: str) -> Score:
    """Not applicable: there is nothing this constraint could be about."""
    return Score(status="not_applicable", score=None, reason=reason)


def not_measured(reason: str) -> Score:
    """Unscored: there was something to measure and it could not be measured."""
    return Score(status="unscored", score=None, reason=reason)


def fix(text: str, aspect: str = "", amount: float = 0.0, part: str = "") -> Fix:
    """A correction in words and, where the classical generator has a parameter for it, as a signed amount.

    aspect   a key of ASPECTS, or empty where only words are known
    part     of what, where there are several: left, right
    returns  a Fix whose constraint the judge fills in: one measurement can answer constraints of several rubrics
    """
    if aspect and aspect not in ASPECTS:
        raise BadInput(f"no aspect is called {aspect!r}; known: {', '.join(ASPECTS)}")
    unit = unit_of(aspect) if aspect else ""
    return Fix(
        constraint="", text=text, aspect=aspect, part=part, amount=significant(amount, 3) if aspect else 0.0, unit=unit
    )
