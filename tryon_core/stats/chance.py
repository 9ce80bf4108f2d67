"""Whether a superlative could be chance: permutation tests that move whole clusters, such as persons.

Shapes: N trials, G clusters, K things that are compared, R random draws.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

ALPHA = 0.05
_DRAWS = 4000  # from a fixed seed: the same data gives the same p
_ALL_UP_TO = 12  # clusters, of which every one of the 2 ** clusters ways is counted


def leader_p(count_GK: np.ndarray, n_GK: np.ndarray, leader: int) -> float:
    """How surely one of K things has a higher rate than every other: the largest p against a rival.

    Each rival is tested by swapping the two within clusters at random, two-sided. That the leader was chosen by its
    rate needs no correction beyond that: K. Hung and W. Fithian, Ann. Statist. 47 (2019) 758-782.

    count_GK  of n_GK trials in each cluster
    returns   0..1; 1 where a rival is level or ahead, or leader has no trial
    """
    rivals = [rival for rival in range(n_GK.shape[1]) if rival != leader and n_GK[:, rival].sum()]
    if not rivals or not n_GK[:, leader].sum():
        return 1.0
    return max(_swapped(count_GK[:, [leader, rival]], n_GK[:, [leader, rival]]) for rival in rivals)


def _swapped(count_G2: np.ndarray, n_G2: np.ndarray) -> float:
    """p of the difference of two rates, where the first is ahead."""
    used = n_G2.any(1)
    count_G2, n_G2 = count_G2[used].astype(float), n_G2[used].astype(float)
    seen = count_G2.sum(0) / n_G2.sum(0)
    if seen[0] <= seen[1]:
        return 1.0
    way_RG, exact = _ways(len(n_G2))

    def rate(first_RG: np.ndarray) -> np.ndarray:
        count_R = first_RG @ count_G2[:, 0] + (1 - first_RG) @ count_G2[:, 1]
        n_R = first_RG @ n_G2[:, 0] + (1 - first_RG) @ n_G2[:, 1]
        return count_R / np.maximum(n_R, 1)

    gap_R = np.abs(rate(way_RG) - rate(1 - way_RG))
    return _p(gap_R, seen[0] - seen[1], exact)


def _ways(clusters: int) -> tuple[np.ndarray, bool]:
    """(R, G) of 0 and 1: all ways of choosing clusters, else random ones; whether they are all."""
    if clusters <= _ALL_UP_TO:
        return (np.arange(2**clusters)[:, None] >> np.arange(clusters) & 1).astype(float), True
    return np.random.default_rng(0).integers(0, 2, (_DRAWS, clusters)).astype(float), False


def _p(drawn_R: np.ndarray, seen: float, exact: bool = False) -> float:
    """Share of draws that are at least as extreme; what was seen counts as one of them where not all were drawn."""
    extreme = int((drawn_R >= seen - 1e-9).sum())
    return extreme / len(drawn_R) if exact else (1 + extreme) / (1 + len(drawn_R))


@dataclass(frozen=True)
class Gap:
    """The two groups whose shares lie furthest apart for their sizes, the lower one first, and the p of that gap."""

    low: Hashable
    high: Hashable
    p: float


def largest_gap(yes: Sequence[bool], groups: Sequence[Hashable], clusters: Sequence[Hashable]) -> Gap | None:
    """The largest gap between the shares of any two groups, with a permutation test of it.

    Where each cluster lies in one group, groups are dealt out anew among clusters; else among the trials of each
    cluster, which keeps what is the cluster's own out of it. p allows for all pairs of groups at once.

    returns  None with fewer than two groups, or where all or none are yes
    """
    yes_N = np.asarray(yes, dtype=float)
    names, group_N = np.unique(np.asarray(groups, dtype=object).astype(str), return_inverse=True)
    _, cluster_N = np.unique(np.asarray(clusters, dtype=object).astype(str), return_inverse=True)
    if len(names) < 2 or yes_N.min() == yes_N.max():
        return None
    random, first_G = np.random.default_rng(0), np.unique(cluster_N, return_index=True)[1]
    whole = bool((group_N == group_N[first_G][cluster_N]).all())

    def dealt() -> np.ndarray:
        if whole:
            return random.permutation(group_N[first_G])[cluster_N]
        mixed = random.permutation(len(group_N))
        moved_N = np.empty_like(group_N)
        moved_N[np.argsort(cluster_N, kind="stable")] = group_N[mixed[np.argsort(cluster_N[mixed], kind="stable")]]
        return moved_N

    seen, low, high = _widest(yes_N, group_N, len(names))
    drawn_R = np.array([_widest(yes_N, dealt(), len(names))[0] for _ in range(_DRAWS // 4)])
    return Gap(str(names[low]), str(names[high]), _p(drawn_R, seen))


def _widest(yes_N: np.ndarray, group_N: np.ndarray, groups: int) -> tuple[float, int, int]:
    """The widest gap between two groups in standard errors of alike groups, and the two."""
    n_K = np.bincount(group_N, minlength=groups)
    share_K = np.bincount(group_N, yes_N, groups) / np.maximum(n_K, 1)
    rarity_K = 1 / np.maximum(n_K, 1)
    gap_KK = (share_K[None] - share_K[:, None]) / np.sqrt(rarity_K[None] + rarity_K[:, None])
    low, high = np.unravel_index(np.argmax(gap_KK), gap_KK.shape)
    return float(gap_KK[low, high]), int(low), int(high)


@dataclass(frozen=True)
class Together:
    """The pair (places in gate order) that goes together most beyond what each of the two does alone.

    expected  how often both would be yes if they had nothing to do with each other
    p         allows for all pairs at once
    """

    one: int
    other: int
    expected: float
    p: float


def most_together(yes_NK: np.ndarray, clusters: Sequence[Hashable]) -> Together | None:
    """Which two of K answers are yes together more often than their own rates say, by a permutation test.

    Each answer's column is dealt out anew among clusters with equally many trials, each cluster's part as a whole.

    yes_NK   1, 0, or NaN where there is no answer
    returns  None where no two were ever yes together
    """
    known_NK = ~np.isnan(yes_NK)
    both_KK = np.triu(np.nan_to_num(yes_NK).T @ np.nan_to_num(yes_NK), 1)
    if not both_KK.any():
        return None
    rate_K = np.nansum(yes_NK, 0) / np.maximum(known_NK.sum(0), 1)
    off_NK = np.where(known_NK, yes_NK - rate_K, 0.0)
    order_RN = _dealt_rows(clusters, np.random.default_rng(0), _DRAWS // 4)
    pairs = np.triu_indices(yes_NK.shape[1], 1)
    off_KRN = [off_NK[next(order_RN), place] for place in range(yes_NK.shape[1])]
    drawn_RP = np.stack([(off_KRN[one] * off_KRN[other]).sum(-1) for one, other in zip(*pairs, strict=True)], -1)
    spread_P = np.maximum(drawn_RP.std(0), 1e-9)
    seen_P = (off_NK.T @ off_NK)[pairs] / spread_P
    seen_P[both_KK[pairs] == 0] = -np.inf
    best = int(np.argmax(seen_P))
    one, other = int(pairs[0][best]), int(pairs[1][best])
    expected = float((known_NK[:, one] & known_NK[:, other]).sum() * rate_K[one] * rate_K[other])
    return Together(one, other, expected, _p((drawn_RP / spread_P).max(1), float(seen_P[best])))


def _dealt_rows(clusters: Sequence[Hashable], random: np.random.Generator, draws: int):
    """Without end: (R, N) of places, in each row whole clusters changed for others of their size."""
    rows: dict[Hashable, list[int]] = {}
    for place, cluster in enumerate(clusters):
        rows.setdefault(cluster, []).append(place)
    sizes: dict[int, list[list[int]]] = {}
    for places in rows.values():
        sizes.setdefault(len(places), []).append(places)
    blocks = [np.array(places) for places in sizes.values()]  # each (clusters of a size, size)
    while True:
        order_RN = np.empty((draws, len(clusters)), dtype=int)
        for block in blocks:
            mixed_RG = random.permuted(np.tile(np.arange(len(block)), (draws, 1)), axis=1)
            order_RN[:, block.ravel()] = block[mixed_RG].reshape(draws, -1)
        yield order_RN
