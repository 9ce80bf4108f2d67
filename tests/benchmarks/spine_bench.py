"""What the workbench itself costs a sample: CPU seconds with models of no cost, by the number of samples and the size.

    python tests/benchmarks/spine_bench.py                # 1,000 and 10,000 small samples, 24 of 768 x 1024
    python tests/benchmarks/spine_bench.py --large        # 100,000 as well: some minutes and 2 GB of disk

Small samples show whether the cost grows with their number; large pictures what is spent beside decoding them and
encoding them as PNG, which is measured on the same pictures in the same process.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tryon_core.images import decode, to_png
from tryon_core.records import EditRequest, Judgement, ModelCard, Sample, Score
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.batch import run_batch
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
    """(CPU seconds a sample, of those decoding and PNG encoding) of a fresh run with models of no cost.

    pictures  how many different ones there are: samples share them in turn
    """
    made = photographs(pictures, size)
    files = [to_png(picture) for picture in made]
    for number, data in enumerate(files):
        (folder / f"{number}.png").write_bytes(data)
    lines = [
        json.dumps({"sample_id": f"s{n:06d}", "person": f"{n % pictures}.png", "garment": f"{(n + 1) % pictures}.png"})
        for n in range(samples)
    ]
    (folder / "samples.jsonl").write_text("\n".join(lines))
    parameters = BatchParameters(source=str(folder / "samples.jsonl"), output=str(folder / "run"), limit=samples)
    before = time.process_time()
    run_batch(parameters, generator=Copies(photographs(pictures, size, seed=1)), judge=Content(), progress=False)
    spent = time.process_time() - before
    return spent / samples, _coding_s(made, files, samples)


def _coding_s(made: list[Image.Image], files: list[bytes], samples: int) -> float:
    """CPU seconds a sample of decoding two pictures, and of encoding each different one, drawn ones too, once."""
    before = time.process_time()
    for data in files:
        decode(data)
    decoding_s = (time.process_time() - before) / len(files)
    before = time.process_time()
    for picture in made:
        to_png(picture)
    encoding_s = (time.process_time() - before) / len(files)
    return 2 * decoding_s + encoding_s * 2 * len(made) / samples


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--large", action="store_true", help="100,000 small samples as well")
    given = arguments.parse_args()
    sizes = [(1_000, SMALL, 8), (10_000, SMALL, 8), *([(100_000, SMALL, 8)] if given.large else []), (24, LARGE, 24)]
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
