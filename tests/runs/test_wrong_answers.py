"""Answers that were once wrong, and flows of one's own that once crashed: each is held by a test."""

from dataclasses import replace

import pytest
from doubles import Painter, Scripted, a_sample, card, picture, run, scores

from tryon_core import models
from tryon_core.errors import BadInput, StorageError, UnknownName
from tryon_core.flows.closed_loop import ClosedLoop, closed_loop, opening_request
from tryon_core.flows.revising import in_words, left_out, still_said
from tryon_core.records import Decision, Fix, Noise
from tryon_core.roles import Generator, Judge, role_named
from tryon_core.rubrics import RUBRICS, Rubric, decide
from tryon_core.runs import stepping
from tryon_core.runs.batch import run_batch
from tryon_core.runs.kept.documents import read_records
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import prepare
from tryon_core.runs.walk import Walk
from tryon_core.sources import open_source
from tryon_core.steps import Change, Flow, Step
from tryon_core.storage.store import FolderStore

DEFAULT = RUBRICS["default"]


# ---- the key of a judge's answer -------------------------------------------------------------------------------------


class Asking(Scripted):
    """A judge that says what it asks: for fixes below a bar."""

    def __init__(self, accept_at):
        super().__init__(scores())
        self.accept_at = accept_at

    def asked(self, sample):
        return f"{sample.wish} Name a fix for each score below {self.accept_at:g}."


def asked_again(manifest, folder, bar, **rule):
    """How often a judge is asked anew in a run that reuses one which asked for fixes below 8."""
    painter, judge = Painter(), Asking(bar)
    run(manifest, folder / "one", judge=Asking(8), limit=2)
    run(manifest, folder / "two", painter, judge, limit=2, max_iterations=1, rule=rule, reuse=str(folder / "one"))
    assert not painter.requests
    return len(judge.seen)


def test_a_stricter_bar_is_another_question(manifest, tmp_path):
    assert asked_again(manifest, tmp_path, 9.5, accept_at=9.5) == 2


def test_a_rule_outside_the_words_is_not(manifest, tmp_path):
    assert asked_again(manifest, tmp_path, 8, critical_below=3) == 0


# ---- the outcome and the choice --------------------------------------------------------------------------------------


def three_candidates(keep, accepts=None):
    """A flow that draws three, then returns `keep`; it accepts number `accepts`, whatever the rubric says."""

    def flow(sample, *, generator: Generator, judge: Judge, rubric: Rubric) -> Flow:
        opening = opening_request(sample)
        for number in (1, 2, 3):
            request = replace(opening, noise=Noise(seed=number))
            image = generator(request)
            judgement = judge(sample, image)
            decision = decide(judgement, rubric) if accepts is None else Decision.RETRY
            decision = Decision.ACCEPT if number == accepts else decision
            yield Step(image=image, request=request, judgement=judgement, decision=decision)
        return keep

    return flow


def record_of(manifest, folder, flow, *judgements, **given):
    """The record of a batch over one sample with a flow of one's own."""
    parameters = BatchParameters(source=str(manifest), output=str(folder), limit=1)
    models = {"generator": Painter(), "judge": Scripted(*judgements or (scores(),)), **given}
    return run_batch(parameters, flow=flow, progress=False, **models).records[0]


def test_a_flow_s_outcome_is_its_choice_s(manifest, tmp_path):
    record = record_of(manifest, tmp_path, three_candidates(2), scores(realism=5), scores(), scores(realism=6))
    assert [step.decision for step in record.steps] == ["retry", "accept", "retry"]
    assert (record.outcome, record.chosen) == ("accepted", 2)


def test_a_flow_s_choice_overrules_the_rank(manifest, tmp_path):
    record = record_of(manifest, tmp_path, three_candidates(2, accepts=2), scores(), scores(realism=5))
    assert (record.outcome, record.chosen) == ("accepted", 2)


def test_a_flow_may_keep_nothing(manifest, tmp_path):
    record = record_of(manifest, tmp_path, three_candidates(None), scores())
    assert (record.outcome, record.chosen) == ("not_accepted", None)


