"""What the arena compares, what it refuses, what a strategy keeps at a budget, and what may not report."""

from dataclasses import replace

import pandas as pd
import pytest
from landscape import alone
from planted_search import DRAWN, TRUTH, Planted, a_search

from tryon_core.errors import BadInput, UnknownName
from tryon_core.records import Measurement
from tryon_core.steps import Spent, StepRecord
from tryon_core.view.arena.contest import arena
from tryon_core.view.arena.entries import entry
from tryon_core.view.arena.over_budget import best_so_far
from tryon_core.view.arena.selecting import selecting
from tryon_core.view.arena.winning import wins

EIGHT = [[(1.0, 0.1), (3.0, 0.3), (2.0, 0.9)]] * 8  # what selects, the truth


def two(folder, first=EIGHT, second=EIGHT, **options):
    """Two strategies and their held-out scores."""
    one, one_scores = a_search(folder / "one", first)
    other, other_scores = a_search(folder / "other", second, strategy="ttflux", metric="kept_ssim", **options)
    return (one, other), pd.concat([one_scores, other_scores], ignore_index=True)


def entry_of(run, unit="pictures"):
    return entry("eacps", run.records[0], run, unit)


def test_strategies_are_named_and_matched_by_sample(tmp_path):
    runs, scores = two(tmp_path)
    found = arena(*runs, scores=scores)
    assert found.strategies == ("eacps", "ttflux") and (found.n, found.persons) == (8, 8)
    assert "scorer scripted scorer is scripted" in found.caution and found.unit_words == "pictures"


def test_runs_of_one_strategy_are_told_apart_by_their_settings(tmp_path):
    one, _ = a_search(tmp_path / "one", EIGHT, stage2="reseed")
    other, _ = a_search(tmp_path / "other", EIGHT, stage2="perturb", seed=1)
    rows = [planted_rows(run) for run in (one, other)]
    found = arena(one, other, scores=pd.concat(rows))
    assert found.strategies == ("eacps (seed 0, stage2 reseed)", "eacps (seed 1, stage2 perturb)")


def planted_rows(run):
    row = {"run": run.store.url, "sample_id": "s000", "person": "p0", "step": 1, "value": 0.5}
    return pd.DataFrame([row | TRUTH])


@pytest.mark.parametrize(("budget", "kept"), [(1, 1), (2, 2), (2.9, 2), (3, 2), (99, 2)])
def test_the_best_by_selection_is_kept_at_a_budget(tmp_path, budget, kept):
    run, _ = a_search(tmp_path, EIGHT)
    assert entry_of(run).pick(budget).step == kept
    assert entry_of(run).spent(budget) == min(3, int(budget))


def test_nothing_is_kept_before_a_picture_is_paid(tmp_path):
    run, _ = a_search(tmp_path, EIGHT)
    assert entry_of(run).pick(0.5) is None and entry_of(run).spent(0.5) == 0


def test_at_its_whole_ledger_the_run_s_own_choice_counts(tmp_path):
    """A search that asked judges or pairs may keep another one than the potential says."""
    planted = Planted(tmp_path, 1)
    planted.sample([(1.0, 0.1), (3.0, 0.3), (2.0, 0.9)], chosen=3)
    found = entry_of(planted.finish())
    assert (found.pick().step, found.pick(3).step, found.pick(2).step) == (3, 3, 2)


def test_a_loop_keeps_by_its_rule(tmp_path):
    planted = Planted(tmp_path, 1, flow="closed_loop", options={})
    planted.sample([(6.0, 0.1), (3.0, 0.3), (9.0, 0.9)], chosen=3, outcome="accepted")
    found = entry_of(planted.finish())
    assert [found.pick(budget).step for budget in (1, 2, 3)] == [1, 1, 3]
    assert found.pick(1).selection == pytest.approx((6 * 9 + 6) / 70)


