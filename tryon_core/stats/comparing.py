"""Two yes-or-no answers on the same things: their difference, a test, and what the test could tell beforehand."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from ..errors import BadInput
from . import FEWEST_CLUSTERS, t_quantile

LEVEL = 0.95
_CELLS = ((True, True), (True, False), (False, True), (False, False))


@dataclass(frozen=True)
class Paired:
    """Two yes-or-no answers for each of n.

    difference  share of A minus share of B
    low, high   its interval; it leaves 0 out exactly where `told`. None over too few clusters
    p           two-sided; None where the two never differ, or over too few clusters
    clusters    groups of pairs that are alike, such as persons; n where each pair stands alone
    """

    both: int
    only_a: int
    only_b: int
    neither: int
    p: float | None
    difference: float
    low: float | None
    high: float | None
    level: float
    clusters: int

    @property
    def n(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def told(self) -> bool:
        """Whether a difference can be told."""
        return self.p is not None and self.p < 1 - self.level

    @property
    def is_clustered(self) -> bool:
        return self.clusters < self.n

    @property
    def test(self) -> str:
        """The name of the test that `p` is of."""
        return f"t-test over {self.clusters} persons" if self.is_clustered else "exact sign test"


def paired(
    a: Sequence[bool], b: Sequence[bool], clusters: Sequence[Hashable] | None = None, level: float = LEVEL
) -> Paired:
    """Compare two answers on the same things, e.g. accepted by one run and by another.

    Where each pair stands alone the exact sign test decides; it looks only at those that differ (W. J. Dixon and A. M.
    Mood, J. Am. Stat. Assoc. 41 (1946) 557-566). The interval is D. G. Bonett and R. M. Price's adjusted Wald interval
    for a paired difference, J. Educ. Behav. Stat. 37 (2012) 479-488, widened to 0 where the test tells no difference.
    Over clusters both are those of Student's t over the clusters' differences, as in stats.clustered.

    raises   BadInput where there are no pairs, or the lengths differ
    """
    clusters = range(len(a)) if clusters is None else clusters
    if not len(a) or not len(a) == len(b) == len(clusters):
        raise BadInput(f"pairs need as many of A as of B, at least one; got {len(a)} and {len(b)}")
    counts = [sum(bool(x) == one and bool(y) == other for x, y in zip(a, b, strict=True)) for one, other in _CELLS]
    _, only_a, only_b, _ = counts
    sums: dict[Hashable, list[int]] = {}
    for x, y, cluster in zip(a, b, clusters, strict=True):
        sums.setdefault(cluster, []).append(bool(x) - bool(y))
    if len(sums) == len(a):
        p, low, high = _alone(only_a, only_b, len(a), level)
    else:
        p, low, high = _over_clusters(list(sums.values()), level)
    return Paired(*counts, p, (only_a - only_b) / len(a), low, high, level, len(sums))


def _alone(only_a: int, only_b: int, n: int, level: float) -> tuple[float | None, float, float]:
    """(p, low, high) of pairs that stand alone."""
    from scipy.stats import binomtest

    p = float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else None
    share_a, share_b = (only_a + 1) / (n + 2), (only_b + 1) / (n + 2)
    half = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt((share_a + share_b - (share_a - share_b) ** 2) / (n + 2))
    low, high = max(-1.0, share_a - share_b - half), min(1.0, share_a - share_b + half)
    return (p, low, high) if p is not None and p < 1 - level else (p, min(low, 0.0), max(high, 0.0))


def _over_clusters(differences: list[list[int]], level: float) -> tuple[float | None, float | None, float | None]:
    """(p, low, high) of pairs in clusters."""
    from scipy.stats import t

    clusters, n = len(differences), sum(map(len, differences))
    if clusters < FEWEST_CLUSTERS:
        return None, None, None
    mean = sum(map(sum, differences)) / n
    square = sum((sum(one) - mean * len(one)) ** 2 for one in differences) * clusters / (clusters - 1)
    if square < 1e-12:  # every cluster says the same: count the clusters
        p, low, high = _alone(clusters * (mean > 0), clusters * (mean < 0), clusters, level)
        return (p, low * abs(mean), high * abs(mean)) if mean else (None, low, high)
    error = math.sqrt(square) / n
    half = t_quantile(level, clusters - 1) * error
    return float(2 * t.sf(abs(mean) / error, clusters - 1)), max(-1.0, mean - half), min(1.0, mean + half)


def sign_test_power(differing: int, rate: float, level: float = LEVEL) -> float:
    """How often the exact sign test tells a difference where A wins each of `differing` pairs with probability `rate`.

    returns  0..1; 0 where even one-sided outcomes are no evidence
    """
    from scipy.stats import binom

    few = int(binom.ppf((1 - level) / 2, differing, 0.5))
    while few >= 0 and 2 * binom.cdf(few, differing, 0.5) >= 1 - level:
        few -= 1
    return 0.0 if few < 0 else float(binom.cdf(few, differing, rate) + binom.sf(differing - few - 1, differing, rate))


def least_rate_told(differing: int, power: float = 0.8, level: float = LEVEL) -> float | None:
    """The smallest win rate above one half that the exact sign test tells with this power; None where none is."""
    from scipy.optimize import brentq

    if sign_test_power(differing, 1.0, level) < power:
        return None
    return float(brentq(lambda rate: sign_test_power(differing, rate, level) - power, 0.5, 1.0, xtol=1e-4))


def power_table(pairs: Iterable[int], power: float = 0.8, level: float = LEVEL) -> dict[int, float | None]:
    """How large a true win rate so many pairs that differ can show, rounded up to a whole percent; None: none at all.

    12 pairs show 0.87, 24 show 0.80, 54 show 0.70 and 108 show 0.64 four times of five.
    """
    least = {differing: least_rate_told(differing, power, level) for differing in pairs}
    return {differing: None if rate is None else math.ceil(100 * rate) / 100 for differing, rate in least.items()}


def holm(p_of: Mapping[Any, float | None]) -> dict[Any, float | None]:
    """Each p so that all may be asked together (S. Holm, Scand. J. Statist. 6 (1979) 65-70); None stays None."""
    known = sorted(((p, name) for name, p in p_of.items() if p is not None), key=lambda each: each[0])
    adjusted, least = dict(p_of), 0.0
    for place, (p, name) in enumerate(known):
        least = max(least, min(1.0, (len(known) - place) * p))
        adjusted[name] = least
    return adjusted
