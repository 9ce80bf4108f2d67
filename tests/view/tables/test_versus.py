from dataclasses import replace

import pytest
from doubles import card
from drawn import clashing_labels, marked_pixels
from hand_made import CARDS, DEFAULT, Bench, called_real, scores

from tryon_core.errors import BadInput
from tryon_core.rubrics.rules import Rule
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures import versus_figures
from tryon_core.view.figures.palette import DARK, LIGHT
from tryon_core.view.tables import versus
from tryon_core.view.tables.frames import open_run

MET, SHORT = [scores()], [scores(realism=5)]


def a_run(where, rubric=DEFAULT, cards=CARDS, **samples):
    """Samples by id: accepted where the last judgement meets everything, refused where there is none."""
    bench = Bench(where, rubric=rubric)
    for sample_id, judgements in samples.items():
        met = bool(judgements) and min(one.score for one in judgements[-1].scores.values()) >= rubric.rule.accept_at
        outcome = "accepted" if met else "not_accepted" if judgements else "refused"
        bench.sample(sample_id, outcome, *judgements, reason="" if judgements else "white_on_white: x")
    return open_run(bench.finish(cards=cards))


@pytest.fixture
def both(tmp_path):
    a = a_run(tmp_path / "first", one=MET, two=MET, three=SHORT, four=SHORT, five=[], only_here=MET)
    b = a_run(tmp_path / "second", one=MET, two=SHORT * 3, three=SHORT + MET, four=SHORT, five=MET)
    return versus.compare(a, b)


def test_pairs_are_counted_by_who_accepted_them(both):
    assert versus.outcomes(both).samples.to_dict() == {
        "accepted by both": 1,
        "only by A": 1,
        "only by B": 1,
        "by neither": 1,
        "not compared: only in A": 1,
        "not compared: refused in A": 1,
    }
    assert both.accepted.difference == 0 and both.accepted.p == 1


def test_kept_attempts_are_compared_constraint_by_constraint(both):
    table = versus.kept_failures(both).set_index("constraint")
    assert table.loc["realism"].tolist() == [2, 2, 4] and table.loc["identity"].tolist() == [0, 0, 4]


def test_the_ledgers_of_the_compared_samples_stand_side_by_side(both):
    table = versus.ledgers(both)
    assert table["generator.calls"].tolist() == [4, 7] and table["generator.seconds"].tolist() == [8.0, 14.0]
    assert versus_figures.cost(both).startswith(
        "Drawn for 4 samples: not an equal number of pictures (A 4 and 12 s, B 7 and "
    )


def test_a_difference_that_may_be_chance_is_not_called_one(both):
    assert versus_figures.finding(both) == (
        "No difference can be told: 1 accepted only by A, 1 only by B, of 4 samples (exact sign test p = 1)"
    )


def test_the_one_that_accepts_more_is_named(tmp_path):
    ids = [f"s{number}" for number in range(6)]
    a, b = a_run(tmp_path / "a", **dict.fromkeys(ids, SHORT)), a_run(tmp_path / "b", **dict.fromkeys(ids, MET))
    found = versus.compare(a, b)
    assert versus_figures.finding(found).startswith("B accepts more: 0 accepted only by A, 6 only by B, of 6")
    assert found.accepted.p == pytest.approx(2 / 2**6) and found.accepted.high < 0


def test_a_run_compared_with_itself_never_differs(tmp_path):
    run = a_run(tmp_path, one=MET, two=SHORT)
    found = versus.compare(run, run)
    assert versus_figures.finding(found) == "A and B accept the same 1 of 2 samples" and not found.warnings
    assert "the same number of pictures" in versus_figures.cost(found)


def test_runs_without_a_common_sample_are_refused_with_the_counts(tmp_path):
    with pytest.raises(
        BadInput, match=r"no sample to compare \(1 only in A; 1 only in B\); give two runs over the same"
    ):
        versus.compare(a_run(tmp_path / "a", one=MET), a_run(tmp_path / "b", two=MET))


def test_other_constraints_are_refused(tmp_path):
    turned = replace(DEFAULT, constraints=DEFAULT.constraints[::-1])
    b = a_run(tmp_path / "b", rubric=turned, one=[scores(turned)])
    with pytest.raises(BadInput, match="ask for other constraints.*compare runs under one rubric"):
        versus.compare(a_run(tmp_path / "a", one=MET), b)


def test_another_rule_and_another_judge_are_warned_of(tmp_path):
    lenient = replace(DEFAULT, rule=Rule(accept_at=4))
    b = a_run(tmp_path / "b", rubric=lenient, cards={**CARDS, "judge": card("other")}, one=SHORT)
    rules, judges = versus.compare(a_run(tmp_path / "a", one=MET), b).warnings
    assert rules == "The rules differ: accept_at is 8.0 in A, 4.0 in B."
    assert judges.startswith("The judges differ: A scripted 1, B other 1;")


def test_each_run_s_failures_are_by_its_own_rule(tmp_path):
    b = a_run(tmp_path / "b", rubric=replace(DEFAULT, rule=Rule(accept_at=4)), one=SHORT)
    table = versus.kept_failures(versus.compare(a_run(tmp_path / "a", one=SHORT), b)).set_index("constraint")
    assert table.loc["realism"].tolist() == [1, 0, 1]


def with_pictures(run, **pictures):
    """The run as if its first sample had these pictures too; None: without the role."""
    first = run.records[0]
    other = {role: digest for role, digest in {**first.pictures, **pictures}.items() if digest}
    run.__dict__["records"] = (first.model_copy(update={"pictures": other}), *run.records[1:])
    return run


