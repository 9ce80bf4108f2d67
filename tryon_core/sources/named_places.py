"""A source by its name: what kind of place it is, where relative picture names start, and why it can be none."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadInput
from ..storage import s3
from ..storage.places import expanded, shown
from . import bucket, folder
from .listing import Listing
from .pairs.pair_places import DATASETS, PairPlace, pair_place

TASKS = ".json"  # how the name of a file of tasks ends
if TYPE_CHECKING:  # so that other sources do without
    from .task_file import TaskFile

_DATASETS = " or ".join(f"{name}PATH" for name in DATASETS)
KINDS = f"give a .jsonl manifest, a .json file of tasks, a folder, s3://bucket/prefix, {_DATASETS}"


def base_of(where: str) -> Path | None:
    """The folder that relative picture names of a place start from, whether or not it is there; None for a bucket."""
    if where.startswith(DATASETS):
        return base_of(pair_place(where).where)
    if where.startswith("s3://"):
        return None
    path = Path(expanded(where))
    return path.parent if path.suffix in (".jsonl", TASKS) else path


def is_tasks(where: str) -> bool:
    """Whether a place is a file of tasks, by its name."""
    return where.endswith(TASKS) and not where.startswith(DATASETS)


def tasks_of(where: str, requester_pays: bool = False) -> "TaskFile":
    """The file of tasks at a place; nothing is read yet."""
    from .task_file import TaskFile, on_disk

    if not where.startswith("s3://"):
        return on_disk(where)
    name, key = s3.split(where)
    return TaskFile(s3.url(name, key), *bucket.beside(name, key, requester_pays=requester_pays))


def pairs_of(place: PairPlace, requester_pays: bool, on_this_machine: Callable[[str], Path]) -> Callable[[], Listing]:
    """Lists a data set of pairs; raises BadInput for a place that is no folder and no prefix of a bucket"""
    if place.where.startswith("s3://"):
        s3.split(place.where)
        return partial(bucket.pairs, place, requester_pays=requester_pays)
    path = on_this_machine(place.where)
    if not path.is_dir():
        raise BadInput(f"there is no folder {shown(place.where)!r} that could hold {place.dataset}; correct the path")
    return partial(folder.pairs, place, path)


def default_place() -> str:
    """The bucket that the environment names; raises BadInput where it names none"""
    name = os.environ.get("S3_BUCKET_NAME", "")
    if "/" in name or ":" in name:
        raise BadInput(f"S3_BUCKET_NAME is {shown(s3.redacted(name))!r}; give the bare name of a bucket")
    if not name:
        raise BadInput(
            "no source is given and S3_BUCKET_NAME is not set; name a manifest, a folder or s3://bucket/prefix"
        )
    return f"s3://{name}"


def no_source(where: str, path: Path) -> str:
    """Why samples are not read from a place, in a sentence."""
    if "://" in where or where.lower().startswith("s3:"):
        return f"{shown(s3.redacted(where))!r} is no place samples are read from; {KINDS}"
    if path.exists():
        return f"{shown(where)!r} is neither a folder nor a file ending in .jsonl or .json; {KINDS}"
    return f"there is no {shown(where)!r} (looked in {Path.cwd().name!r}); {KINDS}"
