"""A run that somebody sent is read as such: nothing it says leads outside of it, and nothing in it stops a reader."""

import json
import os
import shutil

import pytest
from doubles import Lottery, Painter, run

from tryon_core.errors import Damaged, TryonError
from tryon_core.runs.kept.keys import picture_key
from tryon_core.runs.reading import open_run

OUTSIDE = [
    "../../outside",
    "/tmp/outside",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "a\0b",
    "a\nb",
    "x" * 300,
    "~/x",
    7,
    None,
    ["a"],
]


@pytest.fixture(scope="module")
def finished(manifest, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finished") / "run"
    run(manifest, folder, limit=2)
    return folder


@pytest.fixture
def sent(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "here/run")


def everything(folder):
    """Every file under a folder with its time and size."""
    return {
        path: (os.stat(path).st_mtime_ns, os.stat(path).st_size) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def changed(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("resumed", [False, True])
def test_a_record_s_id_leads_nowhere(manifest, sent, tmp_path, name, resumed):
    def lie(record):
        record["sample_id"] = record["line"]["sample_id"] = name
        record["outcome"] = "running"

    changed(sent / "records/s0.json", lie)
    outside = {path: of for path, of in everything(tmp_path).items() if sent not in path.parents}
    records = open_run(str(sent)).records
    assert records[0].sample_id == "s0" and records[0].outcome == "failed"
    assert "records/s0.json" in records[0].reason
    if resumed:
        assert run(manifest, sent, limit=2).records[0].sample_id == "s0"
    assert {path: of for path, of in everything(tmp_path).items() if sent not in path.parents} == outside


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_listing_s_id_leads_nowhere(manifest, sent, tmp_path, name):
    changed(sent / "listing.json", lambda listing: listing["lines"][0].update(sample_id=name))
    outside = {path: of for path, of in everything(tmp_path).items() if sent not in path.parents}
    with pytest.raises(Damaged, match="listing.json"):
        open_run(str(sent))
    assert [record.sample_id for record in run(manifest, sent, limit=2).records] == ["s0", "s1"]
    assert {path: of for path, of in everything(tmp_path).items() if sent not in path.parents} == outside


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_digest_leads_nowhere(sent, name):
    with pytest.raises(Damaged, match="no digest"):
        picture_key(name)
    with pytest.raises(Damaged, match="no digest"):
        open_run(str(sent)).picture(name)
    for change in (
        lambda record: record["steps"][0].update(picture=name or "x"),
        lambda record: record["pictures"].update(person=name),
        lambda record: record["steps"][0].update(made={"mask": name}),
        lambda record: record["steps"][0]["request"].update(images=[name]),
        lambda record: record["steps"][0]["request"].update(mask=name or "x"),
    ):
        kept = (sent / "records/s0.json").read_bytes()
        changed(sent / "records/s0.json", change)
        assert open_run(str(sent)).records[0].outcome == "failed"
        (sent / "records/s0.json").write_bytes(kept)


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record["steps"][0].update(number=7),
        lambda record: record["steps"][0].update(parent=1),
        lambda record: record.update(chosen=99),
        lambda record: record.update(chosen=0),
        lambda record: record["steps"][0]["judgement"]["scores"].pop("identity"),
        lambda record: record["steps"][0]["judgement"]["scores"].update(extra={"score": 1}),
        lambda record: record["steps"][0]["judgement"]["scores"]["identity"].update(score=1e400),
        lambda record: record["steps"][0]["judgement"]["scores"]["identity"].update(score=11),
        lambda record: record["steps"][0]["request"].pop("noise"),
        lambda record: record["steps"][0]["request"]["noise"].update(seed=-1),
        lambda record: record["steps"][0].update(spent={"judge": {"seconds": float("nan")}}),
        lambda record: record["steps"][0].update(spent={"judge": {"tokens": 10**19}}),
        lambda record: record.update(outcome="excellent"),
        lambda record: record.update(unknown=1),
    ],
)
def test_a_record_that_cannot_be_is_a_failed_sample(manifest, sent, change):
    whole = open_run(str(sent)).records
    changed(sent / "records/s0.json", change)
    records = open_run(str(sent)).records
    assert records[0].outcome == "failed" and records[1] == whole[1]
    assert run(manifest, sent, limit=2).records == whole


def test_a_branch_of_another_sample_or_name_is_left_out(sent, caplog):
    folder = sent / "branches/s0"
    folder.mkdir(parents=True)
    record = json.loads((sent / "records/s0.json").read_text())
    good = {"sample_id": "s0", "name": "branch-1", "after": 1, "steps": record["steps"][:1], "outcome": "running"}
    bad = [{**good, "sample_id": "../x"}, {**good, "name": "../x"}, {**good, "parent": "../x"}, {**good, "after": 9}, 3]
    (folder / "branch-1.json").write_text(json.dumps(good))
    for number, document in enumerate(bad, start=2):
        (folder / f"branch-{number}.json").write_text(json.dumps(document))
    assert [branch.name for branch in open_run(str(sent)).branches("s0")] == ["branch-1"]
    assert caplog.text.count("this branch is left out") == len(bad)


@pytest.mark.parametrize("name", ["Infinity", "NaN", "-Infinity"])
def test_a_run_json_without_finite_numbers_is_damaged(sent, name):
    text = (sent / "run.json").read_text().replace('"seed": 0', f'"seed": {name}', 1)
    assert name in text
    (sent / "run.json").write_text(text)
    with pytest.raises(Damaged, match="run.json is damaged"):
        open_run(str(sent))


@pytest.mark.parametrize(
    "change",
    [
        lambda info: info["rubric"].update(rule=1),
        lambda info: info["rubric"]["constraints"][0].update(key=-1),
        lambda info: info["rubric"].update(constraints=[]) or info["rubric"].pop("name"),
        lambda info: info["parameters"].update(options=-1),
        lambda info: info["parameters"].update(models={"generator": None}),
        lambda info: info["parameters"].update(source=["a"]),
        lambda info: info.update(models={"generator": 7}),
    ],
)
def test_what_a_run_json_says_is_checked(sent, change):
    changed(sent / "run.json", change)
    with pytest.raises(Damaged, match="run.json is damaged"):
        open_run(str(sent))


@pytest.mark.parametrize("what", ["records", "calls", "pictures", "correct_try_on", "incorrect_try_on_1"])
def test_a_folder_that_is_a_link_outside_is_not_written_through(manifest, tmp_path, what):
    (tmp_path / "outside").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / what).symlink_to(tmp_path / "outside")
    try:
        run(manifest, tmp_path / "run", limit=1)
    except TryonError as e:
        assert what in str(e)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_reader_of_a_hostile_run_reads_on(sent, tmp_path):
    """Views are made of what can be read, and say what cannot."""
    shutil.rmtree(sent / "pictures")
    (sent / "records/s1.json").write_text("{")
    (sent / "attempts.parquet").write_bytes(b"PAR1")
    opened = open_run(str(sent))
    assert {row["sample_id"] for row in opened.step_rows} == {"s0"}
    with pytest.raises(Damaged, match="is missing"):
        opened.picture(opened.records[0].steps[0].picture)


def test_the_doubles_draw_here(manifest, tmp_path):
    """What the others rely on: a run of these doubles alone finishes."""
    assert len(run(manifest, tmp_path / "run", Painter(), Lottery(), limit=2).records) == 2
