"""What each tool did to the constraints it was used for, and to the others, over the steps of one or several runs.

A failed constraint is drawn anew by every correction, so some of it rises by chance: a tool is read against the rows
'words' and 'new_noise', of this run and of its control arms.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from ...errors import BadInput
from ...rubrics.rules import Rubric, best_attempt, failures
from ...runs.reading import Run
from ...stats import FEWEST_CLUSTERS, clustered
from ...stats.comparing import Paired, paired
from ...steps import COUNTED, SampleRecord, StepRecord

NOTICED = 0.5  # points of 10: a smaller move of a score is called unchanged
EFFECTS = ("improved", "unchanged", "broke")
TOOLS = ("depth", "canny", "fill", "put_back", "words", "new_noise")  # their order; other stages follow
_CONTROLS = ("words", "new_noise")

_TYPES = {
    **{"arm": "str", "sample_id": "str", "person": "str", "tool": "str", "model": "str", "strategy": "str"},
    **{"step": "int64", "base": "int64", "constraint": "str", "targeted": "bool"},
    **{"before": "float64", "after": "float64", "move": "float64", "effect": "str", "lost": "bool"},
}
_RATES = dict.fromkeys(("rate", "low", "high"), "float64")


def arm_of(run: Run) -> str:
    """'streams', 'no_tool' or 'new_noise'; the default where the run's options name none."""
    return str(run.info.parameters.get("options", {}).get("arm", "streams"))


def effects(*runs: Run) -> pd.DataFrame:
    """One row per correction and constraint, in listing order; a step that two runs share counts once.

    tool        the stage: a tool's name, 'words', or 'new_noise'
    base        the step that it corrects, as the flow says; else its parent, else the best attempt before it
    targeted    whether the tool was used for it; words and new noise that name no target are used for all that failed
    before, after, move  scores 0-10 and their difference; missing where one was not scored
    effect      'improved', 'unchanged' (moved by less than NOTICED) or 'broke'; missing without a move
    lost        met before, failed after
    raises      BadInput where no run is given, one asked no rubric, or they ask for other constraints
    """
    rubric = shared_rubric(runs)
    rows: list[dict[str, Any]] = []
    seen: set[tuple] = set()
    for run in runs:
        for record, step, base in corrections_of(run):
            same = (record.sample_id, step.stage, base.picture, step.picture)
            if same not in seen:
                seen.add(same)
                rows += _rows(run, record, step, base)
    table = pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)
    gate = {key: place for place, key in enumerate(rubric.keys)}
    return table.assign(constraint=pd.Categorical(table.constraint, list(gate), ordered=True))


def shared_rubric(runs: Sequence[Run]) -> Rubric:
    """The first run's, after it is checked that all ask for the same constraints."""
    if not runs:
        raise BadInput("no run was given; give one run of dual_stream, or its arms")
    if any(run.rubric is None for run in runs):
        raise BadInput("no rubric was asked in one of these runs, so no constraint moved; judge the pictures first")
    if other := [run.store.url for run in runs if run.rubric.keys != runs[0].rubric.keys]:
        raise BadInput(f"{other[0]} asks for other constraints than {runs[0].store.url}; give runs of one rubric")
    return runs[0].rubric


def corrections_of(run: Run) -> Iterator[tuple[SampleRecord, StepRecord, StepRecord]]:
    """(sample, step, the step that it corrects) of samples that count in rates; of the step some may be unscored."""
    for record in run.records:
        if record.outcome not in COUNTED:
            continue
        for place, step in enumerate(record.steps):
            base = _base(step, record.steps[:place], run.rubric)
            if base is not None and base.judged and step.judgement is not None:
                yield record, step, base


def _base(step: StepRecord, before: Sequence[StepRecord], rubric: Rubric) -> StepRecord | None:
    number = step.data.get("base") or step.parent
    return before[number - 1] if number else best_attempt(before, rubric)


def _rows(run: Run, record: SampleRecord, step: StepRecord, base: StepRecord) -> Iterator[dict[str, Any]]:
    targets = step.data.get("targets") or failures(base.judgement, run.rubric)
    met = run.rubric.rule.accept_at
    for key in run.rubric.keys:
        before, after = (each.judgement.scores[key].score for each in (base, step))
        scored = before is not None and after is not None
        yield {
            "arm": arm_of(run),
            "sample_id": record.sample_id,
            "person": record.person,
            "tool": step.stage,
            "model": step.data.get("model", ""),
            "strategy": step.data.get("strategy", ""),
            "step": step.number,
            "base": base.number,
            "constraint": key,
            "targeted": key in targets,
            "before": before,
            "after": after,
            "move": round(after - before, 4) if scored else None,
            "effect": effect_of(after - before) if scored else None,
            "lost": scored and before >= met > after,
        }