def test_what_a_stage_costs_is_shared_out_over_its_pictures(tmp_path):
    """Requests are handed over together, so the first step carries the cost of all."""
    run = tree(tmp_path, first=Spent(calls=3, seconds=6.0, steps=12))
    assert [each.spent for each in entry_of(run, "denoising_steps").candidates] == [4, 8, 12, 16]
    assert [each.spent for each in entry_of(run, "pictures").candidates] == [1, 2, 3, 4]
    assert entry_of(run, "seconds").total == 8.0 + 4 * 0.5 + 1.5


def test_what_was_drawn_and_not_shown_is_paid_for(tmp_path):
    run = tree(tmp_path, first=Spent(calls=6, seconds=6.0, steps=24))
    assert [each.spent for each in entry_of(run).candidates] == [2, 4, 6, 7] and entry_of(run).total == 7


def test_the_kept_picture_shown_again_is_no_candidate(tmp_path):
    found = entry_of(tree(tmp_path, first=Spent(calls=3, steps=12)), "judge_tokens")
    assert found.chosen == 4 and [each.step for each in found.candidates] == [1, 2, 3, 4]
    assert found.total == 70 and found.candidates[-1].spent == 0


def tree(folder, first, **options):
    """Three candidates drawn together, a child, and the child shown again to a judge."""
    run, _ = a_search(folder, [[(1.0, 0.1), (3.0, 0.3), (2.0, 0.9), (4.0, 0.5)]], **options)
    (record,) = run.records
    scored = Spent(calls=1, seconds=0.5)
    spent = ({"generator": first, "scorer": scored}, *[{"scorer": scored}] * 2, {"generator": DRAWN, "scorer": scored})
    steps = [step.model_copy(update={"spent": each}) for step, each in zip(record.steps, spent, strict=True)]
    judge = {"judge": Spent(calls=1, seconds=1.5, tokens=70)}
    shown = StepRecord(number=5, stage="chosen", parent=4, picture=steps[3].picture, size=(8, 8), spent=judge)
    changed = record.model_copy(update={"steps": (*steps, shown), "chosen": 5})
    run.__dict__["records"] = (changed,)
    return run


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"samples": EIGHT[:7]}, "other samples are listed, 8 -> 7"),
        (
            {"models": {"generator": {"name": "painter", "options": {"steps": 4}}}},
            "options of the generator: {} -> {'steps': 4}",
        ),
        ({"generator": "another"}, "models.generator.name: 'painter' -> 'another'"),
    ],
)
def test_what_does_not_compare_is_refused(tmp_path, change, difference):
    run, scores = a_search(tmp_path / "one", EIGHT)
    planted = Planted(tmp_path / "other", 8, options={"strategy": "ttflux"})
    for candidates in change.pop("samples", EIGHT):
        planted.sample(candidates, chosen=2)
    with pytest.raises(BadInput, match=f"eacps and ttflux cannot be compared.*{difference}"):
        arena(run, planted.finish(**change), scores=scores)


def test_how_a_generator_was_named_is_no_difference(tmp_path):
    """By default in one run, by its name in the other."""
    run, scores = a_search(tmp_path / "one", EIGHT)
    planted = Planted(tmp_path / "other", 8, options={"strategy": "ttflux"})
    for candidates in EIGHT:
        planted.sample(candidates, chosen=2)
    named = planted.finish(models={"generator": {"name": "painter", "options": {}}})
    assert arena(run, named, scores=pd.concat([scores, planted.table])).n == 8


def test_what_could_not_be_judged_is_unscored_not_left_out(tmp_path):
    loop = Planted(tmp_path / "loop", 2, flow="closed_loop", options={})
    loop.sample([(9.0, 0.2)], chosen=1, outcome="accepted")
    loop.sample([(None, 0.2)], outcome="not_judged")
    run, scores = a_search(tmp_path / "one", EIGHT[:2])
    found = arena(loop.finish(), run, scores=pd.concat([loop.table, scores]))
    (row,) = wins(found).itertuples()
    assert found.n == 2 and row.unscored == 1 and row.why_unscored.startswith("1 nothing could be selected")


