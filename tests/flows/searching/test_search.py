"""The strategies on a noise landscape whose heights are known."""

from dataclasses import replace

import numpy as np
import pytest
from doubles import Scripted
from hypothesis import given, settings
from hypothesis import strategies as st
from landscape import SAMPLE, Counting, Landscape, alone, first
from PIL import Image

from tryon_core.errors import BadInput, Refused, UnknownName
from tryon_core.flows.search import Search, search
from tryon_core.flows.searching.potentials import Ranking, terms_of
from tryon_core.flows.searching.purse import Budget
from tryon_core.models.embedded.drawing.drawing_parameters import gaussian
from tryon_core.models.vlm.verifying.judged_pairs import JudgedPairs
from tryon_core.records import Measurement
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk

HEIGHT = {"weights": alone("height"), "judged": "none"}


def walked(options, landscape=None, seed=1, **more):
    landscape = landscape or Landscape({"height": first})
    flow = search(SAMPLE, generator=landscape.generator(), scorer=landscape, options=options, seed=seed, **more)
    walk = Walk(flow)
    list(walk)
    return walk, landscape


def kept(options, landscape=None, seed=1):
    walk, _ = walked(options, landscape, seed)
    return walk.steps[walk.chosen - 1].data["potential"]


def options(**changes):
    return Search(**HEIGHT | changes)


def test_eacps_draws_both_stages_and_keeps_the_highest():
    walk, landscape = walked(options(wide=4, parents=2, children=2))
    assert [step.stage for step in walk.steps] == ["global"] * 4 + ["near"] * 4 and landscape.batches == [4, 4]
    heights = [step.scores["height"].value for step in walk.steps]
    assert walk.chosen == int(np.argmax(heights)) + 1
    best = sorted(range(1, 5), key=lambda number: -heights[number - 1])[:2]
    assert [step.parent for step in walk.steps] == [0] * 4 + [best[0]] * 2 + [best[1]] * 2


@pytest.mark.parametrize(("n", "expected"), [(4, 1.03), (8, 1.42), (12, 1.63), (16, 1.77)])
def test_the_best_of_n_is_as_good_as_luck(n, expected):
    """Expected largest of n standard normal draws."""
    found = [
        kept(options(strategy="best_of_n", candidates=n, metric="height", weights={}), seed=seed)
        for seed in range(1, 600)
    ]
    assert np.mean(found) == pytest.approx(expected, abs=4 * 0.65 / 600**0.5)


def test_reseeding_is_luck_too():
    """Eight candidates are eight candidates, however their seeds come about."""
    reseed = [kept(options(stage2="reseed"), seed=seed) for seed in range(1, 800)]
    luck = [kept(options(strategy="best_of_n", metric="height", weights={}), seed=seed) for seed in range(1, 800)]
    error = (np.var(reseed) / 800 + np.var(luck) / 800) ** 0.5
    assert abs(np.mean(reseed) - np.mean(luck)) < 3 * error


def steep(size):
    """The cosine to a known optimum: smooth, and highest along one direction alone."""
    optimum = np.zeros(size)
    optimum[0] = 1.0
    return Landscape({"height": lambda point: float(point @ optimum / np.linalg.norm(point))}, size=size)


def mean_kept(stage2, size, **changes):
    chosen = options(stage2=stage2, wide=8, parents=2, children=4, **changes)
    return np.mean([kept(chosen, steep(size), seed) for seed in range(1, 200)])


@pytest.mark.parametrize("size", [2, 5, 10])
def test_perturbing_is_better_than_luck_on_a_smooth_landscape(size):
    assert mean_kept("perturb", size) > mean_kept("reseed", size) + 0.005


def test_perturbing_too_little_is_worse_than_luck():
    """So the published 0.95 of zero-order search, whose rounds add up, is not the default of a single second stage."""
    assert mean_kept("perturb", 5, cosine=0.95) < mean_kept("reseed", 5)


def test_no_noise_is_asked_twice():
    for strategy in ("eacps", "ttflux", "zero_order", "best_of_n"):
        _, landscape = walked(options(strategy=strategy, metric="height", weights={}, rounds=4))
        recipes = [request.noise for request in landscape.drawn]
        assert len(recipes) == len(set(recipes)) >= 8


