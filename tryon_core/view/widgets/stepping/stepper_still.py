"""A step as one picture, for where no browser draws the widget: the same pictures, ladder and words.

Lengths are inches, places are inches from the figure's upper left corner; 100 pixels are one inch.
"""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image

from ....errors import BadInput, StorageError
from ....rubrics.rules import failures
from ...figures.chart import TEXT_PT, WIDTH_IN, Chart, png
from ...figures.palette import LIGHT, MARKS, Theme, ink_on
from ...tables.measured import data_rows, edit_words
from ...tables.story import shown_score
from ..compared_pictures import LARGEST_DIFFERENCE, TICKS, colour_heat, comparable, heat_colours, shade, with_marks
from ..word_changes import in_short
from . import step_words
from .ladder import status
from .shown_step import ShownStep, hues
from .stage import STEP_PX, Look, Stage, in_numbers
from .stepper_html import first_words

_MARGIN, _GAP, _LINE, _CAPTION = 0.14, 0.12, 0.19, 0.22
_PICTURES = 4.3  # height of the step's picture at most; the sample's own stand in it one above the other
_INPUT, _STEP = 1.55, 3.3  # widths at most
_MADE = 1.7  # height of what else was made, side by side
_INPUTS = 4  # of the sample's pictures at most
_SCALE = 0.86  # height of the heat's scale and numbers
_FINDING_AT, _FINDING_CHARACTERS, _WIDE_CHARACTERS = 3.95, 62, 112
_DATA_ROWS = 16


def still(shown: ShownStep, stage: Stage, look: Look, theme: Theme = LIGHT) -> bytes:
    """PNG, 900 pixels wide and as high as its words ask for: the difference as heat, whatever the view."""
    title, rungs, left = textwrap.wrap(shown.title, 84), _rungs(shown), _words_left(shown)
    words = _words(shown, theme, round(_WIDE_CHARACTERS * (WIDTH_IN - left) / WIDTH_IN))
    pictures_at = _MARGIN + 0.25 * len(title) + 0.3
    made_at = pictures_at + _pictures_height(shown)
    ladder_at = made_at + (_CAPTION + _MADE + _GAP if _made_apart(shown) else 0.0)
    words_at = ladder_at + sum(rung.height for rung in rungs) + 0.15 if left == _MARGIN else pictures_at + _CAPTION
    sheet = _Sheet(max(ladder_at, words_at + _LINE * len(words)) + _MARGIN, theme)
    sheet.write(_MARGIN, _MARGIN, "\n".join(title), size=TEXT_PT + 3, weight="bold", linespacing=1.25)
    branch = [shown.way.words] if shown.way.parent else []
    who = " · ".join(filter(None, (shown.sample.sample_id, shown.way.ended, *branch, shown.place)))
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
        return _CAPTION + _PICTURES + _SCALE
    if shown.pictures or (shown.record and shown.record.made):
        return _CAPTION + _PICTURES + _GAP
    return 0.0


def _made_apart(shown: ShownStep) -> bool:
    """Whether what else was made needs a row of its own: where there is no picture it stands in the picture's place."""
    return bool(shown.record and shown.record.picture and shown.record.made)


class _Sheet:
    """A figure to write and draw on."""

    def __init__(self, height: float, theme: Theme):
        self.height, self.theme = height, theme
        self.figure = Chart(figsize=(WIDTH_IN, height), facecolor=theme.paper)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH_IN), ylim=(height, 0))
        self.axes.set_axis_off()

    def write(self, left: float, top: float, text: str, **style: Any) -> None:
        plain = {"size": TEXT_PT - 1, "color": self.theme.ink, "va": "top", "linespacing": 1.3, "parse_math": False}
        self.axes.text(left, top, text, **plain | style)

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
        corner, grown = (at[0] - 0.01, at[1] + _CAPTION - 0.01), (size[0] + 0.02, size[1] + 0.02)
        frame = Rectangle(corner, *grown, fill=False, ec=self.theme.faint, lw=1)
        self.axes.add_patch(frame)  # a white mask on white paper has an edge
        return size


# ---- pictures --------------------------------------------------------------------------------------------------------


def _draw_pictures(sheet: "_Sheet", top: float, shown: ShownStep, stage: Stage, look: Look) -> None:
    """The sample's pictures in a column left of the step's; side by side and large where there is no step yet."""
    inputs = list(shown.pictures.items())[:_INPUTS]
    if not shown.record:
        _draw_row(sheet, (_MARGIN, top), _PICTURES, stage, inputs)
        return
    each = (_PICTURES - (len(inputs) - 1) * (_CAPTION + _GAP)) / max(len(inputs), 1)
    for place, named in enumerate(inputs):
        _draw_input(sheet, (_MARGIN, top + place * (each + _CAPTION + _GAP)), (_INPUT, each), stage, named)
    left = _MARGIN + (_INPUT + _GAP if inputs else 0.0)
    if shown.record.picture:
        _draw_step(sheet, (left, top), shown, stage, look)
        _draw_difference(sheet, (left + _STEP + 2 * _GAP, top), shown, stage, look)
    else:
        _draw_row(sheet, (left, top), _PICTURES, stage, list(shown.record.made.items()))


