"""A run with a damaged, empty, missing or swapped file is not stuck: run again it ends as if nothing had been."""

import json
import shutil

import pytest
from doubles import Lottery, Painter, picture, run
from mortal import contents

from tryon_core.errors import StorageError
from tryon_core.images import to_png
from tryon_core.runs.kept.rows import to_parquet
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.runs.stepping import begin
from tryon_core.storage.store import FolderStore
from tryon_core.view.report.page import write_report
from tryon_core.view.tables.behind import QUESTIONS
from tryon_core.view.widgets.triaging.triage import FailureTriage

CUT, EMPTY, GARBAGE = "cut", "empty", "garbage"
DAMAGES = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "nul bytes": lambda data: b"\0" * len(data),
    "garbage": lambda data: b"\x89\xff{]",
    "a list": lambda data: b"[1, 2]",
    "a number": lambda data: b"7",
    "null": lambda data: b"null",
    "brackets": lambda data: b"[" * 100_000,
    "an empty object": lambda data: b"{}",
    "not utf-8": lambda data: data[:40] + b"\xff\xfe" + data[42:],
}


@pytest.fixture(scope="module")
def whole(manifest, tmp_path_factory):
    """A finished run, and what is in it."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(manifest, folder, limit=2)
    return folder, contents(FolderStore(folder))


@pytest.fixture
def copied(whole, tmp_path):
    shutil.copytree(whole[0], tmp_path / "run")
    return tmp_path / "run"


def first(folder, pattern):
    return sorted(folder.glob(pattern))[0]


@pytest.mark.parametrize(
    ("what", "damage"),
    [
        (what, damage)
        for what in ("calls/*.json", "records/*.json", "listing.json", "run.json", "attempts.parquet")
        for damage in DAMAGES
        if (what, damage) != ("run.json", "an empty object")  # may be another program's: refused, see below
    ],
)
def test_run_again_it_is_mended(manifest, copied, whole, what, damage):
    path = first(copied, what)
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    if what == "calls/*.json":
        shutil.rmtree(copied / "records")  # else nobody asks
    result = run(manifest, copied, limit=2)
    assert contents(FolderStore(copied)) == whole[1]
    assert [record.outcome for record in open_run(result.url).records] == [one.outcome for one in result.records]


def test_every_call_may_be_damaged(manifest, copied, whole):
    shutil.rmtree(copied / "records")
    for path in copied.glob("calls/*.json"):
        path.write_bytes(path.read_bytes()[:-3])
    painter = Painter()
    run(manifest, copied, painter, limit=2)
    assert painter.requests and contents(FolderStore(copied)) == whole[1]


@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "another picture"])
def test_a_damaged_drawing_is_drawn_again(manifest, copied, whole, damage):
    record = json.loads(first(copied, "records/*.json").read_text())
    drawn = copied / f"pictures/{record['steps'][0]['picture']}.png"
    other = copied / f"pictures/{record['pictures']['person']}.png"
    new = {"cut": drawn.read_bytes()[:-40], "empty": b"", "another picture": other.read_bytes()}
    drawn.unlink()
    if damage in new:
        drawn.write_bytes(new[damage])
    shutil.rmtree(copied / "records")
    painter = Painter()
    run(manifest, copied, painter, limit=2)
    assert len(painter.requests) == 1 and contents(FolderStore(copied)) == whole[1]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda call: call.pop("answer"), "no answer"),
        (lambda call: call.pop("spent"), "no cost"),
        (lambda call: call.update(spent={"calls": -1}), "a cost that is none"),
        (lambda call: call.update(answer={}), "an empty answer"),
        (lambda call: call.update(answer={"picture": "../../x"}), "a picture elsewhere"),
        (lambda call: call.update(answer={"picture": 7}), "a picture that is a number"),
        (lambda call: call.update(answer=None, refused="no"), "a refusal without words"),
        (lambda call: call["model"].update(revision="2"), "another model's"),
        (lambda call: call.update(role="judge"), "another role's"),
    ],
)
def test_a_call_that_is_none_is_made_again(manifest, copied, whole, change, why):
    for path in sorted(copied.glob("calls/*.json")):
        call = json.loads(path.read_text())
        if call["role"] == "generator":
            break
    change(call)
    path.write_text(json.dumps(call))
    shutil.rmtree(copied / "records")
    painter = Painter()
    run(manifest, copied, painter, limit=2)
    assert len(painter.requests) == 1, why
    assert contents(FolderStore(copied)) == whole[1]


def test_two_calls_that_were_swapped_are_made_again(manifest, copied, whole):
    paths = [path for path in copied.glob("calls/*.json") if json.loads(path.read_text())["role"] == "judge"][:2]
    one, other = [path.read_bytes() for path in paths]
    paths[0].write_bytes(other)
    paths[1].write_bytes(one)
    shutil.rmtree(copied / "records")
    judge = Lottery()
    run(manifest, copied, judge=judge, limit=2)
    assert judge.calls == 2 and contents(FolderStore(copied)) == whole[1]


@pytest.mark.parametrize("what", ["records/*.json", "calls/*.json", "pictures/*.png"])
def test_a_folder_in_a_file_s_place_is_one_sample_s_failure(manifest, copied, what):
    path = first(copied, what)
    path.unlink()
    (path / "inside").mkdir(parents=True)
    if what != "records/*.json":
        shutil.rmtree(copied / "records")
    outcomes = {record.outcome: record.reason for record in run(manifest, copied, limit=2).records}
    if "failed" in outcomes:
        assert path.name in outcomes["failed"] and len(outcomes) == 2


@pytest.mark.parametrize("what", ["records/s0.json", "attempts.parquet", "metrics.json"])
@pytest.mark.parametrize("damage", ["a loop of links", "a link outside"])
def test_what_cannot_be_opened_is_one_file_s_trouble(manifest, copied, tmp_path, what, damage):
    path = copied / what
    moved = tmp_path / "moved"
    path.rename(moved)
    path.symlink_to(path.name if damage == "a loop of links" else moved)
    (copied / "records/s1.json").unlink()  # a sample to do again
    before = moved.read_bytes()
    result = run(manifest, copied, limit=2)
    assert result.records[1].outcome != "failed" and moved.read_bytes() == before
    if what == "records/s0.json":
        assert result.records[0].outcome == "failed" and "s0.json" in result.records[0].reason
    assert {row["sample_id"] for row in open_run(str(copied)).step_rows} >= {"s1"}


@pytest.mark.parametrize("damage", ["missing", "cut", "empty"])
def test_a_finished_sample_that_lost_a_picture_gets_it_back(manifest, copied, whole, damage):
    for path in sorted(copied.glob("pictures/*.png")):
        cut = b"" if damage == "empty" else path.read_bytes()[:-20]
        path.unlink()
        if damage != "missing":
            path.write_bytes(cut)
        run(manifest, copied, limit=2)
        assert contents(FolderStore(copied)) == whole[1]


def test_a_picture_that_was_mended_is_used_by_the_next_run(tmp_path):
    good = to_png(picture("red"))
    (tmp_path / "p.png").write_bytes(good[:40])
    (tmp_path / "g.png").write_bytes(to_png(picture("blue")))
    (tmp_path / "m.jsonl").write_text('{"sample_id": "a", "person": "p.png", "garment": "g.png"}')
    assert run(tmp_path / "m.jsonl", tmp_path / "run").records[0].outcome == "unusable"
    (tmp_path / "p.png").write_bytes(good)
    assert run(tmp_path / "m.jsonl", tmp_path / "run").records[0].attempts


def test_a_report_shows_the_others_where_a_picture_is_lost(copied, tmp_path, caplog):
    first(copied, "pictures/*.png").unlink()
    write_report(open_run(str(copied)), tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size > 10_000 and "a cross stands in its place" in caplog.text


def test_triage_opens_over_a_damaged_record(copied):
    first(copied, "records/*.json").write_text("")
    triage = FailureTriage(open_run(str(copied)))
    for triage.question in QUESTIONS:
        for place in range(len(triage.items)):
            triage.look(place)
    triage.say("agree")


def test_a_run_json_of_another_program_is_left_alone(manifest, tmp_path):
    (tmp_path / "run.json").write_text('{"name": "somebody else\'s"}')
    with pytest.raises(StorageError, match="was not written by this version"):
        run(manifest, tmp_path, limit=1)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_run_json_that_was_lost_does_not_mix_two_runs(manifest, copied):
    """Under other parameters the finished records are not taken for this run's."""
    (copied / "run.json").write_bytes(b"")
    painter = Painter()
    result = run(manifest, copied, painter, limit=2, seed=5)
    assert painter.requests and {record.run for record in result.records} == {open_run(result.url).info.digest[:16]}


