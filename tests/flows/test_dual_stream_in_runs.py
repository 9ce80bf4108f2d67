"""The dual stream as a run: batches, a kill and a resume, arms that share their first pictures, live with a person."""

import json

import pytest
from doubles import Lined, Lottery, Mapper, Painter, Seen, Tool, placed, scores
from mortal import Killed, Mortal, contents

from tryon_core.flows import named
from tryon_core.flows.__main__ import described
from tryon_core.flows.dual_stream import DualStream
from tryon_core.records import Decision
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import fill
from tryon_core.runs.reading import open_run
from tryon_core.runs.stepping import begin
from tryon_core.steps import Change
from tryon_core.storage.store import FolderStore


class Placing(Lottery):
    """A lottery of better scores that names places, so that tools have something to do."""

    def __call__(self, sample, image):
        drawn = super().__call__(sample, image)
        better = {key: min(10.0, score.score + 3) for key, score in drawn.scores.items()}
        return placed(scores(self.rubric, **better))


def models(**given):
    tools = {name: Tool(name) for name in ("depth", "canny", "fill")}
    tools |= {f"{name}_mapper": Mapper(name) for name in ("depth", "canny")}
    return {"generator": Lined(), "judge": Placing(), "segmenter": Nothing(), **tools, **given}


class Nothing(Seen):
    """A segmenter that finds nothing, so that masks are the judge's boxes."""

    def __call__(self, image, prompt):
        super().__call__(image, prompt)
        return []


def parameters(source, output, **given):
    options = {"max_iterations": 5, "satisfaction_threshold": 0.99} | given.pop("options", {})
    return BatchParameters.checked(source=str(source), output=str(output), flow="dual_stream", options=options, **given)


def run(source, output, store=None, drawn_by=None, **given):
    return run_batch(parameters(source, output, **given), models=drawn_by or models(), store=store, progress=False)


def asked(drawn_by):
    return sum(len(drawn_by[name].requests) for name in ("generator", "depth", "canny", "fill"))


def answered(drawn_by):
    """How often any of the models was called."""
    looked = sum(len(drawn_by[f"{name}_mapper"].seen) for name in ("depth", "canny"))
    return asked(drawn_by) + drawn_by["judge"].calls + looked + len(drawn_by["segmenter"].prompts)


def test_a_batch_keeps_every_picture_it_names(manifest, tmp_path):
    done = run(manifest, tmp_path)
    opened = open_run(str(tmp_path))
    assert {step.stage for record in done.records for step in record.steps} >= {"draw", "words", "depth"}
    for record in done.records:
        for step in record.steps:
            for name in step.pictures:
                assert opened.store.read(f"pictures/{name}.png")
        kept = record.steps[record.chosen - 1]
        assert kept.judged and kept.data["model"] and isinstance(kept.scores["satisfaction"].value, float)


def test_a_run_that_was_killed_ends_as_any_other(manifest, tmp_path):
    whole = run(manifest, tmp_path / "unbroken")
    for alive in (3, 17, 40):
        with pytest.raises(Killed):
            run(manifest, "", store=Mortal(tmp_path / "run", alive))
    before = len(list(FolderStore(tmp_path / "run").keys("calls/")))
    again = models()
    resumed = run(manifest, tmp_path / "run", drawn_by=again)
    after = len(list(FolderStore(tmp_path / "run").keys("calls/")))
    assert contents(FolderStore(tmp_path / "run")).keys() == contents(FolderStore(tmp_path / "unbroken")).keys()
    assert 0 < answered(again) == after - before
    for record, other in zip(resumed.records, whole.records, strict=True):
        assert [_timeless(step) for step in record.steps] == [_timeless(step) for step in other.steps]


@pytest.mark.parametrize("arm", ["no_tool", "new_noise"])
def test_arms_share_their_first_pictures_and_judgements(manifest, tmp_path, arm):
    streams = run(manifest, tmp_path / "streams")
    again = models()
    other = run(manifest, tmp_path / arm, drawn_by=again, reuse=str(tmp_path / "streams"), options={"arm": arm})
    firsts = [(one.steps[0].picture, one.steps[0].judgement) for one in streams.records]
    assert firsts == [(one.steps[0].picture, one.steps[0].judgement) for one in other.records]
    later = sum(len(record.steps) - 1 for record in other.records)
    assert 0 < asked(again) <= later and again["judge"].calls <= later
    assert {step.stage for record in other.records for step in record.steps[1:]} == {
        "words" if arm == "no_tool" else arm
    }


