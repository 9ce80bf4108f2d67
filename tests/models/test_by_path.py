"""A function of one's own as a model of any role: `module:function`."""

import json
import sys

import pytest
from doubles import picture

from tryon_core import models
from tryon_core.errors import BadInput, ModelFailed, UnknownName
from tryon_core.flows import FLOWS, Filling, FlowLine
from tryon_core.models.device.manager import Manager
from tryon_core.records import EditRequest, ModelCard
from tryon_core.roles import ControlMapper, SegmentPrompt, answers, card_of
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.runs.stepping import on_run
from tryon_core.steps import Step

MAPS = '''
"""Maps of a user."""
import numpy as np
from PIL import Image, ImageFilter, ImageOps

from tryon_core.records import ModelCard

LIMIT = 3


def edges(image):
    return image.convert("L").filter(ImageFilter.FIND_EDGES).convert("RGB")


class Edges:
    def __init__(self, low=1):
        self.low = low

    def __call__(self, image):
        return edges(image)


def build():
    return Edges()


def factory(low=1):
    return Edges(low)


def array(image):
    return np.asarray(image)


def grey(image):
    return image.convert("L")


def small(image):
    return image.resize((8, 8))


def carded(image):
    return image


def together(image):
    return image


def several(calls):
    return [image.convert("L") for (image,) in calls]


carded.card = ModelCard(name="mine", revision="7", licence="MIT", kind="scripted")
together.batch = several
ready = Edges()
'''


@pytest.fixture
def maps(tmp_path, monkeypatch):
    """A module `my_maps` that can be imported; returns its file."""
    (tmp_path / "my_maps.py").write_text(MAPS)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path / "my_maps.py"
    sys.modules.pop("my_maps", None)


def mapper(name):
    return models.load(f"my_maps:{name}", "control_mapper")


def test_a_function_is_a_model_with_a_card(maps):
    edges, page = mapper("edges"), picture("red")
    card = card_of(edges)
    assert (card.name, card.kind, card.licence) == ("my_maps:edges", "real", "the caller's own")
    assert edges(page).size == page.size and edges(page).mode == "RGB"


def test_an_instance_is_called_and_not_built(maps):
    assert mapper("ready")(picture("red")).mode == "RGB" and mapper("ready").low == 1


def test_a_changed_source_is_another_revision(maps):
    before = mapper("edges").card.revision
    del sys.modules["my_maps"]
    maps.write_text(MAPS.replace("LIMIT = 3", "LIMIT = 30"))
    assert mapper("edges").card.revision != before


def test_an_edited_file_is_not_what_runs(maps):
    before = mapper("edges").card.revision
    maps.write_text(MAPS.replace("LIMIT = 3", "LIMIT = 30"))
    assert mapper("edges").card.revision == before == mapper("grey").card.revision


def test_a_card_of_its_own_stands(maps):
    assert mapper("carded").card == ModelCard(name="mine", revision="7", licence="MIT", kind="scripted")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("no_such_maps:edges", "there is no module no_such_maps; put its folder into PYTHONPATH"),
        ("my_maps:Edges", r"my_maps:Edges is a class, .* called as control_mapper\(image\), or an instance"),
        ("my_maps:build", r"my_maps:build is build\(\); give a function that is called as control_mapper\(image\)"),
        ("my_maps:LIMIT", r"my_maps:LIMIT cannot be called, got 3 \(int\); give a function"),
        ("math:sqrt", "math:sqrt: its source cannot be read, so its version is not known; give it a card: sqrt.card"),
    ],
)
def test_what_is_no_function_is_refused(maps, name, problem):
    with pytest.raises(BadInput, match=problem):
        models.load(name, "control_mapper")


def test_a_mistyped_function_names_the_nearest(maps):
    with pytest.raises(UnknownName, match="no function of module my_maps is called 'edgs'. Did you mean 'edges'"):
        mapper("edgs")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("array", r"my_maps:array as control_mapper must return a PIL picture, got ndarray of shape \(80, 64, 3\)"),
        ("grey", r"must return an RGB picture, got mode L: call .convert\('RGB'\) on it"),
        ("small", "must return a picture of 64x80 px, got 8x8 px"),
        ("factory", "must return a PIL picture, got .*Edges.*; name the function that answers, not one that builds it"),
    ],
)
def test_a_wrong_answer_is_one_sentence(maps, name, problem):
    with pytest.raises(ModelFailed, match=problem):
        mapper(name)(picture("red"))


def test_answers_of_a_batch_are_checked_too(maps):
    with pytest.raises(ModelFailed, match="must return an RGB picture, got mode L"):
        answers(mapper("together"), [(picture("red"),), (picture("blue"),)])


@pytest.mark.parametrize(
    ("role", "call", "problem"),
    [
        ("generator", (EditRequest(prompt="p", images=()),), "must return a PIL picture"),
        ("enhancer", (EditRequest(prompt="p", images=(picture(),)),), "must return a PIL picture"),
        ("face_swapper", (picture(), picture()), "must return a PIL picture"),
        ("judge", (None, picture()), "must return a records.Judgement"),
        ("scorer", (None, picture()), "must return a records.Measurement or a reason for 'a', got 1"),
        ("comparer", (None, picture(), picture()), "must return a roles.Comparison"),
        ("segmenter", (picture(), SegmentPrompt()), "must return a list of roles.Mask"),
        ("writer", ("why", ()), "must return text"),
    ],
)
def test_each_role_says_what_it_wants(maps, role, call, problem):
    maps.write_text("def answer(*call):\n    return {'a': 1}\n")
    with pytest.raises(ModelFailed, match=f"my_maps:answer as {role} {problem}"):
        models.load("my_maps:answer", role)(*call)


