"""The words around a stepper's pictures, as HTML: whose steps, how this one ended, what it found, what changed, the
code. Every word from outside is escaped."""

from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets

from ....errors import BadInput, StorageError
from ...tables.answers_in_words import step_rows
from ...tables.measured import edit_words
from ..widget import classed, escaped
from ..word_changes import as_html
from . import step_words
from .shown_step import ShownStep

WAITS = '<div class="tryon-soft">Another sample is being drawn; when that has ended, this one can be.</div>'


def places() -> dict[str, ipywidgets.HTML]:
    """The empty places of a stepper by name, each with the class tryon-<name>."""
    names = ("head", "inputs", "told", "stage", "made", "data", "changes", "redraw", "raw")
    return {name: classed(ipywidgets.HTML(), f"tryon-{name}") for name in names}


def head(shown: ShownStep) -> str:
    """The sample, how it ended, its wish, and what must be said where a model is a toy or scripted."""
    record = shown.sample
    known = " · ".join(str(value) for value in record.line.known.values() if value != "")
    reason = record.reason if record.steps else ""  # without steps it stands in their picture's place
    why = f'<div class="tryon-reason">{escaped(reason)}</div>' if reason else ""
    caution = f'<div class="tryon-warning">{escaped(shown.run.caution)}</div>' if shown.run.caution else ""
    return (
        f"<div><b>{escaped(record.sample_id)}</b> <span>{escaped(shown.way.ended)}</span>"
        f'<span class="tryon-soft">{escaped(known)}</span></div>'
        f'<div class="tryon-soft">wish: {escaped(record.line.wish)}</div>{why}{caution}'
    )


def about(shown: ShownStep) -> str:
    """The verdict and what fails first, why, what a person overruled, the cost, and what was measured of the edit."""
    step = shown.record
    if step is None:
        return ""
    change = step_words.overruled(step, shown.run.rubric)
    person = f'<div class="tryon-person">{escaped(change)}</div>' if change else ""
    why = f'<div class="tryon-why">{escaped(step.why)}</div>' if step.why else ""
    checks = edit_words(step.scores)
    as_drawn = f'<div class="tryon-soft tryon-checks">as drawn: {escaped(checks)}</div>' if checks else ""
    judged_or_kept = step.judgement or shown.kept
    mark = f'<span class="tryon-mark">{shown.mark(step)}</span>' if judged_or_kept else ""
    kept = ("the one to keep",) if shown.kept else ()
    cost = " · ".join(filter(None, (*kept, step_words.cost_words(step.spent))))
    return (
        f'<div class="tryon-title">{mark} {escaped(shown.title)}</div>'
        f'{why}{person}<div class="tryon-soft">{escaped(cost)}</div>{as_drawn}'
    )


def data(shown: ShownStep) -> str:
    """What the step scored and found, a row each."""
    if shown.record is None:
        return ""
    scores, values = step_words.score_rows(shown.record), step_rows(shown.record, shown.steps)
    return _table("scores", scores) + _table("data", values)


def _table(name: str, rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th scope='row'>{escaped(what)}</th><td>{escaped(value)}</td></tr>" for what, value in rows)
    return f'<table class="tryon-{name}-table">{cells}</table>' if rows else ""


def changes(shown: ShownStep) -> str:
    """The request's words with what was deleted and inserted since the one before, what a writer made of the composed
    ones, then its parameters; nothing for a step that asked for no picture."""
    if not (shown.record and shown.record.request):
        return ""
    words = f"<p>{as_html(step_words.new_words(shown))}</p>"
    if not shown.before:
        return f'<div class="tryon-heading">{escaped(first_words(shown))}</div>{words}'
    person = step_words.asked_by_person(shown)
    whose = f" ({person})" if person else ""
    heading = f"what changed from {shown.way.name_of(shown.before)} to {shown.short_name}{whose}"
    rows = "".join(f"<li>{escaped(parameter)}</li>" for parameter in step_words.new_parameters(shown))
    return f'<div class="tryon-heading">{escaped(heading)}</div>{words}{_polished(shown)}<ul>{rows}</ul>'


def first_words(shown: ShownStep) -> str:
    """How a request with none before it came about."""
    wish = shown.record.request["prompt"] == shown.sample.line.wish
    return f"{shown.name} was asked for {'with the wish' if wish else 'in these words'}"


def _polished(shown: ShownStep) -> str:
    pieces = step_words.polished_words(shown.record)
    if not pieces:
        return ""
    heading = "what the judge's model made of the composed words"
    return f'<div class="tryon-heading">{heading}</div><p class="tryon-polished">{as_html(pieces)}</p>'


def lines_of_code(shown: ShownStep) -> str:
    """Python that draws this step's picture again, from any folder; '' for a step that asked for none.

    raises   BadInput for a generator that cannot be written as code
    """
    from ....models import as_code

    if not (shown.record and shown.record.request):
        return ""
    generator, url = shown.generator, shown.run.store.url
    if "lora" in generator.settings:
        raise BadInput(f"{generator.name} drew this with a LoRA, for which no code is written")
    place = url if "://" in url else str(Path(url).absolute())
    return as_code(generator.name, shown.record.request, place)


def redraw(shown: ShownStep) -> str:
    """That code in a text area that can be read and copied only."""
    lines = lines_of_code(shown)
    if not lines:
        return ""
    return (
        f"<div>These lines draw {escaped(shown.name)} again. "
        '<button type="button" class="jupyter-button tryon-copy">copy</button> '
        '<span class="tryon-copied" role="status"></span></div>'
        f'<textarea aria-label="code"  class="tryon-code-text" rows="{min(24, lines.count(chr(10)) + 2)}" readonly '
        f'spellcheck="false" '
        f'data-lm-suppress-shortcuts="true">{escaped(lines)}</textarea>'
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
