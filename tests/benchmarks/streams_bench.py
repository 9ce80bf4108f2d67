"""The dual stream over the embedded models: are tool and mask right for a planted defect, and does it help?

    export PYTHONPATH=tests/models/embedded/planting            where the defects are
    python tests/benchmarks/streams_bench.py                    12 true pictures of the reporting half, each defect
    python tests/benchmarks/streams_bench.py --arms --limit 16  first drafts of warp that fail, against control arms
    python tests/benchmarks/streams_bench.py --split tuning --overlays DIR    each mask over its picture, as PNG

A joiner: it knows models, a flow and a source, and nothing imports it.
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
from PIL import Image
from planted_bench import evenly
from planted_errors import case_of
from planted_streams import DEFECTS, planted_defect
from streams_tables import arms_in_words, planted_in_words
from tqdm.auto import tqdm
from true_masks import iou

from tryon_core.errors import BadInput, Refused, TryonError
from tryon_core.flows.dual_stream import DualStream, dual_stream
from tryon_core.models import FAMILIES, load
from tryon_core.records import EditRequest, ModelCard, Sample, SampleLine
from tryon_core.rubrics.rules import Rubric, best_attempt, failures
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.sources import open_source
from tryon_core.steps import Step

RUBRIC: Rubric = RUBRICS["default"]
ARMS = ("streams", "no_tool", "new_noise")
PICTURES = 4  # of each arm, the first draft among them


class Planted:
    """Draws the picture with the defect in it, whatever it is asked."""

    card, min_images, keeps_frame = ModelCard(name="planted", revision="1", licence="none", kind="scripted"), 2, True

    def __init__(self, image: Image.Image):
        self.image = image

    def __call__(self, request: EditRequest) -> Image.Image:
        return self.image


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    lines = [
        line for line in open_source(options.manifest).listing().lines if options.split in ("", line.known.get("split"))
    ]
    if not lines:
        raise BadInput(f"{options.manifest} has no sample of split {options.split!r}; give tuning, reporting or ''")
    work = partial(arms, options.manifest) if options.arms else partial(planted, options.manifest)
    if options.overlays:
        work = partial(work, overlays=options.overlays)
    rows = []
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn")) as pool:
        wanted = evenly(lines, options.limit or len(lines))
        for of_sample in tqdm(pool.map(work, wanted), total=len(wanted), unit="sample", disable=None):
            rows += of_sample
            if options.rows:  # as they come: a long bench may be cut short
                options.rows.write_text("".join(json.dumps(row) + "\n" for row in rows))
    print((arms_in_words if options.arms else planted_in_words)(pd.DataFrame(rows)))


def models_of_warp() -> dict:
    """Argument of dual_stream -> embedded model."""
    tools = {tool: load(name, role="generator") for tool, name in FAMILIES["warp"].items()}
    return tools | {"judge": load("measure", rubric=RUBRIC), "segmenter": load("cutout", role="segmenter")}


# ---- planted defects -------------------------------------------------------------------------------------------------


def planted(
    manifest: Path, line: SampleLine, kinds: Sequence[str] = tuple(DEFECTS), overlays: Path | None = None
) -> list[dict]:
    """A row for every defect in one sample's true picture; none where the true picture itself is turned down."""
    cv2.setNumThreads(1)
    sample, models = open_source(manifest).load(line), models_of_warp()
    picture, sample = sample.images["truth"], sample.blind()
    about = {"sample": line.sample_id, "person": line.pictures["person"]}
    if failures(models["judge"](sample, picture), RUBRIC):
        return [about | {"kind": "", "fair": False}]
    case, rows = case_of(sample, picture), [about | {"kind": "", "fair": True}]
    for kind in kinds:
        defect = planted_defect(case, kind) if has(line, DEFECTS[kind].needs) else None
        if defect is not None:
            steps = walked(sample, Planted(defect[0]), models, max_iterations=2, satisfaction_threshold=1.0)
            rows.append(about | {"kind": kind, "fair": True} | mended(kind, steps, defect[1]))
            if overlays and "area" in steps[-1].made:
                overlay(steps, defect[1]).save(overlays / f"{line.sample_id} {kind}.png")
    return rows


def has(line: SampleLine, needs: str) -> bool:
    """Whether a sample's garment has what a defect needs."""
    return needs != "pattern" or line.known.get("pattern") not in (None, "", "plain", "none")


