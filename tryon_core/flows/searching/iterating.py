"""Feedback and luck at one budget: some candidates of the same words, the best of them corrected, and again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...records import Decision, EditRequest
from ...rubrics.rules import Rubric, best_attempt
from ...steps import Step
from ..closed_loop import next_request
from .pool import Asked, Pool
from .search_settings import Search


def iterate_and_sample(pool: Pool, options: Search) -> Iterator[Step]:
    """Each iteration draws `parallel` candidates of unlike noise with the same words; the judge's best is corrected.

    With parallel = 1 it asks what a closed loop asks, with iterations = 1 it is luck. It ends behind the iteration in
    which a candidate is accepted, or whose best the rule gives up.
    """
    line: list[Step] = []  # of each iteration the attempt that the next one corrects
    for number in range(1, options.iterations + 1):
        request = _corrected(pool, line) if line else pool.opening
        parent = line[-1].number if line else 0
        asked = _asked(pool, request, parent, options.parallel)
        before = len(pool.steps)
        yield from pool.drawn("iteration", [replace(each, data={"iteration": number}) for each in asked])
        drawn = pool.steps[before:]
        if not drawn:
            return
        line.append(_corrects(pool, gone_on_from(drawn, pool.rubric)))
        if pool.is_over or line[-1].decision in (Decision.ACCEPT, Decision.STOP):
            return


def gone_on_from(drawn: Sequence[Step], rubric: Rubric) -> Step:
    """Of one iteration: the last for which a person wrote words, else the best; the first where none was judged."""
    written = [step for step in drawn if step.change is not None and step.change.prompt]
    return written[-1] if written else best_attempt(drawn, rubric) or drawn[0]


def _corrected(pool: Pool, line: Sequence[Step]) -> EditRequest:
    return next_request(pool.sample, line, generator=pool.generator, rubric=pool.rubric, writer=pool.writer)


def _asked(pool: Pool, request: EditRequest, parent: int, count: int) -> list[Asked]:
    """So many candidates of the same words: of the request's noise, which is the parent's or new, and of new noise."""
    is_parents = parent and pool.steps[parent - 1].request.noise == request.noise
    if not is_parents and not pool.noises.take(request.noise):  # a sibling was drawn from it
        request = replace(request, noise=pool.noises.fresh(1)[0])
    others = [replace(request, noise=noise) for noise in pool.noises.fresh(count - 1)]
    return [Asked(request=each, parent=parent) for each in (request, *others)]


def _corrects(pool: Pool, step: Step) -> Step:
    """The step as if asked of the whole picture, where it was drawn on a crop."""
    request = step.request
    own = {"prompt": request.prompt, "fixes": request.fixes, "noise": request.noise, "polish": request.polish}
    return replace(step, request=replace(pool.opening, **own))
