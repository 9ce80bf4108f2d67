"""Scheduling alone: the batch job over models that only wait, so that what is lost between them can be seen."""

import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..images import digest
from ..records import EditRequest, Judgement, ModelCard, Sample, Score, canonical
from ..roles import ROLES, Generator
from ..rubrics.shipped import RUBRICS
from ..runs.batch import run_batch
from ..runs.batching import LINGER_S
from ..runs.journal import Journal
from ..runs.parameters import BatchParameters, RunOptions
from ..steps import SampleRecord
from ..storage.store import FolderStore

DRAW_S, JUDGE_S, JUDGE_BATCH = 1.0, 4.0, 16  # a picture; a batch of judgements; how many share one
GENERATOR_BATCH = 4  # a batch of the generator takes as long as its items, so a long one only keeps the judge waiting
STORING_S = DRAW_S  # in a slow place: keeping a picture takes as long as drawing it
CASES = (  # samples, scale, storing_s; eight samples in full, since they come in two groups that milliseconds tear
    (8, 1.0, 0.0),
    (16, 0.1, 0.0),
    (32, 0.1, 0.0),
    (16, 0.1, STORING_S),
    (32, 0.1, STORING_S),
)
_SIDE_PX = 64


@dataclass
class Waiting:
    """Answers after a fixed time.

    item_s, batch_s  seconds for each call and for each batch of them
    sizes            of the batches it was given
    began, ended     when the first of them came and the last was answered, by time.perf_counter
    """

    name: str
    answer: Callable[..., Any]
    item_s: float
    batch_s: float
    sizes: list[int] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0

    def __post_init__(self) -> None:
        self.card = ModelCard(name=self.name, revision="1", licence="none", kind="scripted", source="waits")

    def batch(self, calls: Sequence[tuple]) -> list[Any]:
        self.began = self.began or time.perf_counter()
        self.sizes.append(len(calls))
        time.sleep(self.batch_s + self.item_s * len(calls))
        answers = [self.answer(*call) for call in calls]
        self.ended = time.perf_counter()
        return answers


class SlowFolder(FolderStore):
    """A folder in which every write takes `write_s` longer, as it does in a bucket far away."""

    def __init__(self, folder: Path, write_s: float):
        super().__init__(folder)
        self.write_s = write_s

    def create(self, key: str, data: bytes) -> bool:
        time.sleep(self.write_s)
        return super().create(key, data)

    def replace(self, key: str, data: bytes, seen: str | None) -> str:
        time.sleep(self.write_s)
        return super().replace(key, data, seen)

    def link(self, source: str, target: str) -> None:
        time.sleep(self.write_s)
        super().link(source, target)


def drawn(request: dict[str, Any]) -> Image.Image:
    """One colour, made from all that the generator is told. request: as EditRequest.record() gives it"""
    red, green, blue = hashlib.sha256(canonical(request).encode()).digest()[:3]
    return Image.new("RGB", (_SIDE_PX, _SIDE_PX), (red, green, blue))


def judged(sample: Sample, image: Image.Image) -> Judgement:
    """0 for each constraint, so that every attempt starts over from new noise until the iterations run out; the finding
    says whose picture it was asked about."""
    about = f"{sample.wish} {digest(image)}"
    return Judgement(scores={key: Score(score=0, finding=about) for key in RUBRICS["default"].keys})


@dataclass(frozen=True)
class Schedule:
    """From the first drawing's begin to the last judgement, and how long that takes at best; seconds at the scale it
    ran in."""

    seconds: float
    ideal: float
    records: tuple[SampleRecord, ...]
    draws: list[int]  # sizes of the generator's batches
    judgements: list[int]

    @property
    def share(self) -> float:
        """Of the ideal schedule's speed; 1 is as good as can be."""
        return self.ideal / self.seconds


