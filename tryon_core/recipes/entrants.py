"""What enters a comparison of searches: settings by name, all at one budget of pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import BadInput, UnknownName
from ..flows.searching.search_settings import MOST_ROUNDS, ON_ONE_METRIC

COMPARED = ("eacps", "ttflux")  # those of comparison_results.json
ENTRANTS = (*COMPARED, "reseed", "zero_order", "best_of_n")
_OWN = ("strategy", "wide", "parents", "children", "candidates", "rounds", "budget")  # follow from name and sizes


def entrants(
    names: Sequence[str], wide: int, parents: int, children: int, options: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Name -> settings of the search; each may draw wide + parents x children pictures of a sample.

    reseed   eacps with unrelated noise in its second stage, as the reference has it: what its two stages add
    options  settings of all; `metric` is of ttflux and best_of_n, which select on one
    raises   BadInput where one of COMPARED is missing, or an option follows from name and sizes; UnknownName
    """
    for name in names:
        if name not in ENTRANTS:
            raise UnknownName("strategy to compare", name, ENTRANTS)
    if missing := [name for name in COMPARED if name not in names]:
        raise BadInput(f"eacps and ttflux are compared, and strategies do not name {missing[0]}; add it")
    if own := [name for name in _OWN if name in options]:
        raise BadInput(f"{own[0]} follows from the strategy and from wide, parents, children; leave it out of options")
    pictures, stage2 = wide + parents * children, options.get("stage2", "perturb")
    two_stages = {"strategy": "eacps", "wide": wide, "parents": parents, "children": children}
    settings = {
        "eacps": {**two_stages, "stage2": stage2},
        "ttflux": {"strategy": "ttflux", "rounds": _rounds(pictures)},
        "reseed": {**two_stages, "stage2": "reseed"},
        "zero_order": {"strategy": "zero_order", "rounds": pictures, "neighbours": 3},
        "best_of_n": {"strategy": "best_of_n", "candidates": pictures},
    }
    budget = {"budget": {"pictures": pictures}}
    return {name: {**_taken(name, options), **settings[name], **budget} for name in names}


def _taken(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of all that this one takes: one metric selects, or a potential with its weights."""
    unused = "weights" if name in ON_ONE_METRIC and options.get("metric") else "metric"
    return {key: value for key, value in options.items() if key != unused}


def _rounds(pictures: int) -> int:
    """How many rounds of 2, 4, 8, ... reach so many pictures; the budget ends the last one."""
    return min((pictures + 1).bit_length() - 1, MOST_ROUNDS)  # 2^(r+1) - 2 pictures in r rounds
