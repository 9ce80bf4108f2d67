"""One run as one HTML page: opens offline, asks nothing from outside, prints, reads on a phone, light and dark.

All text is escaped by the template engine; the page's own policy forbids scripts and every request.
"""

from pathlib import Path
from typing import Any

import jinja2

from ...errors import BadInput, StorageError
from ...records import SampleLine
from ...rubrics.rules import Rubric
from ...runs.kept.documents import Branch
from ...runs.kept.labels import Label
from ...runs.reading import Run
from ...steps import SampleRecord, StepRecord
from ...storage.store import open_store
from ...text import printable
from ..figures import run_figures as figures
from ..figures.inlined import BUDGET_BYTES, figure_uri, thumbnails
from ..figures.palette import DARK, LIGHT, MARKS, gates
from ..figures.strip import picture_roles
from ..run_names import title
from ..tables.people import spoken
from ..tables.story import CHOSEN, OUTCOME_MARKS, StepStory, branch_story, label_words, outcome_words, step_stories
from ..tables.summary_table import summary
from .opening import opening
from .what_ran import appendix, constraints, facts, lede, one_wish, rule_words

PAGE_BYTES = 9_500_000  # a page can be mailed
_OPENING_BYTES = 500_000  # of base64, for the pictures at the top
MOST_STEPS = 1_000  # on a page; of a larger run each sample shows one, or the page could not be mailed
_STEP_BYTES = 4_000  # of text, for one step with its findings
NO_LARGE_MODEL = "No picture here was drawn by a large model."

Steps = dict[str, list[StepRecord]]  # sample -> those of its steps that the page shows

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    finalize=lambda value: printable(value) if type(value) is str else value,  # not of Markup, which is ours
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def report_place(where: str) -> str:
    """Where the report of a run goes, beside what it tells of: e.g. runs/demo/demo-report.html."""
    return f"{where}/{folder_name(where)}-report.html"


def folder_name(where: str) -> str:
    """E.g. 'demo' of runs/demo or s3://bucket/runs/demo."""
    return where.rpartition("/")[2]


def write_report(run: Run, place: str | Path = "", page: str | None = None) -> str:
    """Write the page, over an earlier one; returns where.

    place   a file, on a disk or as s3://bucket/key; empty: report_place of the run
    page    what `report_html` made of the run already
    raises  StorageError where that cannot be written
    """
    place = str(place) or report_place(run.store.url)
    folder, slash, name = place.rpartition("/")
    data = (report_html(run) if page is None else page).encode()
    try:
        store = open_store(f"{folder}/" if slash else ".")
        store.replace(name, data, store.version(name))
    except (StorageError, BadInput) as e:
        raise StorageError(f"cannot write the report to {place}: {e}; give another path") from e
    return place


def report_html(run: Run) -> str:
    """The page as text. Under 10 MB for 100 samples of 4 attempts; thumbnails shrink as a run grows."""
    branches, labels, shown = _branches(run), spoken(run), opening(run)
    whole = sum(len(record.steps) for record in run.records) <= MOST_STEPS
    steps = {
        record.sample_id: [step for step in record.steps if whole or _stands_for(record, step)]
        for record in run.records
    }
    drawn = [_figure(draw, run) for draw in figures.figures_for(run)]
    of_people = [_figure(figures.people_and_judge, run)] if labels else []
    thumbs = thumbnails(run, _shown(run, branches, steps), _room(steps, [*drawn, *of_people]))
    return _TEMPLATES.get_template("report.html.j2").render(
        name=folder_name(run.store.url),
        title=title(run),
        lede=lede(run),
        caution=run.caution,
        not_large=NO_LARGE_MODEL if [card.name for card in run.info.cards("generator").values()] == ["warp"] else "",
        facts=facts(run),
        opening=shown,
        large=thumbnails(run, [digest for one in shown for _, digest in (*one.given, *one.drawn)], _OPENING_BYTES),
        summary=summary(run).reset_index().itertuples(index=False, name=None),
        figures=drawn,
        of_people=of_people,
        said=_said(labels),
        rule=rule_words(run.rubric.rule) if run.rubric else "",
        constraints=constraints(run),
        number=gates(run.rubric) if run.rubric else {},
        marks=MARKS,
        star=CHOSEN,
        thumbs=thumbs,
        samples=_samples(run, branches, steps, thumbs),
        whole=whole,
        skipped=run.listing.skipped,
        appendix=appendix(run),
    )


