"""Kinds and words of the rendered garments; no bar was chosen on those whose name begins with r_ or ends in _b."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import binary_fill_holes

from tryon_core.pictures.describing.described import describe
from tryon_core.pictures.features import lab_distance, to_lab
from tryon_core.pictures.masks import largest, opened

GARMENTS = Path(__file__).parents[3] / "data_manifests/people/garments"
KINDS = {  # as a person sees them, with the words; prints, letters and blocks of colour are no pattern
    "stripes": ("stripes", "a white garment with navy horizontal stripes"),
    "checks": ("checks", "a sage garment with cream and peach checks"),
    "dots": ("dots", "a cream garment with red and dark grey dots"),
    "blossoms": ("floral", "a navy garment with broad pink floral pattern"),
    "cropped": ("solid", "a smooth red garment"),
    "lab": ("solid", "a teal garment with cream details"),
    "trousers_a": ("solid", "a smooth tan garment"),
    "r_stripes": ("stripes", "a red garment with cream horizontal stripes"),
    "r_checks": ("checks", "a light grey garment with denim blue and white checks"),
    "r_dots": ("dots", "a charcoal garment with broad yellow dots"),
    "r_floral": ("floral", "a cream garment with green and rose floral pattern"),
    "r_plain": ("solid", "a smooth purple garment"),
    "r_logo": ("solid", "a coral garment with navy and white details"),
    "r_blocks": ("solid", "a teal garment with white and red blocks"),
    "skirt_b": ("dots", "a navy garment with yellow dots"),
    "dress_b": ("stripes", "a cream garment with red horizontal stripes"),
    "trousers_b": ("solid", "a smooth dark green garment"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_rendered_garment_is_seen_as_a_person_sees_it(name):
    image_HW3 = np.asarray(Image.open(GARMENTS / f"{name}.webp").convert("RGB"))
    lab_HW3 = to_lab(image_HW3)
    mask_HW = opened(lab_distance(lab_HW3, np.median(lab_HW3[:8], axis=(0, 1))) > 4, 2)
    features = describe(image_HW3, binary_fill_holes(largest(mask_HW)))
    assert (features.pattern.kind, features.words) == KINDS[name]
