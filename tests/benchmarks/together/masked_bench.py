"""Candidates of one character task inside a mask: drawn together, how much longer do they take one by one?

    python tests/benchmarks/together/masked_bench.py           four candidates by the toys of the models that draw one
    python tests/benchmarks/together/masked_bench.py --models flux1-fill --candidates 8 --rounds 5

Toys of random weights: only the ratio means something, and of a processor. A joiner: nothing imports it.
"""

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.flows.first_request import looked_at
from tryon_core.models import load
from tryon_core.records import EditRequest, Noise, Settings
from tryon_core.roles import Generator

MODELS = ("flux1-fill", "flux2-klein-4b", "qwen-image-edit", "qwen-image-edit-2509")
SIZE = (96, 128)
STEPS = 8


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    if min(options.candidates, options.rounds) < 1:
        raise BadInput(
            f"--candidates and --rounds are 1 or more; got {options.candidates} candidates, {options.rounds} rounds"
        )
    rows = {name: times_ms(load(f"toy:{name}", device="cpu"), options) for name in options.models}
    print(f"{options.candidates} candidates of {STEPS} steps, fastest of {options.rounds} rounds, ms of a processor")
    print("\n| toy of | together | one by one | ratio |\n|---|---|---|---|")
    for name, (together_ms, singly_ms) in rows.items():
        print(f"| {name} | {together_ms:.1f} | {singly_ms:.1f} | {singly_ms / together_ms:.2f} |")


def times_ms(model: Generator, options: argparse.Namespace) -> tuple[float, float]:
    """(together, one by one) of the same candidates; what is kept of words and pictures is kept for both."""
    calls = [(task(model, seed),) for seed in range(options.candidates)]
    model.batch(calls)  # reads and encodes them
    return (
        _fastest(lambda: model.batch(calls), options.rounds),
        _fastest(lambda: [model(*call) for call in calls], options.rounds),
    )


def task(model: Generator, seed: int) -> EditRequest:
    """A character task with as many pictures as the model looks at."""
    blocks = np.random.default_rng(0).integers(0, 255, (2, 8, 6, 3), dtype=np.uint8)
    pictures = [Image.fromarray(each).resize(SIZE, Image.Resampling.NEAREST) for each in blocks]
    mask = Image.new("L", SIZE)
    mask.paste(255, (24, 32, 72, 96))
    images, settings = looked_at(model, pictures, masked=True), Settings(steps=STEPS)
    return EditRequest(prompt="Show her.", images=images, mask=mask, settings=settings, noise=Noise(seed=seed))


def _fastest(part: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the processor in the fastest round: other work on the machine only ever adds."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        part()
        times.append(time.process_time() - started)
    return 1000 * min(times)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--candidates", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    return parser


if __name__ == "__main__":
    main()
