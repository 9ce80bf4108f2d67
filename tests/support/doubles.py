"""Scripted models: fakes that answer, with a card each, so that they run wherever a real model runs."""

import hashlib
import threading
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw

from tryon_core.errors import Refused, UnknownName
from tryon_core.flows.dual_stream import DualStream, dual_stream
from tryon_core.records import EditRequest, Fix, Judgement, ModelCard, Region, Sample, Score, canonical
from tryon_core.roles import Answer, Mask
from tryon_core.rubrics import RUBRICS, Rubric
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.walk import Walk
from tryon_core.steps import Spent

SIZE = (64, 80)


def card(name: str) -> ModelCard:
    return ModelCard(name=name, revision="1", licence="none", kind="scripted")


def picture(colour: str = "grey", size: tuple[int, int] = SIZE) -> Image.Image:
    return Image.new("RGB", size, colour)


def a_sample(sample_id: str = "one", **images: Image.Image) -> Sample:
    return Sample(
        sample_id=sample_id, wish="Wear it.", images={"person": picture("red"), "garment": picture("blue"), **images}
    )


def scores(rubric: Rubric = RUBRICS["default"], **given: float | None) -> Judgement:
    """9 for every constraint but the given ones; None is unscored; below 8 asks for a fix."""

    def score(key: str) -> Score:
        value = given.get(key, 9.0)
        if value is None:
            return Score(status="unscored", reason="the script says so")
        fixes = (Fix(constraint=key, text=f"mend the {key}", aspect="length", amount=0.1),) if value < 8 else ()
        return Score(score=value, finding=f"{key} is {value}", fixes=fixes)

    return Judgement(scores={key: score(key) for key in rubric.keys})


class Painter:
    """A generator whose picture is a colour made from everything it is told. Counts its calls; may break or wait."""

    def __init__(self, before: Callable[[EditRequest], None] = lambda request: None):
        self.card, self.before, self.requests = card("painter"), before, []
        self._lock = threading.Lock()

    def __call__(self, request: EditRequest) -> Image.Image:
        with self._lock:
            self.requests.append(request)
        self.before(request)
        told = hashlib.sha256(canonical(request.record()).encode()).digest()
        return picture("#" + told[:3].hex())

    def metered(self, calls: Sequence[tuple]) -> list[Answer]:
        return [Answer(self(*call), Spent(calls=1, seconds=2.0, steps=4)) for call in calls]


class Scripted:
    """A judge that answers its judgements in turn, the last one for ever."""

    def __init__(self, *judgements: Judgement):
        self.card, self.judgements, self.seen = card("scripted"), list(judgements), []

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        self.seen.append((sample, image))
        return self.judgements.pop(0) if len(self.judgements) > 1 else self.judgements[0]


class Lottery:
    """A judge whose scores follow from the picture alone, so that any order of calls gives the same answers."""

    def __init__(self, rubric: Rubric = RUBRICS["default"], before: Callable[[], None] = lambda: None):
        self.card, self.rubric, self.before, self.calls = card("lottery"), rubric, before, 0

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        self.calls += 1
        self.before()
        drawn: Sequence[int] = hashlib.sha256(image.tobytes()).digest()
        return scores(self.rubric, **{key: 3 + drawn[i] % 8 for i, key in enumerate(self.rubric.keys)})

    def metered(self, calls: Sequence[tuple]) -> list[Answer]:
        return [Answer(self(*call), Spent(calls=1, seconds=1.0)) for call in calls]


# ---- of the garment pipeline -----------------------------------------------------------------------------------------

BOX = (30, 40, 90, 120)  # of the cloth, in pictures of 120 x 160


def cloth(size=(120, 160), box=BOX, colour="navy"):
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle(box, fill=colour)
    return image


