"""Whatever the noise is, torso and sleeves meet along one line, and cloth lies on the shoulders."""

# Shapes: K control points; 2 is (x, y).
import numpy as np
import pytest
from demo_pictures import demo_picture

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.drawing.drape import drape
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters, apply_fixes, apply_noise
from tryon_core.models.embedded.drawing.placement import Placement, place
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.models.embedded.seeing.posture.stance import settled
from tryon_core.records import Fix, Noise

SEEDS = range(1, 25)  # among them 3, whose fifth wave is 3.3 standard deviations high
PAIRS = [("p2", "lab"), ("p1", "checks"), ("p3", "cropped"), ("q1", "r_plain")]


def placed(person: str, garment: str, parameters: WarpParameters) -> Placement:
    return place(
        see_person(demo_picture("persons", person)), see_garment(demo_picture("garments", garment)), parameters
    )


@pytest.mark.parametrize(("person", "garment"), PAIRS)
def test_torso_and_sleeve_are_laid_onto_one_seam(person, garment):
    for seed in SEEDS:
        placement = placed(person, garment, apply_noise(WarpParameters(), Noise(seed=seed)))
        for sleeve in placement.sleeves:
            (own_outer_E2, own_inner_E2), (outer_E2, inner_E2) = sleeve
            for share in (0, 1 / 3, 2 / 3, 1):
                own_2 = own_outer_E2[0] * (1 - share) + own_inner_E2[0] * share
                at_2 = outer_E2[0] * (1 - share) + inner_E2[0] * share
                nearest = np.hypot(*(placement.source_K2 - own_2).T).argmin()
                assert np.hypot(*(placement.source_K2[nearest] - own_2)) < 3
                assert np.hypot(*(placement.target_K2[nearest] - at_2)) < 2.5, (seed, share)


def bared_px(person: str, garment: str, parameters: WarpParameters) -> int:
    """How many of 48 places just below the shoulders' outline, between collar and sleeve, have no cloth."""
    who, what = see_person(demo_picture("persons", person)), see_garment(demo_picture("garments", garment))
    frame, alpha = settled(who).frame, drape(what, place(who, what, parameters), who).alpha_HW
    bared = 0
    for across in (*np.linspace(-0.48, -0.36, 24), *np.linspace(0.36, 0.48, 24)):
        x, y = np.round(frame.point(across * frame.shoulder_px, 0)).astype(int)
        top = int(np.flatnonzero(who.alpha_HW[:, x] > 0.5)[0])
        bared += bool(top < y and alpha[top + 3, x] < 0.5)
    return bared


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_bares_no_shoulder(seed):
    assert bared_px("p2", "lab", apply_noise(WarpParameters(), Noise(seed=seed))) == 0


@pytest.mark.parametrize("aside", [-0.08, 0.08])
def test_a_garment_moved_aside_still_lies_on_both_shoulders(aside):
    moved = Fix(constraint="garment_structure", text="", aspect="shift_right", amount=aside)
    assert bared_px("p3", "cropped", apply_fixes(WarpParameters(), (moved,))) == 0


def test_noise_stays_within_two_standard_deviations():
    waves = [apply_noise(WarpParameters(), Noise(seed=seed)).bend_K for seed in range(200)]
    assert 0.02 < np.abs(waves).max() < 0.0241
