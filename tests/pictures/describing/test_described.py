"""A garment's features in one record: measured, or a reason."""

import cloths
import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from tryon_core.errors import BadInput
from tryon_core.pictures.describing.described import PARTS, GarmentFeatures, describe
from tryon_core.pictures.describing.feature_vector import LENGTH


def test_a_striped_top_is_described():
    features = describe(*cloths.laid(cloths.stripes(30, 0, (cloths.WHITE, cloths.NAVY), share=0.4)))
    assert features.pattern.kind == "stripes" and features.pattern.period_px == pytest.approx(30, rel=0.03)
    assert [swatch.name for swatch in features.palette] == ["navy", "white"]
    assert features.words == "a navy garment with white horizontal stripes"
    assert len(features.vector) == LENGTH and not features.unmeasured


def test_features_come_back_from_json():
    features = describe(*cloths.laid(cloths.lit(cloths.dots(40, 0))))
    assert GarmentFeatures.model_validate_json(features.model_dump_json()) == features


def test_too_little_cloth_gives_reasons_no_numbers():
    picture = cloths.plain(cloths.RED)
    for mask in (np.zeros((400, 400), bool), np.pad(np.ones((12, 12), bool), ((0, 388), (0, 388)))):
        features = describe(picture, mask)
        assert set(features.unmeasured) == set(PARTS) and all(features.unmeasured.values())
        assert not features.palette and features.pattern is None and not features.vector and not features.words


def test_a_thin_band_has_colours_but_no_pattern():
    mask = np.zeros((400, 400), bool)
    mask[100:120] = True
    features = describe(cloths.plain(cloths.RED), mask)
    assert (
        features.palette[0].name == "red" and features.pattern is None and "32 pixels" in features.unmeasured["pattern"]
    )
    assert features.words == "a smooth red garment"


@pytest.mark.parametrize("mask", [np.ones((400, 400), np.uint8), np.ones((400, 399), bool)])
def test_a_mask_of_another_kind_is_refused(mask):
    with pytest.raises(BadInput, match="a mask is bool of shape"):
        describe(cloths.plain(cloths.RED), mask)


@pytest.mark.parametrize("seed", range(12))
def test_any_mask_gives_numbers_or_a_reason(seed):
    """Ellipses from slivers to the whole picture, some in two parts, some with holes."""
    rng, mask = np.random.default_rng(seed), np.zeros((240, 300), np.uint8)
    for value in (1, 1, 0)[: 1 + seed % 3]:
        axes = (np.geomspace(2, 260, 12)[[seed, rng.integers(12)]]).astype(int).tolist()
        cv2.ellipse(mask, rng.integers(40, 200, 2).tolist(), axes, float(rng.uniform(0, 180)), 0, 360, value, -1)
    features = describe(cloths.dots(24, 0)[:240, :300], mask.astype(bool))
    assert GarmentFeatures.model_validate_json(features.model_dump_json()) == features
    assert features.palette or "mask" in features.unmeasured["palette"]


def test_a_part_is_measured_or_has_a_reason():
    features = describe(*cloths.laid(cloths.plain(cloths.RED))).model_dump()
    for broken in ({"texture": None}, {"unmeasured": {"texture": "too dark"}}, {"vector": (1.0,)}):
        with pytest.raises(ValidationError, match="measured|a vector has"):
            GarmentFeatures.model_validate(features | broken)
