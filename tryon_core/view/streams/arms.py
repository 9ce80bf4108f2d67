"""The streams against their control arms at equal spend: the same samples and seed, paired, under the same rule."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pandas as pd

from ...errors import BadInput
from ...records import Decision
from ...rubrics.rules import best_attempt, decide
from ...rubrics.satisfaction import satisfaction
from ...runs.reading import Run
from ...steps import JUDGED, Outcome, SampleRecord
from ..tables.totals import joined
from .effects import arm_of, shared_rubric
from .spend import PICTURES, amount, uncounted, unit_named

ARMS = ("streams", "no_tool", "new_noise")
_FREE = ("generator", "judge", "writer")  # arguments of whose models every arm must have the same
_SLACK = 1e-9  # of sums of seconds and money


@dataclass(frozen=True, kw_only=True)
class Arms:
    """Arms of dual_stream over the same samples, each cut off at the same spend.

    runs       by arm, in the order of ARMS
    unit       what is equal, a name of UNITS
    table      one row per sample and arm, see `arms`
    aside      samples that were left out, by reason
    uncounted  arm -> models that were called and do not count this unit
    threshold  the satisfaction that ends a loop, 0-1
    """

    runs: Mapping[str, Run]
    unit: str
    table: pd.DataFrame
    aside: dict[str, int]
    uncounted: dict[str, list[str]]
    threshold: float

    @property
    def caution(self) -> str:
        """What must be said where a model is not real: the streams call all models that the control arms call."""
        return self.runs["streams"].caution

    @property
    def controls(self) -> tuple[str, ...]:
        return tuple(arm for arm in self.runs if arm != "streams")

    @property
    def n(self) -> int:
        """Samples that are compared."""
        return self.table.sample_id.nunique()


def arms(*runs: Run, unit: str = PICTURES) -> Arms:
    """Put the arms of one comparison side by side, sample by sample, at equal spend.

    For each sample the budget is the smallest total of its arms; an arm's outcome is that of its best step (by the
    rule's order) among those that it had within the budget. The first picture, which all arms share, always counts.

    runs    one with the option arm 'streams', and one or both control arms, in any order
    unit    what is equal: a name of UNITS, such as 'pictures', 'denoising_steps' or 'generator_seconds'
    table   sample_id, person, arm, budget, total, spent (up to the last step that counts), step (number of the best),
            pictures (within the budget), accepted (by the rule), satisfaction (0-1; missing where a score is)
    raises  BadInput where the runs are no arms of one comparison, with the difference, or no model counts the unit;
            UnknownName for another unit
    """
    unit_named(unit)
    by_arm = _by_arm(runs)
    _check_alike(by_arm)
    without = {arm: uncounted(run, unit) for arm, run in by_arm.items()}
    if uncounting := [arm for arm, (_, counts) in without.items() if not counts]:
        raise BadInput(f"no model of {joined(uncounting)} counts {unit}; compare by 'pictures' or 'generator_seconds'")
    samples, aside = matched(by_arm)
    if not samples:
        reasons = "; ".join(f"{count} {reason}" for reason, count in aside.items())
        raise BadInput(f"no sample was judged in every arm ({reasons}); finish the runs first")
    rows = [row for records in samples for row in _rows(records, by_arm, unit)]
    return Arms(
        runs=by_arm,
        unit=unit,
        table=pd.DataFrame(rows).astype({"satisfaction": "float64", "step": "Int64"}),
        aside=dict(aside),
        uncounted={arm: names for arm, (names, _) in without.items() if names},
        threshold=_options(by_arm["streams"]).get("satisfaction_threshold", 0.9),
    )


def _options(run: Run) -> dict[str, Any]:
    return run.info.parameters.get("options", {})


# ---- whether they can be compared ------------------------------------------------------------------------------------


def _by_arm(runs: tuple[Run, ...]) -> dict[str, Run]:
    others = [run.info.flow.name for run in runs if run.info.flow.name != "dual_stream"]
    if others:
        raise BadInput(f"arms are runs of dual_stream, got one of {others[0]}; compare other runs with versus")
    shared_rubric(runs)
    counts = Counter(arm_of(run) for run in runs)
    twice = [arm for arm, count in counts.items() if count > 1]
    if twice or "streams" not in counts or len(counts) < 2:
        got = joined(arm_of(run) for run in runs)
        raise BadInput(f"give one run with the arm 'streams' and one of each control arm, got {got}")
    return {arm: run for arm in ARMS for run in runs if arm_of(run) == arm}


def _check_alike(by_arm: Mapping[str, Run]) -> None:
    """raises BadInput with what differs between the streams and a control arm, beside the arm and its tools"""
    first = by_arm["streams"]
    for arm, run in by_arm.items():
        lines = [line for line in first.info.differences(run.info) if not _may_differ(line.partition(":")[0], first)]
        if run.info.listing_digest != first.info.listing_digest:
            lines.insert(0, f"other samples are listed, {len(first.listing.lines)} -> {len(run.listing.lines)}")
        if lines:
            raise BadInput(f"streams and {arm} cannot be compared, they differ in more: {'; '.join(lines)}")


def _may_differ(name: str, run: Run) -> bool:
    """The arm itself, and the models that only the picture stream calls."""
    free = [argument for argument in run.info.flow.arguments if argument not in _FREE]
    paths = [f"{where}.{argument}" for argument in free for where in ("models", "parameters.models")]
    return name in ("parameters.options.arm", "parameters.reuse", "parameters.models", *paths) or any(
        name.startswith(f"{path}.") for path in paths
    )


def matched(runs: Mapping[str, Run], ends: Sequence[Outcome] = JUDGED) -> tuple[list[dict[str, SampleRecord]], Counter]:
    """The samples that ended like this in every run, by the runs' names, and how many were left out for which reason.

    The runs have one listing; in its order.
    """
    records = {name: {record.sample_id: record for record in run.records} for name, run in runs.items()}
    samples, aside = [], Counter()
    for line in next(iter(runs.values())).listing.lines:
        each = {name: records[name].get(line.sample_id) for name in runs}
        outcomes = {name: record.outcome if record else "not_begun" for name, record in each.items()}
        without = [f"{end.replace('_', ' ')} in {name}" for name, end in outcomes.items() if end not in ends]
        if without:
            aside[joined(without)] += 1
        elif len({str(record.pictures) for record in each.values()}) > 1:
            aside["with other pictures under the same id"] += 1
        else:
            samples.append(each)
    return samples, aside


# ---- at equal spend --------------------------------------------------------------------------------------------------


def _rows(records: Mapping[str, SampleRecord], by_arm: Mapping[str, Run], unit: str) -> Iterator[dict[str, Any]]:
    spent = {arm: list(accumulate(amount(s, by_arm[arm], unit) for s in records[arm].steps)) for arm in records}
    budget = min(each[-1] for each in spent.values())
    for arm, record in records.items():
        within = [place for place, total in enumerate(spent[arm]) if not place or total <= budget + _SLACK]
        steps = [record.steps[place] for place in within]
        best = best_attempt(steps, by_arm[arm].rubric)
        judgement = best.judgement if best else None
        yield {
            "sample_id": record.sample_id,
            "person": record.person,
            "arm": arm,
            "budget": budget,
            "total": spent[arm][-1],
            "spent": spent[arm][within[-1]],
            "step": best.number if best else None,
            "pictures": sum(step.picture is not None for step in steps),
            "accepted": bool(judgement) and decide(judgement, by_arm[arm].rubric) is Decision.ACCEPT,
            "satisfaction": satisfaction(judgement, by_arm[arm].rubric) if judgement else None,
        }
