"""What a GPU alone can show, at toy size: `pytest tests/gpu -m gpu`, some minutes. None of it has been run yet.

With -s the speed test prints its table.
"""

import importlib.util
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from doubles import a_sample, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.models.device import residency
from tryon_core.models.device.attention import check_pipeline_attention
from tryon_core.models.device.cache import Kept, tensor_bytes
from tryon_core.records import EditRequest, Noise, Settings

pytestmark = pytest.mark.gpu

DEVICE = "cuda"
NAMES = ["toy:flux2-klein-9b", "toy:flux2-klein-9b-kv"]
# Mean differences of toy pictures, of 255. On a CPU: fp8 4.9 to 5.8, int8 1.2 to 1.8, bfloat16 from float32 11 to 15,
# another request 27, a batch in bfloat16 from its singles 0.1 to 0.5.
NEAR, ROUNDED, BATCHED = 10, 20, 2
FEW = Settings(steps=4)
FULL_GB = 40  # of the smallest pair at its true sizes


@pytest.fixture(scope="module", autouse=True)
def torch():
    library = pytest.importorskip("torch", reason="torch is not installed; run make setup")
    if not library.cuda.is_available():
        pytest.skip("torch sees no GPU; run `pytest tests/gpu -m gpu` on a machine that has one")
    return library


