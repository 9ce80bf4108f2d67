"""A step as one picture, for where no browser draws the widget: the same pictures, ladder and words.

Lengths are inches, places are inches from the figure's upper left corner; 100 pixels are one inch.
"""

import textwrap
from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image

from ....errors import BadInput, StorageError
from ....rubrics.rules import failures
from ...figures.chart import TEXT_PT, WIDTH_IN, Chart, png
from ...figures.palette import LIGHT, MARKS, Theme, ink_on
from ...tables.story import shown_score
from ..compared_pictures import LARGEST_DIFFERENCE, TICKS, colour_heat, comparable, heat_colours, shade, with_marks
from ..word_changes import in_short
from .ladder import status
from .shown_step import Step, hues
from .stage import ATTEMPT_PX, INPUTS, Look, Stage, in_numbers

_MARGIN, _GAP, _LINE, _CAPTION = 0.14, 0.12, 0.19, 0.22
_PICTURES = 4.3  # height of the attempt at most; person and garment stand in it one above the other
_INPUT, _ATTEMPT = 1.55, 3.3  # widths at most
_SCALE = 0.86  # height of the heat's scale and numbers
_FINDING_AT, _FINDING_CHARACTERS, _WIDE_CHARACTERS = 3.95, 62, 112


def still(step: Step, stage: Stage, look: Look, theme: Theme = LIGHT) -> bytes:
    """PNG, 900 pixels wide and as high as its words ask for: the difference as heat, whatever the view."""
    title, rungs, words = textwrap.wrap(step.title, 84), _rungs(step), _words(step, theme)
    pictures_at = _MARGIN + 0.25 * len(title) + 0.3
    ladder_at = pictures_at + (_CAPTION + _PICTURES + (_SCALE if step.attempt else _GAP) if step.pictures else 0.0)
    words_at = ladder_at + sum(rung.height for rung in rungs) + 0.15
    height = words_at + _LINE * len(words) + _MARGIN
    sheet = _Sheet(height, theme)
    sheet.write(_MARGIN, _MARGIN, "\n".join(title), size=TEXT_PT + 3, weight="bold", linespacing=1.25)
    who = " · ".join((step.way.record.sample_id, step.way.ended, *([step.way.words] if step.way.parent else [])))
    sheet.write(_MARGIN, pictures_at - 0.27, who, color=theme.soft)
    _draw_pictures(sheet, pictures_at, step, stage, look)
    for rung in rungs:
        rung.draw(sheet, ladder_at)
        ladder_at += rung.height
    for place, (text, style) in enumerate(words):
        sheet.write(_MARGIN, words_at + place * _LINE, text, **style)
    return png(sheet.figure)


class _Sheet:
    """A figure to write and draw on."""

    def __init__(self, height: float, theme: Theme):
        self.height, self.theme = height, theme
        self.figure = Chart(figsize=(WIDTH_IN, height), facecolor=theme.paper)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH_IN), ylim=(height, 0))
        self.axes.set_axis_off()

    def write(self, left: float, top: float, text: str, **style: Any) -> None:
        told = {"size": TEXT_PT - 1, "color": self.theme.ink, "va": "top", "linespacing": 1.3, **style}
        self.axes.text(left, top, text, parse_math=False, **told)

    def box(self, left: float, top: float, size: tuple[float, float], colour: str) -> None:
        self.axes.add_patch(Rectangle((left, top), *size, color=colour, lw=0))

    def place(self, left: float, top: float, size: tuple[float, float]) -> Axes:
        """Axes for a picture of this (width, height)."""
        width, height = size
        box = (left / WIDTH_IN, 1 - (top + height) / self.height, width / WIDTH_IN, height / self.height)
        axes = self.figure.add_axes(box)
        axes.set_axis_off()
        return axes

    def show(self, image: Image.Image, at: tuple[float, float], fit: tuple[float, float], caption: str) -> tuple:
        """A picture under its caption, as large as fits into (width, height); returns its (width, height)."""
        scale = min(fit[0] / image.width, fit[1] / image.height)
        size = (image.width * scale, image.height * scale)
        self.write(*at, caption, color=self.theme.soft)
        self.place(at[0], at[1] + _CAPTION, size).imshow(image, aspect="auto", interpolation="antialiased")
        return size


# ---- pictures --------------------------------------------------------------------------------------------------------


def _draw_pictures(sheet: _Sheet, top: float, step: Step, stage: Stage, look: Look) -> None:
    each = (_PICTURES - _CAPTION - _GAP) / 2
    for place, role in enumerate(role for role in INPUTS if role in step.pictures):
        if step.attempt:
            at, fit = (_MARGIN, top + place * (each + _CAPTION + _GAP)), (_INPUT, each)
        else:
            at, fit = (_MARGIN + place * (_ATTEMPT + 2 * _GAP), top), (_ATTEMPT, _PICTURES)
        _draw_input(sheet, at, fit, stage, (role, step.pictures[role]))
    if step.attempt:
        left = _MARGIN + _INPUT + _GAP
        _draw_attempt(sheet, (left, top), step, stage, look)
        _draw_difference(sheet, (left + _ATTEMPT + 2 * _GAP, top), step, stage, look)


def _or_words(draw: Callable[..., None]) -> Callable[..., None]:
    """A picture that is missing or cannot be compared leaves the reason in its place."""

    def drawn(sheet: _Sheet, at: tuple[float, float], *told: Any) -> None:
        try:
            draw(sheet, at, *told)
        except (BadInput, StorageError) as e:
            sheet.write(at[0], at[1] + _CAPTION, textwrap.fill(str(e), 24), color=sheet.theme.warning)

    return drawn