def test_fewer_than_two_or_other_flows_are_refused(tmp_path):
    run, scores = a_search(tmp_path / "one", EIGHT)
    other, _ = a_search(tmp_path / "other", EIGHT)
    with pytest.raises(BadInput, match="two runs or more, got 1"):
        arena(run, scores=scores)
    with pytest.raises(BadInput, match="two runs of eacps have the same settings"):
        arena(run, other, scores=scores)
    with pytest.raises(BadInput, match="takes runs of search and closed_loop, got one of garment"):
        arena(run, Planted(tmp_path / "third", 1, flow="garment").finish(), scores=scores)


def test_a_unit_that_nobody_counts_is_refused(tmp_path):
    runs, scores = two(tmp_path)
    with pytest.raises(BadInput, match="no model of eacps and ttflux counts money"):
        arena(*runs, scores=scores, unit="money")
    with pytest.raises(UnknownName, match="Did you mean 'pictures'"):
        arena(*runs, scores=scores, unit="picture")


def test_samples_that_did_not_end_are_left_out_and_counted(tmp_path):
    run, scores = a_search(tmp_path / "one", EIGHT[:2])
    planted = Planted(tmp_path / "other", 2, options={"strategy": "ttflux"})
    planted.sample(EIGHT[0], chosen=2)
    planted.sample([(1.0, 0.1)], outcome="failed")
    found = arena(run, planted.finish(), scores=pd.concat([scores, planted.table]))
    assert found.n == 1 and found.aside == {"failed in ttflux": 1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda table: table.drop(columns="reason"), "no column reason"),
        (lambda table: table.assign(step=[None, *table.step[1:]], unit=None), "rows without step and unit"),
        (lambda table: table[table.run == table.run.iloc[0]], "no row of .*other"),
        (lambda table: pd.concat([table, table.iloc[[4]]]), "truth_ssim of step 2 of s001 in .*one is scored twice"),
        (lambda table: table.assign(better="up"), "got 'up' for truth_ssim"),
        (lambda table: table.assign(unit=["SSIM"] * 47 + ["points"]), "truth_ssim has more than one direction or unit"),
        (lambda table: table.assign(value=float("nan")), "has neither a number nor a reason"),
    ],
)
def test_what_is_no_table_of_held_out_scores_is_refused(tmp_path, change, words):
    runs, scores = two(tmp_path)
    with pytest.raises(BadInput, match=words):
        arena(*runs, scores=change(scores))


def test_numbers_need_no_reason(tmp_path):
    runs, scores = two(tmp_path)
    assert (arena(*runs, scores=scores.assign(reason=None)).scores.reason == "").all()


# ---- the selecting metric may not report -----------------------------------------------------------------------------


def circular_table(scores, metric, scorer):
    return pd.concat([scores, scores.assign(metric=metric, scorer=scorer)])


@pytest.mark.parametrize("report", [wins, best_so_far])
def test_a_metric_that_selected_may_not_report(tmp_path, report):
    runs, scores = two(tmp_path)
    found = arena(*runs, scores=circular_table(scores, "kept_ssim", "classical"))
    with pytest.raises(BadInput, match=r"kept_ssim selected in eacps and ttflux.*metrics=\['truth_ssim'\]"):
        report(found)
    table = report(found, circular=True)
    assert table[table.circular].metric.unique().tolist() == ["kept_ssim"] and (~table.circular).any()
    assert not report(found, ["truth_ssim"]).circular.any()


def test_one_that_selected_in_one_of_them_is_circular_too(tmp_path):
    runs, scores = two(tmp_path)
    found = arena(*runs, scores=scores)
    only_there = {**found.selecting, "eacps": selecting_of("truth_ssim")}
    with pytest.raises(BadInput, match="truth_ssim selected in eacps, so"):
        wins(replace(found, selecting=only_there))


def selecting_of(*metrics, models=()):
    from tryon_core.view.arena.selecting import Selecting

    return Selecting(frozenset(metrics), frozenset(models))


