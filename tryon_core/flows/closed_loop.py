"""Flow 1, closed-loop try-on: draw, judge, correct, up to four times."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PIL import Image

from ..errors import BadInput
from ..records import Attempt, Change, Decision, EditRequest, Fix, Judgement, Ledger, Noise, Sample
from ..roles import Finisher, Generator, Judge, Reviser, as_drawn, timed
from ..rubrics.rules import Rubric, best_attempt, decide, failures
from ..rubrics.shipped import RUBRICS
from ..text import word_changes

STEPS = (1.0, 0.5, -0.5, 0.25)  # shares of what a judgement asks for: in full, then after each step that did not help


def closed_loop(
    sample: Sample,
    generate: Generator,
    judge: Judge,
    *,
    rubric: Rubric = RUBRICS["default"],
    revise: Reviser | None = None,
    finish: Finisher = as_drawn,
    max_iterations: int = 4,
    seed: int = 0,
) -> Iterator[Attempt]:
    """Draw, judge, correct; yield each attempt the moment it is judged.

    sample          pictures 'person' and 'garment'
    rubric          what is asked, and the rule by which to accept, correct or start over
    revise          makes the next request; by default the wish and the fixes of what failed
    finish          what happens to a drawn picture before it is judged: measuring the edit, putting back what it left
    max_iterations  attempts at most, 1 or more
    yields          attempts, the last with ACCEPT or STOP unless the iterations ran out; `send` a Change to overrule
                    an attempt's verdict or the words of the next request
    raises          Refused by a model that cannot take this sample
    """
    if max_iterations < 1:
        raise BadInput(f"max_iterations must be 1 or more, got {max_iterations}")
    revise = revise or fixes_composer(rubric, fits=getattr(generate, "fits", None))
    attempts: list[Attempt] = []
    while len(attempts) < max_iterations:
        # RETRY keeps the noise, so only the words change; RESTART draws new noise
        request = revise(sample, attempts) if attempts else opening_request(sample, seed)
        drawn, drawing_s = timed(generate, request)
        image, checks = finish(request, drawn)
        judgement, judging_s, judge_calls = judged(judge, sample, image)
        attempt = Attempt(
            number=len(attempts) + 1,
            request=request,
            image=image,
            drawn=None if image is drawn else drawn,
            checks=checks,
            words=word_changes(attempts[-1].request.prompt, request.prompt) if attempts else (),
            judgement=judgement,
            decision=decide(judgement, rubric),
            ledger=Ledger(pictures=1, judge_calls=judge_calls, drawing_s=drawing_s, judging_s=judging_s)
            + _of_writing(request),
        )
        change: Change | None = yield attempt  # None in a batch; a person may answer with words or a verdict
        attempts.append(attempt.changed(change))
        if attempts[-1].decision in (Decision.ACCEPT, Decision.STOP):
            return


def _of_writing(request: EditRequest) -> Ledger:
    return Ledger(writer_calls=1, writing_s=request.polish.writing_s) if request.polish else Ledger()


def opening_request(sample: Sample, seed: int = 0) -> EditRequest:
    """The first request: the wish as it stands, person then garment."""
    if missing := [role for role in ("person", "garment") if role not in sample.images]:
        raise BadInput(f"sample {sample.sample_id} has no {' and no '.join(missing)} picture; closed_loop needs both")
    return EditRequest(
        prompt=sample.wish, images=(sample.images["person"], sample.images["garment"]), noise=Noise(seed=seed)
    )


def judged(judge: Judge, sample: Sample, image: Image.Image) -> tuple[Judgement, float, int]:
    """(judgement, seconds, calls): asked once more where something came back unscored."""
    judgement, seconds = timed(judge, sample, image)
    if not judgement.unscored:
        return judgement, seconds, 1
    again, more_seconds = timed(judge, sample, image)
    return again, seconds + more_seconds, 2


def fixes_composer(rubric: Rubric, fits: Callable[[str], bool] | None = None) -> Reviser:
    """A reviser of plain code: the original wish, then what fails now, then what still stands; each in gate order.

    It corrects the best attempt of the same noise, not the last: a step that made things worse is taken back and tried
    again at half its strength, then at half the other way (STEPS), in words together with what the worse picture got
    wrong. A correction that left the picture as it was calls for new noise, as RESTART does; a new start keeps the best
    attempt's fixes. Nothing is written from an unread judgement. What a person wrote stands in place of the wish from
    then on, and a fix whose sentence they took out is not asked for with their words.

    fits   False for words that the generator's encoder would cut: an instruction that does not fit behind the more
           important ones is left out of the words and stays among the fixes (`left_out` tells it); the wish stays whole
    """

    def revise(sample: Sample, attempts: Sequence[Attempt]) -> EditRequest:
        opening, last = attempts[0].request, attempts[-1]
        anew = last.decision is Decision.RESTART or any(_same(last.image, earlier.image) for earlier in attempts[:-1])
        noise = opening.noise.fresh(len(attempts)) if anew else last.request.noise
        line = attempts if anew else [attempt for attempt in attempts if attempt.request.noise == noise]
        best = best_attempt(line, rubric)
        tried = 0 if anew else sum(attempt.judged and attempt.number > best.number for attempt in line) if best else 0
        fixes = next_fixes(best, last, rubric, strength=STEPS[min(tried, len(STEPS) - 1)]) if best else ()
        if last.change and last.change.prompt:
            fixes = left_standing(fixes, last.change.prompt)
            return replace(opening, prompt=last.change.prompt, fixes=fixes, noise=noise)
        written = [attempt.change.prompt for attempt in attempts if attempt.change and attempt.change.prompt]
        ordered = by_importance(fixes, len(best.request.fixes) if best else 0, rubric)
        return replace(opening, prompt=in_words([sample.wish, *written][-1], ordered, fits), fixes=fixes, noise=noise)

    return revise


def next_fixes(best: Attempt, last: Attempt, rubric: Rubric, strength: float) -> tuple[Fix, ...]:
    """The best attempt's own fixes, what it still asks for at `strength`, and in words what a worse last one asks.

    Where one judgement asks twice about one aspect (both sleeves), the larger amount counts and the other is words.
    """
    asked = fixes_for(best, rubric)
    largest = {
        fix.aspect: fix for fix in sorted(reversed(asked), key=lambda fix: abs(fix.amount))
    }  # the first of equals
    numbers = [fix.model_copy(update={"strength": strength if largest[fix.aspect] is fix else 0.0}) for fix in asked]
    words = [fix.model_copy(update={"strength": 0.0}) for fix in fixes_for(last, rubric) if last is not best]
    return (*best.request.fixes, *numbers, *words)


def _same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.tobytes() == other.tobytes()


def fixes_for(attempt: Attempt, rubric: Rubric) -> tuple[Fix, ...]:
    """What an attempt's judgement asks for, failed constraints only, in gate order; nothing from an unread one."""
    if not attempt.judged:
        return ()
    return tuple(fix for key in failures(attempt.judgement, rubric) for fix in attempt.judgement.scores[key].fixes)


