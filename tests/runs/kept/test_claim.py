"""Who may write a run: the first half of a claim stands before a model is loaded, the second names the models."""

import pytest
from doubles import Lottery, Painter, card, run

from tryon_core.errors import MissingWeights, RunConflict
from tryon_core.runs.kept.info import RunInfo, claim, read_info
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import prepare
from tryon_core.storage.store import FolderStore


def asked(manifest, output, **given):
    return BatchParameters.checked(source=str(manifest), output=str(output), **given)


@pytest.fixture
def builder(monkeypatch):
    """What a builder without weights was asked for; it stands for every generator."""
    built = []

    def build(**options):
        built.append(options)
        raise MissingWeights("no model.safetensors")

    monkeypatch.setattr("tryon_core.models.embedded.warp.build", build)
    return built


def test_weights_that_are_missing_leave_the_output_free(manifest, tmp_path, builder):
    with pytest.raises(MissingWeights):
        prepare(asked(manifest, tmp_path, generator="warp"), judge=Lottery())
    assert builder and read_info(FolderStore(tmp_path)).models == {}
    assert len(run(manifest, tmp_path, seed=1).records) == 4


def info(**given):
    return RunInfo(flow={"name": "closed_loop"}, parameters={"seed": 0}, started_utc="now", **given)


def test_a_claim_that_was_taken_over_is_not_completed(tmp_path):
    store, other = FolderStore(tmp_path), info().model_copy(update={"parameters": {"seed": 1}})
    assert claim(store, info()) == info() and claim(store, other) == other
    with pytest.raises(RunConflict, match=r"parameters.seed: 1 -> 0"):
        claim(store, info(models={"generator": card("painter")}))


def test_once_samples_are_listed_nobody_takes_over(tmp_path):
    store = FolderStore(tmp_path)
    claim(store, info()), store.create("listing.json", b"{}")
    with pytest.raises(RunConflict, match="holds a run with other parameters"):
        claim(store, info().model_copy(update={"parameters": {"seed": 1}}))


def test_two_shards_complete_one_claim(tmp_path):
    complete, overtaken = info(models={"generator": card("painter")}), []

    class Overtaken(FolderStore):
        def replace(self, key, data, seen):
            if not overtaken:
                overtaken.append(claim(FolderStore(tmp_path), complete))
            return super().replace(key, data, seen)

    claim(FolderStore(tmp_path), info())
    assert claim(Overtaken(tmp_path), complete) == complete and overtaken == [complete]


def test_a_second_process_with_other_models_conflicts(manifest, tmp_path):
    newer = Painter()
    newer.card = newer.card.model_copy(update={"revision": "2"})
    run(manifest, tmp_path)
    with pytest.raises(RunConflict, match="models.generator.revision: '1' -> '2'"):
        run(manifest, tmp_path, newer)
