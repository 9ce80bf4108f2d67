"""What photographs have and rendered demo people lack is not told wrong by the judge."""

# Shapes: H, W rows and columns; 3 is RGB or Lab; K landmarks.
from dataclasses import replace

import cv2
import numpy as np
from planted import case
from planted_geometry import people_case

from tryon_core.models.embedded.measuring import identity, pose, swap
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.shape import structure
from tryon_core.models.embedded.measuring.shape.expected import chest_px, expected_fit
from tryon_core.models.embedded.measuring.shape.lower_fit import expected_lower_fit, hip_range, leg_range
from tryon_core.models.embedded.measuring.surface.panel import panels
from tryon_core.models.embedded.measuring.surface.pattern import fronts, pattern_readings
from tryon_core.models.embedded.seeing.body_frame import LEFT_WRIST, NOSE
from tryon_core.models.embedded.seeing.legs import see_legs
from tryon_core.models.embedded.seeing.perception import Person
from tryon_core.pictures.features import to_lab
from tryon_core.pictures.masks import grown


def _noisy(person: Person, image_HW3: np.ndarray, seed: int) -> Person:
    noise = np.random.default_rng(seed).normal(0, 3, image_HW3.shape)
    return replace(person, image_HW3=np.uint8(np.clip(image_HW3 + noise, 0, 255)))


def _face_detail(shown: Case, after_HW3: np.ndarray) -> float:
    """Of a noisy photograph and a candidate with noise of its own."""
    noisy = replace(
        shown, before=_noisy(shown.before, shown.before.image_HW3, 1), after=_noisy(shown.after, after_HW3, 2)
    )
    return identity.measure(noisy).evidence["face_detail"].value


def test_noise_alone_is_no_other_face():
    shown = case("lab")
    still_HW3 = shown.before.image_HW3
    assert _face_detail(shown, still_HW3) < identity.DETAIL.good
    assert _face_detail(shown, cv2.GaussianBlur(still_HW3, (0, 0), 6)) > identity.DETAIL.bar


def test_a_nose_beyond_the_picture_is_no_moved_head():
    shown = case("lab")
    before_K3, after_K3 = shown.before.landmarks_K3.copy(), shown.after.landmarks_K3.copy()
    before_K3[NOSE, 1], after_K3[NOSE, 1] = -20, 40  # guesses at a head that is cut off
    cut = replace(
        shown, before=replace(shown.before, landmarks_K3=before_K3), after=replace(shown.after, landmarks_K3=after_K3)
    )
    assert pose.measure_pose(cut).score >= 8


def test_a_wide_cuff_moves_no_wrist_beside_a_still_hand():
    shown = people_case("p1", "lab")
    after_K3 = shown.after.landmarks_K3.copy()
    after_K3[LEFT_WRIST, :2] = shown.before.landmarks_K3[LEFT_WRIST, :2] + 0.16 * shown.before.frame.shoulder_px
    drawn_aside = replace(shown.after, landmarks_K3=after_K3)
    assert pose.measure_pose(replace(shown, after=drawn_aside)).score >= 8
    redrawn = replace(shown, after=drawn_aside)
    redrawn.__dict__["change_HW"] = np.full(shown.worn_HW.shape, 20, np.float32)
    assert "left wrist moved" in pose.measure_pose(redrawn).finding


def test_a_wall_beside_a_bare_arm_makes_no_cloth_of_it():
    """A wall whose colour mixes with the arm's to the garment's, as lilac and brown mix to brown and lilac stripes."""
    shown = people_case("p3", "blossoms")
    wall_HW, arm_HW = shown.after.alpha_HW < 0.02, shown.after.skin & shown.before.arms
    rim_HW = arm_HW & grown(wall_HW, 0.03 * shown.before.frame.shoulder_px)
    cloth, arm = (
        np.median(shown.garment_lab_HW3[shown.fabric_HW], axis=0),
        np.median(shown.after.lab_HW3[arm_HW], axis=0),
    )
    lab_HW3 = shown.after.lab_HW3.copy()
    lab_HW3[wall_HW] = 2 * cloth - arm
    walled = replace(shown, after=replace(shown.after, lab_HW3=lab_HW3))
    assert rim_HW.sum() > 500 and walled.at_home_HW[rim_HW].mean() < 0.1


