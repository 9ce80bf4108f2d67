"""Stepping in: the button, the words, the verdict, and the branches they open."""

import threading

import pytest
from doubles import Painter, Scripted, scores
from looking import one, text

from tryon_core.errors import BadInput, ModelFailed, Refused
from tryon_core.records import Decision
from tryon_core.runs import stepping as live
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.view.widgets.stepping.stepper import IterationStepper

WAIT_S = 20


def begun(manifest, tmp_path, *judgements, before=lambda request: None, **told):
    """A stepper over a live loop with a painter and a judge that answers these."""
    parameters = BatchParameters.checked(source=str(manifest), output=str(tmp_path / "run"), **told)
    return IterationStepper(live.begin(parameters, generator=Painter(before), judge=Scripted(*judgements)))


def ended(stepper):
    """Wait until the button's call has ended."""
    stepper.steering.wait(WAIT_S)
    assert not stepper.busy


def test_before_the_first_attempt_the_inputs_are_shown_and_next_draws_it(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores())
    assert stepper.attempt == 0 and text(stepper, "inputs").count("<img ") == 2
    assert one(stepper, "tryon-next").description == "next: draw the first"
    stepper.next()
    assert stepper.attempt == 1 and "<img " in text(stepper, "stage")


def test_the_next_words_are_prefilled_with_the_flow_s_own(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    assert stepper.steering.words.endswith("Mend the realism.")
    stepper.next()
    assert stepper.step.record.request["prompt"].endswith("Mend the realism.")


def test_the_button_draws_in_a_thread_and_is_off_while_the_call_runs(manifest, tmp_path):
    go = threading.Event()
    stepper = begun(manifest, tmp_path, scores(realism=6), before=lambda request: go.wait(WAIT_S))
    button = one(stepper, "tryon-next")
    button.click()
    assert stepper.busy and button.disabled and "drawing and judging" in text(stepper, "status")
    go.set()
    ended(stepper)
    assert stepper.attempt == 1 and not button.disabled


def test_a_second_click_starts_no_second_call(manifest, tmp_path):
    go, asked = threading.Event(), []
    stepper = begun(manifest, tmp_path, scores(realism=6), before=lambda request: (asked.append(1), go.wait(WAIT_S)))
    for _ in range(3):
        one(stepper, "tryon-next").click()
    with pytest.raises(BadInput, match="drawing and judging one attempt"):
        stepper.next()
    go.set()
    ended(stepper)
    assert len(asked) == 1 and len(stepper.step.steps) == 1


def test_earlier_attempts_can_be_looked_at_while_a_call_runs(manifest, tmp_path):
    go = threading.Event()
    go.set()
    stepper = begun(manifest, tmp_path, scores(realism=6), before=lambda request: go.wait(WAIT_S))
    stepper.next()
    stepper.next()
    go.clear()
    one(stepper, "tryon-next").click()
    stepper.attempt = 1
    assert stepper.busy and "attempt 1 of 2" in text(stepper, "told")
    go.set()
    ended(stepper)
    assert stepper.attempt == 3


def test_a_model_s_error_becomes_a_sentence_and_the_next_press_tries_again(manifest, tmp_path):
    failing = [True]

    def before(request):
        if failing:
            raise RuntimeError(failing.pop() and "out of memory")

    stepper = begun(manifest, tmp_path, scores(realism=6), before=before)
    one(stepper, "tryon-next").click()
    ended(stepper)
    assert "painter broke as generator: RuntimeError: out of memory" in text(stepper, "error")
    one(stepper, "tryon-next").click()
    ended(stepper)
    assert stepper.attempt == 1 and not text(stepper, "error")


def test_a_refusal_is_told_and_the_button_is_off(manifest, tmp_path):
    def before(request):
        raise Refused("white_on_white", "the garment cannot be told from its background")

    stepper = begun(manifest, tmp_path, scores(), before=before)
    one(stepper, "tryon-next").click()
    ended(stepper)
    assert "the garment cannot be told from its background." in text(stepper, "error")
    assert one(stepper, "tryon-next").disabled and "white_on_white" in text(stepper, "stage")


def test_called_from_code_an_error_is_raised_as_well(manifest, tmp_path):
    def before(request):
        raise RuntimeError("out of memory")

    stepper = begun(manifest, tmp_path, scores(), before=before)
    with pytest.raises(ModelFailed, match="out of memory"):
        stepper.next()
    assert "out of memory" in text(stepper, "error") and not stepper.busy


def test_on_an_earlier_attempt_the_button_is_off_until_something_is_changed(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    stepper.next()
    stepper.attempt = 1
    button = one(stepper, "tryon-next")
    assert button.disabled and "Nothing is changed at attempt 1" in text(stepper, "status")
    stepper.steering.words += " Roll up the sleeves."
    assert not button.disabled and button.description == "branch from attempt 1"


def test_other_words_open_a_branch_in_the_person_s_name(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    stepper.next()
    stepper.attempt = 1
    stepper.steering.words = "In green."
    assert "stays as it is; the branch is kept beside it, as changed by person" in text(stepper, "status")
    drawn = stepper.next()
    assert (stepper.line, stepper.attempt, drawn.request["prompt"]) == ("branch-1", 2, "In green.")
    assert "what changed from attempt 1 to 2 (in person&#x27;s words)" in text(stepper, "changes")
    (branch,) = open_run(str(tmp_path / "run")).branches(stepper.sample_id)
    assert branch.steps[0].change.prompt == "In green." and branch.steps[0].change.by == "person"
    stepper.line = "loop"
    assert len(stepper.step.steps) == 2  # the loop's own line stays as it was


def test_a_branch_is_there_again_when_the_run_is_only_looked_at(manifest, tmp_path):
    live_one = begun(manifest, tmp_path, scores(realism=6))
    live_one.next()
    live_one.steering.words = "In green."
    live_one.next()
    stepper = IterationStepper(open_run(str(tmp_path / "run")))
    names = one(stepper, "tryon-line")
    assert [label for label, _ in names.options] == ["loop, the flow's own", "branch-1, from attempt 1 of loop"]
    names.value = "branch-1"
    assert len(stepper.step.steps) == 2 and "the next request is in person&#x27;s words" in text(stepper, "told")


def test_an_overruled_verdict_shows_as_the_person_s_beside_the_rule_s(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    one(stepper, "tryon-verdict").value = "accept"
    assert "nothing is drawn" in text(stepper, "status")
    stepper.next()
    assert stepper.step.record.decision is Decision.ACCEPT and stepper.line == "branch-1"
    assert "overruled by person: accepted (the rule said: corrected)" in text(stepper, "told")
    assert "accepted by person at attempt 1" in text(stepper, "head")


def test_a_start_over_by_a_person_draws_from_new_noise_and_says_whose_verdict_it_was(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    stepper.steering.verdict = "start over"
    stepper.next()
    assert stepper.step.record.request["noise"] != stepper.step.before.request["noise"]
    assert "(after person&#x27;s verdict: started over: new noise)" in text(stepper, "changes")


def test_what_was_written_and_not_sent_is_there_again(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    stepper.next()
    stepper.attempt = 1
    stepper.steering.words = "Half a thought"
    stepper.attempt = 2
    assert stepper.steering.words != "Half a thought"
    stepper.attempt = 1
    assert stepper.steering.words == "Half a thought"


def test_a_line_that_has_ended_says_so_and_other_words_go_on_from_it(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores())
    stepper.next()
    assert one(stepper, "tryon-next").disabled and "s0 is accepted" in text(stepper, "status")
    stepper.steering.words += " Roll up the sleeves."
    stepper.next()
    assert (stepper.line, stepper.attempt) == ("branch-1", 2)


def test_any_sample_of_the_run_is_live(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    stepper.sample_id = "s2"
    assert stepper.attempt == 0
    stepper.next()
    stepper.sample_id = "s0"
    assert stepper.attempt == 1 and [len(r.attempts) for r in open_run(str(tmp_path / "run")).records] == [1, 1]


def test_another_sample_can_be_looked_at_but_not_drawn_while_a_call_runs(manifest, tmp_path):
    go = threading.Event()
    stepper = begun(manifest, tmp_path, scores(realism=6), before=lambda request: go.wait(WAIT_S))
    one(stepper, "tryon-next").click()
    stepper.sample_id = "s1"
    assert "Another sample is being drawn" in text(stepper, "told")
    with pytest.raises(BadInput, match="another sample is being drawn"):
        stepper.next()
    go.set()
    ended(stepper)
    assert stepper.sample_id == "s1" and stepper.attempt == 0
    stepper.next()
    assert stepper.attempt == 1


def test_there_is_no_asking_without_words(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, scores(realism=6))
    stepper.next()
    stepper.steering.words = "  "
    assert one(stepper, "tryon-next").disabled and "no words to ask with" in text(stepper, "status")
