"""What the flows of characters drew, as figures: tasks, the candidates of one, the ways side by side."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from ...flows.characters.character_terms import TERMS
from ...flows.first_request import LIGHT
from ...pictures.crop_and_stitch import CropOptions, around
from ...records import Sample
from ...runs.reading import Run
from ...steps import SampleRecord, StepRecord
from ..figures.chart import TEXT_PT, WIDTH_IN, Drawn, cut, empty, words
from ..figures.notebook_theme import themed
from ..figures.palette import Theme
from ..tables.totals import plural
from .character_tables import IDENTITY, identities, kept_of

SHOWN = CropOptions(padding=0.45, least_px=256)
IN_A_ROW, MOST_TASKS = 5, 6
_CAPTION_IN, _MOST_IN, _HEAD_IN = 0.5, 2.6, 1.0
_CHARACTERS, _REASON_LINES = 22, 11  # of a line over a picture; of a reason in place of one
_LINE = 116  # characters of all columns; a longer reason widens its own, and names over the others run into one another


@dataclass(frozen=True)
class _Cell:
    """A picture under its caption of two lines; in place of a missing one the reason. `kept` is ringed."""

    image: Image.Image | None
    caption: str
    kept: bool = False
    reason: str = ""


@themed
def tasks(run: Run, theme: Theme | None = None) -> Figure:
    """What was asked of the first samples: the picture with what may change, the character, and what came of it."""
    records = [record for record in run.records if {"init", "mask", "character"} <= record.pictures.keys()][:MOST_TASKS]
    if not records:
        return words(run, "No task has a picture, a mask and a character", "Nothing can be shown.", theme)
    rows = [_task(run, record) for record in records]
    kept = sum(record.chosen is not None for record in run.records)
    title = f"Of {len(run.records)} {plural('task', len(run.records))} {kept} have a picture to keep"
    note = "Red: what may change. The last picture is what the run keeps."
    if len(run.records) > len(records):
        note += f" {len(run.records) - len(records)} more tasks are in the table."
    return _grid(run, title, rows, theme, note=note)


@themed
def candidates(run: Run, sample_id: str, theme: Theme | None = None) -> Figure:
    """All candidates of one sample around the mask, in the order drawn, with their terms; the kept one is ringed."""
    (record,) = run.records_of([sample_id])
    drawn = [step for step in record.steps if step.picture and step.stage != "chosen"]
    if not drawn:
        return words(run, f"Nothing was drawn of {sample_id}", record.reason or "The run has not begun it.", theme)
    cells = [_candidate(run, record, step) for step in drawn]
    rows = [cells[start : start + IN_A_ROW] for start in range(0, len(cells), IN_A_ROW)]
    return _grid(run, _finding(record), rows, theme, note="Terms are 0-10: c consistency, q quality, i identity.")


@themed
def ways(runs: Mapping[str, Run | str], metric: str = IDENTITY, theme: Theme | None = None) -> Figure:
    """Each sample as it was and as each way left it, around the mask, with the metric of identity over it.

    runs   way -> its run, or why there is none
    """
    ran = {way: run for way, run in runs.items() if not isinstance(run, str)}
    if not ran:
        reasons = "; ".join(f"{way}: {reason}" for way, reason in runs.items())
        return words(_Caution(""), "No way was run", reasons, theme)
    first = next(iter(ran.values()))
    table = identities(ran, metric).set_index("sample_id")
    rows = []
    for record in first.records[:MOST_TASKS]:
        sample = first.sample(record)
        row = [_Cell(_around(sample.images["init"], sample), f"as it was\n{_number(table, record, 'before')}")]
        for way, run in runs.items():
            row.append(_way(way, run, record.sample_id, sample, _number(table, record, way)))
        rows.append([*row, _Cell(sample.images["character"], "the character\n")])
    caution = "; ".join(dict.fromkeys(run.caution for run in ran.values() if run.caution))
    note = f"Over each: {metric.replace('_', ' ')}, by an embedding that drew none of them; 0 is the same face."
    return _grid(_Caution(caution), _ways_finding(table, list(ran)), rows, theme, note=note)


@dataclass(frozen=True)
class _Caution:
    caution: str


# ---- cells -----------------------------------------------------------------------------------------------------------


def _task(run: Run, record: SampleRecord) -> list[_Cell]:
    sample, kept = run.sample(record), kept_of(record)
    agreed = cut(f"consent: {record.line.consent or 'nothing said'}", _CHARACTERS)
    image = run.picture(kept.picture) if kept and kept.picture else None
    came = f"{record.outcome}, step {kept.number}\n" if kept else f"{record.outcome}\n"
    return [
        _Cell(_marked(sample), f"{cut(record.sample_id, _CHARACTERS)}\nwhat may change"),
        _Cell(sample.images["character"], f"the character\n{agreed}"),
        _Cell(_around(sample.images["init"], sample), "as it was\n"),
        _Cell(image and _around(image, sample), came, kept=image is not None, reason=record.reason),
    ]


def _candidate(run: Run, record: SampleRecord, step: StepRecord) -> _Cell:
    image = _around(run.picture(step.picture), run.sample(record))
    terms = step.data.get("terms", {})
    scored = [f"{term[0]} {terms[term]:.1f}" for term in TERMS if isinstance(terms.get(term), float)]
    potential = step.data.get("potential")
    value = f": {potential:.2f}" if isinstance(potential, float) else ": not ranked" if terms else ""
    kept = run_keeps(record, step)
    return _Cell(image, f"{step.number} {step.stage}{value}\n{'  '.join(scored)}", kept=kept)


def run_keeps(record: SampleRecord, step: StepRecord) -> bool:
    """Whether this step's picture is the one kept, also where a later step judges the same picture."""
    kept = kept_of(record)
    return kept is not None and step.number in (kept.number, kept.parent if kept.stage == "chosen" else kept.number)


