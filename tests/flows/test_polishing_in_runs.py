"""Polished words in a run: asked for once, recorded, found again after a kill, in a batch and live."""

import json
import time

import pytest
from doubles import Lottery, Painter, run, scores
from mortal import Killed, Mortal, contents
from writing import ScriptedWriter, WritingLottery, WritingScripted, shouting

from tryon_core.errors import BadInput
from tryon_core.flows.closed_loop import opening_request
from tryon_core.roles import ROLES, Generator, Judge, Writer
from tryon_core.runs import stepping as live
from tryon_core.runs.journal import Journal
from tryon_core.runs.kept.documents import read_records
from tryon_core.runs.kept.info import read_info
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.walk import Meter
from tryon_core.steps import Change, Flow, Spent, Step
from tryon_core.storage.store import FolderStore


@pytest.fixture(scope="session")
def unbroken(manifest, tmp_path_factory):
    """The objects of a run with polished words that nothing has disturbed."""
    folder = tmp_path_factory.mktemp("polished")
    run(manifest, folder, judge=WritingLottery(), rewrite=True)
    return contents(FolderStore(folder))


def test_a_judge_that_cannot_write_is_refused(manifest, tmp_path):
    parameters = BatchParameters(source=str(manifest), output=str(tmp_path), judge="measure", rewrite=True)
    with pytest.raises(BadInput, match="measure has no writer of its own, which rewrite needs; set rewrite=False"):
        live.begin(parameters, generator=Painter())
    assert live.begin(parameters.model_copy(update={"rewrite": False}), generator=Painter()).store.url == str(tmp_path)


def only_drawn(sample, *, generator: Generator, judge: Judge) -> Flow:
    """A flow without settings."""
    yield Step(image=generator(opening_request(sample)))
    return 1


def test_a_flow_without_rewriting_says_so(manifest, tmp_path):
    parameters = BatchParameters.checked(source=str(manifest), output=str(tmp_path / "run"), rewrite=True)
    with pytest.raises(BadInput, match="only_drawn has no setting rewrite .it has: none.; leave it out"):
        live.begin(parameters, generator=Painter(), judge=WritingLottery(), flow=only_drawn)
    assert not (tmp_path / "run").exists()


def test_a_batch_is_drawn_from_polished_words_and_says_so_in_its_parameters(manifest, tmp_path):
    result = run(manifest, tmp_path, judge=WritingLottery(), rewrite=True)
    asked = [attempt for record in result.records for attempt in record.attempts if attempt.polish]
    used = [attempt for attempt in asked if not attempt.polish.unused]
    assert used and all(attempt.request["prompt"] == attempt.polish.composed.upper() for attempt in used)
    assert all(attempt.request["prompt"] == attempt.polish.composed for attempt in asked if attempt not in used)
    assert read_info(FolderStore(tmp_path)).parameters["options"]["rewrite"] is True


def test_without_rewrite_no_writer_is_asked(manifest, tmp_path):
    judge = WritingLottery()
    run(manifest, tmp_path, judge=judge)
    assert judge.writer.asked == []
    assert not any(attempt.polish for record in read_records(FolderStore(tmp_path)) for attempt in record.attempts)


def test_the_ledger_of_a_sample_counts_the_writer(manifest, tmp_path):
    (record, *_) = run(manifest, tmp_path, judge=WritingLottery(), rewrite=True).records
    polished = sum(attempt.polish is not None for attempt in record.attempts)
    assert polished and record.spent["writer"] == Spent(calls=polished, seconds=3.0 * polished)


@pytest.mark.parametrize("lives", range(4, 60, 5))
def test_killed_anywhere_and_run_again_the_same_words_are_found(manifest, unbroken, tmp_path, lives):
    with pytest.raises(Killed):
        run(manifest, tmp_path, judge=WritingLottery(), store=Mortal(tmp_path, lives), rewrite=True)
    before = sum(b'"role": "writer"' in FolderStore(tmp_path).read(key) for key in FolderStore(tmp_path).keys("calls/"))
    judge = WritingLottery()
    run(manifest, tmp_path, judge=judge, rewrite=True)
    assert contents(FolderStore(tmp_path)) == unbroken
    assert len(judge.writer.asked) == sum(b'"role": "writer"' in data for data in unbroken.values()) - before


