"""Counts with their uncertainty: shares with their intervals; the files beside it hold the rest."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from ..errors import BadInput

FEWEST_CLUSTERS = 6  # simulated: with fewer, no interval over clusters keeps what it promises


@dataclass(frozen=True)
class Share:
    """`count` of `n` with its interval at `level`; n is at least 1, since a share of nothing is no number.

    low, high  None where there are too few clusters for an interval
    clusters   how many groups of trials that are alike it is over, such as persons; n where each trial stands alone
    """

    count: int
    n: int
    low: float | None
    high: float | None
    level: float
    clusters: int

    @property
    def share(self) -> float:
        return self.count / self.n

    def interval(self, clusters: str = "clusters") -> str:
        """E.g. '95% interval 49% to 97%', '95% interval over 6 persons 30% to 80%', 'no interval over 3 persons'."""
        over = "" if self.clusters == self.n else f" over {self.clusters} {clusters}"
        if self.low is None or self.high is None:
            return f"no interval{over}"
        return f"{self.level:.0%} interval{over} {self.low:.0%} to {self.high:.0%}"

    def __str__(self) -> str:
        return f"{self.share:.0%} ({self.interval()})"


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
    return Share(successes, n, *score_interval(successes, n, level), level, n)


def score_interval(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval, also for an effective number of trials that is no whole number."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low = 0.0 if successes == 0 else middle - half  # exact at the ends, where rounding would leave a stray 1e-17
    high = 1.0 if successes == n else middle + half
    return low, high


def clustered(yes: Sequence[bool], clusters: Sequence[Hashable], level: float = 0.95) -> Share:
    """A share of trials that come in clusters, such as several samples of one person: those of a cluster are alike.

    The t-interval of a ratio over clusters (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, section 9A.1); where
    clusters are equally large it is the t-interval over their means. Wilson's interval where each trial is a cluster of
    its own, and over clusters where all have the same share; none over fewer than FEWEST_CLUSTERS.

    clusters   which one each trial belongs to
    raises     BadInput where there is no trial, or not one cluster for each
    """
    if len(yes) != len(clusters):
        raise BadInput(f"one cluster for each trial; got {len(clusters)} for {len(yes)}")
    count, n = sum(map(bool, yes)), len(yes)
    off: dict[Hashable, float] = {}  # cluster -> how many more than the share of it
    for answer, cluster in zip(yes, clusters, strict=True):
        off[cluster] = off.get(cluster, 0.0) + bool(answer) - count / n
    if len(off) == n:
        return wilson(count, n, level)
    if len(off) < FEWEST_CLUSTERS:
        return Share(count, n, None, None, level, len(off))
    square = sum(one**2 for one in off.values()) * len(off) / (len(off) - 1)
    if square < 1e-12:
        alike = score_interval(count / n * len(off), len(off), level)
        return Share(count, n, *alike, level, len(off))
    half = t_quantile(level, len(off) - 1) * math.sqrt(square) / n
    return Share(count, n, max(0.0, count / n - half), min(1.0, count / n + half), level, len(off))


def t_quantile(level: float, freedom: int) -> float:
    """Half the width, in standard errors, of a two-sided interval of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))
