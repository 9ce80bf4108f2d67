"""The embedded segmenter on rendered garments and people."""

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image
from true_masks import GARMENTS, before_wall, garment_mask, inside, iou, worn_mask

from tryon_core.errors import BadInput, Refused, UnknownName
from tryon_core.models import load
from tryon_core.models.embedded.revision import PACKAGE, reached
from tryon_core.records import Region
from tryon_core.roles import SegmentPrompt

CHEST = (0.5, 0.5, 1)


@pytest.fixture(scope="module")
def cutout():
    return load("cutout")


def masks_at(cutout, image, *points, **more):
    return [inside(mask.image) for mask in cutout(image, SegmentPrompt(points=points, **more))]


@pytest.mark.parametrize("name", GARMENTS)
def test_a_garment_is_cut_as_it_was_rendered(cutout, name):
    (mask,) = cutout(demo_picture("garments", name), SegmentPrompt(words="garment"))
    assert mask.label == "garment" and mask.score is None
    assert iou(inside(mask.image), garment_mask(name)) > 0.85


def test_white_cloth_on_white_is_refused(cutout):
    with pytest.raises(Refused, match="cannot be told from its background"):
        cutout(demo_picture("garments", "white"), SegmentPrompt(words="garment"))


@pytest.mark.parametrize(
    "name", ["checks", "stripes", "lab", "dress_a", "trousers_b", "skirt_a", "r_stripes", "r_checks"]
)
def test_a_garment_is_cut_from_a_lit_wall(cutout, name):
    (mask,) = cutout(before_wall(name), SegmentPrompt(words="garment"))
    assert iou(inside(mask.image), garment_mask(name)) > 0.85


@pytest.mark.parametrize("name", ["stripes", "checks", "dots", "lab", "blossoms"])
def test_the_first_guess_of_a_click_is_the_garment(cutout, name):
    first, *others = masks_at(cutout, demo_picture("garments", name), CHEST)
    assert iou(first, garment_mask(name)) > 0.95 and len(others) == 2
    assert all(mask[512, 384] for mask in (first, *others))
    assert len({round(float(mask.mean()), 2) for mask in (first, *others)}) == 3


def test_parts_of_a_person_go_by_many_names(cutout):
    person = demo_picture("persons", "p1")
    sizes = {word: float(inside(cutout(person, SegmentPrompt(words=word))[0].image).mean()) for word in WORDS}
    assert sizes["top"] == sizes["T-Shirt"] and sizes["jeans"] == sizes["lower"]
    assert sizes["face"] < sizes["skin"] < sizes["the person"] and sizes["hair"] > 0.01


WORDS = ("top", "T-Shirt", "jeans", "lower", "face", "skin", "the person", "hair")


@pytest.mark.parametrize("word", ["dog", "upper body"])
def test_an_unknown_part_names_those_there_are(cutout, word):
    with pytest.raises(UnknownName, match=f"no part that cutout finds is called '{word}'.*Known: background, bag"):
        cutout(demo_picture("persons", "p1"), SegmentPrompt(words=word))


@pytest.mark.parametrize(
    ("point", "why"), [((1.2, 0.5, 1), "fractions"), ((0.5, 0.5, 2), "label 1"), ((0.5, 0.5, 0), "all points")]
)
def test_points_that_mean_nothing_are_refused(cutout, point, why):
    with pytest.raises(BadInput, match=why):
        cutout(demo_picture("persons", "p1"), SegmentPrompt(points=(point,)))


def test_a_person_in_an_empty_picture_is_refused(cutout):
    with pytest.raises(Refused, match="no person was found"):
        cutout(Image.new("RGB", (300, 400), "beige"), SegmentPrompt(words="person"))


def test_nothing_stands_apart_in_an_even_picture(cutout):
    assert cutout(Image.new("RGB", (300, 400), "beige"), SegmentPrompt()) == []


def test_whatever_stands_apart_is_found_without_a_prompt(cutout):
    found = cutout(demo_picture("garments", "stripes"), SegmentPrompt())
    assert iou(inside(found[0].image), garment_mask("stripes")) > 0.85


def test_a_click_again_gives_the_same_bytes_at_the_pictures_size(cutout):
    image = demo_picture("persons", "q2").resize((600, 850))
    once, again = (
        [mask.image.tobytes() for mask in cutout(image.copy(), SegmentPrompt(points=(CHEST,)))] for _ in "12"
    )
    assert once == again and len(once[0]) == 600 * 850


def test_points_stay_inside_and_outside_as_they_say(cutout):
    image, point = demo_picture("persons", "p1"), (0.5, 0.78, 0)
    for mask in masks_at(cutout, image, CHEST, point):
        assert mask[512, 384] and not mask[int(0.78 * 1024), 384]


def test_a_box_bounds_the_mask(cutout):
    box = Region(left=0.3, top=0.2, right=0.7, bottom=0.85)
    first, *_ = masks_at(cutout, demo_picture("garments", "lab"), box=box)
    rows, columns = np.nonzero(first)
    assert rows.min() >= 0.2 * 1024 - 1 and columns.max() <= 0.7 * 768 and first.mean() > 0.1


