"""What is seen by pose, silhouette and colours learnt round the bones: what the parse of clothes takes for truth."""

# Shapes: H, W rows and columns at the working size, h, w at half of it; 3 is RGB; 1 an axis that is repeated.
import numpy as np
import pytest
from PIL import Image
from planted_geometry import DEFECTS, axes, likeness, mixed, people_case

from tryon_core.models.embedded.measuring import pose, swap
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.independent.eyes import Eyes, eyes_of
from tryon_core.models.embedded.measuring.independent.hands_kept import hand_lost, skin_more
from tryon_core.models.embedded.measuring.independent.invented import naked_trunk, smeared_trousers
from tryon_core.models.embedded.measuring.independent.lost_body import lost_body
from tryon_core.models.embedded.measuring.independent.old_cloth import border_between, old_beyond
from tryon_core.models.embedded.measuring.independent.photo_box import photo_box
from tryon_core.models.embedded.seeing.perception import see_person

LOWER = [("p1_full", "skirt_a"), ("p2_full", "trousers_a"), ("p1_full", "dress_a")]
TOPS = [("p2", "checks"), ("p4", "dots")]


def _case(true: Case, image_HW3: np.ndarray, before_HW3: np.ndarray | None = None) -> Case:
    before = true.before if before_HW3 is None else see_person(_picture(before_HW3))
    return Case(before=before, after=see_person(_picture(image_HW3)), garment=true.garment)


def _picture(image_HW3: np.ndarray) -> Image.Image:
    return Image.fromarray(np.uint8(np.clip(np.round(image_HW3), 0, 255)))


def _trunk(case: Case, half: float, top: float, bottom: float) -> np.ndarray:
    """bool (H, W): shoulder widths to either side, torso lengths."""
    across_HW, down_HW = axes(case)
    return (np.abs(across_HW) < half) & (down_HW > top) & (down_HW < bottom) & (case.after.alpha_HW > 0.9)


