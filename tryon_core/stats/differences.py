"""Two numbers on the same things: who wins, by how much, and whether that could be chance, over clusters.

Shapes: G clusters, such as persons.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import BadInput
from . import FEWEST_CLUSTERS, t_quantile

LEVEL = 0.95
DRAWS = 20_000  # of signs, from a fixed seed, where there are too many ways to count them all
_ALL_UP_TO = 20  # clusters, of which every one of the 2 ** clusters ways is counted
_ALL_OF_SEVERAL_UP_TO = 12
_ROUNDING = 1e-9  # relative to the size of what is summed


@dataclass(frozen=True)
class Mean:
    """The mean of the clusters' means, each counting once, with its t-interval.

    low, high  None over fewer than FEWEST_CLUSTERS, and where all clusters are equal: then nothing is known of how
               much they vary
    n          numbers in all
    """

    mean: float
    low: float | None
    high: float | None
    level: float
    clusters: int
    n: int


@dataclass(frozen=True)
class Difference:
    """A minus B over pairs, positive where A is the better one.

    wins, losses, ties           pairs; a tie is told apart from both
    clusters_won, clusters_lost  clusters by the sign of their mean; those at 0 are in neither
    sign_p                       exact sign test over clusters, two-sided; None where none was won or lost
    flip_p                       sign-flip test of the mean over clusters, two-sided
    draws                        random signs behind flip_p; None where all were counted
    mean                         of the differences, see Mean
    """

    wins: int
    losses: int
    ties: int
    clusters_won: int
    clusters_lost: int
    sign_p: float | None
    flip_p: float
    draws: int | None
    mean: Mean

    @property
    def n(self) -> int:
        return self.wins + self.losses + self.ties

    @property
    def win_rate(self) -> float | None:
        """Of the pairs that are no ties; None where all are."""
        return self.wins / (self.wins + self.losses) if self.wins + self.losses else None


def differences(values: Sequence[float], clusters: Sequence[Hashable], level: float = LEVEL) -> Difference:
    """Paired differences A - B, signed so that positive is better for A.

    Both tests are over clusters: pairs of one cluster are alike, and many of them are one witness. Where each pair is
    its own cluster they are the usual sign test (W. J. Dixon and A. M. Mood, J. Am. Stat. Assoc. 41 (1946) 557-566)
    and Fisher's randomisation test (The Design of Experiments, 1935, section 21).

    clusters  which one each pair belongs to
    raises    BadInput where there is no pair, a difference is no finite number, or not one cluster for each
    """
    mean = mean_over_clusters(values, clusters, level)
    mean_G = _means(values, clusters)
    won, lost = int((mean_G > 0).sum()), int((mean_G < 0).sum())
    flip_p, draws = sign_flip_p(mean_G)
    return Difference(
        wins=sum(value > 0 for value in values),
        losses=sum(value < 0 for value in values),
        ties=sum(value == 0 for value in values),
        clusters_won=won,
        clusters_lost=lost,
        sign_p=sign_test_p(won, lost),
        flip_p=flip_p,
        draws=draws,
        mean=mean,
    )


def mean_over_clusters(values: Sequence[float], clusters: Sequence[Hashable], level: float = LEVEL) -> Mean:
    """The mean of the clusters' means with Student's t-interval over them.

    Simulated, it covers 95 % with 6, 12 and 30 clusters, where a bootstrap over clusters covers 85 to 92 %.

    raises  BadInput where there is no number, one is not finite, or not one cluster for each
    """
    mean_G = _means(values, clusters)
    mean, count = float(mean_G.mean()), len(mean_G)
    spread = float(mean_G.std(ddof=1)) if count >= FEWEST_CLUSTERS else 0.0
    if spread <= _ROUNDING * max(1e-300, float(np.abs(mean_G).max())):
        return Mean(mean, None, None, level, count, len(values))
    half = t_quantile(level, count - 1) * spread / math.sqrt(count)
    return Mean(mean, mean - half, mean + half, level, count, len(values))


def sign_test_p(won: int, lost: int) -> float | None:
    """The exact sign test of wins against losses, two-sided; ties are none of its business. None for none of both."""
    from scipy.stats import binomtest

    return float(binomtest(won, won + lost).pvalue) if won + lost else None


def sign_flip_p(mean_G: np.ndarray) -> tuple[float, int | None]:
    """How often signs dealt out at random give a mean at least as far from 0, two-sided.

    mean_G   a mean difference per cluster, at least one
    returns  p in (0, 1], and how many random deals it is from; None where all 2 ** G ways were counted
    """
    size_G = np.abs(np.asarray(mean_G, dtype=float))
    seen = abs(float(np.sum(mean_G))) - _ROUNDING * float(size_G.sum())
    if len(size_G) <= _ALL_UP_TO:
        sums = size_G[:1].copy()  # the first sign stands: turning all around gives the same distance from 0
        for size in size_G[1:]:
            sums = np.concatenate([sums + size, sums - size])
        return float((np.abs(sums) >= seen).mean()), None
    random = np.random.default_rng(0)
    sums = np.zeros(DRAWS)
    for size in size_G:
        sums += size * random.choice((-1.0, 1.0), DRAWS)
    return (1 + int((np.abs(sums) >= seen).sum())) / (1 + DRAWS), DRAWS


def highest_mean_p(value_GK: np.ndarray) -> tuple[float, int | None]:
    """How often signs dealt out at random to whole clusters make any of K means as high as the highest is, one-sided.

    It allows for the choice of the highest of them (P. H. Westfall and S. S. Young, Resampling-Based Multiple Testing,
    1993, the largest of several means).

    value_GK  K numbers per cluster, each 0 on average if there is nothing
    returns   p in (0, 1], and how many random deals it is from; None where all 2 ** G ways were counted
    """
    clusters = len(value_GK)
    exact = clusters <= _ALL_OF_SEVERAL_UP_TO
    if exact:
        sign_RG = 1.0 - 2.0 * (np.arange(2**clusters)[:, None] >> np.arange(clusters) & 1)
    else:
        sign_RG = np.random.default_rng(0).choice((-1.0, 1.0), (DRAWS, clusters))
    seen = value_GK.sum(0).max() - _ROUNDING * np.abs(value_GK).sum()
    reached = int(((sign_RG @ value_GK).max(1) >= seen).sum())
    return (reached / len(sign_RG), None) if exact else ((1 + reached) / (1 + DRAWS), DRAWS)


def _means(values: Sequence[float], clusters: Sequence[Hashable]) -> np.ndarray:
    """(G,) in the order in which the clusters come."""
    if not len(values) or len(values) != len(clusters):
        raise BadInput(f"numbers need a cluster each, at least one; got {len(values)} and {len(clusters)} clusters")
    if not np.isfinite(np.asarray(values, dtype=float)).all():
        raise BadInput("a difference is not a finite number; leave out the pairs that are unscored, and count them")
    members: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        members.setdefault(cluster, []).append(float(value))
    return np.array([sum(each) / len(each) for each in members.values()])