def test_samples_of_words_alone_run_under_general(tmp_path):
    lines = [{"sample_id": f"w{number}", "wish": wish} for number, wish in enumerate(["A lake.", "A hat."])]
    (tmp_path / "words.jsonl").write_text("\n".join(map(json.dumps, lines)))
    given = {"generator": from_words(), "judge": Placing(rubric=RUBRICS["general"])}
    done = run(tmp_path / "words.jsonl", tmp_path / "run", drawn_by=models(**given), rubric="general")
    assert [record.outcome for record in done.records] != ["refused"] * 2 and len(done.records) == 2
    assert {step.stage for record in done.records for step in record.steps} & {"depth", "canny"}
    wrong = run(tmp_path / "words.jsonl", tmp_path / "wrong", drawn_by=models(**given))
    assert {record.reason.split(":")[0] for record in wrong.records} == {"wrong_rubric"}


def from_words():
    generator = Painter()
    generator.min_images = 0
    return generator


# ---- live ------------------------------------------------------------------------------------------------------------


def test_stepping_by_hand_writes_what_a_batch_writes(manifest, tmp_path):
    live = begin(parameters(manifest, tmp_path / "live", sample="s1"), models=models())
    while not live.cannot_step():
        live.step()
    (record,) = run(manifest, tmp_path / "batch", sample="s1").records
    line = live.lines()["loop"]
    assert [_timeless(step) for step in line.steps] == [_timeless(step) for step in record.steps]
    assert (line.outcome, line.chosen) == (record.outcome, record.chosen)


def _timeless(step):
    return step.model_copy(update={"spent": {}})


def test_a_satisfying_step_ends_the_line_at_once(manifest, tmp_path):
    live = begin(parameters(manifest, tmp_path, sample="s1", options={"satisfaction_threshold": 0.1}), models=models())
    live.step()
    assert live.lines()["loop"].outcome != "running" and live.cannot_step()


def test_the_next_words_are_told_and_then_asked(manifest, tmp_path):
    for arm in ("streams", "no_tool", "new_noise"):
        live = begin(parameters(manifest, tmp_path / arm, options={"arm": arm}), models=models())
        live.step()
        words, fixes = live.next_prompt("loop", 1), live.next_fixes("loop", 1)
        step = live.step()
        assert step.request["prompt"] == words
        assert step.request["fixes"] == [fix.model_dump(mode="json") for fix in fixes]


def test_a_person_overrules_words_verdict_and_choice(manifest, tmp_path):
    drawn_by = models()
    live = begin(parameters(manifest, tmp_path, sample="s1"), models=drawn_by)
    while not live.cannot_step():
        live.step()
    before = asked(drawn_by)
    words = live.branch("loop", 1, Change(prompt="Wear it open."))
    assert live.step(words).request["prompt"] == "Wear it open." and asked(drawn_by) == before + 1
    new = live.branch("loop", 1, Change(decision=Decision.RESTART))
    assert live.step(new).stage == "words"
    ended = live.branch("loop", 2, Change(decision=Decision.ACCEPT))
    assert live.cannot_step(ended) and live.lines()[ended].outcome != "running"
    kept = live.branch("loop", 2, Change(keep=1))
    assert live.lines()[kept].chosen == 1


def test_words_for_a_satisfying_step_are_drawn(manifest, tmp_path):
    live = begin(parameters(manifest, tmp_path, sample="s1", options={"satisfaction_threshold": 0.1}), models=models())
    live.step()
    branch = live.branch("loop", 1, Change(prompt="Wear it open."))
    assert live.step(branch).request["prompt"] == "Wear it open."


def test_the_flow_is_listed_with_its_settings():
    text = described(named("dual_stream"))
    for word in (
        "max_iterations",
        "satisfaction_threshold",
        "arm",
        "depth_mapper",
        "may use person, garment, init, mask",
    ):
        assert word in text


def test_a_map_is_made_only_for_a_tool_that_takes_one(manifest):
    checked, arguments = parameters(manifest, ""), {"rubric": None, "options": DualStream()}
    given = {"generator": Lined(), "judge": Placing(), "segmenter": Nothing()}
    assert "canny_mapper" not in fill(named("dual_stream"), checked, given, **arguments)
    warped = fill(named("dual_stream"), checked, given | {"canny": Tool("canny", takes=("mask",))}, **arguments)
    assert "canny_mapper" not in warped
    filled = fill(named("dual_stream"), checked, given | {name: Tool(name) for name in ("depth", "canny")}, **arguments)
    assert [filled[f"{name}_mapper"].card.name for name in ("depth", "canny")] == ["depth", "canny"]
    assert "only where the model of canny takes control" in described(named("dual_stream"))
