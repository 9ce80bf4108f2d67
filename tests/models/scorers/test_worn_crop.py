"""A garment as the embedded segmenter finds it, on a flat picture and on a rendered person."""

import numpy as np
import pytest

from tryon_core import open_source
from tryon_core.models import load
from tryon_core.models.scorers.clip.worn_crop import WornCrop

TEAL = (40, 130, 105)  # of the garment of demo_02_lab


@pytest.fixture(scope="module")
def crop():
    return WornCrop(load("cutout"))


@pytest.fixture(scope="module")
def source():
    return open_source("data_manifests/demo.jsonl")


def sample(source, sample_id):
    return source.load(next(line for line in source.listing().lines if line.sample_id == sample_id))


def covered(image, colour):
    """Share of a picture that is about of this colour."""
    return float((np.abs(np.asarray(image, float) - colour).max(-1) < 45).mean())


def test_both_crops_are_mostly_the_garment(crop, source):
    shown = sample(source, "demo_02_lab")
    before = covered(shown.images["truth"], TEAL)
    flat, worn = crop(shown, shown.images["truth"])
    assert flat.width == flat.height and worn.width == worn.height
    assert covered(worn, TEAL) > max(0.4, 2 * before) and covered(flat, TEAL) > 0.3


def test_what_is_worn_in_its_place_is_cut_too(crop, source):
    """The person's photograph shows another garment there: the crop is of it, and is another picture."""
    shown = sample(source, "demo_02_lab")
    (_, worn), (_, old) = crop(shown, shown.images["truth"]), crop(shown, shown.images["person"])
    assert covered(old, TEAL) < 0.5 * covered(worn, TEAL)


def test_white_on_white_is_a_reason(crop, source):
    shown = sample(source, "demo_08_white")
    assert "cannot be told from its background" in crop(shown, shown.images["truth"])
