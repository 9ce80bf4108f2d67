import itertools
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import doubles
import pytest
from doubles import Lottery, Painter, Scripted, picture, run, scores
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mortal import Killed, Mortal, contents

from tryon_core.errors import BadInput, Refused, RunConflict, Stopped, StorageError, UnknownName
from tryon_core.records import Judgement
from tryon_core.roles import Answer
from tryon_core.runs.batch import run_batch
from tryon_core.runs.kept.documents import read_records
from tryon_core.runs.parameters import BatchParameters
from tryon_core.steps import Spent
from tryon_core.storage.store import FolderStore, open_store


@pytest.fixture(scope="session")
def unbroken(manifest, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    run(manifest, folder)
    return contents(FolderStore(folder))


NO_DEADLINE = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


@NO_DEADLINE
@given(kills=st.lists(st.integers(1, 60), min_size=1, max_size=3), workers=st.integers(1, 4))
def test_killed_anywhere_and_run_again_gives_the_same_records(manifest, unbroken, tmp_path_factory, kills, workers):
    folder = tmp_path_factory.mktemp("killed")
    for lives in kills:
        try:
            run(manifest, folder, store=Mortal(folder, lives), run={"workers": workers})
        except Killed:
            pass
    run(manifest, folder, run={"workers": workers})
    assert contents(FolderStore(folder)) == unbroken


@NO_DEADLINE
@given(delays=st.lists(st.floats(0, 0.004), min_size=1, max_size=8), workers=st.integers(2, 4))
def test_any_interleaving_gives_the_same_records(manifest, unbroken, tmp_path_factory, delays, workers):
    folder, turn = tmp_path_factory.mktemp("interleaved"), itertools.cycle(delays)
    wait = lambda *_: time.sleep(next(turn))  # noqa: E731
    run(manifest, folder, Painter(before=wait), Lottery(before=wait), run={"workers": workers})
    assert contents(FolderStore(folder)) == unbroken


def told(folder):
    """The status in metrics.json, which is all that a job leaves that could not begin."""
    assert [path.name for path in folder.iterdir()] == ["metrics.json"]
    return json.loads((folder / "metrics.json").read_text())["status"]


def test_a_run_in_a_bucket_holds_the_same_keys_and_bytes_as_one_in_a_folder(manifest, unbroken, bucket):
    run(manifest, f"s3://{bucket}/runs/one")
    assert contents(open_store(f"s3://{bucket}/runs/one")) == unbroken


def test_a_run_in_a_bucket_is_resumed_without_repeating_a_call(manifest, bucket):
    where = f"s3://{bucket}/runs/one"
    with pytest.raises(ZeroDivisionError) as caught:  # a bug of ours, not of a model, ends the run
        run(manifest, where, judge=_breaking_after(5))
    assert caught
    calls = len(list(open_store(where).keys("calls/")))
    painter, judge = Painter(), Lottery()
    run(manifest, where, painter, judge)
    assert len(painter.requests) + judge.calls == len(list(open_store(where).keys("calls/"))) - calls


def _breaking_after(count):
    """A judge whose judgements, from the `count`-th on, cannot be stored: that breaks our own code, not the model."""
    judge, lottery = Lottery(), Lottery()

    def metered(calls):
        unstorable = [Answer(_Unstorable(scores=scores().scores), Spent(calls=1))]
        return unstorable if lottery.calls >= count else lottery.metered(calls)

    judge.metered = metered
    return judge


class _Unstorable(Judgement):
    def model_dump(self, **_):
        raise ZeroDivisionError


def test_running_again_calls_no_model(manifest, tmp_path):
    run(manifest, tmp_path)
    painter, judge = Painter(), Lottery()
    run(manifest, tmp_path, painter, judge)
    assert painter.requests == [] and judge.calls == 0


def test_an_output_that_holds_another_run_is_refused_with_the_difference(manifest, tmp_path):
    run(manifest, tmp_path)
    with pytest.raises(RunConflict, match=r"parameters.seed: 0 -> 1\); give another output, and reuse='"):
        run(manifest, tmp_path, seed=1)


def test_another_output_may_reuse_an_earlier_run_s_calls(manifest, tmp_path):
    run(manifest, tmp_path / "one", limit=2)
    painter = Painter()
    run(manifest, tmp_path / "two", painter, reuse=str(tmp_path / "one"))
    drawn_before = sum(len(record.attempts) for record in read_records(FolderStore(tmp_path / "one")))
    all_drawn = sum(len(record.attempts) for record in read_records(FolderStore(tmp_path / "two")))
    assert len(painter.requests) == all_drawn - drawn_before > 0


def test_a_missing_run_to_reuse_is_named_before_any_work(manifest, tmp_path):
    with pytest.raises(StorageError, match="holds no run"):
        run(manifest, tmp_path / "two", reuse=str(tmp_path / "none"))
    assert told(tmp_path / "two") == "bad_job"


def test_pictures_lie_in_the_reference_s_folders_by_verdict(manifest, tmp_path):
    run(manifest, tmp_path, judge=Scripted(scores(realism=5), scores(), scores()), limit=1)
    assert (tmp_path / "incorrect_try_on_1/s0_tryon_iter1.png").exists()
    assert (tmp_path / "correct_try_on/s0_tryon_iter2.png").exists()


def test_pictures_that_could_not_be_judged_are_neither_correct_nor_incorrect(manifest, tmp_path):
    (record,) = run(manifest, tmp_path, judge=Scripted(scores(realism=None)), limit=1, max_iterations=1).records
    assert record.outcome == "not_judged" and record.chosen is None
    assert (tmp_path / "not_judged_1/s0_tryon_iter1.png").exists()


def test_a_refusal_is_the_sample_s_outcome_with_its_reason(manifest, tmp_path):
    def refuse(request):
        raise Refused("side_view", "the person is seen from the side")

    record = run(manifest, tmp_path, Painter(before=refuse)).records[0]
    assert record.outcome == "refused" and record.reason == "side_view: the person is seen from the side"


def test_a_model_that_breaks_on_one_sample_fails_it_alone_and_is_tried_again_next_time(manifest, tmp_path):
    first_person = picture("red").tobytes()

    def break_on_red(request):
        if request.images[0].tobytes() == first_person:
            raise MemoryError("out of memory")

    result = run(manifest, tmp_path, Painter(before=break_on_red))
    assert [record.outcome == "failed" for record in result.records] == [True, False, False, True]
    assert "painter broke as generator: MemoryError: out of memory" in result.records[0].reason
    assert "failed" not in [record.outcome for record in run(manifest, tmp_path).records]


def test_an_unreadable_picture_makes_its_sample_unusable_and_the_run_goes_on(manifest, tmp_path):
    lines = manifest.read_text().splitlines()
    for name in ("red", "green", "white", "black", "blue"):
        data = (manifest.parent / f"{name}.png").read_bytes()
        (tmp_path / f"{name}.png").write_bytes(data[:40] if name == "green" else data)
    (tmp_path / "m.jsonl").write_text("\n".join(lines))
    outcomes = [record.outcome for record in run(tmp_path / "m.jsonl", tmp_path / "run").records]
    assert outcomes[1] == "unusable" and "unusable" not in outcomes[:1] + outcomes[2:]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"flow": "closedloop"}, "no flow is called 'closedloop'. Did you mean 'closed_loop'"),
        ({"rubric": "defaults"}, "no rubric is called 'defaults'. Did you mean 'default'"),
        ({"rule": {"accept": 7}}, "no option of the rule is called 'accept'. Did you mean 'accept_at'"),
    ],
)
def test_unknown_names_are_refused_before_any_work(manifest, tmp_path, given, sentence):
    with pytest.raises(UnknownName, match=sentence):
        run(manifest, tmp_path / "run", **given)
    assert told(tmp_path / "run") == "bad_job"


