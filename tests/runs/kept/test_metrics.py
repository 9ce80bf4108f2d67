"""metrics.json says how a run ended, whichever way it did."""

import json
import threading
from contextlib import nullcontext

import pytest
from doubles import Lottery, Painter, Scripted, run, scores

from tryon_core.errors import BadInput, FewAccepted, ModelFailed, NoAnswers, Refused, RunConflict, Stopped, StorageError
from tryon_core.images import digest
from tryon_core.runs.metrics import Metrics, machine_s
from tryon_core.runs.parameters import BatchParameters
from tryon_core.storage.store import FolderStore


def of(folder, name="metrics.json"):
    return Metrics.model_validate_json((folder / name).read_text())


def test_a_run_without_a_failed_sample_is_ok(manifest, tmp_path):
    result = run(manifest, tmp_path, judge=Scripted(scores()), limit=3)
    written = of(tmp_path)
    assert written == result.metrics and written.status == "ok" and written.reason == ""
    assert (written.found, written.listed, written.outcomes, written.steps) == (4, 3, {"accepted": 3}, 3)
    assert (written.accepted.count, written.accepted.of, written.accepted.share) == (3, 3, 1.0)
    assert written.spent["generator"].calls == 3 and written.wall_s > 0
    result.check()


def test_refused_samples_are_no_failed_ones(manifest, tmp_path):
    def refuse(_):
        raise Refused("side_view", "seen from the side")

    run(manifest, tmp_path, Painter(before=refuse), limit=2).check()
    assert of(tmp_path).status == "ok" and of(tmp_path).outcomes == {"refused": 2}
    assert of(tmp_path).accepted.share is None and of(tmp_path).accepted.low is None


def test_a_failed_sample_is_told_and_ends_the_notebook(manifest, tmp_path):
    drawn = []

    def sometimes(request):
        drawn.append(request)
        if len(drawn) == 2:
            raise RuntimeError("out of memory")

    result = run(manifest, tmp_path, Painter(before=sometimes), Scripted(scores()), limit=3, run={"workers": 1})
    assert of(tmp_path).status == "samples_failed" and of(tmp_path).outcomes == {"accepted": 2, "failed": 1}
    assert "1 of 3 samples failed" in of(tmp_path).reason and "out of memory" in of(tmp_path).reason
    with pytest.raises(ModelFailed, match="1 of 3 samples failed; .* run the same command again"):
        result.check()
    run(manifest, tmp_path, judge=Scripted(scores()), limit=3).check()
    assert of(tmp_path).status == "ok"


@pytest.mark.parametrize(("least", "status"), [(0, "ok"), (0.5, "ok"), (0.6, "under"), (1, "under")])
def test_too_few_accepted_is_under(manifest, tmp_path, least, status):
    judge = Scripted(scores(), scores(realism=5))
    result = run(manifest, tmp_path, judge=judge, limit=2, max_iterations=1, fail_under=least, run={"workers": 1})
    assert of(tmp_path).status == status == result.metrics.status
    told = "1 of 2 judged samples were accepted" if status == "under" else ""
    assert of(tmp_path).reason.startswith(told) and bool(of(tmp_path).reason) == bool(told)
    with pytest.raises(FewAccepted, match=told) if told else nullcontext():
        result.check()


def test_it_says_how_often_each_constraint_is_met_and_what_the_run_cost(manifest, tmp_path):
    judge = Scripted(scores(scene_kept=8.0), scores(realism=5), scores(realism=7.9, identity=4))  # 8 is met
    paid = {"workers": 1, "price_per_hour": 3600.0}
    run(manifest, tmp_path, judge=judge, limit=3, max_iterations=1, run=paid)
    rates, cost = of(tmp_path).constraints, of(tmp_path).cost
    assert {key: (rate.count, rate.of) for key, rate in rates.items() if rate.count < 3} == {
        "identity": (2, 3),
        "realism": (1, 3),
    }
    assert 0 < rates["realism"].low < 1 / 3 < rates["realism"].high < 1
    assert cost.machine == pytest.approx(of(tmp_path).wall_s) and cost.calls is None
    accepted = of(tmp_path).accepted.count
    assert 0 < accepted < 3 and cost.per_accepted == pytest.approx(cost.machine / accepted)


