"""How the weights of FLUX.1's control models are held, and what is decided for the published size."""

import shutil

import pytest
from asked_of_flux1 import WAYS, asked, toy
from klein import apart

from tryon_core.errors import BadInput
from tryon_core.models.device.memory import parts_of
from tryon_core.models.device.options import PipelineOptions
from tryon_core.models.flux1.flux1_build import planned
from tryon_core.models.toy import toy_folder
from tryon_core.models.weights import find
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


@pytest.fixture(scope="module")
def hollow(tmp_path_factory):
    folder = hollow_checkpoint("flux1-canny", tmp_path_factory.mktemp("hollow") / "flux1")
    yield folder
    shutil.rmtree(folder)


def test_the_published_tensors_are_counted(hollow):
    counted = {part.name: part.count for part in parts_of(hollow)}
    assert counted == {
        "text_encoder": 123_060_480,
        "text_encoder_2": 4_762_310_656,  # 9,524,621,312 bytes in bfloat16, as the index of the published files says
        "transformer": 11_901_604_928,  # those of FLUX.1-dev, 11,901,408,320, and 64 channels more of its first layer
        "vae": 83_819_683,
    }


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
