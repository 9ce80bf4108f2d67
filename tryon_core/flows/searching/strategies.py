"""The strategies of a search, one function each: `strategy(pool, options)` yields candidates until it is done.

Each draws through the pool, which keeps the budget, and leaves the choice to `chosen`.
"""

from collections.abc import Iterator
from dataclasses import replace

from ...records import Noise, Settings
from ...steps import Step
from .pool import Asked, Pool
from .potentials import potential_of
from .search_settings import Search


def best_of_n(pool: Pool, options: Search) -> Iterator[Step]:
    """N candidates of unrelated noise."""
    yield from pool.drawn("global", pool.fresh(options.candidates))


def ttflux(pool: Pool, options: Search) -> Iterator[Step]:
    """Random search as tt-scale-flux has it: rounds of unrelated noises, twice as many each: 2, 4, 8, ..."""
    for number in range(1, options.rounds + 1):
        asked = [replace(each, data={"round": number}) for each in pool.fresh(2**number)]
        yield from pool.drawn("round", asked)


def zero_order(pool: Pool, options: Search) -> Iterator[Step]:
    """A base and its neighbours, round by round (arXiv 2501.09732): the best neighbour is the next base where it beats
    its base; else the round is rejected and a new base is drawn."""
    base: Step | None = None
    for number in range(1, options.rounds + 1):
        if pool.is_over:
            return
        if base is None:
            first = len(pool.steps)
            yield from pool.drawn("base", [replace(each, data={"round": number}) for each in pool.fresh(1)])
            if len(pool.steps) == first:
                return
            base = pool.steps[-1]
        before = len(pool.steps)
        recipes = pool.noises.near(base.request.noise, options.neighbours, options.near_cosine)
        asked = [pool.of_noise(recipe, base.number) for recipe in recipes]
        yield from pool.drawn("near", [replace(each, data={"round": number}) for each in asked])
        base = _better(pool.steps[before:], base)


def _better(neighbours: list[Step], base: Step) -> Step | None:
    """The best neighbour where it beats its base; None rejects the round."""
    ranked = [step for step in neighbours if potential_of(step) is not None]
    best = max(ranked, key=potential_of, default=None)
    bar = potential_of(base)
    return best if best is not None and (bar is None or potential_of(best) > bar) else None


def eacps(pool: Pool, options: Search) -> Iterator[Step]:
    """K candidates of unrelated noise, then L children of each of the best M."""
    yield from pool.drawn("global", pool.fresh(options.wide))
    children = [child for parent in pool.best(options.parents) for child in children_of(parent, pool, options)]
    yield from pool.drawn("near", children)


def children_of(parent: Step, pool: Pool, options: Search) -> list[Asked]:
    """The second stage: `reseed` as the reference, `perturb` in noise, `anneal` in guidance or strength."""
    noise, count = parent.request.noise, options.children
    if options.stage2 == "anneal":
        return [_annealed(parent, pool, settings) for settings in options.annealed(count)]
    if options.stage2 == "reseed":
        recipes = pool.noises.reseeded(noise, count)
    else:
        recipes = pool.noises.near(noise, count, options.near_cosine)
    return [pool.of_noise(recipe, parent.number) for recipe in recipes]


def _annealed(parent: Step, pool: Pool, changed: dict[str, float]) -> Asked:
    """The parent's own noise, drawn at another guidance or strength."""
    noise: Noise = parent.request.noise
    settings: Settings = pool.opening.settings.model_copy(update=changed)
    return Asked(request=replace(pool.opening, noise=noise, settings=settings), parent=parent.number, data=changed)


STRATEGIES = {"best_of_n": best_of_n, "ttflux": ttflux, "zero_order": zero_order, "eacps": eacps}