def test_a_print_half_hidden_is_compared_where_it_is_seen():
    shown = people_case("p5", "logo")
    middle_HW = np.abs(shown.before.frame.across_px_HW(shown.worn_HW.shape)) < 0.12 * shown.before.frame.shoulder_px
    hidden = replace(shown, after=replace(shown.after, hair=shown.after.hair | middle_HW))
    both = panels(hidden)
    assert both.worn.mask_YX.mean() < 0.8 and not (both.photo.mask_YX & ~both.worn.mask_YX).any()


def test_a_high_waistband_is_not_bare():
    shown = case("lab")
    high_HW = shown.before.upper & (shown.before.frame.down_share_HW(shown.worn_HW.shape) > 0.6)
    before = replace(shown.before, lower=shown.before.lower | high_HW, upper=shown.before.upper & ~high_HW)
    tucked = replace(shown, before=before)
    tucked.__dict__["worn_HW"] = shown.worn_HW & ~high_HW
    assert swap.measure(tucked).evidence["covered"].value > 0.95


def test_trousers_may_fall_onto_the_shoe():
    shown = people_case("p1_full", "trousers_a")  # she wears a skirt: her ankles are known
    asked, legs = expected_lower_fit(shown.garment, shown.before), see_legs(shown.before)
    ankle = legs.down_23[0, 2] / legs.frame.torso_px
    for own, at_most in ((ankle - 0.1, ankle + 0.1), (ankle - 0.5, ankle - 0.5), (ankle + 0.5, ankle + 0.1)):
        least, most = leg_range(replace(asked, legs=(own, own)), shown.before, 0)
        assert least == min(own, ankle) and (most == own if own < ankle - 0.2 else most > at_most)


def test_no_long_trousers_are_asked_to_bare_a_hidden_ankle():
    shown = people_case("p2_full", "trousers_a")
    asked, legs = expected_lower_fit(shown.garment, shown.before), see_legs(shown.before)
    knee, ankle = legs.down_23[0, 1:] / legs.frame.torso_px
    most = [leg_range(replace(asked, legs=(own, own)), shown.before, 0)[1] for own in (ankle - 0.4, knee - 0.1)]
    assert most[0] > ankle and most[1] == knee - 0.1


def test_narrow_hips_are_no_narrow_trousers():
    shown = people_case("p1_full", "trousers_a")
    asked, before = expected_lower_fit(shown.garment, shown.before), shown.before
    across_HW = np.abs(before.frame.across_px_HW(shown.worn_HW.shape)) / before.frame.shoulder_px
    slim = replace(before, lower=before.lower & (across_HW < 0.5), upper=before.upper & ~before.lower)
    assert hip_range(asked, slim)[0] < 1.05 and hip_range(asked, before)[0] > 1.15


def test_a_dress_may_open_its_hem():
    shown = people_case("p2_full", "dress_a")
    right, left = (corner[0] for corner in shown.garment.keypoints.hem)
    flat = (left - right) / chest_px(shown.garment)
    assert expected_fit(shown.garment, shown.before, 1.9).most.hem_width >= 1.2 * flat


def test_faint_folds_have_no_order_and_no_angle():
    shown = case("stripes")
    faint = 6 / fronts(shown)[1].contrast
    flat = np.median(shown.garment.image_HW3[shown.garment.alpha_HW > 0.9], axis=0)
    faded = [np.uint8(flat + faint * (np.float32(seen.image_HW3) - flat)) for seen in (shown.garment, shown.after)]
    garment = replace(shown.garment, image_HW3=faded[0])
    after = replace(shown.after, image_HW3=faded[1], lab_HW3=to_lab(faded[1]))
    folds = {reading.name for reading in pattern_readings(replace(shown, garment=garment, after=after))}
    printed = {reading.name for reading in pattern_readings(shown)}
    assert {"pattern", "weave", "pattern_size"} <= printed
    assert "pattern" in folds and not folds & {"weave", "pattern_size", "pattern_turn"}


def test_a_hem_over_trousers_of_its_own_colour_is_not_compared():
    shown = case("lab")
    lab_HW3, below_HW = shown.before.lab_HW3.copy(), shown.before.lower
    cloth_N3 = shown.garment_lab_HW3[shown.fabric_HW]
    lab_HW3[below_HW] = np.random.default_rng(0).choice(cloth_N3, below_HW.sum())
    alike = replace(shown, before=replace(shown.before, lab_HW3=lab_HW3))
    hems = [{"hem", "hem_width"} & set(structure.measure(each).evidence) for each in (shown, alike)]
    assert hems == [{"hem", "hem_width"}, set()]
