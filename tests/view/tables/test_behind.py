import pytest
from hand_made import Bench, every_outcome, scores

from tryon_core.runs.kept.labels import about, add
from tryon_core.view.tables import behind, frames, people, slices, totals, transitions
from tryon_core.view.tables.frames import open_run


@pytest.fixture
def run(tmp_path):
    return open_run(every_outcome(tmp_path))


def shown(question, run):
    return {bar.label: (bar.n, bar.of, bar.items) for bar in behind.QUESTIONS[question](run)}


def counted(question, run):
    return [(bar.constraint, bar.n, bar.of) for bar in behind.QUESTIONS[question](run)]


@pytest.mark.parametrize("question", behind.QUESTIONS)
def test_every_bar_has_as_many_pictures_as_it_counts_in_listing_order(question, run):
    place = {line.sample_id: number for number, line in enumerate(run.listing.lines)}
    for bar in behind.QUESTIONS[question](run):
        assert 0 < bar.n == len(bar.items) <= bar.of and bar.constraint in ("", *run.rubric.keys)
        assert [place[sample_id] for sample_id, _ in bar.items] == sorted(
            place[sample_id] for sample_id, _ in bar.items
        )
        assert all(type(number) is int for _, number in bar.items)


@pytest.mark.parametrize("question", behind.QUESTIONS)
def test_a_run_that_has_not_begun_has_no_bars(question, tmp_path):
    bench = Bench(tmp_path)
    bench.line("waiting")
    assert behind.QUESTIONS[question](open_run(bench.finish())) == []


def test_the_cells_of_the_heat_map_have_their_pictures(run):
    table = frames.constraint_failures(frames.attempts(run), run.rubric)
    table = table[table.failed > 0].sort_values("attempt", kind="stable")
    assert counted("failed at an iteration", run) == [(row.constraint, row.failed, row.n) for row in table.itertuples()]
    assert shown("failed at an iteration", run)["attempt 1: identity failed"][2] == (
        ("third", 1),
    )  # that of a failed sample counts nowhere


def test_the_bars_of_primary_failures_have_their_pictures(run):
    table = frames.primary_failures(frames.attempts(run), run.rubric)
    assert counted("failed first", run) == list(table[["constraint", "failed", "n"]].itertuples(index=False, name=None))
    assert shown("failed first", run)["garment_structure failed first"][2] == (("third", 2),)


def test_each_ribbon_shows_the_attempt_that_came_next_or_the_last_one(run):
    table = transitions.next_failures(frames.attempts(run), run.rubric)
    assert [(n, of) for _, n, of in counted("failed next", run)] == list(zip(table.n, table.of, strict=True))
    found = shown("failed next", run)
    assert found["attempt 2: garment_structure, then accepted"][2] == (("third", 3),)
    assert found["attempt 4: realism, then ended"][2] == (("never", 4),)


def test_what_corrections_broke_and_mended_has_its_pictures(run):
    table = transitions.regressions(frames.attempts(run), run.rubric)
    asked = {"broke after being met": ("broke", "met_before"), "mended after failing": ("mended", "failed_before")}
    for question, (turned, before) in asked.items():
        some = table[table[turned] > 0]
        assert counted(question, run) == list(some[["constraint", turned, before]].itertuples(index=False, name=None))
    assert shown("mended after failing", run)["realism was mended"] == (1, 4, (("third", 3),))


def test_cells_of_what_failed_together_have_their_pictures(run):
    table = frames.failed_together(frames.attempts(run), run.rubric)
    some = table[table.failed > 0]
    assert sorted(counted("failed together", run)) == sorted(
        some[["constraint", "failed", "n"]].itertuples(index=False, name=None)
    )
    found = shown("failed together", run)
    assert found["garment_structure failed, realism as well"] == (1, 1, (("third", 2),))


def test_samples_that_were_never_accepted_are_those_that_ended_otherwise(run):
    table = frames.survival(frames.attempts(run))
    assert [bar.n for bar in behind.not_accepted(run)] == [count for count in table.ended if count]
    assert [(bar.of, bar.items) for bar in behind.not_accepted(run)] == [(3, (("never", 4),))]


def test_dots_of_slices_have_their_pictures(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", scores(realism=5), scores(), gender="male")
    bench.sample("two", "accepted", scores())
    run = open_run(bench.finish())
    table = slices.slices(run, frames.attempts(run))
    for question, measure in (("accepted, by slice", "accepted"), ("first attempts that failed, by slice", "failed")):
        some = table[(table.measure == measure) & (table["count"] > 0)]
        assert [(n, of) for _, n, of in counted(question, run)] == list(zip(some["count"], some.n, strict=True))
    assert shown("accepted, by slice", run)["gender male: accepted"][2] == (("one", 2),)


def test_accepted_samples_show_the_accepted_attempt(run):
    found = behind.accepted(run)
    at = {number: count for number, count in totals.totals(run).accepted_at.items() if count}
    assert [(bar.n, bar.of) for bar in found] == [(count, 3) for count in at.values()]
    assert [bar.items for bar in found] == [(("at-once", 1),), (("third", 3),)]


def test_what_has_no_answer_is_told_apart(run):
    assert shown("not judged, refused or failed", run) == {
        "attempt not judged": (2, 11, (("unread", 1), ("unread", 2))),
        "sample refused": (1, 8, (("declined", 0),)),
        "sample unusable pictures": (1, 8, (("damaged", 0),)),
        "sample failed": (1, 8, (("broke", 1),)),
    }


def test_people_who_disagree_are_counted_over_what_they_said_of_the_judge_s_answers(run):
    never = next(record for record in run.records if record.sample_id == "never")
    for number, says in ((1, "agree"), (1, "disagree"), (2, "agree")):  # a later word of the same person stands
        add(run.store, about(run.info, "never", never.attempts[number - 1], "realism", says, by="Ada"))
    assert shown("a person disagrees with the judge", run) == {"realism: people disagree": (1, 2, (("never", 1),))}


def test_labels_of_pictures_that_are_not_the_run_s_own_are_left_out(run):
    never = next(record for record in run.records if record.sample_id == "never")
    of_a_branch = never.attempts[0].model_copy(update={"picture": "another"})
    add(run.store, about(run.info, "never", of_a_branch, "realism", "disagree", by="Ada"))
    assert people.spoken(run) == [] and behind.disagreed(run) == []
