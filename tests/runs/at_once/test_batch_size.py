"""Memory that runs out: the batch is halved, nothing is lost, and what fitted is remembered."""

import contextlib
import json
from concurrent.futures import wait

import pytest
import torch
from doubles import card, picture

from tryon_core.models.device.batch_size import GROW_AFTER, out_of_memory
from tryon_core.models.hub.cache_folder import cache_folder
from tryon_core.records import EditRequest
from tryon_core.runs.batching import Batched, Worker, submitted

CUDA = torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
ERRORS = (
    CUDA,
    MemoryError(),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:98] DefaultCPUAllocator: can't allocate memory: you tried to allocate"
    ),
)


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("TRYON_CACHE", str(tmp_path))


class Device:
    """Answers twice a number; memory ends at `bound` calls. `batches`: the sizes tried; `done`: what fitted."""

    def __init__(self, bound, error=CUDA, name="device"):
        placed = {"policy": "resident", "dtype": "bfloat16"}
        self.card, self.bound, self.error = card(name).model_copy(update={"settings": placed}), bound, error
        self.batches, self.done = [], []

    def batch(self, calls):
        self.batches.append(len(calls))
        if len(calls) > self.bound:
            raise self.error
        self.done += calls
        return [2 * call[0] for call in calls]


@contextlib.contextmanager
def served(model, max_batch=8):
    with contextlib.closing(Worker("test", linger_s=0.2)) as worker:
        yield Batched(model, worker, max_batch)


def asked(batched, count, of=lambda number: (number,)):
    futures = batched.submit_all([of(number) for number in range(count)])
    wait(futures, 20)
    return futures


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_batch_that_does_not_fit_is_halved_and_each_call_answered_once(error):
    with served(model := Device(3, error)) as batched:
        answers = [future.result().value for future in asked(batched, 16)]
    assert answers == [2 * number for number in range(16)]
    assert model.done == [(number,) for number in range(16)]
    assert model.batches == [8, 4, *[2] * 8]


def test_a_wrapped_error_is_seen_and_another_is_not():
    try:
        try:
            raise CUDA
        except RuntimeError as e:
            raise ValueError("the model broke") from e
    except ValueError as wrapped:
        assert out_of_memory(wrapped)
    assert not out_of_memory(RuntimeError("shape mismatch")) and not out_of_memory(None)


def test_one_call_that_does_not_fit_is_its_caller_s_error():
    with served(Device(0)) as batched:
        assert all(future.exception() is CUDA for future in asked(batched, 3))


def test_another_error_is_retried_one_by_one_as_before():
    model = Device(3, ValueError("broken"))
    with served(model) as batched:
        assert [future.result().value for future in asked(batched, 4)] == [0, 2, 4, 6]
    assert model.batches == [4, 1, 1, 1, 1]


def test_after_many_that_fitted_one_more_is_tried_and_a_failed_try_goes_back_by_one():
    model = Device(4)
    with served(model) as batched:
        asked(batched, 8)
        assert model.batches == [8, 4, 4]
        model.batches.clear()
        asked(batched, 4 * GROW_AFTER + 8)
    grown = model.batches.index(5)
    assert model.batches[:grown] == [4] * (len(model.batches[:grown])) and grown <= GROW_AFTER
    assert model.batches[grown + 1 :] and max(model.batches[grown + 1 :]) == 4
    assert len(model.done) == len(set(model.done)) + 8  # the numbers 0 to 7 were asked twice


def test_where_more_memory_is_free_again_it_grows_to_what_was_asked():
    model = Device(2)
    with served(model) as batched:
        asked(batched, 8)
        model.bound = 100
        asked(batched, 600)
    grown = model.batches[6:]
    assert grown.index(3) == GROW_AFTER - 4 and max(grown) == 8 and {2, 3, 4, 5, 6, 7, 8} <= set(grown)


def test_what_fitted_is_known_in_the_next_run_for_this_model_and_these_pictures():
    small, large = picture("red", (64, 64)), picture("red", (256, 256))
    with served(Device(3)) as batched:
        asked(batched, 8, lambda number: (number, small))
    with served(again := Device(3)) as batched:
        asked(batched, 8, lambda number: (number, small))
        assert again.batches == [2, 2, 2, 2]
        asked(batched, 8, lambda number: (number, large))
        assert again.batches[4:6] == [8, 4]
    with served(other := Device(100, name="other")) as batched:
        asked(batched, 8, lambda number: (number, small))
    assert other.batches == [8]


def test_the_size_of_a_request_s_pictures_counts():
    def call(number, side):
        return (number, EditRequest(prompt="", images=(picture("red", (side, side)), picture("red", (16, 16)))))

    with served(model := Device(3)) as batched:
        asked(batched, 8, lambda number: call(number, 64))
        asked(batched, 8, lambda number: call(number, 128))
    assert model.batches.count(8) == 2 and len(batched.fitting.limits) == 2


def kept():
    (sizes,) = json.loads((cache_folder() / "batch_sizes.json").read_text()).values()
    return sizes


def test_a_size_that_was_grown_to_is_kept_once_it_fitted():
    model = Device(2)
    with served(model) as batched:
        asked(batched, 8)
        model.bound = 3
        asked(batched, 2 * GROW_AFTER + 9)
    assert max(model.batches[2:]) == 3 and kept() == {"0": 3}


@pytest.mark.parametrize("damaged", [None, {"0": "many"}, {"0": 0}, {"large": 2}, [2]])
def test_a_file_that_is_damaged_counts_as_none(damaged):
    with served(Device(3)) as batched:
        asked(batched, 8)
    (key,) = json.loads((cache_folder() / "batch_sizes.json").read_text())
    for text in ("{", json.dumps({key: damaged})):
        (cache_folder() / "batch_sizes.json").write_text(text)
        with served(model := Device(3)) as batched:
            asked(batched, 8)
        assert model.batches == [8, 4, 2, 2, 2, 2] and kept() == {"0": 2}


def test_without_a_worker_it_is_halved_too():
    model = Device(2)
    assert [future.result().value for future in submitted(model, [(number,) for number in range(5)])] == [0, 2, 4, 6, 8]
    assert model.batches == [5, 2, 2, 1]
