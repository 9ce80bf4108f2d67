"""The bench's rows by person and by what the manifest knows of each sample.

Rows are those of bench_tables.py; `known` is the manifest line's facts. The persons are drawn anew for an interval, not
the samples: pictures of one person fail together.
"""

from pathlib import PurePath
from typing import Any

import pandas as pd
from bench_tables import DRAWN, KEPT, REFUSED, TRUTH

from tryon_core.stats import FEWEST_CLUSTERS, t_quantile

SHOWN = (DRAWN[0], KEPT, TRUTH)
_ELSEWHERE = {"seed", "person_id", "split", "garment_type", "pattern"}  # in the heading, and in tables of their own


def seeds(rows: pd.DataFrame) -> list[Any]:
    """The seeds that the samples were rendered from; none for the committed people."""
    return sorted({known["seed"] for known in rows.known if "seed" in known})


def by_person(rows: pd.DataFrame) -> str:
    """One line per person, then the mean over persons with a 95 % interval (Student's t over persons)."""
    people = {name: some for name, some in rows.groupby(rows.person.map(lambda name: PurePath(name).stem))}
    return "\n".join(
        [
            *_head("person"),
            *(_line(name, some) for name, some in people.items()),
            "",
            "Mean over persons, 95 % interval over persons:",
            *(f"- {name}: {_over_persons(rows[rows.candidate == name])}" for name in SHOWN),
        ]
    )


def by_feature(rows: pd.DataFrame) -> str:
    """One line per value of each fact that varies, "waist: high" say; "" where none does."""
    names = sorted({name for known in rows.known for name in known} - _ELSEWHERE)
    lines = []
    for name in names:
        values = rows.known.map(lambda known, name=name: known.get(name))
        if values.nunique() > 1:
            lines += [_line(f"{name}: {value}", rows[values == value]) for value in sorted(values.dropna().unique())]
    return "\n".join([*_head("known"), *lines]) if lines else ""


def _head(by: str) -> list[str]:
    shown = (f"{name} {what}" for name in SHOWN[:2] for what in ("CIEDE2000", "accepted"))
    heads = (by, "samples", "refused", *shown, f"{TRUTH} accepted")
    return ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]


def _line(name: str, rows: pd.DataFrame) -> str:
    refused = (rows.candidate == REFUSED).sum()
    cells = [name, rows["sample"].nunique(), refused]
    for candidate in SHOWN[:2]:
        some = rows[rows.candidate == candidate]
        cells += [f"{some.ciede2000.mean():.1f}" if len(some) else "", _count(some)]
    return "| " + " | ".join(map(str, (*cells, _count(rows[rows.candidate == TRUTH])))) + " |"


def _count(rows: pd.DataFrame) -> str:
    return f"{int(rows.accepted.sum())}/{len(rows)}" if len(rows) else ""


def _over_persons(rows: pd.DataFrame) -> str:
    means = rows.assign(accepted=rows.accepted.astype(float)).groupby("person")[["ciede2000", "accepted"]].mean()
    if means.empty:
        return "no picture"
    error, accepted = means.mean()
    over = f"{len(means)} persons"
    if len(means) < FEWEST_CLUSTERS:
        return f"CIEDE2000 {error:.1f}, accepted {accepted:.0%}, no interval over {over}"
    half = t_quantile(0.95, len(means) - 1) * means.sem()
    low, high = means.mean() - half, means.mean() + half
    low["accepted"], high["accepted"] = max(low["accepted"], 0), min(high["accepted"], 1)
    return (
        f"CIEDE2000 {error:.1f} ({low['ciede2000']:.1f} to {high['ciede2000']:.1f}), "
        f"accepted {accepted:.0%} ({low['accepted']:.0%} to {high['accepted']:.0%}), {over}"
    )
