"""One run on several devices: a process for each, which takes its share of the samples."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any

from ..errors import BadInput
from ..runs.batch import run_batch
from ..runs.parameters import BatchParameters
from ..sources import Source, open_source


def run_on(
    devices: Sequence[str],
    parameters: BatchParameters,
    source: Source,
    own: Mapping[str, Any],
    *,
    argument: str = "generator",
    progress: bool = False,
) -> None:
    """In this process; with several devices in one process for each, a shard of the samples each.

    own       models as they are, by argument
    argument  of the flow whose model is placed
    raises    BadInput for models as they are with several devices
    """
    devices = devices[: len(source.listing().lines)]
    if len(devices) < 2:
        placed = _placed(parameters, argument, devices[0], 0, 1) if devices else parameters
        run_batch(placed, source=source, models=own, progress=progress)
        return
    if own:
        raise BadInput(f"{next(iter(own))} cannot be given to another process as it is; name it, or use one device")
    shards = [_placed(parameters, argument, device, place, len(devices)) for place, device in enumerate(devices)]
    with ProcessPoolExecutor(len(devices), mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(_shard, source.where, source.limit, source.samples), shards))


def _placed(parameters: BatchParameters, argument: str, device: str, place: int, of: int) -> BatchParameters:
    run = parameters.run.model_copy(update={"devices": {argument: device}})
    return parameters.model_copy(update={"run": run, "shard_index": place, "num_shards": of})


def _shard(where: str, limit: int | None, samples: Sequence[str], parameters: BatchParameters) -> None:
    source = open_source(where, needs=(), limit=limit, samples=samples, skip_bad=True)
    run_batch(parameters, source=source, progress=False)
