"""Where samples come from: `open_source` takes a manifest, a folder or an S3 location."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import BadInput, UnknownName
from ..records import Sample, SampleLine
from ..storage import s3 as storage
from . import bucket as bucket_source
from . import folder, manifest
from . import loading as pictures
from .listing import Listing, Skipped, check_limit, check_samples
from .pairing import LAYOUT

__all__ = ["Listing", "Skipped", "Source", "open_source"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Samples at one place, and which of them are wanted.

    where     the place, without secrets
    list_all  everything there
    base      the folder that relative picture names start from; None in a bucket
    limit, difficulty, gender, sample, samples  the selection; None, '' and () mean any
    """

    where: str
    list_all: Callable[[], Listing]
    base: Path | None
    limit: int | None = None
    difficulty: str = ""
    gender: str = ""
    sample: str = ""
    samples: Sequence[str] = ()

    def listing(self) -> Listing:
        """What is there now, as selected.

        raises   BadManifest with a line number; BadInput where there is no sample, or none is left; StorageError
        """
        found = self.list_all()
        if not found.found:
            raise BadInput(f"{self.where}: {_nothing(found)}")
        try:
            return found.select(self.limit, self.difficulty, self.gender, self.sample, self.samples)
        except UnknownName:
            raise
        except BadInput as e:
            raise BadInput(f"{self.where}: {e}") from e

    def load(self, line: SampleLine) -> Sample:
        """One sample's pictures, from its line alone: a listing kept from an earlier run serves as well.

        raises   BadPicture where a picture cannot be used; StorageError where it cannot be read
        """
        return pictures.load(line, self.base)


def open_source(
    where: str | os.PathLike[str] = "",
    *,
    limit: int | None = None,
    difficulty: str = "",
    gender: str = "",
    sample: str = "",
    samples: Sequence[str] = (),
) -> Source:
    """A source by its place; nothing is read yet.

    where    a .jsonl manifest; a folder or an s3://bucket/prefix that holds a manifest.jsonl or pictures in the layout
             {easy|medium|hard}/{male|female}/{initial_image|cloth_image|try_on_image}/FILE; an s3:// URL of a manifest;
             '' for the whole bucket named by S3_BUCKET_NAME
    sample, samples  one id, or several in the order wanted; the other limits then do not count
    raises   BadInput where it is none of these, or no selection can be made as asked
    """
    check_limit(limit)
    check_samples(sample, samples)
    wanted = {"limit": limit, "difficulty": difficulty, "gender": gender, "sample": sample, "samples": tuple(samples)}
    where = os.fspath(where) or _default()
    if where.startswith("s3://"):
        bucket, prefix = storage.split(where)
        listed = partial(bucket_source.listing, bucket, prefix)
        return Source(where=storage.url(bucket, prefix), list_all=listed, base=None, **wanted)
    path = Path(os.path.expanduser(where))
    if path.is_dir():
        return Source(where=where, list_all=partial(folder.listing, path), base=base_of(where), **wanted)
    if path.is_file() and path.suffix == ".jsonl":
        return Source(where=where, list_all=partial(manifest.read, path), base=base_of(where), **wanted)
    raise BadInput(_no_source(where, path))


def base_of(where: str) -> Path | None:
    """The folder that relative picture names of a place start from, whether or not it is there; None for a bucket."""
    path = Path(os.path.expanduser(where))
    return None if where.startswith("s3://") else path.parent if path.suffix == ".jsonl" else path


def _default() -> str:
    name = os.environ.get("S3_BUCKET_NAME", "")
    if not name:
        raise BadInput(
            "no source is given and S3_BUCKET_NAME is not set; name a manifest, a folder or s3://bucket/prefix"
        )
    return f"s3://{name}"


def _no_source(where: str, path: Path) -> str:
    kinds = "give a .jsonl manifest, a folder or s3://bucket/prefix"
    if "://" in where:
        return f"{storage.redacted(where)!r} is no place samples are read from; {kinds}"
    if path.exists():
        return f"{where!r} is neither a folder nor a file ending in .jsonl; {kinds}"
    return f"there is no {where!r} (looked in {Path.cwd().name!r}); {kinds}"


def _nothing(found: Listing) -> str:
    """Why a place holds no sample, with what it should look like."""
    if not found.skipped:
        return f"empty; put a manifest.jsonl there, or {LAYOUT}"
    first = found.skipped[0]
    return (
        f"{found.skipped_count} files and folders, but no sample ({first.key}: {first.reason}); "
        f"put a manifest.jsonl there, or {LAYOUT}"
    )
