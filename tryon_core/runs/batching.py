"""Many samples at once without touching the flows: calls made concurrently become device batches."""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadInput
from ..models.device.batch_size import Fitting, out_of_memory, remembered
from ..roles import answers, card_of

LINGER_S = 0.02  # how long an idle worker waits for company after the first call


class Batched:
    """A model whose calls, from any number of threads, go to its family's worker in batches of at most `max_batch`."""

    def __init__(self, model: Any, worker: "Worker", max_batch: int):
        if max_batch < 1:
            raise BadInput(f"max_batch of {card_of(model).name} must be 1 or more, got {max_batch}")
        self.model, self.worker, self.max_batch, self.card = model, worker, max_batch, card_of(model)
        self.fitting = remembered(model) if "policy" in self.card.settings else Fitting()  # which device.residency set

    def submit_all(self, calls: Sequence[tuple]) -> list[Future]:
        """Hand several calls over together; each future gives an Answer as soon as its batch is done."""
        return self.worker.submit(self, calls)


@dataclass(frozen=True)
class _Waiting:
    model: Batched
    call: tuple
    answer: Future = field(default_factory=Future)


class Worker:
    """One thread per family of models: when idle it takes everything that waits for one of them, up to its `max_batch`.

    It counts no samples, so it neither deadlocks nor stalls. A failed batch is retried one by one, so an error reaches
    only its caller; one for which memory ran out in halves, and later batches are no larger (device.batch_size).

    linger_s   see LINGER_S
    """

    def __init__(self, name: str, linger_s: float = LINGER_S):
        if linger_s < 0:
            raise BadInput(f"a worker lingers 0 seconds or more, got {linger_s}")
        self.linger_s = linger_s
        self._waiting: deque[_Waiting] = deque()
        self._changed, self._closed = threading.Condition(), False
        self._thread = threading.Thread(target=self._work, name=f"batches of {name}", daemon=True)
        self._thread.start()

    def submit(self, model: Batched, calls: Sequence[tuple]) -> list[Future]:
        waiting = [_Waiting(model, call) for call in calls]
        with self._changed:
            self._waiting.extend(waiting)
            self._changed.notify()
        return [one.answer for one in waiting]

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._next_batch():
            _answer(batch)

    def _next_batch(self) -> list[_Waiting]:
        """The calls of the model that has waited longest; none once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if not self._waiting:
                return []
            model, deadline = self._waiting[0].model, time.monotonic() + self.linger_s
            while not self._closed and self._count(model) < model.max_batch:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    break
            batch = [one for one in self._waiting if one.model is model][: model.max_batch]
            taken = set(map(id, batch))
            self._waiting = deque(one for one in self._waiting if id(one) not in taken)
            return batch

    def _count(self, model: Batched) -> int:
        return sum(one.model is model for one in self._waiting)


def _answer(batch: Sequence[_Waiting]) -> None:
    try:
        futures = submitted(batch[0].model.model, [one.call for one in batch], batch[0].model.fitting)
    except BaseException as error:  # noqa: BLE001  such as SystemExit of a library: the worker must live on
        for one in batch:
            one.answer.set_exception(RuntimeError(f"{type(error).__name__}: {error}"))
        return
    for one, done in zip(batch, futures, strict=True):
        if (error := done.exception()) is not None:
            one.answer.set_exception(error)
        else:
            one.answer.set_result(done.result())


def submitted(model: Any, calls: Sequence[tuple], fitting: Fitting | None = None) -> list[Future]:
    """The calls answered now, in this thread: together, as far as memory reaches, and one by one where that failed."""
    fitting, futures = fitting or Fitting(), list[Future]()
    while rest := calls[len(futures) :]:
        portion = rest[: fitting.most(rest)] if fitting.limits else rest
        futures += _together(model, portion, fitting)
    return futures


def _together(model: Any, calls: Sequence[tuple], fitting: Fitting) -> list[Future]:
    futures: list[Future] = [Future() for _ in calls]
    try:
        for future, answer in zip(futures, answers(model, calls), strict=True):
            if isinstance(answer.value, Exception):
                future.set_exception(answer.value)
            else:
                future.set_result(answer)
    except Exception as error:  # noqa: BLE001  whatever it is, its caller gets it
        if len(calls) == 1:
            futures[0].set_exception(error)
            return futures
        short = out_of_memory(error)
    else:
        if fitting.limits:
            fitting.fitted(calls)
        return futures
    if short:  # after `except`, whose error holds the tensors of the batch that failed
        fitting.ran_out(calls)
        return submitted(model, calls, fitting)
    return [future for call in calls for future in _together(model, [call], fitting)]


@contextlib.contextmanager
def serving(
    models: Mapping[str, Any], max_batch_of: Callable[[str], int], linger_s: float = LINGER_S
) -> Iterator[dict[str, Any]]:
    """Models by argument, behind one worker per family, where they take several calls together.

    A family is what models share, such as encoders in memory: models that name the same `family` never run together.
    """
    workers: dict[Any, Worker] = {}
    with contextlib.ExitStack() as opened:
        served = {}
        for argument, model in models.items():
            if not (hasattr(model, "batch") or hasattr(model, "metered")):
                served[argument] = model
                continue
            family = getattr(model, "family", None) or id(model)
            if family not in workers:
                workers[family] = opened.enter_context(contextlib.closing(Worker(card_of(model).name, linger_s)))
            served[argument] = Batched(model, workers[family], max_batch_of(argument))
        yield served
