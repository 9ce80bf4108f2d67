"""What `measure` says of errors planted in true pictures: is each kind seen, by its own constraint, from which size on?

    export PYTHONPATH=tests/models/embedded/planting            where the errors are
    python tests/benchmarks/planted_bench.py                    24 samples of the reporting half of the demo people
    python tests/benchmarks/planted_bench.py --limit 0          all of it
    python tests/benchmarks/planted_bench.py --limit 0 --split '' --kinds    nothing planted, harmless changes alone
    python tests/benchmarks/planted_bench.py --manifest FILE --split ''    any samples; first drafts where no truth is

A joiner: it knows models and a source, and nothing imports it.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from embedded_bench import MANIFEST
from harmless import HARMLESS
from PIL import Image
from planted_errors import ERRORS, SIZES, case_of, planted_error
from planted_tables import HARMLESS_KIND, PLANTED_KIND, UNTOUCHED, in_words
from tqdm.auto import tqdm

from tryon_core.errors import BadInput, Refused, TryonError
from tryon_core.flows.closed_loop import opening_request
from tryon_core.models import load
from tryon_core.records import Sample, SampleLine
from tryon_core.sources import open_source


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    lines = [
        line for line in open_source(options.manifest).listing().lines if options.split in ("", line.known.get("split"))
    ]
    if not lines:
        raise BadInput(f"{options.manifest} has no sample of split {options.split!r}; give tuning, reporting or ''")
    rows = measured(options.manifest, evenly(lines, options.limit or len(lines)), options.workers, options.kinds)
    if options.rows:
        options.rows.write_text("".join(json.dumps(row) + "\n" for row in rows))
    print(in_words(pd.DataFrame(rows)))


def evenly(lines: Sequence[SampleLine], count: int) -> list[SampleLine]:
    """At most `count` of the lines, evenly taken, the first and the last among them."""
    places = np.unique(np.linspace(0, len(lines) - 1, min(count, len(lines))).round().astype(int))
    return [lines[place] for place in places]


def measured(manifest: Path, wanted: Sequence[SampleLine], workers: int, kinds: Sequence[str]) -> list[dict]:
    """A row for every judged picture of every wanted sample; several samples at once, the rows in their order."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        work = pool.map(partial(judgements, manifest, kinds=kinds), wanted)
        judged = tqdm(work, total=len(wanted), unit="sample", disable=None)
        return [row for rows in judged for row in rows]


def judgements(manifest: Path, line: SampleLine, kinds: Sequence[str] = tuple(ERRORS)) -> list[dict]:
    """One sample's true picture judged as it is, after every harmless change, and with these errors at every size.

    A sample without a true picture lends its first draft. One that the models refuse has no row.
    """
    cv2.setNumThreads(1)
    sample, judge = open_source(manifest).load(line), load("measure", role="judge")
    about = {
        "sample": line.sample_id,
        "person": line.pictures["person"],
        "garment_type": line.known.get("garment_type"),
    }
    rows = []
    try:
        for changed in changed_pictures(sample, kinds):
            judgement = judge(sample.blind(), changed.pop("image"))
            scores = {key: score.score for key, score in judgement.scores.items()}
            low = {
                key: judgement.scores[key].finding for key, score in scores.items() if score is not None and score < 8
            }
            rows.append(about | changed | {"scores": scores, "said": low})
    except Refused:
        return []
    return rows


def changed_pictures(sample: Sample, kinds: Sequence[str]) -> Iterator[dict]:
    """The sample's picture, unchanged and changed: what was done to it, at which size, and the image."""
    picture = sample.images.get("truth") or load("warp")(opening_request(sample.blind(), 0))
    yield {"what": UNTOUCHED, "kind": "", "size": "", "image": picture}
    for name, change in HARMLESS.items():
        yield {"what": HARMLESS_KIND, "kind": name, "size": "", "image": change(picture)}
    if not kinds:
        return
    case = case_of(sample, picture)
    for kind in kinds:
        for size in SIZES:
            image: Image.Image | None = planted_error(case, kind, size)
            if image is not None:
                yield {"what": PLANTED_KIND, "kind": kind, "size": size, "image": image}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python tests/benchmarks/planted_bench.py", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="samples (the demo people)")
    parser.add_argument("--split", default="reporting", help="reporting (default), tuning, or '' for all")
    parser.add_argument("--limit", type=int, default=24, help="so many samples, evenly taken; 0 for all")
    parser.add_argument(
        "--kinds", nargs="*", choices=list(ERRORS), default=list(ERRORS), metavar="KIND", help="planted"
    )
    parser.add_argument("--workers", type=int, default=2, help="samples at once")
    parser.add_argument("--rows", type=Path, help="a .jsonl file that gets a line for every judged picture")
    return parser


if __name__ == "__main__":
    try:
        main()
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
