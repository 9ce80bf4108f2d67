"""Trousers and skirts of an unseen set, worn by its people or asked for.

Lengths are metres on the neutral body, colours sRGB 0..255.
"""

from __future__ import annotations

import numpy as np
from full_length import Lower
from lower import Skirt
from textures import plain
from trousers import Trousers

from unseen.plan import Plan
from unseen.tops import colour

WAIST_Z = {"high": (0.185, 0.235), "natural": (0.105, 0.140)}  # the navel lies at about 0.19
THIGH_M = {"wide": (0.105, 0.130), "straight": (0.088, 0.096)}
HEM_M = {"wide": (0.120, 0.170), "straight": (0.076, 0.090)}
WAIST_WORDS = {"high": "high-waisted ", "natural": ""}


def lower_of(plan: Plan) -> Lower:
    """The trousers that a garment's plan describes."""
    legs, waist = plan.facts["new_legs"], plan.facts["new_waist"]
    return some_lower(
        np.random.default_rng(plan.seed), legs=legs, waist=waist, words=f"{legs} {WAIST_WORDS[waist]}trousers"
    )


def some_lower(rng: np.random.Generator, *, legs: str, waist: str, words: str = "") -> Lower:
    """Trousers with "wide" or "straight" legs, or a "skirt", with a "high" or "natural" waist."""
    waist_z = rng.uniform(*WAIST_Z[waist])
    cloth = colour(rng.uniform(), rng.uniform(0.1, 0.5), rng.uniform(0.2, 0.7))
    if legs == "skirt":
        skirt = Skirt(waist_z=waist_z, hem_z=rng.uniform(-0.5, -0.25), flare=rng.uniform(0.05, 0.28))
        return Lower(cut=skirt, pattern=plain(cloth), words=words)
    trousers = Trousers(
        colour=cloth,
        waist_z=waist_z,
        thigh_m=rng.uniform(*THIGH_M[legs]),
        hem_m=rng.uniform(*HEM_M[legs]),
        drop_m=rng.uniform(0.04, 0.07),
        faded=float(rng.choice([0.0, 0.8])),
    )
    return Lower(cut=trousers, words=words)