def test_the_whole_is_among_the_extents_of_a_click(cutout):
    """On a garment of three colours, of which a click first means one."""
    masks = masks_at(cutout, demo_picture("garments", "blocks"), (0.5, 0.42, 1))
    assert iou(masks[0], garment_mask("blocks")) < 0.5
    assert max(iou(mask, garment_mask("blocks")) for mask in masks) > 0.9


@pytest.mark.parametrize("name", ["checks", "lab", "dots", "r_text", "r_floral", "trousers_a"])
def test_a_box_finds_the_garment_that_fills_it(cutout, name):
    assert iou(masks_at(cutout, demo_picture("garments", name), box=box_around(name))[0], garment_mask(name)) > 0.8


@pytest.mark.parametrize("name", ["loop", "r_blocks", "r_text", "dress_a"])
def test_a_box_that_cuts_into_the_garment_means_it(cutout, name):
    box = box_around(name, inside=0.03)
    bounds_HW = np.zeros((1024, 768), bool)
    bounds_HW[int(box.top * 1024) : int(box.bottom * 1024), int(box.left * 768) : int(box.right * 768)] = True
    first, *_ = masks_at(cutout, demo_picture("garments", name), box=box)
    assert iou(first, garment_mask(name) & bounds_HW) > 0.9


def box_around(name, inside=0.0):
    """The box of a garment, each side so far inside it, in shares of the picture."""
    rows, columns = np.nonzero(garment_mask(name))
    return Region(
        left=columns.min() / 768 + inside,
        top=rows.min() / 1024 + inside,
        right=(columns.max() + 1) / 768 - inside,
        bottom=(rows.max() + 1) / 1024 - inside,
    )


def test_what_goes_round_the_thing_in_a_box_is_no_mask(cutout):
    """Before a background that is not plain, in a box without surroundings."""
    y, x = np.indices((400, 300))
    ground = np.where((x // 20 + y // 20) % 2 == 0, 120, 200)
    thing = (x - 150) ** 2 + (y - 200) ** 2 < 90**2
    image = Image.fromarray(
        np.dstack([np.where(thing, 30, ground), np.where(thing, 60, ground), ground]).astype("uint8")
    )
    masks = masks_at(cutout, image, box=Region(left=0, top=0, right=1, bottom=1))
    assert masks and not any(mask[~thing].mean() > 0.5 > mask[thing].mean() for mask in masks)


def test_points_change_a_part_that_words_name(cutout):
    person = demo_picture("persons", "p1")
    (top,) = masks_at(cutout, person, words="top")
    (more,) = masks_at(cutout, person, (0.42, 0.93, 1), words="top")
    (less,) = masks_at(cutout, person, (0.5, 0.7, 0), words="top")
    assert not top[952, 322] and more[952, 322] and more.sum() > 1.02 * top.sum() and (more | ~top).all()
    assert top[716, 384] and not less[716, 384] and 0 < less.sum() < top.sum()


def test_a_box_cuts_a_part_that_words_name(cutout):
    (left,) = masks_at(
        cutout, demo_picture("persons", "p1"), words="top", box=Region(left=0, top=0, right=0.5, bottom=1)
    )
    assert left[:, :384].any() and not left[:, 385:].any()


def test_a_box_means_what_is_in_front(cutout):
    """What is behind the thing fills the box as well: the wall around a head."""
    box = Region(left=0.3, top=0.02, right=0.7, bottom=0.3)
    first, *_ = masks_at(cutout, demo_picture("persons", "q1"), box=box)
    assert first[int(0.2 * 1024), 384] and not first[int(0.05 * 1024), int(0.33 * 768)]


@pytest.mark.parametrize("pair", ["p1_checks", "p1_logo", "p2_blocks", "p3_logo", "q2_r_floral", "q3_r_stripes"])
def test_a_worn_top_is_found_by_its_word(cutout, pair):
    (mask,) = cutout(demo_picture("truth", pair), SegmentPrompt(words="top"))
    assert iou(inside(mask.image), worn_mask(pair)) > 0.9


@pytest.mark.parametrize(("name", "count"), [("p6", 1), ("q6", 1), ("p1", 0), ("q5", 0)])
def test_a_dress_is_found_where_one_is_worn(cutout, name, count):
    assert len(cutout(demo_picture("persons", name), SegmentPrompt(words="dress"))) == count


def test_its_revision_is_the_source_that_it_reaches(cutout):
    files = {path.relative_to(PACKAGE).as_posix() for path in reached(PACKAGE / FILE, PACKAGE)}
    assert {f"{ROOMS}/segmenting/region_tree.py", f"{ROOMS}/seeing/perception.py", "models/segment/prompts.py"} <= files
    assert not any(file.startswith((f"{ROOMS}/drawing", f"{ROOMS}/measuring", "models/segment/sam")) for file in files)
    assert len(cutout.card.revision) == 16 and cutout.card.name == "cutout"


ROOMS = "models/embedded"
FILE = f"{ROOMS}/cutout_segmenter.py"
