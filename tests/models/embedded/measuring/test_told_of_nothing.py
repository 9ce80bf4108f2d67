"""What true pictures show is not told as a fault: grain that nobody sees, light motifs along a garment's edge."""

# Shapes: H, W rows and columns; 3 is Lab.
from dataclasses import replace

import cv2
import numpy as np
import pytest
from harmless import halved_and_back
from PIL import Image, ImageFilter
from planted_geometry import people_case

from tryon_core.models.embedded.measuring import appearance, identity
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.models.embedded.measuring.realness.edge_of_cloth import HALO, outline_readings
from tryon_core.models.embedded.measuring.realness.grain import grain_readings
from tryon_core.models.embedded.measuring.realness.sharpness import sharpness
from tryon_core.models.embedded.seeing.perception import see_person


@pytest.mark.parametrize("person, garment, name", [("q1", "r_plain", "skin_grain"), ("q5", "r_text", "cloth_grain")])
def test_true_pictures_without_grain_are_not_too_smooth(person, garment, name):
    """What 8 bits and lossy storage leave of grain differs from place to place."""
    readings = {reading.name: reading for reading in grain_readings(people_case(person, garment))}
    assert readings[name].score >= 8


def _rim(shown: Case) -> float:
    return next(reading.value for reading in outline_readings(shown) if reading.name == "halo")


def test_light_motifs_along_an_edge_are_no_rim():
    dotted = people_case("q2_full", "skirt_b")
    lab_HW3, worn = dotted.after.lab_HW3.copy(), dotted.worn_HW.astype(np.uint8)
    lab_HW3[cv2.morphologyEx(worn, cv2.MORPH_GRADIENT, np.ones((7, 7), np.uint8)) > 0] = (92, 0, 0)
    rimmed = replace(dotted, after=replace(dotted.after, lab_HW3=lab_HW3))
    rimmed.__dict__["worn_HW"] = dotted.worn_HW
    assert _rim(dotted) < HALO.good < HALO.bar < _rim(rimmed)


def test_a_colour_that_is_tucked_in_is_not_missed():
    """The lower third of the garment's photograph is red, and ends in the trousers."""
    worn = people_case("p1", "lab")
    picture_HW3 = worn.garment.image_HW3.copy()
    keys = worn.garment.keypoints
    shoulder_y, hem_y = (np.mean([point[1] for point in pair]) for pair in (keys.shoulder, keys.hem))
    picture_HW3[int(shoulder_y + 0.6 * (hem_y - shoulder_y)) :] = (230, 40, 40)
    garment = replace(worn.garment, image_HW3=picture_HW3)
    down_HW = worn.before.frame.down_share_HW(worn.worn_HW.shape)
    tucked, whole = (replace(worn, garment=garment) for _ in range(2))
    tucked.__dict__["worn_HW"] = worn.worn_HW & (down_HW < 0.5)
    whole.__dict__["worn_HW"] = worn.worn_HW
    hues = [appearance.measure(shown).evidence["hue_and_chroma"] for shown in (tucked, whole)]
    assert hues[0].value < hues[0].bar < hues[1].value


def test_half_the_size_and_back_is_not_too_soft():
    """This photograph has much fine detail, and loses half an octave of it; a blur is told as before."""
    true = people_case("q3", "r_plain")
    picture = Image.fromarray(true.after.image_HW3)
    halved, blurred = halved_and_back(picture), picture.filter(ImageFilter.GaussianBlur(2.5))
    scores = [sharpness(replace(true, after=see_person(changed)))[0].score for changed in (halved, blurred)]
    assert scores[0] >= 8 > scores[1]


def test_a_small_face_is_not_blurred_by_laying_it_over():
    """Half the size moves the mesh of a full-length person's face by a pixel."""
    true = people_case("q3_full", "trousers_b")
    halved = see_person(halved_and_back(Image.fromarray(true.after.image_HW3)))
    assert identity.measure(replace(true, after=halved)).score >= 8
