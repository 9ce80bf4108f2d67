"""A step as one picture, for where no browser draws the widget: the same pictures, ladder and words.

Lengths are inches, places are inches from the figure's upper left corner; 100 pixels are one inch.
"""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from ....errors import BadInput, StorageError
from ....rubrics.rules import failures
from ...figures.chart import TEXT_PT, WIDTH_IN, cut, png
from ...figures.palette import LIGHT, MARKS, Theme, ink_on
from ...figures.sheet import CAPTION_IN, Sheet
from ...tables.story import shown_score
from ..compared_pictures import LARGEST_DIFFERENCE, TICKS, colour_heat, comparable, heat_colours, shade, with_marks
from .ladder import status
from .shown_step import ShownStep, hues
from .stage import AREA, STEP_PX, Look, Stage, in_numbers
from .still_words import still_words

_MARGIN, _GAP, _LINE = 0.14, 0.12, 0.19
_PICTURES = 4.3  # height of the step's picture at most; the sample's own stand in it one above the other
_INPUT, _STEP = 1.55, 3.3  # widths at most
_MADE = 1.7  # height of what else was made, side by side
_INPUTS = 4  # of the sample's pictures at most
_SCALE = 0.86  # height of the heat's scale and numbers
_FINDING_AT, _FINDING_CHARACTERS, _WIDE_CHARACTERS = 3.95, 62, 112


def still(shown: ShownStep, stage: Stage, look: Look, theme: Theme = LIGHT) -> bytes:
    """PNG, 900 pixels wide and as high as its words ask for: the difference as heat, whatever the view."""
    title, rungs, left = textwrap.wrap(shown.title, 78), _rungs(shown), _words_left(shown)
    words = still_words(shown, theme, round(_WIDE_CHARACTERS * (WIDTH_IN - left) / WIDTH_IN))
    wish = cut(shown.sample.line.own_wish, _WIDE_CHARACTERS)
    pictures_at = _MARGIN + 0.25 * len(title) + 0.3 + (_LINE if wish else 0.0)
    made_at = pictures_at + _pictures_height(shown)
    ladder_at = made_at + (CAPTION_IN + _MADE + _GAP if _made_apart(shown) else 0.0)
    words_at = ladder_at + sum(rung.height for rung in rungs) + 0.15 if left == _MARGIN else pictures_at + CAPTION_IN
    sheet = Sheet(max(ladder_at, words_at + _LINE * len(words)) + _MARGIN, theme)
    sheet.write(_MARGIN, _MARGIN, "\n".join(title), size=TEXT_PT + 3, weight="bold", linespacing=1.25)
    branch = [shown.way.words] if shown.way.parent else []
    who = " · ".join(filter(None, (shown.sample.sample_id, shown.way.ended, *branch, shown.place)))
    if wish:
        sheet.write(_MARGIN, pictures_at - 0.27 - _LINE, wish)
    sheet.write(_MARGIN, pictures_at - 0.27, who, color=theme.soft)
    _draw_pictures(sheet, pictures_at, shown, stage, look)
    if _made_apart(shown):
        _draw_row(sheet, (_MARGIN, made_at), _MADE, stage, list(shown.record.made.items()))
    for rung in rungs:
        rung.draw(sheet, ladder_at)
        ladder_at += rung.height
    for place, (text, style) in enumerate(words):
        sheet.write(left, words_at + place * _LINE, text, **style)
    return png(sheet.figure)


def _words_left(shown: ShownStep) -> float:
    """Where the words begin: beside the sample's pictures where the step made none, else under all of them."""
    pictured = shown.record is None or shown.record.picture or shown.record.made
    return _MARGIN if pictured or not shown.pictures else _MARGIN + _INPUT + 2 * _GAP


def _pictures_height(shown: ShownStep) -> float:
    if shown.record and shown.record.picture:
        return CAPTION_IN + _PICTURES + _SCALE
    if shown.pictures or (shown.record and shown.record.made):
        return CAPTION_IN + _PICTURES + _GAP
    return 0.0


def _made_apart(shown: ShownStep) -> bool:
    """Whether what else was made needs a row of its own: where there is no picture it stands in the picture's place."""
    return bool(shown.record and shown.record.picture and shown.record.made)


# ---- pictures --------------------------------------------------------------------------------------------------------


