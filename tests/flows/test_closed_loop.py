import dataclasses
import itertools

import pytest
from doubles import Painter, Scripted, a_sample, picture, scores
from doubles import run as run_batch
from hypothesis import given
from hypothesis import strategies as st

from tryon_core.errors import BadInput
from tryon_core.flows.closed_loop import ClosedLoop, closed_loop
from tryon_core.flows.revising import by_importance, in_words, left_out, still_said
from tryon_core.models.embedded.drawing.spoken import spoken_fixes
from tryon_core.records import Decision, Fix
from tryon_core.rubrics.rules import Rule, best_attempt
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.steps import Change

DEFAULT = RUBRICS["default"]


def loop(generator, judge, sample=None, rubric=DEFAULT, **options):
    sample = sample or a_sample()
    flow = closed_loop(sample, generator=generator, judge=judge, rubric=rubric, options=ClosedLoop(**options))
    return Walk(flow)


def run(*judgements, **options):
    return list(loop(Painter(), Scripted(*judgements), **options))


def test_a_picture_that_meets_everything_ends_the_loop():
    (only,) = run(scores())
    assert only.decision is Decision.ACCEPT and only.number == 1


class Faithful(Painter):
    """It draws into the photograph, and says so."""

    keeps_frame = True


def test_edits_are_checked_where_the_frame_may_have_moved():
    (checked,), (kept,) = (list(loop(generator, Scripted(scores()))) for generator in (Painter(), Faithful()))
    checked, kept = checked.scores, kept.scores
    assert {"frame_shift", "colour_drift"} <= set(checked) and not kept
    (asked,) = loop(Faithful(), Scripted(scores()), composite_back=True)
    assert {"frame_shift", "put_back"} <= set(asked.scores)


@pytest.mark.parametrize("painter, names", [(Painter, {"frame_shift"}), (Faithful, set())])
def test_a_run_knows_it_too(manifest, tmp_path, painter, names):
    (record,) = run_batch(manifest, tmp_path / "run", painter(), Scripted(scores()), limit=1).records
    assert names == {"frame_shift"} & set(record.steps[0].scores)


def test_a_failed_constraint_changes_the_words_and_keeps_the_noise():
    first, second = run(scores(garment_structure=5), scores())
    assert first.decision is Decision.RETRY and second.request.noise == first.request.noise
    assert second.request.prompt == "Wear it. Mend the garment_structure."


def test_a_lost_face_restarts_from_new_noise():
    first, second = run(scores(identity=3), scores())
    assert first.decision is Decision.RESTART and second.request.noise != first.request.noise


def test_the_loop_ends_after_max_iterations():
    assert [attempt.number for attempt in run(scores(realism=7), max_iterations=3)] == [1, 2, 3]


def test_no_iterations_are_refused_before_anything_is_drawn():
    with pytest.raises(BadInput, match="max_iterations must be 1 or more, got 0"):
        run(scores(), max_iterations=0)


def test_an_unscored_answer_is_asked_once_more():
    judge = Scripted(scores(realism=None), scores())
    (only,) = loop(Painter(), judge)
    assert only.decision is Decision.ACCEPT and len(judge.seen) == 2


def test_an_attempt_that_stays_unscored_is_restarted_without_words_from_it():
    first, second = run(scores(realism=None, identity=2), scores(realism=None), scores())
    assert not first.judged and first.decision is Decision.RESTART
    assert second.request.prompt == "Wear it." and second.request.noise != first.request.noise


def test_a_step_that_made_things_worse_is_taken_back_and_tried_at_half_strength():
    first, second, third = run(scores(realism=7), scores(realism=7, identity=5), scores())
    assert [fix.strength for fix in second.request.fixes] == [1.0]
    assert third.request.fixes[0].constraint == "realism" and third.request.fixes[0].strength == 0.5
    assert "Mend the identity." in third.request.prompt


def test_what_a_judge_asks_for_is_never_turned_round():
    attempts = run(*(scores(realism=value) for value in (7, 6, 5, 6)))
    assert [attempt.request.fixes[0].strength for attempt in attempts[1:]] == [1.0, 0.5, 0.25]


def test_after_a_new_start_the_new_line_s_own_failures_are_corrected_at_full_strength():
    _, restarted, third = run(scores(identity=3), scores(realism=6), scores())
    assert third.request.noise == restarted.request.noise
    assert [(fix.constraint, fix.strength) for fix in third.request.fixes] == [("identity", 1.0), ("realism", 1.0)]