def by_importance(fixes: Sequence[Fix], older: int, rubric: Rubric) -> list[Fix]:
    """The newest fix about each thing: first what fails now, then the first `older` of them; each in gate order."""
    gates = {key: gate for gate, key in enumerate(rubric.keys)}
    newest = {_about(fix): number for number, fix in enumerate(fixes) if fix.sentence}
    places = sorted(
        (number < older, gates.get(fixes[number].constraint, len(gates)), number) for number in newest.values()
    )
    return [fixes[number] for *_, number in places]


def in_words(wish: str, fixes: Sequence[Fix], fits: Callable[[str], bool] | None = None) -> str:
    """The wish, then the instructions in order that it does not hold yet, most important first.

    A later one about the same thing replaces the earlier; one that does not fit behind those before it is left out.
    """
    words = wish.strip()
    for sentence in dict.fromkeys(_newest(fixes).values()):
        longer = f"{words}{'.' * words[-1:].isalnum()} {sentence}".strip()
        if sentence not in wish and (fits is None or fits(longer)):
            words = longer
    return words


def left_out(composed: str, fixes: Sequence[Fix]) -> tuple[str, ...]:
    """The instructions that the composed words do not hold, since the generator's encoder would have cut them."""
    return tuple(dict.fromkeys(sentence for sentence in _newest(fixes).values() if sentence not in composed))


def left_standing(fixes: Sequence[Fix], prompt: str) -> tuple[Fix, ...]:
    """The fixes that a person's words still hold: the newest sentence about a thing stands for all about it."""
    said = _newest(fixes)
    return tuple(fix for fix in fixes if said.get(_about(fix), "") in prompt)


def _newest(fixes: Sequence[Fix]) -> dict[tuple[str, str], str]:
    """What a fix is about -> the sentence of the last fix about it."""
    return {_about(fix): fix.sentence for fix in fixes if fix.sentence}


def _about(fix: Fix) -> tuple[str, str]:
    return fix.constraint, fix.aspect or fix.text
