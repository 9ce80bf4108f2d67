"""Where a run lives: the same keys in a folder or under s3://bucket/prefix.

Keys are relative, '/'-separated paths. Every write is whole or not at all: a reader never sees half an object.
"""

import mimetypes
import os
from collections.abc import Callable, Iterator
from typing import Protocol

from ..errors import RunConflict, StorageError
from .folder_store import FolderStore
from .places import checked_key, checked_prefix, folder_of, is_key

__all__ = ["FolderStore", "S3Store", "Store", "open_store"]


class Store(Protocol):
    """A place for a run. `url` names it without secrets. Every method raises StorageError for a key that would lead out
    of the place, and where the place cannot be read or written."""

    url: str

    def read(self, key: str) -> bytes | None:
        """The whole object; None where there is none; raises Damaged for what is no object, such as a folder."""

    def read_version(self, key: str) -> tuple[bytes, str] | None:
        """The whole object and its version, for `replace`; None where there is none."""

    def index(self) -> Callable[[str], bool]:
        """Whether a key is there: looked up when asked on a disk, in one listing made now in a bucket."""

    def ends_with(self, key: str, tail: bytes) -> bool:
        """Whether an object ends with these bytes; True where looking would cost as much as reading it."""

    def create(self, key: str, data: bytes) -> bool:
        """Write a new object; False, and nothing changed, where the key is taken."""

    def replace(self, key: str, data: bytes, seen: str | None) -> str:
        """Write over the version `seen` (None: no object yet) and return the new version.

        raises   RunConflict where someone else wrote in between
        """

    def version(self, key: str) -> str | None:
        """The present version for `replace`; None where there is no object."""

    def link(self, source: str, target: str) -> None:
        """A second name for a finished object, without another copy of the bytes where the place can do that."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Keys that begin with `prefix`, sorted; names that can be no keys are left out."""


def open_store(where: str | os.PathLike[str]) -> "Store":
    """A folder (made on the first write; '~' is the home folder) or an s3:// prefix. Nothing is asked or written yet.

    raises   BadInput for what is no place for a run
    """
    given = os.fspath(where)
    return S3Store(given) if given.startswith("s3://") else FolderStore(folder_of(given))


class S3Store:
    """Objects under a prefix; conditional puts stand in for link and rename (If-None-Match, If-Match)."""

    def __init__(self, url: str):
        from . import s3

        self.bucket, prefix = s3.split(url)
        self.s3, self.url = s3, s3.url(self.bucket, prefix)
        self.prefix = f"{prefix}/" if prefix else ""

    def read(self, key: str) -> bytes | None:
        found = self.read_version(key)
        return None if found is None else found[0]

    def read_version(self, key: str) -> tuple[bytes, str] | None:
        return self.s3.get_or_none(self.bucket, self._place(key))

    def index(self) -> Callable[[str], bool]:
        return frozenset(self.keys()).__contains__

    def ends_with(self, key: str, tail: bytes) -> bool:
        return True

    def create(self, key: str, data: bytes) -> bool:
        return self._put(key, data, create_only=True) is not None

    def replace(self, key: str, data: bytes, seen: str | None) -> str:
        etag = self._put(key, data, create_only=seen is None, if_match=seen)
        if etag is not None:
            return etag
        raise RunConflict(f"{self.url}/{key} was written by another process; let one process write a run at a time")

    def version(self, key: str) -> str | None:
        found = self.read_version(key)
        return None if found is None else found[1]

    def link(self, source: str, target: str) -> None:
        self.s3.copy(self.bucket, self._place(source), self._place(target))

    def keys(self, prefix: str = "") -> Iterator[str]:
        for found in self.s3.list_keys(self.bucket, self.prefix + checked_prefix(prefix)):
            key = found.key.removeprefix(self.prefix)
            if is_key(key) and self.s3.PROBE not in key:  # consoles store a folder as an object
                yield key

    def _put(self, key: str, data: bytes, *, create_only: bool, if_match: str | None = None) -> str | None:
        place = self._place(key)
        self.s3.check_conditions(self.bucket, self.prefix)
        kind, _ = mimetypes.guess_type(key)  # so that a browser shows a page or a picture from a link to it
        return self.s3.put(self.bucket, place, data, kind, create_only=create_only, if_match=if_match)

    def _place(self, key: str) -> str:
        place = self.prefix + checked_key(key)
        if len(place.encode()) > self.s3.MAX_KEY_BYTES:
            raise StorageError(f"{self.url}: {key[:80]!r} makes a key of more than {self.s3.MAX_KEY_BYTES} bytes")
        return place
