"""Many samples at once without touching the flows: calls made concurrently become device batches."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ..errors import BadInput
from ..roles import card_of


def coalesce(model: Any, max_batch: int, max_wait_s: float = 0.02) -> "Coalesced":
    """Wrap a model that offers `batch(list of argument tuples) -> answers`, for many threads to call singly.

    max_batch   calls put together at most
    max_wait_s  how long an idle worker lingers for company after the first call
    """
    if max_batch < 1 or max_wait_s < 0:
        raise BadInput(f"coalesce needs max_batch >= 1 and max_wait_s >= 0, got {max_batch} and {max_wait_s}")
    return Coalesced(model, max_batch, max_wait_s)


class Coalesced:
    """One worker a model: when idle it takes everything waiting, up to `max_batch`; it counts no samples, so it neither
    deadlocks nor stalls. A failed batch is retried one by one, so an error reaches only its caller."""

    def __init__(self, model: Any, max_batch: int, max_wait_s: float):
        self.model, self.max_batch, self.max_wait_s, self.card = model, max_batch, max_wait_s, card_of(model)
        self.fits = getattr(model, "fits", None)
        self._waiting: queue.SimpleQueue[tuple[tuple, Future] | None] = queue.SimpleQueue()
        self._worker = threading.Thread(target=self._work, name=f"batches of {self.card.name}", daemon=True)
        self._worker.start()

    def __call__(self, *arguments: Any) -> Any:
        return self.timed(*arguments)[0]

    def timed(self, *arguments: Any) -> tuple[Any, float]:
        """(answer, this call's share of its batch's seconds), waiting not counted."""
        answer: Future = Future()
        self._waiting.put((arguments, answer))
        return answer.result()

    def close(self) -> None:
        """Finish what waits, then end the worker."""
        self._waiting.put(None)
        self._worker.join()

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch, closing = self._gather(first)
            self._answer(batch)
            if closing:
                return

    def _gather(self, first: tuple) -> tuple[list, bool]:
        batch, deadline = [first], time.monotonic() + self.max_wait_s
        while len(batch) < self.max_batch:
            try:
                call = self._waiting.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            if call is None:
                return batch, True
            batch.append(call)
        return batch, False

    def _answer(self, batch: list[tuple[tuple, Future]]) -> None:
        try:
            answers, seconds = _clocked(self.model.batch, [arguments for arguments, _ in batch])
            if len(answers) != len(batch):
                raise BadInput(f"{self.card.name}.batch answered {len(answers)} of {len(batch)} calls")
        except Exception as error:  # noqa: BLE001  whatever it is, it is handed to its caller below
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for call in batch:
                self._answer([call])
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result((answer, seconds / len(batch)))


def _clocked(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    start = time.perf_counter()
    return function(*arguments), time.perf_counter() - start
