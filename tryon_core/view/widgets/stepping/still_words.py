"""The words under a still step, line by line: why it ended, what it found and cost, what its request changed."""

import textwrap
from typing import Any

from ...figures.palette import Theme
from ...tables.answers_in_words import step_rows
from ...tables.measured import edit_words
from ..word_changes import in_short
from . import step_words
from .shown_step import ShownStep
from .stepper_html import first_words

_DATA_ROWS = 16


class Lines:
    """Words in lines of at most so many characters, each with its style."""

    def __init__(self, characters: int):
        self.characters = characters
        self.all: list[tuple[str, dict]] = []

    def say(self, text: str, **style: Any) -> None:
        self.all += ((part, style) for part in textwrap.wrap(text, self.characters, subsequent_indent="  "))


def still_words(shown: ShownStep, theme: Theme, characters: int) -> list[tuple[str, dict]]:
    """(text, style) a line: why it ended, what the step found and cost, what the request changed, and the caution."""
    lines = Lines(characters)
    lines.say(shown.sample.reason, color=theme.warning)
    if shown.record:
        _say_step(lines, shown, theme)
    if shown.record and shown.record.request:
        _say_request(lines, shown, theme)
    if not shown.record:
        lines.say("The wish", weight="bold")
        lines.say(shown.sample.line.wish)
    lines.say(shown.run.caution, color=theme.warning, weight="bold")
    return lines.all


def _say_step(lines: Lines, shown: ShownStep, theme: Theme) -> None:
    step = shown.record
    lines.say(step_words.overruled(step, shown.run.rubric), weight="bold")
    lines.say(step.why)
    if checks := edit_words(step.scores):
        lines.say(f"As drawn: {checks}", color=theme.soft)
    for name, value in step_words.score_rows(step):
        lines.say(f"{name}: {value}")
    rows = step_rows(step, shown.steps)
    for name, value in rows[:_DATA_ROWS]:
        lines.say(textwrap.shorten(f"{name}: {value}", 3 * lines.characters, placeholder=" ..."))
    if len(rows) > _DATA_ROWS:
        lines.say(f"... and {len(rows) - _DATA_ROWS} more", color=theme.soft)
    kept = "The one to keep. " if shown.kept else ""
    lines.say(f"{kept}{step_words.cost_words(step.spent)}", color=theme.soft)


def _say_request(lines: Lines, shown: ShownStep, theme: Theme) -> None:
    if not shown.before:
        words = first_words(shown)
        lines.say(f"{words[:1].upper()}{words[1:]}", weight="bold")
        lines.say(shown.record.request["prompt"])
        return
    person = step_words.asked_by_person(shown)
    heading = f"What changed from {shown.way.name_of(shown.before)} to {shown.short_name}"
    lines.say(f"{heading}{f' ({person})' if person else ''}", weight="bold")
    for piece in in_short(step_words.new_words(shown)):
        lines.say(piece)
    if polished := step_words.polished_words(shown.record):
        lines.say("What the judge's model made of the composed words", weight="bold")
        lines.say(" ".join(in_short(polished)) or "It left them as they were.")
    for parameter in step_words.new_parameters(shown):
        lines.say(f"· {parameter}", color=theme.soft)
