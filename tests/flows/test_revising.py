"""The next request, fix by fix and word by word; and the loop around it."""

import dataclasses

import pytest
from doubles import Painter, Scripted, a_sample, picture, scores

from tryon_core.errors import BadInput
from tryon_core.flows.closed_loop import ClosedLoop, closed_loop, ends, judged, next_request, opening_request
from tryon_core.flows.revising import (
    STEPS,
    by_importance,
    fixes_for,
    in_words,
    left_out,
    next_fixes,
    revise,
    still_said,
)
from tryon_core.records import Decision, EditRequest, Fix, Judgement, Noise, Polish, Score
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.steps import Change, Step

DEFAULT = RUBRICS["default"]
SAMPLE, NOISE = a_sample(), Noise()


def attempt(judgement, number=1, *, image=None, noise=NOISE, decision=Decision.RETRY, change=None, **asked):
    request = EditRequest(prompt="Wear it.", images=tuple(SAMPLE.images.values()), noise=noise, **asked)
    image = image or picture((25 * number, 0, 0))
    step = Step(number=number, request=request, image=image, judgement=judgement, decision=decision)
    return step.changed(change)


def fix(constraint="realism", text="mend it", **given):
    return Fix(constraint=constraint, text=text, **given)


def failing(*fixes, key="realism"):
    told = scores()
    return Judgement(scores={**told.scores, key: Score(score=5, fixes=fixes)})


def strengths(request):
    return [one.strength for one in request.fixes]


# ---- how strongly, from which attempt, on which noise ----------------------------------------------------------------


def test_each_share_is_tried_in_turn():
    told = [scores(realism=value) for value in (7, 6, 5, 6, 5)]
    attempts = list(
        Walk(
            closed_loop(
                SAMPLE, generator=Painter(), judge=Scripted(*told), rubric=DEFAULT, options=ClosedLoop(max_iterations=5)
            )
        )
    )
    assert [one.request.fixes[0].strength for one in attempts[1:4]] == [1.0, 0.5, 0.25] == list(STEPS)
    assert len({one.request.noise for one in attempts[:4]}) == 1
    assert attempts[4].request.noise == Noise().fresh(4) and strengths(attempts[4].request) == [1.0, 0.0]


def test_the_last_share_is_the_least():
    worse = [attempt(scores(realism=7))] + [attempt(scores(realism=6), number) for number in range(2, 9)]
    assert revise(SAMPLE, worse, DEFAULT).fixes[0].strength == 0.25


def test_only_judged_attempts_behind_the_best_count():
    unread = attempt(scores(realism=None), 2)
    assert strengths(revise(SAMPLE, [attempt(scores(realism=7)), unread], DEFAULT)) == [1.0]
    elsewhere = attempt(scores(realism=6), 2, noise=Noise(seed=9))
    back = attempt(scores(realism=6, identity=9), 3)
    assert revise(SAMPLE, [attempt(scores(realism=7)), elsewhere, back], DEFAULT).fixes[0].strength == 0.5


def test_the_best_of_the_same_noise_is_corrected():
    best, other = attempt(scores(realism=7)), attempt(scores(identity=6), 2, noise=Noise(seed=9))
    request = revise(SAMPLE, [best, other], DEFAULT)
    assert request.noise == Noise(seed=9) and [one.constraint for one in request.fixes] == ["identity"]
    restarted = revise(SAMPLE, [best, dataclasses.replace(other, decision=Decision.RESTART)], DEFAULT)
    assert restarted.noise == Noise().fresh(2)
    assert [(one.constraint, one.strength) for one in restarted.fixes] == [("realism", 1.0), ("identity", 0.0)]


@pytest.mark.parametrize(
    ("image", "fresh"),
    [
        (picture((25, 0, 0)), True),
        (picture((28, 0, 0)), True),  # nobody sees three levels of 255
        (picture((35, 0, 0)), False),
        (picture((25, 0, 0), (80, 64)), False),
    ],
)
def test_the_same_picture_calls_for_new_noise(image, fresh):
    request = revise(SAMPLE, [attempt(scores(realism=7)), attempt(scores(realism=6), 2, image=image)], DEFAULT)
    assert request.noise == (Noise().fresh(2) if fresh else Noise())


def test_a_picture_drawn_before_is_not_asked_for():
    first = attempt(scores(realism=7))
    asked = revise(SAMPLE, [first], DEFAULT)
    again = [first, dataclasses.replace(attempt(scores(realism=None), 2), request=asked)]
    assert asked.noise == Noise() and revise(SAMPLE, again, DEFAULT).noise == Noise().fresh(2)


@pytest.mark.parametrize("alike", [True, False])
def test_a_generator_tells_what_it_draws_alike(alike):
    painter, compared = Painter(), []
    painter.draws_alike = lambda request, other: compared.append((request, other)) or alike
    first = attempt(scores(realism=7))
    assert revise(SAMPLE, [first], DEFAULT, painter).noise == (Noise().fresh(1) if alike else Noise())
    assert compared[0][1] is first.request and compared[0][0].fixes


