"""Hands and what is carried stay the photograph's, whatever is drawn behind them."""

from dataclasses import replace

import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.drawing.drape import drape
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.lower_body.lower import draw_lower
from tryon_core.models.embedded.drawing.placement import place
from tryon_core.models.embedded.drawing.upper import draw_upper, hands, outside_arms
from tryon_core.models.embedded.seeing.limbs import find_limbs
from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.masks import capsule, grown, shrunk


def seen(name: str) -> Person:
    return see_person(demo_picture("persons", name))


def at_waist(person: Person) -> np.ndarray:
    """bool (H, W): something as large as a hand, on the hip, over top and trousers."""
    unit, torso = person.frame.shoulder_px, person.frame.torso_px
    start, end = person.frame.point(0.15 * unit, 0.8 * torso), person.frame.point(0.35 * unit, 1.1 * torso)
    return capsule(person.alpha_HW.shape, start, end, 0.08 * unit)


@pytest.mark.parametrize("part", ["hands", "carried"])
@pytest.mark.parametrize(("who", "what", "draw"), [("p3", "lab", draw_upper), ("p1_full", "trousers_a", draw_lower)])
def test_nothing_is_drawn_on_what_is_in_front(who, what, draw, part):
    person = seen(who)
    thing, parameters = at_waist(person), WarpParameters()
    held = replace(person, **{part: getattr(person, part) | thing})
    garment = see_garment(demo_picture("garments", what))
    inside = shrunk(thing, 4)
    assert draw(person, garment, parameters).coverage_HW[inside].mean() > 0.3
    assert draw(held, garment, parameters).coverage_HW[inside].max() < 0.02


def test_the_rim_of_an_old_cuff_is_not_brought_back_with_the_hand():
    person = seen("p4")  # in long sleeves
    tee = see_garment(demo_picture("garments", "cropped"))
    kept_HW = hands(person, drape(tee, place(person, tee, WarpParameters()), person))
    cuffs = grown(person.upper & person.arms, 2) & grown(person.hands, 2)
    assert cuffs.sum() > 100 and kept_HW[cuffs].max() < 0.1


def test_no_cloth_of_the_trunk_is_seen_outside_a_bare_arm():
    person = seen("p1")
    everywhere, nowhere = np.ones(person.skin.shape, np.float32), np.zeros(person.skin.shape, np.float32)
    tee = see_garment(demo_picture("garments", "cropped"))
    draped = drape(tee, place(person, tee, WarpParameters()), person)
    wide = replace(draped, alpha_HW=everywhere, sleeves_HW=nowhere)
    across_HW = np.abs(person.frame.across_px_HW(person.skin.shape))
    outside, inside = np.zeros_like(person.skin), np.zeros_like(person.skin)
    for limb in find_limbs(person):
        bare = person.skin & (limb.edge_px_HW > 2) & (limb.along_HW > 0.6) & (limb.along_HW < 1.6)
        for row in np.flatnonzero(bare.any(1))[::10]:
            columns = np.flatnonzero(bare[row])
            near = np.abs(np.arange(bare.shape[1]) - columns.mean()) < 80
            outside[row] |= near & (across_HW[row] > across_HW[row][columns].max() + 6) & (person.alpha_HW[row] < 0.1)
            inside[row] |= near & (across_HW[row] < across_HW[row][columns].min() - 6)
    hidden_HW = outside_arms(person, wide)
    assert outside.sum() > 300 and (hidden_HW[outside] > 0.9).mean() > 0.9
    assert inside.sum() > 300 and (hidden_HW[inside] < 0.1).mean() > 0.9
