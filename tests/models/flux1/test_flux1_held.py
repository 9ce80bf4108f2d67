"""How the weights of FLUX.1's models are held, and what is decided for the published size."""

import importlib.util
import shutil

import pytest
from asked_of_flux1 import DRAWN, WAYS, asked, toy
from klein import apart

from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models.device.forecast import forecast
from tryon_core.models.device.memory import parts_of
from tryon_core.models.device.options import PipelineOptions
from tryon_core.models.flux1.flux1_build import planned
from tryon_core.models.hub.weights import find
from tryon_core.models.toy import toy_folder
from tryon_core.speed.hollow import hollow_checkpoint

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

CARDS_GB = (2, 8, 24, 32, 48, 80)
REQUEST = asked(**WAYS["mask"])


@pytest.mark.parametrize("policy", ["resident", "group"])
def test_what_only_moves_weights_gives_the_same_picture(policy):
    held = toy(policy=policy)
    assert held(REQUEST).tobytes() == toy()(REQUEST).tobytes() and held.card.settings["policy"] == policy


def test_weights_in_8_bits_are_those_of_all_three_that_read_and_draw():
    held = toy(policy="fp8")
    assert 0 < apart(held(REQUEST), toy()(REQUEST)) and held(REQUEST).tobytes() == held(REQUEST).tobytes()
    for part in (held.pipe.transformer, held.pipe.text_encoder, held.pipe.text_encoder_2):
        assert any(weight.dtype == torch.float8_e4m3fn for weight in part.parameters())


def test_what_is_counted_is_what_lies_in_memory():
    held = toy(policy="fp8")
    for part in parts_of(toy_folder("flux1-control")):
        weights = list(getattr(held.pipe, part.name).parameters())
        assert part.count == sum(weight.numel() for weight in weights)
        small = sum(weight.numel() for weight in weights if weight.dtype == torch.float8_e4m3fn and weight.ndim > 1)
        assert small == part.shrinkable and (small > 0) == (part.name != "vae")


@pytest.mark.parametrize("name", DRAWN)
def test_every_model_is_held_in_each_way_that_a_cpu_can(name):
    request = asked(**DRAWN[name])
    plain, moved, small = (toy(name, policy=policy)(request) for policy in ("resident", "group", "fp8"))
    assert moved.tobytes() == plain.tobytes() and 0 < apart(small, plain)


@pytest.mark.parametrize(("policy", "error"), [("int4", BadInput), ("offload", BadInput), ("int8", MissingWeights)])
def test_what_a_cpu_or_this_machine_cannot_is_refused_before_loading(policy, error):
    if policy == "int8" and importlib.util.find_spec("torchao"):
        pytest.skip("torchao is installed: test_residency has what int8 does")
    with pytest.raises(error, match=f"policy {policy} .*needs (a GPU|torchao)"):
        toy("flux1-dev", policy=policy)


def test_redux_stays_in_the_format_it_was_loaded_in():
    held = toy("flux1-fill", policy="fp8")
    weights = [
        weight for part in ("image_encoder", "image_embedder") for weight in getattr(held.redux.pipe, part).parameters()
    ]
    assert {weight.dtype for weight in weights} == {torch.float32}


@pytest.fixture(scope="module")
def hollows(tmp_path_factory):
    root = tmp_path_factory.mktemp("hollow")
    yield {name: hollow_checkpoint(name, root / name) for name in (*TRANSFORMERS, "flux1-redux")}
    shutil.rmtree(root)


@pytest.fixture
def hollow(hollows):
    return hollows["flux1-canny"]


DEV = 11_901_408_320  # of FLUX.1-dev's transformer, whose first layer makes 3,072 numbers of each of its channels
TRANSFORMERS = {
    "flux1-dev": DEV,
    "flux1-schnell": 11_891_178_560,  # without what reads the guidance
    "flux1-canny": DEV + 64 * 3072,
    "flux1-fill": DEV + 320 * 3072,
}


@pytest.mark.parametrize("name", TRANSFORMERS)
def test_the_published_tensors_are_counted(hollows, name):
    counted = {part.name: part.count for part in parts_of(hollows[name])}
    assert counted == {
        "text_encoder": 123_060_480,
        "text_encoder_2": 4_762_310_656,  # 9,524,621,312 bytes in bfloat16, as the index of the published files says
        "transformer": TRANSFORMERS[name],
        "vae": 83_819_683,
    }


def test_in_8_and_in_4_bits_a_model_takes_so_much(hollows):
    """With room for one at a time and the least that is kept. What device.memory.NOT_SHRUNK names stays as it is: 5 of
    the transformer's 12 billion numbers, which turn the words and the time into scales, and end its single blocks."""
    needs = forecast("flux1-dev", weights=str(hollows["flux1-dev"]), device="cuda")
    taken_gb = {policy: round(needs.total(policy) / 1e9, 1) for policy in ("resident", "fp8", "int8", "int4")}
    assert taken_gb == {"resident": 35.6, "fp8": 25.1, "int8": 25.1, "int4": 20.5}


def test_what_redux_adds_is_planned(hollows):
    with_redux, without = (
        forecast("flux1-fill", weights=str(hollows["flux1-fill"]), redux=redux, device="cuda")
        for redux in (str(hollows["flux1-redux"]), "")
    )
    words_bytes = 2 * 15 * 3072 * 729  # a picture's 729 words, as the docstring of flux1_bytes says
    assert with_redux.working - without.working in (0, words_bytes)
    assert {with_redux.weights[policy] - without.weights[policy] for policy in ("resident", "int4")} == {2 * REDUX}


REDUX = 428_225_600 + 64_503_808  # SigLIP's vision model; the embedder


@pytest.mark.parametrize(
    ("at_once", "expected"),
    [
        (1, ["refused", "group", "group", "offload", "resident", "resident"]),
        (4, ["refused", "group", "group", "offload", "resident", "resident"]),
    ],
)
def test_what_is_chosen_on_common_cards(hollow, at_once, expected):
    found = [policy(hollow, card_gb, at_once) for card_gb in CARDS_GB]
    print(f"\n{at_once} at a time", *(f"{card} GB {one}" for card, one in zip(CARDS_GB, found, strict=True)), sep="   ")
    assert [one.split()[0] for one in found] == expected


def policy(folder, memory_gb, at_once):
    options = PipelineOptions(device="cuda", dtype="bfloat16", keep_gib=1, memory_gb=memory_gb, at_once=at_once)
    try:
        plan = planned("flux1-canny", find("flux1-canny", str(folder)), options)
    except BadInput:
        return "refused"
    return f"{plan.policy} {plan.needed_bytes / 1e9:.1f}"


def test_another_attention_is_refused_before_loading():
    with pytest.raises(BadInput, match="toy:flux1-canny on cpu in float32 cannot compute with attention 'no'"):
        toy(attention="no")
