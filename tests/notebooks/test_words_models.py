"""Which models draw from words alone where a notebook names none."""

import pytest

from tryon_core.models.specs import SPECS
from tryon_core.runs.notebook.stream_parameters import StreamParameters
from tryon_core.runs.notebook.words_models import TOY_SIZE, TOYS, words_models


@pytest.fixture(autouse=True)
def nothing_here(monkeypatch, tmp_path):
    """A hub's cache of this test's own, and no key; returns the cache."""
    constants = pytest.importorskip("huggingface_hub.constants", reason="huggingface_hub is not installed")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    for key in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(key, "")
    return tmp_path / "hub"


@pytest.fixture
def weights(nothing_here):
    """FLUX.1's folder in the cache, as a download leaves it."""
    repo = nothing_here / f"models--{SPECS['flux1-dev'].repo.replace('/', '--')}"
    (repo / "snapshots" / ("a" * 40)).mkdir(parents=True)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("a" * 40)


def test_toys_stand_in_and_say_for_what():
    models = words_models()
    assert (models.generator, models.judge) == TOYS and models.arguments()["size"] == TOY_SIZE
    assert "lacks the weights of flux1-dev" in models.why and "GEMINI_API_KEY" in models.why
    assert "toy:flux1 and toy:qwen3-vl-4b stand in" in models.why


def test_what_is_here_is_taken(weights, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    models = words_models()
    assert (models.generator, models.judge, models.why) == ("flux1", "gemini", "") and "size" not in models.arguments()


def test_no_server_is_paid_for_noise(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", "k")
    assert words_models().judge == words_models("toy:flux1").judge == TOYS[1]
    assert words_models("flux2-klein-9b").judge == "gemini" and "GEMINI_API_KEY" not in words_models().why


def test_weights_without_a_key_are_judged_by_a_toy(weights):
    models = words_models()
    assert (models.generator, models.judge) == ("flux1", TOYS[1])
    assert "lacks GEMINI_API_KEY" in models.why and "toy:qwen3-vl-4b stands in, the same class" in models.why


def test_named_models_are_taken_as_named():
    assert words_models("warp", "measure").why == ""
    given = StreamParameters(prompt="A lake.", judge="measure", models={"generator": {"name": "toy:flux1-schnell"}})
    assert given.words.generator == "toy:flux1-schnell" and given.words.judge == "measure"
    batch = given.batch()
    assert batch.named_models()["generator"].name == "toy:flux1-schnell" and batch.options["size"] == TOY_SIZE
    assert StreamParameters(generator="warp").words.generator == TOYS[0]  # the example's, whatever dresses the samples
