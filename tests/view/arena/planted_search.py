"""Runs of a search, put together by hand: each candidate has the number that selects it and the truth about it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import pandas as pd
from doubles import card, scores

from tryon_core.records import Measurement, SampleLine
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.kept.info import FlowInfo, RunInfo, claim
from tryon_core.runs.kept.keys import record_key
from tryon_core.runs.reading import Run, open_run
from tryon_core.sources.listing import Listing
from tryon_core.steps import SampleRecord, Spent, StepRecord
from tryon_core.storage.store import open_store
from tryon_core.view.arena.contest import arena

ARGUMENTS = {"generator": "generator", "scorer": "scorer", "judge": "judge"}
TRUTH = {"metric": "truth_ssim", "unit": "SSIM", "better": "higher", "scorer": "truth", "reason": ""}
DRAWN, SCORED = Spent(calls=1, seconds=2.0, steps=4), Spent(calls=1, seconds=0.5)


def digest_of(*words) -> str:
    return hashlib.sha256(repr(words).encode()).hexdigest()


@dataclass
class Planted:
    """A run being put together, and the held-out scores of its pictures."""

    where: str
    persons: int
    flow: str = "search"
    options: Mapping = field(default_factory=lambda: {"strategy": "eacps"})
    arguments: Mapping = field(default_factory=lambda: ARGUMENTS)
    lines: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    def __post_init__(self):
        self.store = open_store(str(self.where))

    def sample(self, candidates: Sequence[tuple], *, chosen=None, outcome="finished", after=None, **known) -> None:
        """One sample: (selects, truth) of each candidate, None for none; `chosen` is the number of the kept one."""
        number = len(self.lines)
        line = SampleLine(sample_id=f"s{number:03}", known={"person_id": f"p{number % self.persons}", **known})
        self.lines.append(line)
        steps = tuple(self.step(line.sample_id, place, each[0]) for place, each in enumerate(candidates, start=1))
        record = SampleRecord(
            sample_id=line.sample_id, line=line, steps=steps, outcome=outcome, chosen=chosen, after=after or {}
        )
        self.store.create(record_key(line.sample_id), record.model_dump_json().encode())
        about = {"run": self.store.url, "sample_id": line.sample_id, "person": record.person, **TRUTH}
        for place, (_, truth, *_) in enumerate(candidates, start=1):
            self.rows.append(about | {"step": place, "value": truth, "reason": "" if truth is not None else "no face"})

    def step(self, sample_id: str, number: int, selects) -> StepRecord:
        about = {"number": number, "picture": digest_of(sample_id, number), "size": (8, 8)}
        if self.flow == "closed_loop":
            spent = {"generator": DRAWN, "judge": Spent(calls=1, seconds=1.0, tokens=100)}
            return StepRecord(**about, judgement=scores(realism=selects), spent=spent)
        given = "no garment" if selects is None else Measurement(value=selects, unit="points", better="higher")
        data = {"candidate": number, "potential": selects}
        return StepRecord(
            **about,
            stage="global",
            scores={"kept_ssim": given},
            data=data,
            spent={"generator": DRAWN, "scorer": SCORED},
        )

    def finish(self, *, generator="painter", seed=0, models=None) -> Run:
        listing = Listing(lines=tuple(self.lines), skipped=(), found=len(self.lines))
        rubric = json.loads(json.dumps(asdict(RUBRICS["default"]))) if self.flow == "closed_loop" else None
        info = RunInfo(
            flow=FlowInfo(name=self.flow, shape="tree", arguments=dict(self.arguments)),
            parameters={"source": "shelf.jsonl", "seed": seed, "models": models or {}, "options": dict(self.options)},
            rubric=rubric,
            models={name: card(generator if name == "generator" else f"scripted {name}") for name in self.arguments},
            listing_digest=listing.digest,
            started_utc="2026-01-02T03:04:05Z",
        )
        claim(self.store, info)
        self.store.create("listing.json", listing.model_dump_json().encode())
        return open_run(str(self.where))

    @property
    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows)


def best(candidates: Sequence[tuple]) -> int:
    """The number of the candidate that the first number of each puts first."""
    numbers = [each[0] for each in candidates]
    return numbers.index(max(numbers)) + 1


def a_search(
    where, samples: Sequence[Sequence[tuple]], *, persons=0, seed=0, arguments=ARGUMENTS, **options
) -> tuple[Run, pd.DataFrame]:
    """A run whose samples keep what selects best, and its held-out scores; as many persons as samples, or so many."""
    planted = Planted(where, persons or len(samples), options={"strategy": "eacps", **options}, arguments=arguments)
    for candidates in samples:
        planted.sample(candidates, chosen=best(candidates))
    return planted.finish(seed=seed), planted.table


def against(folder, a, b, *, persons=0, unit="pictures", **known):
    """Two strategies by their samples: (selects, truth) of each candidate."""
    runs = []
    for name, samples in (("eacps", a), ("ttflux", b)):
        run = Planted(folder / name, persons or len(samples), options={"strategy": name, "metric": "kept_ssim"})
        for place, candidates in enumerate(samples):
            facts = {key: values[place] for key, values in known.items()}
            run.sample(candidates, chosen=best(candidates), **facts)
        runs.append(run)
    opened = [run.finish() for run in runs]
    return arena(*opened, scores=pd.concat([run.table for run in runs], ignore_index=True), unit=unit)


def ones(truths):
    """Samples of one candidate each."""
    return [[(1.0, truth)] for truth in truths]
