"""A run put together by hand, so that every number of it is known."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from doubles import Painter, Scripted, card, picture, scores

from tryon_core.flows.closed_loop import closed_loop
from tryon_core.images import digest
from tryon_core.records import Judgement, ModelCard, Sample, SampleLine, SampleRecord
from tryon_core.rubrics.rules import best_attempt
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.info import RunInfo, attempt_rows, claim, record_key, to_parquet
from tryon_core.runs.journal import Journal
from tryon_core.sources.listing import Listing, Skipped
from tryon_core.storage.store import open_store

DEFAULT = RUBRICS["default"]
DRAWING_S, JUDGING_S = 2.0, 1.0  # what each scripted call says it took
CARDS = {"generator": card("painter"), "judge": card("scripted")}


class Clocked(Scripted):
    """A scripted judge that always takes the same time."""

    def timed(self, sample: Sample, image) -> tuple[Judgement, float]:
        return self(sample, image), JUDGING_S


class Bench:
    """Writes records into a run at `where`, then the run itself."""

    def __init__(self, where: str, rubric=DEFAULT, draw=None):
        self.where, self.rubric, self.draw = str(where), rubric, draw or Painter()
        self.store = open_store(self.where)
        self.journal, self.records, self.lines = Journal(self.store), [], []
        self.kept: set[str] = set()

    def line(self, sample_id: str, **known: str) -> SampleLine:
        """A listed sample without a record."""
        self.lines.append(SampleLine(sample_id=sample_id, person="p.png", garment="g.png", **known))
        return self.lines[-1]

    def sample(
        self, sample_id: str, outcome: str, *judgements: Judgement, reason: str = "", **known: str
    ) -> SampleRecord:
        """A sample whose attempts got these judgements; the loop goes on to the last of them."""
        line, images = self.line(sample_id, **known), {"person": picture("tan", (96, 128)), "garment": picture("navy")}
        sample = Sample(sample_id=sample_id, wish=line.wish, images=images)
        loop = closed_loop(
            sample, self.draw, Clocked(*judgements), rubric=self.rubric, max_iterations=max(1, len(judgements))
        )
        drawn = list(loop) if judgements else []
        attempts = tuple(attempt.record() for attempt in drawn)
        self.keep(*(attempt.image for attempt in drawn))
        best = best_attempt(attempts, self.rubric)
        record = SampleRecord(
            sample_id=sample_id,
            line=line,
            pictures=dict(zip(images, self.keep(*images.values()), strict=True)),
            attempts=attempts,
            outcome=outcome,
            reason=reason,
            best=best.number if best else None,
        )
        self.store.create(record_key(sample_id), record.model_dump_json().encode())
        self.records.append(record)
        return record

    def keep(self, *images) -> list[str]:
        """Digests of pictures, each written once."""
        for image in images:
            if digest(image) not in self.kept:
                self.kept.add(self.journal.save_picture(image))
        return [digest(image) for image in images]

    def finish(
        self, *, skipped: Sequence[Skipped] = (), price: float | None = None, cards=CARDS, parquet: bool = False, **told
    ) -> str:
        """Write run.json and listing.json; returns where the run is."""
        listing = Listing(lines=tuple(self.lines), skipped=tuple(skipped), found=len(self.lines))
        parameters = {"source": "shelf.jsonl", "flow": "closed_loop", "max_iterations": 4, "seed": 0, **told}
        claim(
            self.store,
            RunInfo(
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
        if parquet:
            self.store.create("attempts.parquet", to_parquet(attempt_rows(self.records, self.rubric)))
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
