"""What is decided for the published sizes on common cards, from headers of the true shapes; -s prints the table.

A forecast by a model's own builder comes to the same.
"""

import importlib.util
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tryon_core.errors import BadInput
from tryon_core.models import TABLE
from tryon_core.models.device import memory, residency
from tryon_core.models.device.forecast import forecast
from tryon_core.models.device.options import PIPELINE, WHOLE, DeviceOptions, PipelineOptions
from tryon_core.models.specs import SPECS
from tryon_core.models.vlm.asking import count_pictures
from tryon_core.models.vlm.qwen_processor import qwen_processor
from tryon_core.models.vlm.qwen_question import judged_tokens
from tryon_core.models.vlm.qwen_vl import MAX_NEW_TOKENS, MAX_PIXELS
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.speed.hollow import hollow_checkpoint
from tryon_core.speed.sizes import GENERATORS

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

NOTEBOOK = json.loads((Path(__file__).parents[3] / "notebooks/12_speed.ipynb").read_text())
RECIPES = "\n".join("".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "markdown")
CARDS_GB = (24, 48, 80, 141)
CHOSEN = {  # by a model that has the card for itself, and room for 8 at a time
    "flux2-klein-9b": ("group", "offload", "resident", "resident"),
    "flux2-klein-9b-kv": ("refused", "refused", "offload", "resident"),
    "flux2-klein-4b": ("offload", "resident", "resident", "resident"),
    "qwen3-vl-32b": ("refused", "int4", "fp8", "resident"),
    "qwen3-vl-8b": ("fp8", "resident", "resident", "resident"),
    "qwen3-vl-4b": ("resident", "resident", "resident", "resident"),
}
ONE = {  # and for one at a time
    "flux2-klein-9b": ("offload", "resident", "resident", "resident"),
    "flux2-klein-9b-kv": ("group", "resident", "resident", "resident"),
    "flux2-klein-4b": ("resident", "resident", "resident", "resident"),
    "qwen3-vl-32b": ("refused", "fp8", "resident", "resident"),
    "qwen3-vl-8b": ("resident", "resident", "resident", "resident"),
    "qwen3-vl-4b": ("resident", "resident", "resident", "resident"),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """name -> (a folder in the hub's layout, tokens that a judge reads and writes)"""
    root = tmp_path_factory.mktemp("hollow")
    yield {name: made(name, root / name) for name in CHOSEN}
    shutil.rmtree(root)


def made(name, folder):
    hollow_checkpoint(name, folder)
    if name in GENERATORS:
        return folder, 0
    processor = qwen_processor().from_pretrained(folder)
    return folder, judged_tokens(processor, RUBRICS["default"], max_pixels=MAX_PIXELS, max_new_tokens=MAX_NEW_TOKENS)


def planned(name, folder, tokens, **options):
    """As the builders plan."""
    options = (PipelineOptions if name in GENERATORS else DeviceOptions)(device="cuda", dtype="bfloat16", **options)
    sized = {"at_once": options.at_once, "dtype_bytes": 2}
    if name in GENERATORS:
        working = memory.drawing_bytes(folder, keeps_keys=name.endswith("-kv"), tiling=False, **sized)
    else:
        working = memory.judging_bytes(folder, tokens=tokens, **sized)
    return residency.decide(name, memory.parts_of(folder), working, options)


def chosen(name, made, memory_gb, at_once):
    """(policy, about how many GB)"""
    try:
        plan = planned(name, *made, memory_gb=memory_gb, at_once=at_once)
    except BadInput:
        return "refused", ""
    return plan.policy, f" {plan.needed_bytes / 1e9:.0f}"


@pytest.mark.parametrize(("at_once", "expected"), [(8, CHOSEN), (1, ONE)])
def test_what_is_chosen_on_common_cards(folders, at_once, expected, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in residency.LIBRARIES.values())
    found = {name: [chosen(name, made, card, at_once) for card in CARDS_GB] for name, made in folders.items()}
    print(f"\n{f'{at_once} at a time':20s}", *(f"{f'{card} GB':14s}" for card in CARDS_GB))
    for name, plans in found.items():
        print(f"{name:20s}", *(f"{policy + gb:14s}" for policy, gb in plans))
    assert {name: tuple(policy for policy, _ in plans) for name, plans in found.items()} == expected


@pytest.mark.parametrize("name", CHOSEN)
def test_a_forecast_is_what_the_builder_plans_for_a_card_that_is_not_here(folders, name):
    needs = forecast(name, weights=str(folders[name][0]), device="cuda", at_once=4)
    plan = planned(name, *folders[name], memory_gb=141, at_once=4)
    assert (needs.first(141e9), needs.total(plan.policy)) == (plan.policy, plan.needed_bytes)


MERGED = ("editscore",)  # an adapter is merged into its weights when they are read, and so they are held whole
LARGE = [
    (role, name)
    for role, names in TABLE.items()
    for name in names
    if name in SPECS and name not in MERGED and not SPECS[name].by_hand  # ONNX Runtime holds those
]


@pytest.mark.parametrize(("role", "name"), LARGE)
def test_every_large_model_can_be_held_in_8_and_in_4_bits(role, name):
    """By its own builder, asked of its toy for a GPU that is not here; a pipeline's weights can also be moved. One of
    less than a billion weights may be held whole alone."""
    needs = forecast(f"toy:{name}", role, device="cuda")
    if SPECS[name].parameters < 1 and set(needs.weights) == {"resident"}:
        return
    assert set(needs.weights) in (set(WHOLE), set(PIPELINE))
    assert needs.weights["int4"] < needs.weights["fp8"] == needs.weights["int8"] < needs.weights["resident"]


@pytest.mark.parametrize("name", ["flux2-klein-4b", "qwen3-vl-4b"])
def test_what_is_chosen_on_a_card_of_4_gb(folders, name, monkeypatch):
    """Klein's smaller: a layer at a time. The smallest judge: not even in 4 bits."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in residency.LIBRARIES.values())
    needs = forecast(name, weights=str(folders[name][0]), device="cuda")
    print("\n", name, {policy: f"{needs.total(policy) / 1e9:.2f} GB" for policy in needs.weights})
    assert needs.first(4e9) == {"flux2-klein-4b": "group", "qwen3-vl-4b": None}[name]


def test_what_is_embedded_has_no_forecast():
    with pytest.raises(BadInput, match="warp is not placed by its size: it is embedded"):
        forecast("warp")


RECIPE = r"^# (\d+) GB, ([^\n]*)\n((?:[^#].*\n)+)"


def at_once(run, argument):
    """How many samples a command puts together for one of its models."""
    return run["max_batch"][argument] if isinstance(run["max_batch"], dict) else run["max_batch"]


def served_share(command):
    """The share of the card that a command's own server takes."""
    return sum(float(share) for share in re.findall(r"--gpu-memory-utilization (\S+)", command))


@pytest.mark.parametrize(("card_gb", "what", "command"), re.findall(RECIPE, RECIPES, re.M))
def test_the_commands_for_a_gpu_fit_the_cards_they_name(folders, card_gb, what, command):
    words = shlex.split(command)
    models, run = (json.loads(words[words.index(name) + 1]) for name in ("models", "run"))
    taken = served_share(command) * 1e9 * int(card_gb)
    in_process = {argument: model for argument, model in models.items() if isinstance(model, dict)}
    assert (len(in_process) == 2) == ("both in process" in what) == (taken == 0)
    for argument, model in in_process.items():
        plan = planned(model["name"], *folders[model["name"]], at_once=at_once(run, argument), **model["options"])
        taken += plan.needed_bytes + plan.keep_bytes - residency.LEAST_KEPT  # which is in both
        needed = f"{plan.needed_bytes / 1e9:.1f} + {plan.keep_bytes / 1e9:.1f} kept"
        print(f"\n{card_gb} GB: {model['name']} {plan.policy} {needed}")
    assert taken < 0.96e9 * int(card_gb)  # some is the driver's own


def test_a_question_fits_the_server_s_length(folders):
    lengths = {int(length) for length in re.findall(r"--max-model-len (\d+)", RECIPES)}
    _, tokens = folders["qwen3-vl-32b"]
    assert lengths and sum(tokens) <= min(lengths)


def test_a_question_has_no_more_pictures_than_allowed():
    shows = RUBRICS["default"].shows
    allowed = {json.loads(limit)["image"] for limit in re.findall(r"--limit-mm-per-prompt '(.*?)'", RECIPES)}
    assert allowed and count_pictures(shows) <= min(allowed)