def test_unread_attempts_ask_for_nothing():
    unread = attempt(
        failing(fix(), key="identity").model_copy(update={"scores": scores(realism=None, identity=2).scores})
    )
    assert fixes_for(unread, DEFAULT) == ()
    request = revise(SAMPLE, [unread], DEFAULT)
    assert (request.prompt, request.fixes, request.noise) == ("Wear it.", (), Noise().fresh(1))


# ---- the fixes -------------------------------------------------------------------------------------------------------


def test_of_one_aspect_the_larger_amount_counts():
    left, right, words = (
        fix(aspect="sleeve", part=part, amount=amount) for part, amount in (("left", 0.1), ("right", -0.2), ("", 0.1))
    )
    best = attempt(failing(left, right, words, fix(aspect="hem", amount=0.1)))
    assert [one.strength for one in next_fixes(best, best, DEFAULT, 0.5)] == [0.0, 0.5, 0.0, 0.5]
    equal = attempt(failing(left, words))
    assert [one.strength for one in next_fixes(equal, equal, DEFAULT, 0.5)] == [0.5, 0.0]


def test_older_fixes_come_first_and_worse_ones_as_words():
    older = fix("identity", strength=0.5)
    best, last = attempt(failing(fix("realism")), fixes=(older,)), attempt(failing(fix("pose"), key="identity"), 2)
    asked = next_fixes(best, last, DEFAULT, -0.5)
    assert [(one.constraint, one.strength) for one in asked] == [("identity", 0.5), ("realism", -0.5), ("pose", 0.0)]


def test_only_failed_constraints_are_mended():
    told = Judgement(scores={**failing(fix()).scores, "identity": Score(score=8, fixes=(fix("identity"),))})
    assert fixes_for(attempt(told), DEFAULT) == (fix(),)


# ---- the words -------------------------------------------------------------------------------------------------------


def test_what_fails_now_goes_first_in_gate_order():
    first, last = DEFAULT.keys[0], DEFAULT.keys[-1]
    fixes = [fix(key, text=f"{key} {n}") for n, key in enumerate((last, first, "unknown", last, first, "none"))]
    ordered = by_importance(fixes, 2, DEFAULT)
    assert [one.text for one in ordered] == [
        f"{first} 4",
        f"{last} 3",
        "unknown 2",
        "none 5",
        f"{first} 1",
        f"{last} 0",
    ]


def test_a_newer_fix_replaces_the_older():
    fixes = [
        fix(aspect="hem", text="up"),
        fix(aspect="hem", text="down"),
        fix(aspect="hem", part="left", text="left"),
        fix(text=""),
    ]
    assert [one.text for one in by_importance(fixes, 0, DEFAULT)] == ["down", "left"]
    assert in_words("Wear it.", fixes) == "Wear it. Down. Left." and left_out("", fixes) == ("Down.", "Left.")


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ("Wear it", "Wear it. Mend it."),
        ("Wear it!", "Wear it! Mend it."),
        (" Wear it. ", "Wear it. Mend it."),
        ("", "Mend it."),
        ("Mend it. Now.", "Mend it. Now."),
    ],
)
def test_an_instruction_follows_the_wish(wish, words):
    assert in_words(wish, [fix(), fix("identity", aspect="face")]) == words


def test_each_instruction_must_fit_behind_the_others():
    asked = []
    fits = lambda words: asked.append(words) or "One" not in words  # noqa: E731
    fixes = [fix(text="one"), fix(text="two")]
    assert in_words("Wear it.", fixes, fits) == "Wear it. Two."
    assert asked == ["Wear it. One.", "Wear it. Two."]
    assert left_out("Wear it. Two.", [*fixes, fix("identity", text="one")]) == ("One.",)


def test_what_a_person_left_is_still_said():
    hem, face, silent = fix(aspect="hem", text="up"), fix("identity", text="smile"), fix("identity", text="")
    assert still_said([hem, face], "Wear it. Up.") == (hem,)
    assert still_said([silent], "Wear it.") == (silent,)


# ---- a person's words ------------------------------------------------------------------------------------------------


def test_a_person_s_newest_words_are_the_wish():
    first = attempt(scores(realism=7), change=Change(prompt="Long."))
    second = attempt(scores(realism=6), 2, change=Change(prompt="Short."))
    third = attempt(scores(realism=6), 3, change=Change(decision=Decision.RETRY))
    request = revise(SAMPLE, [first, second], DEFAULT)
    assert (request.prompt, request.fixes) == ("Short.", ())
    assert revise(SAMPLE, [first, second, third], DEFAULT).prompt == "Short. Mend the realism."


def test_a_person_s_words_keep_their_fixes():
    said = attempt(scores(realism=7, identity=7), change=Change(prompt="Wear it. Mend the realism."))
    request = revise(SAMPLE, [said], DEFAULT)
    assert [one.constraint for one in request.fixes] == ["realism"] and request.prompt == said.change.prompt
    assert request.images == said.request.images


# ---- the loop --------------------------------------------------------------------------------------------------------