def test_a_run_without_a_price_has_no_cost_in_money(manifest, tmp_path):
    metrics = run(manifest, tmp_path, limit=1).metrics
    cost = metrics.cost
    assert metrics.machine_s > 0 and (cost.machine, cost.calls, cost.per_accepted) == (None, None, None)


def test_a_share_of_nothing_that_was_judged_is_not_reached(manifest, tmp_path):
    def refuse(_):
        raise Refused("side_view", "seen from the side")

    run(manifest, tmp_path, Painter(before=refuse), limit=2, fail_under=0.5)
    assert of(tmp_path).status == "under" and "0 of 0 judged samples" in of(tmp_path).reason


def test_another_share_to_reach_is_the_same_run(manifest, tmp_path):
    run(manifest, tmp_path, limit=2)
    painter = Painter()
    run(manifest, tmp_path, painter, limit=2, fail_under=1)
    assert painter.requests == []


@pytest.mark.parametrize("error", [StorageError("the disk is full"), MemoryError("no more")])
def test_a_run_that_breaks_writes_why_first(manifest, tmp_path, error):
    class Breaking(FolderStore):
        def create(self, key, data):
            if key.startswith("calls/"):
                raise error
            return super().create(key, data)

    with pytest.raises(type(error)):
        run(manifest, tmp_path, store=Breaking(tmp_path), limit=1)
    assert of(tmp_path).status == "bad_job" and str(error) in of(tmp_path).reason


def test_the_machine_s_seconds_count_on_from_pass_to_pass(manifest, tmp_path):
    def breaks(_):
        raise Stopped("enough")

    with pytest.raises(Stopped):
        run(manifest, tmp_path, Painter(before=breaks), limit=2)
    broken = of(tmp_path)
    run(manifest, tmp_path, limit=2)
    whole = of(tmp_path)
    assert broken.machine_s == broken.wall_s > 0
    assert whole.machine_s == pytest.approx(broken.machine_s + whole.wall_s)


def test_shards_hold_a_machine_each(manifest, tmp_path):
    for index in range(2):
        run(manifest, tmp_path, limit=2, shard_index=index, num_shards=2)
    parts = [of(tmp_path, f"metrics.{number}of2.json").machine_s for number in (1, 2)]
    assert machine_s(FolderStore(tmp_path)) == pytest.approx(sum(parts))


def test_a_metrics_file_that_cannot_be_read_holds_nothing(tmp_path):
    (tmp_path / "metrics.json").write_text("{}")
    assert machine_s(FolderStore(tmp_path)) is None


def test_a_stopped_run_says_stopped(manifest, tmp_path):
    def interrupt(_):
        raise Stopped("enough")

    with pytest.raises(Stopped):
        run(manifest, tmp_path, Painter(before=interrupt), limit=1)
    assert of(tmp_path).status == "stopped"


def test_a_job_that_is_none_leaves_another_s_metrics_alone(manifest, tmp_path):
    run(manifest, tmp_path, limit=1)
    before = (tmp_path / "metrics.json").read_bytes()
    with pytest.raises(RunConflict):
        run(manifest, tmp_path, limit=1, seed=7)
    assert (tmp_path / "metrics.json").read_bytes() == before


@pytest.mark.parametrize("limit", ["many", -3, None])
def test_parameters_that_do_not_fit_are_told_in_the_output(tmp_path, limit):
    given = {"output": str(tmp_path / "run"), "limit": limit}
    with pytest.raises(BadInput, match="limit"):
        BatchParameters.of_notebook(given)
    assert of(tmp_path / "run").status == "bad_job" and "limit" in of(tmp_path / "run").reason


