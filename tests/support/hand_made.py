"""A run put together by hand, so that every number of it is known."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from doubles import Painter, Scripted, card, picture, scores

from tryon_core.flows.closed_loop import ClosedLoop, closed_loop
from tryon_core.images import digest
from tryon_core.records import Judgement, ModelCard, Sample, SampleLine
from tryon_core.roles import answers
from tryon_core.rubrics import RUBRICS, best_attempt
from tryon_core.runs import metrics
from tryon_core.runs.journal import Journal
from tryon_core.runs.kept.info import FlowInfo, RunInfo, claim
from tryon_core.runs.kept.keys import record_key
from tryon_core.runs.kept.rows import step_rows, to_parquet
from tryon_core.runs.walk import Meter, Walk
from tryon_core.sources.listing import Listing, Skipped
from tryon_core.steps import SampleRecord
from tryon_core.storage.store import open_store

DEFAULT = RUBRICS["default"]
DRAWING_S, JUDGING_S = 2.0, 1.0  # what each scripted call says it took
CARDS = {"generator": card("painter"), "judge": card("scripted")}
LOOP = FlowInfo(
    name="closed_loop",
    arguments={"generator": "generator", "judge": "judge", "writer": "writer"},
    pictures=("person", "garment"),
)


class Metered:
    """A model whose calls cost what it says, outside any journal: equal questions may get different answers."""

    def __init__(self, model, argument: str, meter: Meter, seconds: float | None = None):
        self.model, self.argument, self.meter, self.seconds = model, argument, meter, seconds

    def __call__(self, *call):
        (answer,) = answers(self.model, [call])
        spent = answer.spent if self.seconds is None else answer.spent.model_copy(update={"seconds": self.seconds})
        self.meter.add(self.argument, spent)
        return answer.value


class Bench:
    """Writes records into a run at `where`, then the run itself."""

    def __init__(self, where: str, rubric=DEFAULT, draw=None):
        self.where, self.rubric, self.draw = str(where), rubric, draw or Painter()
        self.store = open_store(self.where)
        self.journal, self.records, self.lines = Journal(self.store), [], []
        self.kept: set[str] = set()

    def line(self, sample_id: str, wish: str = "", **known: str) -> SampleLine:
        """A listed sample without a record."""
        pictures, words = {"person": "p.png", "garment": "g.png"}, {"wish": wish} if wish else {}
        self.lines.append(SampleLine(sample_id=sample_id, pictures=pictures, known=known, **words))
        return self.lines[-1]

    def sample(
        self, sample_id: str, outcome: str, *judgements: Judgement, reason: str = "", wish: str = "", **known: str
    ) -> SampleRecord:
        """A sample whose attempts got these judgements; the loop goes on to the last of them."""
        line, person = self.line(sample_id, wish, **known), picture("tan", (96, 128))
        person.putpixel((0, 0), (len(self.lines) % 256, len(self.lines) // 256, 0))  # each shows another person
        images = {"person": person, "garment": picture("navy")}
        sample, meter = Sample(sample_id=sample_id, wish=line.wish, images=images), Meter()
        models = {
            "generator": Metered(self.draw, "generator", meter, DRAWING_S),
            "judge": Metered(Scripted(*judgements), "judge", meter, JUDGING_S),
        }
        options = ClosedLoop(max_iterations=max(1, len(judgements)))
        walk = Walk(closed_loop(sample, **models, rubric=self.rubric, options=options), meter)
        drawn = list(walk) if judgements else []
        steps = tuple(step.record() for step in drawn)
        self.keep(*(step.image for step in drawn))
        best = best_attempt(steps, self.rubric)
        record = SampleRecord(
            sample_id=sample_id,
            line=line,
            pictures=dict(zip(images, self.keep(*images.values()), strict=True)),
            steps=steps,
            outcome=outcome,
            reason=reason,
            chosen=best.number if best else None,
        )
        self.store.create(record_key(sample_id), record.model_dump_json().encode())
        self.records.append(record)
        return record

    def keep(self, *images) -> list[str]:
        """Digests of pictures, each written once."""
        for image in images:
            if digest(image) not in self.kept:
                self.kept.add(self.journal.pictures.save(image))
        return [digest(image) for image in images]

    def finish(
        self,
        *,
        skipped: Sequence[Skipped] = (),
        price: float | None = None,
        wall_s: float | None = None,
        cards=CARDS,
        parquet: bool = False,
        **told,
    ) -> str:
        """Write run.json and listing.json, and metrics.json where the run took `wall_s`; returns where the run is."""
        listing = Listing(lines=tuple(self.lines), skipped=tuple(skipped), found=len(self.lines))
        parameters = {"source": "shelf.jsonl", "seed": 0, "models": {}, "options": {"max_iterations": 4}, **told}
        claim(
            self.store,
            RunInfo(
                flow=LOOP,
                parameters=parameters,
                rubric=json.loads(json.dumps(asdict(self.rubric))),
                models=cards,
                listing_digest=listing.digest,
                started_utc="2026-01-02T03:04:05Z",
                price_per_hour=price,
                versions={"python": "3.11"},
                commit="0123456789abcdef",
            ),
        )
        self.store.create("listing.json", listing.model_dump_json().encode())
        if wall_s is not None:
            metrics.write(self.store, metrics.Metrics(status="ok", wall_s=wall_s, at_utc=""))
        if parquet:
            self.store.create("attempts.parquet", to_parquet(step_rows(self.records, self.rubric)))
        return self.where


def every_outcome(where: str, **finish) -> str:
    """Three judged samples (accepted at 1, accepted at 3, not accepted), one each of the other outcomes."""
    bench = Bench(where)
    bench.sample("at-once", "accepted", scores())
    bench.sample("third", "accepted", scores(identity=3), scores(realism=6, garment_structure=7), scores())
    bench.sample("never", "not_accepted", *[scores(realism=number) for number in (5, 6, 7, 6)])
    bench.sample("unread", "not_judged", scores(realism=None), scores(realism=None))
    bench.sample("declined", "refused", reason="white_on_white: the garment cannot be told from its background")
    bench.sample("damaged", "unusable", reason="p.png: cut off")
    bench.sample("broke", "failed", scores(identity=5), reason="painter broke")
    bench.line("waiting")
    return bench.finish(**finish)


def called_real(**names: str) -> dict[str, ModelCard]:
    """Cards that claim to be real, for what is said only of real models."""
    return {role: card(names.get(role, role)).model_copy(update={"kind": "real"}) for role in CARDS}
