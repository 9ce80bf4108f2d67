"""Single elimination among the top candidates: pairs of pictures, each compared in both orders."""

from collections.abc import Sequence
from typing import Any

from ...roles import Comparer, Comparison
from ...steps import Step
from .choice import Choice
from .pool import Pool

Pair = tuple[Step, Step]  # the better ranked first


def knockout(pool: Pool, top: Sequence[Step], comparer: Comparer) -> Choice:
    """The candidate that is left: the best ranked meets the worst, and so on; a bye is the better ranked one's.

    A candidate wins that is preferred in both orders. Else, and where the budget allows no further comparison, it is a
    tie, which the better ranked wins: a comparer that prefers a place to a picture decides nothing.
    """
    size = 1
    while size < len(top):
        size *= 2
    left: list[Step | None] = [*top, *[None] * (size - len(top))]
    matches: list[dict[str, Any]] = []
    number = 0
    while len(left) > 1:
        number += 1
        halves = list(zip(left[: len(left) // 2], reversed(left[len(left) // 2 :]), strict=True))
        pairs = [(first, second) for first, second in halves if first is not None and second is not None]
        played = [
            _match(pair, answers, number) for pair, answers in zip(pairs, _compared(pool, pairs, comparer), strict=True)
        ]
        matches += played
        losers = {match["second"] if match["kept"] == match["first"] else match["first"] for match in played}
        left = [first if second is None or second.number in losers else second for first, second in halves]
    kept = left[0]
    return Choice(kept, {"select": "knockout", "matches": matches}, "; ".join(map(_in_words, matches)))


def _in_words(match: dict[str, Any]) -> str:
    loser = match["second"] if match["kept"] == match["first"] else match["first"]
    return f"{match['kept']} beats {loser}" if match["by"] == "comparer" else f"{match['kept']} over {loser} by rank"


def _compared(pool: Pool, pairs: Sequence[Pair], comparer: Comparer) -> list[list[Comparison | None]]:
    """Of each pair the answers in both orders; None for one that the budget did not allow."""
    calls = [(pool.sample, *images) for first, second in pairs for images in _both_orders(first, second)]
    answers: list[Comparison | None] = list(pool.looked("comparer", comparer, calls))
    answers += [None] * (len(calls) - len(answers))
    return [answers[place : place + 2] for place in range(0, len(answers), 2)]


def _both_orders(first: Step, second: Step) -> tuple[tuple, tuple]:
    return (first.image, second.image), (second.image, first.image)


def _match(pair: Pair, answers: Sequence[Comparison | None], number: int) -> dict[str, Any]:
    first, second = pair
    preferred = [answer.preferred if answer is not None else None for answer in answers]
    by_both = {("first", "second"): first, ("second", "first"): second}.get(tuple(preferred))
    return {
        "round": number,
        "first": first.number,
        "second": second.number,
        "answers": preferred,
        "kept": (by_both or first).number,
        "by": "comparer" if by_both else "rank",
    }
