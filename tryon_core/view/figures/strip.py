"""One sample as one picture: its own pictures, then every step with its verdict, its numbers, or what it found.

python -m tryon_core.view.figures.strip RUN SAMPLE_ID OUT.jpg      RUN: a folder or s3://bucket/prefix
"""

import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ...errors import TryonError, UnknownName
from ...images import from_png, to_jpeg
from ...runs.reading import Run, open_run
from ...steps import SampleRecord
from ..run_names import run_name
from ..tables.story import CHOSEN, NO_FINDING, StepStory, step_stories
from .chart import CAUTION_LINE_IN, TEXT_PT, Chart, Drawn, caution_lines, cut, png
from .notebook_theme import themed
from .palette import LIGHT, MARKS, Theme

_COLUMN_IN, _TITLE_IN, _CAPTION_IN = 2.4, 0.3, 1.05
_IN_A_ROW = 8  # columns; more go on below
_CHARACTERS, _FEW_LINES, _LINES = 30, 4, 8  # of a caption; it has room for a few, and grows to the most
_LINE_IN = 0.17
_HEAD_LINE_IN = 0.23
_TITLE_CHARACTERS = 28
_NAME_IN, _NAME_CHARACTERS = 0.24, 32  # for what ran; characters in the width of a column
_WISH_CHARACTERS = 26  # in the width of a column
_TABLE_LINES = 14  # of a step that has no picture


@dataclass(frozen=True)
class Column:
    """A picture with its title and caption; without a picture the caption stands in its place."""

    title: str
    caption: str = ""
    picture: str | None = None  # digest


@themed
def strip(run: Run, sample_id: str, theme: Theme | None = None) -> Chart:
    """A figure, one column per picture, or per step without one, with the caution where a model is not real; on top
    the wish, where it is the sample's own.

    raises   UnknownName with the nearest sample of the run
    """
    records = {record.sample_id: record for record in run.records}
    if sample_id not in records:
        raise UnknownName("sample", sample_id, records)
    record = records[sample_id]
    stories = step_stories(record, run.rubric)
    columns = [Column(role, picture=record.pictures[role]) for role in picture_roles(run, record)]
    columns += [column for story in stories for column in _step_columns(story)]
    columns = columns or [Column(sample_id, "nothing to show")]
    foot = cut(f"{sample_id}. {run_name(run)}", _NAME_CHARACTERS * min(len(columns), _IN_A_ROW))
    wish = cut(record.line.own_wish, _WISH_CHARACTERS * min(len(columns), _IN_A_ROW))
    return drawn(run, run.picture, columns, theme, head=(wish,) if wish else (), foot=foot)


def picture_roles(run: Run, record: SampleRecord) -> list[str]:
    """The roles of a sample's own pictures: those of its flow first, the true picture last."""
    order = [*run.info.flow.pictures, *record.pictures]
    first = sorted((role for role in record.pictures if role != "truth"), key=order.index)
    return first + [role for role in record.pictures if role == "truth"]


def _step_columns(story: StepStory) -> Iterator[Column]:
    """The step's own picture, then what else it made; a step without any picture is its words alone."""
    made = list(story.made.items())
    picture = story.picture or (made.pop(0)[1] if made else None)
    yield Column(_title(story), _caption(story), picture)
    for name, picture in made:
        yield Column(f"{story.name}: {name.replace('_', ' ')}", picture=picture)


def _title(story: StepStory) -> str:
    """E.g. '✗ attempt 2: corrected', '★ step 4: near'."""
    star = CHOSEN if story.kept and story.mark != MARKS["met"] else ""
    what = story.decision.split(":")[0] or story.stage
    return " ".join(filter(None, (star, story.mark, f"{story.name}: {what}")))


def _caption(story: StepStory) -> str:
    """The primary failure, or that there is none; where a step came from and its numbers; what it found."""
    found = [f"{name}: {value}" for name, value in story.data]
    return "\n".join(filter(None, (_why(story), story.origin, *story.scores, *found, story.why)))


def _why(story: StepStory) -> str:
    if not story.failures:
        return "all constraints met" if story.judged and story.chips else ""
    first = story.failures[0]
    return f"{first.constraint} {first.score}: {first.finding or NO_FINDING}"


# ---- drawing ---------------------------------------------------------------------------------------------------------