def test_another_run_s_answers_can_be_reused(manifest, tmp_path):
    run(manifest, tmp_path / "one", judge=WritingLottery(), rewrite=True)
    judge = WritingLottery()
    run(manifest, tmp_path / "two", judge=judge, rewrite=True, reuse=str(tmp_path / "one"))
    assert judge.writer.asked == [] and judge.calls == 0


class BatchWriter(ScriptedWriter):
    """A writer that also takes many questions at once."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.sizes = []

    def metered(self, calls):
        self.sizes.append(len(calls))
        time.sleep(0.02)
        return super().metered(calls)


def test_questions_of_several_samples_are_answered_in_one_batch_and_come_out_alike(manifest, tmp_path):
    sizes, prompts = [], []
    for workers in (1, 4):
        judge = Lottery()
        judge.writer = BatchWriter(shouting)
        result = run(manifest, tmp_path / str(workers), judge=judge, rewrite=True, run={"workers": workers})
        sizes.append(max(judge.writer.sizes))
        prompts.append([[attempt.request["prompt"] for attempt in record.attempts] for record in result.records])
    assert sizes[0] == 1 < sizes[1] and prompts[0] == prompts[1]


def test_looking_at_the_next_words_asks_the_writer_once_and_the_step_uses_the_answer(manifest, tmp_path):
    writer = ScriptedWriter(shouting)
    parameters = BatchParameters(source=str(manifest), output=str(tmp_path), sample="s0", rewrite=True)
    judge = WritingScripted(writer, scores(realism=6))
    loop = live.begin(parameters, generator=Painter(), judge=judge)
    loop.step()
    looked_at = [loop.next_prompt("loop", 1) for _ in range(2)]
    drawn = loop.step()
    assert looked_at == [drawn.request["prompt"]] * 2 and drawn.request["prompt"].endswith("MEND THE REALISM.")
    assert len(writer.asked) == 1 and drawn.spent["writer"].seconds == 3.0


def test_looking_behind_an_accepted_attempt_asks_no_writer(manifest, tmp_path):
    writer = ScriptedWriter(shouting)
    parameters = BatchParameters(source=str(manifest), output=str(tmp_path), sample="s0", rewrite=True)
    judge = WritingScripted(writer, scores(realism=6), scores())
    loop = live.begin(parameters, generator=Painter(), judge=judge)
    loop.step(), loop.step()
    assert loop.lines()["loop"].outcome == "accepted" and loop.next_prompt("loop", 2).endswith("Mend the realism.")
    assert len(writer.asked) == 1  # for the second attempt


def test_a_branch_in_a_person_s_words_asks_no_writer(manifest, tmp_path):
    writer = ScriptedWriter(shouting)
    parameters = BatchParameters(source=str(manifest), output=str(tmp_path), sample="s0", rewrite=True)
    loop = live.begin(parameters, generator=Painter(), judge=WritingScripted(writer, scores(realism=6)))
    loop.step()
    name = loop.branch("loop", 1, Change(prompt="Wear it long."))
    prompts = [loop.step(name).request["prompt"] for _ in range(2)]
    assert prompts == ["Wear it long.", "Wear it long. Mend the realism."] and writer.asked == []


def test_the_record_of_an_answer_holds_question_and_text_but_no_pixels(tmp_path):
    store, meter = FolderStore(tmp_path), Meter()
    writer = ScriptedWriter('{"prompt": "Wear it."}')
    asked = [Journal(store).model(writer, ROLES[Writer], meter=meter)("What words?", []) for _ in range(2)]
    assert asked == ['{"prompt": "Wear it."}'] * 2 and len(writer.asked) == 1
    assert meter.taken() == {"writer": Spent(calls=2, seconds=6.0)}
    (key,) = store.keys("calls/")
    document = json.loads(store.read(key))
    assert document["question"] == "What words?" and document["answer"] == asked[0] and document["pictures"] == []
