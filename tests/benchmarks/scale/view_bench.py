"""Seconds and bytes that the views take over a large run.

    python tests/benchmarks/scale/view_bench.py                  1,000 scripted samples, made in a temporary folder
    python tests/benchmarks/scale/view_bench.py --samples 5000
    python tests/benchmarks/scale/view_bench.py --run runs/demo   a run that is there already

Every row starts from a run that was opened anew, so nothing is remembered from the row before; its files are in the
system's cache. In the browser the same is measured by tests/browser/test_first_paint.py.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import comm
from comm.base_comm import BaseComm
from large_run import PICTURES, SIZE, write_large_run

from tryon_core.errors import TryonError
from tryon_core.runs.reading import Run, open_run
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.chart import png
from tryon_core.view.tables import frames
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.triaging.triage import FailureTriage

ROUNDS = 3
LIMIT_S = 2.0  # a first paint is to take less


class Part(NamedTuple):
    """Something to time: `act` on what `before` made, which is not timed."""

    name: str
    before: Callable[[], Any]
    act: Callable[[Any], Any]


class Taken(NamedTuple):
    """By the clock, by all threads together, and sent to the browser in bytes."""

    seconds: float
    cpu_s: float
    sent: int


class Counted(BaseComm):
    """In place of a browser: what widgets send goes nowhere, its bytes are counted."""

    sent = 0

    def publish_msg(self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any) -> None:
        Counted.sent += len(json.dumps(data)) + sum(len(buffer) for buffer in buffers or ())


@contextmanager
def counted() -> Iterator[None]:
    """Widgets made meanwhile send to Counted."""
    before, comm.create_comm = comm.create_comm, Counted
    try:
        yield
    finally:
        comm.create_comm = before


def parts(where: str) -> Iterator[Part]:
    """Everything that is timed, in the order of the table."""
    opened = partial(open_run, where)

    def stepper() -> IterationStepper:
        return IterationStepper(opened())

    def triage() -> FailureTriage:
        return FailureTriage(opened())

    yield Part("open the run", lambda: None, lambda _: opened())
    yield Part("read every record", opened, lambda run: run.records)
    yield Part("frames.attempts", opened, frames.attempts)
    yield Part("frames.samples", opened, frames.samples)
    for figure in figures.ALL:
        yield Part(f"figures.{figure.__name__}", opened, partial(_drawn, figure))
    yield Part("IterationStepper, first paint", opened, partial(_shown, IterationStepper))
    yield Part("IterationStepper, without its still picture", opened, IterationStepper)
    yield Part("IterationStepper, another sample", stepper, _set("sample_id", _last))
    yield Part("FailureTriage, first paint", opened, partial(_shown, FailureTriage))
    yield Part("FailureTriage, without its still picture", opened, FailureTriage)
    yield Part("FailureTriage, next page", triage, _set("page", lambda _: 2))
    yield Part("FailureTriage, next picture", triage, _set("selected", lambda _: 1))
    yield Part("FailureTriage, another bar", triage, _set("bar", lambda widget: len(widget.bars) - 1))


def _set(trait: str, value: Callable[[Any], Any]) -> Callable[[Any], None]:
    return lambda widget: setattr(widget, trait, value(widget))


def _drawn(figure: Callable[[Run], Any], run: Run) -> None:
    png(figure(run))


def _shown(kind: Callable[[Run], Any], run: Run) -> list[dict]:
    """What a cell does that ends in a widget."""
    return kind(run).outputs()


def _last(widget: Any) -> str:
    return widget.run.listing.lines[-1].sample_id


def timed(part: Part) -> Taken:
    """The median of ROUNDS rounds; the bytes are those of the last one."""
    seconds: list[float] = []
    cpu_s: list[float] = []
    for _ in range(ROUNDS):
        made, Counted.sent = part.before(), 0
        started, worked = time.perf_counter(), time.process_time()
        answer = part.act(made)
        seconds.append(time.perf_counter() - started)
        cpu_s.append(time.process_time() - worked)
    bundle = len(json.dumps(answer)) if isinstance(answer, list) else 0
    return Taken(median(seconds), median(cpu_s), Counted.sent + bundle)


def table(where: str) -> str:
    """One line a part; a first paint that takes too long is marked."""
    lines = [f"{'':46s} seconds     CPU s   kB sent"]
    with counted():
        for part in parts(where):
            taken = timed(part)
            late = f"  more than {LIMIT_S:g} s" if part.name.endswith("first paint") and taken.seconds > LIMIT_S else ""
            lines.append(f"{part.name:46s} {taken.seconds:7.2f} {taken.cpu_s:9.2f} {taken.sent / 1000:9.0f}{late}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python tests/benchmarks/scale/view_bench.py", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--samples", type=int, default=1000, help="of the run that is made (1000)")
    parser.add_argument("--run", help="a folder or s3://bucket/prefix, in place of one that is made")
    asked = parser.parse_args()
    if asked.run:
        print(table(asked.run))
        return
    with tempfile.TemporaryDirectory(prefix="tryon-bench-") as folder:
        where = write_large_run(folder, asked.samples)
        print(f"{asked.samples} samples, {PICTURES} pictures of {SIZE[0]} x {SIZE[1]} shared among them in turn")
        print(table(where))


if __name__ == "__main__":
    try:
        main()
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
