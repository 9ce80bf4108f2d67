"""The live loop: one attempt at a time, a person's changes beside the record, never in it."""

import threading

import pytest
from doubles import Painter, Scripted, scores

from tryon_core.errors import BadInput, ModelFailed, Refused, RunConflict, UnknownName
from tryon_core.records import Decision
from tryon_core.runs import stepping as live
from tryon_core.runs.batch import run_batch
from tryon_core.runs.kept.documents import read_branches, read_records
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import prepare
from tryon_core.runs.run_once import kept_run
from tryon_core.steps import Change, SampleRecord

WORDS = "Wear it with long sleeves."


def begin(manifest, folder, *judgements, painter=None, **given):
    """A live loop on the first sample, drawn by a painter, judged by a script."""
    parameters = BatchParameters.checked(source=str(manifest), output=str(folder), sample="s0", **given)
    judge = Scripted(*(judgements or (scores(realism=6),)))
    return live.begin(parameters, generator=painter or Painter(), judge=judge)


def test_stepping_by_hand_writes_the_record_that_a_batch_writes(manifest, tmp_path):
    loop = begin(manifest, tmp_path / "live", scores(realism=6), scores())
    while not loop.cannot_step():
        loop.step()
    parameters = BatchParameters(source=str(manifest), output=str(tmp_path / "batch"), sample="s0")
    run_batch(parameters, generator=Painter(), judge=Scripted(scores(realism=6), scores()), progress=False)
    by_hand, by_batch = ((tmp_path / name / "records/s0.json").read_bytes() for name in ("live", "batch"))
    assert _without_seconds(by_hand) == _without_seconds(by_batch)
    assert len(SampleRecord.model_validate_json(by_hand).attempts) == 2


def _without_seconds(data):
    record = SampleRecord.model_validate_json(data)
    return record.model_copy(update={"steps": tuple(s.model_copy(update={"spent": {}}) for s in record.steps)})


def test_two_that_step_one_sample_are_told_and_go_on_together(manifest, tmp_path):
    one, other = (begin(manifest, tmp_path, scores(realism=6), scores(realism=7), scores()) for _ in range(2))
    first = one.step()
    with pytest.raises(RunConflict, match="^s0: another notebook or process has stepped it meanwhile; .* step again"):
        other.step()
    assert other.lines()["loop"].steps == (first,)
    second = other.step()
    with pytest.raises(RunConflict):
        one.step()
    assert one.lines()["loop"].steps == (first, second) and one.step().number == 3


def test_two_that_step_one_branch_are_told_and_go_on_together(manifest, tmp_path):
    one = begin(manifest, tmp_path, max_iterations=4)
    one.step()
    name = one.branch("loop", 1, Change(prompt=WORDS))
    other = begin(manifest, tmp_path, max_iterations=4)
    drawn = other.step(name)
    with pytest.raises(RunConflict, match="^s0: another"):
        one.step(name)
    assert one.lines()[name].steps[1:] == (drawn,) and one.step(name).number == 3


def test_an_ended_loop_says_why_it_cannot_be_stepped_and_refuses(manifest, tmp_path):
    loop = begin(manifest, tmp_path, scores())
    loop.step()
    assert loop.cannot_step() == "s0 is accepted; overrule an attempt to go on from it"
    with pytest.raises(BadInput, match="s0 is accepted"):
        loop.step()


def test_a_person_s_words_open_a_branch_that_is_recorded_as_theirs(manifest, tmp_path):
    loop = begin(manifest, tmp_path)
    loop.step()
    name = loop.branch("loop", 1, Change(prompt=WORDS, by="Ada"))
    drawn = loop.step(name)
    assert drawn.number == 2 and drawn.request["prompt"] == WORDS
    (branch,) = read_branches(loop.store, "s0", loop.rubric)
    assert (branch.name, branch.parent, branch.after) == ("branch-1", "loop", 1)
    assert branch.steps[0].change == Change(prompt=WORDS, by="Ada").record() and branch.steps[1] == drawn


