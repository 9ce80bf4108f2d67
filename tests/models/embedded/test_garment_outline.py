"""Where a garment ends in its photograph: faint outlines, gaps beside sleeves, the insides of collar and cuffs."""

from functools import cache

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image, ImageDraw

from tryon_core.errors import Refused
from tryon_core.models.embedded.cloth.flat_garment import Garment, see_garment
from tryon_core.models.embedded.seeing.perception import working_size
from tryon_core.pictures.features import to_lab

PAPER = 240


@cache
def seen(name: str) -> Garment:
    return see_garment(demo_picture("garments", name))


def whitened(garment: Garment, *, cloth: float, paper: float) -> Image.Image:
    """A top made white: its own shading from `cloth` downwards, on paper of another lightness, with a little noise."""
    lightness = to_lab(garment.image_HW3)[..., 0]
    shade = np.clip(lightness / np.percentile(lightness[garment.alpha_HW > 0.9], 80), 0.3, 1.05) ** 0.6
    grain = np.random.default_rng(0).normal(0, 0.6, shade.shape)
    grey = np.clip(cloth * shade, 0, 255) * garment.alpha_HW + paper * (1 - garment.alpha_HW) + grain
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).convert("RGB")


def recoloured(picture: Image.Image, hue_deg: float, saturation: int, lighter: int) -> Image.Image:
    hsv, cloth = np.array(picture.convert("HSV")).astype(int), np.array(picture.convert("L")) < 225
    new = (np.full(cloth.shape, hue_deg / 360 * 255), np.full(cloth.shape, saturation), hsv[..., 2] + lighter)
    for channel, values in enumerate(new):
        hsv[..., channel] = np.where(cloth, np.clip(values, 0, 255), hsv[..., channel])
    return Image.fromarray(hsv.astype(np.uint8), "HSV").convert("RGB")


def overlap(mask: np.ndarray, other: np.ndarray) -> float:
    return float((mask & other).sum() / (mask | other).sum())


@pytest.mark.parametrize(("name", "cloth", "paper"), [("cropped", 250, 240), ("lab", 246, 235), ("cropped", 240, 245)])
def test_white_on_near_white_is_cut_along_its_faint_outline(name, cloth, paper):
    cut = see_garment(whitened(seen(name), cloth=cloth, paper=paper))
    assert overlap(cut.alpha_HW > 0.5, seen(name).alpha_HW > 0.5) > 0.92


def test_white_that_cannot_be_told_from_its_paper_says_how_little_is_seen():
    with pytest.raises(Refused, match=r"\(0% of its outline can be seen") as caught:
        see_garment(demo_picture("garments", "white"))
    assert caught.value.reason == "white_on_white"


def test_the_gaps_between_long_sleeves_and_body_are_open_to_their_tips():
    garment = seen("loop")
    paper = (np.abs(garment.image_HW3.astype(int) - PAPER).max(-1) < 6) & (garment.alpha_HW > 0.5)
    assert paper.sum() < 400  # a line of mixed pixels along the outline


@pytest.mark.parametrize("name", ["loop", "checks"])
def test_a_sleeve_that_hangs_beside_the_body_begins_at_the_armpit(name):
    keys = seen(name).keypoints
    depth = (keys.armpit[0][1] - keys.top_y) / seen(name).width_px
    assert 0.5 < depth < 0.7 and all(keys.sleeves)


def test_the_inside_of_a_long_sleeves_cuff_is_no_part_of_it():
    garment = seen("loop")
    lightness = to_lab(garment.image_HW3)[..., 0]
    for sleeve, piece_HW in zip(garment.keypoints.sleeves, garment.pieces.sleeves, strict=True):
        bottom = np.flatnonzero(sleeve.mask_HW.any(1))[-1]
        rim = np.zeros_like(sleeve.mask_HW)
        rim[bottom - 20 :] = sleeve.mask_HW[bottom - 20 :]
        inside = rim & (lightness < 50) & (garment.alpha_HW > 0.9)
        assert inside.sum() > 100 and piece_HW[inside].mean() < 0.3


@pytest.mark.parametrize("name", ["stripes", "blocks", "lab", "cropped", "loop", "blossoms"])
def test_nothing_of_the_inner_back_collar_is_left_in_the_torso(name):
    """Below the opening's edge, at its middle, there is front cloth: as light as what hangs further below."""
    garment = seen(name)
    x = int(garment.keypoints.centre_x)
    first = int(np.flatnonzero(garment.pieces.torso_HW[:, x] > 0.9)[0])
    lightness = to_lab(working_size(demo_picture("garments", name)))[:, x - 10 : x + 11, 0]
    band, inside = np.median(lightness[first : first + 4]), np.median(lightness[first - 14 : first - 6])
    assert band > inside + 4


def test_an_orange_top_is_not_taken_for_one_that_is_worn():
    assert see_garment(recoloured(demo_picture("garments", "lab"), 22, 160, 40)).kind == "upper"


@pytest.mark.parametrize("person", ["p1", "p2", "p3", "p4"])
def test_a_top_that_somebody_wears_is_refused(person):
    with pytest.raises(Refused) as caught:
        see_garment(demo_picture("persons", person))
    assert caught.value.reason == "garment_on_model"


def test_a_jacket_that_hangs_open_is_refused():
    picture = Image.new("RGB", (600, 800), (PAPER,) * 3)
    for sign in (-1, 1):
        half = [(0, 90), (60, 90), (190, 150), (240, 420), (180, 430), (150, 260), (150, 640), (40, 640), (30, 150)]
        ImageDraw.Draw(picture).polygon([(300 + sign * x, y) for x, y in half], fill=(60, 80, 60))
    ImageDraw.Draw(picture).rectangle((270, 90, 330, 125), fill=(60, 80, 60))
    with pytest.raises(Refused, match="joined over") as caught:
        see_garment(picture)
    assert caught.value.reason == "open_front"


def test_a_turtleneck_stands_and_a_crew_neck_does_not():
    tube = Image.new("RGB", (600, 800), (PAPER,) * 3)
    outline = [(255, 60), (345, 60), (350, 130), (430, 160), (540, 420), (480, 440), (410, 300), (410, 700)]
    mirrored = [(600 - x, y) for x, y in reversed(outline)]
    ImageDraw.Draw(tube).polygon(outline + mirrored[:-2] + [(250, 130)], fill=(70, 80, 120))
    standing = see_garment(tube)
    assert standing.keypoints.collar_stands and standing.pieces.collar_HW[90, 384] > 0.9
    assert not seen("cropped").keypoints.collar_stands and not seen("cropped").pieces.collar_HW.any()