@pytest.mark.parametrize("pictures", [{"person": "another"}, {"init": "another"}, {"garment": None}, {"mask": "new"}])
def test_other_pictures_of_any_role_exclude_a_pair(pictures, tmp_path):
    a, b = (with_pictures(a_run(tmp_path / name, one=MET, two=MET), init="same") for name in "ab")
    assert versus.compare(a, b).accepted.n == 2
    found = versus.compare(with_pictures(a, **pictures), b)
    assert found.accepted.n == 1 and found.aside["with other pictures under the same id"] == 1


def test_the_figure_states_the_finding_the_cost_and_the_warnings(both):
    drawn = figures.versus(both)
    told = " ".join(text.get_text() for text in drawn.texts).replace("\n", " ")
    assert drawn.get_suptitle().replace("\n", " ") == versus_figures.finding(both)
    names = f"A: {both.names['A']}. B: {both.names['B']}."
    assert names.replace(" ", "") in told.replace(" ", "") and "not an equal number of pictures" in told
    assert "Not a result: generator painter is scripted" in told


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_figure_can_be_read(theme, both):
    drawn = figures.versus(both, theme)
    assert marked_pixels(drawn) > 5000 and not clashing_labels(drawn)


def test_one_scripted_run_of_two_is_named(tmp_path):
    found = versus.compare(a_run(tmp_path / "a", one=MET, cards=called_real()), a_run(tmp_path / "b", one=MET))
    assert found.caution.startswith("B: Not a result")


def test_runs_in_folders_of_the_same_name_are_told_by_their_whole_place(tmp_path):
    a, b = (a_run(tmp_path / parent / "run", one=MET) for parent in "xy")
    assert [name[-5:] for name in versus.compare(a, b).names.values()] == ["x/run", "y/run"]


# ---- what may be claimed ---------------------------------------------------------------------------------------------


def words(found):
    return " ".join(text.get_text() for text in figures.versus(found).texts).replace("\n", " ")


def test_what_was_left_out_and_why_stands_in_the_note(both):
    assert "Left out: 1 only in A and 1 refused in A." in words(both)
    assert "Refused and not judged counted as not accepted: 1 accepted only by A, 2 only by B, of 5" in words(both)


@pytest.mark.parametrize("accepted_hard", [12, 3])
def test_a_run_that_refused_the_hard_half_does_not_accept_more(accepted_hard, tmp_path):
    """A draws what is easy and refuses the rest; B draws all of it, and fails on some of the easy ones."""
    easy, hard = [f"e{number}" for number in range(12)], [f"h{number}" for number in range(12)]
    a = a_run(tmp_path / "a", **dict.fromkeys(easy, MET), **dict.fromkeys(hard, []))
    by_b = dict.fromkeys([*easy[:6], *hard[:accepted_hard]], MET)
    b = a_run(tmp_path / "b", **{name: by_b.get(name, SHORT) for name in (*easy, *hard)})
    found = versus.compare(a, b)
    assert found.accepted.told and found.accepted.difference > 0
    assert versus_figures.finding(found).startswith(
        "A accepts more of what both judged, not of all: 6 accepted only by A"
    )


def test_a_run_has_no_test_against_its_own_first_attempts(tmp_path):
    ids = [f"s{number}" for number in range(12)]
    first = a_run(tmp_path / "first", **dict.fromkeys(ids, SHORT))
    whole = a_run(tmp_path / "whole", **dict.fromkeys(ids, SHORT + MET))
    found = versus.compare(whole, first)
    assert found.longer == "A" and versus.compare(first, whole).longer == "B"
    said = versus_figures.finding(found)
    assert "interval" not in words(found) and "sign test" not in words(found)
    assert said == "A goes on where B ends, which can only add: 12 accepted only by A, 0 only by B, of 12 samples"


def test_the_title_and_the_interval_say_the_same(tmp_path):
    """7 against 1 of 21: p = 0.07, and an interval that used to leave 0 out."""
    ids = [f"s{number}" for number in range(21)]
    by_a = {name: MET if number < 2 else SHORT for number, name in enumerate(ids)}
    by_b = {name: MET if number in (1, *range(2, 9)) else SHORT for number, name in enumerate(ids)}
    found = versus.compare(a_run(tmp_path / "a", **by_a), a_run(tmp_path / "b", **by_b))
    assert (found.accepted.only_a, found.accepted.only_b) == (1, 7)
    assert versus_figures.finding(found).startswith("No difference can be told") and found.accepted.high == 0


def test_what_a_comparison_could_tell_is_known_before_it(tmp_path):
    ids = [f"s{number}" for number in range(48)]
    a, b = (a_run(tmp_path / name, **dict.fromkeys(ids, MET)) for name in "ab")
    table = versus.power(a, b)
    assert table.differing.tolist() == [48, 24, 12] and table["win rate"].round(2).tolist() == [0.71, 0.8, 0.87]
    assert "Beforehand: four times of five a sign test tells a run that wins 71% of 48" in words(versus.compare(a, b))


def test_few_shared_samples_tell_nothing_beforehand(both):
    assert versus.power(both.a, both.b)["win rate"].isna().all() and "can tell no difference" in words(both)


def test_runs_are_named_by_what_they_ran(tmp_path):
    a, b = a_run(tmp_path / "a", one=MET), a_run(tmp_path / "b", one=MET, cards={**CARDS, "judge": card("other")})
    assert versus.compare(a, b).names == {
        "A": "Closed loop: painter, judged by scripted; seed 0; 2026-01-02 03:04 UTC",
        "B": "Closed loop: painter, judged by other; seed 0; 2026-01-02 03:04 UTC",
    }
