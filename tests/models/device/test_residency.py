"""What is decided about memory before anything is loaded, and what loads under each policy that a CPU can hold.

offload and int4 need a GPU, and int8 torchao (the extra `quantized`): where they are missing the plan is tested and the
refusal, not a call. tests/gpu has the rest.
"""

import functools
import importlib.util
import json
import shutil

import numpy as np
import pytest
from doubles import a_sample, picture

from tryon_core import models
from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models.device import memory, placing, residency
from tryon_core.models.device.memory import Part, parts_of
from tryon_core.models.device.options import DeviceOptions, PipelineOptions
from tryon_core.models.toy import toy_folder
from tryon_core.records import EditRequest

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

REQUEST = EditRequest(prompt="a red shirt", images=(picture("red"), picture("white")))
BILLION = 10**9
KLEIN = (  # about the 9B's, in numbers; its true sizes: facts of the model card
    Part("text_encoder", 8 * BILLION, 7 * BILLION, BILLION // 2),
    Part("transformer", 9 * BILLION, 9 * BILLION, BILLION // 5),
    Part("vae", BILLION // 10, 0, BILLION // 100),
)
LIBRARIES_THERE = {"torchao", "bitsandbytes"}


def decided(memory_gb, *, parts=KLEIN, working_bytes=2 * BILLION, kind=PipelineOptions, keep_bytes=0, **options):
    given = {"device": "cuda", "dtype": "bfloat16", "keep_gib": keep_bytes / 2**30, **options}
    return residency.decide("klein", parts, working_bytes, kind(memory_gb=memory_gb, **given))


@pytest.fixture(params=["flux2-klein", "qwen3-vl"])
def folder(request):
    return toy_folder(request.param)


@functools.cache
def loaded(**options):
    return models.load("toy:flux2-klein-9b", device="cpu", **options)


# ---- counted from headers --------------------------------------------------------------------------------------------


def test_weights_counted_from_headers_are_those_that_are_loaded():
    parts = {part.name: part for part in parts_of(toy_folder("flux2-klein"))}
    for name in ("transformer", "vae"):
        weights = getattr(loaded().pipe, name).state_dict()
        assert parts[name].count == sum(one.numel() for one in weights.values())


def test_a_judge_is_one_part_of_which_the_output_layer_stays_as_it_is():
    (part,) = parts_of(toy_folder("qwen3-vl"))
    model = models.load("toy:qwen3-vl-32b", "judge", device="cpu").model
    assert part.count == sum(one.numel() for one in model.parameters())
    assert 0 < part.shrinkable < part.count - model.lm_head.weight.numel()


def test_a_component_in_shards_is_counted_by_its_index(tmp_path):
    header = json.dumps({"x": {"dtype": "BF16", "shape": [3, 5], "data_offsets": [0, 30]}}).encode()
    for name in ("a", "b"):
        data = header.replace(b"x", name.encode(), 1)
        (tmp_path / f"{name}.safetensors").write_bytes(len(data).to_bytes(8, "little") + data + bytes(30))
    index = {"weight_map": {"a": "a.safetensors"}}
    assert parts_of(tmp_path)[0].count == 30
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    assert parts_of(tmp_path)[0].count == 15


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_a_weight_file_that_is_cut_off_is_named(tmp_path, kept):
    whole = (toy_folder("qwen3-vl") / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(whole[:kept])
    with pytest.raises(MissingWeights, match="model.safetensors is missing or cut off; copy or download it again"):
        parts_of(tmp_path)


def test_reference_keys_of_the_9b_take_512_kib_a_token(tmp_path):
    transformer = {"num_attention_heads": 32, "attention_head_dim": 128, "num_layers": 8, "num_single_layers": 24}
    for part, config in (("transformer", transformer), ("vae", {"block_out_channels": [128, 256], "sample_size": 512})):
        (tmp_path / part).mkdir()
        (tmp_path / part / "config.json").write_text(json.dumps(config))
    plain, keys = (
        memory.drawing_bytes(tmp_path, at_once=1, dtype_bytes=2, keeps_keys=keeps, tiling=True)
        for keeps in (False, True)
    )
    assert keys - plain == 2 * 64 * 64 * 512 * 1024  # two references of 64 x 64 tokens: 4.3 GB


# ---- decided ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("memory_gb", "policy"), [(140, "resident"), (37, "resident"), (36, "offload"), (21, "offload"), (20, "group")]
)
def test_the_first_policy_that_fits_is_taken(memory_gb, policy):
    assert decided(memory_gb).policy == policy


def test_a_judge_shrinks_only_when_needed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in LIBRARIES_THERE)
    vlm = {"parts": (Part("model", 33 * BILLION, 31 * BILLION, BILLION),), "kind": DeviceOptions}
    chosen = [decided(room, working_bytes=0, **vlm).policy for room in (66, 65, 35, 34, 22)]
    assert chosen == ["resident", "fp8", "fp8", "int4", "int4"]


def test_what_cannot_fit_is_refused_with_the_numbers_of_each_policy():
    with pytest.raises(BadInput, match="klein does not fit in 2 GB of cuda; it would need: resident 36.2 GB, offload"):
        decided(2)


def test_a_policy_names_its_missing_library(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"int4 .* GB \(needs bitsandbytes, which is not installed\)"):
        decided(12, kind=DeviceOptions)
    with pytest.raises(
        MissingWeights, match="policy int8 of klein needs torchao, which is not installed; run pip inst"
    ):
        residency.check_policy("klein", "int8", "cuda")


def test_a_policy_that_was_asked_for_is_kept_or_refused_never_replaced():
    assert decided(140, policy="fp8").policy == "fp8"
    with pytest.raises(BadInput, match="it would need: resident 36.2 GB .estimated."):
        decided(24, policy="resident")


@pytest.mark.parametrize("policy", ["offload", "int4"])
def test_without_a_gpu_its_policies_are_refused(policy):
    with pytest.raises(BadInput, match=f"policy {policy} needs a GPU and klein is on cpu"):
        residency.check_policy("klein", policy, "cpu")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"policy": "gruop"}, "no policy of klein is called 'gruop'. Did you mean 'group'"),
        ({"memory_gb": -1}, "memory_gb for klein is an amount of memory, 0 or more, got -1"),
        ({"keep_gib": "4"}, "keep_gib for klein is an amount of memory, 0 or more, got '4'"),
        ({"keep_gib": float("nan")}, "keep_gib for klein is an amount of memory, 0 or more, got nan"),
        ({"at_once": -1}, "at_once for klein is how many samples room is left for, 1 to 512, got -1"),
        ({"at_once": 513}, "1 to 512, got 513"),
        ({"at_once": True}, "1 to 512, got True"),
        ({"at_once": 1.5}, "1 to 512, got 1.5"),
    ],
)
def test_options_that_cannot_be_are_refused(options, sentence):
    with pytest.raises(BadInput, match=sentence):
        PipelineOptions(name="klein", **options)


