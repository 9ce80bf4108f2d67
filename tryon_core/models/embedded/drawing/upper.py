"""Draw an upper garment on a person: old one off, new one draped and lit, what lies before it back on top."""

# Shapes: H, W image rows and columns; 3 is RGB.
from dataclasses import replace

import cv2
import numpy as np

from ....pictures.masks import grown, guided, opened, soft, touching
from ..cloth.flat_garment import Garment
from ..seeing.body import measure_body
from ..seeing.limbs import Limb, find_limbs
from ..seeing.perception import Person
from ..seeing.recall import once_each
from .bared.sewn_gaps import cuff_of
from .bared.skin import skin_hued
from .composed.canvas import Canvas
from .drape import Drape, drape
from .drawing_parameters import WarpParameters
from .in_front import carried, whole_hands
from .placement import place
from .shade import contact_shadow, lit
from .trousers import find_trousers
from .undress import behind, body_left, made_up, remains

_FEATHER_PX = 1.2
_LEAST_SLEEVE_PX = 200
_NECK = 0.17  # half the neck's width, in shoulder widths
_NECK_DIP = 0.04  # how much lower a collar is in front of the neck than beside it, in shoulder widths
_KNUCKLES = 2.2  # along an arm, where 2 is the wrist: no sleeve is drawn over what lies further
_ARM_ROOM = 0.03  # how far beyond its measured outline a forearm's skin may go, in shoulder widths
_WRIST = 1.8  # along an arm: from here on fingers may spread
_MIXED_PX = 2  # how wide an arm's edge is mixed with the clothes beside it
_RIM_PX = 3  # of an arm, mixed with what is behind it
_CUFF_PX = 4  # how far the colour of an old cuff reaches over its edge
_OUTSIDE_SHARE = 0.35  # how far beyond an arm a top's side could be drawn, in shoulder widths
_BESIDE_SHARE = 0.1  # how much an arm may be thicker on one side than its sleeve is drawn, in shoulder widths


def draw_upper(person: Person, garment: Garment, parameters: WarpParameters) -> Canvas:
    """The layers to lay over the person's picture, at working size."""
    draped = drape(garment, place(person, garment, parameters), person)
    front_HW = occluders(person, draped)
    bare_HW, sleeved_HW = arms_by_cuff(person, draped)
    alpha_HW = draped.alpha_HW * (1 - np.maximum.reduce([front_HW, bare_HW, outside_arms(person, draped)]))

    canvas = Canvas(person.alpha_HW.shape)
    remains_HW = remains(person, find_trousers(person), alpha_HW, parameters.cover)
    canvas.paint(made_up(person), remains_HW)
    canvas.paint(behind(person), sleeved_HW * (1 - alpha_HW))
    body_HW = body_left(person, remains_HW) * (1 - sleeved_HW)
    canvas.paint(0.0, contact_shadow(alpha_HW, body_HW, person.frame.shoulder_px))
    feathered_HW = cv2.GaussianBlur(alpha_HW, (0, 0), max(0.3, 0.8 * (_FEATHER_PX + parameters.edge)))
    canvas.paint_cloth(lit(draped.colour_HW3, alpha_HW, person, parameters), feathered_HW, draped.source)
    canvas.reveal(np.maximum(head(person), hands(person, draped)))
    return canvas


