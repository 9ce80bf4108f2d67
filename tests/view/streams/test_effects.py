"""Tools by constraint: what was aimed at, what it did, and what else it broke, of pictures that carry their scores."""

import pytest
from stream_runs import Mender, a_stream_run, an_arm, step_of, three_arms

from tryon_core.errors import BadInput
from tryon_core.view.streams.effects import corrections_of, effects, first_corrections, side_effects, tool_effects


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return three_arms(tmp_path_factory.mktemp("arms"))


def cell(table, tool, key):
    return table.set_index(["tool", "constraint"]).loc[(tool, key)]


def test_effects_add_up_to_the_corrections(runs):
    table = tool_effects(*runs)
    assert (table[["improved", "unchanged", "broke"]].sum(axis=1) == table.n).all() and table.n.sum() > 40
    assert list(dict.fromkeys(table.tool)) == ["depth", "canny", "words", "new_noise"]


def test_moves_are_those_the_flow_recorded(runs):
    table = effects(runs[0])
    aimed = table[table.targeted].set_index(["sample_id", "step", "constraint"]).move
    recorded = {
        (record.sample_id, step.number, key): move
        for record in runs[0].records
        for step in record.steps
        for key, move in step.data.get("moved", {}).items()
    }
    assert len(recorded) > 10 and aimed.to_dict() == recorded


def test_a_tool_that_helps_improved(runs):
    canny = cell(tool_effects(runs[0]), "canny", "garment_appearance")
    assert canny.improved == canny.n > 1 and canny.broke == 0


def test_what_it_was_not_for_is_counted_apart(runs):
    table = side_effects(runs[0]).set_index("tool")
    assert table.loc["canny"].broke == table.loc["canny"].n > 1 and table.loc["depth"].broke == 0


def test_what_is_met_still_is_not_broken(tmp_path):
    steps = [step_of("draw", realism=5)] + [step_of("fill", base=1, identity=after) for after in (8.0, 7.9)]
    assert side_effects(a_stream_run(tmp_path, *steps))[["broke", "n"]].values.tolist() == [[1, 2]]


def test_a_tool_that_makes_it_worse_broke(tmp_path):
    spoils = an_arm(tmp_path, "streams", tools={"canny": Mender("worse", to=2)}, samples=8)
    table = cell(tool_effects(spoils), "canny", "garment_appearance")
    assert table.broke == table.n > 0 and table.improved == 0


def test_the_base_is_the_one_the_flow_names(tmp_path):
    """Neither the parent, which new noise has not, nor the best so far."""
    first, better = step_of("draw", realism=5), step_of("new_noise", base=1, realism=9)
    run = a_stream_run(tmp_path, first, better, step_of("new_noise", base=1, realism=7))
    assert [(step.number, base.number) for _, step, base in corrections_of(run)] == [(2, 1), (3, 1)]
    assert effects(run).query("targeted").move.tolist() == [4.0, 2.0]


def test_half_a_point_is_a_move(tmp_path):
    steps = [step_of("draw", realism=5)] + [step_of("fill", base=1, realism=after) for after in (5.4, 5.5, 4.6, 4.5)]
    table = effects(a_stream_run(tmp_path, *steps)).query("targeted")
    assert table.effect.tolist() == ["unchanged", "improved", "unchanged", "broke"]


def test_what_was_not_scored_is_no_effect(tmp_path):
    steps = (step_of("draw", realism=5), step_of("fill", base=1, realism=None))
    assert cell(tool_effects(a_stream_run(tmp_path, *steps)), "fill", "realism")[["n", "unscored"]].tolist() == [0, 1]


def test_a_step_of_two_runs_counts_once(runs):
    assert len(effects(runs[0], runs[0])) == len(effects(runs[0]))
    assert len(effects(*runs)) > len(effects(runs[1]))


def test_five_persons_have_no_interval(tmp_path):
    given = {"max_iterations": 2, "good": 1}  # one correction of each
    few, enough = (an_arm(tmp_path, "no_tool", samples=n, persons=n, name=f"of-{n}", **given) for n in (5, 10))
    assert side_effects(few).n.tolist() == [5] and side_effects(few).low.isna().all()
    assert side_effects(enough).low.notna().all()


def test_first_corrections_start_from_the_same_picture(runs, tmp_path):
    pairs = first_corrections(runs[0], runs[2])
    tooled = [r for r in runs[0].records if len(r.steps) > 1 and r.steps[1].stage in ("depth", "canny")]
    assert pairs.n == len(tooled) > 1 and pairs.both + pairs.only_a == pairs.n
    assert first_corrections(runs[0], an_arm(tmp_path, "new_noise", seed=1)) is None


def test_other_constraints_are_not_put_together(runs, tmp_path):
    other = a_stream_run(tmp_path, step_of("draw", rubric="classic"), rubric="classic")
    with pytest.raises(BadInput, match="asks for other constraints than"):
        effects(runs[0], other)
