"""Where a tool may draw: from what the judge found to a mask, over a segmenter that is scripted."""

import numpy as np
import pytest
from doubles import Finds, picture
from PIL import Image

from tryon_core.flows.streams.stream_masks import edit_area, mask_for
from tryon_core.flows.streams.stream_rules import Issue
from tryon_core.records import Fix, Region, Sample

SIZE, LOCAL = (100, 100), Region(left=0.4, top=0.6, right=0.6, bottom=0.8)
THINGS = {
    "garment": (30, 40, 69, 79),
    "person": (25, 5, 74, 99),
    "face": (40, 10, 59, 29),
    "skin": (70, 40, 79, 89),
    "lake": (0, 80, 99, 99),
}


def issue(kind="local", region=LOCAL, finding="", fixes=(), constraint="realism"):
    return Issue(
        constraint=constraint, kind=kind, score=5.0, critical=False, finding=finding, region=region, fixes=tuple(fixes)
    )


def sample(**images):
    worn = {"person": picture("grey", SIZE), "garment": picture("blue", SIZE)}
    return Sample(sample_id="s", wish="Wear it.", images=worn | images)


def fix(aspect, amount):
    return Fix(constraint="garment_structure", text="mend it", aspect=aspect, amount=amount)


def masked(*targets, segmenter=None, wanted=None, drawn=None):
    """(values (H, W), the mask)."""
    mask = mask_for(targets, drawn or picture("red", SIZE), wanted or sample(), segmenter)
    return np.asarray(mask.image), mask


# ---- a place for each kind -------------------------------------------------------------------------------------------


def test_a_box_is_segmented_grown_and_feathered():
    values_HW, mask = masked(issue(), segmenter=Finds(THINGS))
    assert mask.source == "segmented" and mask.why == "in the box of realism: mask 1 of 1 fills 77% of the box"
    assert values_HW[70, 50] == 255 and values_HW[60, 40] == 0  # an ellipse: the corners of the box stay
    assert values_HW[70, 38] and len(np.unique(values_HW)) > 2 and 0.03 < mask.share < 0.06


def test_a_box_without_a_segmenter_is_taken_as_it_is():
    values_HW, mask = masked(issue())
    assert mask.source == "region" and "no segmenter here takes a box" in mask.why
    assert (values_HW[60:80, 40:60] == 255).all() and values_HW[59, 50] and not values_HW[:56].any()
    small_HW, _ = masked(issue(region=Region(left=0.5, top=0.5, right=0.58, bottom=0.58)))
    assert small_HW[48, 54] and not small_HW[47].any()  # a box's edge is rough: twice as far as a mask


def test_a_box_round_the_garment_is_about_the_garment():
    around = Region(left=0.2, top=0.35, right=0.8, bottom=0.9)
    values_HW, mask = masked(issue(region=around), segmenter=Finds(THINGS, takes=("words",)))
    assert mask.source == "segmented" and "the box of realism is that of the garment: " in mask.why
    assert (values_HW[40:80, 30:70] == 255).all() and not values_HW[:, :26].any() and not values_HW[84:].any()


def test_a_finding_without_a_place_is_looked_for_by_its_noun():
    values_HW, mask = masked(issue(region=None, finding="The lake is green."), segmenter=Finds(THINGS))
    assert mask.source == "segmented" and mask.why == "realism: the lake, by its name"
    assert values_HW[90, 5] == 255 and not values_HW[70].any()


def test_what_is_nowhere_becomes_the_whole_edit_area_and_says_so():
    for finding, sought in (("It is dull.", ""), ("The moon is at the left hand.", " and no 'left hand' is found")):
        values_HW, mask = masked(issue(region=None, finding=finding), segmenter=Finds(THINGS))
        assert mask.source == "edit_area" and f"the judge named no place{sought}: the whole edit area" in mask.why
        assert values_HW[60, 50] == 255 and not values_HW[90].any()


