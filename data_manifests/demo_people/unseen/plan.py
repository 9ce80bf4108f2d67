"""Which features a set of unseen people has: dealt from a seed like cards, so that every value occurs.

Plain data: no picture is drawn and no renderer is imported here. The numbers behind a value (how high is a high waist)
are drawn by the files that build with it, from the plan's own `seed`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

FEWEST_PEOPLE, FEWEST_TOPS = 8, 12
KINDS, SEED_STEP = 3, 1000  # persons, tops and trousers of a set each have so many seeds of their own

POSES = ("arms_down", "hand_on_hip", "hand_in_pocket", "hands_on_hips", "forearm_raised")
WAISTS = ("high", "natural")
OLD_TOPS = ("tucked", "over", "cropped")
OLD_SLEEVES = ("short", "long", "none")
BAGS = ("none", "crossbody", "none")
BACKDROPS = ("indoor", "plain", "textured", "gradient", "outdoors")
FRAMINGS = ("hip", "knee", "full", "hip")
CAMERAS = ("chest_high", "low", "high")
LENSES = ("long", "normal", "short")
LEGS = {"female": ("wide", "skirt", "straight"), "male": ("wide", "straight")}
HAIR = {"female": ("long", "bob", "long", "back"), "male": ("short", "crop")}

NECKS = ("boat", "round", "collar", "v", "scoop")
SLEEVES = ("puffed", "short", "long", "bell", "none", "three_quarter")
HEMS = ("hip", "cropped", "hip", "long")
PHOTOGRAPHS = ("mannequin", "flat_lay", "hanging")
SLEEVE_PAIRS = ("even", "uneven")
PAPERS = ("shadow", "clean", "box")
PATTERNS = ("plain", "stripes", "text", "checks", "dots", "floral", "blocks")
FITS = ("loose", "close")

LOWER_SHARE = 6  # every sixth sample asks for trousers
NEW_LEGS, NEW_WAISTS = ("wide", "straight"), ("high", "natural")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A person or a garment: its name, the seed of its numbers, and its features as feature -> value.

    A garment's `garment_type` is "upper" or "trousers".
    """

    name: str
    seed: int
    facts: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Album:
    """A whole set: its seed, who and what is shown, and which person wears which garment."""

    seed: int
    people: tuple[Plan, ...]
    garments: tuple[Plan, ...]
    pairs: tuple[tuple[Plan, Plan], ...]

    def counts(self) -> dict[str, int]:
        """How many samples have each feature's value: "waist: high" -> 12."""
        shown = (fact for pair in self.pairs for plan in pair for fact in plan.facts.items())
        return dict(sorted(Counter(f"{feature}: {value}" for feature, value in shown).items()))


