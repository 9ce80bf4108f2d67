"""Held-out scores of runs: the whole sample is seen, each picture once, and what has no number has a reason."""

import numpy as np
import pytest
from doubles import card, picture, scores
from hand_made import Bench
from shaped_runs import Shape, written

from tryon_core.errors import BadInput, ModelFailed, Refused
from tryon_core.evaluation import held_out
from tryon_core.records import Measurement
from tryon_core.runs.reading import open_run
from tryon_core.scales import Metric
from tryon_core.steps import Step


class Distance:
    """Mean difference of a picture from the true one; counts its calls."""

    card = card("distance")
    metrics = (
        Metric(name="far", unit="grey", better="lower", model="none", licence="none", protocol="mean of all pixels"),
    )

    def __init__(self, before=lambda sample: None):
        self.calls, self.before = 0, before

    def __call__(self, sample, image):
        self.calls += 1
        self.before(sample)
        if "truth" not in sample.images:
            return {"far": "the sample has no true picture"}
        apart = np.abs(np.asarray(image, float) - np.asarray(sample.images["truth"], float))
        return {"far": Measurement(value=float(apart.mean()), unit="grey")}


class InBatches(Distance):
    def batch(self, calls):
        self.together = [*getattr(self, "together", []), len(calls)]
        return [self(*call) for call in calls]


def searched(where, **pictures):
    """A run of one sample and four steps: two candidates, one without a picture, and the first of them again."""
    steps = (
        Step(stage="global", image=picture("black")),
        Step(stage="global", image=picture("#020202")),
        Step(stage="seen"),
        Step(stage="chosen", parent=1, image=picture("black")),
    )
    shape = Shape(
        name="search",
        shape="tree",
        arguments={"generator": "generator"},
        pictures={"person": picture("red"), **pictures},
        steps=steps,
        chosen=4,
    )
    return open_run(written(where, shape))


def test_candidates_are_held_against_the_truth(tmp_path):
    table = held_out(searched(tmp_path, truth=picture("#060606")), [Distance()])
    assert table.step.tolist() == [1, 2, 4] and table.value.tolist() == [6.0, 4.0, 6.0]
    assert table.stage.tolist() == ["global", "global", "chosen"]
    row = table.iloc[0].to_dict()
    assert (row["unit"], row["better"], row["scorer"], row["reason"]) == ("grey", "lower", "distance", "")
    assert (row["strategy"], row["sample_id"]) == ("search", "one")


def test_a_second_call_computes_nothing(tmp_path):
    run, first = searched(tmp_path, truth=picture("blue")), Distance()
    table, again = held_out(run, [first]), Distance()
    assert first.calls == 2 and held_out(run, [again]).equals(table) and again.calls == 0


def test_no_truth_is_a_reason(tmp_path):
    table = held_out(searched(tmp_path), [Distance()])
    assert table.value.isna().all() and set(table.reason) == {"the sample has no true picture"}


def test_pictures_of_a_sample_go_together(tmp_path):
    scorer = InBatches()
    held_out(searched(tmp_path, truth=picture("blue")), [scorer], workers=1)
    assert scorer.together == [2]


def test_a_refusal_is_one_picture_s_reason(tmp_path):
    class Choosy(Distance):
        def __call__(self, sample, image):
            if image.getpixel((0, 0)) == (2, 2, 2):
                raise Refused("too_bright", "it shines")
            return super().__call__(sample, image)

    run = searched(tmp_path, truth=picture("#060606"))
    table = held_out(run, [Choosy()])
    assert table.reason.tolist() == ["", "too_bright: it shines", ""] and table.value.notna().tolist()[0]
    assert held_out(run, [Choosy()]).equals(table)


def test_a_broken_picture_does_not_end_it(tmp_path):
    def breaks(sample):
        if sample.sample_id == "second":
            raise ZeroDivisionError("odd")

    bench = Bench(tmp_path)
    for sample_id in ("first", "second"):
        bench.sample(sample_id, "accepted", scores())
    table = held_out(open_run(bench.finish()), [Distance(breaks)], workers=2)
    assert table.sample_id.tolist() == ["first", "second"] and table.person.nunique() == 2
    assert "distance broke as scorer: ZeroDivisionError: odd" in table.reason[1]


def test_a_scorer_that_always_breaks_is_told(tmp_path):
    with pytest.raises(ModelFailed, match="ZeroDivisionError"):
        held_out(searched(tmp_path), [Distance(lambda sample: 1 / 0)])


def test_a_lost_picture_is_a_reason(tmp_path):
    run = searched(tmp_path, truth=picture("blue"))
    lost = tmp_path / f"pictures/{run.records[0].pictures['truth']}.png"
    lost.unlink()
    assert held_out(run, [Distance()]).reason.str.contains("is missing; run it again").all()


def scorer_with(**answer):
    scorer = Distance()
    scorer.batch = lambda calls: [answer] * len(calls)
    return scorer


@pytest.mark.parametrize(
    ("scorers", "problem"),
    [
        ([], "no scorer is given"),
        ([Distance(), Distance()], "2 scorers measure 'far'"),
        ([lambda sample, image: {}], "has no card"),
        ([scorer_with(near=Measurement(value=1, unit="grey"))], "declares 'far' and neither measured it nor gave"),
        ([scorer_with(far=Measurement(value=1, unit="px"))], "declares 'far' in 'grey'.* measured it in 'px'"),
        ([scorer_with(far=Measurement(value=1, unit="grey", better="higher"))], "'grey', higher is better"),
    ],
)
def test_scorers_answer_as_they_declare(tmp_path, scorers, problem):
    with pytest.raises(BadInput, match=problem):
        held_out(searched(tmp_path), scorers)


def test_a_scorer_must_declare_metrics(tmp_path):
    scorer = Distance()
    scorer.metrics = ()
    with pytest.raises(BadInput, match="distance declares no metrics"):
        held_out(searched(tmp_path), [scorer])