def test_a_whole_model_takes_no_offloading():
    with pytest.raises(BadInput, match="no policy of qwen3-vl-8b is called 'offload'"):
        models.load("qwen3-vl-8b", policy="offload")


@pytest.mark.parametrize(("memory_gb", "fit"), [(5, "1 would fit"), (17, "7 would fit"), (3, "not even 1 would fit")])
def test_how_many_at_once_were_planned_with_is_said_where_they_do_not_fit(memory_gb, fit):
    """group takes 2.8 GB of weights; a call takes 2 for each sample."""
    with pytest.raises(
        BadInput, match=f"estimated for 8 at a time, of which {fit}: at_once, which is max_batch in a run"
    ):
        decided(memory_gb, working_bytes=16 * BILLION, at_once=8)


@pytest.fixture
def card_of_80_gb(monkeypatch):
    """A GPU of which the answers alone are there: all of it is free, since nothing is loaded."""
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda device: (80 * BILLION, 80 * BILLION))
    for name in ("memory_reserved", "memory_allocated"):
        monkeypatch.setattr(f"torch.cuda.{name}", lambda device: 0)


def test_what_one_model_was_promised_is_no_room_for_the_next_until_it_is_gone(card_of_80_gb):
    first = decided(0, working_bytes=5 * BILLION, keep_bytes=4 * BILLION)
    with pytest.raises(BadInput, match="does not fit in 71 GB of cuda:0; it would need: resident"):
        decided(0, device="cuda:0", policy="resident", working_bytes=60 * BILLION)
    assert first.promised_bytes == 9 * BILLION
    del first
    with pytest.raises(BadInput, match="does not fit in 80 GB of cuda:0"):
        decided(0, device="cuda:0", policy="resident", working_bytes=60 * BILLION)


