"""EACPS against TTFLUX, and further strategies, at one budget: on one picture, or on each line of a data set.

    >>> compare_search("bear.png", "make the bear wear a hat")           qwen-image-edit and CLIP, once weights are here
    >>> compare_search("me.jpg", garment="shirt.jpg")                    warp and classical scorers, on any laptop
    >>> batch_compare("edits.jsonl", "experiments/results")

All may draw the same number of pictures; the candidates that they share are drawn once. What selected reports nothing.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from os import PathLike, fspath
from typing import Any

from PIL import Image

from ..errors import BadInput
from ..evaluation import held_out
from ..flows.searching.search_settings import Search
from ..models import load
from ..records import Measurement, SampleLine
from ..runs.batch import run_batch
from ..runs.parameters import BatchParameters
from ..runs.reading import Run, open_run
from ..sources import Source, open_source
from ..sources.of_words import of_one
from ..storage.store import open_store
from .compared_files import as_json, candidates, comparison
from .entrants import COMPARED, entrants
from .recipe_parts import WISH, Picture, check_seed, sample_of

REPORTED = ("face", "words", "truth")  # scorers that select nothing here
BY_WORDS = {"potential": "edit", "metric": "prompt_following"}
BY_GARMENT = {"potential": "measured", "metric": "garment_colour"}


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What the strategies made of one sample.

    results   what comparison_results.json says
    pictures  strategy -> the picture that it keeps; none where it kept none
    runs      the same -> its run, for SearchCompare and tables
    url       where everything lies
    """

    results: Mapping[str, Any]
    pictures: Mapping[str, Image.Image]
    runs: Mapping[str, Run]
    url: str


def compare_search(
    image: Picture,
    prompt: str = "",
    garment: Picture | None = None,
    *,
    output: str | PathLike[str] = "runs/compare",
    wide: int = 8,
    parents: int = 2,
    children: int = 2,
    seed: int = 0,
    **more: Any,
) -> Compared:
    """The strategies on one picture, and their files under `output`.

    image    to edit; with `garment` the person who is to wear it
    prompt   what is wanted, in words; with a garment it may be left out
    more     strategies, generator, models, options, devices: as batch_compare
    raises   MissingWeights, BadInput before anything is drawn; Refused where a model cannot draw this
    """
    if garment is None and not prompt.strip():
        raise BadInput("an edit needs a prompt that says what is wanted; for a try-on give a garment")
    check_seed(seed)
    first = "init" if garment is None else "person"
    line, _ = sample_of({first: image, "garment": garment}, prompt or WISH, named_by=first)
    for role, given in ((first, image), ("garment", garment)):
        if isinstance(given, Image.Image):
            raise BadInput(f"the {role} is a file's path or an s3:// URL, since a run reads it again; save the picture")
    runs = _runs(of_one(line), fspath(output), (wide, parents, children), seed, has_garment=garment is not None, **more)
    (result,) = _written(runs, fspath(output), one_folder=True)
    if "error" in result:
        raise BadInput(result["error"])
    return _compared(result["comparison"], runs, line.sample_id, fspath(output))


def batch_compare(
    dataset: str | PathLike[str],
    output: str | PathLike[str] = "experiments/results",
    *,
    wide: int = 4,
    parents: int = 2,
    children: int = 2,
    seed: int = 0,
    samples: Sequence[str] = (),
    limit: int = 10_000,
    **more: Any,
) -> list[dict[str, Any]]:
    """The strategies on each sample of a data set: {id, image or image_path, prompt} a line, or a manifest.

    Under `output`: ID/comparison_results.json for each, all_candidates.jsonl and batch_results.json for all, and a run
    per strategy, by its name. Calling it again goes on with what is missing; what is there is not drawn again.

    samples    ids, in this order; empty: the first `limit`
    strategies names of entrants.ENTRANTS, 'eacps' and 'ttflux' among them
    generator  a name; empty: warp where the first sample has a garment, else qwen-image-edit
    models     further models by argument of the flow search
    options    settings of all strategies; `metric` is of those that select on one
    devices    one process for each, which takes its share of the samples
    progress   whether to show a bar
    returns    what batch_results.json says: [{id, status, output_dir, comparison or error}]
    """
    check_seed(seed)
    source = open_source(fspath(dataset), needs=(), limit=limit, samples=samples)
    has_garment = "garment" in source.listing().lines[0].pictures
    runs = _runs(source, fspath(output), (wide, parents, children), seed, has_garment=has_garment, **more)
    return _written(runs, fspath(output), one_folder=False)


def _runs(
    source: Source,
    output: str,
    sizes: tuple[int, int, int],
    seed: int,
    *,
    has_garment: bool,
    strategies: Sequence[str] = COMPARED,
    generator: str = "",
    models: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    devices: Sequence[str] = (),
    progress: bool = False,
) -> dict[str, Run]:
    """Strategy -> its run; what a later one shares with the first is taken over from there."""
    shared = {"judged": "none", **(BY_GARMENT if has_garment else BY_WORDS), **(options or {})}
    runs: dict[str, Run] = {}
    for name, settings in entrants(strategies, *sizes, shared).items():
        place = f"{output}/{name}"
        parameters = BatchParameters.checked(
            flow="search",
            generator=generator or ("warp" if has_garment else "qwen-image-edit"),
            models=dict(models or {}),
            options=settings,
            seed=seed,
            output=place,
            reuse=next(iter(runs.values())).store.url if runs else "",
        )
        _run_on(devices, parameters, source, progress)
        runs[name] = open_run(place)
    return runs


