"""A run of any size whose answers are scripted, to measure how the views bear it; nothing in it is a result.

Records, run.json, listing and attempts.parquet are written as a batch writes them. The pictures weigh what a photograph
weighs (768 x 1024 pixels, about 1 MB of PNG each), but there are only PICTURES of them: samples share them in turn, so
that a page of a gallery reads as many different files as it shows, and a thousand samples fit on a disk.
Shapes: H, W image rows and columns; 3 is RGB.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.flows.closed_loop import closed_loop
from tryon_core.records import EditRequest, Fix, Judgement, ModelCard, Region, Sample, SampleLine, Score
from tryon_core.rubrics.rules import Rubric
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.journal import Journal
from tryon_core.runs.kept.info import FlowInfo, RunInfo, claim
from tryon_core.runs.kept.keys import record_key
from tryon_core.runs.kept.rows import step_rows, to_parquet
from tryon_core.runs.sample_run import outcome_of
from tryon_core.runs.walk import Walk
from tryon_core.sources.listing import Listing
from tryon_core.steps import SampleRecord, Spent
from tryon_core.storage.store import Store, open_store

PICTURES, SIZE = 60, (768, 1024)  # (width, height) in pixels
_RUBRIC = RUBRICS["default"]
_GREY = Image.new("RGB", (8, 8), "grey")  # stands for every picture while the loop runs; digests are put in afterwards
_SPENT = {"generator": Spent(calls=1, seconds=2.0), "judge": Spent(calls=1, seconds=1.0)}
_AS_DRAWN = {"size": SIZE, "spent": _SPENT}
_FLOW = FlowInfo(
    name="closed_loop", arguments={"generator": "generator", "judge": "judge"}, pictures=("person", "garment")
)
_KNOWN = {
    "difficulty": ("easy", "medium", "hard"),
    "gender": ("female", "male"),
    "garment_type": ("upper", "lower", "dress"),
    "pattern": ("plain", "stripes", "dots", "checks", "letters"),
}


def write_large_run(where: str | Path, samples: int = 1000, pictures: int = PICTURES, seed: int = 0) -> str:
    """Write the run to a new folder or bucket prefix; the same arguments give the same run. Returns where it is."""
    if samples < 1 or pictures < 1:
        raise BadInput(f"a run to measure needs 1 sample and 1 picture at least, got {samples} and {pictures}")
    store, chance = open_store(str(where)), np.random.default_rng(seed)
    pool = [Journal(store).pictures.save(picture) for picture in _pictures(pictures, chance)]
    lines = tuple(_line(number) for number in range(samples))
    records = [_record(line, number, chance, pool) for number, line in enumerate(lines)]
    for record in records:
        store.create(record_key(record.sample_id), record.model_dump_json().encode())
    store.create("attempts.parquet", to_parquet(step_rows(records, _RUBRIC)))
    _describe(store, Listing(lines=lines, found=samples))
    return store.url


def _pictures(count: int, chance: np.random.Generator) -> Iterator[Image.Image]:
    """Soft shading and sensor noise: as hard to decode as a photograph."""
    width, height = SIZE
    noise_HW3 = chance.normal(0, 2, (height, width, 3)).astype(np.int16)
    for number in range(count):
        coarse = Image.fromarray(chance.integers(40, 216, (8, 6, 3), dtype=np.uint8))
        shaded_HW3 = np.asarray(coarse.resize(SIZE, Image.Resampling.BICUBIC), dtype=np.int16)
        yield Image.fromarray(np.clip(shaded_HW3 + np.roll(noise_HW3, number, axis=0), 0, 255).astype(np.uint8))


def _line(number: int) -> SampleLine:
    known = {name: values[number % len(values)] for name, values in _KNOWN.items()}
    pictures = {"person": "person.png", "garment": "garment.png"}
    return SampleLine(sample_id=f"sample_{number:05d}", pictures=pictures, known=known)


def _record(line: SampleLine, number: int, chance: np.random.Generator, pool: list[str]) -> SampleRecord:
    """One sample's loop as the flow runs it, with a judge that draws lots; its pictures come from the pool in turn."""
    sample = Sample(sample_id=line.sample_id, wish=line.wish, images={"person": _GREY, "garment": _GREY})
    lots = _Lots(chance)
    walk = Walk(closed_loop(sample, generator=lots.draw, judge=lots.judge, rubric=_RUBRIC))
    steps = tuple(
        step.record().model_copy(update={"picture": pool[(number + 7 * step.number) % len(pool)], **_AS_DRAWN})
        for step in walk
    )
    return SampleRecord(
        sample_id=line.sample_id,
        line=line,
        pictures={"person": pool[(number + 1) % len(pool)], "garment": pool[(number + 2) % len(pool)]},
        steps=steps,
        outcome=outcome_of(steps, walk.chosen),
        chosen=walk.chosen,
    )


class _Lots:
    """A generator that draws nothing new and a judge that answers by chance, with findings, regions and fixes."""

    card = ModelCard(name="lots", revision="1", licence="none", kind="scripted")

    def __init__(self, chance: np.random.Generator, rubric: Rubric = _RUBRIC):
        self._chance, self._rubric = chance, rubric

    def draw(self, request: EditRequest) -> Image.Image:
        return _GREY

    def judge(self, sample: Sample, image: Image.Image) -> Judgement:
        return Judgement(scores={key: self._score(key) for key in self._rubric.keys})

    def _score(self, key: str) -> Score:
        value = float(self._chance.choice([3, 5, 6, 7, 8, 9, 10], p=[0.02, 0.02, 0.04, 0.06, 0.2, 0.36, 0.3]))
        left, top = self._chance.uniform(0, 0.6, 2)
        finding = f"The answer on {key.replace('_', ' ')} was drawn by lot: {value:g} of 10, in the box that is shown."
        fix = Fix(constraint=key, text=f"mend the {key.replace('_', ' ')}", aspect="hem", amount=0.05)
        return Score(
            score=value,
            finding=finding,
            region=Region(left=left, top=top, right=left + 0.3, bottom=top + 0.3),
            fixes=(fix,) if value < self._rubric.rule.accept_at else (),
        )


def _describe(store: Store, listing: Listing) -> None:
    """run.json and listing.json, as of a closed loop with scripted models."""
    info = RunInfo(
        flow=_FLOW,
        parameters={"source": "lots.jsonl", "models": {}, "options": {"max_iterations": 4}, "seed": 0},
        rubric=json.loads(json.dumps(asdict(_RUBRIC))),
        models={"generator": _Lots.card, "judge": _Lots.card},
        listing_digest=listing.digest,
        started_utc="2026-01-01T00:00:00Z",
        versions={},
        commit="",
    )
    claim(store, info)
    store.create("listing.json", listing.model_dump_json().encode())