def test_an_unknown_model_suggests_the_nearest(manifest, tmp_path):
    with pytest.raises(UnknownName, match="no generator is called 'wrap'. Did you mean 'warp'"):
        run_batch(BatchParameters(source=str(manifest), output=str(tmp_path), generator="wrap"))


def test_an_option_changes_the_rule(manifest, tmp_path):
    (record,) = run(manifest, tmp_path, judge=Scripted(scores(realism=7)), limit=1, rule={"accept_at": 7}).records
    assert record.outcome == "accepted"


def test_a_flow_never_sees_the_true_picture(tmp_path, manifest):
    line = {"sample_id": "s", "person": "red.png", "garment": "white.png", "truth": "blue.png"}
    (manifest.parent / "truth.jsonl").write_text(json.dumps(line))
    judge = Scripted(scores())
    (record,) = run(manifest.parent / "truth.jsonl", tmp_path, judge=judge).records
    assert set(judge.seen[0][0].images) == {"person", "garment"} and set(record.pictures) == {
        "person",
        "garment",
        "truth",
    }


def test_of_two_processes_that_write_one_run_the_second_is_told(manifest, tmp_path):
    def interfere(_):
        (tmp_path / "records").mkdir()
        (tmp_path / "records/s0.json").write_text("the other process was here")

    with pytest.raises(RunConflict, match="let one process write a run at a time"):
        run(manifest, tmp_path, Painter(before=interfere), limit=1)


