import pytest
from hand_made import Bench, every_outcome, scores

from tryon_core.records import Judgement, Score
from tryon_core.view.tables import frames
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.transitions import corrections, states


@pytest.fixture
def run(tmp_path):
    return open_run(every_outcome(tmp_path))


def ribbons(run):
    table = frames.next_failures(frames.attempts(run), run.rubric)
    return [tuple(row) for row in table.itertuples(index=False)]


def corrected(run):
    table = frames.regressions(frames.attempts(run), run.rubric).set_index("constraint")
    return {key: tuple(row) for key, row in table.iterrows()}


def test_each_attempt_has_a_state_and_what_came_next(run):
    table = states(frames.attempts(run), run.rubric).set_index(["sample_id", "attempt"])
    assert table.loc[("third", 1)].tolist() == ["identity", "garment_structure"]
    assert table.loc[("third", 3), "state"] == "accepted" and table.next.isna().loc[("third", 3)]
    assert table.loc[("never", 4)].tolist() == ["realism", "ended"]
    assert not {"unread", "broke"} & set(table.index.get_level_values("sample_id"))  # they count nowhere


def test_what_failed_next_is_counted_by_iteration_in_gate_order(run):
    assert ribbons(run) == [
        (1, "identity", "garment_structure", 1, 1),
        (1, "realism", "realism", 1, 1),
        (2, "garment_structure", "accepted", 1, 1),
        (2, "realism", "realism", 1, 1),
        (3, "realism", "realism", 1, 1),
        (4, "realism", "ended", 1, 1),
    ]


def test_corrections_break_and_mend(run):
    """broke, of those met before; mended, of those that failed before; all corrections that scored it twice. The
    restart after a lost face is none."""
    found = corrected(run)
    assert found["identity"] == (0, 4, 0, 0, 4)
    assert found["garment_structure"] == (0, 3, 1, 1, 4)
    assert found["realism"] == (0, 0, 1, 4, 4)
    assert found["scene_kept"] == (0, 4, 0, 0, 4)


def test_behind_an_attempt_that_was_not_judged_new_noise_is_no_correction(tmp_path):
    bench = Bench(tmp_path)
    unread = scores(realism=None)
    bench.sample("one", "accepted", scores(realism=5), unread, unread, scores())  # asked twice, then accepted
    run = open_run(bench.finish())
    table = corrections(frames.attempts(run), run.rubric)
    assert table.empty and corrected(run)["realism"] == (0, 0, 0, 0, 0)


def test_what_does_not_apply_on_one_side_is_no_correction(tmp_path):
    bench = Bench(tmp_path)
    faceless = Judgement(scores={**scores().scores, "identity": Score(status="not_applicable", reason="no face")})
    bench.sample("one", "accepted", scores(identity=5), faceless)
    found = corrected(open_run(bench.finish()))
    assert found["identity"] == (0, 0, 0, 0, 0) and found["realism"][-1] == 1


def test_a_picture_without_anything_to_score_has_failed_nothing(tmp_path):
    bench = Bench(tmp_path)
    nothing = {key: Score(status="not_applicable", reason="an empty picture") for key in bench.rubric.keys}
    bench.sample("one", "not_accepted", Judgement(scores=nothing))
    assert ribbons(open_run(bench.finish())) == [(1, "nothing failed", "ended", 1, 1)]


def test_samples_that_were_never_corrected_give_no_ribbons_and_no_corrections(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", scores())
    run = open_run(bench.finish())
    assert ribbons(run) == [] and set(corrected(run).values()) == {(0, 0, 0, 0, 0)}
