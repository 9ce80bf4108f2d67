"""The side of the light is told on plain cloth, and not read out of prints, yokes or trousers."""

# Shapes: H, W rows and columns; 3 is RGB.
from dataclasses import replace

import numpy as np
from PIL import Image
from planted import case, sample
from planted_geometry import people_case

from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.realness.light import light_side
from tryon_core.models.embedded.seeing.perception import see_person

NIGHT = np.uint8([70, 60, 80])


def _body_HW(shown: Case) -> tuple[np.ndarray, np.ndarray]:
    """Shoulder widths across and torso lengths down, from the middle of the shoulders."""
    frame, shape = shown.before.frame, shown.worn_HW.shape
    return frame.across_px_HW(shape) / frame.shoulder_px, frame.down_share_HW(shape)


def test_a_print_on_the_old_top_is_no_light():
    shown = case("lab")
    across_HW, down_HW = _body_HW(shown)
    printed = np.array(sample("lab").images["person"])
    motif_HW = (across_HW > 0.05) & (across_HW < 0.35) & (down_HW > 0.3) & (down_HW < 0.55)
    printed[motif_HW & shown.before.upper] = NIGHT
    assert light_side(shown) and not light_side(replace(shown, before=see_person(Image.fromarray(printed))))


def test_a_dark_yoke_tilts_no_slope():
    shown = case("cropped")
    across_HW, down_HW = _body_HW(shown)
    lab_HW3 = shown.after.lab_HW3.copy()
    yoke_HW = shown.worn_HW & (down_HW < 0.5 + 0.2 * (across_HW > 0))  # lower on one side
    lab_HW3[yoke_HW, 0] *= 0.6
    readings = light_side(replace(shown, after=replace(shown.after, lab_HW3=lab_HW3)))
    assert all(reading.score >= 8 for reading in readings)


def test_trousers_are_not_asked_for_the_light_of_a_torso():
    assert not light_side(people_case("p1_full", "trousers_a"))
