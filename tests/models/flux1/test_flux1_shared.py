"""FLUX.1's models have text encoders and VAE in common: loaded once, counted once, there as long as one needs them."""

import gc
import json
import logging
import shutil
import weakref
from dataclasses import replace

import pytest
from asked_of_flux1 import DRAWN, asked
from klein import apart

from tryon_core import models
from tryon_core.models.device import residency
from tryon_core.models.device.manager import Manager
from tryon_core.models.device.memory import Part
from tryon_core.models.device.options import PipelineOptions
from tryon_core.models.device.sharing import same_files
from tryon_core.models.toy import toy_folder

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

COMMON = ("text_encoder", "text_encoder_2", "vae")
OF_REDUX = ("image_encoder", "image_embedder")
OPTIONS = {"device": "cpu", "keep_gib": 0}


def loaded(name, **options):
    return models.load(f"toy:{name}", **OPTIONS, **options)


def bytes_of(module):
    return sum(weight.nbytes for weight in (*module.parameters(), *module.buffers()))


def test_all_of_the_family_have_the_same_encoders_and_vae():
    dev, *others = [loaded(name) for name in DRAWN]
    for other in others:
        assert all(getattr(other.pipe, part) is getattr(dev.pipe, part) for part in COMMON)
        assert other.pipe.transformer is not dev.pipe.transformer
        assert other.pipe.tokenizer_2 is not dev.pipe.tokenizer_2
    canny, depth, fill = others[1:]
    for part in OF_REDUX:
        assert getattr(canny.redux.pipe, part) is getattr(depth.redux.pipe, part) is getattr(fill.redux.pipe, part)


def test_what_is_shared_is_taken_without_a_word(caplog):
    diffusers = logging.getLogger("diffusers")
    diffusers.addHandler(caplog.handler)
    fill, canny = (loaded(name) for name in ("flux1-fill", "flux1-canny"))
    diffusers.removeHandler(caplog.handler)
    assert fill.redux.pipe.image_embedder is canny.redux.pipe.image_embedder and caplog.messages == []


def test_with_shared_parts_each_draws_as_alone():
    names = ("flux1-dev", "flux1-fill")
    alone = [loaded(name)(asked(**DRAWN[name])) for name in names]
    together = [loaded(name) for name in names]
    for name, model, before in zip(names, together, alone, strict=True):
        assert apart(model(asked(**DRAWN[name])), before) == 0


@pytest.mark.parametrize("options", [{"policy": "fp8"}, {"policy": "group"}, {"dtype": "bfloat16"}])
def test_what_is_held_in_another_way_is_not_shared(options):
    plain, one, two = loaded("flux1-dev"), loaded("flux1-fill", **options), loaded("flux1-dev", **options)
    assert plain.pipe.text_encoder_2 is not one.pipe.text_encoder_2
    assert (one.pipe.text_encoder_2 is two.pipe.text_encoder_2) == ("dtype" in options)
    assert one(asked(**DRAWN["flux1-fill"])).size and two(asked(**DRAWN["flux1-dev"])).size


def test_a_tiled_vae_is_its_own_and_the_encoders_are_shared():
    plain, tiled = loaded("flux1-dev"), loaded("flux1-fill", tiling=True)
    assert plain.pipe.vae is not tiled.pipe.vae and not plain.pipe.vae.use_tiling
    assert plain.pipe.text_encoder_2 is tiled.pipe.text_encoder_2


def test_the_last_that_needs_them_lets_them_go():
    one, two = (loaded(name, dtype="bfloat16") for name in ("flux1-dev", "flux1-fill"))  # as no other test keeps them
    encoder = weakref.ref(one.pipe.text_encoder_2)
    del one
    gc.collect()
    assert encoder() is two.pipe.text_encoder_2
    del two
    gc.collect()
    assert encoder() is None


