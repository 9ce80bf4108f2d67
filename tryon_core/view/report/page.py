"""One run as one HTML page: opens offline, asks nothing from outside, prints, reads on a phone, light and dark.

All text is escaped by the template engine; the page's own policy forbids scripts and every request.
"""

from pathlib import Path
from typing import Any

import jinja2

from ...errors import StorageError
from ...records import Decision, ModelCard, SampleLine, SampleRecord, canonical
from ...rubrics.rules import Rule
from ...runs.info import Branch
from ...runs.labels import Label
from ...runs.reading import Run
from ..figures import run_figures as figures
from ..figures.inlined import BUDGET_BYTES, figure_uri, thumbnails
from ..figures.palette import DARK, LIGHT, MARKS, colours, gates, ink_on
from ..tables.people import spoken
from ..tables.story import OUTCOME_MARKS, attempt_stories, branch_story, label_words, outcome_words
from ..tables.totals import plural, summary, totals

ROLES = {"person": "person", "garment": "garment", "truth": "true picture"}
PAGE_BYTES = 9_500_000  # a page can be mailed
_ATTEMPT_BYTES = 4_000  # of text, for one attempt with its findings
NO_LARGE_MODEL = "No picture here was drawn by a large model."

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def write_report(run: Run, path: str | Path) -> Path:
    """Write the page, over an earlier one; returns where. Raises StorageError where that cannot be written."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report_html(run), encoding="utf-8")
    except StorageError:
        raise  # of the run, not of the page
    except OSError as e:
        raise StorageError(f"cannot write the report to {path}: {e.strerror or e}; give another path") from e
    return path


def report_html(run: Run) -> str:
    """The page as text. Under 10 MB for 100 samples of 4 attempts; thumbnails shrink as a run grows."""
    branches, said = _branches(run), spoken(run)
    drawn = [_figure(draw, run) for draw in figures.ALL]
    of_people = [_figure(figures.people_and_judge, run)] if said else []
    thumbs = thumbnails(run, _shown(run, branches), _room(run, [*drawn, *of_people]))
    return _TEMPLATES.get_template("report.html.j2").render(
        title=_title(run),
        lede=_lede(run),
        caution=run.caution,
        not_large=NO_LARGE_MODEL if run.info.models["generator"].name == "warp" else "",
        facts=_facts(run),
        summary=summary(run).reset_index().itertuples(index=False, name=None),
        figures=drawn,
        of_people=of_people,
        said=_said(said),
        rule=_rule_words(run.rubric.rule),
        constraints=_constraints(run),
        number=gates(run.rubric),
        marks=MARKS,
        thumbs=thumbs,
        samples=_samples(run, branches, thumbs),
        skipped=run.listing.skipped,
        appendix=_appendix(run),
    )


# ---- what ran --------------------------------------------------------------------------------------------------------


def _title(run: Run) -> str:
    drew, judged = run.info.models["generator"].name, run.info.models["judge"].name
    return f"{run.info.parameters.get('flow', 'run').replace('_', ' ').capitalize()}: {drew}, judged by {judged}"


def _lede(run: Run) -> str:
    found = totals(run)
    listed = f"{found.listed} {plural('sample', found.listed)}"
    if found.acceptance is None:
        return f"{listed}, none of them judged."
    rate = found.acceptance
    return f"{listed}, {rate.n} of them judged: {rate.count} accepted, {rate.n - rate.count} not."


def _facts(run: Run) -> list[tuple[str, str]]:
    info = run.info
    models = [(role.capitalize(), _card_words(card)) for role, card in info.models.items()]
    return [
        ("Source", str(info.parameters.get("source", "not recorded"))),
        *models,
        *([("Wish", wish)] if (wish := _one_wish(run)) else []),
        ("Rubric", f"{run.rubric.name}. {_rule_words(run.rubric.rule)}"),
        ("Started", info.started_utc.replace("T", " ").replace("Z", " UTC")),
        ("Commit", info.commit or "not recorded"),
        ("Kept in", run.store.url),
    ]


def _one_wish(run: Run) -> str:
    """The wish of all samples; '' where they differ."""
    wishes = {line.wish for line in run.listing.lines}
    return wishes.pop() if len(wishes) == 1 else ""


def _card_words(card: ModelCard) -> str:
    kind = {"real": "", "toy": ", a toy with random weights", "scripted": ", scripted"}[card.kind]
    return f"{card.name}{kind}, revision {card.revision[:12]}, licence {card.licence}"


def _rule_words(rule: Rule) -> str:
    critical = "the sample is given up" if rule.on_critical is Decision.STOP else "a new start with new noise"
    return (
        f"Accepted when every applicable constraint scores at least {rule.accept_at:g} of 10; "
        f"a critical one under {rule.critical_below:g} means {critical}; anything else is corrected."
    )


# ---- what came out ---------------------------------------------------------------------------------------------------


def _figure(draw: Any, run: Run) -> dict[str, str]:
    light, dark = draw(run, LIGHT), draw(run, DARK)
    finding = light.get_suptitle().replace("\n", " ")
    alt = " ".join(filter(None, (f"Figure: {finding}.", light.note, run.caution)))
    return {"light": figure_uri(light), "dark": figure_uri(dark), "alt": alt}


def _room(run: Run, drawn: list[dict[str, str]]) -> int:
    """Bytes left for thumbnails, after the figures and about as much text as the attempts need."""
    text = _ATTEMPT_BYTES * sum(len(record.attempts) for record in run.records)
    return min(BUDGET_BYTES, PAGE_BYTES - text - sum(len(one["light"]) + len(one["dark"]) for one in drawn))


def _branches(run: Run) -> dict[str, tuple[Branch, ...]]:
    """Sample -> what people made of it, for samples that were branched; one listing for all."""
    ids = {key.split("/")[1] for key in run.store.keys("branches/")}
    return {line.sample_id: run.branches(line.sample_id) for line in run.listing.lines if line.sample_id in ids}


def _said(said: list[Label]) -> dict[tuple[str, int], list[str]]:
    """(sample, attempt) -> people's words on it, where they disagree or wrote a note."""
    words: dict[tuple[str, int], list[str]] = {}
    for label in said:
        if label.says == "disagree" or label.note:
            words.setdefault((label.sample_id, label.attempt), []).append(label_words(label))
    return words