def _draw_pictures(sheet: "Sheet", top: float, shown: ShownStep, stage: Stage, look: Look) -> None:
    """The sample's pictures in a column left of the step's; side by side and large where there is no step yet."""
    inputs = list(shown.pictures.items())[:_INPUTS]
    if not shown.record:
        _draw_row(sheet, (_MARGIN, top), _PICTURES, stage, inputs)
        return
    each = (_PICTURES - (len(inputs) - 1) * (CAPTION_IN + _GAP)) / max(len(inputs), 1)
    for place, named in enumerate(inputs):
        _draw_input(sheet, (_MARGIN, top + place * (each + CAPTION_IN + _GAP)), (_INPUT, each), stage, named)
    left = _MARGIN + (_INPUT + _GAP if inputs else 0.0)
    if shown.record.picture:
        _draw_step(sheet, (left, top), shown, stage, look)
        _draw_difference(sheet, (left + _STEP + 2 * _GAP, top), shown, stage, look)
    else:
        _draw_row(sheet, (left, top), _PICTURES, stage, list(shown.record.made.items()))


def _draw_row(
    sheet: "Sheet", at: tuple[float, float], height: float, stage: Stage, named: Sequence[tuple[str, str]]
) -> None:
    """Pictures by name, side by side, as many as fit at a third of the width or less each."""
    room = min(_STEP, (WIDTH_IN - at[0] - _MARGIN) / max(len(named), 1) - 2 * _GAP)
    for place, each in enumerate(named):
        _draw_input(sheet, (at[0] + place * (room + 2 * _GAP), at[1]), (room, height), stage, each)


def _or_words(draw: Callable[..., None]) -> Callable[..., None]:
    """A picture that is missing or cannot be compared leaves the reason in its place."""

    def drawn(sheet: Sheet, at: tuple[float, float], *given: Any) -> None:
        try:
            draw(sheet, at, *given)
        except (BadInput, StorageError) as e:
            sheet.write(at[0], at[1] + CAPTION_IN, textwrap.fill(str(e), 24), color=sheet.theme.warning)

    return drawn


@_or_words
def _draw_input(sheet: Sheet, at: tuple, fit: tuple, stage: Stage, named: tuple[str, str]) -> None:
    sheet.show(stage.small(named[1], STEP_PX), at, fit, named[0])


@_or_words
def _draw_step(sheet: Sheet, at: tuple, shown: ShownStep, stage: Stage, look: Look) -> None:
    marks = stage.marks(shown, look.constraint)
    picture = with_marks(stage.with_area(shown, stage.small(shown.record.picture, STEP_PX)), marks)
    line = " (line: the area drawn anew)" if AREA in shown.record.made else ""
    sheet.show(picture, at, (_STEP, _PICTURES), f"{shown.name}{line}")


@_or_words
def _draw_difference(sheet: Sheet, at: tuple, shown: ShownStep, stage: Stage, look: Look) -> None:
    """The heat with its scale, its unit and its mean."""
    if (other := shown.other(look.against)) is None:
        return
    key = look.constraint if shown.judgement else ""
    one = stage.small(shown.record.picture, STEP_PX)
    heat = colour_heat(one, comparable(one, stage.small(other[1], STEP_PX)))
    marked = with_marks(stage.with_area(shown, heat.picture), stage.marks(shown, key) if key else ())
    width, height = sheet.show(marked, at, (_STEP, _PICTURES), f"difference to {other[0]}")
    left, scale_top, small = at[0], at[1] + CAPTION_IN + height + 0.06, TEXT_PT - 3
    scale = sheet.place(left, scale_top, (width, 0.09))
    scale.imshow([[place / 255 for place in range(256)]], cmap=heat_colours(), aspect="auto", vmin=0, vmax=1)
    for tick in TICKS:
        end = "+" if tick == LARGEST_DIFFERENCE else ""
        side = "left" if not tick else "right" if end else "center"
        place = left + width * float(shade(tick))
        sheet.write(place, scale_top + 0.1, f"{tick}{end}", size=small, ha=side, color=sheet.theme.soft)
    region = shown.judgement.scores[key].region if key else None
    numbers = textwrap.fill(f"CIEDE2000, 1 just noticeable; {in_numbers(heat, region, key)}", 56)
    sheet.write(left, scale_top + 0.26, numbers, size=small, color=sheet.theme.soft)


# ---- ladder and words ------------------------------------------------------------------------------------------------


class _Rung:
    """One constraint: gate, name, score against the bar, mark, and what was found."""

    def __init__(self, shown: ShownStep, key: str, failed: bool):
        self.score, self.failed, self.key = shown.judgement.scores[key], failed, key
        self.number, self.hue = hues(shown.run)[key]
        self.bar, self.mark = shown.run.rubric.rule.accept_at, MARKS[status(self.score, failed)]
        self.finding = textwrap.wrap(self.score.finding or self.score.reason, _FINDING_CHARACTERS)
        self.height = max(1, len(self.finding)) * _LINE + 0.1

    def draw(self, sheet: Sheet, top: float) -> None:
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


def _rungs(shown: ShownStep) -> list[_Rung]:
    """In gate order; none without a judgement."""
    if not shown.judgement:
        return []
    failed = failures(shown.judgement, shown.run.rubric)
    return [_Rung(shown, key, key in failed) for key in shown.run.rubric.keys]
