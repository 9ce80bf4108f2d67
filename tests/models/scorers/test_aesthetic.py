"""The aesthetic head on the toy CLIP, and its refusals."""

import numpy as np
import published
import pytest
from klein import picture
from safetensors.numpy import load_file

from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models import load
from tryon_core.models.scorers.deep.net_folder import write_net
from tryon_core.models.toy import toy_folder
from tryon_core.records import Sample

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
NOTHING = Sample(sample_id="a", wish="", images={})


@pytest.fixture(scope="module")
def aesthetic():
    return load("toy:aesthetic", device="cpu")


def test_the_head_is_five_linear_layers(aesthetic):
    tensors = load_file(toy_folder("aesthetic") / "model.safetensors")
    layers = []
    for name in ("layers.0", "layers.2", "layers.4", "layers.6", "layers.7"):
        weight = torch.from_numpy(tensors[f"{name}.weight"])
        layer = torch.nn.Linear(*weight.shape[::-1])
        layer.load_state_dict({"weight": weight, "bias": torch.from_numpy(tensors[f"{name}.bias"])})
        layers.append(layer)
    seen = torch.from_numpy(aesthetic.clip.pictures([picture(1)])).float()
    with torch.inference_mode():
        expected = float(torch.nn.Sequential(*layers)(seen))
    assert aesthetic(NOTHING, picture(1))["aesthetic"].value == pytest.approx(expected, abs=1e-5)


def test_pictures_have_points_of_their_own(aesthetic):
    together = aesthetic.batch([(NOTHING, picture(1)), (NOTHING, picture(2))])
    values = [each["aesthetic"].value for each in together]
    alone = load("toy:aesthetic", keep_gib=0)(NOTHING, picture(2))["aesthetic"].value
    assert abs(values[0] - values[1]) > 1e-3 and values[1] == pytest.approx(alone, abs=1e-5)


def test_its_metric_is_as_it_answers(aesthetic):
    (metric,) = aesthetic.metrics
    value = aesthetic(NOTHING, picture(1))["aesthetic"]
    assert (metric.name, metric.unit, metric.better) == ("aesthetic", value.unit, value.better)
    assert "random weights" in metric.model and "2 layers, width 32" in metric.model and aesthetic.card.kind == "toy"


def test_a_head_for_another_clip_is_refused(tmp_path):
    write_net(tmp_path / "head", {"model_type": "laion-aesthetic"}, published.aesthetic())
    with pytest.raises(BadInput, match="takes CLIP's vectors of 768 numbers and .* gives 32; give the CLIP"):
        load("toy:aesthetic", weights=str(tmp_path / "head"))


def test_a_folder_may_hold_its_clip():
    options = {"weights": str(toy_folder("aesthetic")), "clip": str(toy_folder("clip"))}
    local, toy = load("aesthetic", **options), load("toy:aesthetic")
    assert local(NOTHING, picture(1)) == toy(NOTHING, picture(1))
    assert local.card.kind == "real" and local.card.settings["clip"].startswith("openai/clip-vit-large-patch14, local-")


def test_both_weights_are_asked_for():
    with pytest.raises(MissingWeights, match="aesthetic: .* publishes no safetensors; convert"):
        load("aesthetic")
    with pytest.raises(MissingWeights, match="clip: openai/clip-vit-large-patch14 is not in the hub's cache"):
        load("aesthetic", weights=str(toy_folder("aesthetic")))
    with pytest.raises(BadInput, match="clip of toy:aesthetic is 'clip' or a folder with its weights, got ''"):
        load("toy:aesthetic", clip="")


def test_a_head_without_a_layer_is_a_sentence(tmp_path):
    tensors = published.aesthetic(32)
    del tensors["layers.6.bias"]
    write_net(tmp_path / "head", {"model_type": "laion-aesthetic"}, tensors)
    with pytest.raises(
        MissingWeights, match="does not hold the head's five layers .*layers.6.bias.*; convert it again"
    ):
        load("toy:aesthetic", weights=str(tmp_path / "head"))


def test_the_vector_has_length_one(aesthetic):
    assert np.linalg.norm(aesthetic.clip.pictures([picture(3)])) == pytest.approx(1)
