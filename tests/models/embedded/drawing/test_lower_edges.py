"""Nothing of the old garment or of the picture behind the new one is left at the edges of trousers."""

from dataclasses import replace

import numpy as np
from demo_pictures import demo_picture

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.lower_body.hips_and_legs import see_lower_body
from tryon_core.models.embedded.drawing.lower_body.lower_drape import _sheet
from tryon_core.models.embedded.drawing.lower_body.lower_placement import place_lower
from tryon_core.models.embedded.drawing.lower_body.lower_undress import legs_beside, lower_remains
from tryon_core.models.embedded.seeing.legs import see_legs
from tryon_core.models.embedded.seeing.limbs import find_limbs
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.pictures.masks import grown, shrunk


def test_cloth_at_the_crotch_keeps_its_pattern():
    """Stripes there were once blurred away with the tip of the gap between the legs."""
    garment = see_garment(demo_picture("garments", "trousers_a"))
    image_HW3 = garment.image_HW3.copy()
    striped = (garment.alpha_HW > 0.5) & (np.arange(len(image_HW3))[:, None] // 6 % 2 == 0)
    image_HW3[striped] = (40, 40, 160)
    sheet_HW4, keys = _sheet(replace(garment, image_HW3=image_HW3)), garment.lower
    above = np.s_[
        int(keys.crotch[1]) - 60 : int(keys.crotch[1]) - 10, int(keys.crotch[0]) - 4 : int(keys.crotch[0]) + 5
    ]
    assert np.abs(sheet_HW4[above][..., :3] - image_HW3[above]).mean() < 2


def test_pale_cloth_beside_an_arm_is_taken_away_with_the_rest():
    person = see_person(demo_picture("persons", "p1"))
    unit = person.frame.shoulder_px
    limbs = np.any([limb.edge_px_HW > 3 for limb in find_limbs(person)], axis=0)
    side = grown(person.lower, 0.035 * unit) & ~person.lower & ~person.upper & ~limbs & (person.alpha_HW < 0.5)
    white = person.image_HW3.copy()
    white[side] = (240, 240, 240)
    lab_HW3 = person.lab_HW3.copy()
    lab_HW3[side] = (95, 0, 0)
    misread = replace(person, image_HW3=white, lab_HW3=lab_HW3, skin=person.skin | side)
    left_HW = lower_remains(see_lower_body(misread), np.zeros(side.shape, np.float32), 0.0)
    assert side.sum() > 500 and (left_HW[shrunk(side, 1)] > 0.5).mean() > 0.9


def test_no_bare_leg_is_seen_beside_its_trouser_leg():
    person = see_person(demo_picture("persons", "p1_full"))  # in a skirt
    worn = see_lower_body(person)
    gone_HW = legs_beside(
        worn, place_lower(worn, see_garment(demo_picture("garments", "trousers_a")), WarpParameters())
    )
    legs, frame = see_legs(person), worn.legs.frame
    down_HW = frame.down_share_HW(person.skin.shape) * frame.torso_px
    shins = person.skin & (down_HW > legs.down_23[:, 1].max()) & (down_HW < legs.ankle_px - 0.1 * frame.shoulder_px)
    assert shins.sum() > 2000 and (gone_HW[shrunk(shins, 3)] > 0.5).mean() > 0.95
    assert (gone_HW[person.arms] > 0.1).mean() < 0.01
