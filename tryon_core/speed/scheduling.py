"""Batching alone: models that only wait, so that what is lost between them can be seen."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from ..batching import coalesce
from ..records import ModelCard

DRAW_S, JUDGE_S, JUDGE_BATCH = 1.0, 4.0, 16  # a picture; a batch of judgements; how many share one
GENERATOR_BATCH = 4  # a batch of the generator takes as long as its items, so a long one only keeps the judge waiting


@dataclass
class Waiting:
    """Answers with its argument after a fixed time.

    item_s, batch_s  seconds for each call and for each batch of them
    sizes            of the batches it was given
    """

    name: str
    item_s: float
    batch_s: float
    sizes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.card = ModelCard(name=self.name, revision="1", licence="none", kind="scripted", source="waits")

    def batch(self, calls: Sequence[tuple]) -> list[Any]:
        self.sizes.append(len(calls))
        time.sleep(self.batch_s + self.item_s * len(calls))
        return [call[0] for call in calls]


@dataclass(frozen=True)
class Schedule:
    """How long it took, and how long it would have at best; seconds at the scale it ran in."""

    seconds: float
    ideal: float
    answers: list[list[tuple[int, int]]]
    draws: list[int]  # sizes of the generator's batches
    judgements: list[int]

    @property
    def share(self) -> float:
        """Of the ideal schedule's speed; 1 is as good as can be."""
        return self.ideal / self.seconds


def ideal_s(samples: int, iterations: int, judge_batch: int = JUDGE_BATCH) -> float:
    """No schedule is faster, in seconds: the largest of three bounds.

    Every picture is drawn by one generator and the last is judged after it; every sample draws and judges in turn; the
    judge starts after the first picture and works through all batches.
    """
    total = samples * iterations
    in_turn = iterations * (DRAW_S + JUDGE_S)
    return max(total * DRAW_S + JUDGE_S, in_turn, DRAW_S + -(-total // judge_batch) * JUDGE_S)


def scheduling(samples: int = 16, iterations: int = 4, scale: float = 0.05) -> Schedule:
    """`iterations` candidates of each sample, one thread a sample, through batching.coalesce.

    scale   real seconds for a second of the models' latency; the linger of a batch is scaled alike
    """
    generator, judge = Waiting("draws", DRAW_S * scale, 0.0), Waiting("judges", 0.0, JUDGE_S * scale)
    draw = coalesce(generator, GENERATOR_BATCH, 0.02 * scale)
    score = coalesce(judge, JUDGE_BATCH, 0.02 * scale)
    started = time.perf_counter()
    with ThreadPoolExecutor(samples) as pool:
        work = pool.map(lambda row: [score(draw((row, n))) for n in range(iterations)], range(samples))
        answers = list(work)
    seconds = time.perf_counter() - started
    draw.close()
    score.close()
    return Schedule(seconds, ideal_s(samples, iterations) * scale, answers, generator.sizes, judge.sizes)


def in_words(done: Schedule) -> str:
    """What was reached, in one line."""
    return (
        f"{done.seconds:.2f} s of at least {done.ideal:.2f} s: {done.share:.0%} of the ideal schedule; "
        f"{len(done.draws)} batches drawn, {len(done.judgements)} judged (largest {max(done.judgements)})"
    )