def effect_of(move: float) -> str:
    if abs(move) < NOTICED:
        return "unchanged"
    return "improved" if move > 0 else "broke"


def tool_effects(*runs: Run) -> pd.DataFrame:
    """What each tool did to what it was used for: one row per tool (TOOLS) and constraint (gate order).

    improved, unchanged, broke  corrections that raised, kept, lowered its score; they add up to n
    n          corrections for this constraint that scored it before and after
    unscored   those that did not
    rate, low, high  improved / n with its 95 % interval over persons (stats.clustered); no interval below six persons
    """
    table = effects(*runs)
    groups = table[table.targeted].groupby(["tool", "constraint"], sort=False, observed=True)
    rows = [{"tool": tool, "constraint": str(key), **_counts(cells)} for (tool, key), cells in groups]
    counts = pd.DataFrame(rows, columns=["tool", "constraint", *EFFECTS, "n", "unscored", *_RATES]).astype(_RATES)
    return _in_order(counts, shared_rubric(runs))


def _counts(cells: pd.DataFrame) -> dict[str, Any]:
    scored = cells[cells.effect.notna()]
    counts = {effect: int((scored.effect == effect).sum()) for effect in EFFECTS}
    row = {**counts, "n": len(scored), "unscored": len(cells) - len(scored)}
    return row | rate((scored.effect == "improved").tolist(), scored.person.tolist())


def side_effects(*runs: Run) -> pd.DataFrame:
    """What each tool did to what it was not used for: one row per tool.

    broke      corrections after which at least one constraint failed that was met before, which a target never is
    n          corrections
    rate, low, high  broke / n with its 95 % interval over persons
    """
    table = effects(*runs)
    each = table.groupby(["tool", "arm", "sample_id", "person", "step"], sort=False).lost.any().reset_index()
    rows = [
        {"tool": tool, "broke": int(cells.lost.sum()), "n": len(cells)} | rate(cells.lost, cells.person)
        for tool, cells in each.groupby("tool", sort=False)
    ]
    return _in_order(pd.DataFrame(rows, columns=["tool", "broke", "n", *_RATES]).astype(_RATES), shared_rubric(runs))


def rate(yes: Sequence[bool], persons: Sequence[str]) -> dict[str, float | None]:
    """rate, low, high: the share of yes with its 95 % interval over persons, which fewer than six have not."""
    if not len(yes):
        return {}
    share = clustered(list(yes), list(persons))
    few = len(set(persons)) < FEWEST_CLUSTERS
    return {"rate": share.share, "low": None if few else share.low, "high": None if few else share.high}


def _in_order(table: pd.DataFrame, rubric: Rubric) -> pd.DataFrame:
    tools = [*TOOLS, *sorted(set(table.tool) - set(TOOLS))]
    places = {name: place for place, name in enumerate((*tools, *rubric.keys))}
    names = [name for name in ("tool", "constraint") if name in table]
    return table.sort_values(names, key=lambda column: column.map(places), ignore_index=True)


def first_corrections(streams: Run, control: Run) -> Paired | None:
    """Whether a tool raises its first target more often than a control arm does, from the very same picture.

    A pair is a sample whose first picture is the same in both runs, where the streams used a tool on it: improved by
    the tool, and improved by the control arm's correction of that picture.

    returns   A the tool, B the control, over persons; None where there is no such pair
    """
    tools, controls = _first(streams), _first(control)
    pairs = []
    for sample_id in tools.keys() & controls.keys():
        (record, step, base), (_, other, other_base) = tools[sample_id], controls[sample_id]
        if step.stage in _CONTROLS or not step.data.get("targets") or base.picture != other_base.picture:
            continue
        key = step.data["targets"][0]
        moves = [_move(step, base, key), _move(other, other_base, key)]
        if None not in moves:
            pairs.append((*(effect_of(move) == "improved" for move in moves), record.person))
    return paired(*zip(*pairs, strict=True)) if pairs else None


def _first(run: Run) -> dict[str, tuple[SampleRecord, StepRecord, StepRecord]]:
    """Sample -> its first correction, which is of the first picture."""
    return {record.sample_id: (record, step, base) for record, step, base in corrections_of(run) if step.number == 2}


def _move(step: StepRecord, base: StepRecord, key: str) -> float | None:
    before, after = (each.judgement.scores[key].score for each in (base, step))
    return None if before is None or after is None else after - before