@_or_words
def _draw_input(sheet: _Sheet, at: tuple, fit: tuple, stage: Stage, named: tuple[str, str]) -> None:
    sheet.show(stage.small(named[1], ATTEMPT_PX), at, fit, named[0])


@_or_words
def _draw_attempt(sheet: _Sheet, at: tuple, step: Step, stage: Stage, look: Look) -> None:
    marks = stage.marks(step.attempt, look.constraint)
    picture = with_marks(stage.small(step.attempt.picture, ATTEMPT_PX), marks)
    sheet.show(picture, at, (_ATTEMPT, _PICTURES), f"attempt {step.number}")


@_or_words
def _draw_difference(sheet: _Sheet, at: tuple, step: Step, stage: Stage, look: Look) -> None:
    """The heat with its scale, its unit and its mean."""
    if (other := step.other(look.against)) is None:
        return
    one = stage.small(step.attempt.picture, ATTEMPT_PX)
    heat = colour_heat(one, comparable(one, stage.small(other[1], ATTEMPT_PX)))
    marked = with_marks(heat.picture, stage.marks(step.attempt, look.constraint) if look.constraint else ())
    width, height = sheet.show(marked, at, (_ATTEMPT, _PICTURES), f"difference to {other[0]}")
    left, scale_top, small = at[0], at[1] + _CAPTION + height + 0.06, TEXT_PT - 3
    scale = sheet.place(left, scale_top, (width, 0.09))
    scale.imshow([[place / 255 for place in range(256)]], cmap=heat_colours(), aspect="auto", vmin=0, vmax=1)
    for tick in TICKS:
        end = "+" if tick == LARGEST_DIFFERENCE else ""
        side = "left" if not tick else "right" if end else "center"
        place = left + width * float(shade(tick))
        sheet.write(place, scale_top + 0.1, f"{tick}{end}", size=small, ha=side, color=sheet.theme.soft)
    region = step.attempt.judgement.scores[look.constraint].region if look.constraint else None
    told = textwrap.fill(f"CIEDE2000, 1 just noticeable; {in_numbers(heat, region, look.constraint)}", 56)
    sheet.write(left, scale_top + 0.26, told, size=small, color=sheet.theme.soft)


# ---- ladder and words ------------------------------------------------------------------------------------------------


class _Rung:
    """One constraint: gate, name, score against the bar, mark, and what was found."""

    def __init__(self, step: Step, key: str, failed: bool):
        self.score, self.failed, self.key = step.attempt.judgement.scores[key], failed, key
        self.number, self.hue = hues(step.run)[key]
        self.bar, self.mark = step.run.rubric.rule.accept_at, MARKS[status(self.score, failed)]
        self.finding = textwrap.wrap(self.score.finding or self.score.reason, _FINDING_CHARACTERS)
        self.height = max(1, len(self.finding)) * _LINE + 0.1

    def draw(self, sheet: _Sheet, top: float) -> None:
        theme, weight = sheet.theme, "bold" if self.failed else "normal"
        sheet.box(_MARGIN, top, (0.22, 0.2), self.hue)
        sheet.write(_MARGIN + 0.11, top + 0.1, str(self.number), ha="center", va="center", color=ink_on(self.hue))
        sheet.write(_MARGIN + 0.3, top, self.key, weight=weight)
        sheet.write(3.3, top, self.mark, weight=weight)
        sheet.write(_FINDING_AT, top, "\n".join(self.finding), color=theme.ink if self.failed else theme.soft)
        if self.score.score is None:
            return
        sheet.write(3.82, top, shown_score(self.score.score), ha="right", weight=weight)
        sheet.box(2.2, top + 0.06, (1.0, 0.08), theme.faint)  # 0 to 10 on one inch
        sheet.box(2.2, top + 0.06, (self.score.score / 10, 0.08), self.hue)
        sheet.box(2.2 + self.bar / 10 - 0.01, top + 0.03, (0.02, 0.14), theme.ink)


def _rungs(step: Step) -> list[_Rung]:
    """In gate order; none before the first attempt."""
    if not step.attempt:
        return []
    failed = failures(step.attempt.judgement, step.run.rubric)
    return [_Rung(step, key, key in failed) for key in step.run.rubric.keys]


def _words(step: Step, theme: Theme) -> list[tuple[str, dict]]:
    """(text, style) a line: why it ended, what a person overruled, what the request changed, and the caution."""
    lines: list[tuple[str, dict]] = []

    def say(text: str, **style: Any) -> None:
        lines.extend((part, style) for part in textwrap.wrap(text, _WIDE_CHARACTERS, subsequent_indent="  "))

    say(step.way.record.reason, color=theme.warning)
    say(step.said_by_person, weight="bold")
    if step.attempt and (checks := step.stories[step.number - 1].checks):
        say(f"As drawn: {checks}", color=theme.soft)
    if step.before:
        whose = f" ({step.asked_by_person})" if step.asked_by_person else ""
        say(f"What changed from attempt {step.before.number} to {step.number}{whose}", weight="bold")
        for piece in in_short(step.new_words):
            say(piece)
        if step.polished_words:
            say("What the judge's model made of the composed words", weight="bold")
            say(" ".join(in_short(step.polished_words)) or "It left them as they were.")
        for parameter in step.new_parameters:
            say(f"· {parameter}", color=theme.soft)
    else:
        say("Attempt 1 was asked for with the wish" if step.attempt else "The wish", weight="bold")
        say(step.way.record.line.wish)
    say(step.run.caution, color=theme.warning, weight="bold")
    return lines
