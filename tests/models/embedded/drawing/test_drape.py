"""A draped garment ends cleanly: its colours go on over its edge, and no web of cloth hangs under an arm."""

import numpy as np
from demo_pictures import demo_picture

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.drawing.drape import Drape, drape
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.placement import Placement, place
from tryon_core.models.embedded.drawing.shade import contact_shadow
from tryon_core.models.embedded.drawing.undress import body_left
from tryon_core.models.embedded.seeing.perception import Person, see_person
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.pictures.masks import grown, shrunk


def draped(person: str, garment: str) -> tuple[Person, Placement, Drape]:
    who, what = see_person(demo_picture("persons", person)), see_garment(demo_picture("garments", garment))
    placement = place(who, what, WarpParameters())
    return who, placement, drape(what, placement, who)


def test_colours_go_on_over_the_edge_of_cloth():
    _, _, red = draped("p3", "cropped")
    cloth = red.alpha_HW > 0.5
    rim = grown(cloth, 3) & ~cloth
    lab_HW3 = to_lab(np.clip(red.colour_HW3, 0, 255))
    usual_13 = np.median(lab_HW3[shrunk(cloth, 2)], 0, keepdims=True)
    assert (colour_difference(lab_HW3[rim], usual_13) > 30).mean() < 0.01


def test_no_web_of_cloth_hangs_under_an_arm():
    """The old sleeve ends where arm and trunk have parted; between the new one and the trunk the wall is seen."""
    who, placement, logo = draped("p6", "logo")
    unit, frame = who.frame.shoulder_px, who.frame
    down_HW = frame.down_share_HW(who.alpha_HW.shape) * frame.torso_px
    for _, (_, inner_E2) in placement.sleeves:
        across, down = frame.coordinates(inner_E2[:1])[0]
        row = np.abs(down_HW - down - 0.15 * unit) < 1.5
        across_HW = np.abs(frame.across_px_HW(who.alpha_HW.shape))
        between = row & (across_HW > abs(across) - 0.1 * unit) & (across_HW < abs(across) + 0.1 * unit)
        assert (logo.alpha_HW[between & (frame.across_px_HW(who.alpha_HW.shape) * across > 0)] < 0.1).any()


def test_cloth_throws_no_shadow_on_the_wall_behind_an_old_sleeve():
    who, _, striped = draped("q2", "r_stripes")
    old = (who.upper & (striped.alpha_HW < 0.98)).astype(np.float32)
    shadow_HW = contact_shadow(striped.alpha_HW, body_left(who, old), who.frame.shoulder_px)
    cleared = (old > 0) & (body_left(who, old) < 0.05)
    assert cleared.sum() > 300 and shadow_HW[cleared].max() < 0.05
