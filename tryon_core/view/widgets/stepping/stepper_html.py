"""The words around a stepper's pictures, as HTML: whose attempts, how this one ended, what changed, the code."""

from collections.abc import Callable

import ipywidgets

from ....errors import BadInput, StorageError
from ...tables.story import AttemptStory
from ..widget import classed, escaped
from ..word_changes import as_html
from .shown_step import Step

WAITS = '<div class="tryon-soft">Another sample is being drawn; when that has ended, this one can be.</div>'


def places() -> dict[str, ipywidgets.HTML]:
    """The empty places of a stepper by name, each with the class tryon-<name>."""
    names = ("head", "inputs", "told", "stage", "changes", "redraw")
    return {name: classed(ipywidgets.HTML(), f"tryon-{name}") for name in names}


def head(step: Step) -> str:
    """The sample, how it ended, its wish, and what must be said where a model is a toy or scripted."""
    record = step.way.record
    known = " · ".join(
        filter(None, (record.line.difficulty, record.line.gender, record.line.garment_type, record.line.pattern))
    )
    reason = record.reason if record.attempts else ""  # without attempts it stands in their picture's place
    said = f'<div class="tryon-reason">{escaped(reason)}</div>' if reason else ""
    caution = f'<div class="tryon-warning">{escaped(step.run.caution)}</div>' if step.run.caution else ""
    return (
        f"<div><b>{escaped(record.sample_id)}</b> <span>{escaped(step.way.ended)}</span>"
        f'<span class="tryon-soft">{escaped(known)}</span></div>'
        f'<div class="tryon-soft">wish: {escaped(record.line.wish)}</div>{said}{caution}'
    )


def told(step: Step) -> str:
    """The verdict and what fails first, what a person overruled, the seconds, and what was measured of the edit."""
    if not step.attempt:
        return ""
    story: AttemptStory = step.stories[step.number - 1]
    kept = "the one to keep · " if story.kept else ""
    person = f'<div class="tryon-person">{escaped(step.said_by_person)}</div>' if step.said_by_person else ""
    checks = f'<div class="tryon-soft tryon-checks">as drawn: {escaped(story.checks)}</div>' if story.checks else ""
    return (
        f'<div class="tryon-title"><span class="tryon-mark">{story.mark}</span> {escaped(step.title)}</div>{person}'
        f'<div class="tryon-soft">{kept}{escaped(story.seconds)}</div>{checks}'
    )


def changes(step: Step) -> str:
    """The request's words with what was deleted and inserted since the attempt before, what a writer made of the
    composed ones, then its parameters."""
    if not step.attempt:
        return ""
    words = f"<p>{as_html(step.new_words)}</p>"
    if not step.before:
        return f'<div class="tryon-heading">attempt 1 was asked for with the wish</div>{words}'
    whose = f" ({escaped(step.asked_by_person)})" if step.asked_by_person else ""
    rows = "".join(f"<li>{escaped(one)}</li>" for one in step.new_parameters)
    return (
        f'<div class="tryon-heading">what changed from attempt {step.before.number} to {step.number}{whose}</div>'
        f"{words}{_polished(step)}<ul>{rows}</ul>"
    )


def _polished(step: Step) -> str:
    if not step.polished_words:
        return ""
    heading = "what the judge's model made of the composed words"
    return f'<div class="tryon-heading">{heading}</div><p class="tryon-polished">{as_html(step.polished_words)}</p>'


def redraw(step: Step) -> str:
    """The lines that draw this attempt again, in a text area that can be read and copied only."""
    from ....models import as_code

    if not step.attempt:
        return ""
    generator = step.run.info.models["generator"]
    if "lora" in generator.settings:
        raise BadInput(f"{generator.name} drew this with a LoRA, for which no code is written")
    lines = as_code(generator.name, step.attempt.request, step.run.store.url)
    return (
        f"<label>These lines draw attempt {step.number} again. Click into them, select all (Ctrl+A or ⌘A) and copy."
        f'<textarea class="tryon-code-text" rows="{min(24, lines.count(chr(10)) + 2)}" readonly spellcheck="false" '
        f'data-lm-suppress-shortcuts="true">{escaped(lines)}</textarea></label>'
    )


def or_sentence(draw: Callable[[], str]) -> str:
    """What `draw` makes; where a picture is missing or two cannot be compared, the reason in its place."""
    try:
        return draw()
    except (BadInput, StorageError) as e:
        return sentence(e)


def sentence(why: object) -> str:
    """What stands in a picture's place."""
    return f'<div class="tryon-nothing">{escaped(why)}</div>'