def test_a_hem_that_is_too_high_gets_room_below_it():
    low = issue("spatial", region=None, fixes=[fix("length", 0.25)])
    values_HW, mask = masked(low, segmenter=Finds(THINGS))
    assert values_HW[88, 50] == 255 and not values_HW[94].any() and "with 10 px below it" in mask.why
    assert mask.source == "edit_area"
    same_HW, _ = masked(issue("spatial", region=None, fixes=[fix("length", -0.25)]), segmenter=Finds(THINGS))
    assert not same_HW[88].any()
    in_words = fix("length", 0.25).model_copy(update={"strength": 0.0})
    assert "room around it" in masked(issue("spatial", region=None, fixes=[in_words]), segmenter=Finds(THINGS))[1].why


def test_a_sleeve_gets_the_skin_near_it():
    values_HW, _ = masked(issue("spatial", region=None, fixes=[fix("sleeve", 0.2)]), segmenter=Finds(THINGS))
    assert values_HW[60, 75] == 255 and not values_HW[60, 20:28].any()


def test_a_judge_s_box_is_room_as_far_as_the_person_goes():
    beside = Region(left=0.0, top=0.5, right=0.5, bottom=0.6)
    values_HW, mask = masked(issue("spatial", region=beside), segmenter=Finds(THINGS))
    assert values_HW[55, 27] == 255 and not values_HW[:, :20].any() and mask.source == "segmented"


def test_a_colour_is_of_all_the_cloth_and_a_print_is_not():
    finds = Finds(THINGS)
    for found, source in (
        (issue("style", region=None), "edit_area"),
        (issue("style", fixes=[fix("chroma", 3.0)]), "segmented"),
        (issue("style", region=Region(left=0.3, top=0.4, right=0.7, bottom=0.7)), "segmented"),
    ):
        values_HW, mask = masked(found, segmenter=finds)
        assert (values_HW[40:80, 30:70] == 255).all() and mask.source == source and "all the cloth" in mask.why
    values_HW, _ = masked(issue("style"), segmenter=finds)
    assert not values_HW[45].any() and values_HW[70, 50] == 255


def test_a_scene_is_what_differs_from_the_photograph_beside_the_garment():
    drawn_HW3 = np.full((100, 100, 3), 128, np.uint8)
    drawn_HW3[5:25, 80:95], drawn_HW3[5:25, 5:20], drawn_HW3[40:80, 30:70] = (200, 30, 30), (200, 30, 30), 20
    drawn, near = Image.fromarray(drawn_HW3), Region(left=0.7, top=0.0, right=1.0, bottom=0.3)
    for region, where in ((None, "outside the garment"), (near, "in the judge's box")):
        values_HW, mask = masked(issue("scene", region=region), segmenter=Finds(THINGS), drawn=drawn)
        assert (values_HW[6:24, 82:94] == 255).all() and not values_HW[40:].any() and where in mask.why
        assert values_HW[15, 12] == (0 if region else 255)
    _, mask = masked(issue("scene"), segmenter=Finds(THINGS), drawn=picture("grey", SIZE))
    assert mask.why.startswith("in the box of realism")


# ---- the face, what may be edited ------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", [None, Region(left=0.3, top=0.0, right=0.5, bottom=0.9)])
def test_a_lost_face_is_the_face_in_the_judge_s_box(region):
    values_HW, mask = masked(issue("identity", region=region), segmenter=Finds(THINGS))
    assert mask.source == "segmented" and values_HW[20, 45] == 255 and not values_HW[40:].any()
    assert (values_HW[20, 57] == 255) == (region is None) and values_HW[20, 51] == 255


def test_a_face_outside_the_judge_s_box_is_not_the_place():
    values_HW, mask = masked(issue("identity"), segmenter=Finds(THINGS))
    assert mask.why.startswith("in the box of realism") and values_HW[70, 50] == 255


def test_a_face_is_left_alone_unless_it_is_the_target():
    chest = Region(left=0.3, top=0.2, right=0.7, bottom=0.5)
    values_HW, mask = masked(issue(region=chest), segmenter=Finds(THINGS))
    assert not values_HW[10:30, 40:60].any() and values_HW[40, 50] == 255 and mask.why.endswith("without the face")
    for target in (
        issue("identity", region=chest),
        issue(region=chest, finding="The eyes look apart."),
        issue(region=Region(left=0.45, top=0.15, right=0.55, bottom=0.25)),
    ):
        assert masked(target, segmenter=Finds(THINGS))[0][22, 50] == 255


