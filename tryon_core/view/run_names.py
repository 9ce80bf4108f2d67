"""What a run is called: by what it ran (flow, generator, judge, seed, date), never by its folder or its hash alone."""

from collections.abc import Mapping

import pandas as pd

from ..records import ModelCard
from ..runs.kept.info import RunInfo
from ..runs.reading import Run
from .tables.totals import joined, totals


def title(run: Run) -> str:
    """E.g. 'Closed loop: warp, judged by measure'."""
    models, info = run.info.models, run.info
    judges = _names(info.cards("judge"))
    drew = _names(info.cards("generator")) or [name for name in _names(models) if name not in judges]
    parts = [joined(drew)] if drew else []
    parts += [f"judged by {joined(judges)}"] if judges else []
    flow = info.flow.name.rpartition(".")[2].replace("_", " ").capitalize()
    return f"{flow}: {', '.join(parts)}" if parts else flow


def run_name(run: Run) -> str:
    """E.g. 'Closed loop: warp, judged by measure; seed 3; 2026-11-30 15:06 UTC'."""
    seed = run.info.parameters.get("seed")
    return "; ".join([title(run), *([] if seed is None else [f"seed {seed}"]), _started(run.info)])


def names_of(runs: Mapping[str, Run]) -> dict[str, str]:
    """Each run's name; with its place where runs of the same name are told apart by nothing else."""
    names = {key: run_name(run) for key, run in runs.items()}
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {key: f"{name}; in {runs[key].store.url}" if name in twice else name for key, name in names.items()}


def ran(*runs: Run) -> pd.DataFrame:
    """One row per run, as they are given: what it ran, when, where it is, and how many samples it accepted.

    flow, generator, judge, seed   as run.json has them; '' where there is none
    accepted                       'x of n' judged samples; '' where no rubric was asked or nothing was judged
    """
    columns = ["flow", "generator", "judge", "seed", "started", "samples", "accepted", "place"]
    return pd.DataFrame([_row(run) for run in runs], columns=columns)


def _row(run: Run) -> tuple[str, ...]:
    info, found = run.info, totals(run)
    rate = found.acceptance if run.rubric else None
    accepted = f"{rate.count} of {rate.n}" if rate else ""
    models = [joined(names) if (names := _names(info.cards(role))) else "" for role in ("generator", "judge")]
    seed = str(info.parameters.get("seed", ""))
    return (info.flow.name, *models, seed, _started(info), str(found.listed), accepted, run.store.url)


def _started(info: RunInfo) -> str:
    """To the minute."""
    return f"{info.started_utc[:16].replace('T', ' ')} UTC"


def _names(cards: dict[str, ModelCard]) -> list[str]:
    return list(dict.fromkeys(card.name for card in cards.values()))
