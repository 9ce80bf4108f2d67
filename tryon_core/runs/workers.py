"""Work on many samples at once, with a progress bar, stopping in good order."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from ..errors import Stopped

Item, Answer = TypeVar("Item"), TypeVar("Answer")


def side_by_side(
    one: Callable[[Item], Answer], items: Sequence[Item], workers: int, stop: threading.Event, progress: bool
) -> list[Answer]:
    """`one` for each item, at most `workers` at a time, answers in the items' order.

    stop    is set by the first fatal error, by SIGTERM and by Ctrl-C; `one` is to raise Stopped where it finds it set
    raises  the first fatal error; Stopped where some items were not finished
    """
    from tqdm.auto import tqdm

    with (
        _stop_on_signals(stop),
        ThreadPoolExecutor(min(workers, len(items)), "sample") as pool,
        tqdm(total=len(items), desc="samples", unit="sample", disable=not progress) as bar,
    ):
        futures: list[Future] = [pool.submit(one, item) for item in items]
        try:
            waiting = set(futures)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                bar.update(len(done))
                if any(future.exception() is not None for future in done):
                    stop.set()
        except KeyboardInterrupt:
            stop.set()
    errors = [error for future in futures if (error := future.exception()) is not None]
    fatal = [error for error in errors if not isinstance(error, Stopped)]
    if fatal:
        raise fatal[0]
    if errors:
        raise Stopped(
            f"stopped after {len(items) - len(errors)} of {len(items)} samples; everything finished is recorded, "
            "run the same command again to go on"
        )
    return [future.result() for future in futures]


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
