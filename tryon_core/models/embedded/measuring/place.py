"""Where on one person a kind of garment is worn: what it replaces, where it may lie, and what it may be taken for."""

# Shapes: H, W rows and columns at the working size.
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import expit

from ....pictures.masks import grown, polygon
from ..cloth.kind import Kind
from ..seeing.legs import Legs, see_legs
from ..seeing.perception import Person

WAIST = 0.72  # share of torso length: no waistband sits higher
HARDLY = 0.02
FOOT = 0.1  # shoulder widths below the ankles' joints where shoes begin at the latest


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """One kind of garment on one person.

    part      the part of the body it dresses, in words
    old_HW    bool: what the person wears there and has to take off
    zone_HW   bool: where the new garment may lie; never the face
    core_HW   bool: where it leaves hardly anybody bare and nothing else is worn over it
    bare_HW   bool: where skin is rarer than elsewhere
    over_HW   float32, 0-1: how readily another garment is believed: below an upper one, above a lower one
    other_HW  bool: that garment in the person's picture; shoes, for a dress
    feet_HW      bool: everything below the ankles; empty for an upper garment and where they are not in the picture
    skin_lights  in which lights, against the skin seen, bare skin may lie: legs stand in a hem's shadow
    """

    part: str
    old_HW: np.ndarray
    zone_HW: np.ndarray
    core_HW: np.ndarray
    bare_HW: np.ndarray
    over_HW: np.ndarray
    other_HW: np.ndarray
    feet_HW: np.ndarray
    skin_lights: tuple[float, ...] = (0.6, 0.8, 1.0)


@lru_cache(maxsize=2)
def place_of(kind: Kind, person: Person) -> Place:
    """The place of an upper garment, a dress, trousers or a skirt; remembered for the attempts of one loop."""
    down_HW = person.frame.down_share_HW(person.upper.shape)
    if kind == "upper":
        return Place(
            part="trunk",
            old_HW=person.upper,
            zone_HW=_upper_zone(person),
            core_HW=trunk(person, 0.36, 0.25, 0.85),
            bare_HW=trunk(person, 0.45, 0.2, 1.2),
            over_HW=_revealed(person, person.upper) * expit((down_HW - 0.97) / 0.04) + np.float32(1e-6),
            other_HW=person.lower,
            feet_HW=np.zeros(down_HW.shape, bool),
            skin_lights=(1.0,),
        )
    legs = see_legs(person)
    feet_HW = _feet(person, legs)
    hips_HW, lower_HW = _hips(person), person.lower & ~feet_HW
    if kind == "dress":
        return Place(
            part="trunk and hips",
            old_HW=person.upper | lower_HW,
            zone_HW=_upper_zone(person) | _lower_zone(person, legs, lower_HW),
            core_HW=trunk(person, 0.36, 0.25, 1.3),
            bare_HW=trunk(person, 0.45, 0.2, 1.3) | hips_HW,
            over_HW=np.float32(expit((down_HW - legs.ankle_px / person.frame.torso_px) / 0.04)) + np.float32(1e-6),
            other_HW=feet_HW & (person.alpha_HW > 0.5),
            feet_HW=feet_HW,
        )
    top_HW = grown(person.upper, 0.05 * person.frame.shoulder_px)
    return Place(
        part="hips",
        old_HW=lower_HW,
        zone_HW=_lower_zone(person, legs, lower_HW),
        core_HW=hips_HW & ~top_HW,
        bare_HW=hips_HW,
        over_HW=np.where(top_HW, np.float32(0.5), np.float32(0.01)) + np.float32(expit((0.95 - down_HW) / 0.04)) / 2,
        other_HW=person.upper,
        feet_HW=feet_HW,
    )


def trunk(person: Person, side: float, top: float, bottom: float) -> np.ndarray:
    """bool: the trunk within `side` shoulder widths of its middle, between two heights in torso lengths."""
    corners = [
        person.frame.point(across * person.frame.shoulder_px, down * person.frame.torso_px)
        for across, down in ((-side, top), (side, top), (side, bottom), (-side, bottom))
    ]
    return polygon(person.upper.shape, corners)


def _revealed(person: Person, old_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W): another garment can come to light where the old one was; elsewhere it can hardly have changed."""
    return np.where(grown(old_HW, 0.03 * person.frame.shoulder_px), np.float32(1), np.float32(HARDLY))


def _upper_zone(person: Person) -> np.ndarray:
    """Torso down to mid-thigh, arms, the old garment."""
    frame, shape = person.frame, person.upper.shape
    wide, up, down = 0.65 * frame.shoulder_px, 0.45 * frame.shoulder_px, 1.6 * frame.torso_px
    hips = 0.5 * np.hypot(*(frame.left_hip - frame.right_hip))
    flare = max(hips, 0.5 * frame.shoulder_px) + 0.3 * frame.shoulder_px
    corners = [frame.point(-wide, -up), frame.point(wide, -up), frame.point(flare, down), frame.point(-flare, down)]
    zone_HW = polygon(shape, corners) | person.arms | person.upper
    return grown(zone_HW, int(0.06 * frame.shoulder_px)) & ~person.face


def _lower_zone(person: Person, legs: Legs, lower_HW: np.ndarray) -> np.ndarray:
    """From the waist down to the shoes, as wide as a flared skirt, and the old lower garment."""
    frame, shape = person.frame, person.upper.shape
    top, bottom = WAIST * frame.torso_px, legs.ankle_px + FOOT * frame.shoulder_px
    narrow, wide = 0.8 * frame.shoulder_px, 1.5 * frame.shoulder_px
    corners = [
        frame.point(-narrow, top),
        frame.point(narrow, top),
        frame.point(wide, bottom),
        frame.point(-wide, bottom),
    ]
    return (polygon(shape, corners) | lower_HW) & ~person.face


def _hips(person: Person) -> np.ndarray:
    """The hips and the uppermost part of both thighs, without the gap that may be between them."""
    frame = person.frame
    half = 0.5 * np.hypot(*(frame.left_hip - frame.right_hip)) + 0.1 * frame.shoulder_px
    return trunk(person, half / frame.shoulder_px, 0.95, 1.25) & (person.alpha_HW > 0.5) & ~person.arms


def _feet(person: Person, legs: Legs) -> np.ndarray:
    """Everything below the ankles; nothing where they are not in the picture."""
    if not legs.ankles_seen:
        return np.zeros(person.upper.shape, bool)
    below = legs.ankle_px + FOOT * person.frame.shoulder_px
    return person.frame.down_share_HW(person.upper.shape) > below / person.frame.torso_px