def _high_waist(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """(person, candidate) whose old trousers reach up to the ribs, left there by the candidate."""
    band_HW = _trunk(case, 0.45, 0.68, 0.97) & ~case.before.arms & ~case.worn_HW
    cloth_HW3 = np.random.default_rng(2).normal((60, 40, 110), 25, case.before.image_HW3.shape)
    old_HW = case.place.old_HW | band_HW
    return mixed(case.before.image_HW3, cloth_HW3, old_HW), mixed(case.after.image_HW3, cloth_HW3, band_HW)


@pytest.mark.parametrize("person, garment", LOWER + TOPS)
def test_a_true_picture_asks_for_nothing(person, garment):
    case = people_case(person, garment)
    eyes = eyes_of(case)
    checks = old_beyond, naked_trunk, smeared_trousers, lost_body, hand_lost, skin_more
    found = [*(check(eyes) for check in checks), photo_box(eyes, case.garment)]
    assert all(reading.score >= 8 for reading in found if reading)


@pytest.mark.parametrize("person, garment", LOWER[:2])
def test_a_high_old_waistband_above_new_clothes_is_found(person, garment):
    true = people_case(person, garment)
    before_HW3, drawn_HW3 = _high_waist(true)
    score = swap.measure(_case(true, drawn_HW3, before_HW3))
    assert score.score < 8 and "beside the new garment" in score.finding


def test_the_border_between_old_clothes_is_found_at_any_height():
    true = people_case("p2_full", "trousers_a")
    high = _case(true, *reversed(_high_waist(true)))
    usual, raised = (border_between(eyes_of(case).wearer) for case in (true, high))
    assert 0.63 < raised.down < 0.75 < usual.down and min(usual.belief, raised.belief) > 1


@pytest.mark.parametrize("person, garment", TOPS)
def test_skin_painted_on_the_trunk_is_found(person, garment):
    true = people_case(person, garment)
    skin_HW3 = np.median(true.before.image_HW3[true.before.face], axis=0)
    drawn_HW3 = mixed(true.after.image_HW3, skin_HW3, _trunk(true, 0.4, 0.5, 0.85) & ~true.before.forearms)
    assert naked_trunk(eyes_of(_case(true, drawn_HW3))).score < 8


@pytest.mark.parametrize("person, garment", TOPS)
def test_trousers_stretched_upwards_are_found(person, garment):
    true = people_case(person, garment)
    lower_3 = np.median(true.before.image_HW3[true.before.lower], axis=0)
    columns_1W1 = np.random.default_rng(1).normal(0, 9, (1, true.after.image_HW3.shape[1], 1))
    streaks_HW3 = lower_3 + np.broadcast_to(columns_1W1, true.after.image_HW3.shape)
    drawn_HW3 = mixed(true.after.image_HW3, streaks_HW3, _trunk(true, 0.45, 0.7, 1.0) & ~true.before.forearms)
    assert smeared_trousers(eyes_of(_case(true, drawn_HW3))).score < 8


@pytest.mark.parametrize("person, garment", TOPS)
def test_an_upper_arm_that_became_background_is_found(person, garment):
    true = people_case(person, garment)
    eyes = eyes_of(true)
    gone_HW = true.before.arms & (axes(true)[0] < -0.5) & (axes(true)[1] > 0.25) & (axes(true)[1] < 0.5)
    drawn_HW3 = mixed(true.after.image_HW3, likeness(true, true.before.alpha_HW < 0.1), gone_HW)
    case = _case(true, drawn_HW3)
    assert lost_body(eyes).score >= 8 > lost_body(eyes_of(case)).score
    assert pose.measure_body(case).score < 8


@pytest.mark.parametrize("person, garment", TOPS)
def test_a_hand_under_new_cloth_is_found(person, garment):
    true = people_case(person, garment)
    hands_HW = true.before.skin & true.before.forearms & (axes(true)[1] > 0.8)
    drawn_HW3 = mixed(true.after.image_HW3, np.array((40, 70, 140)), hands_HW)
    assert hand_lost(eyes_of(_case(true, drawn_HW3))).score < 8


@pytest.mark.parametrize("person, garment", LOWER[1:])
def test_skin_beside_the_body_is_found(person, garment):
    true = people_case(person, garment)
    across_HW, down_HW = axes(true)
    beside_HW = (across_HW > 1.3) & (across_HW < 1.5) & (down_HW > 0.2) & (down_HW < 0.8)
    skin_HW3 = np.median(true.before.image_HW3[true.before.face], axis=0)
    assert skin_more(eyes_of(_case(true, mixed(true.after.image_HW3, skin_HW3, beside_HW)))).score < 8


@pytest.mark.parametrize("person, garment", LOWER)
def test_old_cloth_that_was_drawn_anew_is_found(person, garment):
    true = people_case(person, garment)
    old_3 = np.median(true.before.image_HW3[true.before.lower], axis=0)
    across_HW, down_HW = axes(true)
    beside_HW = (np.abs(across_HW) < 0.75) & (down_HW > 1.1) & (down_HW < 1.5) & ~true.worn_HW & ~true.before.arms
    assert old_beyond(eyes_of(_case(true, mixed(true.after.image_HW3, old_3, beside_HW)))).score < 8


def test_a_grey_wall_bared_beside_the_trunk_is_no_old_grey_cloth():
    true = people_case("p2", "lab")
    narrow = _case(true, DEFECTS["too narrow"](true, 0.15))
    assert old_beyond(eyes_of(narrow)).score > 9


def test_the_box_of_the_garment_photograph_is_found():
    true = people_case("p2_full", "trousers_a")
    across_HW, down_HW = axes(true)
    box_HW = (np.abs(across_HW) < 0.9) & (down_HW > 1.2) & (down_HW < 2.0) & ~true.worn_HW & ~true.before.arms
    colour_3 = np.median(true.garment.image_HW3[true.garment.alpha_HW < 0.05], axis=0)
    case = _case(true, mixed(true.after.image_HW3, colour_3, box_HW, 0.5))
    assert photo_box(eyes_of(case), case.garment).score < 8


def test_the_largest_piece_is_counted_in_shoulder_widths():
    eyes: Eyes = eyes_of(people_case("p2", "checks"))
    mask_hw = np.zeros(eyes.wearer.shape, bool)
    mask_hw[10:20, 10:30] = mask_hw[40:45, 40:45] = True
    area, where_hw = eyes.piece(mask_hw)
    assert area == pytest.approx(200 / eyes.wearer.unit_px**2) and where_hw.sum() == 200
