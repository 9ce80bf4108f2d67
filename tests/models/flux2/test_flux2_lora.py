"""A LoRA on FLUX.2 Klein: a toy one, loaded from a file, switched between calls; what is kept never crosses over."""

import re
from importlib import util

import numpy as np
import pytest
from klein import NAMES, ROUNDING, apart, asked, fresh

from tryon_core import models
from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models.flux2.lora import ADAPTER, acting

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
peft = pytest.importorskip("peft", reason="peft is not installed; a LoRA needs it")


def loaded(name=NAMES[0], **options):
    return models.load(name, dtype="float32", device="cpu", **options)


def write_lora(folder, seed, name="toy.safetensors"):
    """A LoRA of rank 2 with random weights on the toy transformer's attention, as diffusers saves one."""
    import torch

    pipe = loaded().pipe
    layers = ["to_q", "to_k", "to_v", "to_qkv_mlp_proj"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        pipe.transformer.add_adapter(peft.LoraConfig(r=2, lora_alpha=2, target_modules=layers, init_lora_weights=False))
    weights = peft.get_peft_model_state_dict(pipe.transformer)
    type(pipe).save_lora_weights(folder, {key: 2 * value for key, value in weights.items()}, weight_name=name)
    return folder / name


@pytest.fixture(scope="module")
def lora(tmp_path_factory):
    return write_lora(tmp_path_factory.mktemp("lora"), seed=1)


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return write_lora(tmp_path_factory.mktemp("other"), seed=2)


@pytest.fixture(params=NAMES)
def klein(request, lora):
    return loaded(request.param, lora=str(lora))


def test_a_lora_changes_the_picture_and_the_card_tells_which_and_how_much(klein, lora):
    half = loaded(klein.card.name, lora=str(lora), lora_scale=0.5)
    drawn = [one(asked()) for one in (loaded(klein.card.name), half, klein)]
    assert min(apart(drawn[0], drawn[1]), apart(drawn[1], drawn[2])) > 5 * ROUNDING
    assert re.fullmatch("[0-9a-f]{16}", klein.card.settings["lora"]) and klein.card.settings["lora_scale"] == 1.0
    assert half.card.settings["lora"] == klein.card.settings["lora"] and half.card.settings["lora_scale"] == 0.5


def test_it_draws_what_the_library_s_own_pipeline_draws_with_the_lora(lora):
    import torch

    klein, pipe = loaded(lora=str(lora), lora_scale=0.7), loaded().pipe
    pipe.load_lora_weights(str(lora.parent), weight_name=lora.name, adapter_name="theirs")
    pipe.set_adapters("theirs", 0.7)
    told = {"num_inference_steps": 4, "guidance_scale": 1.0, "generator": torch.Generator().manual_seed(0)}
    assert apart(klein(asked()), pipe(image=list(asked().images), prompt="Wear it.", **told).images[0]) <= ROUNDING


def test_a_folder_with_one_file_is_that_file(lora):
    assert loaded(lora=str(lora.parent)).card == loaded(lora=str(lora)).card


SWITCHES = {
    "disabled": lambda pipe: pipe.disable_lora(),
    "weaker": lambda pipe: pipe.set_adapters(ADAPTER, 0.3),
    "unloaded": lambda pipe: pipe.unload_lora_weights(),
    "fused at another scale": lambda pipe: pipe.fuse_lora(lora_scale=0.4),
    "fused at another scale and unloaded": lambda pipe: (pipe.fuse_lora(lora_scale=0.4), pipe.unload_lora_weights()),
}


@pytest.mark.parametrize("switch", SWITCHES.values(), ids=SWITCHES)
def test_a_lora_switched_after_loading_never_meets_what_was_kept_before(klein, switch):
    before = klein(asked())
    switch(klein.pipe)
    switched = klein(asked())
    assert switched.tobytes() == fresh(klein)(asked()).tobytes() and apart(switched, before) > ROUNDING


def test_switched_off_and_on_again_what_was_kept_for_each_is_found_again(klein):
    klein(asked())
    klein.pipe.disable_lora()
    without = klein(asked())
    klein.pipe.enable_lora()
    misses = klein.keys.misses
    klein(asked())
    klein.pipe.disable_lora()
    assert klein(asked()).tobytes() == without.tobytes()
    assert klein.keys.misses == misses == (2 if klein.keeps_keys else 0) and klein.words.misses == 1


def test_another_lora_under_the_old_name_and_scale_is_another(klein, other):
    before = klein(asked())
    klein.pipe.delete_adapters(ADAPTER)
    klein.pipe.load_lora_weights(str(other.parent), weight_name=other.name, adapter_name=ADAPTER)
    assert apart(klein(asked()), before) > ROUNDING
    assert klein(asked()).tobytes() == fresh(klein)(asked()).tobytes()


def test_keys_served_across_a_switch_would_be_seen(lora):
    """That the keys of the KV checkpoint do depend on the LoRA: swapped on purpose, they draw another picture."""
    klein = loaded(NAMES[1], lora=str(lora))
    klein(asked())
    (kept,) = [klein.keys._values[key] for key in klein.keys._values]
    klein.pipe.disable_lora()
    honest = klein(asked())
    last = list(klein.keys._values)[-1]
    klein.keys._values[last] = kept
    assert apart(klein(asked()), honest) > ROUNDING


def test_nothing_acts_without_a_lora_or_with_one_that_is_off(klein):
    bare = loaded(klein.card.name).pipe
    assert acting(bare, bare.transformer) == () != acting(klein.pipe, klein.pipe.transformer)
    klein.pipe.disable_lora()
    assert acting(klein.pipe, klein.pipe.transformer) == ()


@pytest.mark.parametrize("policy", ["fp8", "group"])
def test_a_lora_is_added_under_policies_that_move_or_shrink_weights(lora, policy):
    drawn = [loaded(policy=policy, **told)(asked()) for told in ({}, {"lora": str(lora)})]
    assert apart(*drawn) > 5 * ROUNDING


# ---- refused ---------------------------------------------------------------------------------------------------------


def refused(error, sentence, path, **told):
    with pytest.raises(error, match=sentence):
        loaded(lora=str(path), **told)


def test_a_lora_that_is_not_there_is_named(tmp_path):
    refused(MissingWeights, r"there is no LoRA at '.*nowhere.safetensors'; give a", tmp_path / "nowhere.safetensors")
    refused(MissingWeights, "holds no .safetensors; give a LoRA's file or its folder", tmp_path)


@pytest.mark.parametrize("name", ["pytorch_lora_weights.bin", "lora.pt"])
def test_a_pickle_is_not_loaded_given_itself_or_its_folder(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04.")
    for path in (tmp_path / name, tmp_path):
        refused(BadInput, f"{name} is no .safetensors file; a pickle can run code and is not loaded: convert it", path)


def test_a_lora_is_looked_at_before_the_model_s_own_weights_are_looked_for(tmp_path):
    with pytest.raises(MissingWeights, match="there is no LoRA at"):
        models.load("flux2-klein-9b", weights=str(tmp_path / "no model"), lora=str(tmp_path / "no lora"))


def test_a_pickle_under_a_false_name_is_no_safetensors_file(tmp_path, lora):
    (tmp_path / "lora.safetensors").write_bytes(b"\x80\x04.")
    refused(BadInput, "lora.safetensors is cut off or no safetensors file", tmp_path)
    (tmp_path / "lora.safetensors").write_bytes(lora.read_bytes()[:-10])
    refused(BadInput, "lora.safetensors is cut off or no safetensors file", tmp_path)


def test_of_several_files_in_a_folder_none_is_taken(tmp_path, lora):
    for name in ("a", "b"):
        (tmp_path / f"{name}.safetensors").write_bytes(lora.read_bytes())
    refused(BadInput, r"holds 2 LoRA files \(a.safetensors, b.safetensors\); give the path of one", tmp_path)


def test_a_file_of_other_weights_is_no_lora(tmp_path):
    from safetensors.numpy import save_file

    save_file({"layer.weight": np.zeros((2, 2), np.float32)}, tmp_path / "x.safetensors")
    refused(BadInput, "x.safetensors holds no LoRA: none of its tensors is called so", tmp_path)


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("transformer.unknown_layer", "Target modules {'unknown_layer'} not found"),
        ("transformer.transformer_blocks.0.attn.to_q", r"size mismatch for transformer_blocks.0.attn.to_q"),
        ("unet.layer", "no tensor in it is named after a layer of this transformer"),
    ],
)
def test_a_lora_that_was_made_for_another_model_is_refused(tmp_path, layer, why):
    from safetensors.numpy import save_file

    sides = {"lora_A": np.ones((2, 7), np.float32), "lora_B": np.ones((7, 2), np.float32)}
    save_file({f"{layer}.{side}.weight": ones for side, ones in sides.items()}, tmp_path / "x.safetensors")
    refused(BadInput, f"x.safetensors is no LoRA for toy:flux2-klein-9b .*{why}.* made for it", tmp_path)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"lora_scale": 0.5}, "lora_scale 0.5 and no lora"),
        ({"lora_scale": float("nan")}, "a finite number, got nan"),
        ({"lora_scale": "half"}, "a finite number, got 'half'"),
    ],
)
def test_a_scale_without_a_lora_or_without_a_number_is_refused(told, sentence):
    with pytest.raises(BadInput, match=sentence):
        loaded(**told)


def test_without_peft_a_lora_is_refused_and_peft_is_named(monkeypatch, lora):
    found = util.find_spec
    monkeypatch.setattr("tryon_core.models.flux2.lora.find_spec", lambda name: name != "peft" and found(name))
    refused(MissingWeights, "lora of toy:flux2-klein-9b needs peft, which is not installed; install it", lora)