def test_an_attempt_with_a_zero_is_not_kept(manifest, tmp_path):
    """The first meets every gate but the last, the second fails at the first gate, with 5.3."""
    judge = Scripted(scores(realism=0), scores(garment_swap=5.3, identity=6))
    (record,) = run(manifest, tmp_path, judge=judge, limit=1, max_iterations=2).records
    assert record.chosen == 2


# ---- both sleeves ----------------------------------------------------------------------------------------------------


def sleeves(**sides):
    return tuple(
        Fix(constraint="garment_structure", text=text, aspect="sleeve", part=side, amount=0.1)
        for side, text in sides.items()
    )


def test_both_sleeves_are_named_in_the_words():
    fixes = sleeves(left="lengthen the left sleeve", right="shorten the right sleeve")
    words = in_words("Wear it.", fixes)
    assert words == "Wear it. Lengthen the left sleeve. Shorten the right sleeve."
    assert left_out(words, fixes) == ()


def test_a_sleeve_s_newer_fix_replaces_only_its_own():
    older, newer = sleeves(left="lengthen the left sleeve", right="shorten the right sleeve"), sleeves(left="stop")
    assert in_words("Wear it.", (*older, *newer)) == "Wear it. Stop. Shorten the right sleeve."


def test_one_sleeve_may_be_taken_out_alone():
    left, right = sleeves(left="lengthen the left sleeve", right="shorten the right sleeve")
    assert still_said((left, right), "Wear it. Shorten the right sleeve.") == (right,)


def test_the_loop_asks_for_both_sleeves():
    judgement = scores(garment_structure=5)
    fixes = sleeves(left="lengthen the left sleeve", right="shorten the right sleeve")
    wrong = judgement.scores["garment_structure"].model_copy(update={"fixes": fixes})
    first = judgement.model_copy(update={"scores": {**judgement.scores, "garment_structure": wrong}})
    _, second = loop(Painter(), first, scores())
    assert "the left sleeve" in second.request.prompt and "the right sleeve" in second.request.prompt


# ---- attempts that repeat --------------------------------------------------------------------------------------------


def loop(generator, *judgements, sample=None, **options):
    models = {"generator": generator, "judge": Scripted(*judgements), "rubric": DEFAULT}
    return Walk(closed_loop(sample or a_sample(), **models, options=ClosedLoop(**options)))


def in_words_only(key="realism"):
    """A judgement that asks for what no parameter does."""
    judgement = scores(**{key: 6})
    fix = Fix(constraint=key, text="let the light fall as in the photograph")
    score = judgement.scores[key].model_copy(update={"fixes": (fix,)})
    return judgement.model_copy(update={"scores": {**judgement.scores, key: score}})


def test_a_request_drawn_alike_gets_new_noise():
    painter = Painter()
    painter.draws_alike = lambda request, other: request.noise == other.noise
    steps = list(loop(painter, scores(realism=6), max_iterations=4))
    assert len({step.request.noise for step in steps}) == 4
    assert all("Mend the realism." in step.request.prompt for step in steps[1:])


def test_a_generator_that_reads_words_keeps_its_noise():
    painter = Painter()
    painter.draws_alike = lambda request, other: request.record() == other.record()
    first, second, *_ = loop(painter, in_words_only(), max_iterations=2)
    assert first.request.noise == second.request.noise and first.request.prompt != second.request.prompt


def test_warp_draws_no_picture_twice():
    source = open_source("data_manifests/demo.jsonl")
    sample = source.load(next(line for line in source.listing().lines if line.sample_id == "demo_04_dots")).blind()
    steps = list(loop(models.load("warp"), in_words_only(), sample=sample, max_iterations=3))
    assert len({step.image.tobytes() for step in steps}) == len({step.request.noise for step in steps}) == 3


# ---- flows of one's own ----------------------------------------------------------------------------------------------


def two_pictures(sample, *, generator: Generator) -> Flow:
    """Ends by itself, with nothing judged."""
    for seed in (1, 2):
        request = replace(opening_request(sample), noise=Noise(seed=seed))
        yield Step(image=generator(request), request=request)
    return 2


