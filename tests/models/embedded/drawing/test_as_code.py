"""The code that draws an attempt again: it runs, it gives the same picture, and nothing recorded becomes code."""

import ast
import subprocess
import sys

import pytest
from demo_pictures import demo_picture
from hypothesis import given
from hypothesis import strategies as st

from tryon_core import models
from tryon_core.errors import BadInput, UnknownName
from tryon_core.hints import Hints
from tryon_core.images import digest
from tryon_core.models.diffusion.redraw import literal
from tryon_core.records import EditRequest, Fix, Noise, Settings
from tryon_core.runs.journal import Journal
from tryon_core.storage.store import open_store

LONGER = Fix(constraint="garment_structure", text='make it "longer"', aspect="length", amount=0.1, strength=0.5)
RECORDED = {
    "prompt": 'It\'s "red".\nimport os\\',
    "images": ["a" * 64, "b" * 64],
    "mask": None,
    "control": None,
    "fixes": [LONGER.model_dump(mode="json")],
    "settings": Settings().model_dump(mode="json"),
    "noise": Noise(seed=3, steps=((8, 0.9),)).model_dump(mode="json"),
}


def ruff(*words: str, code: str) -> None:
    command = [sys.executable, "-m", "ruff", *words, "--stdin-filename", "redraw.py", "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def told(code: str, name: str):
    """The value of a keyword of EditRequest, as the code writes it."""
    keywords = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.keyword) and node.arg == name]
    return ast.literal_eval(keywords[0].value)


@pytest.fixture(scope="module")
def drawn():
    """(request, its picture's digest) of a corrected second attempt."""
    request = EditRequest(
        prompt="a red tee",
        images=(demo_picture("persons", "p2"), demo_picture("garments", "cropped")),
        fixes=(LONGER,),
        noise=Noise(seed=3),
        hints=Hints(garment_type="tee", points={"cloth": [(0.5, 0.5)]}),
    )
    return request, digest(models.load("warp")(request))


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_the_code_draws_the_recorded_picture(place, drawn, tmp_path, request):
    asked, expected = drawn
    where = str(tmp_path) if place == "folder" else f"s3://{request.getfixturevalue('bucket')}/runs/one"
    for picture in asked.images:
        Journal(open_store(where)).pictures.save(picture)
    code = models.as_code("warp", asked.record(), where)
    code += "from tryon_core.images import digest\n\nprint(digest(picture))\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == expected


@pytest.mark.parametrize("run_url", ["runs/demo", "runs/" + "long/" * 12, "s3://bucket/runs/one"])
@pytest.mark.parametrize("fixes", [0, 1, 2])
@pytest.mark.parametrize("prompt", ["", "Wear it.", "It's one.", RECORDED["prompt"], "w" * 100])
def test_the_code_is_laid_out_and_sorted_as_our_own(prompt, fixes, run_url):
    recorded = {**RECORDED, "prompt": prompt, "fixes": RECORDED["fixes"] * fixes}
    code = models.as_code("warp", recorded, run_url)
    ruff("format", "--check", code=code)
    ruff("check", "--select", "E,F,I", "--ignore", "E501", code=code)


@given(st.text())
def test_recorded_words_stay_words(prompt):
    code = models.as_code("warp", {**RECORDED, "prompt": prompt}, "runs/demo")
    assert told(code, "prompt") == prompt and code.replace("\n", "").isprintable()


@given(st.text())
def test_a_literal_is_the_value(text):
    assert ast.literal_eval(literal(text)) == text


def test_what_has_its_default_is_left_out():
    code = models.as_code("warp", {**RECORDED, "fixes": [], "noise": Noise().model_dump(mode="json")}, "runs/demo")
    assert not any(word in code for word in ("Fix", "Noise", "Settings", "mask")) and len(code.splitlines()) < 12


def test_a_name_that_is_code_is_refused():
    fix = {**RECORDED["fixes"][0], "amount=0) or print(1": 0}
    with pytest.raises(BadInput, match="this attempt's request cannot be read .*its record is damaged"):
        models.as_code("warp", {**RECORDED, "fixes": [fix]}, "runs/demo")


@pytest.mark.parametrize("missing", ["prompt", "images", "fixes", "noise"])
def test_a_damaged_record_is_a_sentence(missing):
    with pytest.raises(BadInput, match="its record is damaged"):
        models.as_code("warp", {name: value for name, value in RECORDED.items() if name != missing}, "runs/demo")


def test_a_scripted_double_has_no_code():
    with pytest.raises(UnknownName, match="no generator is called 'painter'.*Known: .*flux1-dev"):
        models.as_code("painter", RECORDED, "runs/demo")


def test_a_model_without_the_function_says_where_it_belongs(monkeypatch):
    monkeypatch.setitem(models.TABLE["generator"], "mute", "json:loads")
    with pytest.raises(BadInput, match="mute cannot be written as code: its module json has no function as_code; add"):
        models.as_code("mute", RECORDED, "runs/demo")
