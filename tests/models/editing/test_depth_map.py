"""Depth Anything at toy size as a control mapper."""

from types import SimpleNamespace

import numpy as np
import pytest
from klein import picture

from tryon_core import models
from tryon_core.errors import BadInput, Refused
from tryon_core.models.editing.depth_map import DepthMapper
from tryon_core.models.specs import SPECS

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")


@pytest.fixture(scope="module")
def depth():
    return models.load("toy:depth-anything-v2-small", device="cpu")


@pytest.mark.parametrize("size", [(96, 128), (130, 70), (300, 301)])
def test_a_depth_map_is_grey_of_the_picture_s_size(depth, size):
    image = picture(1, (304, 304)).crop((0, 0, *size))
    drawn = depth(image)
    near_HW3 = np.asarray(drawn)
    assert (drawn.mode, drawn.size) == ("RGB", size) and (near_HW3 == near_HW3[..., :1]).all()
    assert (near_HW3.min(), near_HW3.max()) == (0, 255) and drawn.tobytes() == depth(image).tobytes()


def test_another_picture_has_another_depth(depth):
    one, two = depth.batch([(picture(1),), (picture(2),)])
    assert np.abs(np.asarray(one, int) - np.asarray(two, int)).mean() > 5
    assert one.tobytes() == depth(picture(1)).tobytes()


def test_near_is_white(depth):
    """The network gives nearness (inverse depth), and ControlNet's depth checkpoint takes white as near."""
    shown = depth.processor(images=picture(1), return_tensors="pt")
    near = depth.model(**shown).predicted_depth[0].detach().numpy()
    grey = np.asarray(depth(picture(1)).convert("L").resize(near.shape[::-1]), float)
    assert np.corrcoef(near.ravel(), grey.ravel())[0, 1] > 0.9


def test_equal_nearness_is_refused(depth):
    flat = SimpleNamespace(predicted_depth=torch.ones(1, 70, 70))
    model = SimpleNamespace(device="cpu", dtype=torch.float32)
    seeing = type("Flat", (SimpleNamespace,), {"__call__": lambda self, **shown: flat})(**vars(model))
    with pytest.raises(Refused, match="everything equally near"):
        DepthMapper(seeing, depth.processor, depth.card)(picture(1))


def test_only_the_small_one_is_known_and_it_is_free():
    spec = SPECS["depth-anything-v2-small"]
    assert spec.commercial and spec.licence == "Apache-2.0" and "Small" in spec.repo
    with pytest.raises(BadInput):
        models.load("depth-anything-v2-large")