def test_ttflux_doubles_its_rounds():
    walk, landscape = walked(options(strategy="ttflux", rounds=4, metric="height", weights={}))
    assert landscape.batches == [2, 4, 8, 16] and [step.data["round"] for step in walk.steps[:3]] == [1, 1, 2]


def test_strategies_share_their_first_candidates():
    """So that a run that reuses another draws them once."""
    _, eacps = walked(options())
    _, luck = walked(options(strategy="best_of_n", metric="height", weights={}))
    assert [each.noise for each in eacps.drawn[:4]] == [each.noise for each in luck.drawn[:4]]


def test_a_round_without_gain_is_rejected():
    """Where only a base is high, no neighbour ever is: each round draws a new base."""
    landscape = Landscape({"height": lambda point: 0.0})
    walk, _ = walked(options(strategy="zero_order", rounds=3, neighbours=2), landscape)
    assert [step.stage for step in walk.steps] == ["base", "near", "near"] * 3


def test_the_best_neighbour_is_the_next_base():
    climbing = Landscape({"height": lambda point: float(-abs(point[0] - 3))})
    walk, _ = walked(options(strategy="zero_order", rounds=6, neighbours=4, cosine=0.9), climbing, seed=2)
    bases = [step for step in walk.steps if step.stage == "base"]
    near = [step for step in walk.steps if step.stage == "near"]
    taken = {step.parent for step in near} - {step.number for step in bases}
    assert taken, "no neighbour was ever taken as a base"
    for number in taken:
        base = walk.steps[number - 1]
        assert base.data["potential"] > walk.steps[base.parent - 1].data["potential"]


def test_a_neighbour_has_its_parents_norm_and_the_cosine():
    walk, _ = walked(options(stage2="perturb", cosine=0.95))
    child = walk.steps[-1]
    a, b = (gaussian(step.request.noise, 50) for step in (walk.steps[child.parent - 1], child))
    assert np.linalg.norm(a) == pytest.approx(np.linalg.norm(b))
    assert a @ b / np.linalg.norm(a) ** 2 == pytest.approx(0.95)


def test_annealing_keeps_the_noise_and_varies_the_guidance():
    walk, landscape = walked(options(stage2="anneal", guidance=4.0, spread=0.25, children=3))
    child = walk.steps[4]
    parent = walk.steps[child.parent - 1]
    assert child.request.noise == parent.request.noise
    assert [each.settings.guidance for each in landscape.drawn[4:7]] == [3.0, 5.0, 2.0]
    assert {each.settings.guidance for each in landscape.drawn[:4]} == {4.0}


@settings(max_examples=60, deadline=None)
@given(
    strategy=st.sampled_from(["eacps", "ttflux", "zero_order", "best_of_n", "adaptive"]),
    unit=st.sampled_from(["pictures", "denoising_steps", "judge_tokens", "seconds", "money"]),
    share=st.floats(0.05, 40),
)
def test_no_budget_is_ever_exceeded(strategy, unit, share):
    each = {"pictures": 1, "denoising_steps": 4, "judge_tokens": 100, "seconds": 1.0, "money": 0.01}[unit]
    limit = max(1, int(share * each)) if isinstance(each, int) else share * each
    landscape = Landscape({"height": first})
    chosen = options(strategy=strategy, metric="height", weights={}, rounds=4, budget=Budget(**{unit: limit}))
    walked(chosen, landscape, ledger=Counting(landscape))
    affordable = int(limit / each + 1e-9)
    alone = 0 if unit in ("pictures",) else 1  # what a first picture costs is known once it is drawn
    assert len(landscape.drawn) <= max(affordable, alone)
    full = {"eacps": 8, "ttflux": 30, "zero_order": 17, "best_of_n": 8, "adaptive": 8}[strategy]
    assert len(landscape.drawn) >= min(affordable, full)