def _draw_row(
    sheet: "_Sheet", at: tuple[float, float], height: float, stage: Stage, named: Sequence[tuple[str, str]]
) -> None:
    """Pictures by name, side by side, as many as fit at a third of the width or less each."""
    room = min(_STEP, (WIDTH_IN - at[0] - _MARGIN) / max(len(named), 1) - 2 * _GAP)
    for place, each in enumerate(named):
        _draw_input(sheet, (at[0] + place * (room + 2 * _GAP), at[1]), (room, height), stage, each)


def _or_words(draw: Callable[..., None]) -> Callable[..., None]:
    """A picture that is missing or cannot be compared leaves the reason in its place."""

    def drawn(sheet: _Sheet, at: tuple[float, float], *given: Any) -> None:
        try:
            draw(sheet, at, *given)
        except (BadInput, StorageError) as e:
            sheet.write(at[0], at[1] + _CAPTION, textwrap.fill(str(e), 24), color=sheet.theme.warning)

    return drawn


@_or_words
def _draw_input(sheet: _Sheet, at: tuple, fit: tuple, stage: Stage, named: tuple[str, str]) -> None:
    sheet.show(stage.small(named[1], STEP_PX), at, fit, named[0])


@_or_words
def _draw_step(sheet: _Sheet, at: tuple, shown: ShownStep, stage: Stage, look: Look) -> None:
    marks = stage.marks(shown, look.constraint)
    picture = with_marks(stage.small(shown.record.picture, STEP_PX), marks)
    sheet.show(picture, at, (_STEP, _PICTURES), shown.name)


@_or_words
def _draw_difference(sheet: _Sheet, at: tuple, shown: ShownStep, stage: Stage, look: Look) -> None:
    """The heat with its scale, its unit and its mean."""
    if (other := shown.other(look.against)) is None:
        return
    key = look.constraint if shown.judgement else ""
    one = stage.small(shown.record.picture, STEP_PX)
    heat = colour_heat(one, comparable(one, stage.small(other[1], STEP_PX)))
    marked = with_marks(heat.picture, stage.marks(shown, key) if key else ())
    width, height = sheet.show(marked, at, (_STEP, _PICTURES), f"difference to {other[0]}")
    left, scale_top, small = at[0], at[1] + _CAPTION + height + 0.06, TEXT_PT - 3
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


def _rungs(shown: ShownStep) -> list[_Rung]:
    """In gate order; none without a judgement."""
    if not shown.judgement:
        return []
    failed = failures(shown.judgement, shown.run.rubric)
    return [_Rung(shown, key, key in failed) for key in shown.run.rubric.keys]


class _Lines:
    """Words in lines of at most so many characters, each with its style."""

    def __init__(self, characters: int):
        self.characters = characters
        self.all: list[tuple[str, dict]] = []

    def say(self, text: str, **style: Any) -> None:
        self.all += ((part, style) for part in textwrap.wrap(text, self.characters, subsequent_indent="  "))


def _words(shown: ShownStep, theme: Theme, characters: int) -> list[tuple[str, dict]]:
    """(text, style) a line: why it ended, what the step found and cost, what the request changed, and the caution."""
    lines = _Lines(characters)
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


def _say_step(lines: _Lines, shown: ShownStep, theme: Theme) -> None:
    step = shown.record
    lines.say(step_words.overruled(step, shown.run.rubric), weight="bold")
    lines.say(step.why)
    if checks := edit_words(step.scores):
        lines.say(f"As drawn: {checks}", color=theme.soft)
    for name, value in step_words.score_rows(step):
        lines.say(f"{name}: {value}")
    rows = data_rows(step.data)
    for name, value in rows[:_DATA_ROWS]:
        lines.say(textwrap.shorten(f"{name}: {value}", 3 * lines.characters, placeholder=" ..."))
    if len(rows) > _DATA_ROWS:
        lines.say(f"... and {len(rows) - _DATA_ROWS} more", color=theme.soft)
    kept = "The one to keep. " if shown.kept else ""
    lines.say(f"{kept}{step_words.cost_words(step.spent)}", color=theme.soft)


def _say_request(lines: _Lines, shown: ShownStep, theme: Theme) -> None:
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
