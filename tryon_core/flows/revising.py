"""The next request of a closed loop, made by plain code from everything tried so far."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..pictures.repeats import repeats
from ..records import Decision, EditRequest, Fix, Noise, Sample
from ..roles import Generator
from ..rubrics.rules import Rubric, best_attempt, failures
from ..steps import Step

STEPS = (1.0, 0.5, 0.25)  # shares of what a judgement asks for: in full, then after each step that did not help

Fits = Callable[[str], bool]  # False for words that the generator's encoder would cut


def revise(sample: Sample, attempts: Sequence[Step], rubric: Rubric, generator: Generator | None = None) -> EditRequest:
    """The original wish, then what fails now, then what still holds; each in gate order.

    It corrects the kept attempt of the same noise, not the last: a step that did not help is taken back and tried again
    at half its strength, then at a quarter (STEPS), in words together with what the worse picture got wrong. A
    correction that left the picture as it was but for a pixel or two, or that would draw a picture that was drawn
    before, calls for new noise, as RESTART does; a new start keeps the best attempt's fixes. Nothing is written from an
    unread judgement. What a person wrote replaces the wish from then on, and a fix whose sentence they took out is not
    asked for.

    attempts   oldest first, at least one, each with request and image
    generator  may know which words fit into its encoder (`fits`) and which requests it draws alike (`draws_alike`)
    """
    last = attempts[-1]
    repeated = any(repeats(last.image, earlier.image) for earlier in attempts[:-1])
    if last.decision is Decision.RESTART or repeated:
        return _request(sample, attempts, rubric, generator, _fresh(attempts))
    request = _request(sample, attempts, rubric, generator, last.request.noise)
    if any(_draws_alike(generator, request, earlier.request) for earlier in attempts):
        return _request(sample, attempts, rubric, generator, _fresh(attempts))
    return request


def _fresh(attempts: Sequence[Step]) -> Noise:
    return attempts[0].request.noise.fresh(len(attempts))


def _request(
    sample: Sample, attempts: Sequence[Step], rubric: Rubric, generator: Generator | None, noise: Noise
) -> EditRequest:
    """The request from this noise: it corrects the best attempt of the same noise, or of all where the noise is new."""
    best = best_of_noise(attempts, noise, rubric)
    same_noise = [attempt for attempt in attempts if attempt.request.noise == noise]
    tried = sum(attempt.judged and attempt.number > best.number for attempt in same_noise) if best else 0
    strength = STEPS[min(tried, len(STEPS) - 1)]
    return correcting(best, sample, attempts, rubric, strength=strength, noise=noise, generator=generator)


def best_of_noise(attempts: Sequence[Step], noise: Noise, rubric: Rubric) -> Step | None:
    """The best attempt of this noise, or of all where the noise is new; None where none was judged."""
    same_noise = [attempt for attempt in attempts if attempt.request.noise == noise]
    return best_attempt(same_noise or attempts, rubric)


def correcting(
    best: Step | None,
    sample: Sample,
    attempts: Sequence[Step],
    rubric: Rubric,
    *,
    strength: float,
    noise: Noise,
    generator: Generator | None = None,
) -> EditRequest:
    """The opening request from this noise, with the words and fixes that correct an attempt; the wish alone for None.

    strength   share of what its judgement asks for
    generator  may know which words fit into its encoder (`fits`)
    """
    opening, last = attempts[0].request, attempts[-1]
    fixes = next_fixes(best, last, rubric, strength=strength) if best else ()
    if last.change and last.change.prompt:
        fixes = still_said(fixes, last.change.prompt)
        return replace(opening, prompt=last.change.prompt, fixes=fixes, noise=noise)
    ordered = by_importance(fixes, len(best.request.fixes) if best else 0, rubric)
    fits = getattr(generator, "fits", None)
    return replace(opening, prompt=in_words(wish_of(sample, attempts), ordered, fits), fixes=fixes, noise=noise)


def wish_of(sample: Sample, attempts: Sequence[Step]) -> str:
    """The wish as it now is: what a person wrote last, else the sample's."""
    written = [attempt.change.prompt for attempt in attempts if attempt.change and attempt.change.prompt]
    return written[-1] if written else sample.wish