def test_a_budget_in_what_nobody_counts_is_refused():
    with pytest.raises(
        BadInput, match="counts money, which no model of this run counts .price_per_hour is the machine"
    ):
        walked(options(budget=Budget(money=1.0)))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"strategy": "eacsp"}, "Did you mean 'eacps'"),
        ({"parents": 5}, "5 of 4 is too many"),
        ({"wide": 0}, "wide must be 1 or more, got 0"),
        ({"cosine": 1.0}, "cosine lies between 0 and 1"),
        ({"stage2": "anneal"}, "give the one to vary around"),
        ({"weights": alone("height", 0.0)}, "every weight"),
        ({"metric": "height"}, "takes no weights"),
        ({"strength": 2.0}, "strength is 0 to 1, got 2"),
        ({"strength": -0.1}, "strength is 0 to 1, got -0.1"),
        ({"guidance": -1.0}, "guidance is 0 or more, got -1"),
    ],
)
def test_a_bad_setting_fails_where_it_is_written(bad, words):
    with pytest.raises((BadInput, UnknownName), match=words):
        options(**bad)


def test_a_metric_that_nobody_gives_is_refused_before_anything_is_drawn():
    landscape = Landscape({"depth": first})
    with pytest.raises(BadInput, match="no scorer gives 'height'"):
        walked(options(), landscape)
    assert not landscape.drawn


def test_a_candidate_without_a_score_is_never_kept():
    class Blinking(Landscape):
        def __call__(self, sample, image):
            found = super().__call__(sample, image)
            return found if found["height"].value < 0 else {"height": "too high to be seen"}

    walk, _ = walked(options(), Blinking({"height": first}))
    unseen = [step for step in walk.steps if step.data["potential"] is None]
    assert unseen and unseen[0].data["unranked"] == "height: too high to be seen"
    assert walk.steps[walk.chosen - 1].data["potential"] < 0


def test_what_no_candidate_can_be_given_is_left_out_for_all():
    class Half(Landscape):
        def __call__(self, sample, image):
            return super().__call__(sample, image) | {"depth": "there is no water"}

    landscape = Half({"height": first, "depth": first})
    walk, _ = walked(options(weights=HEIGHT["weights"] | {"depth": 5.0}), landscape)
    assert all(isinstance(step.data["potential"], float) for step in walk.steps)
    with pytest.raises(Refused, match="no metric of the potential can be had"):
        walked(
            options(weights=HEIGHT["weights"] | {"height": 0.0, "depth": 5.0}), Half({"height": first, "depth": first})
        )


def test_a_lower_metric_is_searched_downwards():
    landscape = Landscape({"height": first})
    landscape.metrics = tuple(each.model_copy(update={"better": "lower"}) for each in landscape.metrics)
    walk, _ = walked(options(strategy="best_of_n", metric="height", weights={}), landscape)
    heights = [step.scores["height"].value for step in walk.steps]
    assert walk.chosen == int(np.argmin(heights)) + 1


def test_a_weight_for_the_worse_is_refused():
    landscape = Landscape({"height": first})
    with pytest.raises(BadInput, match="weight -2 of height would keep the worse pictures.*give 2$"):
        walked(options(weights=alone("height", -2.0)), landscape)
    landscape.metrics = tuple(each.model_copy(update={"better": "lower"}) for each in landscape.metrics)
    with pytest.raises(BadInput, match="the lower is the better, so give -1$"):
        walked(options(), landscape)
    assert not landscape.drawn


def test_the_potential_is_the_weighted_sum():
    """PF + 10 CONS - 3 LPIPS: 25 + 10 x .9 - 3 x .2 = 33.4."""
    given = {"prompt_following": 25.0, "clip_consistency": 0.9, "lpips": 0.2}
    scores = {name: Measurement(value=value, unit="") for name, value in given.items()}
    assert Ranking(terms_of("edit", {})).value(scores) == pytest.approx(33.4)
    assert Ranking(terms_of("edit", {"lpips": -10})).value(scores) == pytest.approx(32.0)


def test_a_garment_that_the_generator_is_not_shown_is_said():
    class One(type(Landscape({}).generator())):
        unmasked_images = 1

    landscape = Landscape({"height": first})
    sample = replace(SAMPLE, images={role: Image.new("RGB", (8, 8)) for role in ("person", "garment")})
    walk = Walk(search(sample, generator=One(landscape), scorer=landscape, options=options()))
    assert {step.why for step in walk} == {"drawer takes 1 picture: of the garment it has the words alone"}
    assert {step.why for step in walked(options())[0].steps} == {""}