def ideal_s(samples: int, iterations: int, judge_batch: int = JUDGE_BATCH) -> float:
    """No schedule is faster, in seconds: the largest of three bounds, in which storing takes no time.

    Every picture is drawn by one generator and the last is judged after it; every sample draws and judges in turn; the
    judge starts after the first picture and works through all batches.
    """
    total = samples * iterations
    in_turn = iterations * (DRAW_S + JUDGE_S)
    return max(total * DRAW_S + JUDGE_S, in_turn, DRAW_S + -(-total // judge_batch) * JUDGE_S)


def scheduling(samples: int = 16, iterations: int = 4, scale: float = 0.05, storing_s: float = 0.0) -> Schedule:
    """`iterations` candidates of each sample through batch.run_batch, with its threads, journal and records.

    scale      real seconds for a second of the models' latency; the linger of a batch is scaled alike
    storing_s  what keeping a drawn picture and its call takes longer, at full scale; every write takes half of that
    """
    generator = Waiting("draws", lambda request: drawn(request.record()), DRAW_S * scale, 0.0)
    judge = Waiting("judges", judged, 0.0, JUDGE_S * scale)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        limits = RunOptions(max_batch={"generator": GENERATOR_BATCH, "judge": JUDGE_BATCH})
        parameters = BatchParameters(source=str(_manifest(folder, samples)), max_iterations=iterations, run=limits)
        done = run_batch(
            parameters,
            generator=generator,
            judge=judge,
            linger_s=LINGER_S * scale,
            store=SlowFolder(folder / "run", storing_s / 2 * scale),
            progress=False,
        )
    ideal = ideal_s(samples, iterations) * scale
    return Schedule(judge.ended - generator.began, ideal, done.records, generator.sizes, judge.sizes)


def _manifest(folder: Path, samples: int) -> Path:
    """As many samples, told apart by their wishes, of one person and one garment."""
    for role in ("person", "garment"):
        drawn({"role": role}).save(folder / f"{role}.png")
    line = {"person": "person.png", "garment": "garment.png"}
    lines = [json.dumps({**line, "sample_id": f"s{n}", "wish": f"wish {n}"}) for n in range(samples)]
    path = folder / "samples.jsonl"
    path.write_text("\n".join(lines))
    return path


def in_words(done: Schedule, storing_s: float = 0.0) -> str:
    """What was reached, in one line."""
    stored = f", storing a picture {storing_s:g} s" if storing_s else ""
    return (
        f"{len(done.records)} samples{stored}: {done.share:.0%} of the ideal schedule ({done.seconds:.2f} s, at best "
        f"{done.ideal:.2f} s; {len(done.draws)} batches drawn, {len(done.judgements)} judged)"
    )


def report(size: tuple[int, int]) -> Iterator[str]:
    """Lines: 16 samples where storing takes no time and where it is slow, and what a picture's own sample waits.

    size   (width, height) of the picture that is kept, in pixels
    """
    total = 16 * 4
    yield "scheduling alone: models that only wait, 1 s a picture and 4 s a batch of up to 16 judgements, at 1/20"
    for storing_s in (0.0, STORING_S):
        yield in_words(scheduling(storing_s=storing_s), storing_s)
    hot = ideal_s(16, 4) / (total * (DRAW_S + STORING_S) + JUDGE_S)
    yield f"(stored in the generator's own thread instead, it could be {hot:.0%} at most)"
    yield waits(size)


def waits(size: tuple[int, int]) -> str:
    """What keeping a picture costs, in one line. size: as for kept_s"""
    return (
        f"to hash, encode, write and read back a picture of {size[0]} x {size[1]}: {kept_s(size):.2f} s at most, which "
        "its own sample waits before it is judged and no model does"
    )


def kept_s(size: tuple[int, int], repeats: int = 3) -> float:
    """What a drawn picture's own sample waits before it is judged: hashed, encoded as PNG, written, read back. Seconds,
    the median of `repeats`; of noise, which no PNG makes smaller, so that a photograph takes less."""
    drawn_HW3 = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    picture, seconds = Image.fromarray(drawn_HW3), []
    at_once = Waiting("draws", lambda _: picture, 0.0, 0.0)
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            generator = Journal(FolderStore(Path(folder))).model(at_once, ROLES[Generator])
            started = time.perf_counter()
            generator(EditRequest(prompt="", images=(picture,)))
            seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)