def mended(kind: str, steps: Sequence[Step], changed_HW: np.ndarray) -> dict:
    """What the flow did about a defect: tool, mask, and whether its targets are met now."""
    first, second = steps
    failed = failures(first.judgement, RUBRIC)
    if not failed:
        return {"seen": False}
    passed_over = second.data.get("passed_over", [])
    planned = passed_over[0]["tool"] if passed_over else second.data["tool"]
    row = {"seen": True, "planned": planned, "right": planned in DEFECTS[kind].tools, "used": second.data["tool"]}
    row |= {"failed": failed, "met": not set(second.data["targets"]) & set(failures(second.judgement, RUBRIC))}
    row |= {"worse": sorted(set(failures(second.judgement, RUBRIC)) - set(failed))}
    if "area" in second.made:
        area_HW = np.asarray(second.made["area"]) > 0
        row |= {"mask": second.data["mask"], "iou": iou(area_HW, changed_HW), "share": float(area_HW.mean())}
        row |= {"covered": float((area_HW & changed_HW).sum() / changed_HW.sum())}
    return row


def overlay(steps: Sequence[Step], changed_HW: np.ndarray) -> Image.Image:
    """The picture with the defect, its mask in green and the defect's outline in red; and what came of it."""
    first, second = steps
    image_HW3 = np.array(first.image).astype(float)
    image_HW3[np.asarray(second.made["area"]) > 0] = 0.6 * image_HW3[
        np.asarray(second.made["area"]) > 0
    ] + 0.4 * np.array((0, 255, 0))
    outlines, _ = cv2.findContours(changed_HW.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    drawn_HW3 = cv2.drawContours(np.ascontiguousarray(image_HW3.astype(np.uint8)), outlines, -1, (255, 0, 0), 2)
    return Image.fromarray(np.hstack([np.asarray(first.image), drawn_HW3, np.asarray(second.image)]))


# ---- first drafts that fail, by arm ----------------------------------------------------------------------------------


def arms(manifest: Path, line: SampleLine, overlays: Path | None = None) -> list[dict]:
    """A row for every picture of every arm of a sample whose first draft fails; a row that says so where it passes."""
    cv2.setNumThreads(1)
    sample, models = open_source(manifest).load(line).blind(), models_of_warp()
    about, rows = {"sample": line.sample_id, "person": line.pictures["person"]}, []
    try:
        (first,) = walked(sample, load("warp"), models, max_iterations=1)
    except Refused as refusal:
        return [about | {"arm": "", "refused": refusal.reason}]
    if not failures(first.judgement, RUBRIC):
        return [about | {"arm": "", "refused": ""}]
    for arm in ARMS:
        steps = walked(sample, load("warp"), models, arm=arm, max_iterations=PICTURES, satisfaction_threshold=1.0)
        kept = best_attempt(steps, RUBRIC)
        rows += [about | {"arm": arm, "kept": step.number == kept.number} | moved(step, steps) for step in steps]
        if overlays:
            side_by_side = np.hstack([np.asarray(step.image) for step in (steps[0], kept)])
            Image.fromarray(side_by_side).save(overlays / f"{line.sample_id} {arm}.png")
    return rows


def moved(step: Step, steps: Sequence[Step]) -> dict:
    """How a step moved its targets from its base, and what fails now that did not."""
    failed = failures(step.judgement, RUBRIC)
    row = {"stage": step.stage, "failed": failed, "mean": mean_score(step), "accepted": not failed}
    if "base" not in step.data:
        return row
    before = failures(steps[step.data["base"] - 1].judgement, RUBRIC)
    return row | {"moved": step.data["moved"], "broken": sorted(set(failed) - set(before))}


def mean_score(step: Step) -> float:
    scores = [score.score for score in step.judgement.scores.values() if score.score is not None]
    return float(np.mean(scores))


# ---- both ------------------------------------------------------------------------------------------------------------


def walked(sample: Sample, generator: object, models: dict, **settings: object) -> list[Step]:
    """The steps of dual_stream, judged, to its end."""
    flow = dual_stream(sample, generator=generator, rubric=RUBRIC, options=DualStream(**settings), **models)
    steps: Iterator[Step] = Walk(flow)
    return list(steps)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python tests/benchmarks/streams_bench.py", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--manifest", type=Path, default=MANIFEST, help="samples (the demo people)")
    parser.add_argument("--split", default="reporting", help="reporting (default), tuning, or '' for all")
    parser.add_argument("--limit", type=int, default=12, help="so many samples, evenly taken; 0 for all")
    parser.add_argument("--arms", action="store_true", help="first drafts of warp instead of planted defects")
    parser.add_argument("--workers", type=int, default=2, help="samples at once")
    parser.add_argument("--rows", type=Path, help="a .jsonl file that gets a line for every row")
    parser.add_argument("--overlays", type=Path, help="a folder for pictures to look at")
    return parser


if __name__ == "__main__":
    try:
        main()
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
