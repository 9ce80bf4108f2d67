"""LPIPS at full size against the published package, and through its toys."""

import json
import shutil

import numpy as np
import published
import pytest
from klein import picture
from PIL import Image

from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models import load
from tryon_core.models.device.options import WholeOptions
from tryon_core.models.scorers.deep.lpips_net import BACKBONES
from tryon_core.models.scorers.deep.lpips_scorer import lpips_bytes
from tryon_core.models.scorers.deep.net_folder import write_net
from tryon_core.models.toy import toy_folder
from tryon_core.records import Sample

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
# of lpips 0.1.4 with these weights, on picture(1) and picture(2) resized as the protocol says
PUBLISHED = {"lpips": 0.2012028843164444, "lpips-alex": 0.3056628704071045}


@pytest.fixture(scope="module", params=PUBLISHED)
def scorer(request):
    return load(f"toy:{request.param}", device="cpu")


def sample(**images):
    return Sample(sample_id="a", wish="a red shirt", images=images)


@pytest.mark.parametrize(("name", "kind"), [("lpips", "vgg"), ("lpips-alex", "alex")])
def test_it_is_the_published_distance(name, kind, tmp_path):
    heads = {key.replace(".model.1", ""): tensor for key, tensor in published.heads(kind).items()}
    backbone = {key: tensor for key, tensor in published.backbone(kind).items() if key.startswith("features")}
    write_net(tmp_path / name, {"model_type": "lpips", "net": kind}, backbone | heads)
    value = load(name, weights=str(tmp_path / name))(sample(person=picture(1)), picture(2))["lpips"].value
    assert value == pytest.approx(PUBLISHED[name], rel=1e-5)


def by_hand(net, kind, one, other):
    """The formula, one stage after the other; a place where nothing is seen has the vector 0."""
    total = 0.0
    for number, pair in enumerate(zip(stages(net, kind, one), stages(net, kind, other), strict=True)):
        first, second = (each / np.maximum(np.linalg.norm(each, axis=0), 1e-10) for each in pair)
        weight = net[f"lin{number}"].weight[0, :, 0, 0].numpy()
        total += float((weight[:, None, None] * (first - second) ** 2).sum(0).mean())
    return total


def stages(net, kind, image):
    """Features (C, h, w) of a picture, by torch's own layers in a row."""
    small = np.asarray(image.resize((256, 256), Image.Resampling.BILINEAR), np.float32) / 127.5 - 1
    values = torch.from_numpy((small - np.float32([-0.030, -0.088, -0.188])) / np.float32([0.458, 0.448, 0.450]))
    values, pool = values.permute(2, 0, 1)[None], torch.nn.MaxPool2d(2 if kind == "vgg" else 3, 2)
    found = []
    with torch.inference_mode():
        for number, stage in enumerate(BACKBONES[kind].stages):
            values = pool(values) if number in ((1, 2, 3, 4) if kind == "vgg" else (1, 2)) else values
            for layer in stage:
                values = torch.relu(net["features"][str(layer)](values))
            found.append(values[0].numpy())
    return found


def test_a_toy_computes_the_formula(scorer):
    kind = "alex" if "alex" in scorer.card.name else "vgg"
    value = scorer(sample(person=picture(1)), picture(2))["lpips"].value
    assert value == pytest.approx(by_hand(scorer.net, kind, picture(1), picture(2)), rel=1e-3)


def test_equal_pictures_are_no_distance_apart(scorer):
    there, back = (scorer(sample(person=picture(a)), picture(b))["lpips"].value for a, b in ((1, 2), (2, 1)))
    assert scorer(sample(person=picture(1)), picture(1))["lpips"].value == 0
    assert there == pytest.approx(back, rel=1e-4) and there > 0.01


def test_the_picture_that_was_edited_is_the_original(scorer):
    assert scorer(sample(init=picture(2), person=picture(1)), picture(2))["lpips"].value == 0
    assert "no picture 'init' or 'person'" in scorer(sample(garment=picture(1)), picture(2))["lpips"]


def test_together_they_are_as_one_by_one(scorer):
    calls = [(sample(person=picture(1)), picture(2)), (sample(), picture(3)), (sample(init=picture(4)), picture(5))]
    together, alone = scorer.batch(calls), [scorer(*call) for call in calls]
    assert together[1] == alone[1]
    for number in (0, 2):
        assert together[number]["lpips"].value == pytest.approx(alone[number]["lpips"].value, rel=1e-4)


def test_its_metric_is_as_declared(scorer):
    (metric,) = scorer.metrics
    value = scorer(sample(person=picture(1)), picture(2))["lpips"]
    assert (value.unit, value.better) == (metric.unit, metric.better) == ("LPIPS", "lower")
    assert "random weights" in metric.model and "256 x 256" in metric.protocol and scorer.card.kind == "toy"


def test_an_evaluation_resizes_for_itself(scorer):
    tall = [picture(number, (64, 128)) for number in (1, 2)]
    (value,) = scorer.distances([tuple(tall)])
    assert value != pytest.approx(scorer(sample(person=tall[0]), tall[1])["lpips"].value, rel=1e-2)
    with pytest.raises(BadInput, match=r"pictures of one size, got \[\(64, 128\), \(96, 128\)\]; resize them"):
        scorer.distances([(tall[0], picture(2))])


def test_the_other_network_is_refused():
    with pytest.raises(BadInput, match="lpips is LPIPS on vgg and .* holds it on alex; give the other folder"):
        load("lpips", weights=str(toy_folder("lpips-alex")))


def test_without_weights_the_command_is_named():
    with pytest.raises(MissingWeights, match="publishes no safetensors; convert its files once by `python -m .*lpips"):
        load("lpips")


def test_a_cut_file_is_a_sentence(tmp_path):
    folder = shutil.copytree(toy_folder("lpips"), tmp_path / "cut")
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:-100])
    with pytest.raises(MissingWeights, match="model.safetensors is missing or cut off"):
        load("lpips", weights=str(folder))


def test_its_files_are_in_the_metric(tmp_path):
    folder = shutil.copytree(toy_folder("lpips"), tmp_path / "named")
    config = json.loads((folder / "config.json").read_text()) | {"sources": {"vgg16.pth": "0123456789abcdef"}}
    (folder / "config.json").write_text(json.dumps(config))
    assert "vgg16.pth 0123456789ab, local-" in load("lpips", weights=str(folder)).metrics[0].model


def test_more_at_once_is_more_room():
    one, four = (lpips_bytes(WholeOptions(dtype="float32", at_once=count)) for count in (1, 4))
    assert four == 4 * one
