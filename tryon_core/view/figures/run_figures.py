"""A run as figures. Each title states what was found in this run, each axis carries its unit.

Where there is nothing to draw, a figure says so in words; where a model is a toy or scripted, it says that too.
"""

from collections.abc import Callable
from typing import NamedTuple

from matplotlib.figure import Figure

from ...runs.reading import Run
from ..streams.arm_figures import arms
from ..streams.effect_figures import tool_effects
from ..tables.people import people_and_judge
from ..tables.transitions import is_line
from .rates.acceptance_figures import accepted_by_iteration, survival
from .rates.heat_figures import constraint_heatmap, failed_together, failures_by_fact
from .rates.slice_figures import by_slice
from .rates.transition_figures import next_failures, regressions
from .score_figures import primary_failures, score_paths
from .step_figures import latency, step_scores
from .versus_figures import discordant_pictures, versus

__all__ = [
    "ALL",
    "accepted_by_iteration",
    "arms",
    "by_slice",
    "constraint_heatmap",
    "discordant_pictures",
    "failed_together",
    "failures_by_fact",
    "figures_for",
    "latency",
    "next_failures",
    "people_and_judge",
    "primary_failures",
    "regressions",
    "score_paths",
    "step_scores",
    "survival",
    "tool_effects",
    "versus",
]

Draw = Callable[..., Figure]  # (run, theme)


class Fits(NamedTuple):
    """Which runs a figure is for.

    shapes  of the flow's steps
    judged  whether it shows a judge's answers
    flow    the only flow that it is for; '' for any
    """

    shapes: tuple[str, ...] = ("line", "tree", "stages")
    judged: bool = True
    flow: str = ""


_CORRECTED = Fits(shapes=("line",))

ALL: dict[Draw, Fits] = {
    accepted_by_iteration: _CORRECTED,
    survival: _CORRECTED,
    constraint_heatmap: _CORRECTED,
    primary_failures: Fits(),
    failed_together: Fits(),
    next_failures: _CORRECTED,
    regressions: _CORRECTED,
    score_paths: _CORRECTED,
    by_slice: Fits(),
    failures_by_fact: Fits(),
    tool_effects: Fits(shapes=("tree",), flow="dual_stream"),
    step_scores: Fits(shapes=("tree", "stages"), judged=False),
    latency: Fits(judged=False),
}


def figures_for(run: Run) -> list[Draw]:
    """The figures that fit a run: its flow and the shape of its steps, and whether a rubric was asked."""
    shape = "line" if is_line(run) else run.info.flow.shape
    return [
        draw
        for draw, fits in ALL.items()
        if shape in fits.shapes
        and fits.flow in ("", run.info.flow.name)
        and (run.rubric is not None or not fits.judged)
    ]
