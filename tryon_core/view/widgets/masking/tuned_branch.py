"""What a person's mask makes of a garment pipeline: a branch behind its segment stage, to step on."""

from collections.abc import Callable

from ....errors import BadInput
from ....runs.stepping import LOOP, LiveLoop
from ....steps import Change
from ..stepping.stepper import IterationStepper

STAGE = "segment"


def tuned_branch(live: LiveLoop) -> Callable[[Change], IterationStepper]:
    """For MaskTuner(shows=...): a change opens a branch behind the last segment step, or finds the one that it opened
    before, and draws its refined mask; the stepper does the rest."""

    def shown(change: Change) -> IterationStepper:
        """raises   BadInput where nothing was segmented yet"""
        name = _branch(live, change)
        if len(live.lines()[name].steps) == live.lines()[name].after:
            live.step(name)
        stepper = IterationStepper(live)
        stepper.line = name
        stepper.attempt = len(live.lines()[name].steps)
        return stepper

    return shown


def _branch(live: LiveLoop, change: Change) -> str:
    """The name of the line that this very change opened, or opens now."""
    lines = live.lines()
    found = [step.number for step in lines[LOOP].steps if step.stage == STAGE]
    if not found:
        raise BadInput(f"{live.sample_id} has no {STAGE} step yet that a mask could answer; step it first")
    behind = [line for line in lines.values() if line.parent == LOOP and line.after == found[-1]]
    same = [line.name for line in behind if line.steps[line.after - 1].change == change.record()]
    return same[0] if same else live.branch(LOOP, found[-1], change)
