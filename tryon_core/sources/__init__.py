"""Where samples come from: `open_source` takes a manifest, a file of tasks, a folder or an S3 location."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import BadInput, UnknownName
from ..records import Sample, SampleLine
from ..storage import s3 as storage
from ..storage.places import expanded, shown
from . import bucket as bucket_source
from . import folder, manifest
from . import loading as pictures
from .listing import Listing, Skipped, check_limit, check_samples
from .named_places import KINDS, TASKS, base_of, default_place, is_tasks, no_source, pairs_of, tasks_of
from .pairing import LAYOUT, PAIR
from .pairs.pair_places import DATASETS, pair_place
from .picking import check_pick

__all__ = ["Listing", "Skipped", "Source", "base_of", "is_tasks", "open_source", "tasks_of"]

SELECTION = ("limit", "difficulty", "gender", "sample", "samples", "pick", "pick_seed", "stratify")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Samples at one place, and which of them are wanted.

    where     the place, without secrets
    list_all  everything there
    base      the folder that relative picture names start from; None in a bucket
    limit, difficulty, gender, sample, samples, pick, pick_seed, stratify  the selection; None, '' and () mean any
    requester_pays  whether this side pays for what it reads from a bucket
    outside   gives the pictures that are named by URL; only a file of tasks may
    """

    where: str
    list_all: Callable[[], Listing]
    base: Path | None
    limit: int | None = None
    difficulty: str = ""
    gender: str = ""
    sample: str = ""
    samples: Sequence[str] = ()
    pick: str = "first"
    pick_seed: int = 0
    stratify: Sequence[str] = ()
    requester_pays: bool = False
    outside: pictures.Outside = pictures.nothing_outside

    def listing(self) -> Listing:
        """What is there now, as selected.

        raises   BadManifest with a line number; BadInput where there is no sample, or none is left; StorageError
        """
        found = self.list_all()
        if not found.found:
            raise BadInput(f"{self.where}: {_nothing(found)}")
        try:
            return found.select(**{name: getattr(self, name) for name in SELECTION})
        except UnknownName:
            raise
        except BadInput as e:
            raise BadInput(f"{self.where}: {e}") from e

    def load(self, line: SampleLine) -> Sample:
        """One sample's pictures, from its line alone: a listing kept from an earlier run serves as well.

        raises   BadPicture where a picture cannot be used; StorageError where it cannot be read
        """
        return pictures.load(line, self.base, requester_pays=self.requester_pays, outside=self.outside)


def open_source(
    where: str | os.PathLike[str] = "",
    *,
    needs: Sequence[str] = PAIR,
    limit: int | None = None,
    difficulty: str = "",
    gender: str = "",
    sample: str = "",
    samples: Sequence[str] = (),
    pick: str = "first",
    pick_seed: int = 0,
    stratify: Sequence[str] = (),
    requester_pays: bool = False,
    skip_bad: bool = False,
) -> Source:
    """A source by its place; nothing is read yet.

    where    a .jsonl manifest; a .json file of tasks, see `task_file`; a folder or an s3://bucket/prefix that holds a
             manifest.jsonl or pictures in the layout
             {easy|medium|hard}/{male|female}/{initial_image|cloth_image|try_on_image}/FILE; an s3:// URL of a manifest
             or of a file of tasks; '' for the whole bucket named by S3_BUCKET_NAME; a data set as it is handed out,
             viton-hd:PATH or dresscode:PATH with PATH a folder or s3://bucket/prefix, and behind it any of :paired (the
             default: each person with the garment that is worn, whose photograph is then the truth) or :unpaired,
             :test or :train, :masked, :agnostic, :upper_body, :lower_body, :dresses; see `pair_places` and
             `pair_folders`
    needs    roles of the pictures that a sample of a layout must have. Where it is one, such as 'garment', a folder or
             prefix without the layout's folders may hold the pictures themselves: each is a sample, by its name
    sample, samples  one id, or several in the order wanted; the other limits then do not count
    pick     which samples a limit takes: the 'first', a 'random' draw, or a 'stratified' one, even over the facts of
             `stratify` (difficulty and gender where it is empty); `pick_seed` draws
    requester_pays  read a bucket whose owner lets others pay
    skip_bad a manifest's line that cannot be used is skipped, with its reason in the listing; else it is raised
    raises   BadInput where it is none of these, or no selection can be made as asked
    """
    check_limit(limit)
    check_samples(sample, samples)
    if pick != "first" or stratify:
        check_pick(pick, stratify)
    values = (limit, difficulty, gender, sample, tuple(samples), pick, pick_seed, tuple(stratify))
    wanted = {**dict(zip(SELECTION, values, strict=True)), "requester_pays": requester_pays}
    how = {"needs": tuple(needs), "skip_bad": skip_bad}
    where = os.fspath(where) or default_place()
    if where.startswith(DATASETS):
        listed = pairs_of(pair_place(where), requester_pays, _local)
        return Source(where=where, list_all=listed, base=base_of(where), **wanted)
    if where.endswith(TASKS) and (where.startswith("s3://") or _local(where).is_file()):
        tasks = tasks_of(where, requester_pays)
        return Source(where=tasks.where, list_all=tasks.listing, base=base_of(where), outside=tasks.outside, **wanted)
    if where.startswith("s3://"):
        bucket, prefix = storage.split(where)
        listed = partial(bucket_source.listing, bucket, prefix, requester_pays=requester_pays, **how)
        return Source(where=storage.url(bucket, prefix), list_all=listed, base=None, **wanted)
    path = _local(where)
    if path.is_dir():
        return Source(where=where, list_all=partial(folder.listing, path, **how), base=path, **wanted)
    if path.is_file() and path.suffix == ".jsonl":
        return Source(where=where, list_all=partial(manifest.read, path, skip_bad=skip_bad), base=path.parent, **wanted)
    raise BadInput(no_source(where, path))


def _local(where: str) -> Path:
    """raises BadInput for what no file system can look up, and for a name that no file of a run could hold"""
    if not where.isprintable():
        raise BadInput(f"there is no usable {shown(where)!r}: it has characters that cannot be printed; {KINDS}")
    try:
        path = Path(expanded(where))
        path.stat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as e:
        why = getattr(e, "strerror", None) or e
        raise BadInput(f"there is no {shown(where)!r}, it cannot even be looked up ({why}); {KINDS}") from e
    return path


def _nothing(found: Listing) -> str:
    """Why a place holds no sample, with what it should look like."""
    if not found.skipped:
        return f"empty; put a manifest.jsonl there, or {LAYOUT}"
    first = found.skipped[0]
    return (
        f"{found.skipped_count} files and folders, but no sample ({shown(first.key)}: {first.reason}); "
        f"put a manifest.jsonl there, or {LAYOUT}"
    )