def test_what_is_offloaded_is_promised_its_weights_too(card_of_80_gb):
    plan = decided(0, policy="offload", working_bytes=5 * BILLION)
    assert plan.promised_bytes == (5 + 18.2) * BILLION == plan.needed_bytes


def test_a_model_holds_its_plan_and_lets_go_of_it():
    held = [loaded().pipe.plan, models.load("toy:qwen3-vl-32b", "judge", device="cpu").model.plan]
    assert [one.policy for one in held] == ["resident"] * 2 and all(one in residency._plans.values() for one in held)


@pytest.mark.parametrize("device", ["cuda", "cuda:1", "gpu", "cpu:0x"])
def test_an_absent_device_is_refused(device, monkeypatch):
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    with pytest.raises(BadInput, match=f"klein was to be loaded on '?{device}"):
        residency.placed("klein", PipelineOptions(device=device))


def test_without_a_gpu_and_a_bound_all_is_resident_and_nothing_is_said(caplog):
    plan = decided(0, device="cpu", keep_bytes=2**33)
    assert (plan.policy, plan.needed_bytes, plan.keep_bytes) == ("resident", 36_200_000_000 + 2**28, 2**33)
    assert not caplog.records


def test_what_was_chosen_is_said_in_one_sentence(caplog):
    decided(24)
    assert caplog.messages == ["klein: policy offload, about 20.2 GB of 24 GB on cuda (estimated)"]


def test_what_is_kept_between_calls_shrinks_to_what_is_left():
    assert decided(37, keep_bytes=8 * BILLION).keep_bytes == 800_000_000
    assert decided(140, keep_bytes=8 * BILLION).keep_bytes == 8 * BILLION


def test_more_samples_at_once_need_more(folder):
    def needed(count):
        if folder.name.startswith("flux2"):
            return memory.drawing_bytes(folder, at_once=count, dtype_bytes=2, keeps_keys=True, tiling=False)
        return memory.judging_bytes(folder, tokens=(0, 8000), at_once=count, dtype_bytes=2)

    assert needed(4) == 4 * needed(1) > 0


# ---- loaded ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"policy": "group"}, {"attention": "native"}, {"memory_gb": 24}])
def test_what_only_moves_weights_gives_the_same_picture_and_is_in_the_card(options):
    klein = loaded(**options)
    assert klein(REQUEST).tobytes() == loaded()(REQUEST).tobytes()
    assert klein.card.settings["policy"] == options.get("policy", "resident")


def test_a_tile_is_the_vae_s_own_but_never_larger_than_512():
    for sample_size, side in ((1024, 512), (64, 64)):
        assert memory.tile_px({"sample_size": sample_size}) == side


@pytest.mark.parametrize("name", ["toy:flux2-klein-9b", "toy:flux2-klein-9b-kv"])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_in_fp8_linear_weights_take_a_byte_and_the_picture_is_nearly_the_same(name, dtype):
    plain, small = (models.load(name, device="cpu", dtype=dtype, policy=policy) for policy in ("resident", "fp8"))
    weight = small.pipe.transformer.single_transformer_blocks[0].attn.to_out.weight
    pictures = [np.asarray(one(REQUEST), dtype=float) for one in (plain, small)]
    assert weight.element_size() == 1 and small.card.settings["policy"] == "fp8"
    assert 0 < np.abs(pictures[0] - pictures[1]).mean() < 10  # of 255


def test_a_judge_in_fp8_answers_in_the_schema():
    judge = models.load("toy:qwen3-vl-32b", "judge", device="cpu", policy="fp8")
    layer = judge.model.model.language_model.layers[0]
    assert layer.mlp.up_proj.weight.element_size() == 1 and judge.model.lm_head.weight.element_size() == 4
    assert len(judge(a_sample(), picture("red")).scores) == len(judge.rubric.keys)


