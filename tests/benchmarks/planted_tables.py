"""The tables of planted_bench: which planted errors are seen, by which constraint, and what is turned down wrongly."""

import pandas as pd
from planted_errors import ERRORS, SIZES

from tryon_core.models.embedded.measuring.scale import ACCEPTED

UNTOUCHED, HARMLESS_KIND, PLANTED_KIND = "untouched", "harmless", "planted"


def in_words(rows: pd.DataFrame) -> str:
    """All tables. Rows: sample, person, garment_type, what, kind, size, scores, said (of low constraints)."""
    untouched = rows[rows.what == UNTOUCHED].set_index("sample")
    persons, samples = untouched.person.nunique(), len(untouched)
    return "\n\n".join(
        [
            f"Planted errors on {samples} pictures of {persons} persons",
            _errors(rows[rows.what == PLANTED_KIND], untouched),
            _alarms(untouched),
            _flips(rows[rows.what == HARMLESS_KIND], untouched),
        ]
    )


def _errors(planted: pd.DataFrame, untouched: pd.DataFrame) -> str:
    """By kind: how often a constraint of its own falls below 8, by size; how often the lowest one is its own."""
    heads = ["planted", "its own constraint", *(f"{size}: below 8" for size in SIZES), "right one lowest", "persons"]
    table = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for kind, error in ERRORS.items():
        of_kind = [row for _, row in planted[planted.kind == kind].iterrows()]
        if not of_kind:
            continue
        counts = []
        for size in SIZES:
            fair = [row for row in of_kind if row["size"] == size and _all_met(row, untouched, error.constraints)]
            counts.append(f"{sum(_low(row.scores, error.constraints) for row in fair)} of {len(fair)}")
        large = [row for row in of_kind if row["size"] != SIZES[0] and _all_met(row, untouched, tuple(row.scores))]
        right = sum(_lowest(row.scores) in (*error.constraints, *error.also_lowest) for row in large)
        persons = len({row.person for row in of_kind})
        cells = [kind, error.constraints[0], *counts, f"{right} of {len(large)}", str(persons)]
        table.append(f"| {' | '.join(cells)} |")
    return "\n".join(table)


def _all_met(row: pd.Series, untouched: pd.DataFrame, constraints: tuple[str, ...]) -> bool:
    """Whether the picture met these constraints before anything was planted in it."""
    return not _low(untouched.scores[row["sample"]], constraints)


def _low(scores: dict[str, float | None], constraints: tuple[str, ...]) -> bool:
    return any(scores[key] is not None and scores[key] < ACCEPTED for key in constraints)


def _lowest(scores: dict[str, float | None]) -> str:
    return min((key for key in scores if scores[key] is not None), key=lambda key: scores[key])


def _alarms(untouched: pd.DataFrame) -> str:
    """Untouched pictures that are turned down, by kind of garment, each with what was said."""
    lines = ["| garment | turned down untouched |", "| --- | --- |"]
    for kind, of_kind in untouched.groupby("garment_type", dropna=False):
        lines.append(f"| {kind} | {sum(map(bool, of_kind.said))} of {len(of_kind)} |")
    said = [
        f"- {sample}: " + "; ".join(f"{key}: {text}" for key, text in row.said.items())
        for sample, row in untouched.iterrows()
        if row.said
    ]
    return "\n".join(lines + ["", *said] if said else lines)


def _flips(harmless: pd.DataFrame, untouched: pd.DataFrame) -> str:
    """Pictures that were accepted before a harmless change and are turned down after it."""
    lines = ["| harmless change | turned down after it |", "| --- | --- |"]
    said = []
    for kind, of_kind in harmless.groupby("kind"):
        fair = [row for _, row in of_kind.iterrows() if not untouched.said[row["sample"]]]
        flipped = [row for row in fair if row.said]
        lines.append(f"| {kind} | {len(flipped)} of {len(fair)} |")
        for row in flipped:
            words = "; ".join(f"{key}: {text}" for key, text in row.said.items())
            said.append(f"- {row['sample']}, {kind}: {words}")
    return "\n".join(lines + ["", *said] if said else lines)
