"""What a run's models are loaded with, and what of it counts as another run."""

import re

import pytest

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.runs import stepping as live
from tryon_core.runs.batch import run_batch
from tryon_core.runs.kept.info import read_info
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import prepare

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
TOYS = {"generator": "toy:flux2-klein-9b", "judge": "toy:qwen3-vl-32b"}


def parameters(manifest, *, generator=None, judge=None, limit=4, **run):
    own = {"generator": generator or {}, "judge": judge or {}}
    models = {role: {"name": TOYS[role], "options": {"device": "cpu", **own[role]}} for role in TOYS}
    return BatchParameters.checked(source=str(manifest), limit=limit, max_iterations=1, models=models, run=run)


def prepared(manifest, **given):
    return prepare(parameters(manifest, **given))


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def planned_gb(caplog, manifest, **given):
    """What generator and judge said they need."""
    caplog.clear()
    prepared(manifest, generator={"memory_gb": 100, "keep_gib": 0}, judge={"memory_gb": 100, "keep_gib": 0}, **given)
    return [float(re.search(r"about ([\d.e+-]+) GB", said).group(1)) for said in caplog.messages]


def test_room_is_left_for_as_many_as_share_a_batch(manifest, caplog):
    one, many = planned_gb(caplog, manifest, max_batch=1), planned_gb(caplog, manifest, max_batch=8)
    assert len(one) == 2 and all(wide > 6 * narrow for narrow, wide in zip(one, many, strict=True))


def test_what_the_options_say_of_room_stands(manifest):
    with pytest.raises(BadInput, match="does not fit .* .estimated for 100 at a time, of which 7 would fit: at_once"):
        prepared(manifest, generator={"at_once": 100, "memory_gb": 1, "policy": "resident"})


@pytest.mark.parametrize(("role", "at_once"), [("generator", 0), ("judge", "x")])
def test_a_wrong_number_at_once_is_refused_in_a_sentence(manifest, role, at_once):
    with pytest.raises(BadInput, match=f"at_once for toy:.* room is left for, 1 to 512, got {at_once!r}"):
        prepared(manifest, **{role: {"at_once": at_once}})


def test_room_makes_no_other_run_but_what_comes_of_it_does(manifest):
    told = [
        {},
        {"max_batch": 2},
        {"generator": {"at_once": 3, "spill_gib": 1.0}},
        {"judge": {"keep_gib": 0.5, "memory_gb": 9}},
    ]
    digests = {read_info(prepared(manifest, **one).store).digest for one in told}
    other = read_info(prepared(manifest, judge={"policy": "fp8"}).store).digest
    assert len(digests) == 1 and other not in digests


def test_what_is_the_run_s_own_is_not_an_option_of_a_model(manifest):
    with pytest.raises(BadInput, match="rubric is a parameter of the run; leave it out of the options of judge"):
        prepared(manifest, judge={"rubric": "classic"})


def test_a_run_is_gone_on_with_under_the_policy_that_its_card_names(manifest):
    small = models.load(TOYS["judge"], "judge", device="cpu", policy="fp8")
    made = run_batch(parameters(manifest, limit=1), judge=small, progress=False)
    again = live.on_run(made.url, made.records[0].sample_id).job.models["judge"]
    assert again is not small and again.card == small.card and again.card.settings["policy"] == "fp8"
