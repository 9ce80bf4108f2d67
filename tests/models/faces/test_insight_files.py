"""InsightFace sees only files that are there, whole and of the right kind, and none before the licence is accepted."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from tryon_core.errors import BadInput, MissingWeights, Refused
from tryon_core.models import download, load, options_of
from tryon_core.models.faces import insight_toys
from tryon_core.models.faces.insight_faces import check_placed, providers_for
from tryon_core.models.faces.insight_toys import build_insightface, mean_colours


@pytest.fixture
def models(tmp_path):
    """A folder of the toys, to be spoiled."""
    build_insightface(tmp_path / "models")
    return tmp_path / "models"


@pytest.fixture
def offline(monkeypatch):
    """InsightFace may fetch nothing."""
    import insightface.app.face_analysis
    import insightface.model_zoo.model_zoo

    def fetched(*given, **named):
        pytest.fail(f"InsightFace was about to download {given}")

    monkeypatch.setattr(insightface.app.face_analysis, "ensure_available", fetched)
    monkeypatch.setattr(insightface.model_zoo.model_zoo, "download_onnx", fetched)


def loaded(models, **options):
    given = {"weights": str(models / "inswapper_128.onnx"), "analysis": str(models / "buffalo_l")}
    return load("inswapper", **{"accept_research_licence": True, **given, **options})


@pytest.mark.parametrize("name", ["inswapper", "arcface"])
@pytest.mark.parametrize("accepted", [False, "yes", 1])
def test_the_licence_comes_before_any_file(name, accepted, monkeypatch):
    monkeypatch.setitem(sys.modules, "insightface", None)
    with pytest.raises(BadInput, match="for non-commercial research only, says the README of deepinsight/insightface"):
        load(name, weights="/nowhere", accept_research_licence=accepted)


def test_what_lies_there_is_loaded_by_its_whole_path(models, monkeypatch, offline):
    monkeypatch.chdir(models)
    swapper = load("inswapper", weights="inswapper_128.onnx", analysis="buffalo_l", accept_research_licence=True)
    digest = hashlib.sha256((models / "inswapper_128.onnx").read_bytes()).hexdigest()
    assert swapper.card.revision == f"sha256-{digest}"
    assert swapper._swapper.model_file == str(models / "inswapper_128.onnx")


@pytest.mark.parametrize("weights", ["inswapper_128.onnx", "https://example.org/inswapper_128.onnx", "x" * 300])
def test_a_name_alone_downloads_nothing(models, weights, offline):
    with pytest.raises(MissingWeights, match=r"there is no file /.*; copy the model there, or give its path"):
        loaded(models, weights=weights)


@pytest.mark.parametrize("analysis", ["buffalo_l", "no/such/folder"])
def test_a_folder_that_is_not_there_downloads_nothing(models, analysis, offline):
    with pytest.raises(MissingWeights, match=r"there is no folder /.*; give one such as buffalo_l"):
        loaded(models, analysis=analysis)


def test_without_a_path_insightfaces_own_place_is_asked(monkeypatch, tmp_path, offline):
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(MissingWeights, match=f"no file {tmp_path}/.insightface/models/inswapper_128.onnx"):
        load("inswapper", accept_research_licence=True)
    with pytest.raises(MissingWeights, match=f"no folder {tmp_path}/.insightface/models/buffalo_l"):
        load("arcface", accept_research_licence=True)


SPOILT = {
    "is damaged, or no ONNX file": lambda file: file.write_bytes(file.read_bytes()[:5000]),
    "damaged, or no ONNX file": lambda file: file.write_text("version https://git-lfs.github.com/spec/v1"),
    "takes a network of a 128 px target": lambda file: onnx.save(mean_colours(np.random.default_rng(0)), file),
    "keeps 'emap' in another file": lambda file: onnx.save(onnx.load(file), file, save_as_external_data=True),
}


@pytest.mark.parametrize("says", SPOILT)
def test_a_spoilt_swapper_is_named(models, says):
    SPOILT[says](models / "inswapper_128.onnx")
    with pytest.raises((MissingWeights, BadInput), match=says):
        loaded(models)


def test_a_constant_in_another_file_is_seen(models):
    """ONNX Runtime would read it too, from wherever it points."""
    file = models / "inswapper_128.onnx"
    model = onnx.load(file)
    tensor = TensorProto(name="secret", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="../../etc/passwd")
    model.graph.node.append(helper.make_node("Constant", [], ["unused"], value=tensor))
    file.write_bytes(model.SerializeToString())
    with pytest.raises(BadInput, match="keeps 'secret' in another file"):
        loaded(models)


@pytest.mark.parametrize(
    "name, what", [("det_10g.onnx", "finds faces with five points"), ("w600k_r50.onnx", "makes 512 numbers of a face")]
)
def test_a_folder_without_a_network_says_which(models, name, what):
    (models / "buffalo_l" / name).unlink()
    with pytest.raises(MissingWeights, match=f"nothing in .*buffalo_l {what}; it holds [dw].*onnx"):
        loaded(models)


def test_a_folder_with_a_manifest_is_refused(models):
    (models / "buffalo_l" / "manifest.json").write_text("{}")
    with pytest.raises(BadInput, match="holds a manifest.json"):
        loaded(models)


def test_another_network_that_insightface_takes_is_named(models):
    """It takes any square input for a recognition; the card would name a file that was not used."""
    value = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 128, 128]) for name in "ab"}
    graph = helper.make_graph([helper.make_node("Relu", ["a"], ["b"])], "other", [value["a"]], [value["b"]])
    other = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(other, models / "buffalo_l" / "another.onnx")
    with pytest.raises(BadInput, match="takes .*another.onnx for recognition; take it out of"):
        loaded(models)


def test_a_graph_that_cannot_run_is_named(models):
    model = onnx.load(models / "inswapper_128.onnx")
    model.graph.node[0].op_type = "Unheard"
    (models / "inswapper_128.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(MissingWeights, match="cannot run what is at .*inswapper_128.onnx .InvalidGraph"):
        loaded(models)


def test_of_two_detectors_the_first_by_name_is_taken(models):
    folder = models / "buffalo_l"
    (folder / "another.onnx").write_bytes((folder / "det_10g.onnx").read_bytes())
    assert loaded(models).card.settings.keys() == {"detection", "recognition"}


def test_a_recognition_of_other_numbers_is_none(models):
    file = models / "buffalo_l" / "w600k_r50.onnx"
    model = onnx.load(file)
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 128
    file.write_bytes(model.SerializeToString())
    with pytest.raises(MissingWeights, match="makes 512 numbers"):
        loaded(models)


def test_a_file_of_another_ending_is_refused(models, offline):
    """InsightFace takes a path for one of its names where it does not end in .onnx."""
    (models / "inswapper_128.onnx").rename(models / "inswapper_128")
    with pytest.raises(BadInput, match="takes a file that ends in .onnx"):
        loaded(models, weights=str(models / "inswapper_128"))


def test_a_file_that_cannot_be_read_is_named(models, monkeypatch):
    def failing(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", failing)
    with pytest.raises(MissingWeights, match="inswapper_128.onnx cannot be read .Input/output error."):
        loaded(models)


def test_a_face_whose_points_are_one_is_none(models, monkeypatch):
    """No crop can be laid upright by them."""
    monkeypatch.setattr(insight_toys, "POINTS", ((0.5, 0.5),) * 5)
    onnx.save(insight_toys.bright_square_detector(), models / "buffalo_l" / "det_10g.onnx")
    picture = Image.new("RGB", (640, 640))
    picture.paste((255, 255, 255), (160, 160, 480, 480))
    with pytest.raises(Refused, match="no face is seen in the picture"):
        loaded(models)(picture, picture, None)


@pytest.mark.parametrize("device", ["gpu", "cpu:1", "cuda:x", 3])
def test_another_device_is_refused(device):
    with pytest.raises(BadInput, match="device of inswapper is 'cpu', 'cuda' or such as 'cuda:1'"):
        providers_for("inswapper", device)


def test_a_device_becomes_a_provider(monkeypatch):
    cpu = "CPUExecutionProvider"
    assert providers_for("inswapper", "cpu") == providers_for("inswapper", "") == [cpu]
    with pytest.raises(BadInput, match="cannot run on cuda:1: the installed onnxruntime computes on CPUs alone"):
        providers_for("inswapper", "cuda:1")
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CUDAExecutionProvider", cpu])
    assert providers_for("inswapper", "cuda:1") == [("CUDAExecutionProvider", {"device_id": 1}), cpu]
    assert providers_for("inswapper", "")[0] == ("CUDAExecutionProvider", {"device_id": 0})
    assert providers_for("inswapper", "cpu") == [cpu]


def test_a_gpu_that_was_not_taken_is_no_gpu():
    on_cpu = SimpleNamespace(get_providers=lambda: ["CPUExecutionProvider"])
    check_placed("inswapper", "", on_cpu)
    with pytest.raises(BadInput, match="was to run on cuda, which onnxruntime could not use"):
        check_placed("inswapper", "cuda", on_cpu)


def test_without_the_library_the_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "insightface", None)
    with pytest.raises(MissingWeights, match="inswapper needs the library insightface .*; run `make setup`"):
        load("inswapper", accept_research_licence=True)


def test_a_toy_takes_no_paths():
    with pytest.raises(BadInput, match="toy:arcface has files of its own; leave weights out"):
        load("toy:arcface", weights="somewhere")


@pytest.mark.parametrize("weights", [3, "a\nb"])
def test_a_path_is_text(weights):
    with pytest.raises(BadInput, match="weights of arcface is text, the path of what lies on this machine; got"):
        load("arcface", weights=weights, accept_research_licence=True)


def test_a_home_that_is_not_there_is_named():
    with pytest.raises(MissingWeights, match="no home folder for weights of arcface; give the whole path"):
        load("arcface", weights="~nobody-of-this-name/buffalo_l", accept_research_licence=True)


def test_a_toy_is_made_and_loaded_without_torch(tmp_path):
    loaded = "import sys, tryon_core; tryon_core.load('toy:inswapper'); print('torch' in sys.modules)"
    cache = os.environ | {"TRYON_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, env=cache)
    assert done.stdout == "False\n" and any(tmp_path.rglob("inswapper_128.onnx"))


def test_their_options_are_listed():
    assert options_of("inswapper") == ["weights", "analysis", "accept_research_licence", "device"]
    assert options_of("arcface") == ["weights", "accept_research_licence", "device"]


def test_the_hub_is_not_asked_for_them(capsys):
    assert download.main(["inswapper"]) == 0
    printed = capsys.readouterr().out
    assert "inswapper is not on the hub: bring ~/.insightface/models/inswapper_128.onnx and" in printed
    assert "non-commercial research only" in printed