def _way(way: str, run: Run | str, sample_id: str, sample: Sample, number: str) -> _Cell:
    if isinstance(run, str):
        return _Cell(None, f"{way}\n", reason=run)
    record = next(iter(run.records_of([sample_id])), None)
    kept = kept_of(record) if record else None
    if kept is None or kept.picture is None:
        return _Cell(None, f"{way}\n", reason=record.reason if record and record.reason else "nothing was kept")
    return _Cell(_around(run.picture(kept.picture), sample), f"{way}\n{number}")


def _number(table, record: SampleRecord, way: str) -> str:
    value = table.loc[record.sample_id].get(way, "") if record.sample_id in table.index else ""
    return f"{value:.2f}" if isinstance(value, float) and not np.isnan(value) else ""


def _marked(sample: Sample) -> Image.Image:
    """The picture with what may change in red."""
    picture, mask = sample.images["init"], sample.images["mask"].convert("L")
    red = Image.blend(picture, Image.new("RGB", picture.size, "red"), 0.45)
    return Image.composite(red, picture, mask.point(lambda value: 255 * (value >= LIGHT)))


def _around(image: Image.Image, sample: Sample) -> Image.Image:
    """What of a picture lies around the mask of its sample; all of it where there is none."""
    if "mask" not in sample.images:
        return image
    mask = sample.images["mask"].convert("L").point(lambda value: 255 * (value >= LIGHT))
    return around(image, mask, SHOWN).taken(image) if mask.getbbox() else image


# ---- findings --------------------------------------------------------------------------------------------------------


def _finding(record: SampleRecord) -> str:
    kept = kept_of(record)
    ranked = [step for step in record.steps if isinstance(step.data.get("potential"), float)]
    if kept is None or not ranked:
        return f"{record.sample_id}: no candidate could be ranked"
    lowest = min(step.data["potential"] for step in ranked)
    number = kept.parent if kept.stage == "chosen" else kept.number
    value = record.steps[number - 1].data.get("potential")
    if not isinstance(value, float):
        return f"{record.sample_id}: step {number} is kept, as a person said"
    of = f"the lowest of {len(ranked)} has {lowest:.2f}"
    return f"{record.sample_id}: step {number} is kept, potential {value:.2f}; {of}"


def _ways_finding(table, ways_run: Sequence[str]) -> str:
    """How often each way brought the face nearer to the character's."""
    if "before" not in table:
        return "The picture as it was is not measured: no way has swapped a face"
    told = []
    for way in ways_run:
        pairs = table[["before", way]].apply(lambda column: column.map(_as_number)).dropna()
        nearer, n = int((pairs[way] < pairs.before).sum()), len(pairs)
        told.append(f"{way} {nearer} of {n}")
    return f"Nearer to the character than before: {', '.join(told)}"


def _as_number(value) -> float:
    return value if isinstance(value, float) else float("nan")


# ---- the grid --------------------------------------------------------------------------------------------------------


def _grid(drawn: Drawn, title: str, rows: Sequence[Sequence[_Cell]], theme: Theme, note: str) -> Figure:
    columns = max(map(len, rows))
    tallest = max(cell.image.height / cell.image.width for row in rows for cell in row if cell.image is not None)
    row_in = _CAPTION_IN + min(_MOST_IN, 0.87 * tallest * WIDTH_IN / columns)
    figure = empty(drawn, title, _HEAD_IN + row_in * len(rows), theme, note=note)
    panels = figure.subplots(len(rows), columns, squeeze=False)
    for row, of_row in zip(panels, rows, strict=True):
        for panel in row:
            panel.set_axis_off()
        for panel, cell in zip(row, of_row, strict=False):
            _draw(panel, cell, theme, columns)
    return figure


def _draw(panel: Axes, cell: _Cell, theme: Theme, columns: int) -> None:
    lines = [cut(line, _CHARACTERS) for line in cell.caption.split("\n")]
    panel.set_title("\n".join(lines), fontsize=TEXT_PT - 2, loc="left", color=theme.ink, parse_math=False)
    if cell.image is None:
        lines = textwrap.wrap(cell.reason or "no picture", min(_CHARACTERS, _LINE // columns))
        reason = "\n".join(lines[:_REASON_LINES])
        panel.text(0, 1, reason, va="top", color=theme.soft, fontsize=TEXT_PT - 2, parse_math=False)
        return
    panel.imshow(cell.image, interpolation="antialiased")
    panel.set_anchor("NW")
    if cell.kept:
        width, height = cell.image.size
        panel.add_patch(Rectangle((0, 0), width - 1, height - 1, fill=False, ec=theme.accent, lw=3.5, clip_on=False))
