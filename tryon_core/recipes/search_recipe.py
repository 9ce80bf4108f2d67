"""EACPS against TTFLUX, and further strategies, at one budget: on one picture, or on each line of a data set.

    >>> compare_search("bear.png", "make the bear wear a hat")           qwen-image-edit and CLIP, once weights are here
    >>> compare_search("me.jpg", garment="shirt.jpg")                    warp and classical scorers, on any laptop
    >>> batch_compare("edits.jsonl", "experiments/results")

All may draw the same number of pictures; the candidates that they share are drawn once. What selected reports nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

from PIL import Image

from ..errors import BadInput
from ..runs.kept.documents import parsed
from ..runs.parameters import BatchParameters
from ..runs.reading import Run, open_run
from ..sources import Source, open_source
from ..sources.listing import Listing
from ..sources.of_words import of_one
from ..storage.store import open_store
from .compared_output import write
from .entrants import COMPARED, ENTRANTS, entrants
from .recipe_parts import WISH, Picture, check_seed, sample_of
from .several_devices import run_on

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
    output: str | PathLike[str] = "",
    wide: int = 8,
    parents: int = 2,
    children: int = 2,
    seed: int = 0,
    reported: Sequence[Any] = REPORTED,
    **more: Any,
) -> Compared:
    """The strategies on one picture, and their files under `output`.

    image    to edit; with `garment` the person who is to wear it
    prompt   what is wanted, in words; with a garment it may be left out
    output   a folder or s3://bucket/prefix; empty: runs/compare-<digest of the pictures' places and the prompt>
    more     reported, strategies, generator, models, options, devices, reuse: as batch_compare
    raises   MissingWeights, BadInput before anything is drawn, or where a strategy kept no picture, with the reason
    """
    if garment is None and not prompt.strip():
        raise BadInput("an edit needs a prompt that says what is wanted; for a try-on give a garment")
    first = "init" if garment is None else "person"
    for role, given in ((first, image), ("garment", garment)):
        if isinstance(given, Image.Image):
            raise BadInput(f"the {role} is a file's path or an s3:// URL, since a run reads it again; save the picture")
    line, _ = sample_of({first: image, "garment": garment}, prompt or WISH, named_by=first)
    source = of_one(line)
    output = fspath(output) or f"runs/compare-{source.listing().digest[:8]}"
    runs = _runs(source, output, (wide, parents, children), seed, **more)
    (result,) = write(runs, output, reported, source.listing(), in_folders=False)
    if "error" in result:
        raise BadInput(result["error"])
    return Compared(results=result["comparison"], pictures=_kept(runs, line.sample_id), runs=runs, url=output)


def batch_compare(
    dataset: str | PathLike[str],
    output: str | PathLike[str] = "experiments/results",
    *,
    wide: int = 4,
    parents: int = 2,
    children: int = 2,
    seed: int = 0,
    samples: Sequence[str] = (),
    limit: int | None = None,
    reported: Sequence[Any] = REPORTED,
    **more: Any,
) -> list[dict[str, Any]]:
    """The strategies on each sample of a data set: {id, image or image_path, prompt} a line, or a manifest.

    Under `output`: ID/comparison_results.json for each, all_candidates.jsonl and batch_results.json for all, and a run
    per strategy, by its name. Calling it again goes on with what is missing; what is there is not drawn again.

    samples    ids, in this order; empty: the first `limit`, None: all
    reported   scorers, by name or as they are, by which the pictures are compared
    strategies names of entrants.ENTRANTS, 'eacps' and 'ttflux' among them
    generator  a model or its name; empty: warp where the samples have a garment, else qwen-image-edit
    models     further models by argument of the flow search: as they are, by name, or {name, options}
    options    settings of all strategies; `metric` is of those that select on one
    devices    one process for each, which takes its share of the samples
    reuse      an earlier output, such as that of fewer samples: what is there is not drawn again
    progress   whether to show a bar
    returns    what batch_results.json says: [{id, status, output_dir, comparison or error}]; a line that cannot be used
               failed, with its number, and loses no other
    raises     MissingWeights, BadInput before anything is drawn
    """
    source = open_source(fspath(dataset), needs=(), limit=limit, samples=samples, skip_bad=True)
    runs = _runs(source, fspath(output), (wide, parents, children), seed, **more)
    return write(runs, fspath(output), reported, source.listing(), in_folders=True)


def _runs(
    source: Source,
    output: str,
    sizes: tuple[int, int, int],
    seed: int,
    *,
    strategies: Sequence[str] = COMPARED,
    generator: Any = "",
    models: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    devices: Sequence[str] = (),
    reuse: str = "",
    progress: bool = False,
) -> dict[str, Run]:
    """Strategy -> its run; what a later one shares with the first is taken over from there."""
    check_seed(seed)
    listing = source.listing()
    _check_samples(listing, output)
    has_garment = "garment" in listing.lines[0].pictures
    shared = {"judged": "none", **(BY_GARMENT if has_garment else BY_WORDS), **(options or {})}
    given = {"generator": generator or ("warp" if has_garment else "qwen-image-edit"), **(models or {})}
    own = {argument: model for argument, model in given.items() if not isinstance(model, str | Mapping)}
    named = {argument: model for argument, model in given.items() if argument not in own}
    short = {"generator": named.pop("generator")} if isinstance(named.get("generator"), str) else {}
    runs: dict[str, Run] = {}
    for name, settings in entrants(strategies, *sizes, shared).items():
        place = f"{output}/{name}"
        earlier = f"{reuse}/{name}" if reuse else next(iter(runs.values())).store.url if runs else ""
        parameters = BatchParameters.checked(
            flow="search", **short, models=named, options=settings, seed=seed, output=place, reuse=earlier
        )
        run_on(devices, parameters, source, own, progress=progress)
        runs[name] = open_run(place)
    return runs


def _check_samples(listing: Listing, output: str) -> None:
    """raises BadInput where the output was begun with other samples, or a sample is called as a run is"""
    for line in listing.lines:
        if line.sample_id in ENTRANTS:
            raise BadInput(f"sample {line.sample_id!r} is called like the folder of a strategy; rename it")
    store = open_store(f"{output}/{COMPARED[0]}")
    data = store.read("listing.json")
    if data is not None and parsed(store, "listing.json", data, Listing).digest != listing.digest:
        raise BadInput(
            f"{output} was begun with other samples; give another output, and reuse={output!r}, so that what is there "
            "is not drawn again"
        )


def _kept(runs: Mapping[str, Run], sample_id: str) -> dict[str, Image.Image]:
    records = {name: next(iter(run.records_of([sample_id]))) for name, run in runs.items()}
    return {
        name: runs[name].picture(record.steps[record.chosen - 1].picture)
        for name, record in records.items()
        if record.chosen is not None
    }
