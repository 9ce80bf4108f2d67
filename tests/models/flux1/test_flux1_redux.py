"""A garment's picture as words: what it changes, what it costs, and what happens without its weights."""

import pytest
from asked_of_flux1 import MAP, MASK, asked, fresh, toy
from klein import ROUNDING, apart

from tryon_core import models
from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models.device.memory import parts_of
from tryon_core.models.flux1 import flux1_redux
from tryon_core.models.flux1.flux1_memory import flux1_bytes, flux1_parts
from tryon_core.models.hub.weights import find
from tryon_core.models.toy import toy_folder

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")

MORE = 5 * ROUNDING
WAYS = {"flux1-canny": MASK | MAP, "flux1-depth": MASK | MAP, "flux1-fill": MASK}


@pytest.mark.parametrize("name", WAYS)
def test_another_garment_gives_another_picture(name):
    one, other, none = (toy(name)(asked(**WAYS[name], garment=garment)) for garment in (5, 6, None))
    assert apart(one, other) > MORE < apart(one, none)


@pytest.mark.parametrize("name", WAYS)
def test_switched_off_it_does_not_look(name):
    blind = toy(name, redux="")
    assert blind(asked(**WAYS[name], garment=5)).tobytes() == blind(asked(**WAYS[name])).tobytes()
    assert blind.reads("a red shirt").endswith("tokens; of a garment's picture it sees nothing")
    assert toy(name).reads("a red shirt").endswith("tokens; a garment's picture it sees by Redux")
    assert "redux" not in blind.card.settings and toy(name).card.settings["redux"].startswith("local-")


def test_a_garment_is_seen_once_whatever_is_asked(monkeypatch):
    flux1, seen = fresh(toy("flux1-fill")), []
    encode = type(flux1.redux.pipe).encode_image
    monkeypatch.setattr(type(flux1.redux.pipe), "encode_image", lambda *a: seen.append(1) or encode(*a))
    for words in ("a red shirt", "a blue dress"):
        flux1(asked(**MASK, garment=5, prompt=words))
    assert len(seen) == 1
    flux1(asked(**MASK, garment=6))
    assert len(seen) == 2


def test_its_words_do_not_count_to_those_that_fit():
    words = "shirt " * 511
    assert toy("flux1-fill").fits(words)
    toy("flux1-fill").check(asked(**MASK, garment=5, prompt=words))


def gone(name, weights="", revision=""):
    if name.endswith("redux") and not weights:
        raise MissingWeights("flux1-redux: not in the hub's cache")
    return find(name, weights, revision)


def test_without_its_weights_a_garment_is_refused_and_all_else_drawn(monkeypatch):
    monkeypatch.setattr(flux1_redux, "find", gone)
    flux1 = models.load("toy:flux1-fill", device="cpu")
    assert flux1(asked(**MASK)).tobytes() == toy("flux1-fill")(asked(**MASK)).tobytes()
    with pytest.raises(MissingWeights, match="sees a garment's picture by flux1-redux, whose weights are not here"):
        flux1(asked(**MASK, garment=5))
    assert models.load("toy:flux1-fill", device="cpu", redux="")(asked(**MASK, garment=5))


def test_a_folder_is_taken_and_a_wrong_one_refused(tmp_path):
    by_folder = models.load("toy:flux1-fill", device="cpu", redux=str(toy_folder("flux1-redux")))
    assert by_folder.card == toy("flux1-fill").card
    with pytest.raises(MissingWeights, match="there is no folder"):
        models.load("toy:flux1-fill", device="cpu", redux=str(tmp_path / "none"))
    with pytest.raises(MissingWeights, match="toy:flux1-redux: .* holds no feature_extractor"):
        models.load("toy:flux1-fill", device="cpu", redux=str(toy_folder("flux1-fill")))
    with pytest.raises(BadInput, match="redux of toy:flux1-fill is flux1-redux, a folder with its weights, or ''"):
        models.load("toy:flux1-fill", device="cpu", redux=True)


def test_it_is_counted_to_the_memory_of_what_holds_it():
    folder, redux = toy_folder("flux1-fill"), toy_folder("flux1-redux")
    counted = sum(part.count for part in flux1_parts(folder, redux))
    assert counted - sum(part.count for part in parts_of(folder)) == sum(
        weight.numel() for part in ("image_encoder", "image_embedder") for weight in _weights(part)
    )
    sizes = {"text_tokens": 512, "at_once": 1, "dtype_bytes": 4, "tiling": True}
    assert flux1_bytes(folder, redux, **sizes) - flux1_bytes(folder, None, **sizes) == 15 * 32 * 256 * 4


def _weights(part):
    return getattr(toy("flux1-fill").redux.pipe, part).parameters()
