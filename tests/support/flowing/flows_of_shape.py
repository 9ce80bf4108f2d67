"""Runs of three flows that are no closed loop, put together by hand: no step of them has a judgement.

a_tree   six candidates with scores, two of them made from the best of the first four; step 5 is chosen
stages   features without a picture, a mask, then the picture drawn inside it, which is chosen
words    two answers in words alone; nothing is chosen
"""

from doubles import card, picture
from hand_made import Bench

from tryon_core.records import EditRequest, Measurement, Noise, Sample
from tryon_core.runs.kept.info import FlowInfo, RunInfo, claim
from tryon_core.runs.kept.keys import record_key
from tryon_core.runs.kept.rows import step_rows, to_parquet
from tryon_core.runs.walk import Walk
from tryon_core.sources.listing import Listing
from tryon_core.steps import SampleRecord, Spent, Step

DRAWN = {"generator": Spent(calls=1, seconds=2.0, steps=4), "scorer": Spent(calls=1, seconds=0.5)}
TREE = FlowInfo(
    name="search",
    shape="tree",
    arguments={"generator": "generator", "scorer": "scorer"},
    pictures=("character", "init"),
)
STAGES = FlowInfo(
    name="garment",
    shape="stages",
    arguments={"segmenter": "segmenter", "generator": "generator"},
    pictures=("init", "mask"),
)
WORDS = FlowInfo(name="analyse", shape="stages", arguments={"analyst": "analyst"})


class ShapeBench(Bench):
    """Writes a run of any flow, from the steps that it took."""

    def __init__(self, where, flow):
        super().__init__(where, rubric=None)
        self.flow, self.cards = flow, {argument: card(argument) for argument in flow.arguments}

    def walked(self, sample_id, steps, chosen, images=None, **known):
        """A finished sample: its steps as a flow yields them, with what each spent."""
        images = images or {}
        line = self.line(sample_id, **known).model_copy(update={"pictures": {role: f"{role}.png" for role in images}})
        self.lines[-1] = line

        def flow(sample):
            yield from steps
            return chosen

        walk = Walk(flow(Sample(sample_id=sample_id, wish=line.wish, images=images)))
        drawn = list(walk)
        self.keep(*(image for step in drawn for image in (step.image, *step.made.values()) if image))
        kept = [step.record().model_copy(update={"spent": cost.spent}) for step, cost in zip(drawn, steps, strict=True)]
        record = SampleRecord(
            sample_id=sample_id,
            line=line,
            pictures=dict(zip(images, self.keep(*images.values()), strict=True)),
            steps=tuple(kept),
            outcome="finished",
            chosen=walk.chosen,
        )
        self.store.create(record_key(sample_id), record.model_dump_json().encode())
        self.records.append(record)

    def finish(self, parquet=False):
        """Write run.json and listing.json; returns where the run is."""
        listing = Listing(lines=tuple(self.lines), found=len(self.lines))
        info = RunInfo(
            flow=self.flow,
            parameters={"source": "shelf.jsonl", "seed": 0, "models": {}, "options": {}},
            models=self.cards,
            listing_digest=listing.digest,
            started_utc="2026-01-02T03:04:05Z",
        )
        claim(self.store, info)
        self.store.create("listing.json", listing.model_dump_json().encode())
        if parquet:
            self.store.create("attempts.parquet", to_parquet(step_rows(self.records, None)))
        return self.where


def _candidate(number, parent, value):
    image = picture(f"hsl({number * 40}, 60%, 60%)")
    request = EditRequest(prompt="A red coat.", images=(picture("tan"),), noise=Noise(seed=number))
    return Step(
        stage="near" if parent else "global",
        parent=parent,
        image=image,
        request=request,
        scores={
            "potential": Measurement(value=value, unit="share", bar=0.5, better="higher"),
            "aesthetic": Measurement(value=number / 2, unit="points"),
            "faces": "no face was found",
        },
        data={"round": 2 if parent else 1, "kept": value > 0.6},
        why="the two best are looked at more closely" if parent else "",
        spent=DRAWN,
    )


def a_tree(where, samples=2, **finish):
    bench = ShapeBench(where, TREE)
    values = (0.2, 0.7, 0.4, 0.3, 0.9, 0.8)
    images = {"init": picture("tan", (96, 128)), "character": picture("navy", (80, 80))}
    for number in range(samples):
        steps = [_candidate(k, 2 if k > 4 else 0, value) for k, value in enumerate(values, 1)]
        bench.walked(f"search-{number}", steps, 5, images, style=("photo", "drawing")[number % 2], age=20 + number)
    return bench.finish(**finish)


def stages(where, **finish):
    bench, init = ShapeBench(where, STAGES), picture("tan", (96, 128))
    mask = picture("black", (96, 128)).convert("L")
    mask.paste(255, (20, 40, 70, 100))
    found = {"main_colour": "navy", "colours": ["navy", "white"], "box": {"left": 0.2, "top": 0.3}, "area_share": 0.31}
    steps = [
        Step(stage="features", data=found, spent={"segmenter": Spent(calls=1, seconds=0.25)}),
        Step(stage="mask", parent=1, made={"mask": mask}, spent={"segmenter": Spent(calls=1, seconds=0.5)}),
        Step(
            stage="inpaint",
            parent=2,
            image=picture("grey", (96, 128)),
            request=EditRequest(prompt="A coat.", images=(init,), mask=mask),
            made={"drawn": picture("green", (96, 128))},
            spent={"generator": Spent(calls=1, seconds=3.0, steps=4)},
        ),
    ]
    bench.walked("staged", steps, 3, {"init": init, "mask": mask}, garment="coat")
    return bench.finish(**finish)


def words(where, **finish):
    bench, asked = ShapeBench(where, WORDS), {"analyst": Spent(calls=1, seconds=1.0, tokens=300, money=0.002)}
    for sample_id in ("one", "two"):
        steps = [
            Step(stage="look", data={"category": "coat", "season": "winter"}, spent=asked),
            Step(stage="name", parent=1, data={"title": f"Coat <b>{sample_id}</b>"}, spent=asked),
        ]
        bench.walked(sample_id, steps, None)
    return bench.finish(**finish)


SHAPES = {"tree": a_tree, "stages": stages, "words": words}
