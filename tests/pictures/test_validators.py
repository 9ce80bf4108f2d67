"""Pictures, masks, features and settings are judged by name and in a sentence; `check_` raises it."""

import math

import numpy as np
import pytest
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.pictures import validators
from tryon_core.pictures.crop_and_stitch import CropOptions
from tryon_core.pictures.masking.mask_refinement import MaskRefinement
from tryon_core.records import Settings

BUSY = Image.effect_noise((200, 300), 80).convert("RGB")
DISC = np.hypot(*np.mgrid[-50:50, -40:40]) < 25


def white_on_white():
    picture_HW3 = np.full((300, 200, 3), 244, np.uint8)
    picture_HW3[40:260, 95:100] = 240  # the shade of one fold
    return Image.fromarray(picture_HW3)


def names(outcomes):
    assert outcomes and all(one.sentence.strip() for one in outcomes)
    return [one.name for one in outcomes]


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (BUSY, ["usable"]),
        (BUSY.convert("L"), ["usable"]),
        (white_on_white(), ["usable"]),
        (BUSY.crop((0, 0, 30, 300)), ["too_small", "slim"]),
        (Image.new("RGB", (200, 200), "teal"), ["blank"]),
        (Image.new("RGBA", (200, 200), (0, 0, 0, 0)), ["blank"]),
        (Image.new("F", (200, 200)), ["wrong_mode"]),
        (Image.new("L", (8000, 7000)), ["too_large", "blank"]),
        (BUSY.resize((1000, 100)), ["slim"]),
    ],
)
def test_a_pictures_faults_have_names(picture, expected):
    assert names(validators.picture(picture)) == expected


def test_a_picture_file_is_judged_without_raising(tmp_path):
    BUSY.save(tmp_path / "good.webp")
    (tmp_path / "note.jpg").write_text("hello")
    assert names(validators.picture_file(tmp_path / "good.webp")) == ["usable"]
    assert "200 x 300" in validators.picture_file(tmp_path / "good.webp")[0].sentence
    assert names(validators.picture_file(tmp_path / "note.jpg")) == ["unreadable"]
    assert "plain text" in validators.picture_file(tmp_path / "note.jpg")[0].sentence
    assert names(validators.picture_file(tmp_path / "none.jpg")) == ["unreadable"]


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        (DISC, ["usable"]),
        (DISC.astype(np.uint8), ["usable"]),
        (DISC.astype(np.uint8) * 255, ["usable"]),
        (Image.fromarray(DISC), ["usable"]),
        (Image.fromarray(DISC.astype(np.uint8) * 200), ["soft"]),
        (DISC * 0.5, ["not_a_mask"]),
        (BUSY, ["not_a_mask"]),
        (DISC[None], ["not_a_mask"]),
        (DISC[:-1], ["other_size"]),
        (DISC & False, ["empty"]),
        (DISC.astype(np.uint8) * 100, ["empty", "soft"]),
        (~DISC, ["is_background"]),
    ],
)
def test_a_masks_faults_have_names(mask, expected):
    assert names(validators.mask(mask, (80, 100))) == expected


MEASURED = {
    "palette": [{"share": 0.7}, {"share": 0.3}],
    "pattern": {"kind": "solid"},
    "texture": {"contrast": 1.0},
    "vector": [0.6, 0.8],
    "words": "a navy garment",
    "unmeasured": {},
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ["usable"]),
        ({"pattern": None, "unmeasured": {"pattern": "too narrow"}}, ["unmeasured"]),
        ({"pattern": None}, ["without_reason"]),
        ({"palette": [{"share": 0.3}, {"share": 0.7}]}, ["not_ordered"]),
        ({"palette": [{"share": 0.9}, {"share": 0.7}]}, ["shares_wrong"]),
        ({"vector": [0.6, math.nan]}, ["not_finite"]),
        ({"vector": [0.6, 0.6]}, ["not_unit"]),
        (dict.fromkeys(MEASURED), ["no_features"]),
    ],
)
def test_features_that_contradict_themselves_are_named(change, expected):
    assert names(validators.features({**MEASURED, **change})) == expected


@pytest.mark.parametrize(
    ("kind", "values", "name", "said"),
    [
        (MaskRefinement, {"least_part": 0.1, "mirror": True}, "usable", "every setting fits"),
        (MaskRefinement, {"least_prat": 0.1}, "unknown_name", "Did you mean 'least_part'"),
        (MaskRefinement, {"least_part": 3}, "wrong_value", "lies from 0 to 0.5"),
        (MaskRefinement, {"least_part": "much"}, "wrong_value", "least_part"),
        (CropOptions, {"padding": -1}, "wrong_value", "padding lies from 0"),
        (Settings, {"steps": 0}, "wrong_value", "steps"),
        (Settings, {"step": 4}, "unknown_name", "Did you mean 'steps'"),
        (Settings, {"steps": 4}, "usable", "every setting fits"),
    ],
)
def test_settings_are_judged_by_what_they_are_for(kind, values, name, said):
    (outcome,) = validators.settings(kind, values)
    assert outcome.name == name and said in outcome.sentence
    assert outcome.blocks == (name != "usable")


def test_what_blocks_is_raised_and_warnings_are_not():
    validators.check_picture(BUSY.resize((1000, 100)))
    validators.check_mask(Image.fromarray(DISC.astype(np.uint8) * 200), (80, 100))
    validators.check_features({**MEASURED, "pattern": None, "unmeasured": {"pattern": "too narrow"}})
    validators.check_settings(Settings, {"steps": 4})
    for check, given, said in (
        (validators.check_picture, (Image.new("RGB", (200, 200)),), "picture: nothing is in"),
        (validators.check_mask, (DISC & False, (80, 100)), "mask: the mask is empty"),
        (validators.check_features, ({},), "features: nothing was measured: no reason"),
        (validators.check_settings, (Settings, {"step": 4}), "settings: no setting of Settings"),
    ):
        with pytest.raises(BadInput, match=said):
            check(*given)
