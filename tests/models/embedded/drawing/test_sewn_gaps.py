"""Arms are whole in their sleeves, and nothing old is seen between cloth and an arm beside it."""

from dataclasses import replace

import numpy as np
from demo_pictures import demo_picture

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.drawing.bared.sewn_gaps import cuff_of, gaps
from tryon_core.models.embedded.drawing.drape import Drape, drape
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.placement import place
from tryon_core.models.embedded.drawing.upper import arms_by_cuff, occluders
from tryon_core.models.embedded.seeing.body import measure_body
from tryon_core.models.embedded.seeing.limbs import find_limbs
from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.masks import shrunk

TEE = "cropped"


def bare_armed() -> Person:
    return see_person(demo_picture("truth", "p3_blossoms"))


def tee_on(person: Person, garment: str = TEE) -> Drape:
    what = see_garment(demo_picture("garments", garment))
    return drape(what, place(person, what, WarpParameters()), person)


def gaps_of(person: Person, cloth: np.ndarray, sleeves: np.ndarray) -> np.ndarray:
    placement = place(person, see_garment(demo_picture("garments", TEE)), WarpParameters())
    return gaps(cloth, sleeves, placement, person)


def test_an_arm_is_whole_in_a_sleeve_narrower_than_it():
    person = bare_armed()
    draped = tee_on(person)
    limb = find_limbs(person)[0]
    sleeves = draped.sleeves_HW > 0.5
    inner = (limb.edge_px_HW > 0) & (limb.across_HW < 0) & (limb.along_HW > 0.3)
    inner &= person.skin & (limb.along_HW < cuff_of(limb, sleeves) - 0.1)
    filled = gaps_of(person, (draped.alpha_HW > 0.5) & ~inner, sleeves & ~inner)
    assert inner.sum() > 500 and filled[inner].mean() > 0.95


def test_no_background_is_painted_between_a_sleeve_and_the_trunk():
    person = bare_armed()
    draped = tee_on(person)
    narrow_HW = draped.alpha_HW.copy()
    limb = find_limbs(person)[0]
    inner = person.skin & (limb.edge_px_HW > 0) & (limb.across_HW < -0.2) & (limb.along_HW > 0.4)
    narrow_HW[inner] = 0
    _, hidden_HW = arms_by_cuff(person, replace(draped, alpha_HW=narrow_HW))
    assert inner.sum() > 500 and hidden_HW[shrunk(inner, 3)].max() < 0.1


def test_what_is_worn_below_is_not_seen_between_cloth_and_an_arm():
    """A strip at the hip beside a hand's wrist; none below the hem, none over the wall."""
    person = bare_armed()
    shape, unit = person.alpha_HW.shape, person.frame.shoulder_px
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    side_px = measure_body(person).half_px(0.8, 0)
    level = (down_HW > 0.45) & (down_HW < 1.0)
    strip = (across_HW < -side_px + 0.05 * unit) & (across_HW > -side_px - 0.04 * unit)
    arm = (across_HW <= -side_px - 0.04 * unit) & (across_HW > -side_px - 0.3 * unit) & (down_HW < 1.2)
    beside = replace(
        person,
        skin=(person.skin & ~strip) | arm,
        arms=person.arms | arm,
        lower=(person.lower & ~arm) | (strip & level),
        upper=person.upper & ~arm & ~strip,
        alpha_HW=np.maximum(person.alpha_HW, arm | strip & level),
    )
    cloth = level & (across_HW >= -side_px + 0.05 * unit) & (across_HW < side_px)
    filled = gaps_of(beside, cloth, np.zeros(shape, bool))
    inside = np.max([limb.across_HW for limb in find_limbs(beside)], 0) < 0
    seen = strip & (down_HW > 0.5) & (down_HW < 0.95) & inside
    assert seen.sum() > 300 and filled[seen].mean() > 0.95
    assert not filled[(down_HW > 1.05) & person.lower].any() and not filled[beside.alpha_HW < 0.3].any()


def test_the_old_top_is_not_seen_between_cloth_and_a_bare_arm():
    """Beside the armhole, where it reaches into the arm's outline, which is measured to a few pixels."""
    person = bare_armed()
    unit, shape = person.frame.shoulder_px, person.upper.shape
    down_HW, across_HW = person.frame.down_share_HW(shape), person.frame.across_px_HW(shape)
    level = (down_HW > 0.17) & (down_HW < 0.29) & (across_HW < 0)
    strip = level & (across_HW > -0.56 * unit) & (across_HW < -0.46 * unit)
    beside = replace(person, upper=person.upper | strip, skin=person.skin & ~strip)
    cloth = level & (across_HW >= -0.46 * unit)
    filled = gaps_of(beside, cloth, np.zeros_like(cloth))
    assert strip.sum() > 1000 and filled[strip].mean() > 0.8


def test_a_bare_stomach_beside_a_forearm_is_no_forearm():
    person = see_person(demo_picture("persons", "p3"))
    limb, unit = find_limbs(person)[0], person.frame.shoulder_px
    row = np.abs(limb.along_HW - 1.3) < 0.03
    stomach = row & (limb.edge_px_HW < -2) & (limb.edge_px_HW > -0.09 * unit) & (limb.across_HW < 0)
    bare = replace(person, skin=person.skin | stomach, upper=person.upper & ~stomach, lower=person.lower & ~stomach)
    kept_HW = occluders(bare, tee_on(bare))
    assert stomach.sum() > 100 and kept_HW[stomach & (limb.edge_px_HW < -0.04 * unit)].max() < 0.1


def test_no_shoulder_is_seen_above_sleeved_cloth():
    person = bare_armed()
    draped = tee_on(person)
    unit, shape = person.frame.shoulder_px, person.skin.shape
    sleeves, across_HW = draped.sleeves_HW > 0.5, person.frame.across_px_HW(shape)
    on_top = (np.abs(across_HW) > 0.42 * unit) & (np.abs(across_HW) < 0.52 * unit)
    body = shrunk(person.alpha_HW > 0.5, 2) & on_top & (person.frame.down_share_HW(shape) < 0.1)
    top_W = np.where(body.any(0), body.argmax(0), shape[0])
    bared = body & (np.arange(shape[0])[:, None] < top_W + 0.06 * unit)
    filled = gaps_of(person, (draped.alpha_HW > 0.5) & ~bared, sleeves)
    assert bared.sum() > 200 and filled[bared].mean() > 0.9