def test_masks_must_be_of_the_picture_s_size(maps):
    cut = "Mask(image=image.convert('L').crop((0, 0, 9, 9)))"
    maps.write_text(f"from tryon_core.roles import Mask\n\n\ndef find(image, prompt):\n    return [{cut}]\n")
    with pytest.raises(ModelFailed, match="must return masks of mode L, 64x80 px; one is of mode L, 9x9 px"):
        models.load("my_maps:find", "segmenter")(picture(), SegmentPrompt())


def test_a_function_takes_no_options(maps):
    for load in (models.load, Manager().load):
        with pytest.raises(BadInput, match="my_maps:edges is a function and takes no options, got low"):
            load("my_maps:edges", "control_mapper", low=3)


def test_a_function_needs_its_role(maps):
    with pytest.raises(BadInput, match="my_maps:edges is a function of your own; say what it does by role="):
        models.load("my_maps:edges")


def test_names_before_a_colon_stay_what_they_are():
    with pytest.raises(UnknownName, match="no control_mapper is called 'toy:canny'"):
        models.load("toy:canny", "control_mapper")
    with pytest.raises(UnknownName, match="no control_mapper is called 'openai:canny'"):
        models.load("openai:canny", "control_mapper")


def test_a_module_that_breaks_is_named(maps):
    maps.write_text("1 / 0\n")
    with pytest.raises(BadInput, match=r"my_maps:edges: module my_maps cannot be imported \(ZeroDivisionError"):
        mapper("edges")


# ---- in runs ---------------------------------------------------------------------------------------------------------


def mapped(sample, *, mapper: ControlMapper):
    """The map of a person."""
    yield Step(stage="map", image=mapper(sample.images["person"]))
    return 1


@pytest.fixture
def flow(monkeypatch):
    line = FlowLine(function=mapped, needs=("person",), models={"mapper": Filling(default="canny")})
    monkeypatch.setitem(FLOWS, "mapped", line)


def ran(manifest, folder, models_, **given):
    asked = {"source": str(manifest), "output": str(folder), "flow": "mapped", "models": models_, "limit": 2}
    return open_run(run_batch(BatchParameters.checked(**asked, **given), progress=False).url)


@pytest.mark.parametrize("run", ["{}", '{"memory_gb": 1}'])
def test_a_run_takes_a_function_by_name(maps, flow, manifest, tmp_path, run):
    kept = ran(manifest, tmp_path / "run", '{"mapper": "my_maps:edges"}', run=run)
    assert [record.outcome for record in kept.records] == ["finished"] * 2
    assert kept.info.models["mapper"].name == "my_maps:edges"
    calls = [json.loads(kept.store.read(key)) for key in kept.store.keys("calls/")]
    assert {call["model"]["revision"] for call in calls} == {mapper("edges").card.revision}


def test_a_changed_function_is_asked_again(maps, flow, manifest, tmp_path):
    """The key of a call holds the card, so the answers of other source are not taken over."""
    first = ran(manifest, tmp_path / "first", '{"mapper": "my_maps:edges"}')
    again = ran(manifest, tmp_path / "again", '{"mapper": "my_maps:edges"}', reuse=first.store.url)
    del sys.modules["my_maps"]
    maps.write_text(MAPS.replace("FIND_EDGES", "CONTOUR"))
    changed = ran(manifest, tmp_path / "changed", '{"mapper": "my_maps:edges"}', reuse=first.store.url)
    keys = [set(run.store.keys("calls/")) for run in (first, again, changed)]
    assert keys[0] == keys[1] and not keys[0] & keys[2]


def test_a_wrong_answer_fails_the_sample(maps, flow, manifest, tmp_path):
    kept = ran(manifest, tmp_path / "run", {"mapper": "my_maps:small"})
    assert {record.outcome for record in kept.records} == {"failed"}
    sentence = "my_maps:small as control_mapper must return a picture of 64x80 px, got 8x8 px"
    assert kept.records[0].reason == sentence


def test_options_of_a_function_are_refused_before_the_run(maps, flow, manifest, tmp_path):
    with pytest.raises(BadInput, match="takes no options, got low"):
        ran(manifest, tmp_path / "run", {"mapper": {"name": "my_maps:edges", "options": {"low": 3}}})
    assert not (tmp_path / "run/run.json").exists()


def test_opening_a_run_imports_nothing_that_it_names(maps, flow, manifest, tmp_path, monkeypatch):
    kept = ran(manifest, tmp_path / "run", {"mapper": "my_maps:edges"})
    del sys.modules["my_maps"]
    maps.write_text("raise SystemExit('imported')")
    with pytest.raises(BadInput, match="nothing is imported because a run names it; .* TRYON_PLUGINS=my_maps"):
        on_run(kept.store.url, kept.records[0].sample_id)
    maps.write_text(MAPS)
    monkeypatch.setenv("TRYON_PLUGINS", "my_maps")
    assert on_run(kept.store.url, kept.records[0].sample_id).lines()["loop"].steps
