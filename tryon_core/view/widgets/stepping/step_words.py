"""One step in words: what was scored and found, what it cost, what was asked anew, what a person overruled."""

from collections.abc import Iterator, Mapping

from ....records import Measurement
from ....rubrics.rules import Rubric, decide
from ....steps import Spent, StepRecord
from ....text import Piece, word_changes
from ...tables.measured import against_bar, is_edit_check
from ...tables.story import DECISIONS, POLISHED, asked_next
from .shown_step import ShownStep


def score_rows(step: StepRecord) -> list[tuple[str, str]]:
    """(name, number with its unit and bar, or the reason why there is none); without those of an edit, which
    `edit_words` says."""
    return [
        (name.replace("_", " "), against_bar(score) if isinstance(score, Measurement) else f"no number: {score}")
        for name, score in step.scores.items()
        if not is_edit_check(name)
    ]


# ---- what it cost ----------------------------------------------------------------------------------------------------


def cost_words(ledger: Mapping[str, Spent]) -> str:
    """E.g. 'generator: 1 call, 2.0 s, 28 denoising steps · judge: 1 call, 1.0 s'; '' where nothing was called."""
    return " · ".join(f"{argument}: {', '.join(_spent(spent))}" for argument, spent in ledger.items())


def _spent(spent: Spent) -> Iterator[str]:
    yield f"{spent.calls} call{'' if spent.calls == 1 else 's'}"
    yield f"{spent.seconds:.1f} s"
    if spent.steps is not None:
        yield f"{spent.steps:,} denoising steps"
    if spent.tokens is not None:
        yield f"{spent.tokens:,} tokens"
    if spent.money is not None:
        yield f"price {spent.money:.3g}"


# ---- what was asked anew ---------------------------------------------------------------------------------------------


def new_words(shown: ShownStep) -> tuple[Piece, ...]:
    """The request's words against those of the request before; all kept in a first request."""
    words = shown.record.request["prompt"] if shown.record else shown.sample.line.wish
    return word_changes(shown.before.request["prompt"] if shown.before else words, words)


def polished_words(step: StepRecord | None) -> tuple[Piece, ...]:
    """The composed words against a writer's; nothing where no writer's words were asked with."""
    polish = step.polish if step else None
    return polish.words if polish and not polish.unused else ()


def new_parameters(shown: ShownStep) -> tuple[str, ...]:
    """What else than the words the request changed; nothing for a first one."""
    if not shown.before:
        return ()
    change = shown.before.change
    in_new_words = f"in {change.by}'s words: {change.prompt}" if change and change.prompt else ""
    shown_as_words = (in_new_words, POLISHED)
    return tuple(words for words in asked_next(shown.before, shown.record) if words not in shown_as_words)


def asked_by_person(shown: ShownStep) -> str:
    """What a person had changed before this step was asked for; '' where nothing."""
    change = shown.before.change if shown.before else None
    if change is None:
        return ""
    words = f"in {change.by}'s words" if change.prompt else ""
    verdict = f"after {change.by}'s verdict: {DECISIONS[change.decision]}" if change.decision else ""
    return ", ".join(filter(None, (words, verdict)))


def overruled(step: StepRecord | None, rubric: Rubric | None) -> str:
    """What a person changed at a step, beside what the rule had said; '' where nothing."""
    change = step.change if step else None
    if change is None:
        return ""
    parts = []
    if change.decision:
        rule = decide(step.judgement, rubric) if rubric and step.judgement else None
        said = f" (the rule said: {DECISIONS[rule]})" if rule else ""
        parts += [f"overruled by {change.by}: {DECISIONS[change.decision]}{said}"] if change.decision != rule else []
    if change.prompt:
        parts.append(f"the next request is in {change.by}'s words")
    if change.keep:
        parts.append(f"{change.by} keeps step {change.keep}")
    if change.pictures or change.points:
        given = [*change.pictures, *(["points"] if change.points else [])]
        parts.append(f"{change.by} gave {', '.join(given)} for what follows")
    return "; ".join(parts) or f"confirmed by {change.by}"
