"""The arms at equal spend: what is compared, what is cut off, what is refused, and the tests."""

from pathlib import Path

import pytest
from stream_runs import Mender, OnlyTexture, an_arm, three_arms

from tryon_core.errors import BadInput, UnknownName
from tryon_core.view.streams.arm_tests import arms_table, arms_tests
from tryon_core.view.streams.arms import arms


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return three_arms(tmp_path_factory.mktemp("arms"))


@pytest.fixture(scope="module")
def compared(runs):
    return arms(*runs)


def test_the_smallest_total_is_the_budget(compared):
    for _, rows in compared.table.groupby("sample_id"):
        assert (rows.budget == rows.total.min()).all() and (rows.spent <= rows.budget).all()
    cut_off = compared.table[compared.table.spent < compared.table.total]
    assert len(cut_off) > 0 and len(compared.table) == 3 * compared.n == 36


def test_the_outcome_is_of_the_best_step_within(runs):
    """An arm that accepts only past the budget has accepted nothing."""
    ends = {record.sample_id: record for record in runs[1].records}
    table = arms(*runs, unit="denoising_steps").table
    rows = table[(table.arm == "no_tool") & (table.spent < table.total)]
    late = [row for row in rows.itertuples() if ends[row.sample_id].outcome == "accepted"]
    assert late and not any(row.accepted for row in late)


def test_seconds_and_pictures_are_other_budgets(runs, compared):
    by_seconds = arms(*runs, unit="generator_seconds")
    assert by_seconds.table.spent.max() == 6.0 and compared.table.spent.max() == 3
    rows = by_seconds.table
    tooled = rows[(rows.arm == "streams") & (rows.pictures == 2) & (rows.spent == 3.0)]  # 2 s, then a tool's 1 s
    assert len(tooled) > 0


def test_a_model_without_the_unit_is_named(runs):
    assert arms(*runs, unit="denoising_steps").uncounted == {"streams": ["canny (canny tool)", "depth (depth tool)"]}
    with pytest.raises(BadInput, match="no model of streams, no_tool and new_noise counts money"):
        arms(*runs, unit="money")
    with pytest.raises(UnknownName, match="Did you mean 'pictures'"):
        arms(*runs, unit="picture")


def test_arms_that_accept_alike_show_no_difference(tmp_path):
    """The streams without tools are the words alone."""
    same = arms(an_arm(tmp_path, "streams", tools={}), an_arm(tmp_path, "no_tool"))
    (test,) = arms_tests(same)
    assert test.accepted.difference == 0 and test.p is None and not test.told
    assert test.higher.only_a == test.higher.only_b == 0 and test.higher.neither == test.higher.n == 12


def test_tools_that_mend_everything_make_a_difference(tmp_path):
    """Over many persons, where the first target is all that fails, a perfect tool beats new noise."""
    given = {"samples": 40, "persons": 40, "max_iterations": 2, "judge": OnlyTexture(), "good": 1}
    table = arms(
        an_arm(tmp_path, "streams", tools={"canny": Mender("perfect")}, **given), an_arm(tmp_path, "new_noise", **given)
    )
    (test,) = arms_tests(table)
    assert test.told and test.accepted.only_a > test.accepted.only_b and arms_table(table).accepted.tolist()[0] == 40


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"seed": 1}, "parameters.seed: 0 -> 1"),
        ({"samples": 11}, "other samples are listed, 12 -> 11"),
        ({"max_iterations": 2}, "parameters.options.max_iterations: 3 -> 2"),
        ({"rule": {"accept_at": 7}}, "accept_at"),
    ],
)
def test_what_is_no_arm_is_refused(change, difference, runs):
    other = an_arm(folder_of(runs), "no_tool", name=f"other-{'-'.join(change)}", **change)
    with pytest.raises(BadInput, match="streams and no_tool cannot be compared") as refused:
        arms(runs[0], other)
    assert difference in str(refused.value)


def folder_of(runs):
    return Path(runs[0].store.url).parent


def test_other_tools_are_no_difference(runs):
    other = an_arm(folder_of(runs), "streams", name="other-tools", tools={"fill": Mender("fill tool")})
    assert arms(other, *runs[1:]).n == 12


def test_one_of_each_arm_is_needed(runs):
    with pytest.raises(BadInput, match="one run with the arm 'streams' and one of each control arm, got no_tool"):
        arms(*runs[1:])
    with pytest.raises(BadInput, match="got streams and streams"):
        arms(runs[0], runs[0])