def test_a_correction_that_changes_nothing_calls_for_new_noise():
    grey = lambda request: picture()  # noqa: E731
    first, second, third = loop(grey, Scripted(scores(realism=7)), max_iterations=3)
    assert second.request.noise == first.request.noise and third.request.noise != second.request.noise


def test_fixes_add_up_while_attempts_get_better():
    *_, third = run(scores(identity=5, realism=5), scores(realism=7), scores())
    assert [fix.constraint for fix in third.request.fixes] == ["identity", "realism", "realism"]


def test_of_two_fixes_of_one_aspect_the_larger_is_applied_and_both_are_said():
    told = scores(identity=5, realism=5)
    small = told.scores["realism"].fixes[0].model_copy(update={"amount": -0.05})
    told.scores["realism"] = told.scores["realism"].model_copy(update={"fixes": (small,)})
    _, second = run(told, scores())
    assert [(fix.amount, fix.strength) for fix in second.request.fixes] == [(0.1, 1.0), (-0.05, 0.0)]
    assert second.request.prompt == "Wear it. Mend the identity. Mend the realism."


def test_a_person_may_overrule_words_and_verdict():
    walk = loop(Painter(), Scripted(scores(realism=7), scores(realism=7)))
    walk.next()
    second = walk.next(Change(prompt="In my words.", decision=Decision.RESTART))
    assert second.request.prompt == "In my words." and second.request.noise.seed != 0
    assert walk.next(Change(decision=Decision.STOP)) is None and walk.chosen == 1


def test_the_classic_rubric_replays_the_reference_run():
    """Scores in the reference's order: texture fails, then light fails, then all is well."""
    classic = RUBRICS["classic"]
    told = [
        dict(zip(classic.keys, row, strict=True)) for row in ((9, 9, 8, 4, 9, 7, 6), (9, 9, 8, 7, 9, 5, 6), (9,) * 7)
    ]
    attempts = run(*(scores(classic, **row) for row in told), rubric=classic)
    assert [attempt.decision for attempt in attempts] == [Decision.RETRY, Decision.RETRY, Decision.ACCEPT]


def test_the_classic_rubric_gives_up_on_a_critical_failure():
    classic = RUBRICS["classic"]
    (only,) = run(scores(classic, pose_alignment=3), rubric=classic)
    assert only.decision is Decision.STOP


def test_the_best_attempt_is_kept_not_the_last():
    attempts = run(scores(realism=7), scores(identity=5), max_iterations=2)
    assert best_attempt(attempts, RUBRICS["default"]) is attempts[0]


def test_a_laxer_rule_accepts_sooner():
    lax = dataclasses.replace(RUBRICS["default"], rule=Rule(accept_at=6))
    assert run(scores(realism=7), rubric=lax)[0].decision is Decision.ACCEPT


def test_the_judge_never_sees_the_rewritten_words():
    judge = Scripted(scores(realism=7), scores())
    list(loop(Painter(), judge))
    assert [sample.wish for sample, _ in judge.seen] == ["Wear it.", "Wear it."]


def test_a_sample_without_a_garment_is_refused_with_a_sentence():
    sample = dataclasses.replace(a_sample(), images={"person": a_sample().images["person"]})
    with pytest.raises(BadInput, match="sample one has no garment picture"):
        list(loop(Painter(), Scripted(scores()), sample))


def fixes_of(*texts, aspect="sleeve"):
    return tuple(Fix(constraint="garment_structure", text=text, aspect=aspect, amount=0.1) for text in texts)


def test_words_that_a_person_wrote_stand_in_later_requests():
    walk = loop(Painter(), Scripted(scores(realism=6)))
    walk.next()
    second, third = walk.next(Change(prompt="Wear it long.")), walk.next()
    assert second.request.prompt == "Wear it long."
    assert third.request.prompt == "Wear it long. Mend the realism."


def test_a_fix_whose_sentence_a_person_took_out_is_not_asked_for():
    walk = loop(Painter(), Scripted(scores(realism=6, identity=6)))
    walk.next()
    second = walk.next(Change(prompt="Wear it. Mend the realism."))
    assert [fix.constraint for fix in second.request.fixes] == ["realism"]


