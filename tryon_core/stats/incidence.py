"""How many reached an event by each step, where some ended otherwise and some are still followed.

Shapes: G clusters, T steps.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..errors import BadInput
from . import FEWEST_CLUSTERS, score_interval, t_quantile

End = Literal["done", "ended", "followed"]


@dataclass(frozen=True)
class Incidence:
    """What is known just after one step.

    at_risk    still followed, neither done nor ended before this step
    done       at this step; `ended` otherwise at it; `censored`: followed no further than this step
    share      done by now, of all
    low, high  its interval; None where clusters are too few
    """

    step: int
    at_risk: int
    done: int
    ended: int
    censored: int
    share: float
    low: float | None
    high: float | None


def cumulative_incidence(
    last_step: Sequence[int], ends: Sequence[End], clusters: Sequence[Hashable], level: float = 0.95
) -> list[Incidence]:
    """Share done by step 1, 2 ... up to the last step of all, with ending otherwise as a competing event.

    O. O. Aalen and S. Johansen, Scand. J. Statist. 5 (1978) 141-150. Where nothing is censored the share and its
    interval are those of the counts. Interval: Wilson's with the effective number of trials (K. J. Rothman, J. Chronic
    Dis. 31 (1978) 557-560) from the delta-method variance (E. Marubini and M. G. Valsecchi, Analysing Survival Data,
    1995, eq. 10.12); over clusters the jackknife's t-interval.

    last_step  the step (from 1) at which each one was done or ended, or up to which it was followed
    ends       how
    clusters   which group of ones that are alike it belongs to, such as a person
    raises     BadInput where there is nobody to follow, or the three differ in length
    """
    if not len(last_step) or not len(last_step) == len(ends) == len(clusters):
        lengths = f"{len(last_step)}, {len(ends)} and {len(clusters)}"
        raise BadInput(f"one last step, end and cluster for each, at least one; got {lengths}")
    names = {name: place for place, name in enumerate(dict.fromkeys(clusters))}
    counts = {kind: np.zeros((len(names), max(last_step))) for kind in ("done", "ended", "followed")}
    for step, end, cluster in zip(last_step, ends, clusters, strict=True):
        counts[end][names[cluster], step - 1] += 1
    done_GT, ended_GT, censored_GT = counts.values()
    left_GT = np.cumsum((done_GT + ended_GT + censored_GT)[:, ::-1], axis=1)[:, ::-1]  # at risk
    total = [each.sum(0) for each in (left_GT, done_GT, ended_GT)]
    share_T = _shares(*total)
    if len(names) == len(last_step):
        bounds = _alone(*total, level)
    else:
        others = _shares(*(whole - each for whole, each in zip(total, (left_GT, done_GT, ended_GT), strict=True)))
        bounds = _jackknifed(share_T, others, level)
    rows = zip(*total, censored_GT.sum(0), strict=True)
    return [
        Incidence(step, int(left), int(done), int(ended), int(censored), float(share_T[step - 1]), *bounds[step - 1])
        for step, (left, done, ended, censored) in enumerate(rows, 1)
    ]


def _shares(left: np.ndarray, done: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Aalen and Johansen's estimate along the last axis, steps."""
    some = np.maximum(left, 1)  # where nobody is left nothing happens either
    before = np.roll(np.cumprod(1 - (done + ended) / some, axis=-1), 1, axis=-1)
    before[..., 0] = 1
    return np.cumsum(before * done / some, axis=-1)


def _alone(left_T: np.ndarray, done_T: np.ndarray, ended_T: np.ndarray, level: float) -> list[tuple[float, float]]:
    """Intervals where each one stands alone."""
    share_T, some_T = _shares(left_T, done_T, ended_T), np.maximum(left_T, 1)
    any_T = done_T + ended_T
    before_T = np.roll(np.cumprod(1 - any_T / some_T), 1)
    before_T[0] = 1
    bounds = []
    for step, share in enumerate(share_T):
        past = slice(step + 1)
        gap, left, done, before = share - share_T[past], some_T[past], done_T[past], before_T[past]
        rest = np.maximum(left - any_T[past], 1)  # where nobody remains the gap to every later step is 0
        variance = (gap**2 * any_T[past] / (left * rest)).sum()
        variance += (before**2 * done * (left - done) / left**3).sum()
        variance -= 2 * (gap * before * done / left**2).sum()
        trials = share * (1 - share) / variance if variance > 1e-12 else some_T[step]
        bounds.append(score_interval(float(share * trials), float(trials), level))
    return bounds


def _jackknifed(share_T: np.ndarray, without_GT: np.ndarray, level: float) -> list[tuple[float | None, float | None]]:
    """Intervals from what is left without each cluster."""
    clusters = len(without_GT)
    if clusters < FEWEST_CLUSTERS:
        return [(None, None)] * len(share_T)
    off_GT = without_GT - without_GT.mean(0)
    half_T = t_quantile(level, clusters - 1) * np.sqrt((clusters - 1) / clusters * (off_GT**2).sum(0))

    def bounds(share: float, half: float) -> tuple[float, float]:
        if half > 1e-9:
            return max(0.0, share - half), min(1.0, share + half)
        return score_interval(share * clusters, clusters, level)  # every cluster alike

    return [bounds(share, half) for share, half in zip(share_T.tolist(), half_T.tolist(), strict=True)]
