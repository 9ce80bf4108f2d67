"""Strategies on the same samples at the same ledger: what is compared, what is refused, what each kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from ...errors import BadInput, UnknownName
from ...records import ModelCard
from ...runs.reading import Run, caution_of
from ...steps import JUDGED
from ..streams.arms import matched
from ..streams.spend import PICTURES, UNITS, uncounted, unit_named
from ..tables.totals import joined
from .entries import Entry, entry
from .held_out_scores import checked
from .selecting import Selecting, selecting

FLOWS = ("search", "closed_loop")
Place = tuple[str, str, int]  # strategy, sample_id, step
_ENDS = ("finished", "not_judged", *JUDGED)  # where no picture could be judged, the sample counts as unscored


@dataclass(frozen=True, kw_only=True)
class Held:
    """What one held-out metric says of the pictures.

    values   the numbers there are, turned around where low is better, so that higher is better in all
    reasons  why there is none, where a row says it
    sign     -1 where they are turned around, else 1
    """

    values: Mapping[Place, float]
    reasons: Mapping[Place, str]
    sign: int
    unit: str

    @property
    def better(self) -> str:
        return "lower" if self.sign < 0 else "higher"

    def of(self, entry: Entry, budget: float | None = None) -> float | None:
        """The number of what an entry keeps at a budget, else of all; None where there is none."""
        pick = entry.pick(budget)
        return None if pick is None else self.values.get((entry.strategy, entry.sample_id, pick.step))


@dataclass(frozen=True, kw_only=True)
class Arena:
    """Strategies over the same samples.

    runs       by strategy, in the order given
    unit       what is equal, a name of UNITS
    entries    each sample under each strategy, sample by sample
    scores     rows of HELD_OUT with the column strategy in place of run
    selecting  strategy -> what it selected on
    aside      samples that were left out, by reason
    uncounted  strategy -> models that were called and do not count this unit
    """

    runs: Mapping[str, Run]
    unit: str
    entries: tuple[Entry, ...]
    scores: pd.DataFrame
    selecting: Mapping[str, Selecting]
    aside: Mapping[str, int]
    uncounted: Mapping[str, Sequence[str]]

    @property
    def strategies(self) -> tuple[str, ...]:
        return tuple(self.selecting)

    @property
    def unit_words(self) -> str:
        return UNITS[self.unit].words

    @property
    def n(self) -> int:
        """Samples that are compared."""
        return len({each.sample_id for each in self.entries})

    @property
    def persons(self) -> int:
        return len({each.person for each in self.entries})

    @property
    def caution(self) -> str:
        """What must be said where a model is not real; '' where all are."""
        return shared_caution(self.runs)

    @cached_property
    def by_sample(self) -> dict[str, dict[str, Entry]]:
        """sample_id -> strategy -> its entry."""
        table: dict[str, dict[str, Entry]] = {}
        for each in self.entries:
            table.setdefault(each.sample_id, {})[each.strategy] = each
        return table

    def reported(self, metrics: Sequence[str] = (), circular: bool = False) -> dict[str, bool]:
        """The metrics to report, none: all that are scored, and whether each is circular.

        raises  UnknownName for one that is not scored; BadInput for one that any strategy selected on, unless
                `circular` allows it
        """
        scored = list(dict.fromkeys(self.scores.metric))
        for name in metrics:
            if name not in scored:
                raise UnknownName("held-out metric", name, scored)
        by = {name: self.selected_by(name) for name in (metrics or scored)}
        if not circular and (selected := {name: strategies for name, strategies in by.items() if strategies}):
            name, strategies = next(iter(selected.items()))
            held_out = [metric for metric in scored if not self.selected_by(metric)]
            raise BadInput(
                f"{name} selected in {joined(strategies)}, so it cannot report on them; give metrics={held_out}, or "
                "circular=True, which marks its rows"
            )
        return {name: bool(strategies) for name, strategies in by.items()}

    def selected_by(self, metric: str) -> list[str]:
        """The strategies that selected on a metric, or on another answer of what gave it."""
        scorers = set(self.scores.scorer[self.scores.metric == metric])
        return [
            name
            for name, selected in self.selecting.items()
            if any(selected.is_circular(metric, scorer) for scorer in scorers)
        ]

    @cached_property
    def held(self) -> dict[str, Held]:
        """Metric -> what it says of the pictures."""
        return {name: _held(rows) for name, rows in self.scores.groupby("metric", sort=False)}


def _held(rows: pd.DataFrame) -> Held:
    scored, rest = rows[rows.value.notna()], rows[rows.value.isna()]
    sign = -1 if rows.better.iloc[0] == "lower" else 1
    return Held(
        values=dict(zip(_places(scored), (sign * scored.value).tolist(), strict=True)),
        reasons=dict(zip(_places(rest), rest.reason, strict=True)),
        sign=sign,
        unit=rows.unit.iloc[0],
    )


def shared_caution(runs: Mapping[str, Run]) -> str:
    """What must be said where a model is not real; of a model that all these runs have, once."""
    cards: dict[str, dict[str, ModelCard]] = {}
    for name, run in runs.items():
        for argument, card in run.info.models.items():
            cards.setdefault(argument, {})[name] = card
    said = {}
    for argument, by_run in cards.items():
        if len(by_run) == len(runs) and len({card.name for card in by_run.values()}) == 1:
            said[argument] = next(iter(by_run.values()))
        else:
            said |= {f"{argument} of {name}": card for name, card in by_run.items()}
    return caution_of(said)


def _places(rows: pd.DataFrame) -> Iterator[Place]:
    return zip(rows.strategy, rows.sample_id, rows.step.tolist(), strict=True)


def arena(*runs: Run, scores: pd.DataFrame, unit: str = PICTURES) -> Arena:
    """Put strategies side by side, sample by sample.

    runs    two or more of the flows in FLOWS over the same samples and generator, in any order
    scores  held-out scores of their pictures, see held_out_scores
    unit    what is equal: 'pictures', 'denoising_steps', 'judge_tokens', 'seconds', 'money' or another name of UNITS
    raises  BadInput where they do not compare, with the difference, no model counts the unit, or the scores are no such
            table; UnknownName for another unit
    """
    unit_named(unit)
    by_name = by_strategy(runs)
    check_alike(by_name)
    without = {name: uncounted(run, unit) for name, run in by_name.items()}
    if uncounting := [name for name, (_, counts) in without.items() if not counts]:
        raise BadInput(f"no model of {joined(uncounting)} counts {unit}; compare by 'pictures' or 'seconds'")
    samples, aside = matched(by_name, _ENDS)
    if not samples:
        reasons = "; ".join(f"{count} {reason}" for reason, count in aside.items())
        raise BadInput(f"no sample ended in every run ({reasons}); finish the runs first")
    name_of = {run.store.url: name for name, run in by_name.items()}
    table = checked(scores, runs)
    return Arena(
        runs=by_name,
        unit=unit,
        entries=tuple(entry(name, records[name], by_name[name], unit) for records in samples for name in by_name),
        scores=table.assign(strategy=table.run.map(name_of)).drop(columns="run"),
        selecting={name: selecting(run) for name, run in by_name.items()},
        aside=dict(aside),
        uncounted={name: models for name, (models, _) in without.items() if models},
    )


# ---- whether they can be compared ------------------------------------------------------------------------------------


def by_strategy(runs: tuple[Run, ...]) -> dict[str, Run]:
    """Each run by its strategy; runs of one strategy are told apart by the settings in which they differ."""
    if len(runs) < 2:
        raise BadInput(f"an arena needs two runs or more, got {len(runs)}; run another strategy on the same samples")
    if others := [run.info.flow.name for run in runs if run.info.flow.name not in FLOWS]:
        raise BadInput(f"the arena takes runs of {joined(FLOWS)}, got one of {others[0]}")
    names = [strategy_of(run) for run in runs]
    settings = [_settings(run) for run in runs]
    for name in set(names):
        places = [place for place, other in enumerate(names) if other == name]
        differing = {key for place in places for key in settings[place]} if len(places) > 1 else set()
        differing = {key for key in differing if len({repr(settings[place].get(key)) for place in places}) > 1}
        for place in places if differing else ():
            words = ", ".join(f"{key} {settings[place].get(key)}" for key in sorted(differing))
            names[place] = f"{name} ({words})"
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadInput(f"two runs of {joined(sorted(twice))} have the same settings; give one of them")
    return dict(zip(names, runs, strict=True))


def strategy_of(run: Run) -> str:
    name = run.info.flow.name
    return str(run.info.parameters.get("options", {}).get("strategy", name)) if name == "search" else name


def _settings(run: Run) -> dict[str, Any]:
    """What tells runs of one strategy apart, by name."""
    models = {argument: card.name for argument, card in run.info.models.items()}
    return {**run.info.parameters.get("options", {}), "seed": run.info.parameters.get("seed"), **models}


def check_alike(by_name: Mapping[str, Run]) -> None:
    """raises BadInput with what differs in the samples or the generator; everything else is a strategy's own"""
    (first_name, first), *others = by_name.items()
    for name, run in others:
        lines = [line for line in first.info.differences(run.info) if line.startswith("models.generator")]
        mine, theirs = _generator_options(first), _generator_options(run)
        lines += [f"options of the generator: {mine} -> {theirs}"] if mine != theirs else []
        if run.info.listing_digest != first.info.listing_digest:
            lines.insert(0, f"other samples are listed, {len(first.listing.lines)} -> {len(run.listing.lines)}")
        if lines:
            raise BadInput(f"{first_name} and {name} cannot be compared, they differ in more: {'; '.join(lines)}")


def _generator_options(run: Run) -> dict[str, Any]:
    return run.info.parameters.get("models", {}).get("generator", {}).get("options", {})
