"""Work on many samples at once, with a progress bar, stopping in good order."""

import contextlib
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from ..errors import Stopped

LOOKING_S = 0.5  # between two looks at how many calls were answered
Item, Answer = TypeVar("Item"), TypeVar("Answer")


def side_by_side(
    do: Callable[[Item], Answer],
    items: Sequence[Item],
    *,
    workers: int,
    stop: threading.Event,
    progress: bool,
    journal: Any = None,
    unit: str = "sample",
) -> list[Answer]:
    """`do` for each item, at most `workers` at a time, answers in the items' order; no items, no answers.

    stop     is set by the first fatal error, by SIGTERM and by Ctrl-C; `do` is to raise Stopped where it finds it set
    journal  counts answered calls beside the items
    raises   the first fatal error; Stopped where some items were not finished
    """
    from .notebook.progress import tqdm

    finished: queue.SimpleQueue[Future] = queue.SimpleQueue()  # a finished item costs the same however many wait
    with (
        _stop_on_signals(stop),
        ThreadPoolExecutor(max(1, min(workers, len(items))), unit) as pool,
        tqdm(total=len(items), desc=f"{unit}s", unit=unit, disable=not progress) as bar,
    ):
        futures: list[Future] = [pool.submit(do, item) for item in items]
        for future in futures:
            future.add_done_callback(finished.put)
        try:
            for _ in futures:
                done = _next(finished, bar, journal)
                bar.update(1)
                if done.exception() is not None:
                    stop.set()
        except KeyboardInterrupt:
            stop.set()
    errors = [error for future in futures if (error := future.exception()) is not None]
    fatal = [error for error in errors if not isinstance(error, Stopped)]
    if fatal:
        raise fatal[0]
    if errors:
        raise Stopped(
            f"stopped after {len(items) - len(errors)} of {len(items)} {unit}s; everything finished is recorded, "
            "run the same command again to go on"
        )
    return [future.result() for future in futures]


def _next(finished: "queue.SimpleQueue[Future]", bar: Any, journal: Any) -> Future:
    """The next item that is finished; meanwhile the bar counts the calls that are answered, so that a long sample is
    seen to move."""
    while True:
        try:
            return finished.get(timeout=LOOKING_S if journal is not None else None)
        except queue.Empty:
            bar.set_postfix(calls=journal.answered)


@contextlib.contextmanager
def _stop_on_signals(stop: threading.Event) -> Iterator[None]:
    """SIGTERM sets `stop` while inside; outside the main thread signals cannot be caught and are left alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
