"""Where a garment ends in a photograph with what renderings have not: touching hems, boxes, shadows, white on white."""

import io

import cv2
import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.errors import Refused
from tryon_core.models.embedded.cloth.cutting.trust import edge_share
from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.pictures.features import to_lab

PAPER = 240


def pixels(name: str) -> np.ndarray:
    return np.array(demo_picture("garments", name))


def cut(image_HW3: np.ndarray) -> np.ndarray:
    return see_garment(Image.fromarray(image_HW3)).alpha_HW > 0.5


def overlap(mask: np.ndarray, other: np.ndarray) -> float:
    return float((mask & other).sum() / (mask | other).sum())


def box_of(mask: np.ndarray) -> tuple[int, int, int, int]:
    """x, y, width and height; of the picture, which has the working size."""
    return cv2.boundingRect(mask.astype(np.uint8))


def jpeg(image_HW3: np.ndarray, quality: int = 90) -> np.ndarray:
    kept = io.BytesIO()
    Image.fromarray(image_HW3).save(kept, "JPEG", quality=quality)
    return np.array(Image.open(kept))


def whitened(name: str) -> np.ndarray:
    """A top in white on perfectly even paper: its shading passes from lighter than the paper to darker."""
    garment = see_garment(demo_picture("garments", name))
    grey = garment.image_HW3.mean(-1)
    shade = np.clip(grey / np.percentile(grey[garment.alpha_HW > 0.9], 60), 0.6, 1.2) ** 0.35
    light = np.clip(244 * shade, 0, 252) * garment.alpha_HW + 246 * (1 - garment.alpha_HW)
    return np.repeat(np.uint8(light)[..., None], 3, axis=-1)


def test_trousers_whose_hems_touch_are_trousers():
    image_HW3, mask = pixels("trousers_a"), cut(pixels("trousers_a"))
    x, y, width, height = box_of(mask)
    image_HW3[y + int(0.96 * height) : y + height, x + 20 : x + width - 20] = np.median(image_HW3[mask], axis=0)
    garment = see_garment(Image.fromarray(image_HW3))
    assert garment.kind == "trousers" and garment.lower.crotch[1] < y + 0.4 * height


def test_a_light_panel_of_a_dress_is_no_gap():
    image_HW3, mask = pixels("dress_b"), cut(pixels("dress_b"))
    x, y, width, height = box_of(mask)
    panel = np.s_[y + int(0.35 * height) : y + int(0.8 * height), x + int(0.45 * width) : x + int(0.55 * width)]
    image_HW3[panel] = PAPER
    assert see_garment(Image.fromarray(image_HW3)).kind == "dress"


def test_a_faint_box_around_a_garment_is_no_cloth():
    image_HW3, mask = pixels("trousers_b"), cut(pixels("trousers_b"))
    x, y, width, height = box_of(mask)
    boxed = np.full_like(image_HW3, 255)
    boxed[y - 8 : y + height + 8, x - 8 : x + width + 8] = image_HW3[y - 8 : y + height + 8, x - 8 : x + width + 8]
    assert overlap(cut(boxed), mask) > 0.97


def test_a_shadow_cast_below_the_hem_is_no_cloth():
    image_HW3, mask = pixels("cropped"), cut(pixels("cropped"))
    lowered = np.roll(mask, 40, axis=0) & ~mask
    shadow = cv2.GaussianBlur(lowered.astype(np.float32), (0, 0), 14) * ~mask
    shaded = np.clip(image_HW3 - 22.0 * shadow[..., None], 0, 255).astype(np.uint8)
    assert overlap(cut(shaded), mask) > 0.97


def test_light_cloth_beside_a_dark_print_is_no_shadow():
    mask, chance = cut(pixels("trousers_a")), np.random.default_rng(0)
    light_HW = np.where(mask, 243.0, 255.0)
    for y, x in chance.permutation(np.argwhere(mask))[:500]:
        cv2.circle(light_HW, (int(x), int(y)), 14, 20, -1)
    light_HW = cv2.GaussianBlur(np.where(mask, light_HW, 255), (0, 0), 3)  # cloth that fades into its paper
    assert overlap(cut(np.repeat(np.uint8(light_HW)[..., None], 3, axis=-1)), mask) > 0.94


def test_white_trim_is_no_shadow():
    image_HW3, mask = pixels("cropped"), cut(pixels("cropped"))
    x, y, width, height = box_of(mask)
    trim = mask.copy()
    trim[: y + int(0.93 * height)] = False
    image_HW3[trim] = 251
    assert overlap(cut(image_HW3), mask) > 0.97


def test_white_on_even_paper_is_cut_where_shading_hides_it():
    mask = cut(pixels("cropped"))
    assert overlap(cut(jpeg(whitened("cropped"))), mask) > 0.93


def test_a_white_tee_of_which_only_its_print_is_seen_is_refused():
    paper = np.full((1024, 768, 3), PAPER, np.uint8)
    for at in ((250, 260), (330, 330), (420, 250), (520, 300), (480, 420), (545, 480)):
        cv2.circle(paper, at, 62, (200, 40, 90), -1)
    with pytest.raises(Refused, match="only parts") as caught:
        see_garment(Image.fromarray(paper))
    assert caught.value.reason == "cut_out_not_trusted"


def shredded(name: str, seed: int) -> Image.Image:
    """A garment whose cloth has the colour of its paper in places, as the light folds of white cloth have."""
    image_HW3, mask = pixels(name), cut(pixels(name))
    x, y, width, height = box_of(mask)
    gone = np.zeros(mask.shape, np.uint8)
    for at in np.random.default_rng(seed).integers((x, y), (x + width, y + height), (14, 2)):
        cv2.circle(gone, tuple(int(value) for value in at), int(0.09 * width), 1, -1)
    image_HW3[(gone > 0) & mask] = PAPER
    return Image.fromarray(image_HW3)


@pytest.mark.parametrize(("name", "seed"), [("logo", 1), ("loop", 0), ("cropped", 2)])
def test_a_garment_in_shreds_is_refused_by_name(name, seed):
    with pytest.raises(Refused, match="edges in the picture lie on its outline") as caught:
        see_garment(shredded(name, seed))
    assert caught.value.reason == "cut_out_not_trusted"


@pytest.mark.parametrize("name", ["logo", "dots", "dress_a"])
def test_edges_beyond_a_cut_out_cost_trust(name):
    lab_HW3, mask = to_lab(pixels(name)), cut(pixels(name))
    shares = []
    for lost in (0.0, 0.1, 0.2, 0.3):
        part = mask.copy()
        part[:, : box_of(mask)[0] + int(lost * box_of(mask)[2])] = False
        shares.append(edge_share(lab_HW3, part, np.ones(3, np.float32)))
    assert shares[0] > 0.95 and shares == sorted(shares, reverse=True) and shares[-1] < 0.7


@pytest.mark.parametrize("name", ["cropped", "loop", "dress_a", "trousers_b", "skirt_a"])
def test_a_whole_garment_is_trusted(name):
    cutout = see_garment(demo_picture("garments", name)).cutout
    assert cutout.mirror_overlap > 0.95 and cutout.edge_share > 0.95
