"""One sample as one picture: person, garment, then every attempt with its verdict and what was wrong.

python -m tryon_core.view.figures.strip RUN SAMPLE_ID OUT.jpg      RUN: a folder or s3://bucket/prefix
"""

import sys
import textwrap
from pathlib import Path

from PIL import Image

from ...errors import TryonError, UnknownName
from ...images import from_png, to_jpeg
from ...runs.reading import Run, open_run
from ..tables.story import NO_FINDING, AttemptStory, attempt_stories
from .chart import CAUTION_LINE_IN, TEXT_PT, Chart, caution_lines, png
from .palette import LIGHT, Theme

_COLUMN_IN, _TITLE_IN, _CAPTION_IN = 2.4, 0.3, 1.05


def strip(run: Run, sample_id: str, theme: Theme = LIGHT) -> Chart:
    """A figure, one column a picture, with the caution where a model is not real.

    raises   UnknownName with the nearest sample of the run
    """
    records = {record.sample_id: record for record in run.records}
    if sample_id not in records:
        raise UnknownName("sample", sample_id, records)
    record = records[sample_id]
    columns = [(record.pictures[role], role, "") for role in ("person", "garment") if role in record.pictures]
    stories = attempt_stories(record, run.rubric)
    columns += [
        (story.picture, f"{story.mark} attempt {story.number}: {_verdict(story)}", _why(story)) for story in stories
    ]
    return _drawn(run, [(run.picture(digest), title, text) for digest, title, text in columns], theme)


def _verdict(story: AttemptStory) -> str:
    return story.decision.split(":")[0] if story.judged else "not judged"


def _why(story: AttemptStory) -> str:
    """The primary failure, or that there is none."""
    if not story.failures:
        return "all constraints met" if story.judged else ""
    first = story.failures[0]
    return f"{first.constraint} {first.score}: {first.finding or NO_FINDING}"


def _drawn(run: Run, columns: list[tuple[Image.Image, str, str]], theme: Theme) -> Chart:
    tallest = max(image.height / image.width for image, _, _ in columns)
    caution = caution_lines(run, _COLUMN_IN * len(columns))
    height_in = _COLUMN_IN * tallest + _CAPTION_IN + CAUTION_LINE_IN * caution.count("\n")
    figure = Chart(figsize=(_COLUMN_IN * len(columns), height_in), facecolor=theme.paper)
    for number, (image, title, text) in enumerate(columns):
        share = _COLUMN_IN * image.height / image.width / height_in
        box = ((number + 0.02) / len(columns), 1 - share - _TITLE_IN / height_in, 0.96 / len(columns), share)
        axes = figure.add_axes(box)
        axes.imshow(image)
        axes.axis("off")
        axes.set_title(title, fontsize=TEXT_PT, color=theme.ink, loc="left", fontweight="bold", parse_math=False)
        caption = textwrap.fill(text, 34, max_lines=4, placeholder=" ...")
        told = {"transform": axes.transAxes, "va": "top", "fontsize": TEXT_PT - 2, "color": theme.ink}
        axes.text(0, -0.02, caption, parse_math=False, **told)
    alarm = {"fontsize": TEXT_PT, "color": theme.warning, "fontweight": "bold", "parse_math": False}
    figure.text(0.01, 0.05 / height_in, caution, va="bottom", **alarm)
    return figure


def main(where: str, sample_id: str, path: Path) -> None:
    figure = strip(open_run(where), sample_id)
    path.write_bytes(to_jpeg(from_png(png(figure, dpi=120)), quality=88))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python -m tryon_core.view.figures.strip RUN SAMPLE_ID OUT.jpg")
    try:
        main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
