"""Split a person into clothes, skin and hair without a network: colour likelihoods from seeds that the pose places.

Each class learns its colours where the body says it must be (upper garment: the upper torso; lower garment: the thighs;
hair: a ring round the face; skin: the cheeks), is weighted by where it may be, and smoothed along the picture's edges.
"""

# Shapes: H, W image rows and columns; C classes.
from dataclasses import dataclass, replace

import cv2
import numpy as np

from .....pictures.masks import closed, grown, guided, largest, opened, touching
from ..body_frame import BodyFrame
from ..border import Border
from .carried import find_carried
from .class_colours import alike, from_seeds, parted_by_colour, seed_of_legs, taught_by_border, taught_by_naming
from .class_priors import (
    HAIR,
    LOWER,
    SKIN,
    UPPER,
    bare_band,
    hair_room,
    near_torso,
    part_at_border,
    part_at_waist,
    priors,
    throat,
)
from .clues import Clues, find_clues
from .hands import find_hands
from .long_sleeves import covered_forearms, sleeve_to_wrist
from .sight import Sight

_UNSURE = 1e-10  # keeps a share for every class
_SURE = 0.15  # confidence of a border that is believed; two garments of like colours have less


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """Masks of a person, bool (H, W); see perception.Person."""

    upper: np.ndarray
    lower: np.ndarray
    skin: np.ndarray
    hair: np.ndarray
    face: np.ndarray
    arms: np.ndarray
    forearms: np.ndarray
    hands: np.ndarray
    carried: np.ndarray
    border: Border | None


def parse(sight: Sight) -> Parts:
    """Name every pixel of the person: upper garment, lower garment, skin or hair.

    Twice: what the first naming found teaches the second one the colours that no seed saw (a sleeve of another colour,
    the pale skin of a chest).
    """
    clues = find_clues(sight)
    hair_seed = hair_room(clues) & clues.person & (clues.skin < 0.25)
    legs = seed_of_legs(clues)
    priors_HWC, likelihood_HWC, border = priors(clues), from_seeds(clues, legs, hair_seed), None
    thigh_colours_HW = likelihood_HWC[..., LOWER]
    sleeves_HW = covered_forearms(likelihood_HWC, clues)
    if alike(likelihood_HWC, legs):
        part_at_waist(priors_HWC, clues)
    else:
        parted = parted_by_colour(likelihood_HWC, clues, legs)
        if parted is not None and parted.border.confidence > _SURE:
            border = parted.border
            part_at_border(priors_HWC, border, clues)
            likelihood_HWC = taught_by_border(likelihood_HWC, parted, clues, sleeves_HW)
    sleeve_to_wrist(priors_HWC, sleeves_HW)
    first = (likelihood_HWC * priors_HWC + _UNSURE).argmax(-1)
    post_HWC = _posterior(taught_by_naming(likelihood_HWC, first, clues), priors_HWC)
    named = _smoothed(sight.image_HW3, post_HWC, max(3, clues.frame.shoulder_px * 0.02)).argmax(-1)
    named[clues.head.face] = SKIN
    parts = _cleaned(named, clues, hair_seed, border)
    if border is None:
        return parts
    may_be_HW = clues.person & ~clues.hued & ~parts.hands & (sleeves_HW < 0.05)
    return _without_carried(parts, find_carried(may_be_HW, thigh_colours_HW, border, parts.hands, clues.frame))


def _without_carried(parts: Parts, carried: np.ndarray) -> Parts:
    kept = {name: getattr(parts, name) & ~carried for name in ("upper", "lower", "skin", "hair")}
    return replace(parts, carried=carried, **kept)


def _posterior(likelihood_HWC: np.ndarray, priors_HWC: np.ndarray) -> np.ndarray:
    post_HWC = likelihood_HWC * priors_HWC
    post_HWC += _UNSURE
    post_HWC /= sum(post_HWC[..., c] for c in range(post_HWC.shape[-1]))[..., None]
    return post_HWC


def _smoothed(image_HW3: np.ndarray, post_HWC: np.ndarray, radius_px: float) -> np.ndarray:
    """float32 (H, W, C): the shares of the classes, their borders moved to the picture's edges; they still sum to 1.

    At half size, all classes in one call: they are smooth, and it takes a fifth of the time.
    """
    size = image_HW3.shape[1::-1]
    half = tuple(max(1, side // 2) for side in size)
    small_hw3 = cv2.resize(image_HW3, half, interpolation=cv2.INTER_AREA)
    small_hwC = cv2.resize(np.ascontiguousarray(post_HWC[..., :3]), half, interpolation=cv2.INTER_AREA)
    some = cv2.resize(guided(small_hw3, small_hwC, radius_px / 2, 2e-4), size, interpolation=cv2.INTER_LINEAR)
    return np.concatenate([some, 1 - some.sum(-1, keepdims=True)], -1)


# ---- cleaning --------------------------------------------------------------------------------------------------------


def _cleaned(named: np.ndarray, clues: Clues, hair_seed: np.ndarray, border: Border | None) -> Parts:
    """The named pixels as whole pieces that hang together."""
    person, face, frame = clues.person, clues.head.face, clues.frame
    trunk = near_torso(clues.shape, frame)
    upper, skin, lower, hair = (person & (named == c) for c in (UPPER, SKIN, LOWER, HAIR))
    legs_only = largest(lower, 0.05)
    upper |= lower & ~legs_only & (trunk | clues.arms)  # the inside of a cuff is as dark as trousers
    lower = legs_only
    hair, loose = _rooted(hair, hair_seed)
    bare = (clues.skin >= 0.25) | throat(clues)
    upper |= loose & trunk & ~bare
    skin |= loose & bare
    specks = _specks(skin, upper, frame) & (clues.skin < 0.25)
    if border is not None:
        specks &= ~bare_band(border, clues)
    upper = _worn(upper | (specks & trunk & ~face), clues.torso, frame) & person & ~face
    skin = skin & ~upper & ~hair
    return Parts(
        upper=upper,
        lower=lower & ~upper,
        skin=skin,
        hair=hair & ~upper,
        face=face & person,
        arms=clues.arms,
        forearms=clues.forearms,
        hands=find_hands(skin & ~face, clues.sight.landmarks_K3, frame),
        carried=np.zeros(clues.shape, bool),
        border=border,
    )


def _rooted(hair: np.ndarray, seed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(hair that grows from the head, the rest): dark clothes have hair's colours."""
    kept = touching(opened(hair | seed, 1), seed, 0.05, least_px=60) & (hair | seed)
    return kept, hair & ~kept


def _specks(skin: np.ndarray, upper: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """Small pieces of skin beside the upper garment: folds in shadow."""
    large = touching(skin, skin, 0.0, least_px=int(0.06 * frame.shoulder_px**2))
    return touching(skin & ~large, grown(upper, 2), 0.05)


def _worn(upper: np.ndarray, torso: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """The pieces of the upper garment that lie on the torso or are large, joined."""
    on_torso = touching(upper, torso, 0.02, least_px=int(0.02 * frame.shoulder_px**2))
    return closed(on_torso | touching(upper, upper, 0.0, least_px=int(0.08 * frame.shoulder_px**2)), 3)
