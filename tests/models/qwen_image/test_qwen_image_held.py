"""How the weights of the Qwen-Image-Edit models are held, and what is decided for the published size."""

import importlib.util
import shutil

import pytest
from asked_of_qwen_image import NAMES, SEVERAL, asked, toy
from klein import ROUNDING, apart

from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models.device import residency
from tryon_core.models.device.forecast import forecast
from tryon_core.models.device.memory import parts_of
from tryon_core.models.device.placing import tile
from tryon_core.models.toy import toy_folder
from tryon_core.speed.hollow import hollow_checkpoint

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

CARDS_GB = (24, 48, 80, 141)
CHOSEN = {  # at once, model -> policies on those cards
    (1, "qwen-image-edit"): ("group", "offload", "resident", "resident"),
    (1, "qwen-image-edit-2511"): ("group", "offload", "resident", "resident"),
    (4, "qwen-image-edit"): ("group", "offload", "resident", "resident"),
    (4, "qwen-image-edit-2511"): ("group", "group", "resident", "resident"),  # 48.4 GB, with room for three pictures
}


@pytest.mark.parametrize("name", NAMES)
def test_every_model_is_held_in_each_way_that_a_cpu_can(name):
    plain, moved, small = (toy(name, policy=policy)(asked()) for policy in ("resident", "group", "fp8"))
    assert moved.tobytes() == plain.tobytes() and 0 < apart(small, plain)


def test_in_bfloat16_it_draws_about_the_same():
    exact, rounded = toy()(asked()), toy(dtype="bfloat16")(asked())
    assert 0 < apart(exact, rounded) < apart(exact, toy()(asked(seed=1)))


@pytest.mark.parametrize(("policy", "error"), [("int4", BadInput), ("offload", BadInput), ("int8", MissingWeights)])
def test_what_a_cpu_or_this_machine_cannot_is_refused_before_loading(policy, error):
    if policy == "int8" and importlib.util.find_spec("torchao"):
        pytest.skip("torchao is installed: test_residency has what int8 does")
    with pytest.raises(error, match=f"policy {policy} .*needs (a GPU|torchao)"):
        toy(policy=policy)


def test_another_attention_is_refused_before_loading():
    with pytest.raises(BadInput, match="toy:qwen-image-edit on cpu in float32 cannot compute with attention 'no'"):
        toy(attention="no")


def test_what_is_counted_is_what_lies_in_memory():
    held = toy(policy="fp8")
    for part in parts_of(toy_folder("qwen-image-edit")):
        weights = list(getattr(held.pipe, part.name).parameters())
        assert part.count == sum(weight.numel() for weight in weights)
        small = sum(weight.numel() for weight in weights if weight.dtype == torch.float8_e4m3fn and weight.ndim > 1)
        assert small == part.shrinkable and (small > 0) == (part.name != "vae")


def test_the_text_encoder_is_shared_and_the_vae_is_not():
    """The VAE keeps what its layers saw on itself, so that two models at once would disturb each other."""
    one, *others = (toy(name) for name in NAMES)
    for other in others:
        assert one.pipe.text_encoder is other.pipe.text_encoder and one.pipe.vae is not other.pipe.vae


def test_in_tiles_it_draws_nearly_the_same():
    plain, tiled = toy(), toy(tiling=True, dtype="float32", keep_gib=0)
    assert tiled.pipe.vae.use_tiling and tiled.pipe.vae.tile_sample_min_width == 512
    assert tiled.card.settings["tiling"] and tiled(asked()).tobytes() == plain(asked()).tobytes()
    tile(tiled.pipe.vae, 64)  # a toy's pictures are smaller than a tile
    assert ROUNDING < apart(tiled(asked()), plain(asked())) < apart(plain(asked()), plain(asked(seed=1)))


# ---- the published size ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hollows(tmp_path_factory):
    root = tmp_path_factory.mktemp("hollow")
    yield {name: hollow_checkpoint(name, root / name) for name in NAMES}
    shutil.rmtree(root)


@pytest.mark.parametrize("name", NAMES)
def test_the_published_tensors_are_counted(hollows, name):
    assert {part.name: part.count for part in parts_of(hollows[name])} == {
        "text_encoder": 8_292_166_656,  # as the model card of Qwen2.5-VL-7B-Instruct says
        "transformer": 20_430_401_088,
        "vae": 126_892_531,
    }


def needs_of(hollows, name=NAMES[0], **options):
    return forecast(name, weights=str(hollows[name]), device="cuda", **options)


@pytest.mark.parametrize(("at_once", "name"), CHOSEN)
def test_what_is_chosen_on_common_cards(hollows, at_once, name, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name in residency.LIBRARIES.values())
    needs = needs_of(hollows, name, at_once=at_once)
    print(f"\n{name}, {at_once} at a time", {one: round(needs.total(one) / 1e9, 1) for one in needs.weights})
    assert tuple(needs.first(card * 1e9) for card in CARDS_GB) == CHOSEN[at_once, name]


def test_more_pictures_and_more_samples_need_more(hollows):
    """Of one sample decoding needs most, of four denoising; tiles leave that of one, too."""
    decoding = 18 * 96 * 1024 * 1024 * 2  # numbers of 2 bytes: 3.6 GB
    one_picture, three = (16 * 3072 * 2 * tokens for tokens in (1024 + 1337 + 2 * 4096, 1024 + 564 + 4 * 4096))
    for name, denoising in ((NAMES[0], one_picture), (SEVERAL[0], three)):
        assert needs_of(hollows, name).working == decoding
        assert needs_of(hollows, name, at_once=4).working == 4 * denoising
    assert needs_of(hollows, SEVERAL[0], tiling=True).working == three
