"""Runs that are made once: the same parameters find their finished run again, or go on with an unfinished one."""

import contextlib
import fcntl
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..records import canonical
from .batch import run_batch
from .parameters import BatchParameters
from .reading import Run, open_run

# The demo samples from noise in place of warp's best blind drawing: it shows how attempts fail, not how often.
SHOWCASE = BatchParameters(seed=3)


def kept_run(parameters: BatchParameters = SHOWCASE, **given: Any) -> Run:
    """The run of these parameters, made now where it is not there yet; where another notebook is making it, that ends
    first.

    parameters  with an empty `output` the run lies in runs/, named by everything that decides its answers
    given       as for run_batch: models, flow, source, store, progress
    """
    with contextlib.nullcontext() if parameters.output else _alone(parameters):
        return open_run(run_batch(parameters, **given).url)


@contextlib.contextmanager
def _alone(parameters: BatchParameters) -> Iterator[None]:
    """One maker of these parameters' run at a time, in this folder."""
    deciding = parameters.model_dump(mode="json", include=set(BatchParameters.model_fields) - {"run"})
    Path("runs").mkdir(exist_ok=True)
    with Path(f"runs/.{hashlib.sha256(canonical(deciding).encode()).hexdigest()[:8]}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