def _run_on(devices: Sequence[str], parameters: BatchParameters, source: Source, progress: bool) -> None:
    """In this process; with several devices and samples in one process for each device, a shard of the samples each."""
    listing = source.listing()
    devices = devices[: len(listing.lines)]
    if len(devices) < 2:
        placed = _placed(parameters, devices[0], 0, 1) if devices else parameters
        run_batch(placed, source=source, progress=progress)
        return
    shards = [_placed(parameters, device, place, len(devices)) for place, device in enumerate(devices)]
    with ProcessPoolExecutor(len(devices), mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(_shard, source.where, source.limit, source.samples), shards))


def _placed(parameters: BatchParameters, device: str, place: int, of: int) -> BatchParameters:
    run = parameters.run.model_copy(update={"devices": {"generator": device}})
    return parameters.model_copy(update={"run": run, "shard_index": place, "num_shards": of})


def _shard(where: str, limit: int | None, samples: Sequence[str], parameters: BatchParameters) -> None:
    run_batch(parameters, source=open_source(where, needs=(), limit=limit, samples=samples), progress=False)


# ---- what is written -------------------------------------------------------------------------------------------------


def _written(runs: Mapping[str, Run], output: str, *, one_folder: bool) -> list[dict[str, Any]]:
    """The files of every sample, then those of all."""
    store, held, selected = open_store(output), {name: _held_out(run) for name, run in runs.items()}, _selected(runs)
    config = {name: run.info.parameters["options"] for name, run in runs.items()}
    config["seed"] = runs["eacps"].info.parameters["seed"]
    results, rows = [], []
    for line in runs["eacps"].listing.lines:
        result, of_sample = _of_sample(line, runs, held, selected, config)
        place = "" if one_folder else f"{line.sample_id}/"
        result |= {"output_dir": f"{output}/{place}".rstrip("/")}
        if "comparison" in result:
            _put(store, f"{place}comparison_results.json", as_json(result["comparison"]))
        results.append(result)
        rows += of_sample
    _put(store, "all_candidates.jsonl", "".join(as_json(row).replace("\n", "") + "\n" for row in rows))
    _put(store, "batch_results.json", as_json(results))
    return results


def _of_sample(
    line: SampleLine,
    runs: Mapping[str, Run],
    held: Mapping[str, Any],
    selected: Sequence[str],
    config: Mapping[str, Any],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(its entry in batch_results.json, its rows of all_candidates.jsonl)"""
    ids = [line.sample_id]
    records = {name: next(iter(run.records_of(ids)), None) for name, run in runs.items()}
    for name, record in records.items():
        if record is None or record.chosen is None:
            why = "it was not begun" if record is None else f"{record.outcome}: {record.reason or 'nothing was kept'}"
            return {"id": line.sample_id, "status": "failed", "error": f"{name}: {why}"}, []
    scores = {name: held[name].get((line.sample_id, records[name].chosen), {}) for name in runs}
    document = comparison(records["eacps"], runs, scores, selected, config)
    rows = [{"strategy": name} | row for name in runs for row in candidates(name, runs[name], records[name])]
    return {"id": line.sample_id, "status": "ok", "comparison": document}, rows


def _held_out(run: Run) -> dict[tuple[str, int], dict[str, Measurement | str]]:
    """(sample, step) -> what did not select: faces, words, and the true picture where there is one."""
    scorers = [load(name, role="scorer") for name in REPORTED]
    table = held_out(run, scorers)
    scored: dict[tuple[str, int], dict[str, Measurement | str]] = {}
    for row in table.itertuples():
        value = row.reason or Measurement(value=row.value, unit=row.unit, better=row.better)
        scored.setdefault((row.sample_id, row.step), {})[row.metric] = value
    return scored


def _selected(runs: Mapping[str, Run]) -> tuple[str, ...]:
    """Every metric that selected in one of the runs."""
    names = [name for run in runs.values() for name in Search(**_own(run)).selecting()]
    return tuple(dict.fromkeys(names))


def _own(run: Run) -> dict[str, Any]:
    options = dict(run.info.parameters["options"])
    options.pop("budget", None)
    return options


def _put(store: Any, key: str, text: str) -> None:
    store.replace(key, text.encode(), store.version(key))


def _compared(results: Mapping[str, Any], runs: Mapping[str, Run], sample_id: str, url: str) -> Compared:
    kept = {}
    for name, run in runs.items():
        record = next(each for each in run.records if each.sample_id == sample_id)
        kept[name] = run.picture(record.steps[record.chosen - 1].picture)
    return Compared(results=results, pictures=kept, runs=runs, url=url)
