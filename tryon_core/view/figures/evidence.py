"""The evidence behind one constraint's answer: where to look, before and after, and each measurement by its bar."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from PIL import Image

from ...errors import BadInput, UnknownName
from ...records import Fix, Score
from ...rubrics.rules import failures
from ...runs.reading import Run
from ...steps import SampleRecord, StepRecord
from ..run_names import run_name
from ..tables.story import NO_FINDING, shown_score
from ..units import in_words
from .bullets import bullets
from .chart import CAUTION_LINE_IN, TEXT_PT, Chart, caution_lines, cut
from .crops import Compared, compared
from .notebook_theme import themed
from .palette import MARKS, Theme, colours, gates

WIDTH_IN = 10.0
_CROP_IN = 2.3  # the width of a picture
_TOP_IN = 1.25  # what stands above the pictures and the measurements
_RIGHT_IN, _SCALE_IN = 5.05, 6.45  # where words begin beside the pictures, and where the scale of the measurements does
_ROW_IN = 0.36
_GAP_PX = 8  # between the two of a pair
_FIXES = 4  # shown at most
_NAME_CHARACTERS = 140


def answers(run: Run, sample_id: str, attempt: int = 1) -> pd.DataFrame:
    """One row per constraint, in gate order: its verdict in a mark and a word, its score, and what was
    found or why not.

    score   0-10 to one decimal, rounded down; missing where there is none
    No rows where nothing was judged.
    """
    record = record_of(run, sample_id)
    columns = ["gate", "constraint", "mark", "verdict", "score", "finding"]
    if run.rubric is None or not record.attempts:
        return pd.DataFrame(columns=columns)
    judgement = attempt_of(record, attempt).judgement
    number, failed = gates(run.rubric), failures(judgement, run.rubric)
    rows = [
        (number[key], key, *_verdict(score, key in failed), _one_decimal(score), score.finding or score.reason)
        for key, score in ((key, judgement.scores[key]) for key in run.rubric.keys)
    ]
    return pd.DataFrame(rows, columns=columns)


@themed
def evidence(run: Run, sample_id: str, constraint: str, attempt: int = 1, theme: Theme | None = None) -> Chart:
    """A figure: the answer in words, what the attempt is compared with beside it, each measurement against its bar.

    An attempt is compared with the picture that the constraint is about, where the sample has it, both cut to the
    constraint's region where it has one. A judge that measures nothing leaves its finding, its region and what it asks
    for.

    raises   UnknownName for a sample or constraint that is not there; BadInput where there is no such attempt, or where
             no rubric was asked
    """
    if run.rubric is None:
        raise BadInput("no rubric was asked in this run, so there are no answers to show the evidence of")
    if constraint not in run.rubric.keys:
        raise UnknownName("constraint", constraint, run.rubric.keys)
    record = record_of(run, sample_id)
    shown = attempt_of(record, attempt)
    score = shown.judgement.scores[constraint]
    pictures = compared(run, record, shown, constraint, attempt)
    caution = caution_lines(run, WIDTH_IN)
    caution_in = CAUTION_LINE_IN * (caution.count("\n") + 1) if caution else 0.0
    high_in = _height_in(score, pictures) + caution_in
    page = _Page(Chart(figsize=(WIDTH_IN, high_in), facecolor=theme.paper), score, theme)
    _head(page, _title(run, constraint, score, constraint in failures(shown.judgement, run.rubric)), run, constraint)
    for place, picture in enumerate(pictures):
        _picture(page, picture, place)
    if measured := score.evidence:
        scale = page.axes(_SCALE_IN, _TOP_IN, 1.05, _ROW_IN * len(measured), facecolor=theme.paper)
        bullets(scale, measured, theme)
    _asked(page)
    whose = cut(f"{sample_id}, attempt {attempt}. {run_name(run)}", _NAME_CHARACTERS)
    page.write(0.012, high_in - 0.06 - caution_in, whose, va="bottom", fontsize=TEXT_PT - 2, color=theme.soft)
    page.write(0.012, high_in - 0.06, caution, va="bottom", color=theme.warning, fontweight="bold")
    return page.figure


def _title(run: Run, constraint: str, score: Score, failed: bool) -> str:
    mark, verdict = _verdict(score, failed)
    needed = (
        "" if score.score is None else f" with {shown_score(score.score)}, needs {run.rubric.rule.accept_at:g} of 10"
    )
    return f"{gates(run.rubric)[constraint]} {constraint}: {mark} {verdict}{needed}"


@dataclass(frozen=True)
class _Page:
    """The figure being drawn; heights are inches from its top."""

    figure: Chart
    score: Score
    theme: Theme

    def at(self, down_in: float) -> float:
        """In fractions of the figure, from its bottom, as matplotlib wants it."""
        return 1 - down_in / self.figure.get_figheight()

    def axes(self, left_in: float, top_in: float, width_in: float, high_in: float, **options: Any) -> Axes:
        box = (
            left_in / WIDTH_IN,
            self.at(top_in + high_in),
            width_in / WIDTH_IN,
            high_in / self.figure.get_figheight(),
        )
        drawn = self.figure.add_axes(box, xticks=(), yticks=(), **options)
        drawn.spines[:].set_visible(False)
        return drawn

    def write(self, left: float, top_in: float, text: str, **style: Any) -> None:
        """Text below `top_in`, or above it with va="bottom"; no sign in it starts a formula."""
        self.figure.text(
            left,
            self.at(top_in),
            text,
            parse_math=False,
            **{"va": "top", "fontsize": TEXT_PT, "color": self.theme.ink, **style},
        )


def record_of(run: Run, sample_id: str) -> SampleRecord:
    """raises UnknownName with the nearest sample"""
    records = run.records_of([sample_id])
    if not records:
        raise UnknownName("sample", sample_id, [line.sample_id for line in run.listing.lines])
    return records[0]


def attempt_of(record: SampleRecord, number: int) -> StepRecord:
    """raises BadInput where the sample has no such attempt, with the reason where nothing was judged at all"""
    if not record.attempts:
        done = "nothing was judged" if record.steps else "nothing was drawn"
        raise BadInput(f"{done} for {record.sample_id}: {record.reason or record.outcome}")
    if not 1 <= number <= len(record.attempts):
        raise BadInput(f"{record.sample_id} has attempts 1 to {len(record.attempts)}, not {number}")
    return record.attempts[number - 1]


def _one_decimal(score: Score) -> float | None:
    return None if score.score is None else float(shown_score(score.score))


def _verdict(score: Score, failed: bool) -> tuple[str, str]:
    status = score.status if score.score is None else "failed" if failed else "met"
    return MARKS[status], status.replace("_", " ")


# ---- words -----------------------------------------------------------------------------------------------------------


def _head(page: _Page, title: str, run: Run, constraint: str) -> None:
    """The constraint with its colour, gate and score; what it asks; what was found."""
    asks = next(asked.asks for asked in run.rubric.constraints if asked.key == constraint)
    page.axes(0.12, 0.16, 0.16, 0.16, facecolor=colours(run.rubric)[constraint])
    page.write(0.036, 0.14, title, fontsize=TEXT_PT + 2, fontweight="bold")
    page.write(0.036, 0.4, asks, fontsize=TEXT_PT - 1, color=page.theme.soft)
    found = page.score.finding or page.score.reason or NO_FINDING
    page.write(0.036, 0.61, textwrap.fill(f"Found: {found}", 112, max_lines=2, placeholder=" ..."))


def _asked(page: _Page) -> None:
    """What it asks to be changed, under the measurements or in their place."""
    measured = page.score.evidence
    lines = [f"· {_fix_words(fix)}" for fix in page.score.fixes[:_FIXES]]
    text = "\n".join(["", *(textwrap.fill(line, 60, max_lines=2, placeholder=" ...") for line in lines)]) or " nothing"
    note = "" if measured else "Nothing was measured for it.\n"
    top_in = _TOP_IN + (_ROW_IN * len(measured) + 0.12 if measured else 0)
    page.write(_RIGHT_IN / WIDTH_IN, top_in, f"{note}Asks for:{text}", fontsize=TEXT_PT - 1, linespacing=1.35)


def _fix_words(fix: Fix) -> str:
    amount = f"{fix.aspect.replace('_', ' ')} {in_words(fix.unit).amount(fix.amount, '+')}"
    return f"{fix.text} ({amount})" if fix.aspect else fix.text


# ---- pictures -------------------------------------------------------------------------------------------------------


def _height_in(score: Score, pictures: Sequence[Compared]) -> float:
    """High enough for the pictures, and for the measurements and what is asked for."""
    words_in = _ROW_IN * max(1, len(score.evidence)) + 0.5 + 0.4 * min(_FIXES, max(1, len(score.fixes)))
    return _TOP_IN + max([words_in, *(_high_in(picture.cut) + 0.35 for picture in pictures)])


def _high_in(cut: Image.Image) -> float:
    return _CROP_IN * min(cut.height / cut.width, 1.6)


def _picture(page: _Page, picture: Compared, place: int) -> None:
    axes = page.axes(0.12 + place * (_CROP_IN + 0.12), _TOP_IN, _CROP_IN, _high_in(picture.cut))
    axes.imshow(picture.cut, interpolation="lanczos")
    axes.set_anchor("NW")
    axes.set_title(picture.title, fontsize=TEXT_PT - 2, color=page.theme.ink, loc="left", pad=4)


# ---- closer ----------------------------------------------------------------------------------------------------------


def pair(run: Run, sample_id: str, constraint: str, attempt: int = 1) -> Image.Image:
    """The pictures of `evidence` side by side, as they are; the attempt alone where it is compared with none.

    raises   BadInput where there is no picture at all, or no such attempt
    """
    if run.rubric is None or constraint not in run.rubric.keys:
        raise UnknownName("constraint", constraint, run.rubric.keys if run.rubric else ())
    record = record_of(run, sample_id)
    pictures = compared(run, record, attempt_of(record, attempt), constraint, attempt)
    if not pictures:
        raise BadInput(f"attempt {attempt} of {sample_id} has no picture")
    parts = [picture.cut for picture in pictures]
    wide = sum(part.width for part in parts) + _GAP_PX * (len(parts) - 1)
    both, left = Image.new("RGB", (wide, max(part.height for part in parts)), "white"), 0
    for part in parts:
        both.paste(part, (left, 0))
        left += part.width + _GAP_PX
    return both
