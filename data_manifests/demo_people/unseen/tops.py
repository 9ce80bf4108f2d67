"""The upper garments of an unseen set: a plan's features become a cut, a pattern and words.

Lengths are metres on the neutral body, colours sRGB 0..255.
"""

from __future__ import annotations

import colorsys
from dataclasses import replace

import numpy as np
from clothes import Garment
from emblems import Colour
from garments import Cut
from textures import Pattern, Trim, blocks, blossoms, checks, dots, lettering, plain, stripes

from unseen.plan import Plan

# half the neckline's width and its drop in front; a V's drop comes to a point
NECK_M = {"boat": (0.122, 0.030), "round": (0.076, 0.050), "v": (0.080, 0.120), "scoop": (0.098, 0.095)}
SLEEVE_M = {"puffed": (0.17, 0.26), "short": (0.14, 0.23), "long": (0.46, 0.49), "three_quarter": (0.31, 0.36)}
SLEEVE_M |= {"bell": (0.34, 0.46), "none": (0.0, 0.0)}
HEM_Z = {"cropped": (0.13, 0.18), "hip": (-0.01, 0.05), "long": (-0.06, -0.03)}
EASE_M = {"close": (0.008, 0.014), "loose": (0.020, 0.030)}
SLEEVELESS_EASE_M = 0.019  # at most: looser cloth would cling to the underside of the arm, where no sleeve is
SLEEVE_WORDS = {"puffed": "puffed sleeves", "short": "short sleeves", "long": "long sleeves", "none": "no sleeves"}
SLEEVE_WORDS |= {"three_quarter": "three-quarter sleeves", "bell": "wide bell sleeves"}
NECK_WORDS = {"boat": "a boat neck", "round": "a round neck", "v": "a V-neck", "scoop": "a scoop neck"}
NECK_WORDS |= {"collar": "a shirt collar"}
WORDS = ("NOVA", "RIVER", "ECHO", "PINE", "ATLAS", "MOSS")


def top_of(plan: Plan) -> Garment:
    """The garment that a plan describes."""
    rng = np.random.default_rng(plan.seed)
    facts = plan.facts
    ground, ink, third = some_colours(rng)
    words = (
        f"{facts['pattern']} {facts['hem']} top with {NECK_WORDS[facts['neck']]} and {SLEEVE_WORDS[facts['sleeves']]}"
    )
    return Garment(
        cut=top_cut(rng, neck=facts["neck"], sleeves=facts["sleeves"], hem=facts["hem"], fit=facts["fit"]),
        pattern=_pattern(facts["pattern"], rng, ground, ink, third),
        trim=_trim(facts["neck"], ink),
        words=words.replace("hip top", "top"),
        kind=facts["pattern"],
    )


def top_cut(rng: np.random.Generator, *, neck: str, sleeves: str, hem: str, fit: str) -> Cut:
    """A cut with these features; the numbers are drawn within each feature's range."""
    cut = Cut(
        sleeve_m=rng.uniform(*SLEEVE_M[sleeves]),
        hem_z=rng.uniform(*HEM_Z[hem]),
        ease_m=min(rng.uniform(*EASE_M[fit]), SLEEVELESS_EASE_M if sleeves == "none" else np.inf),
        folds=rng.uniform(0.6, 1.2),
        puff_m=rng.uniform(0.030, 0.050) if sleeves == "puffed" else 0.0,
        bell_m=rng.uniform(0.030, 0.055) if sleeves == "bell" else 0.0,
    )
    if neck == "collar":
        return replace(cut, neck_half_m=0.070, neck_drop_m=0.056, leaf_m=rng.uniform(0.040, 0.050))
    half_m, drop_m = NECK_M[neck]
    return replace(cut, neck_half_m=half_m, neck_drop_m=drop_m, neck_point=1.0 if neck == "v" else 0.0)


def some_colours(rng: np.random.Generator) -> tuple[Colour, Colour, Colour]:
    """A cloth's ground, a print that stands out from it, and a third colour; no ground is as light as paper."""
    hue, light = rng.uniform(), rng.uniform() < 0.5
    ground = colour(hue, rng.uniform(0.15, 0.70), rng.uniform(0.66, 0.86) if light else rng.uniform(0.22, 0.45))
    ink = colour(hue + rng.uniform(0.3, 0.7), rng.uniform(0.2, 0.7), 0.30 if light else 0.92)
    return ground, ink, colour(rng.uniform(), rng.uniform(0.4, 0.8), 0.65)


def colour(hue: float, saturation: float, value: float) -> Colour:
    """sRGB 0..255 of a hue (any number; a turn is 1), saturation and value 0..1."""
    return tuple(round(255 * share) for share in colorsys.hsv_to_rgb(hue % 1, saturation, value))


def _pattern(kind: str, rng: np.random.Generator, ground: Colour, ink: Colour, third: Colour) -> Pattern:
    size, share, word = rng.uniform(0.8, 1.4), rng.uniform(0.25, 0.5), str(rng.choice(WORDS))
    patterns = {
        "plain": plain(ground),
        "stripes": stripes(ground, ink, repeat_m=0.040 * size, share=share),
        "checks": checks(ground, ink, third, repeat_m=0.050 * size),
        "dots": dots(ground, ink, repeat_m=0.040 * size, radius_m=0.0080 * size),
        "floral": blossoms(ground, ink, third, repeat_m=0.046 * size),
        "text": lettering(ground, ink, word, width_m=0.15 * size),
        "blocks": blocks(ground, third, ink, ink),
    }
    return patterns[kind]


def _trim(neck: str, ink: Colour) -> Trim:
    return Trim(buttons=ink, rib_m=0.008) if neck == "collar" else Trim(rib_m=0.013)
