"""Character inpainting as a run: batches, a kill and a resume without a call twice, a person who steps through it."""

import pytest
from characters import Brightness, Painting, Swapping, tasks
from mortal import Killed, Mortal, contents

from tryon_core.records import Decision
from tryon_core.roles import Answer
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.stepping import begin
from tryon_core.steps import Change, Spent
from tryon_core.storage.store import FolderStore

SMALL = {"wide": 3, "parents": 1, "children": 2, "start": "swap"}


class Metered(Painting):
    def metered(self, calls):
        self.batches.append(len(calls))
        return [Answer(self(*call), Spent(calls=1, seconds=0.5)) for call in calls]


def models():
    return {"generator": Metered(), "face_swapper": Swapping(), "identity": Brightness("face_identity", "quality_vl")}


def run(source, output, drawn_by, store=None, **given):
    asked = {"flow": "inpaint", "options": SMALL, "run": {"workers": 1}, "models": {"blend": "characters:brightness"}}
    parameters = BatchParameters.checked(source=str(source), output=str(output), **asked | given)
    return run_batch(parameters, models=drawn_by, store=store, progress=False)


@pytest.fixture
def source(tmp_path):
    return tasks(tmp_path, "a", "b")


def test_a_stage_is_one_batch_and_no_rubric_is_asked(source, tmp_path):
    done = run(source, tmp_path / "out", drawn_by := models())
    assert drawn_by["generator"].batches == [3, 2, 3, 2] and drawn_by["face_swapper"].calls == 2
    assert {record.outcome for record in done.records} == {"finished"}
    for record in done.records:
        assert [step.stage for step in record.steps] == ["swap", *["global"] * 3, "raw", *["near"] * 2]
        potentials = [step.data.get("potential", -1) for step in record.steps]
        assert record.chosen == potentials.index(max(potentials)) + 1


def test_killed_anywhere_and_run_again_it_repeats_no_call(source, tmp_path):
    whole = run(source, tmp_path / "unbroken", once := models())
    drawn = []
    for alive in (3, 9, 15, 22):
        with pytest.raises(Killed):
            run(source, "", now := models(), store=Mortal(tmp_path / "run", alive))
        drawn.append(now)
    resumed = run(source, tmp_path / "run", last := models())
    assert contents(FolderStore(tmp_path / "run")).keys() == contents(FolderStore(tmp_path / "unbroken")).keys()
    assert [record.chosen for record in resumed.records] == [record.chosen for record in whole.records]
    assert 0 < len(last["generator"].requests) < len(once["generator"].requests)
    assert last["face_swapper"].calls + last["identity"].calls < once["face_swapper"].calls + once["identity"].calls
    idle = models()
    run(source, tmp_path / "copy", idle, reuse=str(tmp_path / "run"))
    assert not idle["generator"].requests and not idle["face_swapper"].calls and not idle["identity"].calls


def test_a_task_without_consent_is_refused_and_the_others_go_on(source, tmp_path):
    lines = source.read_text().splitlines()
    source.write_text("\n".join([lines[0].replace("written, 2026-05-04", "no"), lines[1]]) + "\n")
    first, second = run(source, tmp_path / "out", models()).records
    assert first.outcome == "refused" and "consent" in first.reason and second.outcome == "finished"


def test_other_weights_draw_nothing_anew(source, tmp_path):
    run(source, tmp_path / "first", models())
    options = SMALL | {"identity": 0, "parents": 1}
    again = models()
    run(source, tmp_path / "second", again, options=options, reuse=str(tmp_path / "first"))
    assert len(again["generator"].requests) <= 4 and not again["face_swapper"].calls  # of stage 2 alone


def test_a_person_ends_it_at_a_candidate(source, tmp_path):
    parameters = BatchParameters.checked(
        source=str(source), output=str(tmp_path / "out"), flow="inpaint", options=SMALL, sample="a"
    )
    live = begin(parameters, models={**models(), "blend": Brightness("blend_quality")})
    for _ in range(3):
        live.step()
    accepted = live.branch("loop", 2, Change(decision=Decision.ACCEPT))
    assert live.cannot_step(accepted) and live.lines()[accepted].chosen == 2