def _figure(draw: Any, run: Run) -> dict[str, str]:
    light, dark = draw(run, LIGHT), draw(run, DARK)
    finding = light.get_suptitle().replace("\n", " ")
    alt = " ".join(filter(None, (f"Figure: {finding}.", light.note, run.caution)))
    return {"light": figure_uri(light), "dark": figure_uri(dark), "alt": alt}


def _stands_for(record: SampleRecord, step: StepRecord) -> bool:
    """Whether this step stands for its sample where only one is shown: the kept one, else the last."""
    return step.number == (record.chosen or len(record.steps))


def _room(steps: Steps, drawn: list[dict[str, str]]) -> int:
    """Bytes left for thumbnails, after the figures and about as much text as the attempts need."""
    text = _STEP_BYTES * sum(map(len, steps.values()))
    return min(
        BUDGET_BYTES,
        PAGE_BYTES - _OPENING_BYTES - text - sum(len(figure["light"]) + len(figure["dark"]) for figure in drawn),
    )


def _branches(run: Run) -> dict[str, tuple[Branch, ...]]:
    """Sample -> what people made of it, for samples that were branched; one listing for all."""
    ids = {key.split("/")[1] for key in run.store.keys("branches/")}
    return {line.sample_id: run.branches(line.sample_id) for line in run.listing.lines if line.sample_id in ids}


def _said(labels: list[Label]) -> dict[tuple[str, int], list[str]]:
    """(sample, attempt) -> people's words on it, where they disagree or wrote a note."""
    words: dict[tuple[str, int], list[str]] = {}
    for label in labels:
        if label.says == "disagree" or label.note:
            words.setdefault((label.sample_id, label.attempt), []).append(label_words(label))
    return words


def _shown(run: Run, branches: dict[str, tuple[Branch, ...]], of_samples: Steps) -> list[str]:
    """Digests of all pictures the page shows, one for each time."""
    given = [digest for record in run.records for digest in record.pictures.values()]
    steps = [step for several in of_samples.values() for step in several]
    steps += [step for several in branches.values() for branch in several for step in branch.steps[branch.after :]]
    return given + [digest for step in steps for digest in (step.picture, *step.made.values()) if digest]


def _samples(
    run: Run, branches: dict[str, tuple[Branch, ...]], steps: Steps, thumbs: dict[str, str]
) -> list[dict[str, Any]]:
    records = {record.sample_id: record for record in run.records}
    return [
        {
            **_sample(line, records.get(line.sample_id), run, thumbs),
            "steps": _stories(records.get(line.sample_id), run.rubric, steps.get(line.sample_id, [])),
            "branches": [branch_story(branch, run.rubric) for branch in branches.get(line.sample_id, ())],
        }
        for line in run.listing.lines
    ]


def _sample(line: SampleLine, record: SampleRecord | None, run: Run, thumbs: dict[str, str]) -> dict[str, Any]:
    pictures = record.pictures if record else {}
    outcome = record.outcome if record else "not_begun"
    return {
        "id": line.sample_id,
        "outcome": outcome,
        "mark": OUTCOME_MARKS.get(outcome, "○"),
        "ended": outcome_words(record),
        "reason": record.reason if record else "",
        "known": " · ".join(f"{name.replace('_', ' ')}: {value}" for name, value in line.known.items()),
        "wish": "" if one_wish(run) else line.wish,
        "given": [(_role_words(role), thumbs[pictures[role]]) for role in picture_roles(run, record)] if record else [],
    }


def _stories(record: SampleRecord | None, rubric: Rubric | None, steps: list[StepRecord]) -> list[StepStory]:
    numbers = {step.number for step in steps}
    return [story for story in step_stories(record, rubric) if story.number in numbers] if record else []


def _role_words(role: str) -> str:
    return "true picture" if role == "truth" else role.replace("_", " ")