SLOW_RUN = textwrap.dedent("""
    import sys, time
    from doubles import Lottery, Painter
    from tryon_core.runs.batch import run_batch
    from tryon_core.runs.parameters import BatchParameters

    def slowly(request):
        print("drawing", flush=True)
        time.sleep(0.6)

    parameters = BatchParameters(source=sys.argv[1], output=sys.argv[2], run={"workers": 1})
    run_batch(parameters, generator=Painter(slowly), judge=Lottery(), progress=False)
""")


def test_sigterm_finishes_the_call_in_flight_records_it_and_stops(manifest, tmp_path):
    (tmp_path / "slow.py").write_text(SLOW_RUN)
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(doubles.__file__)}
    command = [sys.executable, str(tmp_path / "slow.py"), str(manifest), str(tmp_path / "run")]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1]
    assert "Stopped: stopped after 0 of 4 samples; everything finished is recorded, run the same command again" in said
    assert len(list(FolderStore(tmp_path / "run").keys("calls/"))) == 1
    run(manifest, tmp_path / "run")


def test_sigkill_between_calls_loses_no_finished_call(manifest, tmp_path, unbroken):
    (tmp_path / "slow.py").write_text(SLOW_RUN)
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(doubles.__file__)}
    command = [sys.executable, str(tmp_path / "slow.py"), str(manifest), str(tmp_path / "run")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.stdout.readline()  # the second drawing has begun, so one attempt is recorded
        process.kill()
    painter = Painter()
    run(manifest, tmp_path / "run", painter)
    assert contents(FolderStore(tmp_path / "run")) == unbroken
    drawn = sum(b'"role": "generator"' in data for key, data in unbroken.items() if "calls" in key)
    assert len(painter.requests) == drawn - 1


def test_ctrl_c_outside_the_main_thread_needs_no_signal_handler(manifest, tmp_path):
    outcome = []
    worker = threading.Thread(target=lambda: outcome.append(run(manifest, tmp_path)))
    worker.start()
    worker.join(30)
    assert len(outcome[0].records) == 4


def test_a_stopped_run_says_how_far_it_came(manifest, tmp_path):
    def interrupt(_):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.2)

    with pytest.raises(Stopped, match="stopped after 0 of 4 samples"):
        run(manifest, tmp_path, Painter(before=interrupt), run={"workers": 1})


def test_a_source_that_leaves_nothing_is_refused(manifest, tmp_path):
    with pytest.raises(BadInput):
        run(manifest, tmp_path / "run", difficulty="hard")
    assert told(tmp_path / "run") == "bad_job"


class BatchPainter(Painter):
    """A painter that tells how many requests reach it together."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def metered(self, calls):
        self.sizes.append(len(calls))
        return super().metered(calls)


def test_calls_of_several_samples_are_drawn_in_one_batch_and_come_out_alike(manifest, tmp_path):
    alone, together = BatchPainter(), BatchPainter()
    one_by_one = run(manifest, tmp_path / "alone", alone, run={"workers": 1})
    side_by_side = run(manifest, tmp_path / "together", together, run={"workers": 4, "max_batch": 4})
    assert max(alone.sizes) == 1 < max(together.sizes)
    pictures = [[attempt.picture for attempt in record.attempts] for record in one_by_one.records]
    assert pictures == [[attempt.picture for attempt in record.attempts] for record in side_by_side.records]