def occluders(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: what stays in front of any garment: face, hair, the core of the neck, hands and forearms."""
    neck_HW = soft(_neck_above_collars(person), 1.0)
    return np.maximum.reduce([head(person), neck_HW, _bare_forearms(person, draped), hands(person, draped)])


@once_each
def _neck_above_collars(person: Person) -> np.ndarray:
    """bool (H, W): the neck from the foot of a collar on, which is where neck and shoulders meet; lower in front."""
    unit, shape, body = person.frame.shoulder_px, person.alpha_HW.shape, measure_body(person)
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    foot_px = np.mean([body.slope_px(_NECK * unit, unit, side) for side in (0, 1)])
    dip_HW = _NECK_DIP * unit * (1 - (across_HW / (_NECK * unit)) ** 2)
    above_collar = down_HW * person.frame.torso_px < dip_HW - foot_px
    return person.skin & above_collar & (np.abs(across_HW) < _NECK * unit)


def _bare_forearms(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: hands and bare forearms beyond the new sleeves."""
    unit, down_HW = person.frame.shoulder_px, person.frame.down_share_HW(person.alpha_HW.shape)
    sleeves = grown(draped.sleeves_HW > 0.3, 0.045 * unit)
    reach = grown(person.forearms, 0.1 * unit) & ~_beside_forearms(person)  # fingers spread beyond a hand's landmarks
    hands = touching(opened(reach & person.skin & ~sleeves & (down_HW > 0.25), 2), person.forearms, 0.2)
    smooth_HW = soft(soft(hands, 3.5) > 0.5, 1.2)  # the parse's ragged edge would show against cloth
    return smooth_HW * (1 - _rim_of_clothes(person))


@once_each
def _rim_of_clothes(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: an arm's edge beside worn clothes, mixed with their colour, and pale cloth read as skin."""
    worn = person.upper | person.lower
    pale = person.skin & ~skin_hued(person) & grown(worn, _ARM_ROOM * person.frame.shoulder_px)
    inside = np.any([limb.edge_px_HW > 2 * _MIXED_PX for limb in find_limbs(person)], axis=0)
    mixed = grown(worn, _MIXED_PX) & ~worn & ~inside  # across an arm an old sleeve has no rim: it is painted whole
    return soft((mixed | pale) & ~person.hands, 0.8)


@once_each
def _beside_forearms(person: Person) -> np.ndarray:
    """bool (H, W): skin beyond the outline of an arm before its wrist that is no part of it: a bare stomach's edge.

    An arm may be thicker than it was measured, by a little and not in narrow tongues.
    """
    room_px = _ARM_ROOM * person.frame.shoulder_px
    tongues = ~opened(person.skin, room_px)
    beyond = [limb.edge_px_HW < np.where(tongues, 0, -room_px) for limb in find_limbs(person)]
    return np.all([limb.along_HW < _WRIST for limb in find_limbs(person)], axis=0) & np.all(beyond, axis=0)


def hands(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: hands beyond wrists and new cuffs, and what is carried: nothing is ever painted on them."""
    limbs = find_limbs(person)
    wrists = np.max([np.clip((limb.along_HW - 1.85) / 0.1, 0, 1) for limb in limbs], axis=0)
    knuckles = np.max([np.clip((limb.along_HW - _KNUCKLES) / 0.1, 0, 1) for limb in limbs], axis=0)
    whole_HW = whole_hands(person) * np.maximum(1 - draped.sleeves_HW, knuckles)
    own_HW = np.maximum(_bare_forearms(person, draped) * wrists, whole_HW) * (1 - _at_old_cuffs(person))
    return np.maximum(own_HW, carried(person))


@once_each
def _at_old_cuffs(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: the rim of an old long sleeve, which a hand's own edge would bring back as a line."""
    limbs = find_limbs(person)
    sleeves = np.any([(limb.along_HW > 1.2) & (limb.edge_px_HW > -_CUFF_PX) for limb in limbs], axis=0)
    return soft(grown(person.upper & sleeves, _CUFF_PX), 0.8)


def outside_arms(person: Person, draped: Drape) -> np.ndarray:
    """float32 (H, W), 0-1: the background on the outer side of a bare arm, where no cloth of the trunk is seen."""
    unit, outside = person.frame.shoulder_px, np.zeros(person.alpha_HW.shape, bool)
    for limb in find_limbs(person):
        bare = person.skin & (limb.edge_px_HW > 0)
        if bare.sum() < _LEAST_SLEEVE_PX:
            continue
        first, last = np.percentile(limb.along_HW[bare], [2, 98])
        beside = (limb.along_HW > first) & (limb.along_HW < last) & (limb.edge_px_HW > -_OUTSIDE_SHARE * unit)
        outside |= beside & (limb.across_HW >= 1) & (person.alpha_HW < 0.5)
    return soft(grown(outside, _RIM_PX), 1.0) * (1 - grown(draped.sleeves_HW > 0.05, 2))


@once_each
def head(person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: face and hair, with single strands where they stand out from what is behind."""
    hair_HW = soft(person.hair, 1.0)
    strands_HW = guided(person.image_HW3, hair_HW, 0.03 * person.frame.shoulder_px, 1e-3)
    strands_HW = np.clip((strands_HW - 0.15) / 0.7, 0, 1) * grown(person.hair, 0.04 * person.frame.shoulder_px)
    return np.maximum(np.maximum(hair_HW, strands_HW), person.face.astype(np.float32))


def _as_seen(limb: Limb, person: Person) -> Limb:
    """An arm with what of its skin lies a little beyond its measured outline."""
    room_px = _ARM_ROOM * person.frame.shoulder_px
    return replace(limb, edge_px_HW=limb.edge_px_HW + np.where(person.skin, np.float32(room_px), 0))


def arms_by_cuff(person: Person, draped: Drape) -> tuple[np.ndarray, np.ndarray]:
    """float32 (H, W), 0-1, each: the arms beyond the new cuffs, which lie before the trunk; those that a sleeve hides.

    A hidden arm may be thicker than its new sleeve is drawn; nobody sees an arm beside its sleeve.
    """
    seen_HW = soft((person.skin | person.upper) & ~person.face, 1.0) * person.alpha_HW
    bare_HW, sleeved_HW = np.zeros_like(seen_HW), np.zeros_like(seen_HW)
    outside, sleeves, unit = draped.alpha_HW < 0.5, draped.sleeves_HW > 0.5, person.frame.shoulder_px
    for limb in find_limbs(person):
        cuff = cuff_of(limb, sleeves)
        bare_HW = np.maximum(bare_HW, _as_seen(limb, person).beyond(cuff) * (limb.along_HW < 2.15))
        if cuff:
            upper_arm = outside & (limb.along_HW > 0) & (limb.along_HW < cuff - 0.08)
            beside = upper_arm & (limb.edge_px_HW > -3) & ~person.lower & ~person.hair
            beside &= (limb.across_HW > 0) | ~person.skin  # a bare arm's inner side is in its sleeve, see sewn_gaps
            sleeved_HW = np.maximum(sleeved_HW, soft(beside & grown(sleeves, _BESIDE_SHARE * unit), 1.0))
    return bare_HW * seen_HW * (1 - draped.sleeves_HW) * (1 - _rim_of_clothes(person) * draped.alpha_HW), sleeved_HW
