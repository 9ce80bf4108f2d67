"""What the report says of a run before it shows anything: title, models, rubric, and how to get it again."""

from typing import Any

from ...records import Decision, ModelCard, canonical
from ...rubrics.rules import Rule
from ...runs.reading import Run
from ..figures.palette import colours, gates, ink_on
from ..tables.totals import FINISHED, plural, totals


def lede(run: Run) -> str:
    found = totals(run)
    listed = f"{found.listed} {plural('sample', found.listed)}"
    if run.rubric is None:
        finished = found.outcomes[FINISHED]
        return f"{listed}, {finished} of them finished; a step was chosen in {found.chosen}. No rubric was asked."
    if found.acceptance is None:
        return f"{listed}, none of them judged."
    rate = found.acceptance
    return f"{listed}, {rate.n} of them judged: {rate.count} accepted, {rate.n - rate.count} not."


def facts(run: Run) -> list[tuple[str, str]]:
    info, rubric = run.info, run.rubric
    models = [(argument.replace("_", " ").capitalize(), _card_words(card)) for argument, card in info.models.items()]
    return [
        ("Source", str(info.parameters.get("source", "not recorded"))),
        *models,
        *([("Wish", wish)] if (wish := one_wish(run)) else []),
        ("Rubric", f"{rubric.name}. {rule_words(rubric.rule)}" if rubric else "none was asked"),
        ("Started", info.started_utc.replace("T", " ").replace("Z", " UTC")),
        ("Commit", info.commit or "not recorded"),
        ("Kept in", run.store.url),
    ]


def one_wish(run: Run) -> str:
    """The wish of all samples; '' where they differ."""
    wishes = {line.wish for line in run.listing.lines}
    return wishes.pop() if len(wishes) == 1 else ""


def _card_words(card: ModelCard) -> str:
    kind = {"real": "", "toy": ", a toy with random weights", "scripted": ", scripted"}[card.kind]
    return f"{card.name}{kind}, revision {card.revision[:12]}, licence {card.licence}"


def rule_words(rule: Rule) -> str:
    critical = "the sample is given up" if rule.on_critical is Decision.STOP else "a new start with new noise"
    return (
        f"Accepted when every applicable constraint scores at least {rule.accept_at:g} of 10; "
        f"a critical one under {rule.critical_below:g} means {critical}; anything else is to be corrected."
    )


def constraints(run: Run) -> list[dict[str, Any]]:
    if run.rubric is None:
        return []
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


def appendix(run: Run) -> list[tuple[str, list[tuple[str, str]]]]:
    cards = {f"{argument}.{name}": value for argument, card in run.info.models.items() for name, value in card if value}
    tables = {"Parameters": run.info.parameters, "Models": cards, "Versions": run.info.versions}
    return [(name, [(key, _plain(value)) for key, value in table.items()]) for name, table in tables.items()]


def _plain(value: Any) -> str:
    return value or "(empty)" if isinstance(value, str) else canonical(value)
