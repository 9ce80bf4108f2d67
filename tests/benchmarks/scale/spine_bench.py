"""What the workbench itself costs a sample: CPU seconds with models of no cost, by the number of samples and the size.

    python tests/benchmarks/scale/spine_bench.py                # 1,000 and 10,000 small samples, 48 of 768 x 1024
    python tests/benchmarks/scale/spine_bench.py --large        # 100,000 as well: some minutes and 2 GB of disk

Small samples show whether the cost grows with their number; large pictures what is spent beside decoding them and
encoding them as PNG, whose CPU time is taken in the same run.
"""

import argparse
import contextlib
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from PIL import Image

from tryon_core import images
from tryon_core.images import to_png
from tryon_core.records import EditRequest, Judgement, ModelCard, Sample, Score
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.batch import run_batch
from tryon_core.runs.kept import kept_pictures
from tryon_core.runs.parameters import BatchParameters

SMALL, LARGE = (64, 64), (768, 1024)  # (width, height) in pixels
_ACCEPTED = Judgement(scores={key: Score(score=9) for key in RUBRICS["default"].keys})


class Copies:
    """A generator that hands back one of a few pictures, by the seed of nothing: in turn."""

    card = ModelCard(name="copies", revision="1", licence="none", kind="scripted")
    keeps_frame = True  # it redraws nothing

    def __init__(self, pictures: list[Image.Image]):
        self.pictures, self.number = pictures, 0

    def __call__(self, request: EditRequest) -> Image.Image:
        self.number += 1
        return self.pictures[self.number % len(self.pictures)].copy()


class Content:
    """A judge that is always content."""

    card = ModelCard(name="content", revision="1", licence="none", kind="scripted")

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        return _ACCEPTED


def photographs(count: int, size: tuple[int, int], seed: int = 0) -> list[Image.Image]:
    """As hard to encode as a photograph: soft shading and sensor noise."""
    chance, (width, height) = np.random.default_rng(seed), size
    noise_HW3 = chance.normal(0, 2, (height, width, 3)).astype(np.int16)
    made = []
    for number in range(count):
        coarse = Image.fromarray(chance.integers(40, 216, (8, 6, 3), dtype=np.uint8))
        shaded_HW3 = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), dtype=np.int16)
        noisy_HW3 = np.clip(shaded_HW3 + np.roll(noise_HW3, number, axis=0), 0, 255)
        made.append(Image.fromarray(noisy_HW3.astype(np.uint8)))
    return made


def cpu_per_sample(folder: Path, samples: int, size: tuple[int, int], pictures: int) -> tuple[float, float]:
    """(CPU seconds of one more sample, of those decoding and PNG encoding) in a fresh run with models of no cost: the
    difference to a run of a quarter of the samples, so that what a run costs once is left out.

    pictures  how many different ones there are: samples share them in turn
    """
    for number, picture in enumerate(photographs(pictures, size)):
        (folder / f"{number}.png").write_bytes(to_png(picture))
    lines = [
        {"sample_id": f"s{n:06d}", "person": f"{n % pictures}.png", "garment": f"{(n + 1) % pictures}.png"}
        for n in range(samples)
    ]
    (folder / "samples.jsonl").write_text("\n".join(map(json.dumps, lines)))
    drawn = photographs(pictures, size, seed=1)
    few = samples // 4
    run(folder, few, drawn, "before")  # what is imported late
    (some_s, some_coding_s), (all_s, all_coding_s) = (_spent(folder, count, drawn) for count in (few, samples))
    return (all_s - some_s) / (samples - few), (all_coding_s - some_coding_s) / (samples - few)


def _spent(folder: Path, samples: int, drawn: list[Image.Image]) -> tuple[float, float]:
    """(CPU seconds of a run, of those coding)"""
    with coding() as spent:
        before = time.process_time()
        run(folder, samples, drawn, f"run{samples}")
        return time.process_time() - before, spent[0]


@contextlib.contextmanager
def coding() -> Iterator[list[float]]:
    """The CPU seconds that are spent inside on decoding pictures and encoding them, as one number in a list."""
    spent = [0.0]

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            start = time.thread_time()
            try:
                return function(*arguments, **options)
            finally:
                spent[0] += time.thread_time() - start

        return call

    with patch.object(kept_pictures, "to_png", timed(to_png)), patch.object(images, "decode", timed(images.decode)):
        yield spent


def run(folder: Path, samples: int, drawn: list[Image.Image], output: str) -> None:
    parameters = BatchParameters(
        source=str(folder / "samples.jsonl"), output=str(folder / output), limit=samples, run={"workers": 1}
    )
    run_batch(parameters, generator=Copies(drawn), judge=Content(), progress=False)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--large", action="store_true", help="100,000 small samples as well")
    given = arguments.parse_args()
    sizes = [(1_000, SMALL, 8), (10_000, SMALL, 8), *([(100_000, SMALL, 8)] if given.large else []), (48, LARGE, 48)]
    print("samples   pictures       CPU ms a sample   beside decoding and PNG")
    for samples, size, pictures in sizes:
        with tempfile.TemporaryDirectory() as folder:
            cpu_s, coding_s = cpu_per_sample(Path(folder), samples, size, pictures)
        print(
            f"{samples:7}   {size[0]:4} x {size[1]:<4}   {1000 * cpu_s:15.1f}   {1000 * (cpu_s - coding_s):20.1f}",
            flush=True,
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
