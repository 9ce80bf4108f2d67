"""Runs of the dual stream whose pictures carry their scores, so that a tool's effect is known: seven bands, one a
constraint, as red as the score is high."""

import hashlib
import json

from doubles import card, picture, scores
from PIL import Image, ImageDraw
from shaped_runs import Shape, asked, written

from tryon_core.records import canonical
from tryon_core.roles import Answer
from tryon_core.rubrics import RUBRICS, decide
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.steps import Spent, Step

KEYS = RUBRICS["default"].keys
BAND = 12
SIZE = (BAND * len(KEYS), 96)


def banded(points):
    """A picture with a score 0-10 in each band."""
    image = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(image)
    for place, value in enumerate(points):
        pen.rectangle((place * BAND, 0, (place + 1) * BAND - 1, SIZE[1]), fill=(round(25 * value), 90, 160))
    return image


def points_of(image):
    return [image.convert("RGB").getpixel((place * BAND + BAND // 2, SIZE[1] // 2))[0] / 25 for place in range(7)]


class Metered:
    def metered(self, calls):
        return [Answer(self(*call), self.cost) for call in calls]


class Dice(Metered):
    """A generator: each constraint is 9 for `good` of 4 hashes of the request, else 5."""

    card, cost = card("dice"), Spent(calls=1, seconds=2.0, steps=4)

    def __init__(self, good=3):
        self.good = good

    def __call__(self, request):
        drawn = hashlib.sha256(canonical(request.record()).encode()).digest()
        return banded([9 if drawn[place] % 4 < self.good else 5 for place in range(2, 9)][: len(KEYS)])


class Mender(Metered):
    """A tool: sets the constraint it is asked to mend to `to`, and with `breaks` another to 6."""

    takes, keeps_frame = ("mask",), True

    def __init__(self, name, to=9, breaks=""):
        self.card, self.to, self.breaks = card(name), to, breaks
        self.cost = Spent(calls=1, seconds=1.0)

    def __call__(self, request):
        points = points_of(request.images[0])
        for fix in request.fixes:
            points[KEYS.index(fix.constraint)] = self.to
        if self.breaks:
            points[KEYS.index(self.breaks)] = 6
        return banded(points)


class Reader(Metered):
    """A judge that reads the bands; its calls cost tokens."""

    card, cost = card("reader"), Spent(calls=1, seconds=0.5, tokens=100)

    def __call__(self, sample, image):
        return scores(**dict(zip(KEYS, points_of(image), strict=True)))


class OnlyTexture(Reader):
    """Reads the texture alone; all else is met."""

    def __call__(self, sample, image):
        return scores(garment_appearance=super().__call__(sample, image).scores["garment_appearance"].score)


def shelf(folder, samples, persons):
    """A manifest of as many samples, of as many persons."""
    Image.new("RGB", SIZE, "navy").save(folder / "garment.png")
    lines = []
    for number in range(samples):
        Image.new("RGB", SIZE, (number, 40, 40)).save(folder / f"person{number}.png")
        line = {"sample_id": f"s{number:02}", "person": f"person{number}.png", "garment": "garment.png"}
        lines.append(json.dumps({**line, "wish": f"Wear it {number}.", "known": {"person_id": f"p{number % persons}"}}))
    (folder / "shelf.jsonl").write_text("\n".join(lines))
    return folder / "shelf.jsonl"


def an_arm(folder, arm, *, samples=12, persons=12, name="", tools=None, judge=None, good=3, seed=0, **options):
    """One run of an arm over the shelf; the picture stream has `tools`, by argument."""
    tools = {"depth": Mender("depth tool"), "canny": Mender("canny tool", breaks="realism")} if tools is None else tools
    parameters = BatchParameters.checked(
        source=str(shelf(folder, samples, persons)),
        output=str(folder / (name or arm)),
        flow="dual_stream",
        seed=seed,
        rule=options.pop("rule", {}),
        options={"arm": arm, "max_iterations": 3, **options},
    )
    models = {"generator": Dice(good), "judge": judge or Reader(), **(tools if arm == "streams" else {})}
    return open_run(run_batch(parameters, models=models, progress=False).url)


def three_arms(folder, **given):
    """The streams and both control arms."""
    return [an_arm(folder, arm, **given) for arm in ("streams", "no_tool", "new_noise")]


def step_of(stage, *, base=0, rubric="default", made=None, data=None, **given):
    """A judged step of a hand-made run; its number is its place, its base another's number. It is for realism."""
    plan = (
        {"base": base, "targets": ["realism"], "tool": stage, "model": f"{stage} tool", **(data or {})} if base else {}
    )
    judgement = scores(RUBRICS[rubric], **given)
    return Step(
        stage=stage,
        decision=decide(judgement, RUBRICS[rubric]),
        parent=0 if stage == "new_noise" else base,
        image=banded([given.get(key, 9) or 0 for key in KEYS]),
        request=asked(base),
        judgement=judgement,
        made=made or {},
        data=plan,
    )


def a_stream_run(folder, *steps, rubric="default", outcome="not_accepted", chosen=1):
    """A run of one sample, put together from its steps."""
    shape = Shape(
        name="dual_stream",
        shape="tree",
        arguments={"generator": "generator", "judge": "judge", "fill": "generator"},
        pictures={"person": picture("tan", SIZE), "garment": picture("navy", SIZE)},
        steps=steps,
        chosen=chosen,
        rubric=RUBRICS[rubric],
        outcome=outcome,
    )
    return open_run(written(folder / f"by-hand-{rubric}", shape))