def loop(*told, generator=None, writer=None, sample=SAMPLE, **options):
    judge = Scripted(*told)
    return Walk(
        closed_loop(
            sample,
            generator=generator or Painter(),
            judge=judge,
            rubric=DEFAULT,
            writer=writer,
            options=ClosedLoop(**options),
            seed=3,
        )
    )


def test_attempts_follow_from_one_another():
    walk = loop(scores(realism=7), scores(realism=6))
    steps = list(walk)
    assert [(step.number, step.parent, step.stage) for step in steps] == [(n, n - 1, "attempt") for n in (1, 2, 3, 4)]
    assert (walk.chosen, steps[0].request.noise, steps[0].made) == (1, Noise(seed=3), {})
    assert steps[0].scores and steps[0].request.prompt == "Wear it."


def test_nothing_judged_is_nothing_kept():
    walk = loop(scores(realism=None), max_iterations=1)
    assert len(list(walk)) == 1 and walk.ended and walk.chosen is None


def test_an_accepted_attempt_is_kept():
    walk = loop(scores(realism=7), scores())
    assert len(list(walk)) == 2 and walk.chosen == 2


def test_an_unscored_answer_is_asked_twice():
    judge = Scripted(scores(realism=None), scores(realism=None), scores())
    assert judged(judge, SAMPLE, picture(), DEFAULT).unscored and len(judge.seen) == 2
    ready = Scripted(scores(realism=2), scores())
    assert judged(ready, SAMPLE, picture(), DEFAULT).scores["realism"].score == 2 and len(ready.seen) == 1


@pytest.mark.parametrize(
    ("decision", "iterations", "over"),
    [
        (Decision.RETRY, 2, False),
        (Decision.RESTART, 2, False),
        (Decision.ACCEPT, 2, True),
        (Decision.STOP, 2, True),
        (Decision.RETRY, 1, True),
    ],
)
def test_the_loop_knows_its_end(decision, iterations, over):
    assert ends([attempt(scores(), decision=decision)], ClosedLoop(max_iterations=iterations)) is over
    two = [attempt(scores(), decision=Decision.ACCEPT), attempt(scores(), 2, decision=decision)]
    assert ends(two, ClosedLoop(max_iterations=3)) is (decision in ("accept", "stop"))


@pytest.mark.parametrize(
    ("lacks", "sentence"),
    [
        (("garment",), "sample one has no garment picture; closed_loop needs both"),
        (("person",), "has no person picture"),
        (("person", "garment"), "has no person and no garment picture"),
    ],
)
def test_the_loop_needs_person_and_garment(lacks, sentence):
    images = {role: image for role, image in SAMPLE.images.items() if role not in lacks}
    with pytest.raises(BadInput, match=sentence):
        opening_request(dataclasses.replace(SAMPLE, images=images))


def test_the_first_request_is_the_wish():
    asked = EditRequest(prompt="Wear it.", images=(SAMPLE.images["person"], SAMPLE.images["garment"]))
    assert opening_request(SAMPLE) == asked
    assert opening_request(SAMPLE, 5) == dataclasses.replace(asked, noise=Noise(seed=5))


def test_a_writer_is_asked_behind_plain_code():
    asked = []
    writer = lambda question, images: asked.append(question) or '{"prompt": "Better words."}'  # noqa: E731
    attempts = [attempt(scores(realism=7))]
    plain = next_request(SAMPLE, attempts, generator=Painter(), rubric=DEFAULT)
    better = next_request(SAMPLE, attempts, generator=Painter(), rubric=DEFAULT, writer=writer)
    assert plain.prompt == "Wear it. Mend the realism." and better.prompt == "Better words." and len(asked) == 1
    assert (better.fixes, better.noise) == (plain.fixes, plain.noise)


def test_the_loop_hands_the_writer_on():
    walk = loop(scores(realism=7), writer=lambda question, images: '{"prompt": "Better words."}')
    walk.next()
    assert walk.next().request.prompt == "Better words."


def test_words_too_long_stay_plain():
    painter = Painter()
    painter.fits = lambda words: "Better" not in words
    walk = loop(scores(realism=7), generator=painter, writer=lambda question, images: '{"prompt": "Better words."}')
    walk.next()
    assert walk.next().request.prompt == "Wear it. Mend the realism."


def test_polish_stays_with_its_request():
    first, second = attempt(scores(realism=7)), attempt(scores(realism=7), 2, polish=Polish(words=()))
    assert second.request.polish and revise(SAMPLE, [first, second], DEFAULT).polish is None


def test_the_generator_s_limits_reach_the_words():
    painter = Painter()
    painter.fits = lambda words: False
    walk = loop(scores(realism=7), generator=painter)
    walk.next()
    assert walk.next().request.prompt == "Wear it." and walk.steps[1].request.fixes


def test_the_loop_s_settings_have_defaults():
    assert ClosedLoop() == ClosedLoop(max_iterations=4, rewrite=False, composite_back=False)
    for few in (0, -1):
        with pytest.raises(BadInput, match=f"must be 1 or more, got {few}"):
            ClosedLoop(max_iterations=few)
