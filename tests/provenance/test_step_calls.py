"""Each step of any flow names the calls that it took, and so the pictures that it was made from."""

import four_flows
import pytest
from doubles import Lottery, Painter, Scripted, run, scores

from tryon_core.errors import Refused
from tryon_core.runs import stepping
from tryon_core.runs.batch import run_batch
from tryon_core.runs.items import run_items


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return four_flows.shelf(tmp_path_factory.mktemp("shelf"))


def batch(shelf, flow, folder):
    return run_batch(four_flows.parameters(shelf, flow, folder, limit=1), progress=False).records[0]


@pytest.mark.parametrize("flow", four_flows.LINES)
def test_the_steps_name_all_calls(shelf, tmp_path, flow):
    record = batch(shelf, flow, tmp_path)
    named = [key for step in record.steps for key in step.calls] + list(record.calls)
    assert sorted(named) == sorted(path.stem for path in (tmp_path / "calls").iterdir())


def test_a_step_names_its_own_calls(shelf, tmp_path):
    features, analysis, segment, inpaint = batch(shelf, "test_pipeline", tmp_path).steps
    assert features.calls == () and [len(step.calls) for step in (analysis, segment, inpaint)] == [1, 1, 1]


def test_a_stepped_sample_names_the_same_calls(shelf, tmp_path):
    loop = stepping.begin(four_flows.parameters(shelf, "test_pipeline", tmp_path / "live"))
    while not loop.cannot_step():
        loop.step()
    whole = batch(shelf, "test_pipeline", tmp_path / "batch").steps
    assert [step.calls for step in loop.lines()["loop"].steps] == [step.calls for step in whole]


def test_a_call_answered_before_is_named_again(shelf, tmp_path):
    whole = batch(shelf, "test_search", tmp_path)
    (tmp_path / f"records/{whole.sample_id}.json").unlink()
    assert batch(shelf, "test_search", tmp_path).steps == whole.steps


def test_a_refused_sample_names_what_it_drew(manifest, tmp_path):
    class Shy(Lottery):
        def __call__(self, sample, image):
            raise Refused("shy", "this judge looks at nothing")

    (record,) = run(manifest, tmp_path, judge=Shy(), limit=1).records
    assert record.outcome == "refused" and record.steps == ()
    assert len(record.calls) == 2  # what was drawn, and the refusal


def test_calls_behind_the_last_step_are_named(manifest, tmp_path):
    def draws_on(sample, *, generator: four_flows.Generator):
        request = four_flows.EditRequest(prompt="a", images=(sample.images["person"],))
        yield four_flows.Step(image=generator(request), request=request)
        generator(four_flows.EditRequest(prompt="b", images=()))
        return 1

    asked = four_flows.BatchParameters(source=str(manifest), output=str(tmp_path), limit=1)
    (record,) = run_batch(asked, flow=draws_on, models={"generator": Painter()}, progress=False).records
    assert len(record.steps[0].calls) == len(record.calls) == 1 and record.calls != record.steps[0].calls


@pytest.mark.parametrize("shy", [False, True])
def test_an_item_names_its_calls(tmp_path, shy):
    def judged(item, tools):
        words = tools.writer(item, [])
        if shy:
            raise Refused("shy", words)
        return words

    models = {four_flows.Writer: four_flows.Words()}
    (record,) = run_items("ask", ["a"], judged, output=str(tmp_path), parameters={}, models=models, progress=False)
    assert record.outcome == ("refused" if shy else "finished")
    assert list(record.calls) == [path.stem for path in (tmp_path / "calls").iterdir()]


def test_repeats_are_calls_of_their_own(manifest, tmp_path):
    (record,) = run(manifest, tmp_path, judge=Scripted(scores(identity=None), scores()), limit=1).records
    judged = [len(step.calls) for step in record.steps]
    assert judged[0] == 3  # drawn, judged, asked once more