def test_another_answer_of_a_judge_that_decided_is_circular(tmp_path):
    planted = Planted(tmp_path / "loop", 8, flow="closed_loop", options={})
    for _ in range(8):
        planted.sample([(6.0, 0.1), (9.0, 0.2)], chosen=2, outcome="accepted")
    run, scores = a_search(tmp_path / "one", EIGHT)
    by_judge = circular_table(pd.concat([scores, planted.table]), "overall_score", "scripted judge")
    found = arena(run, planted.finish(), scores=by_judge)
    assert found.selected_by("overall_score") == ["closed_loop"] and found.selected_by("truth_ssim") == []


@pytest.mark.parametrize(
    ("options", "metrics"),
    [
        ({"strategy": "ttflux"}, {"prompt_following"}),
        ({"strategy": "best_of_n", "metric": "garment_colour"}, {"garment_colour"}),
        ({"potential": "edit"}, {"prompt_following", "clip_consistency", "lpips"}),
        ({"weights": alone("kept_psnr")}, {"kept_psnr"}),
        ({"potential": "edit", "weights": {"lpips": 0.0}}, {"prompt_following", "clip_consistency"}),
        ({"strategy": "of another version", "weights": {"garment_colour": 1.0}}, {"kept_ssim", "garment_colour"}),
    ],
)
def test_a_search_selected_on_what_its_settings_name(tmp_path, options, metrics):
    """Where they are not understood, on all that its candidates were given: 'kept_ssim' here."""
    run, _ = a_search(tmp_path, EIGHT, **options)
    assert selecting(run).metrics == metrics


def test_what_is_measured_of_the_kept_picture_selected_nothing(tmp_path):
    run = tree(tmp_path, first=DRAWN, strategy="of another version")
    (record,) = run.records
    late = {"truth_ssim": Measurement(value=1.0, unit="SSIM")}
    shown = record.steps[-1].model_copy(update={"scores": late})
    run.__dict__["records"] = (record.model_copy(update={"steps": (*record.steps[:-1], shown)}),)
    assert selecting(run).metrics == {"kept_ssim"}


def test_whatever_a_verifier_says_it_said_to_the_search(tmp_path):
    run, _ = a_search(tmp_path / "one", EIGHT, arguments={"verifier": "scorer", "scorer": "scorer"})
    assert selecting(run).models == {"scripted verifier"}


@pytest.mark.parametrize(
    ("options", "decides"),
    [
        ({"select": "best"}, False),
        ({"select": "knockout"}, True),
        ({"select": "pessimistic"}, True),
        ({"strategy": "adaptive"}, False),
        ({"strategy": "adaptive", "stop_after": 1}, True),
        ({"strategy": "of another version"}, True),
        ({"strategy": "iterate_and_sample"}, True),
    ],
)
def test_a_judge_selects_where_it_decides(tmp_path, options, decides):
    run, _ = a_search(tmp_path, EIGHT, **options)
    assert ("scripted judge" in selecting(run).models) == decides


def test_what_a_judge_measured_selected_with_it(tmp_path):
    planted = Planted(tmp_path, 1, flow="closed_loop", options={})
    planted.sample([(6.0, 0.1)], chosen=1, outcome="not_accepted")
    run = planted.finish()
    (record,) = run.records
    (step,) = record.steps
    score = step.judgement.scores["realism"]
    seen = score.model_copy(update={"evidence": {"face_distance": Measurement(value=0.3, unit="distance")}})
    judgement = step.judgement.model_copy(update={"scores": {**step.judgement.scores, "realism": seen}})
    step = step.model_copy(update={"judgement": judgement})
    run.__dict__["records"] = (record.model_copy(update={"steps": (step,)}),)
    assert {"face_distance", "realism", "satisfaction", "accepted"} <= selecting(run).metrics


def test_a_metric_without_scores_has_no_report(tmp_path):
    runs, scores = two(tmp_path)
    with pytest.raises(UnknownName, match="Did you mean 'truth_ssim'"):
        wins(arena(*runs, scores=scores), ["truth_sim"])
