import pytest
from hand_made import Bench, every_outcome, scores

from tryon_core.errors import StorageError
from tryon_core.runs.reading import open_run


def test_a_run_opens_with_its_rubric_listing_records_and_pictures(tmp_path):
    run = open_run(every_outcome(tmp_path))
    assert run.rubric.keys[0] == "garment_swap" and len(run.listing.lines) == 8
    assert [record.sample_id for record in run.records][:3] == ["at-once", "third", "never"]  # as listed, not by name
    person = run.records[0].pictures["person"]
    assert run.picture(person).size == (96, 128) and run.thumbnail(person, 64).size == (48, 64)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(StorageError, match="holds no run"):
        open_run(tmp_path / "nothing")


def test_a_run_that_was_stopped_before_its_listing_says_so(tmp_path):
    where = every_outcome(tmp_path)
    (tmp_path / "listing.json").unlink()
    with pytest.raises(StorageError, match="stopped before its samples were listed"):
        open_run(where)


def test_a_damaged_record_is_a_failed_sample_that_names_the_file(tmp_path):
    run = open_run(every_outcome(tmp_path))
    before = {record.sample_id: record for record in open_run(run.store.url).records}
    (tmp_path / "records/third.json").write_text('{"sample_id": 3')
    after = {record.sample_id: record for record in run.records}
    assert after["third"].outcome == "failed" and "records/third.json cannot be read" in after["third"].reason
    assert {**after, "third": 0} == {**before, "third": 0}


def test_a_missing_picture_is_named(tmp_path):
    bench = Bench(tmp_path)
    picture = bench.sample("one", "accepted", scores()).attempts[0].picture
    run = open_run(bench.finish())
    (tmp_path / f"pictures/{picture}.png").unlink()
    with pytest.raises(StorageError, match=f"pictures/{picture}.png is missing"):
        run.thumbnail(picture)