def test_a_damaged_table_is_made_up_for_by_the_records(copied):
    before = open_run(str(copied)).step_rows
    (copied / "attempts.parquet").write_bytes(b"PAR1" + b"\0" * 50 + b"PAR1")
    assert open_run(str(copied)).step_rows == before


def test_a_table_of_another_run_is_made_up_for_by_the_records(copied):
    before = open_run(str(copied)).step_rows
    for rows in ([{"sample_id": "../../x", "outcome": "accepted"}], [{**before[0], "sample_id": "not here"}]):
        (copied / "attempts.parquet").write_bytes(to_parquet(rows))
        assert open_run(str(copied)).step_rows == before


def test_a_sample_s_own_picture_that_is_damaged_is_read_from_its_source(copied):
    record = json.loads(first(copied, "records/*.json").read_text())
    person = copied / f"pictures/{record['pictures']['person']}.png"
    good = person.read_bytes()
    person.write_bytes(good[:-30])
    assert on_run_of(copied).sample.images.keys() == {"person", "garment"}
    assert person.read_bytes() == good == to_png(on_run_of(copied).sample.images["person"])


def on_run_of(folder):
    """A live loop over the first sample, with the doubles in place of the named models."""
    info = open_run(str(folder)).info.parameters
    given = {"source": info["source"], "output": str(folder), "limit": 2}
    return begin(BatchParameters(**given), generator=Painter(), judge=Lottery())