def _shown(run: Run, branches: dict[str, tuple[Branch, ...]]) -> list[str]:
    """Digests of all pictures the page shows, one for each time."""
    given = [record.pictures[role] for record in run.records for role in ROLES if role in record.pictures]
    drawn = [attempt.picture for record in run.records for attempt in record.attempts]
    own = [attempt for several in branches.values() for one in several for attempt in one.attempts[one.after :]]
    return given + drawn + [attempt.picture for attempt in own]


def _samples(run: Run, branches: dict[str, tuple[Branch, ...]], thumbs: dict[str, str]) -> list[dict[str, Any]]:
    records = {record.sample_id: record for record in run.records}
    return [
        {
            **_sample(line, records.get(line.sample_id), run, thumbs),
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
        "known": " · ".join(filter(None, (line.difficulty, line.gender, line.garment_type, line.pattern))),
        "wish": "" if _one_wish(run) else line.wish,
        "given": [(name, thumbs[pictures[role]]) for role, name in ROLES.items() if role in pictures],
        "attempts": attempt_stories(record, run.rubric) if record else [],
    }


# ---- what was asked, and with what -----------------------------------------------------------------------------------


def _constraints(run: Run) -> list[dict[str, Any]]:
    number, colour = gates(run.rubric), colours(run.rubric)
    return [
        {
            "number": number[asked.key],
            "key": asked.key,
            "tier": asked.tier,
            "asks": asked.asks,
            "colour": colour[asked.key],
            "ink": ink_on(colour[asked.key]),
        }
        for asked in run.rubric.constraints
    ]


def _appendix(run: Run) -> list[tuple[str, list[tuple[str, str]]]]:
    cards = {f"{role}.{name}": value for role, card in run.info.models.items() for name, value in card if value}
    tables = {"Parameters": run.info.parameters, "Models": cards, "Versions": run.info.versions}
    return [(name, [(key, _plain(value)) for key, value in table.items()]) for name, table in tables.items()]


def _plain(value: Any) -> str:
    return value or "(empty)" if isinstance(value, str) else canonical(value)
