import pytest
from hand_made import Bench, every_outcome, scores

from tryon_core.sources.listing import Skipped
from tryon_core.steps import Spent
from tryon_core.view.tables.frames import open_run, summary, totals
from tryon_core.view.tables.totals import accepted_at


def bench_with(tmp_path, outcome, *judgements):
    bench = Bench(tmp_path)
    bench.sample("one", outcome, *judgements)
    return bench


def test_every_number_of_a_hand_made_run(tmp_path):
    found = totals(open_run(every_outcome(tmp_path, price=7.2, wall_s=20.0)))
    assert found.accepted_at == {1: 1, 2: 0, 3: 1, 4: 0}
    assert found.outcomes == dict.fromkeys(found.outcomes, 1) | {
        "accepted": 2,
        "stopped": 0,
        "finished": 0,
        "running": 0,
    }
    assert (found.acceptance.count, found.acceptance.n, found.judged) == (2, 3, 3)
    assert (found.attempts, found.steps, found.chosen) == (11, 11, 4)
    assert found.mean_s == {"generator": (2.0, 11), "judge": (13 / 11, 11)}  # two of 11 were asked twice
    assert found.spent_s == 35 and found.seconds_per_kept == 17.5
    assert found.money_per_kept == pytest.approx(20 / 2 / 3600 * 7.2)  # the machine's, however many calls overlapped


def test_of_several_accepted_candidates_the_kept_one_counts(tmp_path):
    record = open_run(bench_with(tmp_path, "accepted", scores()).finish()).records[0]
    steps = tuple(record.steps[0].model_copy(update={"number": number}) for number in (1, 2, 3))
    at = [accepted_at(record.model_copy(update={"steps": steps, "chosen": number})) for number in (1, 2, 3)]
    assert at == [1, 2, 3]


def test_without_a_wall_clock_there_is_no_price(tmp_path):
    table = summary(open_run(every_outcome(tmp_path, price=7.2)))
    assert table.loc["money per accepted picture"].tolist() == [
        "not measured",
        "no metrics.json says how long the run took",
    ]


def test_the_summary_states_what_each_number_is_counted_over(tmp_path):
    table = summary(open_run(every_outcome(tmp_path, skipped=[Skipped(key="a", reason="no pair", count=3)])))
    assert table.loc["samples"].tolist() == ["8", "of 8 found; 3 files skipped before"]
    assert table.loc["accepted at attempt 3"].tolist() == ["1", "2 of 3 judged samples by then"]
    assert table.loc["acceptance rate"].tolist() == ["67%", "2 of 3 judged samples; 95% interval 21% to 94%"]
    assert table.loc["refused"].tolist() == ["1", "in no rate"]
    assert table.loc["drawing and judging per accepted picture", "value"] == "17.5 s"
    assert table.loc["money per accepted picture", "value"] == "not priced"


def test_without_an_accepted_picture_there_is_no_price_of_one(tmp_path):
    table = summary(open_run(bench_with(tmp_path, "not_accepted", scores(realism=5)).finish(price=3.0)))
    assert table.loc["acceptance rate", "value"] == "0%"
    assert table.loc["drawing and judging per accepted picture", "value"] == "no accepted picture"
    assert table.loc["money per accepted picture", "value"] == "no accepted picture"


def test_without_a_judged_sample_there_is_no_rate(tmp_path):
    run = open_run(bench_with(tmp_path, "not_judged", scores(realism=None)).finish())
    assert totals(run).acceptance is None
    assert summary(run).loc["acceptance rate", "value"] == "no judged sample"


def test_without_a_clock_there_are_no_seconds(tmp_path):
    bench = bench_with(tmp_path, "accepted", scores())
    (record,) = bench.records
    untimed = record.steps[0].model_copy(update={"spent": {"generator": Spent(calls=1)}})
    timeless = record.model_copy(update={"steps": (untimed,)})
    bench.store.replace(
        "records/one.json", timeless.model_dump_json().encode(), bench.store.version("records/one.json")
    )
    table = summary(open_run(bench.finish(price=1.0)))
    assert table.loc["drawing, each attempt", "value"] == "not measured"
    assert table.loc["money per accepted picture", "value"] == "not measured"


def test_a_run_that_has_not_begun_counts_its_samples_only(tmp_path):
    bench = Bench(tmp_path)
    bench.line("one")
    table = summary(open_run(bench.finish()))
    assert table.loc["not begun", "value"] == "1" and table.loc["drawing, each attempt", "value"] == "not measured"
    assert table.loc["drawing, each attempt", "counted over"] == "no attempt"