def blocks(seed, size=(96, 128)):
    small_HW3 = np.random.default_rng(seed).integers(0, 255, (size[1] // 16, size[0] // 16, 3), dtype=np.uint8)
    return Image.fromarray(small_HW3).resize(size, Image.Resampling.NEAREST)


def asked(seed=0):
    return EditRequest(prompt="a red shirt", images=(blocks(seed), blocks(seed + 1)), noise=Noise(seed=seed))


def apart(one, other):
    """Mean difference of two pictures, of 255."""
    return np.abs(np.asarray(one, int) - np.asarray(other, int)).mean()


def needs(policy):
    library = residency.LIBRARIES.get(policy)
    if library and not importlib.util.find_spec(library):
        pytest.skip(f"{library} is not installed, {policy} is not run; pip install -e '.[quantized]'")


def loaded(name=NAMES[0], **options):
    return models.load(name, **{"device": DEVICE, "dtype": "bfloat16", **options})


def test_a_gpu_is_taken_where_there_is_one_and_what_is_free_on_it_is_the_room():
    klein = models.load(NAMES[0])
    assert (klein.pipe.transformer.device.type, klein.card.settings["dtype"]) == (DEVICE, "bfloat16")
    assert klein.card.settings["policy"] == "resident"


@pytest.mark.parametrize("name", NAMES)
def test_in_float32_a_picture_is_the_one_that_a_cpu_draws(name, torch):
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        pictures = [loaded(name, device=device, dtype="float32")(asked()) for device in ("cpu", DEVICE)]
    assert apart(*pictures) < 1


@pytest.mark.parametrize("name", NAMES)
def test_the_same_request_gives_the_same_bytes(name):
    assert loaded(name)(asked()).tobytes() == loaded(name)(asked()).tobytes()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("policy", ["offload", "group"])
def test_what_only_moves_weights_draws_the_same_picture(name, policy):
    moved = loaded(name, policy=policy)
    for seed in (0, 1, 0):  # the third from what was kept
        assert apart(moved(asked(seed)), loaded(name)(asked(seed))) == 0
    assert next(moved.pipe.transformer.parameters()).device.type == "cpu"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("policy", "held"), [("fp8", "float8"), ("int8", "Int8Tensor"), ("int4", "Params4bit")])
def test_a_shrunk_pipeline_draws_nearly_the_same_picture(name, policy, held):
    needs(policy)
    plain, small = loaded(name), loaded(name, policy=policy)
    weight = small.pipe.transformer.single_transformer_blocks[0].attn.to_out.weight
    assert held in f"{type(weight).__name__} {weight.dtype}" and weight.device.type == DEVICE
    drawn = [one(asked()) for one in (plain, small)]
    if policy == "int4":  # of layers 16 wide with random weights, 4 bits leave another picture; it is not a blank one
        assert np.asarray(drawn[1]).std() > 10
    else:
        assert apart(*drawn) < NEAR


def inside_a_mask(garment):
    mask = Image.new("L", (96, 128))
    mask.paste(255, (16, 32, 80, 96))
    pictures = (blocks(0), blocks(garment))
    return EditRequest(prompt="a red shirt", images=pictures, mask=mask, settings=Settings(steps=4))


@pytest.mark.parametrize("policy", ["resident", "offload", "group", "fp8", "int8", "int4"])
def test_flux1_sees_a_garment_however_it_is_held(policy):
    needs(policy)
    fill, before = loaded("toy:flux1-fill", policy=policy), loaded("toy:flux1-fill")
    pictures = [fill(inside_a_mask(garment)) for garment in (1, 2, 1)]
    assert pictures[0].tobytes() == pictures[2].tobytes() and apart(*pictures[:2]) > 0
    if policy in ("offload", "group"):
        assert apart(pictures[0], before(inside_a_mask(1))) == 0


@pytest.mark.parametrize("policy", ["resident", "offload", "group", "fp8", "int8", "int4"])
def test_qwen_image_edit_sees_a_garment_however_it_is_held(policy):
    needs(policy)
    edit, before = (loaded("toy:qwen-image-edit-2511", policy=each) for each in (policy, "resident"))
    requests = [replace(asked(), images=(blocks(0), blocks(garment)), settings=FEW) for garment in (1, 2, 1)]
    pictures = [edit(request) for request in requests]
    assert pictures[0].tobytes() == pictures[2].tobytes() and apart(*pictures[:2]) > 0
    if policy in ("offload", "group"):
        assert apart(pictures[0], before(requests[0])) == 0


@pytest.mark.parametrize("policy", ["resident", "int8", "int4"])
def test_flux1_models_share_on_a_gpu_what_lies_still(policy, torch):
    needs(policy)
    dev = loaded("toy:flux1-dev", policy=policy)
    before = torch.cuda.memory_allocated()
    fill = loaded("toy:flux1-fill", policy=policy, redux="")
    added, encoder = torch.cuda.memory_allocated() - before, fill.pipe.text_encoder_2
    assert encoder is dev.pipe.text_encoder_2 and encoder.device.type == DEVICE
    assert added < 1.2 * sum(weight.untyped_storage().nbytes() for weight in fill.pipe.transformer.parameters())


@pytest.mark.parametrize("policy", ["resident", "fp8", "int8", "int4"])
def test_a_judge_answers_in_the_schema_and_its_output_layer_stays_as_it_is(policy, torch):
    needs(policy)
    judge = loaded("toy:qwen3-vl-32b", role="judge", policy=policy)
    assert judge.model.lm_head.weight.dtype == torch.bfloat16
    calls = [(a_sample(), picture(colour)) for colour in ("red", "green", "blue")]
    judgements = [answer.value for answer in judge.metered(calls)]
    assert [len(judgement.scores) for judgement in judgements] == [len(judge.rubric.keys)] * 3


@pytest.mark.parametrize("name", NAMES)
def test_in_bfloat16_a_batch_is_nearly_its_own_singles(name):
    together = loaded(name).batch([(asked(seed),) for seed in range(4)])
    singly = [loaded(name)(asked(seed)) for seed in range(4)]
    assert max(apart(a, b) for a, b in zip(together, singly, strict=True)) < BATCHED < apart(together[0], together[1])


def test_what_is_thrown_out_waits_in_pinned_memory_and_comes_back_to_the_bit(torch):
    values = {key: [(torch.randn(64, 64, device=DEVICE).T, torch.randn(64, 64, device=DEVICE))] for key in range(3)}
    kept = Kept(32_768, tensor_bytes, spill_bytes=65_536)
    for key in (0, 1, 2, 0):
        ((first, second),) = kept.get(key, lambda key=key: values[key])
    assert (kept.spilled, kept.returned) == (3, 1)
    assert all(one.is_pinned() for away in kept.host._values.values() for pair in away.value for one in pair)
    assert first.device.type == DEVICE and torch.equal(first, values[0][0][0]) and torch.equal(second, values[0][0][1])


@pytest.mark.parametrize("backend", ["native", "flex", "flash", "sage", "_native_cudnn", "_native_flash"])
def test_each_attention_that_is_let_pass_draws_about_the_same_picture(backend):
    try:
        check_pipeline_attention("klein", backend, DEVICE, "bfloat16")
    except BadInput as e:
        pytest.skip(str(e))
    assert apart(loaded()(asked()), loaded(attention=backend)(asked())) < ROUNDED


def test_compiled_blocks_draw_the_same_picture_in_float32():
    plain, compiled = loaded(dtype="float32"), loaded(dtype="float32", compile=True)
    assert apart(plain(asked()), compiled(asked())) < 1


def test_the_true_sizes_run_and_their_speed_is_printed(torch):
    free_gb = torch.cuda.mem_get_info()[0] / 1e9
    if free_gb < FULL_GB:
        pytest.skip(f"{free_gb:.0f} GB are free on the GPU; the smallest pair at its true sizes needs {FULL_GB}")
    pair = ["flux2-klein-9b-kv", "qwen3-vl-32b"] if free_gb > 130 else ["flux2-klein-4b", "qwen3-vl-4b"]
    few = "--samples 2 --iterations 2 --batch 2 --repeats 1 --keep-gib 7".split()
    told = ["-m", "tryon_core.speed", "--size", "full", "--generator", pair[0], "--judge", pair[1], *few]
    done = subprocess.run([sys.executable, *told], capture_output=True, text=True, check=False, timeout=280)
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "judged candidates" in done.stdout
