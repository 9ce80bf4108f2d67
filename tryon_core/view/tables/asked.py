"""What a request asked that the one it was made from did not, in words."""

from typing import Any

from ...flows.revising import left_out
from ...records import Fix
from ...steps import StepRecord
from ..units import in_words
from .totals import plural

POLISHED = "words polished by the judge's model"


def asked_next(step: StepRecord, after: StepRecord) -> tuple[str, ...]:
    """What the next request changed: new fixes with their amounts, which of them no words hold, steps taken back,
    new noise, a writer's hand, a person's words. Nothing where one of the two was not asked for by a request."""
    if step.request is None or after.request is None:
        return ()
    words = [*_fixes(step, after), *_noise(step.request, after.request)]
    if after.polish:
        words.append(f"words as composed: {after.polish.unused}" if after.polish.unused else POLISHED)
    if step.change and step.change.prompt:
        words.append(f"in {step.change.by}'s words: {step.change.prompt}")
    return tuple(dict.fromkeys(words)) or ("the same again",)


def _fixes(step: StepRecord, after: StepRecord) -> list[str]:
    present, wanted = step.request["fixes"], after.request["fixes"]
    news = [fix for fix in wanted if fix not in present]
    amounts = {fix["text"] for fix in news if fix["strength"]}
    words = [_fix_words(fix) for fix in news if fix["strength"] or fix["text"] not in amounts]
    words += [f"not in the words: {sentence}" for sentence in not_in_words(after)]
    if any(fix not in wanted for fix in present):
        words.append(f"took back what {'attempt' if step.judgement else 'step'} {step.number} had changed")
    return words


def _noise(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    if after["noise"] == before["noise"]:
        return []
    if after["noise"]["seed"] == before["noise"]["seed"]:
        moved = len(after["noise"]["steps"])
        return [f"noise moved ({moved} {plural('step', moved)} from seed {after['noise']['seed']})"]
    return [f"new noise (seed {after['noise']['seed']})"]


def not_in_words(step: StepRecord) -> tuple[str, ...]:
    """The instructions among a step's fixes that its composed words do not hold: the generator reads no more."""
    composed = step.polish.composed if step.polish else step.request["prompt"]
    return left_out(composed, [Fix.model_validate(fix) for fix in step.request["fixes"]])


def _fix_words(fix: dict[str, Any]) -> str:
    text, strength, aspect = fix["text"], fix["strength"], fix["aspect"].replace("_", " ")
    if not aspect:
        return text
    if strength == 0:
        return f"{text} ({aspect}, in words only)"
    amount = f"{aspect} {in_words(fix['unit']).amount(fix['amount'], '+')}"
    return f"{text} ({amount}{'' if strength == 1 else f', × {strength:g}'})"
