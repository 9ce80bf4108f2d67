"""The persons of an unseen set: a plan's features become a body, a haircut, clothes, a camera, light and a place.

Angles are degrees, lengths metres, on the neutral body where clothes are meant; colours sRGB 0..255.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from body import Body, make_body
from clothes import Garment
from emblems import Colour
from footwear import Shoes
from full_length import LEGS_IN_DEG, Lower, centred
from hair import Haircut, grow
from scene import Hairs, Lights, studio
from skin import Complexion
from textures import Trim, plain, stripes

from unseen.bags import Bag
from unseen.hands import hands_placed
from unseen.lens import Lens, some_lens
from unseen.lowers import some_lower
from unseen.plan import Plan
from unseen.poses import pose_of
from unseen.tops import colour, some_colours, top_cut

OLD_HEMS = {"tucked": "hip", "over": "hip", "cropped": "cropped"}  # old top -> hem of tops.py
SKINS = ((240, 208, 190), (224, 184, 156), (206, 160, 130), (176, 128, 96), (140, 96, 70), (98, 64, 46))  # light, dark
HAIRS = ((28, 22, 20), (52, 38, 30), (92, 60, 38), (150, 112, 70), (164, 88, 46), (186, 158, 112))
DARK_SKIN, DARK_HAIRS = 190, 2  # red of 255 below which skin is dark, and the first so many hair colours go with it
IRISES = ((46, 30, 22), (84, 104, 84), (78, 104, 128))  # brown, green, blue
OLD, GREY = 1.0, (0.3, 0.7)  # anny's age of the oldest, and the share of their hairs that is grey
LEGS_TOGETHER = {"upperleg01.L": ("y", LEGS_IN_DEG), "upperleg01.R": ("y", -LEGS_IN_DEG)}
HAIR_M = {
    "long": (0.38, 0.48),
    "bob": (0.17, 0.23),
    "back": (0.15, 0.18),
    "short": (0.02, 0.045),
    "crop": (0.006, 0.012),
}


@dataclass(frozen=True, kw_only=True)
class Wearer:
    """One person, dressed below the waist and placed, whatever the top.

    tucked   tops are worn inside the waistband where they reach it
    """

    plan: Plan
    body: Body
    hairs: Hairs
    complexion: Complexion
    old_top: Garment
    lower: Lower
    tucked: bool
    shoes: Shoes
    bag: Bag | None
    lights: Lights
    lens: Lens


def wearer_of(plan: Plan) -> Wearer:
    """The person that a plan describes."""
    facts, looks_rng, rng = plan.facts, np.random.default_rng([plan.seed, 4]), np.random.default_rng([plan.seed, 5])
    female = facts["gender"] == "female"
    phenotype = _phenotype(looks_rng, female)
    pose = pose_of(facts["pose"], looks_rng) | LEGS_TOGETHER
    body = hands_placed(centred(make_body(phenotype, pose)), facts["pose"])
    complexion = _complexion(looks_rng, female)
    haircut = _haircut(looks_rng, facts["hair"], complexion.hair, grey=GREY if phenotype["age"] == OLD else (0, 0))
    leather = colour(rng.uniform(0.03, 0.09), rng.uniform(0.3, 0.7), rng.uniform(0.15, 0.55))
    bag_side = 1 if facts["pose"] in ("hand_on_hip", "hand_in_pocket") else -1  # where no hand is busy
    return Wearer(
        plan=plan,
        body=body,
        hairs=grow(body, haircut, plan.seed),
        complexion=complexion,
        old_top=_old_top(rng, facts),
        lower=some_lower(rng, legs=facts["legs"], waist=facts["waist"]),
        tucked=facts["old_top"] == "tucked" or facts["legs"] == "skirt",
        shoes=Shoes(upper=colour(rng.uniform(), 0.2, rng.uniform(0.15, 0.9)), sole=(228, 226, 220), collar_m=0.078),
        bag=Bag(colour=leather, side=bag_side) if facts["bag"] == "crossbody" else None,
        lights=_light(rng, plan.seed),
        lens=some_lens(rng),
    )


def _phenotype(rng: np.random.Generator, female: bool) -> dict[str, float]:
    """anny's labels of a grown person, neither very thin nor very heavy."""
    return dict(
        gender=rng.uniform(0.92, 0.98) if female else rng.uniform(0.02, 0.08),
        age=float(rng.choice([0.67, 0.72, 0.85, OLD], p=[0.4, 0.3, 0.2, 0.1])),
        muscle=rng.uniform(0.42, 0.62),
        weight=rng.uniform(0.34, 0.68),
        height=rng.uniform(0.40, 0.62),
        proportions=rng.uniform(0.5, 0.75),
    )


def _complexion(rng: np.random.Generator, female: bool) -> Complexion:
    """Skin from light to dark; dark skin goes with dark hair."""
    skin = np.array(SKINS[rng.integers(len(SKINS))]) + rng.integers(-8, 9)
    return Complexion(
        skin=tuple(int(value) for value in skin),
        lips=tuple(int(value) for value in skin * (0.86, 0.60, 0.64)),
        hair=HAIRS[rng.integers(DARK_HAIRS if skin[0] < DARK_SKIN else len(HAIRS))],
        iris=IRISES[rng.integers(len(IRISES))],
        stubble=0.0 if female else rng.uniform(0.1, 0.9),
    )


def _haircut(rng: np.random.Generator, style: str, hair: Colour, grey: tuple[float, float]) -> Haircut:
    return Haircut(
        style=style,
        part_x=rng.uniform(-0.03, 0.03),
        length_m=rng.uniform(*HAIR_M[style]),
        volume_m=0.004 if style == "crop" else 0.012,
        colour=hair,
        grey=rng.uniform(*grey),
        count=36000,
    )


def _light(rng: np.random.Generator, seed: int) -> Lights:
    """A studio's light from either side, duller to brighter than the committed one's."""
    return studio(
        seed=seed % 100_000,
        side=int(rng.choice([-1, 1])),
        key=rng.uniform(0.70, 1.05),
        fill=rng.uniform(0.7, 1.4),
        room=rng.uniform(0.78, 0.98),
        warmth=rng.uniform(-0.4, 0.6),
    )


def _old_top(rng: np.random.Generator, facts: dict[str, str]) -> Garment:
    neck = str(rng.choice(["round", "scoop", "v", "boat"]))
    ground, ink, _ = some_colours(rng)
    cut = top_cut(rng, neck=neck, sleeves=facts["old_sleeves"], hem=OLD_HEMS[facts["old_top"]], fit="close")
    pattern = stripes(ground, ink) if rng.uniform() < 0.25 else plain(ground)
    return Garment(cut=cut, pattern=pattern, trim=Trim(rib_m=0.012))
