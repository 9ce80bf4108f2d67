"""Runs that are made once: the same parameters find their finished run again, or go on with an unfinished one."""

from typing import Any

from .batch import run_batch
from .parameters import BatchParameters
from .view.opened import Run, open_run

# The demo samples from noise in place of warp's best blind drawing: of the seeds 1 to 8 the one with the most failures,
# so it shows how attempts fail, not how often.
SHOWCASE = BatchParameters(seed=3)


def kept_run(parameters: BatchParameters = SHOWCASE, **given: Any) -> Run:
    """The run of these parameters, made now where it is not there yet.

    parameters  with an empty `output` the run lies in runs/, named by everything that decides its answers
    given       as for run_batch: models, flow, source, store, progress
    """
    return open_run(run_batch(parameters, **given).url)
