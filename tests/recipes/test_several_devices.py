"""How the samples of one run are shared out among devices; no process is begun here."""

import pytest
from characters import Swapping, tasks

from tryon_core.errors import BadInput
from tryon_core.recipes import several_devices
from tryon_core.recipes.several_devices import run_on
from tryon_core.runs.parameters import BatchParameters
from tryon_core.sources import open_source


class Here:
    """In place of a pool of processes: the same calls, one after the other in this one."""

    def __init__(self, size, mp_context):
        self.size = size

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def map(self, function, shards):
        assert len(shards) == self.size
        return map(function, shards)


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """Devices and tasks -> (device, its place, of how many, the tasks its process lists, whether it draws a bar)."""
    runs = []

    def noted(parameters, source, progress, models=None):
        ids = [line.sample_id for line in source.listing().lines]
        runs.append((parameters.run.devices, parameters.shard_index, parameters.num_shards, ids, progress))

    def share(devices, *names, own=None):
        source = open_source(str(tasks(tmp_path, *names)), needs=(), samples=names[1:], skip_bad=True)
        parameters = BatchParameters.checked(flow="face_swap", output=str(tmp_path / "out"))
        run_on(devices, parameters, source, own or {}, argument="face_swapper", progress=True)
        return runs

    monkeypatch.setattr(several_devices, "run_batch", noted)
    monkeypatch.setattr(several_devices, "ProcessPoolExecutor", Here)
    return share


def test_each_device_takes_its_shard_without_a_bar(shared):
    first, second = shared(("cuda:0", "cuda:1"), "left out", "a", "b", "c")
    assert first == ({"face_swapper": "cuda:0"}, 0, 2, ["a", "b", "c"], False)
    assert second == ({"face_swapper": "cuda:1"}, 1, 2, ["a", "b", "c"], False)


@pytest.mark.parametrize("devices", [("cuda:1",), ("cuda:1", "cuda:2")])
def test_one_device_or_one_task_stays_in_this_process(shared, devices):
    names = ("left out", "a") if len(devices) > 1 else ("left out", "a", "b")
    assert shared(devices, *names) == [({"face_swapper": "cuda:1"}, 0, 1, [*names[1:]], True)]


def test_without_devices_nothing_is_placed(shared):
    assert shared((), "left out", "a") == [({}, 0, 1, ["a"], True)]


def test_a_model_as_it_is_stays_with_one_device(shared):
    own = {"face_swapper": Swapping()}
    with pytest.raises(BadInput, match="face_swapper cannot be given to another process as it is"):
        shared(("cpu", "cpu"), "left out", "a", "b", own=own)
    assert shared(("cpu",), "left out", "a", own=own)