def test_a_branch_leaves_the_loop_s_own_record_and_rates_alone(manifest, tmp_path):
    loop = begin(manifest, tmp_path, max_iterations=2)
    loop.step(), loop.step()
    before = (tmp_path / "records/s0.json").read_bytes()
    loop.step(loop.branch("loop", 1, Change(prompt=WORDS)))
    assert (tmp_path / "records/s0.json").read_bytes() == before
    assert len(loop.run().step_rows) == 2
    assert len(read_records(loop.store)) == 1


def test_a_branch_costs_only_its_new_attempts(manifest, tmp_path):
    painter = Painter()
    loop = begin(manifest, tmp_path, painter=painter, max_iterations=3)
    for _ in range(3):
        loop.step()
    loop.step(loop.branch("loop", 2, Change(prompt=WORDS)))
    assert len(painter.requests) == 4


def test_words_for_an_accepted_attempt_mean_that_it_is_corrected(manifest, tmp_path):
    loop = begin(manifest, tmp_path, scores())
    loop.step()
    name = loop.branch("loop", 1, Change(prompt=WORDS))
    assert loop.lines()[name].steps[0].decision is Decision.RETRY and not loop.cannot_step(name)


def test_a_verdict_of_accept_ends_the_branch_as_the_person_s(manifest, tmp_path):
    loop = begin(manifest, tmp_path)
    loop.step()
    name = loop.branch("loop", 1, Change(decision=Decision.ACCEPT))
    assert loop.lines()[name].outcome == "accepted" and "is accepted" in loop.cannot_step(name)
    assert loop.lines()["loop"].outcome == "running"


def test_a_verdict_of_start_over_draws_new_noise(manifest, tmp_path):
    loop = begin(manifest, tmp_path)
    loop.step()
    drawn = loop.step(loop.branch("loop", 1, Change(decision=Decision.RESTART)))
    assert drawn.request["noise"]["seed"] != 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(), "nothing is changed about attempt 1; give other words or another verdict"),
        (Change(decision=Decision.RETRY), "nothing is changed"),
        (Change(prompt="  "), "the words for the attempt after number 1 are empty"),
    ],
)
def test_a_change_that_changes_nothing_is_refused(manifest, tmp_path, change, sentence):
    loop = begin(manifest, tmp_path)
    loop.step()
    with pytest.raises(BadInput, match=sentence):
        loop.branch("loop", 1, change)
    assert not read_branches(loop.store, "s0", loop.rubric)


def test_the_next_words_are_known_before_anything_is_drawn(manifest, tmp_path):
    painter = Painter()
    loop = begin(manifest, tmp_path, painter=painter)
    loop.step()
    told, fixes = loop.next_prompt("loop", 1), loop.next_fixes("loop", 1)
    assert len(painter.requests) == 1
    drawn = loop.step()
    assert drawn.request["prompt"] == told and drawn.request["fixes"] == [fix.model_dump(mode="json") for fix in fixes]


def test_a_branch_of_a_branch_goes_on_from_the_person_s_words(manifest, tmp_path):
    loop = begin(manifest, tmp_path)
    loop.step()
    first = loop.branch("loop", 1, Change(prompt=WORDS))
    loop.step(first), loop.step(first)
    second = loop.branch(first, 2, Change(prompt="Wear it inside out."))
    drawn = loop.step(second)
    assert drawn.number == 3 and [a.request["prompt"] for a in loop.lines()[second].steps][1:] == [
        WORDS,
        "Wear it inside out.",
    ]


def test_opened_again_the_loop_and_its_branches_are_there_and_go_on(manifest, tmp_path):
    loop = begin(manifest, tmp_path)
    loop.step()
    loop.step(name := loop.branch("loop", 1, Change(prompt=WORDS)))
    painter = Painter()
    again = begin(manifest, tmp_path, painter=painter)
    assert again.lines() == loop.lines()
    assert again.step(name).number == 3 and again.step().number == 2
    assert len(painter.requests) == 2


