import pandas as pd
import pytest
from hand_made import Bench, every_outcome, scores

from tryon_core.records import Judgement, Score
from tryon_core.runs.kept.keys import record_key
from tryon_core.steps import SampleRecord
from tryon_core.view.tables import frames
from tryon_core.view.tables.frames import open_run


@pytest.fixture
def run(tmp_path):
    return open_run(every_outcome(tmp_path))


def failed_and_n(table, constraint):
    rows = table[table.constraint == constraint]
    return list(zip(rows.failed, rows.n, strict=True))


def test_attempts_have_one_row_each_in_listing_order(run):
    table = frames.attempts(run)
    assert table.sample_id.tolist() == ["at-once", *["third"] * 3, *["never"] * 4, *["unread"] * 2, "broke"]
    assert table.attempt.tolist() == [1, 1, 2, 3, 1, 2, 3, 4, 1, 2, 1]
    assert table[table.sample_id == "unread"].judged.tolist() == [False, False]


def test_the_compacted_table_and_the_records_give_the_same_frame(tmp_path):
    from_records = frames.attempts(open_run(every_outcome(tmp_path / "a")))
    compacted = frames.attempts(open_run(every_outcome(tmp_path / "b", parquet=True)))
    pd.testing.assert_frame_equal(from_records, compacted)


def test_a_compacted_table_older_than_its_records_is_made_up_from_them(tmp_path):
    run = open_run(every_outcome(tmp_path, parquet=True))
    broke = next(record for record in run.records if record.sample_id == "broke")
    second = broke.steps[0].model_copy(update={"number": 2})
    again = broke.model_copy(update={"outcome": "not_accepted", "steps": (*broke.steps, second)})
    run.store.replace(record_key("broke"), again.model_dump_json().encode(), run.store.version(record_key("broke")))
    rows = frames.attempts(open_run(tmp_path)).query("sample_id == 'broke'")
    assert rows.outcome.tolist() == ["not_accepted", "not_accepted"]


def test_steps_have_a_column_for_every_cost_and_fact(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("a", "accepted", scores(), gender="female", age=31)
    bench.sample("b", "accepted", scores(), sleeves=True)
    table = frames.steps(open_run(bench.finish()))
    assert table["spent.generator.seconds"].tolist() == [2.0, 2.0] and table["spent.judge.calls"].tolist() == [1, 1]
    assert table["known.age"].tolist() == [31, pd.NA] and table["known.sleeves"].tolist() == [pd.NA, True]
    assert table["known.gender"].isna().tolist() == [False, True]


def test_texts_and_numbers_mixed_are_alike_in_file_and_records(tmp_path):
    tables = []
    for parquet in (False, True):
        bench = Bench(tmp_path / str(parquet))
        bench.sample("a", "accepted", scores(), age="unknown")
        bench.sample("b", "accepted", scores(), age=31)
        tables.append(frames.steps(open_run(bench.finish(parquet=parquet))))
    pd.testing.assert_frame_equal(*tables)
    assert tables[0]["known.age"].tolist() == ["unknown", "31"]


def test_a_bucket_and_a_disk_give_the_same_frames(tmp_path, bucket):
    here = open_run(every_outcome(tmp_path, parquet=True))
    there = open_run(every_outcome(f"s3://{bucket}/runs/one", parquet=True))
    for table in (frames.attempts, frames.samples, frames.summary):
        pd.testing.assert_frame_equal(table(here), table(there))


def test_samples_say_how_each_ended(run):
    table = frames.samples(run).set_index("sample_id")
    assert table.outcome["third"] == "accepted" and table.accepted_at["third"] == 3 and table.seconds["third"] == 9.0
    assert (
        table.outcome["never"] == "not_accepted" and pd.isna(table.accepted_at["never"]) and table.chosen["never"] == 3
    )
    assert table.reason["declined"].startswith("white_on_white") and pd.isna(table.seconds["declined"])
    assert table.outcome["waiting"] == "not_begun" and table.attempts["waiting"] == 0


def test_failure_rates_count_judged_attempts_only(run):
    table = frames.constraint_failures(frames.attempts(run), run.rubric)
    assert failed_and_n(table, "identity") == [(1, 3), (0, 2), (0, 2), (0, 1)]  # 'unread' and 'broke' are in no n
    assert failed_and_n(table, "realism") == [(1, 3), (2, 2), (1, 2), (1, 1)]
    first = table.iloc[0]
    assert first.constraint == "garment_swap" and first.rate == 0 and first.low == 0 < first.high < 1


def test_not_applicable_is_neither_met_nor_failed(tmp_path):
    bench = Bench(tmp_path)
    faceless = scores(realism=5).model_copy(
        update={"scores": {**scores(realism=5).scores, "identity": Score(status="not_applicable", reason="no face")}}
    )
    bench.sample("cropped", "not_accepted", faceless)
    run = open_run(bench.finish())
    table = frames.constraint_failures(frames.attempts(run), run.rubric).set_index("constraint")
    assert table.n["identity"] == 0 and pd.isna(table.rate["identity"]) and table.rate["realism"] == 1


def test_primary_failures_are_most_frequent_first_and_add_up(run):
    table = frames.primary_failures(frames.attempts(run), run.rubric)
    assert table.constraint.tolist() == ["realism", "identity", "garment_structure"]
    assert table.failed.tolist() == [4, 1, 1] and set(table.n) == {6} and table.cumulative.iloc[-1] == 1


def test_what_failed_together_is_counted_both_ways(run):
    table = frames.failed_together(frames.attempts(run), run.rubric).set_index(["constraint", "other"])
    assert table.loc[("realism", "realism"), ["failed", "n"]].tolist() == [5, 8]
    assert table.loc[("realism", "garment_structure"), ["failed", "n", "share"]].tolist() == [1, 5, 0.2]
    assert table.loc[("garment_structure", "realism"), ["failed", "n", "share"]].tolist() == [1, 1, 1]
    assert len(table) == 49 and pd.isna(table.share[("scene_kept", "realism")])


def test_what_does_not_apply_did_not_fail_together_with_anything(tmp_path):
    bench = Bench(tmp_path)
    faceless = {**scores(realism=5).scores, "identity": Score(status="not_applicable", reason="no face")}
    bench.sample("one", "not_accepted", Judgement(scores=faceless), scores(realism=5, identity=6))
    run = open_run(bench.finish())
    table = frames.failed_together(frames.attempts(run), run.rubric).set_index(["constraint", "other"])
    assert table.loc[("realism", "identity"), ["failed", "n"]].tolist() == [1, 1]
    assert table.loc[("identity", "identity"), ["failed", "n"]].tolist() == [1, 1]


def test_score_paths_follow_each_sample(run):
    table = frames.score_paths(frames.attempts(run), run.rubric)
    path = table[(table.sample_id == "never") & (table.constraint == "realism")]
    assert path.score.tolist() == [5, 6, 7, 6] and "unread" not in set(table.sample_id)


def test_a_run_that_has_not_begun_gives_empty_frames_with_all_columns(tmp_path):
    bench = Bench(tmp_path)
    bench.line("one")
    run = open_run(bench.finish(parquet=True))
    table = frames.attempts(run)
    assert table.empty and "score.realism" in table and table.judged.dtype == bool
    assert frames.constraint_failures(table, run.rubric).empty and frames.primary_failures(table, run.rubric).empty
    assert frames.score_paths(table, run.rubric).empty and frames.samples(run).outcome.tolist() == ["not_begun"]


def test_the_hand_made_records_are_records(run):
    """The other tests stand on them."""
    assert all(SampleRecord.model_validate(record.model_dump()) == record for record in run.records)
