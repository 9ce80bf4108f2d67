"""Candidates whose picture nearly repeats an earlier one: nothing more is spent on them."""

from collections.abc import Sequence
from dataclasses import replace

from ...pictures.repeats import colour_apart
from ...steps import Step


def pruned(drawn: Sequence[Step], earlier: Sequence[Step], within: float) -> list[Step]:
    """The steps in order; one no further than `within` Lab units from an earlier picture says so and has no potential.

    drawn, earlier   numbered; of them those that repeat nothing are compared with
    within           0: nothing is pruned
    """
    if not within:
        return list(drawn)
    known = [step for step in earlier if not repeats_another(step)]
    looked_at = []
    for step in drawn:
        apart = [(colour_apart(step.image, other.image), other.number) for other in known]
        distance, nearest = min(apart, default=(None, 0))
        if distance is not None and distance <= within:
            looked_at.append(_repeating(step, nearest, distance))
        else:
            looked_at.append(step)
            known.append(step)
    return looked_at


def repeats_another(step: Step) -> bool:
    return "repeats" in step.data


def _repeating(step: Step, nearest: int, distance: float) -> Step:
    why = f"nearly repeats candidate {nearest}: {distance:.2f} Lab units apart"
    data = {"potential": None, "unranked": why, "repeats": nearest, "apart": round(distance, 3)}
    return replace(step, data={**step.data, **data})
