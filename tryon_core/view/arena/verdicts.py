"""The arena's tables in sentences: what a comparison can show, who won, and where selection parts from the truth."""

import pandas as pd

from ..tables.totals import plural
from .contest import Arena


def power_in_words(table: pd.DataFrame) -> str:
    """What the comparison can show, from `power_table`: said before any answer is."""
    least = {row.of: row for row in table.drop_duplicates("of").itertuples()}
    parts = []
    for of, row in least.items():
        counted = f"{row.listed} {plural(of.removesuffix('s'), row.listed)}"
        verb, rate = "shows" if row.listed == 1 else "show", "no win rate at all"
        parts.append(f"{counted} {verb} {rate if pd.isna(row.win_rate) else f'{row.win_rate:.0%}'}")
    return (
        "The least true win rate that is shown four times of five, if the two differ on all: "
        f"{', '.join(parts)}. Samples of one person are alike, so the truth lies between."
    )


def verdicts(table: pd.DataFrame, arena: Arena) -> list[str]:
    """One sentence per row of `wins`, with its clusters, its test and what it says."""
    return [_verdict(row, arena.unit_words, int(table.flip_p.notna().sum())) for row in table.itertuples()]


def _verdict(row, unit: str, tests: int) -> str:
    of = f" where {row.dimension} is {row.value}" if row.dimension else ""
    head = f"{row.a} against {row.b} on {row.metric}{of}"
    left_out = f"; {row.unscored} left out ({row.why_unscored})" if row.unscored else ""
    if row.persons == 0:
        return f"{head}: nothing to compare{left_out}."
    spent = f"{row.spent_a:.4g} and {_amount(row.spent_b, unit)} per sample"
    counts = f"better in {row.wins}, worse in {row.losses}, equal in {row.ties}{left_out}"
    claim = f"{row.a if row.difference > 0 else row.b} is better" if row.told else "no difference can be told"
    both = f" ({row.flip_holm:.2g} with all {tests} tests of this table)" if tests > 1 else ""
    interval = "no interval" if pd.isna(row.low) else f"95 % interval {row.low:+.3g} to {row.high:+.3g}"
    circular = " Circular: a strategy selected on this." if row.circular else ""
    over = f"Over {row.persons} {plural('person', row.persons)} p = {row.flip_p:.2g}{both}"
    difference = f"advantage of {row.a} {row.difference:+.3g} {row.unit}, {interval}"
    return f"{head}: {counts}, at {spent}. {over}: {claim}; {difference}.{circular}"


def partings(table: pd.DataFrame, arena: Arena) -> list[str]:
    """One sentence per row of `hacking`."""
    return [_parting(row, arena.unit_words) for row in table.itertuples()]


def _parting(row, unit: str) -> str:
    head = f"{row.strategy} on {row.metric}"
    if pd.isna(row.p):
        return f"{head}: nothing to follow over {row.n} samples."
    over = f"over {row.persons} {plural('person', row.persons)}, p = {row.p:.2g}"
    means = f"{row.at_best + 0.0:.3g} there, {row.at_last + 0.0:.3g} at {_amount(row.last, unit)}"
    if pd.isna(row.parts_at):
        return f"{head}: no parting can be told ({over}); best at {_amount(row.best_at, unit)} ({means})."
    return f"{head}: selection parts from it at {_amount(row.parts_at, unit)} ({means}; {over})."


def _amount(value: float, unit: str) -> str:
    """E.g. '8 pictures', '1 picture', '112 denoising steps'."""
    return f"{value:.4g} {unit.replace('pictures', 'picture') if value == 1 else unit}"
