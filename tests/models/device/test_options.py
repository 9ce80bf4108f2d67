"""One record of options for every large model, taken by name."""

from dataclasses import fields

import pytest

from tryon_core import models
from tryon_core.errors import BadInput, UnknownName
from tryon_core.models.device.options import DeviceOptions, PipelineOptions

LARGE = {"flux2-klein-9b": PipelineOptions, "flux2-klein-9b-kv": PipelineOptions, "qwen3-vl-8b": DeviceOptions}
OWN = {
    "flux2-klein-9b": {"lora", "lora_scale"},
    "qwen3-vl-8b": {"rubric", "scores", "max_pixels", "max_new_tokens", "temperature"},
}


def shared(record):
    return [field.name for field in fields(record) if field.name != "name"]


def test_a_new_adapter_shares_all_options(monkeypatch):
    monkeypatch.setitem(models.TABLE, "scorer", {"sharp": f"{__name__}:build_sharp"})
    assert models.options_of("sharp") == ["scale", *shared(DeviceOptions)]
    assert models.load("sharp", device="cpu", at_once=3, scale=2) == (
        2,
        DeviceOptions(name="sharp", device="cpu", at_once=3),
    )
    with pytest.raises(UnknownName, match="no option of scorer sharp is called 'at_onse'. Did you mean 'at_once'"):
        models.load("sharp", at_onse=3)
    with pytest.raises(UnknownName, match="no option of scorer sharp is called 'options'"):
        models.load("sharp", options=DeviceOptions())


def build_sharp(*, scale=1, options=DeviceOptions()):  # noqa: B008
    return scale, options


@pytest.mark.parametrize("name", OWN)
def test_shared_options_are_listed_by_name(name):
    pytest.importorskip("torch", reason="torch is not installed; run make setup")
    assert set(models.options_of(name)) == {*shared(LARGE[name]), *OWN[name]}


@pytest.mark.parametrize("name", LARGE)
def test_a_bad_option_stops_any_load(name):
    pytest.importorskip("torch", reason="torch is not installed; run make setup")
    with pytest.raises(BadInput, match=f"at_once for {name} is how many samples room is left for, 1 to 512, got 0"):
        models.load(name, at_once=0)


BAD = {
    "at_once": (True, 1.0, "2", None, 10**400),
    "memory_gb": (-1, True, "80", float("nan"), float("inf"), 10**400, None),
    "keep_gib": (-1, True, "8", float("nan"), float("inf"), 10**400),
    "spill_gib": (-1, False, "8", float("nan"), 10**400),
    "dtype": (7, ["float32"], None, "float16"),
    "policy": (7, ["fp8"], None, "fp9"),
    "device": (0, None, ["cpu"]),
    "attention": (1, None, ["sdpa"]),
    "tiling": (1, "yes", None),
    "compile": (0, "no"),
    "lora": (7, None, ["a"]),
    "lora_scale": (True, "1", float("nan"), float("-inf"), 10**400, None),
}


@pytest.mark.parametrize(
    ("option", "value"), [(option, value) for option in BAD for value in BAD[option]], ids=lambda one: repr(one)[:20]
)
def test_no_bad_option_reaches_a_weight(option, value):
    pytest.importorskip("torch", reason="torch is not installed; run make setup")
    with pytest.raises(BadInput) as caught:
        models.load("flux2-klein-9b", weights="/nowhere", **{option: value})
    assert "flux2-klein-9b" in str(caught.value) and len(str(caught.value)) < 300


def test_cards_name_only_what_was_chosen():
    assert PipelineOptions().recorded() == {}
    chosen = PipelineOptions(attention="native", tiling=True, compile=True, at_once=8)
    assert chosen.recorded() == {"attention": "native", "tiling": True, "compile": True}
