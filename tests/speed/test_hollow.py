"""Checkpoints of the published shapes that take no disk."""

import pytest

from tryon_core.errors import UnknownName
from tryon_core.models.device.memory import parts_of
from tryon_core.models.hub.weights import find
from tryon_core.models.specs import SPECS
from tryon_core.speed.hollow import SHAPES, hollow_checkpoint

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

COUNTED = {  # tensors of the published checkpoints, counted
    "sd15-controlnet": {"text_encoder": 123_060_480, "unet": 859_520_964, "vae": 83_653_863},
    "sd15-control-pose": {"model": 361_279_120},
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_hollow_checkpoint_has_the_published_size_and_takes_no_disk(name, tmp_path):
    if name not in SPECS:
        pytest.skip(f"{name} is not in models.specs yet")
    folder = hollow_checkpoint(name, tmp_path / "hollow")
    files = [path for path in folder.rglob("*.safetensors") if path.parent.name != "safety_checker"]
    counts = {part.name: part.count for part in parts_of(folder) if part.name != "safety_checker"}
    assert find(name, str(folder)).folder == folder
    assert counts == COUNTED.get(name, counts)
    assert name in COUNTED or sum(counts.values()) / 1e9 == pytest.approx(SPECS[name].parameters, rel=0.15)
    assert sum(path.stat().st_size for path in files) > 2 * sum(counts.values())
    assert sum(512 * path.stat().st_blocks for path in files) < 2_000_000


def test_a_model_of_unknown_shapes_is_named(tmp_path):
    with pytest.raises(UnknownName, match="no model of known size is called 'warp'"):
        hollow_checkpoint("warp", tmp_path / "hollow")