def test_two_people_who_branch_at_once_keep_both_branches(manifest, tmp_path):
    one, other = begin(manifest, tmp_path), begin(manifest, tmp_path)
    one.step()
    other = begin(manifest, tmp_path)
    names = {one.branch("loop", 1, Change(prompt=WORDS)), other.branch("loop", 1, Change(prompt="Wear it not."))}
    assert names == {"branch-1", "branch-2"} and len(read_branches(one.store, "s0", one.rubric)) == 2


def test_a_call_that_breaks_is_recorded_and_can_be_tried_again(manifest, tmp_path):
    broken = threading.Event()

    def break_once(request):
        if not broken.is_set():
            broken.set()
            raise ZeroDivisionError("the card fell out")

    loop = begin(manifest, tmp_path, painter=Painter(before=break_once))
    with pytest.raises(ModelFailed, match="the card fell out"):
        loop.step()
    assert loop.lines()["loop"].outcome == "failed"
    assert loop.step().number == 1 and loop.lines()["loop"].outcome == "running"


def test_a_refusal_is_the_sample_s_outcome(manifest, tmp_path):
    def refuse(request):
        raise Refused("no_person", "there is nobody in the picture")

    loop = begin(manifest, tmp_path, painter=Painter(before=refuse))
    with pytest.raises(Refused):
        loop.step()
    assert loop.lines()["loop"].outcome == "refused" and "nobody in the picture" in loop.cannot_step()


def test_a_sample_or_a_line_that_is_not_there_is_named_with_its_neighbour(manifest, tmp_path):
    with pytest.raises(UnknownName, match="no sample is called 's9'. Did you mean 's"):
        live.begin(BatchParameters(source=str(manifest), output=str(tmp_path), sample="s9"), generator=Painter())
    loop = begin(manifest, tmp_path)
    with pytest.raises(UnknownName, match="no line is called 'branch-7'"):
        loop.step("branch-7")


def test_a_run_in_a_bucket_takes_steps_and_branches(manifest, bucket):
    loop = begin(manifest, f"s3://{bucket}/runs/live")
    loop.step()
    loop.step(loop.branch("loop", 1, Change(prompt=WORDS)))
    (branch,) = read_branches(loop.store, "s0", loop.rubric)
    assert len(branch.attempts) == 2


def test_a_run_is_opened_with_the_models_that_it_names(tmp_path):
    demo = "data_manifests/demo.jsonl"
    kept_run(BatchParameters(source=demo, output=str(tmp_path), sample="demo_04_dots", seed=3, max_iterations=1))
    loop = live.on_run(str(tmp_path), "demo_04_dots")
    assert loop.lines()["loop"].outcome == "not_accepted" and "1 attempt" in loop.cannot_step()
    words = loop.next_prompt("loop", 1)
    loop.step(name := loop.branch("loop", 1, Change(decision=Decision.RESTART)))
    assert len(loop.lines()[name].steps) == 2 and words.startswith("The person wears")


def test_a_run_of_other_models_can_be_looked_at_but_not_gone_on_with(manifest, tmp_path):
    begin(manifest, tmp_path).step()
    with pytest.raises(BadInput, match="was made by generator painter at revision 1, here is warp at .* looked at"):
        live.on_run(str(tmp_path), "s0")


def test_a_sample_that_a_run_has_not_begun_is_drawn_from_its_source(manifest, tmp_path):
    asked = BatchParameters(source=str(manifest), output=str(tmp_path), max_iterations=1)
    prepare(asked)
    loop = live.on_run(str(tmp_path), "s0")
    with pytest.raises(Refused, match="person"):
        loop.step()
    assert loop.lines()["loop"].outcome == "refused"


def test_half_a_character_in_a_person_s_words_is_refused(manifest, tmp_path):
    loop = begin(manifest, tmp_path)
    loop.step()
    with pytest.raises(BadInput, match="half a character"):
        loop.branch(live.LOOP, 1, Change(prompt="longer \udcff sleeves"))