class Seen:
    """A segmenter that finds everything darker than mid grey; nothing in a white picture. Counts what it is asked."""

    card = card("seen")

    def __init__(self):
        self.prompts = []

    def __call__(self, image, prompt):
        self.prompts.append(prompt)
        dark = np.asarray(image.convert("L")) < 128
        if prompt.points:  # the half that holds the point
            dark[:, image.width // 2 :] = False
        return [Mask(image=Image.fromarray(dark.astype(np.uint8) * 255), label="cloth")] if dark.any() else []


class Draws:
    """A generator: the garment's picture, as large as the person's."""

    card = card("draws")

    def __init__(self, **has):
        vars(self).update(has)
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        return request.images[-1].resize(request.images[0].size) if request.images else cloth()


class Darker:
    """Draws its first picture darker, all over."""

    card, takes, keeps_frame = card("darker"), ("mask",), True

    def __call__(self, request):
        return request.images[0].point(lambda value: value // 2)


# ---- of the dual stream ----------------------------------------------------------------------------------------------

REGION = Region(left=0.25, top=0.25, right=0.5, bottom=0.5)


class Lined(Painter):
    """Lays its picture over the photograph pixel for pixel."""

    keeps_frame = True


class Tool(Painter):
    """A painter that takes masks and maps; `refuses` is a reason to decline by, `same` gives its first picture back."""

    takes = ("mask", "control")

    def __init__(self, name="tool", *, refuses="", same=False, **has):
        super().__init__()
        self.card, self.refuses, self.same = card(name), refuses, same
        vars(self).update(has)

    def __call__(self, request):
        drawn = super().__call__(request)
        if self.refuses:
            raise Refused(self.refuses, "the script says so")
        return request.images[0] if self.same else drawn


class Mapper:
    """A map that is the picture, darker. Notes what it is asked."""

    def __init__(self, name="mapper"):
        self.card, self.seen = card(name), []

    def __call__(self, image):
        self.seen.append(image)
        return image.point(lambda value: value // 2)


def drawn_mask(box: tuple[int, int, int, int], size: tuple[int, int] = (100, 100), *, round: bool = False) -> Mask:
    """A rectangle, or the ellipse in it; the box's last pixels belong to it."""
    image = Image.new("L", size, 0)
    (ImageDraw.Draw(image).ellipse if round else ImageDraw.Draw(image).rectangle)(box, fill=255)
    return Mask(image=image)


class Finds:
    """A segmenter that knows some things by their nouns, None for what it knows and does not see; in a box an ellipse.

    `by_noun` holds boxes in pixels. Counts what it is asked.
    """

    card = card("finds")

    def __init__(self, by_noun=(), takes=("words", "box")):
        self.by_noun, self.takes, self.prompts = dict(by_noun), takes, []

    def __call__(self, image, prompt):
        self.prompts.append(prompt)
        if prompt.box is not None:
            shares = (prompt.box.left, prompt.box.top, prompt.box.right, prompt.box.bottom)
            left, top, right, bottom = (round(share * side) for share, side in zip(shares, image.size * 2, strict=True))
            return [drawn_mask((left, top, right - 1, bottom - 1), image.size, round=True)]
        if prompt.words not in self.by_noun:
            raise UnknownName("part", prompt.words, self.by_noun)
        box = self.by_noun[prompt.words]
        return [] if box is None else [drawn_mask(box, image.size)]


def placed(judgement: Judgement, region: Region = REGION) -> Judgement:
    """The judgement with a place for all that fell short."""
    scores = {
        key: score.model_copy(update={"region": region}) if score.fixes else score
        for key, score in judgement.scores.items()
    }
    return Judgement(scores=scores)


def stream_models(*judgements: Judgement, tools: Sequence[str] = ("depth", "canny", "fill"), **given) -> dict:
    """Argument of dual_stream -> scripted model."""
    models = {"generator": Painter(), "judge": Scripted(*judgements)}
    models |= {name: Tool(name) for name in tools}
    models |= {f"{name}_mapper": Mapper(f"{name} map") for name in ("depth", "canny")}
    return models | given


def streamed(*judgements: Judgement, sample: Sample | None = None, rubric: str = "default", **given) -> Walk:
    """A walk through dual_stream over scripted models, to its end."""
    options = DualStream(**{name: given.pop(name) for name in list(given) if name in DualStream.__dataclass_fields__})
    models = stream_models(*judgements, **given)
    walk = Walk(dual_stream(sample or a_sample(), rubric=RUBRICS[rubric], options=options, **models))
    list(walk)
    return walk


def stages(walk: Walk) -> list[str]:
    return [step.stage for step in walk.steps]


def run(manifest, output, painter=None, judge=None, store=None, **given):
    """run_batch with doubles, silently."""
    parameters = BatchParameters.checked(source=str(manifest), output=str(output), **given)
    return run_batch(parameters, generator=painter or Painter(), judge=judge or Lottery(), store=store, progress=False)
