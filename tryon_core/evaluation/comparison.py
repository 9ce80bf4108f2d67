"""Evaluations side by side: who is better, by how much, and whether that could be chance; refused on unequal terms."""

from typing import TYPE_CHECKING, Any

from ..errors import BadInput
from ..stats.comparing import holm
from ..stats.differences import differences
from .evaluated import Evaluation

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = ("difference", "low", "high", "flip_p", "flip_holm")
_COLUMNS = ("metric", "against", "first", "other", "better", "wins", "losses", "ties", "persons", *_NUMBERS)


def compared(first: Evaluation, *others: Evaluation) -> "pd.DataFrame":
    """Numbers side by side, a row per metric and other place; picture by picture where they are numbers of pictures.

    returns  by metric: against (the other's place), first and other (their numbers), better; over the pictures that
             both scored wins, losses and ties of the first, persons, difference (mean over persons, positive where the
             first is better) with its 95 % t-interval over persons, low and high, none over fewer than 6; flip_p, the
             sign-flip test over persons, two-sided, and flip_holm, where all rows may be asked. Of FID and KID, which
             are numbers of a whole set, these are missing
    raises   BadInput for evaluations whose cards differ, with the differences: their numbers cannot be compared
    """
    import pandas as pd

    if not others:
        raise BadInput("at least two evaluations are compared; give another one")
    rows = []
    for other in others:
        _check_alike(first, other)
        rows += [_against(first, other, metric) for metric in first.card.metrics if metric in other.card.metrics]
    adjusted = holm({number: row.get("flip_p") for number, row in enumerate(rows)})
    table = pd.DataFrame([row | {"flip_holm": adjusted[number]} for number, row in enumerate(rows)])
    return table.reindex(columns=_COLUMNS).set_index("metric").astype(dict.fromkeys(_NUMBERS, "float64"))


def _check_alike(first: Evaluation, other: Evaluation) -> None:
    if different := first.card.differences(other.card):
        raise BadInput(
            f"{first.results} and {other.results} were not measured alike ({'; '.join(different)}); "
            "evaluate both by one protocol"
        )
    if first.results == other.results:
        raise BadInput(f"{first.results} is given twice; name each place once")


def _against(first: Evaluation, other: Evaluation, metric: str) -> dict[str, Any]:
    """One row of `compared`."""
    one, two = (next(row for row in each.rows if row.metric == metric) for each in (first, other))
    row = {"metric": metric, "against": other.results, "first": one.value, "other": two.value, "better": one.better}
    sign = 1 if one.better == "higher" else -1
    pairs = {name: (numbers.get(metric), other.scores[name].get(metric)) for name, numbers in first.scores.items()}
    apart = {
        name: sign * (mine - theirs)
        for name, (mine, theirs) in pairs.items()
        if isinstance(mine, float) and isinstance(theirs, float)
    }
    if not apart:
        return row
    found = differences(list(apart.values()), [first.persons[name] for name in apart])
    mean = found.mean
    return row | {
        "wins": found.wins,
        "losses": found.losses,
        "ties": found.ties,
        "persons": mean.clusters,
        "difference": mean.mean,
        "low": mean.low,
        "high": mean.high,
        "flip_p": found.flip_p,
    }