def plan_album(seed: int, count: int) -> Album:
    """The set of `count` samples that this seed gives: at least 8 people and 12 tops, about three samples a person;
    trousers are asked for where a person's legs are seen."""
    lower_count = count // LOWER_SHARE
    people = _people(seed, max(FEWEST_PEOPLE, -(-count // 3)))
    tops = _tops(seed, max(FEWEST_TOPS, -(-count // 2)))
    trousers = _trousers(seed, -(-lower_count // 2))
    on_legs = [person for person in people if person.facts["framing"] != "hip"]
    pairs = _paired(people, tops, count - lower_count) + _paired(on_legs, trousers, lower_count)
    return Album(seed=seed, people=people, garments=tops + trousers, pairs=pairs)


def _paired(people: Sequence[Plan], garments: Sequence[Plan], count: int) -> tuple[tuple[Plan, Plan], ...]:
    """`count` pairs, person and garment both going round; where all pairs of such a round are used up, the next round
    starts one garment further on, so that none comes again."""
    cycle = np.lcm(len(people), len(garments)) if count else 1
    return tuple((people[i % len(people)], garments[(i + i // cycle) % len(garments)]) for i in range(count))


def whole_number(text: str, *, least: int, name: str) -> int:
    """The number that a caller wrote.

    raises   ValueError with one sentence where it is none, or less than `least`
    """
    if not text.strip().isdecimal() or int(text) < least:
        raise ValueError(f"{name} is a whole number from {least} on, such as {name}={max(least, 7)}; got {text!r}")
    return int(text)


def dealt(rng: np.random.Generator, values: Sequence[str], count: int) -> list[str]:
    """`count` values: one shuffled deck after another, so that none is rare."""
    decks = [rng.permutation(len(values)) for _ in range(-(-count // len(values)))]
    return [values[k] for deck in decks for k in deck][:count]


def _people(seed: int, count: int) -> tuple[Plan, ...]:
    rng = np.random.default_rng([seed, 1])
    decks = {
        "gender": ["female", "male"] * (-(-count // 2)),
        "pose": dealt(rng, POSES, count),
        "waist": dealt(rng, WAISTS, count),
        "old_top": dealt(rng, OLD_TOPS, count),
        "old_sleeves": dealt(rng, OLD_SLEEVES, count),
        "bag": dealt(rng, BAGS, count),
        "backdrop": dealt(rng, BACKDROPS, count),
        "framing": dealt(rng, FRAMINGS, count),
        "camera": dealt(rng, CAMERAS, count),
        "lens": dealt(rng, LENSES, count),
    }
    by_gender = {
        feature: {gender: iter(dealt(rng, values, count)) for gender, values in of_gender.items()}
        for feature, of_gender in (("legs", LEGS), ("hair", HAIR))
    }
    plans = []
    for number, facts in enumerate(_rows(decks, count)):
        facts |= {feature: next(deck[facts["gender"]]) for feature, deck in by_gender.items()}
        if facts["pose"] == "hand_in_pocket" and facts["legs"] == "skirt":  # our skirts have no pockets
            facts["legs"] = "wide"
        if facts["legs"] == "skirt" and facts["old_top"] == "over":  # a flared skirt stands off further than a hem
            facts["old_top"] = "tucked"
        plans.append(Plan(name=f"u{number + 1}", seed=seed * KINDS * SEED_STEP + number, facts=facts))
    return tuple(plans)


def _tops(seed: int, count: int) -> tuple[Plan, ...]:
    rng = np.random.default_rng([seed, 2])
    decks = {
        "garment_type": ["upper"] * count,
        "neck": dealt(rng, NECKS, count),
        "sleeves": dealt(rng, SLEEVES, count),
        "hem": dealt(rng, HEMS, count),
        "photograph": dealt(rng, PHOTOGRAPHS, count),
        "sleeve_pair": dealt(rng, SLEEVE_PAIRS, count),
        "paper": dealt(rng, PAPERS, count),
        "pattern": dealt(rng, PATTERNS, count),
        "fit": dealt(rng, FITS, count),
    }
    plans = []
    for number, facts in enumerate(_rows(decks, count)):
        if facts["sleeves"] == "none":
            facts["sleeve_pair"] = "none"
        plans.append(Plan(name=f"g{number + 1}", seed=(seed * KINDS + 1) * SEED_STEP + number, facts=facts))
    return tuple(plans)


def _trousers(seed: int, count: int) -> tuple[Plan, ...]:
    rng = np.random.default_rng([seed, 8])
    decks = {
        "garment_type": ["trousers"] * count,
        "pattern": ["plain"] * count,
        "new_legs": dealt(rng, NEW_LEGS, count),
        "new_waist": dealt(rng, NEW_WAISTS, count),
        "photograph": dealt(rng, ("flat_lay", "mannequin"), count),
        "paper": dealt(rng, PAPERS, count),
    }
    return tuple(
        Plan(name=f"t{number + 1}", seed=(seed * KINDS + 2) * SEED_STEP + number, facts=facts)
        for number, facts in enumerate(_rows(decks, count))
    )


def _rows(decks: dict[str, list[str]], count: int) -> Iterable[dict[str, Any]]:
    """One row of facts per number, from columns."""
    return ({feature: deck[number] for feature, deck in decks.items()} for number in range(count))
