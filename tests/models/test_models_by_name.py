"""One door to every model: names, roles, families and the printed list."""

import subprocess
import sys
import threading

import pytest

from tryon_core import models
from tryon_core.errors import BadInput, UnknownName
from tryon_core.models import __main__ as listed
from tryon_core.models.__main__ import entries
from tryon_core.models.embedded.measure import Measure
from tryon_core.models.specs import SPECS


class Scorer:
    def __init__(self, name):
        self.name = name


@pytest.fixture
def scorers(monkeypatch):
    """A role of its own, with one name that a judge has too."""
    monkeypatch.setitem(models.TABLE, "scorer", {"sharp": f"{__name__}:Scorer", "measure": f"{__name__}:Scorer"})


def test_a_unique_name_needs_no_role():
    assert isinstance(models.load("measure"), Measure)
    assert "max_pixels" in models.options_of("qwen3-vl-8b") and "tiling" in models.options_of("flux2-klein-4b")


def test_any_role_can_be_added(scorers):
    assert models.load("sharp").name == "sharp" and models.load("sharp", role="scorer").name == "sharp"


def test_a_name_with_two_roles_asks(scorers):
    with pytest.raises(BadInput, match="measure is a judge and a scorer; say which by role='judge'"):
        models.load("measure")
    assert models.load("measure", "scorer").name == "measure"


def test_an_unknown_role_names_the_nearest():
    with pytest.raises(UnknownName, match="no role is called 'juge'. Did you mean 'judge'"):
        models.load("measure", role="juge")


@pytest.mark.parametrize(
    ("name", "role"), [("warp", "judge"), ("wrap", ""), ("toy:warp", ""), ("openai:m@u", "generator")]
)
def test_an_unknown_name_is_refused(name, role):
    with pytest.raises(UnknownName, match=f"no {role or 'model'} is called '{name}'"):
        models.load(name, role)


def test_an_unknown_option_names_the_nearest():
    with pytest.raises(UnknownName, match="no option of judge measure is called 'rubrik'. Did you mean 'rubric'"):
        models.load("measure", rubrik="default")


@pytest.mark.parametrize("judge", ["measure", "gemini", "toy:qwen3-vl-4b"])
def test_a_rubric_is_no_name(judge):
    with pytest.raises(BadInput, match=f"rubric of {judge} is a Rubric, such as .*, got 'general'"):
        models.load(judge, rubric="general")


def test_a_family_names_its_members():
    assert models.member_of("flux1-depth", "mapper") == "depth-anything-v2-small"
    assert models.member_of("toy:flux1-depth", "mapper") == "toy:depth-anything-v2-small"
    assert models.member_of("flux1-depth", "fill") == models.member_of("warp", "mapper") == ""


def test_a_toy_s_member_that_is_embedded_is_itself():
    assert models.member_of("toy:flux1-canny", "mapper") == "canny"


def rows(out):
    return {line.split()[0]: line for line in out.split("\n\n")[0].splitlines()[1:]}


def test_the_list_prints_every_model(capsys):
    assert listed.main([]) == 0
    printed = rows(capsys.readouterr().out)
    assert printed.keys() == {name for names in models.TABLE.values() for name in names}
    assert printed["warp"].split()[1:3] == ["generator", "embedded"] and printed["warp"].endswith("yes")
    assert printed["flux2-klein-9b"].split() == "flux2-klein-9b generator 17 FLUX Non-Commercial License no".split()


def test_the_commercial_list_leaves_others_out(capsys):
    assert listed.main(["--commercial"]) == 0
    printed = rows(capsys.readouterr().out)
    loaded = {name for names in models.TABLE.values() for name in names}  # a ControlNet is a part of a generator
    allowed = {name for name, spec in SPECS.items() if spec.commercial and name in loaded}
    own = {entry.name for entry in entries() if entry.parameters == "embedded"}
    assert allowed < SPECS.keys() and printed.keys() == own | allowed  # what has no licence is left out


def test_the_list_loads_no_model():
    script = "import sys; from tryon_core.models.__main__ import main; main([]); print(sorted(sys.modules))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "qwen3-vl-8b" in out and not [name for name in ("torch", "cv2", "transformers") if f"'{name}'" in out]


def test_each_embedded_model_names_the_licences_of_what_it_runs():
    named = {entry.name: entry.licence for entry in entries() if entry.parameters == "embedded"}
    assert "OCR" not in named["warp"] and "OCR" in named["measure"] and "dlib" in named["measure"]


NO_DOWNLOAD = ["composite", "classical-swap", "face-identity", "face", "blend", "classical", "words", "judged-pairs"]


@pytest.mark.parametrize("name", NO_DOWNLOAD)
def test_the_list_names_the_licence_of_the_card(name):
    named = [entry for entry in entries(commercial=True) if entry.name == name]
    (entry,) = [entry for entry in named if models.TABLE[entry.role][name].startswith(".")]  # ours, not a plugin's
    assert entry.licence == models.load(name, role=entry.role).card.licence and entry.parameters == "embedded"


@pytest.mark.parametrize("name", ["warp", "measure"])
def test_the_embedded_pair_counts_no_waiting(name):
    """Eight at once on two cores would else say four times the seconds that each of them took."""
    clock = models.load(name).clock
    start = clock()
    threading.Event().wait(0.3)
    assert clock() - start < 0.1
