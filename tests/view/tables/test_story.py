import pytest
from hand_made import Bench, scores

from tryon_core.records import Judgement, Measurement, SampleLine, Score
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.kept.documents import Branch
from tryon_core.runs.kept.labels import about
from tryon_core.steps import ChangeRecord, SampleRecord, StepRecord
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.story import (
    attempt_stories,
    branch_story,
    label_words,
    outcome_words,
    shown_score,
    step_stories,
)

DEFAULT = RUBRICS["default"]


def told(tmp_path, outcome, *judgements):
    return attempt_stories(Bench(tmp_path).sample("one", outcome, *judgements), DEFAULT)


@pytest.mark.parametrize(("score", "shown"), [(7.96, "7.9"), (8.0, "8.0"), (8.1, "8.1"), (0.3, "0.3"), (10.0, "10")])
def test_a_score_just_under_the_bar_never_reads_as_the_bar(score, shown):
    assert shown_score(score) == shown


def test_a_corrected_attempt_tells_its_primary_failure_and_what_was_asked_next(tmp_path):
    first, second = told(tmp_path, "accepted", scores(garment_structure=7, realism=6), scores())
    assert [failure.constraint for failure in first.failures] == ["garment_structure", "realism"]
    assert first.failures[0].finding == "garment_structure is 7" and first.failures[0].score == "7.0"
    assert first.asked_next == ("mend the garment_structure (length +0.1)", "mend the realism (length, in words only)")
    assert (second.decision, second.mark, second.kept, second.asked_next) == ("accepted", "✓", True, ())


def test_a_restart_tells_the_new_noise(tmp_path):
    first, _ = told(tmp_path, "accepted", scores(identity=3), scores())
    assert first.decision == "started over: new noise" and first.asked_next[-1].startswith("new noise (seed ")


def test_a_step_that_was_taken_back_is_told(tmp_path):
    _, second, _ = told(tmp_path, "not_accepted", scores(realism=7), scores(realism=7, identity=5), scores(realism=7))
    assert "mend the realism (length +0.1, × 0.5)" in second.asked_next
    assert "mend the identity (length, in words only)" in second.asked_next
    assert "took back what attempt 2 had changed" in second.asked_next


def test_an_unread_attempt_is_not_judged_and_says_why(tmp_path):
    first, _ = told(tmp_path, "accepted", scores(realism=None), scores(realism=None), scores())
    assert (first.judged, first.decision, first.mark) == (False, "not judged", "○")
    assert first.unread == ("realism: the script says so",)


def test_the_last_attempt_of_a_sample_is_not_called_corrected(tmp_path):
    *_, last = told(tmp_path, "not_accepted", scores(realism=5), scores(realism=5))
    assert last.decision == "not accepted"


def test_chips_keep_what_does_not_apply_apart_from_what_failed(tmp_path):
    answers = {**scores(realism=5).scores, "identity": Score(status="not_applicable", reason="the head is cropped")}
    (only,) = told(tmp_path, "not_accepted", Judgement(scores=answers))
    chips = {chip.constraint: chip for chip in only.chips}
    assert (chips["identity"].mark, chips["identity"].text) == ("–", "")
    assert chips["identity"].says == "identity, not applicable: the head is cropped"
    assert (chips["realism"].mark, chips["realism"].text) == ("✗", "5.0")


def test_measurements_that_miss_their_bar_stand_behind_the_failure(tmp_path):
    evidence = {
        "hem_gap": Measurement(value=0.134, unit="share of torso length", bar=0.12),
        "marks": Measurement(value=0.5, unit="share found", bar=0.12, better="higher"),
    }
    short = Score(score=6, finding="too long", evidence=evidence)
    (only,) = told(tmp_path, "not_accepted", Judgement(scores={**scores().scores, "garment_structure": short}))
    assert only.failures[0].missed == ("hem gap 13.4 % of torso length (at most 12 %)",)


