"""Runs of other shapes than a line of attempts, put together from small records: a tree, stages, words alone."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from doubles import card, picture
from PIL import Image

from tryon_core.records import EditRequest, Measurement, Noise, SampleLine
from tryon_core.rubrics import Rubric
from tryon_core.runs.journal import Journal
from tryon_core.runs.kept.documents import Branch
from tryon_core.runs.kept.info import FlowInfo, RunInfo, claim
from tryon_core.runs.kept.keys import branch_key, record_key
from tryon_core.sources.listing import Listing
from tryon_core.steps import Change, SampleRecord, Spent, Step
from tryon_core.storage.store import open_store

HOSTILE = '<img src=x onerror="alert(1)"> & </textarea>'
SIZE = (64, 80)
DRAWN = {"generator": Spent(calls=1, seconds=2.0, steps=28)}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a hand-made run says of its flow, and its one sample."""

    name: str
    shape: str
    arguments: Mapping[str, str]
    pictures: Mapping[str, Image.Image]
    steps: tuple[Step, ...]
    chosen: int | None
    rubric: Rubric | None = None
    outcome: str = "finished"


def written(where, shaped: Shape) -> str:
    """The run in a folder; returns where it is."""
    store = open_store(str(where))
    journal = Journal(store)
    for step in shaped.steps:
        for image in (step.image, *step.made.values()):
            if image is not None:
                journal.pictures.save(image)
    line = SampleLine(sample_id="one", wish="Wear it.", pictures=dict.fromkeys(shaped.pictures, "x.png"))
    record = SampleRecord(
        sample_id="one",
        line=line,
        pictures={role: journal.pictures.save(image) for role, image in shaped.pictures.items()},
        steps=tuple(replace(step, number=number).record() for number, step in enumerate(shaped.steps, start=1)),
        outcome=shaped.outcome,
        chosen=shaped.chosen,
    )
    store.create(record_key("one"), record.model_dump_json().encode())
    listing = Listing(lines=(line,), skipped=(), found=1)
    flow = FlowInfo(
        name=shaped.name, shape=shaped.shape, arguments=dict(shaped.arguments), pictures=tuple(shaped.pictures)
    )
    info = RunInfo(
        flow=flow,
        parameters={"source": "shelf.jsonl", "seed": 0, "models": {}, "options": {}},
        rubric=json.loads(json.dumps(asdict(shaped.rubric))) if shaped.rubric else None,
        models={argument: card(f"scripted {argument}") for argument in shaped.arguments},
        listing_digest=listing.digest,
        started_utc="2026-01-02T03:04:05Z",
    )
    claim(store, info)
    store.create("listing.json", listing.model_dump_json().encode())
    return str(where)


def branched(where, after: int, change: Change) -> None:
    """A person's branch behind a step of the sample."""
    store = open_store(str(where))
    record = SampleRecord.model_validate_json(store.read(record_key("one")))
    overruled = record.steps[after - 1].model_copy(update={"change": change.record()})
    steps = (*record.steps[: after - 1], overruled)
    branch = Branch(sample_id="one", name="branch-1", after=after, steps=steps, outcome="finished", chosen=change.keep)
    store.create(branch_key("one", "branch-1"), branch.model_dump_json().encode())


def asked(seed: int, prompt: str = "Wear it.") -> EditRequest:
    return EditRequest(prompt=prompt, images=(picture("tan", SIZE),), noise=Noise(seed=seed))


def candidate(stage: str, parent: int, colour: str, score: float | str, **more) -> Step:
    """A scored picture without a judgement; the score may be the reason why there is none."""
    given = score if isinstance(score, str) else Measurement(value=score, unit="points", better="higher")
    scores = {"likeness": given}
    spent = {**DRAWN, "scorer": Spent(calls=1, seconds=0.5)}
    image = picture(colour, SIZE)
    return Step(stage=stage, parent=parent, image=image, request=asked(parent), scores=scores, spent=spent, **more)


TREE = Shape(
    name="search",
    shape="tree",
    arguments={"generator": "generator", "scorer": "scorer"},
    pictures={"init": picture("tan", SIZE)},
    steps=(
        candidate("global", 0, "red", 0.2),
        candidate("global", 0, "green", 0.6, why="the best of the first three"),
        candidate("global", 0, "blue", "the face was not found"),
        candidate("near", 2, "lime", 0.7),
        candidate("near", 2, "teal", 0.9),
    ),
    chosen=5,
)

STAGES = Shape(
    name="garment",
    shape="stages",
    arguments={"analyst": "analyst", "segmenter": "segmenter", "painter": "generator"},
    pictures={"person": picture("tan", SIZE), "garment": picture("navy", SIZE), "character": picture("pink", SIZE)},
    steps=(
        Step(stage="features", data={"pattern": HOSTILE, "colours": ["navy", "white"], "stripes": 7}),
        Step(
            stage="segment",
            parent=1,
            made={"mask": Image.new("L", SIZE, 255), "edges": Image.new("L", SIZE, 90)},
            why="the upper half was named by the features",
            spent={"segmenter": Spent(calls=1, seconds=0.3)},
        ),
        Step(
            stage="inpaint",
            parent=2,
            image=picture("teal", SIZE),
            request=asked(7, "A navy jacket."),
            made={"control": Image.new("L", SIZE, 30)},
            spent={"painter": Spent(calls=1, seconds=2.0, steps=28, money=0.02)},
        ),
    ),
    chosen=3,
)

WORDS = Shape(
    name="describe",
    shape="line",
    arguments={"analyst": "analyst"},
    pictures={},
    steps=(
        Step(stage="describe", data={"title": "A navy jacket", "fields": {"length": "short", "sleeves": HOSTILE}}),
        Step(stage="describe", parent=1, data={"title": "A short navy jacket"}),
    ),
    chosen=2,
)
