"""What `warp` draws and `measure` says, against true pictures that neither saw.

    python tests/benchmarks/embedded_bench.py                   the reporting half of the demo people
    python tests/benchmarks/embedded_bench.py --split tuning    the half that bars and constants were set on
    python tests/benchmarks/embedded_bench.py --manifest runs/people-7/people.jsonl   as `make demo-people SEED=7` drew
    python tests/benchmarks/embedded_bench.py --profile         seconds and memory instead

A joiner: it knows models, a flow and a source, and nothing imports it.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import pandas as pd
from bench_slices import by_feature, by_person, seeds
from bench_tables import DRAWN, INPUT, KEPT, OTHER, REFUSED, TRUTH, in_words
from PIL import Image
from profile_embedded import profile
from tqdm.auto import tqdm

from tryon_core.errors import BadInput, Refused, TryonError
from tryon_core.flows.closed_loop import closed_loop
from tryon_core.models import load
from tryon_core.pictures.true_picture import compare
from tryon_core.records import Decision, Judgement, SampleLine
from tryon_core.rubrics.rules import best_attempt, decide, failures
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.sources import open_source

MANIFEST = Path(__file__).resolve().parents[2] / "data_manifests/people.jsonl"


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    source = open_source(asked.manifest)
    lines = [line for line in source.listing().lines if asked.split in ("", line.known.get("split"))]
    if not lines:
        raise BadInput(f"{asked.manifest} has no sample of split {asked.split!r}; give tuning or reporting")
    if asked.profile:
        print(profile(source.load(lines[0]).blind()))
        return
    wanted = lines[:: max(1, len(lines) // asked.limit)][: asked.limit] if asked.limit else lines
    rows = measured(asked.manifest, wanted, lines, asked.workers, asked.pictures)
    if asked.rows:
        asked.rows.write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(report(pd.DataFrame(rows), asked.split))


def report(rows: pd.DataFrame, split: str) -> str:
    """All tables, as Markdown: by candidate, then by person and by what the manifest knows."""
    seeded = [f"rendered from seed {seed} for this report; nothing is tuned on it" for seed in seeds(rows)]
    return "\n\n".join(part for part in (*seeded, in_words(rows, split), by_person(rows), by_feature(rows)) if part)


def measured(
    manifest: Path, wanted: Sequence[SampleLine], lines: Sequence[SampleLine], workers: int, pictures: Path | None
) -> list[dict]:
    """Every candidate of every wanted sample, one row each; several samples at once, the rows in their order."""
    work = partial(candidates, manifest, lines=tuple(lines), pictures=pictures)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        found = tqdm(pool.map(work, wanted), total=len(wanted), unit="sample", disable=not sys.stderr.isatty())
        return [row for rows in found for row in rows]


def candidates(manifest: Path, line: SampleLine, *, lines: Sequence[SampleLine], pictures: Path | None) -> list[dict]:
    """One sample's candidates, each judged blind and compared with the true picture.

    A sample the generator refuses has one row, without numbers, with the reason.
    """
    cv2.setNumThreads(1)
    source, judge, rubric = open_source(manifest), load("measure", role="judge"), RUBRICS["default"]
    sample = source.load(line)
    person, truth, blind = sample.images["person"], sample.images["truth"], sample.blind()
    about = {"sample": line.sample_id, "person": line.pictures["person"]}
    about |= {"kind": line.known.get("garment_type"), "pattern": line.known.get("pattern"), "known": dict(line.known)}

    def row(name: str, image: Image.Image, judgement: Judgement) -> dict:
        scores = {key: score.score for key, score in judgement.scores.items()}
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            image.save(pictures / f"{line.sample_id} {name}.png")
        return {
            **about,
            "candidate": name,
            **asdict(compare(person, truth, image)),
            "lowest": min(score for score in scores.values() if score is not None),
            "accepted": decide(judgement, rubric) is Decision.ACCEPT,
            "scores": scores,
            "said": {key: judgement.scores[key].finding for key in failures(judgement, rubric)},
        }

    try:
        attempts = list(Walk(closed_loop(blind, generator=load("warp"), judge=judge, rubric=rubric)))
    except Refused as refusal:
        return [{**about, "candidate": REFUSED, "reason": f"{refusal.reason}: {refusal}"}]
    undrawn = {INPUT: person, TRUTH: truth}
    if other := next(_others(line, lines), None):
        undrawn[OTHER] = source.load(other).images["truth"]
    kept = best_attempt(attempts, rubric)
    return [
        *(row(name, image, judge(blind, image)) for name, image in undrawn.items()),
        *(row(DRAWN[attempt.number - 1], attempt.image, attempt.judgement) for attempt in attempts),
        *([row(KEPT, kept.image, kept.judgement)] if kept else []),
    ]


def _others(line: SampleLine, lines: Sequence[SampleLine]) -> Iterator[SampleLine]:
    """The same person's samples with other garments of the same kind, from the next one on."""
    at = [one.sample_id for one in lines].index(line.sample_id)
    for one in (*lines[at + 1 :], *lines[:at]):
        same_kind = one.known.get("garment_type") == line.known.get("garment_type")
        if one.pictures["person"] == line.pictures["person"] and same_kind and "truth" in one.pictures:
            yield one


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python tests/benchmarks/embedded_bench.py", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="samples with true pictures (the demo people)")
    parser.add_argument("--split", default="reporting", help="reporting (default) or tuning")
    parser.add_argument("--limit", type=int, help="so many samples, evenly taken")
    parser.add_argument("--workers", type=int, default=2, help="samples at once")
    parser.add_argument("--pictures", type=Path, help="a folder that gets every candidate as PNG")
    parser.add_argument("--rows", type=Path, help="a .jsonl file that gets a line for every candidate")
    parser.add_argument("--profile", action="store_true", help="print seconds and memory of one sample instead")
    return parser


if __name__ == "__main__":
    try:
        main()
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
