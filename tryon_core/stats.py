"""Counts with their uncertainty: shares, times to an event and paired differences, each with its interval."""

import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from .errors import BadInput


@dataclass(frozen=True)
class Share:
    """`count` of `n` with its interval at `level`; n is at least 1, since a share of nothing is no number."""

    count: int
    n: int
    low: float
    high: float
    level: float

    @property
    def share(self) -> float:
        return self.count / self.n

    def __str__(self) -> str:
        return f"{self.share:.0%} ({self.level:.0%} interval {self.low:.0%} to {self.high:.0%})"


def wilson(successes: int, n: int, level: float = 0.95) -> Share:
    """A share with Wilson's score interval, which stays inside 0..1 and is honest for few trials.

    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212; recommended for small n by L. D. Brown, T. T. Cai and
    A. DasGupta, Statist. Sci. 16 (2001) 101-133.

    successes  0..n
    n          trials, at least 1
    level      confidence, between 0 and 1
    raises     BadInput for anything else: no trials have no share
    """
    if n < 1 or not 0 <= successes <= n or not 0 < level < 1:
        raise BadInput(
            f"a share needs n >= 1, 0 <= successes <= n and 0 < level < 1, got n={n}, successes={successes}, "
            f"level={level}; say 'nothing to count' where n is 0"
        )
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = 0.0 if successes == 0 else middle - half  # exact at the ends, where rounding would leave a stray 1e-17
    high = 1.0 if successes == n else middle + half
    return Share(successes, n, low, high, level)


def done_by(finished_at: Iterable[int | None], last: int) -> list[int]:
    """How many were done at step 1, 2 ... `last` or before; None is never done.

    finished_at  the step (from 1) at which each one was done
    returns      `last` cumulative counts
    """
    steps = [step for step in finished_at if step is not None]
    return [sum(step <= limit for step in steps) for limit in range(1, last + 1)]


@dataclass(frozen=True)
class Remaining:
    """Kaplan-Meier's estimate just after one step; low and high are None where nothing or everything is done."""

    step: int
    at_risk: int  # still followed and not done before this step
    done: int  # at this step
    share: float  # not done by now
    low: float | None
    high: float | None


def kaplan_meier(last_step: Sequence[int], done: Sequence[bool], level: float = 0.95) -> list[Remaining]:
    """Share not done after step 1, 2 ... up to the last step of all, where some are lost from sight undone.

    E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53 (1958) 457-481; interval of log(-log S) with Greenwood's variance,
    J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data (1980). Computed by scipy.

    last_step  the step (from 1) at which each one was done, or up to which it was followed
    done       whether it was done then
    raises     BadInput where there is nobody to follow
    """
    import numpy as np
    from scipy.stats import CensoredData, ecdf

    if not len(last_step) or len(last_step) != len(done):
        raise BadInput(f"one last step and one done for each, at least one; got {len(last_step)} and {len(done)}")
    step_N, done_N = np.asarray(last_step), np.asarray(done, dtype=bool)
    remaining = ecdf(CensoredData(uncensored=step_N[done_N], right=step_N[~done_N])).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # log(-log S) where S is 0 or 1: no interval, None below
        interval = remaining.confidence_interval(level, method="log-log")

    def after(step: int) -> Remaining:
        share = float(remaining.evaluate(step))
        bounds = (float(side.evaluate(step)) if 0 < share < 1 else None for side in (interval.low, interval.high))
        return Remaining(step, int((step_N >= step).sum()), int((step_N[done_N] == step).sum()), share, *bounds)

    return [after(step) for step in range(1, int(step_N.max()) + 1)]


@dataclass(frozen=True)
class Paired:
    """Two yes-or-no answers for each of n; `p` is None where the two never differ."""

    both: int
    only_a: int
    only_b: int
    neither: int
    p: float | None  # exact sign test of only_a against only_b, two-sided
    difference: float  # share of A minus share of B
    low: float
    high: float
    level: float

    @property
    def n(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither


def paired(a: Sequence[bool], b: Sequence[bool], level: float = 0.95) -> Paired:
    """Compare two answers on the same things, e.g. accepted by one run and by another.

    The exact sign test looks only at those that differ (W. J. Dixon and A. M. Mood, J. Am. Stat. Assoc. 41 (1946)
    557-566; McNemar's test without its approximation). The interval is D. G. Bonett and R. M. Price's adjusted Wald
    interval for a paired difference, J. Educ. Behav. Stat. 37 (2012) 479-488: honest for few pairs.

    raises   BadInput where there are no pairs
    """
    from scipy.stats import binomtest

    if not a or len(a) != len(b):
        raise BadInput(f"pairs need as many of A as of B, at least one; got {len(a)} and {len(b)}")
    counts = [sum(bool(x) == one and bool(y) == other for x, y in zip(a, b, strict=True)) for one, other in _CELLS]
    _, only_a, only_b, _ = counts
    n, differ = len(a), only_a + only_b
    share_a, share_b = (only_a + 1) / (n + 2), (only_b + 1) / (n + 2)
    half = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt((share_a + share_b - (share_a - share_b) ** 2) / (n + 2))
    return Paired(
        *counts,
        p=float(binomtest(only_a, differ).pvalue) if differ else None,
        difference=(only_a - only_b) / n,
        low=max(-1.0, share_a - share_b - half),
        high=min(1.0, share_a - share_b + half),
        level=level,
    )


_CELLS = ((True, True), (True, False), (False, True), (False, False))
