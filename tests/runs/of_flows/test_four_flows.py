"""Four flows of four shapes through the whole spine: batch, kill and resume, live, ledgers; none of them shipped."""

import json

import four_flows
import pytest
from doubles import picture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mortal import Killed, Mortal, contents
from PIL import Image

from tryon_core.errors import BadInput
from tryon_core.images import digest
from tryon_core.runs import stepping
from tryon_core.runs.batch import run_batch
from tryon_core.runs.reading import open_run
from tryon_core.steps import Change, Spent
from tryon_core.storage.store import FolderStore

STEPS = {"test_search": 8, "test_pipeline": 4, "test_words": 2, "test_edit": 3}
CALLS = {"test_search": 16, "test_pipeline": 3, "test_words": 2, "test_edit": 6}  # of models, for one sample


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    return four_flows.shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="session")
def unbroken(shelf, tmp_path_factory):
    """Flow -> all that a run holds which nothing has disturbed."""
    folders = {flow: tmp_path_factory.mktemp("whole") for flow in STEPS}
    for flow, folder in folders.items():
        batch(shelf, flow, folder)
    return {flow: contents(FolderStore(folder)) for flow, folder in folders.items()}


@pytest.fixture(autouse=True)
def _nothing_was_called():
    four_flows.CALLS.clear()
    for sizes in four_flows.SIZES.values():
        sizes.clear()


def parameters(shelf, flow, output, **given):
    return four_flows.parameters(shelf, flow, output, **given)


def batch(shelf, flow, output, store=None, **given):
    return run_batch(parameters(shelf, flow, output, **given), store=store, progress=False)


@pytest.mark.parametrize("flow", STEPS)
def test_each_flow_runs_from_a_manifest(shelf, tmp_path, flow):
    records = batch(shelf, flow, tmp_path).records
    assert [len(record.steps) for record in records] == [STEPS[flow]] * 2
    assert sum(four_flows.CALLS.values()) == 2 * CALLS[flow]
    assert {record.outcome for record in records} <= {"finished", "accepted", "not_accepted"}


@pytest.mark.parametrize("flow", STEPS)
@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives=st.lists(st.integers(1, 70), min_size=1, max_size=3), workers=st.integers(1, 3))
def test_killed_anywhere_no_kept_call_repeats(shelf, unbroken, tmp_path_factory, flow, lives, workers):  # noqa: PLR0917
    folder = tmp_path_factory.mktemp("killed")
    for alive in lives:
        try:
            batch(shelf, flow, folder, store=Mortal(folder, alive), run={"workers": workers})
        except Killed:
            pass
    kept = len(list(FolderStore(folder).keys("calls/")))
    four_flows.CALLS.clear()
    batch(shelf, flow, folder, run={"workers": workers})
    assert contents(FolderStore(folder)) == unbroken[flow]
    assert sum(four_flows.CALLS.values()) == len(list(FolderStore(folder).keys("calls/"))) - kept


@pytest.mark.parametrize("flow", STEPS)
def test_each_flow_is_stepped_to_its_end(shelf, tmp_path, flow):
    loop = stepping.begin(parameters(shelf, flow, tmp_path / "live"))
    stepped = []
    while not loop.cannot_step():
        stepped.append(loop.step())
    assert [step.number for step in stepped if step] == list(range(1, STEPS[flow] + 1))
    by_batch = batch(shelf, flow, tmp_path / "batch").records[0]
    line = loop.lines()["loop"]
    assert (line.outcome, line.chosen) == (by_batch.outcome, by_batch.chosen)
    with pytest.raises(BadInput, match=f"{loop.sample_id} "):
        loop.step()


def test_a_persons_mask_opens_a_branch(shelf, tmp_path):
    loop = stepping.begin(parameters(shelf, "test_pipeline", tmp_path))
    for _ in range(3):
        loop.step()
    mask = Image.new("L", (64, 80), 255)
    name = loop.branch("loop", 3, Change(images={"mask": mask}, points=((0.5, 0.2, 1),), by="Ada"))
    drawn = loop.step(name)
    assert drawn.request["mask"] == digest(mask) != loop.lines()["loop"].steps[2].made["mask"]
    again = stepping.begin(parameters(shelf, "test_pipeline", tmp_path))
    assert again.lines()[name].steps[2].change.by == "Ada" and again.lines()[name].steps[3] == drawn
    assert len(again.lines()["loop"].steps) == 3


def test_a_person_keeps_another_candidate(shelf, tmp_path):
    loop = stepping.begin(parameters(shelf, "test_search", tmp_path))
    while loop.step():
        pass
    chosen = loop.lines()["loop"].chosen
    name = loop.branch("loop", 8, Change(keep=chosen % 8 + 1))
    assert (loop.lines()[name].chosen, loop.lines()[name].outcome) == (chosen % 8 + 1, "finished")
    assert loop.lines()["loop"].chosen == chosen and loop.cannot_step(name)
    with pytest.raises(BadInput, match="step 9 cannot be kept behind step 8; name one from 1 to 8"):
        loop.branch("loop", 8, Change(keep=9))


def test_candidates_of_a_stage_are_one_batch(shelf, tmp_path):
    batch(shelf, "test_search", tmp_path, run={"workers": 1})
    assert four_flows.SIZES == {"candidates": [4, 4] * 2, "scores": [4, 4] * 2}


def test_live_candidates_are_one_batch_too(shelf, tmp_path):
    loop = stepping.begin(parameters(shelf, "test_search", tmp_path))
    loop.step()
    assert four_flows.SIZES["candidates"] == [4]


