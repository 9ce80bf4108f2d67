"""How the weights of Stable Diffusion 1.5 and its ControlNets are held, and that each is there once."""

import numpy as np
import pytest
from asked_of_sd15 import asked, toy
from klein import box

from tryon_core.errors import BadInput
from tryon_core.models.editing.sd15_memory import sd15_parts
from tryon_core.models.toy import toy_folder

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

REQUEST = asked(control=2, mask=box())


@pytest.mark.parametrize("policy", ["resident", "group"])
@pytest.mark.parametrize("controlnets", ["pose", ("pose", "canny")])
def test_what_only_moves_weights_gives_the_same_picture(policy, controlnets):
    held = toy(controlnets=controlnets, policy=policy)
    assert held(REQUEST).tobytes() == toy(controlnets=controlnets)(REQUEST).tobytes()
    assert held.card.settings["policy"] == policy


def test_the_weights_are_those_that_were_counted_once_for_all_ways():
    """Drawing by words, by a map, inside a mask and by both adds no weight."""
    sd15 = toy()
    for way in (asked(person=None), asked(control=2), asked(mask=box()), REQUEST):
        sd15(way)
    modules = [part for part in sd15.pipe.components.values() if isinstance(part, torch.nn.Module)]
    weights = {id(weight): weight.numel() for part in modules for weight in part.parameters()}
    counted = sd15_parts(toy_folder("sd15"), [toy_folder("controlnet-sd15")])
    assert sum(weights.values()) == sum(part.count for part in counted)
    assert sd15.pipe.safety_checker is None


def test_in_fp8_all_linear_layers_take_a_byte_and_the_picture_is_nearly_the_same():
    plain, small = toy(), toy(policy="fp8")
    attention = "mid_block.attentions.0.transformer_blocks.0.attn1.to_q"
    for part in (small.pipe.unet, small.pipe.controlnet):
        assert part.get_submodule(attention).weight.element_size() == 1
    assert small.pipe.text_encoder.get_submodule("encoder.layers.0.mlp.fc1").weight.element_size() == 1
    apart_HW3 = np.asarray(plain(REQUEST), float) - np.asarray(small(REQUEST), float)
    assert 0 < np.abs(apart_HW3).mean() < 10


def test_in_bfloat16_the_picture_is_nearly_the_same():
    half = toy(dtype="bfloat16")
    assert {half.pipe.unet.dtype, half.pipe.controlnet.dtype, half.pipe.vae.dtype} == {torch.bfloat16}
    assert 0 < np.abs(np.asarray(half(REQUEST), float) - np.asarray(toy()(REQUEST), float)).mean() < 10


def test_what_does_not_fit_is_refused_with_numbers():
    with pytest.raises(
        BadInput, match=r"toy:sd15-controlnet does not fit in 0.0001 GB of cpu; it would need: resident"
    ):
        toy(memory_gb=0.0001)


def test_a_tiled_vae_says_so():
    tiled = toy(tiling=True)
    assert tiled.pipe.vae.use_tiling and tiled.card.settings["tiling"] and tiled(REQUEST).size == REQUEST.images[0].size


def test_compiled_are_the_repeated_blocks_of_the_unet():
    compiled = toy(compile=True)  # at the first call, which takes a minute on a CPU and is not made here
    blocks = [one for one in compiled.pipe.unet.modules() if type(one).__name__ == "BasicTransformerBlock"]
    assert blocks and all(one._compiled_call_impl for one in blocks) and compiled.card.settings["compile"]


def test_what_is_kept_is_found_again_within_its_bounds():
    sd15 = toy(keep_gib=0.001)
    before = sd15.kept.found
    sd15.batch([(REQUEST,), (REQUEST,)])
    hits, asked_for = np.subtract(sd15.kept.found, before)
    assert hits >= asked_for / 2 and sd15.kept.held <= sd15.kept.budget <= 0.001 * 2**30