def test_a_folder_with_other_weights_is_not_shared(tmp_path):
    other = tmp_path / "copy"
    shutil.copytree(toy_folder("flux1-fill"), other)
    plain, copied = loaded("flux1-dev"), models.load("flux1-fill", weights=str(other), redux="", **OPTIONS)
    assert copied.pipe.text_encoder_2 is plain.pipe.text_encoder_2
    del copied
    weights = next((other / "text_encoder_2").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    copied = models.load("flux1-fill", weights=str(other), redux="", **OPTIONS)
    assert copied.pipe.text_encoder_2 is not plain.pipe.text_encoder_2 and copied.pipe.vae is plain.pipe.vae


def test_who_wrote_a_configuration_does_not_matter_and_what_it_says_does(tmp_path):
    mine, theirs = toy_folder("flux1-fill") / "vae", tmp_path / "vae"
    shutil.copytree(mine, theirs)
    config = json.loads((theirs / "config.json").read_text())
    (theirs / "config.json").write_text(json.dumps(config | {"_name_or_path": "elsewhere", "_diffusers_version": "0"}))
    assert same_files(mine, theirs)
    (theirs / "config.json").write_text(json.dumps(config | {"scaling_factor": 1.0}))
    assert not same_files(mine, theirs)


def test_a_cache_that_names_files_by_their_bytes_is_believed(tmp_path):
    """As the hub's: each repository has its own copy under the same name."""
    for repository in ("one", "two"):
        shutil.copytree(toy_folder("flux1-fill") / "vae", tmp_path / repository / "vae")
        (weights,) = (tmp_path / repository / "vae").glob("*.safetensors")
        blob = tmp_path / repository / "blobs" / ("a" * 64)
        blob.parent.mkdir()
        weights.rename(blob)
        weights.symlink_to(blob)
    (tmp_path / "two/blobs" / ("a" * 64)).write_bytes(b"x" * blob.stat().st_size)  # never read
    assert same_files(tmp_path / "one/vae", tmp_path / "two/vae")


class AnEncoder:
    def storages(self, policy):
        return {("cuda:0", 1): 6 * 10**9} if policy == "resident" else {}


def test_on_a_gpu_they_take_nothing_more_of_what_is_free(monkeypatch):
    monkeypatch.setattr(residency, "free_bytes", lambda device: 12e9)
    parts = (Part("text_encoder_2", 3 * 10**9, 3 * 10**9, 10**8), Part("transformer", 5 * 10**9, 5 * 10**9, 10**8))
    options = PipelineOptions(device="cuda", dtype="bfloat16", keep_gib=0)
    plans = [residency.decide("flux1", parts, 10**9, options, common) for common in (None, AnEncoder())]
    assert [(plan.policy, plan.needed_bytes) for plan in plans] == [("offload", 11 * 10**9), ("resident", 11 * 10**9)]
    bounded = replace(options, memory_gb=12)  # which is for all that it uses
    assert residency.decide("flux1", parts, 10**9, bounded, AnEncoder()).policy == "offload"


def test_a_manager_counts_them_once():
    manager = Manager()
    dev, fill = (manager.load(f"toy:{name}", **OPTIONS) for name in ("flux1-dev", "flux1-fill"))
    dev(asked(**DRAWN["flux1-dev"]))
    alone = manager.held_bytes
    fill(asked(**DRAWN["flux1-fill"]))
    later, earlier = manager.resident()
    common = sum(bytes_of(getattr(dev._slot.model.pipe, part)) for part in COMMON)
    assert earlier.shared == common and later.own == sum(later_weights(fill._slot.model))
    assert manager.held_bytes == alone + later.own - common + later.working + later.may_keep


def later_weights(flux1):
    yield from (bytes_of(getattr(flux1.pipe, part)) for part in (*COMMON, "transformer"))
    yield from (bytes_of(getattr(flux1.redux.pipe, part)) for part in OF_REDUX)


def test_a_budget_that_two_fit_by_sharing_holds_both():
    manager = Manager()
    both = [manager.load(f"toy:{name}", **OPTIONS) for name in ("flux1-dev", "flux1-schnell")]
    for each, name in zip(both, ("flux1-dev", "flux1-schnell"), strict=True):
        each(asked(**DRAWN[name]))
    needed = manager.held_bytes
    manager.put_out()
    del both
    tight = Manager((needed + 1000) / 1e9)
    for name in ("flux1-dev", "flux1-schnell"):
        assert tight.load(f"toy:{name}", **OPTIONS).card
    assert [each.name for each in tight.resident()] == ["toy:flux1-schnell", "toy:flux1-dev"]
    assert tight.held_bytes <= tight.bound


def test_what_stays_for_a_new_model_is_counted_when_the_old_one_goes(monkeypatch):
    """In a budget for one of them the new model takes over the encoders, and the old one's transformer goes."""
    manager = Manager()
    dev = manager.load("toy:flux1-dev", **OPTIONS)
    dev(asked(**DRAWN["flux1-dev"]))
    needed = manager.held_bytes
    manager.put_out()
    tight, seen = Manager((needed + 1000) / 1e9), []
    free = Manager._free
    monkeypatch.setattr(Manager, "_free", lambda self, device: seen.append(free(self, device)) or seen[-1])
    old, new = (tight.load(f"toy:{name}", **OPTIONS) for name in ("flux1-dev", "flux1-schnell"))
    assert old.card
    common = sum(bytes_of(getattr(old._slot.model.pipe, part)) for part in COMMON)
    assert new.card and [each.name for each in tight.resident()] == ["toy:flux1-schnell"]
    assert seen[-1] == pytest.approx(tight.bound - common) and tight.held_bytes <= tight.bound