def test_a_smaller_limit_makes_smaller_batches(shelf, tmp_path):
    batch(shelf, "test_search", tmp_path, run={"workers": 1, "max_batch": {"generator": 2}}, limit=1)
    assert four_flows.SIZES == {"candidates": [2, 2, 2, 2], "scores": [4, 4]}


def test_the_ledger_is_right_to_the_call(shelf, tmp_path):
    record = batch(shelf, "test_search", tmp_path).records[0]
    assert record.spent == {
        "generator": Spent(calls=8, seconds=16.0, steps=32),
        "scorer": Spent(calls=8, seconds=4.0),
    }
    first, second, fifth = (record.steps[n].spent for n in (0, 1, 4))
    assert first["generator"].calls == fifth["generator"].calls == 4 and not second  # paid for at a stage's first step


def test_a_resumed_run_has_the_same_ledger(shelf, tmp_path):
    once = batch(shelf, "test_search", tmp_path).records
    (tmp_path / f"records/{once[0].sample_id}.json").unlink()
    assert batch(shelf, "test_search", tmp_path).records == once


def test_the_flow_s_own_choice_stands(shelf, tmp_path):
    """SEAMS A2, A3: neither the last step nor the rubric's best overrules what the flow returns."""
    for record in batch(shelf, "test_edit", tmp_path).records:
        accepted = record.steps[1].decision == "accept"
        assert record.chosen == 2 and record.outcome == ("accepted" if accepted else "not_accepted")
        folder = "correct_try_on" if accepted else "incorrect_try_on_2"
        assert (tmp_path / folder / f"{record.sample_id}_tryon_iter2.png").exists()
    assert len([key for key in FolderStore(tmp_path).keys() if "_tryon_iter" in key]) == 2


def test_a_tree_keeps_parents_stages_and_scores(shelf, tmp_path):
    record = batch(shelf, "test_search", tmp_path).records[0]
    assert [step.stage for step in record.steps] == ["global"] * 4 + ["near"] * 4
    parents = [step.parent for step in record.steps]
    assert parents[:4] == [0] * 4 and len(set(parents[4:])) == 2 and set(parents[4:]) <= {1, 2, 3, 4}
    assert record.steps[0].scores["face"] == "no face in the picture"
    best = max(record.steps, key=lambda step: step.scores["potential"].value)
    assert record.chosen == best.number and record.outcome == "finished"
    assert (tmp_path / f"chosen/{record.sample_id}_step{best.number}.png").exists()


def test_stages_keep_data_masks_and_pictures(shelf, tmp_path):
    run = open_run(batch(shelf, "test_pipeline", tmp_path).url)
    features, analysis, segment, inpaint = run.records[0].steps
    assert features.picture is None and features.data == {"mean": [255, 255, 255]}
    assert analysis.data["colours"] == ["red", "blue"] and analysis.data["worn"] is None
    assert run.picture(segment.made["mask"]).mode == "L" and inpaint.request["mask"] == segment.made["mask"]
    below = run.picture(inpaint.picture).crop((0, 40, 64, 80))
    assert below.tobytes() == picture("red").crop((0, 40, 64, 80)).tobytes()  # outside the mask nothing changed


def test_scalars_of_a_step_are_columns(shelf, tmp_path):
    rows = open_run(batch(shelf, "test_words", tmp_path).url).step_rows
    assert [row["data.length"] for row in rows[:2]] == [len(row["data.words"]) for row in rows[:2]]
    assert [row["known.length"] for row in rows] == [0, 0, 1, 1] and rows[0]["attempt"] is None


def test_a_sample_without_needed_pictures_is_refused(shelf, tmp_path):
    asked = parameters(shelf, "test_search", tmp_path / "x").model_copy(update={"flow": "test_edit"})
    with pytest.raises(BadInput, match="flow test_edit needs the pictures init; sample w0 has no init, only person"):
        run_batch(asked)
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["metrics.json"]


def test_a_flow_s_settings_come_by_name(shelf, tmp_path):
    records = batch(shelf, "test_search", tmp_path, options='{"wide": 2, "parents": 1, "children": 3}').records
    assert [step.stage for step in records[0].steps] == ["global"] * 2 + ["near"] * 3


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"options": {"wides": 2}}, "no option of test_search is called 'wides'. Did you mean 'wide'"),
        ({"options": {"wide": "x"}}, "option of test_search: wide: .*got 'x'"),
        ({"max_iterations": 2}, "flow test_search has no setting max_iterations .it has: wide, parents, children"),
        ({"judge": "measure"}, "no model argument of flow test_search is called 'judge'"),
        ({"rubric": "default"}, "flow test_search asks for no rubric"),
        ({"models": {"scorer": "potentiel"}}, "no scorer is called 'potentiel'. Did you mean 'potential'"),
    ],
)
def test_what_a_flow_lacks_is_refused(shelf, tmp_path, given, sentence):
    with pytest.raises(BadInput, match=sentence):
        batch(shelf, "test_search", tmp_path / "x", **given)


def test_no_flow_sees_truth_or_known_facts(tmp_path):
    seen = []

    def looks(sample, *, writer: four_flows.Writer):
        seen.append((dict(sample.images), dict(sample.known)))
        yield from ()

    picture("red").save(tmp_path / "red.png")
    line = {"sample_id": "s", "person": "red.png", "truth": "red.png", "known": {"secret": "yes"}}
    (tmp_path / "m.jsonl").write_text(json.dumps(line))
    asked = four_flows.BatchParameters(source=str(tmp_path / "m.jsonl"), output=str(tmp_path / "run"))
    result = run_batch(asked, flow=looks, models={"writer": four_flows.Words()}, progress=False)
    assert list(seen[0][0]) == ["person"] and seen[0][1] == {}
    assert result.records[0].outcome == "finished" and result.records[0].steps == ()
