"""The candidate that is good for certain: the highest mean - k sd of repeated judgings or scorings."""

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from ...errors import BadInput
from ...records import Measurement
from ...roles import Judge, Scorer, card_of
from ...rubrics.satisfaction import satisfaction
from ...steps import Step
from .choice import Choice
from .pool import Pool
from .search_settings import Search


def check_varies(options: Search, judge: Judge | None, scorers: Mapping[str, Scorer]) -> None:
    """raises BadInput where what is to be repeated answers the same each time: then sd is 0 and nothing is gained"""
    if options.repeated == "judge":
        asked = [judge] if judge is not None else []
    else:
        selecting = set(options.ranking_metrics())
        asked = [model for model in scorers.values() if selecting & {metric.name for metric in model.metrics}]
    if not any(getattr(model, "varies", False) for model in asked):
        names = ", ".join(card_of(model).name for model in asked) or "none is given"
        role = "judge" if options.repeated == "judge" else "scorer"
        raise BadInput(
            f"select 'pessimistic' needs a {role} whose repeats differ, and these answer the same each time: {names}; "
            "give it a temperature and no seed, or select 'best'"
        )


def pessimistic(pool: Pool, top: Sequence[Step], options: Search, judge: Judge | None) -> Choice:
    """Of the top candidates the one with the highest mean - k sd of its numbers; of equals the better ranked.

    A judgement's number is its satisfaction (0 to 1), a scoring's the potential. The first judging or scoring counts
    among `repeats`; what could not be judged or scored is no number, and fewer than two make no sd.
    """
    values = _judged(pool, top, options, judge) if options.repeated == "judge" else _scored(pool, top, options)
    lower = {number: _lower(known, options.pessimism) for number, known in values.items()}
    certain = [step for step in top if lower[step.number] is not None]
    kept = max(certain, key=lambda step: lower[step.number], default=top[0])
    rows = [{"candidate": step.number, "values": values[step.number], "lower": lower[step.number]} for step in top]
    data = {"select": "pessimistic", "by": options.repeated, "pessimism": options.pessimism, "candidates": rows}
    if not certain:
        return Choice(kept, data, "nothing could be repeated within the budget: the best ranked is kept")
    return Choice(kept, data, f"the highest mean - {options.pessimism:g} sd of {len(certain)} candidates")


def _lower(values: Sequence[float], pessimism: float) -> float | None:
    return fmean(values) - pessimism * stdev(values) if len(values) > 1 else None


def _judged(pool: Pool, top: Sequence[Step], options: Search, judge: Judge) -> dict[int, list[float]]:
    """Number of a candidate -> satisfactions."""
    judgements = [[step.judgement] if step.judgement else [] for step in top]
    missing = [place for turn in range(options.repeats) for place, known in enumerate(judgements) if turn >= len(known)]
    answers = pool.looked("judge", judge, [(pool.sample, top[place].image) for place in missing])
    for place, answer in zip(missing, answers, strict=False):
        judgements[place].append(pool.rubric.applied(answer, pool.sample.images))
    numbers = [[satisfaction(judgement, pool.rubric) for judgement in known] for known in judgements]
    return {step.number: _known(each) for step, each in zip(top, numbers, strict=True)}


def _scored(pool: Pool, top: Sequence[Step], options: Search) -> dict[int, list[float]]:
    """Number of a candidate -> potentials; scorers that answer the same each time are not asked again."""
    places = [place for _ in range(options.repeats - 1) for place in range(len(top))]
    scores: list[dict[str, Measurement | str]] = [dict(top[place].scores) for place in places]
    for argument, scorer in pool.scorers.items():
        if getattr(scorer, "varies", False):
            answers = pool.looked(argument, scorer, [(pool.sample, top[place].image) for place in places])
            scores = [known | dict(answer) for known, answer in zip(scores, answers, strict=False)]
    values: dict[int, list[Any]] = {step.number: [step.data["potential"]] for step in top}
    for place, known in zip(places, scores, strict=False):
        values[top[place].number].append(pool.ranking.value(known))
    return {number: _known(each) for number, each in values.items()}


def _known(values: Sequence[Any]) -> list[float]:
    return [float(value) for value in values if isinstance(value, int | float)]