def test_fixes_of_both_sleeves_stay_with_added_words():
    sides = [Fix(constraint="realism", text=f"lengthen the {side} sleeve", aspect="sleeve", part=side) for side in "lr"]
    words = in_words("Wear it.", sides) + " Make it red."
    assert words == "Wear it. Lengthen the l sleeve. Lengthen the r sleeve. Make it red."
    assert still_said(sides, words) == tuple(sides) and still_said(sides, "Wear it. Make it red.") == ()


def test_one_sentence_about_a_thing_stands_for_all_its_fixes():
    fixes = fixes_of("make the sleeves longer", "make the sleeves a little longer")
    words = in_words("Wear it.", fixes) + " Make it red."
    assert "a little" in words and still_said(fixes, words) == fixes


# ---- the words, in order and at length -------------------------------------------------------------------------------


def test_what_fails_now_is_said_before_what_was_asked_for_earlier():
    *_, third = run(scores(identity=5, realism=6), scores(realism=7), scores())
    assert third.request.prompt == "Wear it. Mend the realism. Mend the identity."


def test_of_what_fails_now_the_primary_failure_is_said_first_though_another_attempt_showed_it():
    *_, third = run(scores(realism=7), scores(identity=5), scores())
    assert third.request.prompt == "Wear it. Mend the identity. Mend the realism."
    assert [fix.constraint for fix in third.request.fixes] == ["realism", "identity"]  # as warp adds them up


def test_a_fix_that_is_asked_for_again_is_among_those_of_now():
    keys = ("realism", "identity", "realism", "scene_kept")
    fixes = tuple(Fix(constraint=key, text=f"mend the {key}", aspect="length", amount=0.1) for key in keys)
    ordered = by_importance(fixes, 2, RUBRICS["default"])
    assert [fix.constraint for fix in ordered] == ["scene_kept", "realism", "identity"]


def test_instructions_that_the_encoder_would_cut_are_left_out_from_the_least_important():
    fits = Painter()
    fits.fits = lambda words: len(words) <= len("Wear it. Mend the identity. Mend the scene_kept.")
    judge = Scripted(scores(identity=5, scene_kept=6, realism=7), scores())
    _, second = loop(fits, judge)
    assert second.request.prompt == "Wear it. Mend the identity. Mend the scene_kept."
    assert left_out(second.request.prompt, second.request.fixes) == ("Mend the realism.",)
    assert [fix.constraint for fix in second.request.fixes] == ["identity", "scene_kept", "realism"]


def test_one_sentence_that_is_too_long_does_not_silence_those_behind_it():
    fixes = tuple(Fix(constraint="realism", text=text) for text in ("do " * 50, "mend it"))
    assert in_words("Wear it.", fixes, fits=lambda words: len(words) < 30) == "Wear it. Mend it."


def test_a_wish_that_alone_is_too_long_is_never_cut():
    fixes = fixes_of("make the sleeves longer")
    assert in_words("Wear it.", fixes, fits=lambda words: False) == "Wear it."
    assert left_out("Wear it.", fixes) == ("Make the sleeves longer.",)


def test_nothing_is_left_out_of_words_that_hold_every_instruction_or_a_newer_one():
    fixes = fixes_of("make the left sleeve longer", "make the right sleeve longer")
    assert left_out(in_words("Wear it.", fixes), fixes) == ()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_of_the_instructions_moves_nothing_that_warp_draws(order):
    told = [("sleeve", "make the sleeves longer"), ("length", "make it shorter"), ("", "bring out the pattern")]
    fixes = tuple(Fix(constraint="realism", text=text, aspect=aspect, amount=0.1) for aspect, text in told)
    assert spoken_fixes(in_words("Wear it.", [fixes[number] for number in order]), fixes) == ()


def test_a_wish_without_a_full_stop_does_not_run_into_the_first_instruction():
    assert in_words("Wear the red dress", fixes_of("lengthen it")) == "Wear the red dress. Lengthen it."


def test_a_fix_of_several_lines_is_one_sentence():
    fix = Fix(constraint="realism", text=" mend\nthe\tlight\x00\u2028now. \n")
    assert fix.sentence == "Mend the light now."


@given(wish=st.text(), texts=st.lists(st.text(), max_size=4))
def test_whatever_wish_and_fixes_hold_the_wish_is_whole_and_the_rest_is_one_line(wish, texts):
    fixes = tuple(Fix(constraint="realism", text=text) for text in texts)
    words = in_words(wish, fixes)
    assert words.startswith(wish.strip()) and words.removeprefix(wish.strip()).isprintable()
    assert left_out(words, fixes) == ()