def nothing(sample, *, generator: Generator) -> Flow:
    yield from ()
    return None


def live(manifest, folder, flow):
    parameters = BatchParameters(source=str(manifest), output=str(folder), limit=1)
    return stepping.begin(parameters, flow=flow, generator=Painter())


def test_a_flow_may_end_while_stepped(manifest, tmp_path):
    looking = live(manifest, tmp_path, two_pictures)
    assert [looking.step().number for _ in range(2)] == [1, 2] and looking.step() is None
    (record,) = read_records(looking.store)
    assert (record.outcome, record.chosen) == ("finished", 2)
    assert looking.cannot_step().startswith("s0 has finished: step 2 is kept")
    with pytest.raises(BadInput, match="s0 has finished"):
        looking.step()


def test_a_branch_of_it_may_end_too(manifest, tmp_path):
    looking = live(manifest, tmp_path, two_pictures)
    looking.step()
    name = looking.branch("loop", 1, Change(prompt="Wear it long."))
    assert looking.step(name).number == 2 and looking.step(name) is None
    assert looking.lines()[name].outcome == "finished" and looking.lines()[name].chosen == 2


def test_a_flow_without_steps_ends_live(manifest, tmp_path):
    looking = live(manifest, tmp_path, nothing)
    assert looking.step() is None and looking.lines()["loop"].outcome == "finished"
    assert looking.cannot_step() == "s0 has finished: nothing is kept"


def test_a_flow_without_steps_finishes(manifest, tmp_path):
    parameters = BatchParameters(source=str(manifest), output=str(tmp_path))
    records = run_batch(parameters, flow=nothing, generator=Painter(), progress=False).records
    assert [(one.outcome, one.chosen, one.steps) for one in records] == [("finished", None, ())] * 4


@pytest.mark.parametrize("value", [4, 0, -1, True, "best", 2.0, (1, 2)])
def test_a_choice_that_is_no_step_is_named(manifest, tmp_path, value):
    with pytest.raises(BadInput, match="returns the number of the step to keep, 1 to 3, or None; got") as refused:
        record_of(manifest, tmp_path, three_candidates(value))
    assert str(refused.value).endswith(repr(value))


def test_what_a_flow_yields_must_be_steps():
    def pictures_only():
        yield picture()

    with pytest.raises(BadInput, match="a flow yields steps; this one yielded <PIL"):
        Walk(pictures_only()).next()


def test_a_step_cannot_follow_a_later_one():
    def backwards():
        yield Step(parent=1)

    with pytest.raises(BadInput, match="step 1 says that it is number 0, made from step 1"):
        Walk(backwards()).next()


def test_a_function_that_never_yields_says_so():
    def only_returns():
        return 1

    with pytest.raises(BadInput, match="a flow yields its steps; this function returned 1 and yields nothing"):
        Walk(only_returns())


# ---- names and places ------------------------------------------------------------------------------------------------


def test_an_unknown_role_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no role is called 'scorrer'. Did you mean 'scorer'"):
        role_named("scorrer")
    with pytest.raises(UnknownName, match="no role is called 'juge'. Did you mean 'judge'"):
        models.load("measure", role="juge")


BUILT = []


def build():
    """A generator's builder that is seen to be called."""
    BUILT.append("built")
    painter = Painter()
    painter.card = card("counted")
    return painter


@pytest.mark.parametrize("output", ["there", ""])
def test_a_place_that_cannot_be_written_comes_first(manifest, tmp_path, monkeypatch, output):
    """Before a model is built: a file lies where the folder would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(models.TABLE["generator"], "counted", f"{__name__}:build")
    BUILT.clear()
    asked = BatchParameters(source=str(manifest), output=output, generator="counted")
    (tmp_path / (output or "runs")).write_text("a file")
    with pytest.raises(StorageError, match=f"cannot write to {output or 'runs'}"):
        prepare(asked, judge=Scripted(scores()))
    assert BUILT == []
    (tmp_path / (output or "runs")).unlink()
    assert isinstance(prepare(asked, judge=Scripted(scores())).store, FolderStore) and BUILT == ["built"]