def test_a_mask_that_the_generator_does_not_take_is_said():
    landscape = Landscape({"height": first})
    white = Image.new("L", (8, 8), 255)
    sample = replace(SAMPLE, images={"init": Image.new("RGB", (8, 8)), "mask": white})
    walk = Walk(search(sample, generator=landscape.generator(), scorer=landscape, options=options()))
    assert {step.why for step in walk} == {"drawer takes no mask: what lies outside it may change, too"}


def test_a_negative_prompt_is_not_dropped_in_silence():
    with pytest.raises(BadInput, match="drawer takes no negative prompt; leave negative_prompt out"):
        walked(options(negative_prompt="blur"))


def test_a_picture_that_the_judge_needs_is_missed_before_drawing():
    landscape, judge, rubric = Landscape({"height": first}), Scripted(), RUBRICS["default"]
    judge.needs = ("person", "garment")
    judging = {"judge": judge, "rubric": rubric, "comparer": JudgedPairs(judge, rubric)}
    with pytest.raises(Refused, match="scripted needs the pictures person, garment and the sample has none; .*'none'"):
        walked(options(judged="chosen"), landscape, **judging)
    with pytest.raises(Refused, match="judged-pairs needs the pictures .* name another comparer"):
        walked(options(select="knockout"), landscape, **judging)
    assert not landscape.drawn
    walked(options(), landscape, **judging)
    assert landscape.drawn


def test_metrics_missing_for_one_reason_are_named_together():
    ranking = Ranking(terms_of("edit", {"lpips": 0}))
    with pytest.raises(Refused, match=r"\(prompt_following, clip_consistency: no picture\); take another"):
        ranking.settle([dict.fromkeys(("prompt_following", "clip_consistency"), "no picture")])


class Diffusion(type(Landscape({}).generator())):
    """Says what a picture takes."""

    steps = 4


def test_known_steps_are_never_overdrawn_and_drawn_together():
    landscape = Landscape({"height": first})
    chosen = options(strategy="best_of_n", metric="height", weights={}, budget=Budget(denoising_steps=21))
    flow = search(
        SAMPLE, generator=Diffusion(landscape), scorer=landscape, options=chosen, ledger=Counting(landscape, steps=4)
    )
    assert len(list(Walk(flow))) == 5 and landscape.batches == [5]


def test_a_budget_that_no_picture_fits_into_is_refused():
    landscape = Landscape({"height": first})
    chosen = options(budget=Budget(denoising_steps=3))
    with pytest.raises(BadInput, match="a picture takes 4 denoising_steps and the budget is 3; raise it"):
        list(Walk(search(SAMPLE, generator=Diffusion(landscape), scorer=landscape, options=chosen)))
    assert not landscape.drawn


def test_an_overdrawn_budget_is_said():
    """What a picture costs in seconds is known once the first is drawn."""
    landscape = Landscape({"height": first})
    walk, _ = walked(options(budget=Budget(seconds=0.5)), landscape, ledger=Counting(landscape))
    assert [step.why for step in walk.steps] == ["the budget is overdrawn: 1 seconds of 0.5"]


def test_a_budget_spent_to_the_last_unit_is_not_overdrawn():
    landscape = Landscape({"height": first})
    chosen = options(budget=Budget(denoising_steps=4))
    flow = search(
        SAMPLE, generator=Diffusion(landscape), scorer=landscape, options=chosen, ledger=Counting(landscape, steps=4)
    )
    assert [step.why for step in Walk(flow)] == [""]


def test_rounds_that_nobody_can_pay_are_refused():
    options(strategy="ttflux", metric="height", weights={}, rounds=12)
    with pytest.raises(BadInput, match="13 rounds draw 16382 pictures; at most 12 do"):
        options(strategy="ttflux", metric="height", weights={}, rounds=13)


def test_a_term_counts_in_units_of_its_scale():
    """0.9 / 0.02 - 1.5 x 0.03 / 0.015 = 45 - 3."""
    scores = {
        name: Measurement(value=value, unit="")
        for name, value in {"garment_outline": 0.9, "garment_middle": 0.03}.items()
    }
    left_out = dict.fromkeys(("garment_sleeves", "garment_colour", "garment_texture", "kept_ssim"), 0.0)
    assert Ranking(terms_of("measured", left_out)).value(scores) == pytest.approx(42.0)