def test_a_person_who_overruled_is_named(tmp_path):
    record = Bench(tmp_path).sample("one", "accepted", scores(realism=7), scores())
    changed = record.attempts[0].model_copy(update={"change": ChangeRecord(prompt="In my words.", by="Ada")})
    first, _ = attempt_stories(record.model_copy(update={"steps": (changed, record.steps[1])}), DEFAULT)
    assert first.overruled == "overruled by Ada" and "in Ada's words: In my words." in first.asked_next


def test_outcomes_are_told_with_their_attempts(tmp_path):
    bench = Bench(tmp_path)
    assert outcome_words(bench.sample("a", "accepted", scores(realism=7), scores())) == "accepted at attempt 2"
    assert outcome_words(bench.sample("b", "not_accepted", scores(realism=7))) == "not accepted in 1 attempt"
    assert outcome_words(bench.sample("c", "refused")) == "refused" and outcome_words(None) == "not begun"


@pytest.mark.parametrize(("chosen", "words"), [(2, "step 2 of 3 chosen"), (None, "in 3 steps, none chosen")])
def test_a_finished_sample_says_what_was_chosen(chosen, words):
    steps = tuple(StepRecord(number=number, stage="near") for number in (1, 2, 3))
    line = SampleLine(sample_id="one")
    record = SampleRecord(sample_id="one", line=line, steps=steps, outcome="finished", chosen=chosen)
    assert outcome_words(record) == (f"finished, {words}" if chosen else f"finished {words}")


def test_steps_from_one_parent_say_what_each_asked(tmp_path):
    record = Bench(tmp_path).sample("one", "not_accepted", *[scores(identity=3)] * 3)
    first, second, third = record.steps
    tree = record.model_copy(update={"steps": (first, second, third.model_copy(update={"parent": 1}))})
    stories = step_stories(tree, DEFAULT)
    assert stories[0].asked_next == () and [story.asked != () for story in stories] == [False, True, True]
    assert [story.decision for story in stories] == ["started over: new noise", "not accepted", "not accepted"]
    assert stories[2].origin == "attempt, from step 1"


def branched(tmp_path, **change):
    record = Bench(tmp_path).sample("one", "accepted", scores(realism=7), scores())
    left = record.attempts[0].model_copy(update={"change": ChangeRecord(**change)})
    return Branch(sample_id="one", name="branch-1", after=1, steps=(left, *record.steps[1:]), outcome="accepted")


def test_a_branch_tells_what_a_person_did_and_only_its_own_attempts(tmp_path):
    told = branch_story(branched(tmp_path, prompt="In my words.", by="Ada"), DEFAULT)
    assert told.leaves == "After attempt 1 of the flow Ada wrote other words"
    assert (told.ended, [step.number for step in told.steps]) == ("accepted at attempt 2", [2])
    assert "in Ada's words: In my words." in told.asked


def test_a_branch_tells_an_overruled_verdict(tmp_path):
    told = branch_story(branched(tmp_path, decision="accept", by="Ada"), DEFAULT)
    assert told.leaves == "After attempt 1 of the flow Ada overruled the verdict (accepted)"


def test_a_label_reads_as_a_sentence(tmp_path):
    bench = Bench(tmp_path)
    record = bench.sample("one", "not_accepted", scores(realism=7))
    run = open_run(bench.finish())
    label = about(run.info, "one", record.attempts[0], "realism", "disagree", note="It is fine.", by="Ada")
    assert label_words(label) == "Ada disagrees on realism: It is fine."


def test_a_reply_that_cannot_be_read_says_so_once_and_not_for_each_constraint(tmp_path):
    bench = Bench(tmp_path)
    one = bench.sample("one", "not_judged", scores(**dict.fromkeys(DEFAULT.keys)))
    two = bench.sample("two", "not_judged", scores(identity=None, realism=None))
    (first,), (second,) = (attempt_stories(record, DEFAULT) for record in (one, two))
    assert first.unread == ("the script says so",)
    assert second.unread == ("identity, realism: the script says so",)
