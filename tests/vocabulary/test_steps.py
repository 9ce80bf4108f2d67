"""Steps, what they cost and what a person overruled, as a run keeps them."""

from dataclasses import replace

import pytest
from doubles import picture, scores
from pydantic import ValidationError

from tryon_core.images import digest
from tryon_core.records import Decision, EditRequest, Measurement, Polish, SampleLine
from tryon_core.steps import Change, ChangeRecord, SampleRecord, Spent, Step, StepRecord, together

SPENT = Spent(calls=2, seconds=1.5, steps=4, tokens=10, money=0.25)


def test_costs_add_up_field_by_field():
    assert SPENT + SPENT == Spent(calls=4, seconds=3.0, steps=8, tokens=20, money=0.5)


def test_what_nobody_counted_stays_uncounted():
    assert Spent(calls=1) + Spent(calls=1) == Spent(calls=2)
    assert Spent() + SPENT == SPENT == SPENT + Spent() and Spent().steps is None
    assert (Spent(steps=0) + Spent()).steps == 0


@pytest.mark.parametrize("given", [{"calls": -1}, {"seconds": -0.5}])
def test_nothing_costs_less_than_nothing(given):
    with pytest.raises(ValidationError):
        Spent(**given)


def test_ledgers_add_up_argument_by_argument():
    one, other = {"generator": SPENT, "judge": Spent(calls=1)}, {"judge": Spent(calls=2), "writer": SPENT}
    assert together(one, other, {}) == {"generator": SPENT, "judge": Spent(calls=3), "writer": SPENT}
    assert together() == {}


def test_a_change_is_kept_by_digest():
    mask = picture("white")
    change = Change(
        prompt="p", decision=Decision.STOP, images={"mask": mask}, points=((0.5, 0.25, 1),), keep=2, by="Ada"
    )
    assert change.record().model_dump() == {
        "prompt": "p",
        "decision": "stop",
        "pictures": {"mask": digest(mask)},
        "points": ((0.5, 0.25, 1),),
        "keep": 2,
        "by": "Ada",
    }
    assert Change().record() == ChangeRecord() and ChangeRecord().by == "person" and ChangeRecord().pictures == {}


def test_a_person_s_verdict_replaces_the_flow_s():
    step = Step(decision=Decision.RETRY)
    assert step.changed(None) is step
    said, silent = Change(decision=Decision.ACCEPT), Change(prompt="p")
    assert step.changed(said) == Step(decision=Decision.ACCEPT, change=said)
    assert step.changed(silent).decision is Decision.RETRY and step.changed(silent).change is silent


def test_a_bare_step_is_a_bare_record():
    assert Step().number == 0 and replace(Step(), number=1).record() == StepRecord(number=1)
    assert StepRecord(number=1).model_dump() == {
        "number": 1,
        "stage": "attempt",
        "parent": 0,
        **dict.fromkeys(("picture", "size", "request", "polish", "judgement", "decision", "change")),
        **{name: {} for name in ("made", "scores", "data", "spent")},
        "why": "",
        "calls": (),
    }


def test_a_full_step_is_a_full_record():
    request = EditRequest(prompt="p", images=(picture("red"),), polish=Polish(words=(), unused="silent"))
    step = Step(
        stage="near",
        parent=1,
        image=picture("blue"),
        request=request,
        judgement=scores(),
        decision=Decision.ACCEPT,
        made={"mask": picture("white")},
        scores={"face": Measurement(value=1, unit="of 1"), "hand": "hidden"},
        data={"n": 1},
        why="it said so",
        number=2,
        spent={"judge": SPENT},
        change=Change(by="Ada"),
    )
    assert step.record() == StepRecord(
        number=2,
        stage="near",
        parent=1,
        picture=digest(picture("blue")),
        size=picture().size,
        request=request.record(),
        polish=request.polish,
        judgement=step.judgement,
        decision=Decision.ACCEPT,
        made={"mask": digest(picture("white"))},
        scores=step.scores,
        data={"n": 1},
        why="it said so",
        spent={"judge": SPENT},
        change=ChangeRecord(by="Ada"),
    )


@pytest.mark.parametrize("given", [{"number": 0}, {"number": 1, "parent": -1}])
def test_steps_are_numbered_from_one(given):
    with pytest.raises(ValidationError):
        StepRecord(**given)


@pytest.mark.parametrize(("judgement", "judged"), [(None, False), (scores(realism=None), False), (scores(), True)])
def test_judged_means_scored_to_the_last(judgement, judged):
    assert Step(judgement=judgement).judged is StepRecord(number=1, judgement=judgement).judged is judged


def test_a_sample_s_cost_includes_what_followed():
    steps = (
        StepRecord(number=1, spent={"judge": SPENT}, judgement=scores()),
        StepRecord(number=2, spent={"judge": SPENT}),
    )
    record = SampleRecord(sample_id="a", line=SampleLine(sample_id="a"), steps=steps, after={"judge": Spent(calls=1)})
    assert record.spent == {"judge": SPENT + SPENT + Spent(calls=1)} and record.attempts == steps[:1]


@pytest.mark.parametrize(
    "outcome",
    ["running", "finished", "accepted", "not_accepted", "stopped", "not_judged", "refused", "unusable", "failed"],
)
def test_an_outcome_is_one_of_nine(outcome):
    assert SampleRecord(sample_id="a", line=SampleLine(sample_id="a"), outcome=outcome).outcome == outcome
    with pytest.raises(ValidationError, match="outcome"):
        SampleRecord(sample_id="a", line=SampleLine(sample_id="a"), outcome=f"{outcome}!")


def test_a_new_sample_is_still_running():
    record = SampleRecord(sample_id="a", line=SampleLine(sample_id="a"))
    told = record.model_dump(exclude={"sample_id", "line"})
    assert told == {
        "pictures": {},
        "steps": (),
        "outcome": "running",
        "reason": "",
        "chosen": None,
        "after": {},
        "calls": (),
        "run": "",
    }


def test_samples_of_one_person_are_known_by_the_manifest_or_by_the_picture():
    def shown(pictures=None, **known):
        line = SampleLine(sample_id="one", pictures={"person": "p.png"}, known=known)
        return SampleRecord(sample_id="one", line=line, pictures=pictures or {}).person

    assert [shown(person_id=0), shown({"person": "a" * 64}), shown()] == ["0", "a" * 64, "p.png"]
    assert SampleRecord(sample_id="one", line=SampleLine(sample_id="one")).person == "one"