def test_hair_and_hands_lie_before_a_garment():
    finds = Finds(THINGS | {"hair": (35, 38, 40, 60), "hands": (66, 70, 75, 79)})
    fixes = [fix("width", 0.2)]
    values_HW, mask = masked(issue("spatial", region=None, fixes=fixes), segmenter=finds)
    assert not values_HW[50, 38] and not values_HW[75, 68] and mask.why.endswith("without the hair; without the hands")
    for finding, left in (("The hair covers it.", "hands"), ("A finger is in it.", "hair")):
        _, mask = masked(issue("spatial", region=None, finding=finding, fixes=fixes), segmenter=finds)
        assert mask.why.endswith(f"without the {left}") and mask.why.count("without") == 1
    by_the_hand = issue(region=Region(left=0.5, top=0.6, right=0.7, bottom=0.8))
    assert masked(by_the_hand, segmenter=finds)[0][75, 67] > 0  # no issue of the garment


def test_a_colour_leaves_what_was_worn_before_alone():
    before, drawn = picture("grey", SIZE), picture("red", SIZE)
    finds = Redressed(before)
    values_HW, _ = masked(issue("style", region=None), segmenter=finds, wanted=sample(person=before), drawn=drawn)
    assert not values_HW[90].any() and values_HW[60, 50] == 255
    assert np.asarray(edit_area(drawn, sample(person=before), finds))[90, 50] == 255


class Redressed(Finds):
    """Finds a longer garment in the photograph."""

    def __init__(self, before):
        super().__init__(THINGS)
        self.before = before

    def __call__(self, image, prompt):
        self.by_noun["garment"] = (30, 40, 69, 95) if image is self.before else THINGS["garment"]
        return super().__call__(image, prompt)


def test_targets_share_a_mask():
    values_HW, mask = masked(issue(), issue(region=None, finding="A lake."), segmenter=Finds(THINGS))
    assert values_HW[70, 50] == 255 and values_HW[95, 5] == 255 and "; " in mask.why and mask.source == "segmented"
    assert masked(issue(), issue("style", region=None), segmenter=Finds(THINGS))[1].source == "edit_area"


def test_nothing_is_drawn_outside_the_sample_s_mask():
    mask = Image.new("L", SIZE, 0)
    mask.paste(255, (45, 0, 100, 100))
    values_HW, _ = masked(issue(), segmenter=Finds(THINGS), wanted=sample(mask=mask))
    assert not values_HW[:, :45].any() and values_HW[70, 52] == 255


def test_a_place_outside_the_sample_s_mask_becomes_the_edit_area():
    mask = Image.new("L", SIZE, 0)
    mask.paste(255, (0, 0, 100, 50))
    values_HW, found = masked(issue(), segmenter=Finds(THINGS), wanted=sample(mask=mask))
    assert found.source == "edit_area" and "where nothing is: the whole edit area" in found.why
    assert (values_HW > 0).sum() == 10 * 40 and values_HW[45, 50] == 255


def test_the_edit_area_is_what_is_worn_else_the_mask_else_all():
    drawn, mask = picture("red", SIZE), Image.new("L", SIZE, 0)
    mask.paste(255, (0, 0, 100, 20))
    worn_HW = np.asarray(edit_area(drawn, sample(), Finds(THINGS))) > 0
    assert worn_HW[40:80, 30:70].all() and worn_HW.sum() == 40 * 40
    for segmenter in (Finds(THINGS), None):  # the garment lies outside the mask
        assert (np.asarray(edit_area(drawn, sample(mask=mask), segmenter)) > 0).sum() == 2000
    assert (np.asarray(edit_area(drawn, sample())) == 255).all()


def test_why_the_edit_area_is_all_of_the_picture_is_in_the_reason():
    values_HW, mask = masked(issue(region=None), segmenter=Finds({"garment": None}))
    assert values_HW.all() and "the whole picture is drawn anew (in the garment's own picture:" in mask.why