def drawn(
    shown: Drawn,
    read: Callable[[str], Image.Image],
    columns: Sequence[Column],
    theme: Theme,
    *,
    in_a_row: int = _IN_A_ROW,
    head: Sequence[str] = (),
    foot: str = "",
) -> Chart:
    """The columns from left to right, `in_a_row` of them, then on below; `read` opens a picture by its digest.

    head   lines on top, the first of them bold; foot: a small line at the bottom
    """
    rows = [columns[start : start + in_a_row] for start in range(0, len(columns), in_a_row)]
    pictures = {column.picture: read(column.picture) for column in columns if column.picture}
    wide_in = _COLUMN_IN * len(rows[0])
    heights_in = [_row_height_in(row, pictures) for row in rows]
    caution, top_in = caution_lines(shown, wide_in), _HEAD_LINE_IN * len(head)
    caution_in = CAUTION_LINE_IN * (caution.count("\n") + 1) if caution else 0.0
    high_in = top_in + sum(heights_in) + caution_in + _NAME_IN
    figure = Chart(figsize=(wide_in, high_in), facecolor=theme.paper)
    _write_head(figure, head, theme)
    for row, row_in in zip(rows, heights_in, strict=True):
        for place, column in enumerate(row):
            _draw_column(figure, column, pictures.get(column.picture), (place * _COLUMN_IN, top_in), theme)
        top_in += row_in
    alarm = {"fontsize": TEXT_PT, "color": theme.warning, "fontweight": "bold", "parse_math": False}
    figure.text(0.01, 0.05 / high_in, caution, va="bottom", **alarm)
    small = {"fontsize": TEXT_PT - 2, "color": theme.soft, "parse_math": False}
    figure.text(0.01, (0.05 + caution_in) / high_in, foot, va="bottom", **small)
    return figure


def _write_head(figure: Chart, head: Sequence[str], theme: Theme) -> None:
    for place, line in enumerate(head):
        look = {"fontsize": TEXT_PT - 1, "color": theme.soft}
        if not place:
            look = {"fontsize": TEXT_PT + 2, "color": theme.ink, "fontweight": "bold"}
        y = 1 - (place * _HEAD_LINE_IN + 0.08) / figure.get_figheight()
        figure.text(0.012, y, line, va="top", parse_math=False, **look)


def _row_height_in(row: list[Column], pictures: dict[str, Image.Image]) -> float:
    shown = [pictures[column.picture] for column in row if column.picture]
    under = max((_lines(column) for column in row if column.picture), default=0)
    words_in = max((_lines(column) * _LINE_IN for column in row if not column.picture), default=0.0)
    tallest_in = _COLUMN_IN * max((image.height / image.width for image in shown), default=0.0)
    return max(tallest_in + _CAPTION_IN + _LINE_IN * max(0, under - _FEW_LINES), words_in + _TITLE_IN + 0.4)


def _draw_column(
    figure: Chart, column: Column, image: Image.Image | None, corner_in: tuple[float, float], theme: Theme
) -> None:
    """`corner_in`: from the figure's left, and downwards."""
    (left_in, top_in), (wide_in, high_in) = corner_in, figure.get_size_inches()
    tall_in = _COLUMN_IN * image.height / image.width if image else 0.01
    bottom = 1 - (top_in + _TITLE_IN + tall_in) / high_in
    box = ((left_in + 0.02 * _COLUMN_IN) / wide_in, bottom, 0.96 * _COLUMN_IN / wide_in, tall_in / high_in)
    axes = figure.add_axes(box)
    axes.set(xticks=(), yticks=())
    axes.spines[:].set(visible=image is not None, color=theme.soft, linewidth=0.5)  # white pictures have an edge, too
    axes.patch.set_visible(False)
    if image:
        axes.imshow(image.convert("RGB"))
    bold = {"fontsize": TEXT_PT - 1, "color": theme.ink, "fontweight": "bold", "parse_math": False}
    axes.set_title(cut(column.title, _TITLE_CHARACTERS), loc="left", **bold)
    small = {"transform": axes.transAxes, "va": "top", "fontsize": TEXT_PT - 2, "color": theme.ink}
    axes.text(0, -0.02 if image else 0, _filled(column), parse_math=False, **small)


def _filled(column: Column) -> str:
    """The caption, each of its lines wrapped; what does not fit is left out."""
    most = _LINES if column.picture else _TABLE_LINES
    lines = [part for line in column.caption.split("\n") for part in textwrap.wrap(line, _CHARACTERS)]
    if len(lines) > most:
        lines = [*lines[: most - 1], textwrap.shorten(lines[most - 1] + " and more", _CHARACTERS, placeholder=" ...")]
    return "\n".join(lines)


def _lines(column: Column) -> int:
    return _filled(column).count("\n") + 1


def main(where: str, sample_id: str, path: Path) -> None:
    figure = strip(open_run(where), sample_id, LIGHT)
    path.write_bytes(to_jpeg(from_png(png(figure, dpi=120)), quality=88))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python -m tryon_core.view.figures.strip RUN SAMPLE_ID OUT.jpg")
    try:
        main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