def test_fewer_bytes_are_held_in_fp8_as_the_plan_says():
    (part,) = parts_of(toy_folder("qwen3-vl"))
    model = models.load("toy:qwen3-vl-32b", "judge", device="cpu", policy="fp8").model
    assert sum(one.nbytes for one in model.parameters()) == part.bytes(4, 1.0)


# ---- shrunk by libraries that may be missing -------------------------------------------------------------------------

int8 = pytest.mark.skipif(
    not importlib.util.find_spec("torchao"),
    reason="torchao is not installed, int8 is not run; pip install -e .[quantized]",
)


def shrunk(model):
    """How many numbers of a model are held in 8-bit integers."""
    weights = [one.weight for one in model.modules() if type(one).__name__ == "Linear"]
    return sum(weight.numel() for weight in weights if type(weight).__name__ == "Int8Tensor")


@int8
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", ["toy:flux2-klein-9b", "toy:flux2-klein-9b-kv"])
def test_in_int8_the_layers_that_were_counted_are_shrunk_and_the_picture_is_nearly_the_same(name, dtype):
    plain, small = (models.load(name, device="cpu", dtype=dtype, policy=policy) for policy in ("resident", "int8"))
    parts = {part.name: part.shrinkable for part in parts_of(toy_folder("flux2-klein"))}
    pictures = [np.asarray(one(REQUEST), dtype=float) for one in (plain, small)]
    assert {name: shrunk(getattr(small.pipe, name)) for name in parts} == parts
    assert small.card.settings["policy"] == "int8" and 0 < np.abs(pictures[0] - pictures[1]).mean() < 10


@int8
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_judge_in_int8_answers_in_the_schema_and_its_eyes_stay_as_they_are(dtype):
    judge = models.load("toy:qwen3-vl-32b", "judge", device="cpu", dtype=dtype, policy="int8")
    (part,) = parts_of(toy_folder("qwen3-vl"))
    assert shrunk(judge.model) == part.shrinkable and shrunk(judge.model.model.visual) == 0
    assert len(judge(a_sample(), picture("red")).scores) == len(judge.rubric.keys)


# ---- tiled and compiled ----------------------------------------------------------------------------------------------


def test_the_larger_the_tiles_the_nearer_the_picture_and_one_tile_is_the_whole_to_the_bit():
    """Rms difference over the picture's own spread; a tile of 96 px is smaller than what one pixel looks at."""
    import torch

    vae = models.load("toy:flux2-klein-9b", device="cpu").pipe.vae
    latents = torch.randn(1, 4, 48, 48, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        whole = vae.decode(latents).sample
        for side_px, (least, most) in {96: (0.5, 1.0), 192: (0.2, 0.4), 288: (0.1, 0.25), 384: (0, 0)}.items():
            placing.tile(vae, side_px)
            apart = (vae.decode(latents).sample - whole).square().mean().sqrt() / whole.std()
            assert least <= apart <= most, side_px


def test_a_pipeline_that_is_tiled_says_so_and_its_vae_works_in_tiles_of_its_own_size():
    klein = loaded(tiling=True)
    assert klein.pipe.vae.use_tiling and klein.pipe.vae.tile_sample_min_size == 64 and klein.card.settings["tiling"]
    assert klein(REQUEST).size == REQUEST.images[0].size


def test_compiled_are_the_repeated_blocks_of_the_transformer():
    klein = loaded(compile=True)  # at the first call, which takes half a minute on a CPU and is not made here
    blocks = klein.pipe.transformer.single_transformer_blocks
    assert all(block._compiled_call_impl for block in blocks) and klein.card.settings["compile"] is True


@pytest.mark.prove
@pytest.mark.skipif(not shutil.which("g++"), reason="there is no g++, which torch.compile needs on a CPU; install it")
@pytest.mark.parametrize("name", ["toy:flux2-klein-9b", "toy:flux2-klein-9b-kv"])
def test_compiled_blocks_draw_the_same_picture(name):
    plain, compiled = (models.load(name, device="cpu", compile=compile) for compile in (False, True))
    drawn = [np.asarray(one(REQUEST), dtype=int) for one in (plain, compiled)]
    assert np.abs(drawn[0] - drawn[1]).max() <= 1  # of 255
