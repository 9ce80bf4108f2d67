"""The tables of streams_bench: which tool and mask a defect gets, and how often a tool helps, by arm."""

import pandas as pd
from planted_streams import DEFECTS

NOTABLE = 0.5  # points: a smaller change of a target's mean is none
OUTCOMES = ("improved", "unchanged", "broke")


def planted_in_words(rows: pd.DataFrame) -> str:
    """By defect. Rows: sample, person, kind, fair, seen, planned, right, used, met, worse, iou, covered, share."""
    whole, rows = rows[rows.kind == ""], rows[rows.kind != ""]
    heads = ["planted", "n", "seen", "right tool", "tools used", "IoU", "covered", "share of picture", "targets met"]
    table = [f"| {' | '.join([*heads, 'and nothing else lost'])} |", "|---" * (len(heads) + 1) + "|"]
    table += [_defect(kind, rows[rows.kind == kind]) for kind in DEFECTS if (rows.kind == kind).any()]
    fair = (
        f"{int(whole.fair.sum())} of {len(whole)} true pictures that are accepted, of {rows.person.nunique()} persons"
    )
    return "\n".join(
        [
            f"Defects planted in {fair}",
            "",
            *table,
            "",
            "Ranges: median (least to most) of those with a mask.",
            "depth and canny are asked by how much the planted picture is off, of a generator that drew another one:",
            "whether their targets are met says little here; see --arms.",
        ]
    )


def _defect(kind: str, rows: pd.DataFrame) -> str:
    seen = rows[rows.seen]
    used = ", ".join(
        f"{tool or 'words'} {count}" for tool, count in seen.get("used", pd.Series()).value_counts().items()
    )
    good = [row for _, row in seen.iterrows() if row.met]
    cells = [kind, str(len(rows)), str(len(seen)), f"{sum(map(bool, seen.get('right', ())))} of {len(rows)}", used]
    cells += [_range(seen.get(name, pd.Series(dtype=float))) for name in ("iou", "covered", "share")]
    cells += [f"{len(good)} of {len(seen)}", f"{sum(not row.worse for row in good)} of {len(seen)}"]
    return f"| {' | '.join(cells)} |"


def _range(values: pd.Series) -> str:
    values = values.dropna()
    return f"{values.median():.2f} ({values.min():.2f} to {values.max():.2f})" if len(values) else "no mask"


def outcome(row: pd.Series) -> str:
    """'broke' where something fails now that did not, or the targets fell; else whether they rose."""
    rises = [points for points in row.moved.values() if points is not None]
    mean = sum(rises) / len(rises) if rises else 0.0
    if row.broken or mean <= -NOTABLE:
        return "broke"
    return "improved" if mean >= NOTABLE else "unchanged"


def arms_in_words(rows: pd.DataFrame) -> str:
    """By tool, then by arm. Rows: sample, person, arm, kept, stage, failed, mean, accepted; moved and broken."""
    failing = rows[rows.arm != ""]
    if failing.empty:
        return f"No first draft of {rows['sample'].nunique()} samples fails"
    heads = ["arm", "step", "n", *OUTCOMES]
    table = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for (arm, stage), steps in failing[failing.stage != "draw"].groupby(["arm", "stage"], sort=False):
        outcomes = [outcome(row) for _, row in steps.iterrows()]
        counts = [f"{outcomes.count(name)} of {len(steps)}" for name in OUTCOMES]
        table.append(f"| {' | '.join([arm, stage, str(len(steps)), *counts])} |")
    kept = failing[failing.kept]
    table += ["", "| arm | samples | pictures | accepted | mean score kept |", "|---|---|---|---|---|"]
    for arm, of_arm in kept.groupby("arm", sort=False):
        pictures = (failing.arm == arm).sum()
        accepted, mean = f"{int(of_arm.accepted.sum())} of {len(of_arm)}", f"{of_arm['mean'].mean():.2f}"
        table.append(f"| {' | '.join([arm, str(len(of_arm)), str(pictures), accepted, mean])} |")
    head = f"First drafts that fail: {failing['sample'].nunique()} of {rows['sample'].nunique()} samples"
    return "\n".join([f"{head}, {failing.person.nunique()} persons", "", *table])
