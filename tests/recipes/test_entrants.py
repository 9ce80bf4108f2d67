"""Strategies that are compared: settings by name, at one number of pictures."""

import pytest

from tryon_core.flows.searching.search_settings import Search
from tryon_core.recipes.entrants import ENTRANTS, entrants


def settings(options, sizes=(4, 2, 2)):
    return entrants(ENTRANTS, *sizes, options)


@pytest.mark.parametrize("sizes", [(1, 1, 1), (2, 1, 2), (4, 2, 2), (8, 2, 2), (5, 1, 1)])
def test_random_search_has_rounds_enough_and_not_more(sizes):
    pictures = sizes[0] + sizes[1] * sizes[2]
    rounds = settings({}, sizes)["ttflux"]["rounds"]
    assert 2 ** (rounds + 1) - 2 >= pictures > 2**rounds - 2
    assert all(each["budget"] == {"pictures": pictures} for each in settings({}, sizes).values())


def test_a_metric_selects_alone_where_one_does():
    both = settings({"metric": "height", "weights": {"height": 2.0}})
    for name in ("ttflux", "best_of_n"):
        assert both[name]["metric"] == "height" and "weights" not in both[name]
    for name in ("eacps", "reseed", "zero_order"):
        assert both[name]["weights"] == {"height": 2.0} and "metric" not in both[name]
    assert settings({"weights": {"height": 2.0}})["ttflux"]["weights"] == {"height": 2.0}


def test_reseed_is_the_control_whatever_the_second_stage_is():
    named = settings({"stage2": "anneal", "guidance": 4.0})
    assert (named["eacps"]["stage2"], named["reseed"]["stage2"]) == ("anneal", "reseed")
    assert settings({})["eacps"]["stage2"] == "perturb"


def test_all_are_settings_of_the_search():
    for name, given in settings({"judged": "none"}).items():
        options = {key: value for key, value in given.items() if key != "budget"}
        assert Search(**options).strategy == ("eacps" if name == "reseed" else name)
