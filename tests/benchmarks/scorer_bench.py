"""Do the classical scores of one sample's candidates rank them as their distance from the true picture does?

    python tests/benchmarks/scorer_bench.py                       eight noises of every reporting sample, 24 of them
    python tests/benchmarks/scorer_bench.py --split tuning        the half that weights are set on
    python tests/benchmarks/scorer_bench.py --weights '{"garment_outline": 50}'    another weighted sum

Candidates of one sample differ by `warp`'s noise alone, so every correlation is within a sample, and then averaged.
A joiner: it knows models and a source, and nothing imports it.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from embedded_bench import MANIFEST
from scipy.stats import spearmanr
from tqdm.auto import tqdm

from tryon_core.errors import BadInput, Refused, TryonError
from tryon_core.flows.searching.potentials import POTENTIALS
from tryon_core.models import load
from tryon_core.records import EditRequest, Measurement, Noise, Sample, SampleLine
from tryon_core.sources import open_source

WEIGHTS = {term.metric: term.weight / term.scale for term in POTENTIALS["measured"]}  # per unit
SUM = "weighted sum"
Row = dict[str, float | None]


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    lines = [line for line in open_source(options.manifest).listing().lines if options.split in ("", _split(line))]
    if not lines:
        raise BadInput(f"{options.manifest} has no sample of split {options.split!r}; give tuning, reporting or ''")
    wanted = lines[:: max(1, len(lines) // options.limit)][: options.limit] if options.limit else lines
    work = partial(candidates, options.manifest, seeds=options.seeds)
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        samples = list(tqdm(pool.map(work, wanted), total=len(wanted), unit="sample", disable=None))
    if options.rows:
        options.rows.write_text("".join(json.dumps(rows) + "\n" for rows in samples))
    print(in_words([rows for rows in samples if rows], options.weights))


def candidates(manifest: Path, line: SampleLine, *, seeds: int) -> list[Row]:
    """The scores of one sample's candidates, by metric; larger is better in all of them. None for a reason.

    A sample that the generator refuses has none.
    """
    cv2.setNumThreads(1)
    sample, generator, scorers = open_source(manifest).load(line), load("warp"), [load("classical"), load("truth")]
    blind = sample.blind()
    pictures = (blind.images["person"], blind.images["garment"])
    try:
        drawn = [
            generator(EditRequest(prompt=blind.wish, images=pictures, noise=Noise(seed=seed), hints=blind.hints))
            for seed in range(1, seeds + 1)
        ]
    except Refused:
        return []
    return [row for image in drawn if (row := _scored(scorers, sample, image))]


def correlations(samples: Sequence[Sequence[Row]], one: str, other: str) -> np.ndarray:
    """Spearman's, within each sample, of two scores; samples where either is constant or missing are left out."""
    found = []
    for rows in samples:
        pairs = [(row[one], row[other]) for row in rows if row[one] is not None and row[other] is not None]
        if len(pairs) > 2 and all(len(set(values)) > 1 for values in zip(*pairs, strict=True)):
            found.append(float(spearmanr(*zip(*pairs, strict=True)).statistic))
    return np.array(found)


def gained(samples: Sequence[Sequence[Row]], by: str, truth: str) -> float:
    """Where the candidate chosen by a score lies between the average (0) and the best one (1); mean over samples."""
    shares = []
    for rows in samples:
        known = [row for row in rows if row[by] is not None and row[truth] is not None]
        if known and max(row[truth] for row in known) > min(row[truth] for row in known):
            mean, best = np.mean([row[truth] for row in known]), max(row[truth] for row in known)
            shares.append((max(known, key=lambda row: row[by])[truth] - mean) / (best - mean))
    return float(np.mean(shares)) if shares else float("nan")


def summed(rows: Sequence[Row], weights: Mapping[str, float]) -> list[float | None]:
    """The weighted sum of each candidate; what one of them has no number for is left out for all of a sample."""
    known = [name for name in weights if all(row[name] is not None for row in rows)]
    return [sum(abs(weights[name]) * row[name] for name in known) if known else None for row in rows]


def in_words(samples: Sequence[Sequence[Row]], weights: Mapping[str, float] = WEIGHTS) -> str:
    """A Markdown table: correlations of every classical score, and of their weighted sum, with every true one."""
    samples = [
        [{**row, SUM: total} for row, total in zip(rows, summed(rows, weights), strict=True)] for rows in samples
    ]
    truths = [metric.name for metric in load("truth").metrics]
    heads = ["score", *(f"{name} (n)" for name in truths)]
    table = [heads, ["---"] * len(heads)]
    for name in (*(metric.name for metric in load("classical").metrics), SUM):
        table.append([name, *(_cell(correlations(samples, name, truth)) for truth in truths)])
    table.append([f"gained by the {SUM}", *(f"{gained(samples, SUM, truth):+.2f}" for truth in truths)])
    pictures = sum(map(len, samples))
    title = (
        f"{len(samples)} samples, {pictures} pictures; Spearman within a sample, mean over those where it is defined"
    )
    return title + "\n\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in table)


def _scored(scorers: Sequence, sample: Sample, image) -> Row:
    """Numbers by metric, turned so that larger is better."""
    answers = scorers[0](sample.blind(), image) | scorers[1](sample, image)
    return {
        name: (1 if answer.better == "higher" else -1) * answer.value if isinstance(answer, Measurement) else None
        for name, answer in answers.items()
    }


def _cell(values: np.ndarray) -> str:
    return f"{values.mean():+.2f} ({len(values)})" if len(values) else "constant"


def _split(line: SampleLine) -> str | None:
    return line.known.get("split")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python tests/benchmarks/scorer_bench.py", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="samples with true pictures (the demo people)")
    parser.add_argument("--split", default="reporting", help="reporting (default), tuning, or '' for all")
    parser.add_argument("--limit", type=int, default=24, help="so many samples, evenly taken; 0 for all")
    parser.add_argument("--seeds", type=int, default=8, help="noises of each sample")
    parser.add_argument("--workers", type=int, default=2, help="samples at once")
    parser.add_argument("--weights", type=json.loads, default=WEIGHTS, help="of the weighted sum, as JSON")
    parser.add_argument("--rows", type=Path, help="a .jsonl file that gets a line for every sample")
    return parser


if __name__ == "__main__":
    try:
        main()
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
