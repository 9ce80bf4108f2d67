"""Counts with their uncertainty: shares with intervals, and how many were done by when."""

import math
from collections.abc import Iterable
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