def test_a_secret_does_not_reach_the_reason(manifest, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-very-private-key")

    def echo(_):
        raise RuntimeError("401: sk-proj-very-private-key is no key")

    run(manifest, tmp_path, Painter(before=echo), limit=1)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert b"very-private" not in everything and b"is no key" in everything


# ---- models that answer nothing --------------------------------------------------------------------------------------


def test_a_run_whose_first_samples_fail_alike_stops(manifest, tmp_path):
    def down(_):
        raise ModelFailed("the server at http://127.0.0.1:1/v1 is down")

    painter = Painter(before=down)
    with pytest.raises(NoAnswers, match="the first 3 samples all failed alike.*is down"):
        run(manifest, tmp_path, painter, limit=4, run={"workers": 1})
    assert len(painter.requests) == 3 and of(tmp_path).status == "bad_job" and "is down" in of(tmp_path).reason


def test_a_judge_that_never_scores_stops_the_run(manifest, tmp_path):
    painter = Painter()
    with pytest.raises(NoAnswers, match="the first 3 samples all failed alike.*not judged: the script says so"):
        run(manifest, tmp_path, painter, Scripted(scores(realism=None)), limit=4, run={"workers": 1})
    drawn = {tuple(map(digest, request.images)) for request in painter.requests}
    assert len(drawn) == 3 and of(tmp_path).status == "bad_job"


def test_samples_that_fail_again_do_not_stop_a_run_that_has_finished_ones(manifest, tmp_path):
    """The first three fail alike in every pass; the fourth was finished in the first one."""
    drawn = []

    def breaks(request):
        drawn.append(request)
        if fails:
            raise RuntimeError("same")

    fails = False
    run(manifest, tmp_path, Painter(before=breaks), Scripted(scores()), limit=4, run={"workers": 1})
    for number in range(3):
        (tmp_path / f"records/s{number}.json").unlink()
    for call in (tmp_path / "calls").iterdir():
        call.unlink()
    fails = True
    again = run(manifest, tmp_path, Painter(before=breaks), Scripted(scores()), limit=4, run={"workers": 1})
    assert [record.outcome for record in again.records] == ["failed"] * 3 + ["accepted"]
    assert of(tmp_path).status == "samples_failed"


@pytest.mark.parametrize("kind", ["unlike", "after a success"])
def test_failures_that_are_not_the_model_s_go_on(manifest, tmp_path, kind):
    drawn = []

    def breaks(request):
        drawn.append(request)
        if kind == "after a success" and len(drawn) == 1:
            return
        raise RuntimeError("same" if kind != "unlike" else ["one", "two", "three", "four"][len(drawn) - 1])

    result = run(manifest, tmp_path, Painter(before=breaks), Scripted(scores()), limit=4, run={"workers": 1})
    assert len(result.records) == 4


class Asked(Lottery):
    """A judge that is asked whether it can answer at all."""

    def __init__(self, error=None):
        super().__init__()
        self.error, self.checks = error, 0

    def check_ready(self):
        self.checks += 1
        if self.error:
            raise self.error


def test_a_judge_that_is_down_is_found_before_anything_is_drawn(manifest, tmp_path):
    painter, judge = Painter(), Asked(ModelFailed("no server answers at http://127.0.0.1:1/v1"))
    with pytest.raises(NoAnswers, match="judge: no server answers.*nothing was drawn"):
        run(manifest, tmp_path, painter, judge, limit=4)
    assert painter.requests == [] and of(tmp_path).status == "bad_job"


def test_a_model_is_checked_once_and_not_where_all_is_recorded(manifest, tmp_path):
    judge = Asked()
    run(manifest, tmp_path, judge=judge, limit=4)
    assert judge.checks == 1
    again = Asked(ModelFailed("down"))
    run(manifest, tmp_path, judge=again, limit=4)
    assert again.checks == 0


def test_what_models_keep_between_calls_is_counted(manifest, tmp_path):
    painter = Painter()
    painter.hit_rates = lambda: {"references": (3, 4), "unused": (0, 0)}
    run(manifest, tmp_path, painter, limit=1)
    assert of(tmp_path).hit_rates == {"generator": {"references": (3, 4)}}
    assert json.loads((tmp_path / "metrics.json").read_text())["hit_rates"] == {"generator": {"references": [3, 4]}}


def test_no_more_samples_are_worked_on_than_a_model_keeps(manifest, tmp_path, caplog):
    at_once, most, guard = [], [], threading.Lock()

    def count(request):
        with guard:
            at_once.append(request)
            most.append(len(at_once))
        threading.Event().wait(0.05)
        with guard:
            at_once.remove(request)

    painter = Painter(before=count)
    painter.samples_kept = 1
    run(manifest, tmp_path, painter, judge=Scripted(scores()), limit=4, run={"max_batch": 1})
    assert "keeps the parts of 1 samples between calls: 1 samples are worked on at once" in caplog.text
    assert max(most) == 1
