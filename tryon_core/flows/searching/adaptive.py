"""A search that spends by sample: little where the first candidates are good, more where they are not."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

from ...rubrics.rules import Rubric
from ...steps import Step
from .pool import Pool
from .potentials import potential_of
from .search_settings import Search


def adaptive(pool: Pool, options: Search) -> Iterator[Step]:
    """Best of N, whose N follows from the first candidates, and which may end at an accepted one.

    With every switch off it is best of N. Repeated pictures are pruned, and accepted ones counted, by the pool.
    """
    in_portions = bool(options.difficulty or options.stop_after)
    yield from pool.drawn("global", pool.fresh(options.wide if in_portions else options.candidates))
    data, most = {}, options.candidates
    if options.difficulty:
        data = {"hardness": hardness(pool.steps, options, pool.rubric)}
        most = options.wide + ceil(data["hardness"] * (options.candidates - options.wide))
    while not pool.is_over and (left := most - len(pool.steps)) > 0:
        count = min(left, options.wide) if options.stop_after else left
        yield from pool.drawn("round", [replace(each, data=data) for each in pool.fresh(count)])


def hardness(first: Sequence[Step], options: Search, rubric: Rubric | None) -> float:
    """How hard a sample is, from 0 to 1, by the best of its first candidates: (easy - best) / (easy - hard).

    The best of n unrelated draws rises ever more slowly (by 1.03, 1.42 and 1.77 standard deviations for 4, 8 and 16),
    so further ones pay where the best so far falls short of what is wanted. That is `easy` and `hard` of the settings,
    in the potential's units; or, by the judge, whose lowest score counts, the score at which the rule accepts and the
    one below which it ends a line. 1 where no candidate has a number.

    Simulated (normal samples of sd 0.5 to 2, candidates of sd 1, bars at 1.5 and -0.5 or 0.5; 2026-12): at the same
    mean number of pictures as a fixed N, as many samples reach `easy` (within 0.015), and what is kept falls short of
    it by 8 to 25 % less on average.
    """
    if options.difficulty == "judge":
        rule = rubric.rule
        numbers, easy, hard = [_lowest(step) for step in first if step.judged], rule.accept_at, rule.critical_below
    else:
        numbers, easy, hard = [potential_of(step) for step in first], options.easy, options.hard
    known = [number for number in numbers if number is not None]
    if not known:
        return 1.0
    if easy == hard:
        return 0.0 if max(known) >= easy else 1.0
    return min(max((easy - max(known)) / (easy - hard), 0.0), 1.0)


def _lowest(step: Step) -> float | None:
    scores = [score.score for score in step.judgement.scores.values() if score.score is not None]
    return min(scores, default=None)