def _draws_alike(generator: Generator | None, request: EditRequest, earlier: EditRequest) -> bool:
    """Whether the generator would draw the earlier picture again: it says so, or nothing at all is different."""
    knows = getattr(generator, "draws_alike", None)
    return request.record() == earlier.record() or (knows is not None and knows(request, earlier))


# ---- what is asked for -----------------------------------------------------------------------------------------------


def next_fixes(best: Step, last: Step, rubric: Rubric, strength: float) -> tuple[Fix, ...]:
    """The best attempt's own fixes, what it still asks for at `strength`, and in words what a worse last one asks.

    Where one judgement asks twice about one aspect (both sleeves), the larger amount counts and the other is words.
    """
    asked = fixes_for(best, rubric)
    largest: dict[str, Fix] = {}
    for fix in asked:
        if fix.aspect not in largest or abs(fix.amount) > abs(largest[fix.aspect].amount):
            largest[fix.aspect] = fix
    numbers = [fix.model_copy(update={"strength": strength if largest[fix.aspect] is fix else 0.0}) for fix in asked]
    words = [fix.model_copy(update={"strength": 0.0}) for fix in fixes_for(last, rubric) if last is not best]
    return (*best.request.fixes, *numbers, *words)


def fixes_for(attempt: Step, rubric: Rubric) -> tuple[Fix, ...]:
    """What an attempt's judgement asks for, failed constraints only, in gate order; nothing from an unread one."""
    if not attempt.judged:
        return ()
    return tuple(fix for key in failures(attempt.judgement, rubric) for fix in attempt.judgement.scores[key].fixes)


# ---- the words -------------------------------------------------------------------------------------------------------


def by_importance(fixes: Sequence[Fix], older: int, rubric: Rubric) -> list[Fix]:
    """The newest fix about each thing: first what fails now, then the first `older` of them; each in gate order."""
    gates = {key: gate for gate, key in enumerate(rubric.keys)}
    newest = {_about(fix): number for number, fix in enumerate(fixes) if fix.sentence}
    places = sorted(
        (number < older, gates.get(fixes[number].constraint, len(gates)), number) for number in newest.values()
    )
    return [fixes[number] for *_, number in places]


def in_words(wish: str, fixes: Sequence[Fix], fits: Fits | None = None) -> str:
    """The wish, then the instructions in order that it does not hold yet, most important first.

    A later one about the same thing replaces the earlier; one that does not fit behind those before it is left out.
    """
    words = wish.strip()
    for sentence in dict.fromkeys(_newest(fixes).values()):
        stop = "." if words and words[-1].isalnum() else ""
        longer = f"{words}{stop} {sentence}".strip()
        if sentence not in wish and (fits is None or fits(longer)):
            words = longer
    return words


def left_out(composed: str, fixes: Sequence[Fix]) -> tuple[str, ...]:
    """The instructions that the composed words do not hold, since the generator's encoder would have cut them."""
    return tuple(dict.fromkeys(sentence for sentence in _newest(fixes).values() if sentence not in composed))


def still_said(fixes: Sequence[Fix], prompt: str) -> tuple[Fix, ...]:
    """The fixes that a person's words still hold: the newest sentence about a thing is for all fixes about it."""
    newest = _newest(fixes)
    return tuple(fix for fix in fixes if newest.get(_about(fix), "") in prompt)


def _newest(fixes: Sequence[Fix]) -> dict[tuple[str, str, str], str]:
    """What a fix is about -> the sentence of the last fix about it."""
    return {_about(fix): fix.sentence for fix in fixes if fix.sentence}


def _about(fix: Fix) -> tuple[str, str, str]:
    return fix.constraint, fix.aspect or fix.text, fix.part
