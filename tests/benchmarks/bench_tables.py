"""The bench's rows as Markdown tables and sentences.

A row is one candidate of one sample: sample, person, kind, pattern, known (the manifest line's facts), candidate, the
numbers of truth.TruthError, lowest (score), accepted, said (key -> finding of what failed); a refused sample has a
reason and no numbers.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from tryon_core.stats import FEWEST_CLUSTERS, clustered, t_quantile

INPUT, OTHER, TRUTH, KEPT, REFUSED = "input unchanged", "another garment", "true picture", "kept", "refused"
DRAWN = ("first draft", "iteration 2", "iteration 3", "iteration 4")
_ORDER = (INPUT, OTHER, *DRAWN, KEPT, TRUTH)
_SEEN = 0.1  # CIEDE2000: a smaller difference between two drafts' errors is no change


def in_words(rows: pd.DataFrame, split: str) -> str:
    """All tables, as Markdown."""
    refused, rows = rows[rows.candidate == REFUSED], rows[rows.candidate != REFUSED]
    first = rows[rows.candidate == DRAWN[0]]
    count = rows["sample"].nunique() + len(refused)
    parts = [
        f"{count} samples ({split or 'all'}), {rows.person.nunique()} persons; {len(refused)} refused by name",
        table(rows, "candidate", [name for name in _ORDER if (rows.candidate == name).any()]),
        f"The {DRAWN[0]} by garment and by pattern:",
        table(first, "kind", sorted(first.kind.unique())),
        table(first, "pattern", sorted(first.pattern.unique())),
        ranking(rows),
        steps(rows),
        turned_down(rows),
        *(f"refused {row['sample']}: {row['reason']}" for row in refused.to_dict("records")),
    ]
    return "\n\n".join(part for part in parts if part)


def table(rows: pd.DataFrame, by: str, names: Sequence[str]) -> str:
    """Means over the rows of each name; accepted with the 95 % interval over persons."""
    heads = (by, "n", "CIEDE2000 in the edit zone", "SSIM in it", "SSIM outside", "detail found", "lowest score")
    lines = ["| " + " | ".join((*heads, "accepted")) + " |", "|---" * (len(heads) + 1) + "|"]
    for name in names:
        some = rows[rows[by] == name]
        found = some.found.dropna()
        cells = (
            name,
            len(some),
            f"{some.ciede2000.mean():.1f}",
            f"{some.ssim_inside.mean():.2f}",
            f"{some.ssim_outside.mean():.3f}",
            f"{found.mean():.2f} (n {len(found)})" if len(found) else "plain",
            f"{some.lowest.mean():.1f}",
            clustered(some.accepted.tolist(), some.person.tolist()),
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def ranking(rows: pd.DataFrame) -> str:
    """Does the judge's lowest score rank pictures as the true error does? Spearman's rho, intervals over persons."""
    each = rows[rows.candidate != KEPT]  # the kept attempt stands there already
    groups = {
        "all candidates": each,
        "without the true picture": each[each.candidate != TRUTH],
        "drawn pictures only": each[each.candidate.isin(DRAWN)],
    }
    lines = ["Rank correlation (Spearman) of the judge's lowest score with the true error, 95 % interval over persons:"]
    for name, group in groups.items():
        if np.isnan(_rho(group)):
            lines.append(f"- {name}: cannot be told from {len(group)} pictures")
            continue
        lines.append(f"- {name}: {_rho(group):.2f} ({_interval(group)}), n = {len(group)}")
    within = each.groupby("sample").apply(_rho, include_groups=False).dropna()
    lines.append(f"- within a sample, mean over {len(within)}: {within.mean():.2f}")
    return "\n".join(lines)


def _rho(rows: pd.DataFrame) -> float:
    """NaN where all scores or all errors are equal."""
    if len(rows) < 3 or rows.lowest.nunique() < 2 or rows.ciede2000.nunique() < 2:
        return float("nan")
    return float(spearmanr(rows.lowest, -rows.ciede2000).statistic)


def _interval(rows: pd.DataFrame) -> str:
    """The jackknife's t-interval over persons, whose candidates are alike, on Fisher's scale."""
    without = [_rho(rows[rows.person != person]) for person in rows.person.unique()]
    over = f"over {len(without)} persons"
    if len(without) < FEWEST_CLUSTERS or not np.isfinite(without).all():
        return f"no interval {over}"
    *left_G, whole = np.arctanh(np.clip([*without, _rho(rows)], -1 + 1e-9, 1 - 1e-9))
    half = t_quantile(0.95, len(left_G) - 1) * np.sqrt((len(left_G) - 1) * np.var(left_G))
    low, high = np.tanh([whole - half, whole + half])
    return f"{low:.2f} to {high:.2f} {over}"


def steps(rows: pd.DataFrame) -> str:
    """What each correction did to the truth-based numbers, and the ones that made them worse, by name."""
    moved = []
    for name, group in rows.groupby("sample"):
        drawn = group[group.candidate.isin(DRAWN)].set_index("candidate")
        for before, after in zip(DRAWN, DRAWN[1:], strict=False):
            if after in drawn.index:
                change = drawn.loc[after, "ciede2000"] - drawn.loc[before, "ciede2000"]
                moved.append((f"{name} {after}", float(change)))
    if not moved:
        return "No draft was corrected."
    worse = [(name, change) for name, change in moved if change > _SEEN]
    better = sum(change < -_SEEN for _, change in moved)
    mean = np.mean([change for _, change in moved])
    return "\n".join(
        [
            f"{len(moved)} corrections: {better} brought the picture nearer to the truth, {len(worse)} further away, "
            f"{len(moved) - better - len(worse)} neither (within {_SEEN} CIEDE2000); mean change {mean:+.2f}.",
            *(f"- further away: {name}, {change:+.1f} CIEDE2000" for name, change in worse),
        ]
    )


def turned_down(rows: pd.DataFrame) -> str:
    """True pictures that the judge turned down, with what it said: each is an error of the judge."""
    wrong = rows[(rows.candidate == TRUTH) & ~rows.accepted.astype(bool)]
    return "\n".join(
        f"true picture turned down: {row['sample']}: "
        + "; ".join(f"{key}: {said}" for key, said in row["said"].items())
        for row in wrong.to_dict("records")
    )
