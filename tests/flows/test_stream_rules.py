"""The rules of the dual stream: issues, strategy, tool, each driven through all of its branches."""

import pytest
from doubles import scores

from tryon_core.errors import UnknownName
from tryon_core.flows.streams.stream_rules import (
    BY_TOOL,
    BY_WORDS,
    KINDS,
    issues_of,
    kind_of,
    plan_after,
    plan_of,
    strategy_of,
    tool_of,
)
from tryon_core.records import Decision
from tryon_core.rubrics import RUBRICS, Constraint
from tryon_core.steps import Change, Step

ALL = {"depth", "canny", "fill", "put_back"}


def issues(rubric="default", **given):
    return issues_of(scores(RUBRICS[rubric], **given), RUBRICS[rubric])


def test_every_constraint_of_every_rubric_has_a_kind():
    for rubric in RUBRICS.values():
        for constraint in rubric.constraints:
            assert constraint.key in KINDS or constraint.measured in KINDS


def test_an_unscored_judgement_has_no_issues():
    assert not issues(realism=None, garment_structure=2)
    assert strategy_of(())[0] == "prompt"


@pytest.mark.parametrize(
    ("given", "strategy", "tool", "targets"),
    [
        ({"garment_swap": 6}, "prompt", "", ["garment_swap"]),
        ({"garment_swap": 6, "realism": 5}, "prompt", "", ["garment_swap", "realism"]),
        ({"identity": 3}, "picture", "put_back", ["identity"]),
        ({"identity": 3, "garment_swap": 5}, "prompt", "", ["garment_swap", "identity"]),
        ({"body_and_pose": 3}, "prompt", "", ["body_and_pose"]),
        ({"body_and_pose": 3, "scene_kept": 5}, "picture", "put_back", ["scene_kept"]),
        ({"identity": 6, "realism": 5, "scene_kept": 5}, "picture", "put_back", ["identity", "scene_kept"]),
        ({"identity": 6}, "picture", "put_back", ["identity"]),
        ({"body_and_pose": 6}, "both", "depth", ["body_and_pose"]),
        ({"garment_structure": 5}, "both", "depth", ["garment_structure"]),
        ({"garment_appearance": 5}, "both", "canny", ["garment_appearance"]),
        ({"scene_kept": 5}, "picture", "put_back", ["scene_kept"]),
        ({"realism": 5}, "picture", "fill", ["realism"]),
        ({"garment_structure": 5, "garment_appearance": 5}, "both", "depth", ["garment_structure"]),
        ({"body_and_pose": 6, "garment_structure": 5}, "both", "depth", ["body_and_pose", "garment_structure"]),
        ({"garment_appearance": 5, "scene_kept": 5, "realism": 5}, "picture", "put_back", ["scene_kept"]),
    ],
)
def test_what_failed_chooses_stream_and_tool(given, strategy, tool, targets):
    plan = plan_of(issues(**given), ALL)
    assert (plan.strategy, plan.tool, [issue.constraint for issue in plan.targets]) == (strategy, tool, targets)
    assert plan.why_strategy and bool(plan.why_tool) == (strategy != "prompt")


def test_words_are_mended_where_no_tool_is_there():
    plan = plan_of(issues(garment_structure=5), ())
    assert (plan.strategy, plan.tool) == ("prompt", "") and "no tool" in plan.why_tool


def test_a_tool_that_did_not_help_is_not_asked_again():
    tool, targets, why = tool_of(issues(garment_structure=5), ALL, {("depth", "garment_structure")})
    assert tool == "fill" and "depth was tried" in why
    both = issues(garment_structure=5, realism=5)
    tried = {("depth", "garment_structure"), ("fill", "garment_structure")}
    assert tool_of(both, ALL, tried)[0] == "fill"
    assert [issue.constraint for issue in tool_of(both, ALL, tried)[1]] == ["realism"]
    again = tool_of(both, ALL, {("depth", "garment_structure"), ("fill", "realism")})
    assert again[0] == "fill" and [issue.constraint for issue in again[1]] == ["garment_structure"]
    assert tool_of(issues(garment_structure=5), {"fill"})[2].endswith("depth is not there")


def test_the_photograph_is_put_back_once_then_the_rest_is_drawn():
    found = issues(garment_appearance=5, scene_kept=5, realism=5)
    plan = plan_of(found, ALL, {("put_back", "scene_kept")})
    assert (plan.strategy, plan.tool, plan.targets[0].constraint) == ("picture", "canny", "garment_appearance")
    assert plan_of(issues(identity=3), ALL, {("put_back", "identity")}).strategy == "prompt"
    assert plan_of(issues(identity=3), ALL - {"put_back"}).strategy == "prompt"


def test_no_kind_goes_without_a_stream():
    assert all(kind in BY_WORDS or BY_TOOL[kind] for kind in BY_TOOL)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"key": "hem", "tier": "garment", "kind": "spatial"}, "spatial"),
        ({"key": "realism", "tier": "garment", "kind": "scene"}, "scene"),
        ({"key": "arms", "tier": "finish", "measured": "pose"}, "pose"),
        ({"key": "mood", "tier": "finish"}, "local"),
        ({"key": "cloth", "tier": "garment"}, "style"),
        ({"key": "asked", "tier": "critical"}, "missing"),
        ({"key": "mood", "tier": "taste"}, "general"),
    ],
)
def test_a_rubric_of_one_s_own_has_kinds(given, kind):
    assert kind_of(Constraint(asks="Is it so?", **given)) == kind


def test_an_unknown_kind_is_refused_where_it_is_written():
    with pytest.raises(UnknownName, match="no kind of issue is called 'spacial'. Did you mean 'spatial'"):
        Constraint(key="hem", tier="garment", asks="Is it so?", kind="spacial")


# ---- what a person or an unread judgement decides --------------------------------------------------------------------


def plan_behind(change=None, **given):
    base = Step(number=3, judgement=scores(**given))
    return plan_after(base, base.changed(change), RUBRICS["default"], ALL)


def test_an_unread_judgement_plans_words():
    plan = plan_behind(realism=None, garment_structure=2)
    assert (plan.strategy, plan.tool, plan.targets) == ("prompt", "", ())
    assert plan.why_strategy == "step 3 could not be judged whole"


def test_a_new_start_plans_words():
    plan = plan_behind(Change(decision=Decision.RESTART, by="Ada"), realism=5)
    assert (plan.strategy, plan.tool) == ("prompt", "") and plan.why_strategy == "Ada asked for a new start"


def test_other_words_go_to_both_streams():
    plan = plan_behind(Change(prompt="Wear it open.", by="Ada"), realism=5)
    assert (plan.strategy, plan.tool) == ("both", "fill") and plan.why_strategy.endswith("Ada wrote other words")
    assert plan_behind(Change(prompt="Wear it open."), garment_swap=5).strategy == "prompt"
    assert plan_behind(Change(decision=Decision.RETRY), realism=5).strategy == "picture"


def test_the_strategy_counts_two_to_one():
    """Words could mend 1 of 3: the picture alone; 1 of 2: both."""
    picture = issues(garment_appearance=5, scene_kept=5, realism=5)
    assert strategy_of(picture) == ("picture", "tools are there for what failed, words could mend 1 of 3")
    assert strategy_of(picture[:2]) == ("both", "tools are there for what failed, words could mend 1 of 2")


def test_a_tool_is_for_those_whose_best_tool_it_is():
    found = issues("general", anatomy=5, layout=5, realism=5)
    tool, targets, _ = tool_of(found, ALL)
    assert tool == "fill" and [issue.constraint for issue in targets] == ["anatomy", "realism"]
