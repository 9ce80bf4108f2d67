"""Four small flows that prove the spine, none of them shipped, with scripted models of the roles they need.

Importing this module adds them to the tables, as a plugin of a user would: $TRYON_PLUGINS=four_flows.
Every call of a model here is noted in CALLS, so that a test can say that none was repeated.
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doubles import Lottery, card
from PIL import Image, ImageDraw

from tryon_core import flows, models
from tryon_core.errors import Refused
from tryon_core.flows import Filling, FlowLine
from tryon_core.records import EditRequest, Judgement, Measurement, Noise, Sample, canonical
from tryon_core.roles import Analyst, Answer, Generator, Judge, Mask, Scorer, Segmenter, SegmentPrompt, Writer
from tryon_core.rubrics import Rubric, decide
from tryon_core.runs.parameters import BatchParameters
from tryon_core.steps import Flow, Spent, Step

CALLS: Counter[str] = Counter()  # question -> how often a model answered it
SIZES: dict[str, list[int]] = {"candidates": [], "scores": []}  # of the batches that reached a model
_GUARD = threading.Lock()


def note(role: str, question: object) -> bytes:
    text = f"{role} {canonical(question)}"
    with _GUARD:
        CALLS[text] += 1
    return hashlib.sha256(text.encode()).digest()


# ---- a search: eight candidates in two stages, a scorer chooses, no judge --------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Search:
    """Settings: `wide` candidates, then `children` of each of the best `parents`."""

    wide: int = 4
    parents: int = 2
    children: int = 2


def search(sample: Sample, *, generator: Generator, scorer: Scorer, options: Search = Search(), seed: int = 0) -> Flow:
    def potential(step: Step) -> float:
        return step.scores["potential"].value

    def stage(name: str, noises: Sequence[Noise], parents: Sequence[int]):
        requests = [EditRequest(prompt=sample.wish, images=tuple(sample.images.values()), noise=n) for n in noises]
        images = generator.all([(request,) for request in requests])
        scored = scorer.all([(sample, image) for image in images])
        for request, image, scores, parent in zip(requests, images, scored, parents, strict=True):
            steps.append(Step(stage=name, image=image, request=request, scores=scores, parent=parent))
            yield steps[-1]

    steps: list[Step] = []
    yield from stage("global", [Noise(seed=seed + n) for n in range(options.wide)], [0] * options.wide)
    best = sorted(range(options.wide), key=lambda n: -potential(steps[n]))[: options.parents]
    near = [(n, Noise(seed=seed + n, steps=((child, 0.9),))) for n in best for child in range(options.children)]
    yield from stage("near", [noise for _, noise in near], [n + 1 for n, _ in near])
    return 1 + max(range(len(steps)), key=lambda n: potential(steps[n]))


# ---- a pipeline: features without a picture, an analyst's record, a mask, a picture inside it ------------------------


def pipeline(sample: Sample, *, segmenter: Segmenter, analyst: Analyst, generator: Generator, seed: int = 0) -> Flow:
    garment = sample.images["garment"]
    yield Step(stage="features", data={"mean": [round(v) for v in garment.resize((1, 1)).getpixel((0, 0))]})
    record = analyst(sample)
    yield Step(stage="analysis", parent=1, data=dict(record), why="what the analyst saw")
    mask = segmenter(sample.images["person"], SegmentPrompt(words="top"))[0].image
    change = yield Step(stage="segment", parent=2, made={"mask": mask}, data={"share": 0.25})
    mask = change.images.get("mask", mask) if change else mask  # a person may have drawn another
    request = EditRequest(
        prompt=f"{sample.wish} {record['fabric']}",
        images=(sample.images["person"], garment),
        mask=mask,
        noise=Noise(seed=seed),
    )
    image = Image.composite(generator(request), sample.images["person"], mask)
    yield Step(stage="inpaint", parent=3, request=request, image=image, made={"mask": mask}, why="inside the mask")
    return 4


# ---- words only: a sample without any picture ------------------------------------------------------------------------


def words_only(sample: Sample, *, writer: Writer, seed: int = 0) -> Flow:
    first = writer(f"Describe: {sample.wish}", [])
    yield Step(stage="draft", data={"words": first, "length": len(first)})
    second = writer(f"Shorten: {first}", [])
    yield Step(stage="short", parent=1, data={"words": second, "length": len(second)}, why="shorter is better")
    return 2


# ---- one picture 'init', asked by the general rubric -----------------------------------------------------------------


def edit_once(sample: Sample, *, generator: Generator, judge: Judge, rubric: Rubric, seed: int = 0) -> Flow:
    steps: list[Step] = []
    for number in range(3):
        request = EditRequest(prompt=sample.wish, images=(sample.images["init"],), noise=Noise(seed=seed + number))
        image = generator(request)
        judgement = judge(sample, image)
        steps.append(Step(image=image, request=request, judgement=judgement, decision=decide(judgement, rubric)))
        yield steps[-1]
    return 2  # the flow's own choice: not the last, nor the rubric's best


# ---- models ----------------------------------------------------------------------------------------------------------


class Candidates:
    """Draws a colour made from all that it is asked, in batches; four denoising steps a picture."""

    card = card("candidates")

    def metered(self, calls):
        SIZES["candidates"].append(len(calls))
        return [Answer(self(*call), Spent(calls=1, seconds=2.0, steps=4)) for call in calls]

    def __call__(self, request: EditRequest) -> Image.Image:
        digest = note("candidates", request.record())
        image = Image.new("RGB", request.images[0].size if request.images else (64, 64), "#" + digest[:3].hex())
        ImageDraw.Draw(image).ellipse((8, 8, 24 + digest[3] % 24, 40), fill="#" + digest[4:7].hex())
        return image


class Potential:
    """A number from the picture alone, and one that it cannot give."""

    card = card("potential")

    def metered(self, calls):
        SIZES["scores"].append(len(calls))
        return [Answer(self(*call), Spent(calls=1, seconds=0.5)) for call in calls]

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        digest = note("potential", [sample.record(), hashlib.sha256(image.tobytes()).hexdigest()])
        return {"potential": Measurement(value=digest[0] / 255, unit="of 1"), "face": "no face in the picture"}


class Priced:
    """Every call costs a quarter of a second; one that is refused does not hold up those beside it."""

    def metered(self, calls):
        return [Answer(self._answered(call), Spent(calls=1, seconds=0.25)) for call in calls]

    def _answered(self, call):
        try:
            return self(*call)
        except Refused as refusal:
            return refusal


class Halves(Priced):
    """A mask of the upper half."""

    card = card("halves")

    def __call__(self, image: Image.Image, prompt: SegmentPrompt) -> list[Mask]:
        note("halves", [hashlib.sha256(image.tobytes()).hexdigest(), prompt.words])
        mask = Image.new("L", image.size, 0)
        mask.paste(255, (0, 0, image.width, image.height // 2))
        return [Mask(image=mask)]


class Looks(Priced):
    card = card("looks")

    def __call__(self, sample: Sample) -> dict:
        note("looks", sample.record())
        return {"fabric": "cotton", "folds": 3, "sheer": False, "worn": None, "colours": ["red", "blue"]}


class Words(Priced):
    card = card("words")

    def __call__(self, question: str, images) -> str:
        return f"{question} {note('words', question)[:2].hex()}"


class NotedLottery(Lottery):
    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        note("lottery", [sample.record(), hashlib.sha256(image.tobytes()).hexdigest()])
        return super().__call__(sample, image)


def lottery(rubric: Rubric) -> NotedLottery:
    return NotedLottery(rubric)


HERE = "four_flows"
LINES = {
    "test_search": FlowLine(
        function=search,
        needs=("person", "garment"),
        shape="tree",
        models={"generator": Filling(default="candidates"), "scorer": Filling(default="potential")},
    ),
    "test_pipeline": FlowLine(
        function=pipeline,
        needs=("person", "garment"),
        shape="stages",
        models={
            "segmenter": Filling(default="halves"),
            "analyst": Filling(default="looks"),
            "generator": Filling(default="candidates"),
        },
    ),
    "test_words": FlowLine(function=words_only, shape="stages", models={"writer": Filling(default="words")}),
    "test_edit": FlowLine(
        function=edit_once,
        needs=("init",),
        rubric="general",
        models={"generator": Filling(default="candidates"), "judge": Filling(default="lottery")},
    ),
}
MODELS = {
    "generator": {"candidates": f"{HERE}:Candidates"},
    "scorer": {"potential": f"{HERE}:Potential"},
    "segmenter": {"halves": f"{HERE}:Halves"},
    "analyst": {"looks": f"{HERE}:Looks"},
    "writer": {"words": f"{HERE}:Words"},
    "judge": {"lottery": f"{HERE}:lottery"},
}
flows.FLOWS.update(LINES)
for role, table in MODELS.items():
    models.TABLE.setdefault(role, {}).update(table)


# ---- samples ---------------------------------------------------------------------------------------------------------


def shelf(folder: Path) -> Path:
    """A manifest for each flow, two samples each: person and garment, words alone, a picture 'init'."""
    for colour in ("red", "green", "blue", "white"):
        Image.new("RGB", (64, 80), colour).save(folder / f"{colour}.png")
    worn = [{"sample_id": f"w{i}", "person": f"{p}.png", "garment": "white.png"} for i, p in enumerate(["red", "blue"])]
    words = [{"sample_id": f"t{i}", "wish": w, "known": {"length": i}} for i, w in enumerate(["A hat.", "A cat."])]
    init = [{"sample_id": f"i{i}", "pictures": {"init": f"{p}.png"}} for i, p in enumerate(["red", "green"])]
    for flow, lines in zip(LINES, (worn, worn, words, init), strict=True):
        (folder / f"{flow}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def parameters(folder: Path, flow: str, output: Path, **given: Any) -> BatchParameters:
    """Of a run of one of the four flows over its manifest in `folder`."""
    return BatchParameters.checked(source=str(folder / f"{flow}.jsonl"), output=str(output), flow=flow, **given)
