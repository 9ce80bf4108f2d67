"""Runs whose answers are drawn by lot, put together in memory: nothing is drawn, nothing written but run.json."""

import random
from dataclasses import dataclass, field

from hand_made import DEFAULT, Bench

from tryon_core.records import Decision, Judgement, Measurement, SampleLine, Score
from tryon_core.rubrics import best_attempt
from tryon_core.rubrics.rules import decide
from tryon_core.runs.kept.labels import Label
from tryon_core.runs.reading import Run, open_run
from tryon_core.sources.listing import Listing
from tryon_core.steps import SampleRecord, Spent, StepRecord
from tryon_core.storage.store import FolderStore

ATTEMPTS = 4


@dataclass(frozen=True, kw_only=True)
class Lottery:
    """How answers are drawn. By default all constraints are alike, all groups are alike, and attempts do not matter.

    fails      constraint -> how often it fails; 0.15 where it is not named
    harder     how often a constraint of a hard sample fails, in place of 0.15; samples are easy and hard in turns
    declines   how often a hard sample is refused
    with_one   how often `realism` fails where `identity` does, in place of its own rate
    per_person whether persons differ in how often they fail
    """

    persons: int = 12
    each: int = 2
    fails: dict[str, float] = field(default_factory=dict)
    harder: float = 0.15
    declines: float = 0.0
    with_one: float | None = None
    per_person: bool = False


def empty_run(folder) -> Run:
    """A run without samples, for its info and its store."""
    return open_run(Bench(folder).finish())


def drawn(empty: Run, chance: random.Random, lottery: Lottery = Lottery()) -> Run:
    """A run with records; its sample ids and listing depend on the lottery's sizes alone."""
    tempers = [chance.choice((0.5, 1, 1.5)) if lottery.per_person else 1.0 for _ in range(lottery.persons)]
    lines = [_line(number, lottery) for number in range(lottery.persons * lottery.each)]
    records = [_record(line, tempers[line.known["person_id"]], chance, lottery) for line in lines]
    run = Run(empty.store, empty.info, Listing(lines=tuple(lines), found=len(lines)))
    run.__dict__["records"] = tuple(records)
    return run


def _line(number: int, lottery: Lottery) -> SampleLine:
    known = {
        "person_id": number // lottery.each,
        "level": ("easy", "hard")[number % 2],
        "group": number * 5 % 8,
        "cut": number * 7 % 20,
    }
    return SampleLine(sample_id=f"s{number}", pictures={"person": "p.png", "garment": "g.png"}, known=known)


def _record(line: SampleLine, temper: float, chance: random.Random, lottery: Lottery) -> SampleRecord:
    is_hard = line.known["level"] == "hard"
    if is_hard and chance.random() < lottery.declines:
        return SampleRecord(sample_id=line.sample_id, line=line, outcome="refused", reason="hard")
    steps = []
    while len(steps) < ATTEMPTS and not (steps and steps[-1].decision is Decision.ACCEPT):
        steps.append(_step(len(steps) + 1, _answers(is_hard, temper, chance, lottery), chance))
    outcome = "accepted" if steps[-1].decision is Decision.ACCEPT else "not_accepted"
    best = best_attempt(steps, DEFAULT)
    record = {"sample_id": line.sample_id, "line": line, "steps": tuple(steps), "outcome": outcome}
    return SampleRecord(**record, chosen=best.number if best else None)


def _answers(is_hard: bool, temper: float, chance: random.Random, lottery: Lottery) -> Judgement:
    rates = {key: lottery.fails.get(key, lottery.harder if is_hard else 0.15) * temper for key in DEFAULT.keys}
    failed = {key: chance.random() < rate for key, rate in rates.items()}
    if lottery.with_one is not None and failed["identity"]:
        failed["realism"] = chance.random() < lottery.with_one
    given = {key: chance.choice((2, 5, 6, 7)) if fails else chance.choice((8, 9, 10)) for key, fails in failed.items()}
    return Judgement(scores={key: Score(score=score, finding="drawn by lot") for key, score in given.items()})


def _step(number: int, judgement: Judgement, chance: random.Random) -> StepRecord:
    measured = {name: Measurement(value=chance.random(), unit="") for name in ("one", "other")}
    return StepRecord(
        number=number,
        parent=number - 1,
        picture=f"{chance.getrandbits(256):064x}",
        judgement=judgement,
        decision=decide(judgement, DEFAULT),
        scores=measured,
        spent={name: Spent(calls=1, seconds=chance.random()) for name in ("generator", "judge")},
    )


def label(run: Run, folder, chance: random.Random, people: int = 3, agree: float = 0.8) -> Run:
    """The run with labels of several people, who agree with a constraint's answer or not, all of them alike."""
    lines = []
    for record in run.records:
        for key in run.rubric.keys if record.attempts else ():
            says = "agree" if chance.random() < agree else "disagree"
            lines += [_label(record, key, says, f"person {number}") for number in range(people)]
    store = FolderStore(folder)
    store.replace("labels.jsonl", "\n".join(lines).encode(), store.version("labels.jsonl"))
    labelled = Run(store, run.info, run.listing)
    labelled.__dict__["records"] = run.records
    return labelled


def _label(record: SampleRecord, constraint: str, says: str, by: str) -> str:
    step = record.attempts[0]
    score = step.judgement.scores[constraint].score
    judge_said = "met" if score >= DEFAULT.rule.accept_at else "failed"
    about = {"sample_id": record.sample_id, "attempt": 1, "picture": step.picture, "constraint": constraint}
    return Label(**about, judge_said=judge_said, score=score, says=says, by=by, at_utc="").model_dump_json()
