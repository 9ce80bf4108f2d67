"""Where a run lives: the same keys in a folder or under s3://bucket/prefix.

Keys are relative, '/'-separated paths. Every write is whole or not at all: a reader never sees half an object.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from ..errors import Damaged, RunConflict, StorageError

_ADVICE = {
    errno.ENOSPC: "free some space, then run the same command again; everything finished is kept",
    errno.EDQUOT: "free some of the quota, then run the same command again; everything finished is kept",
    errno.EROFS: "it is mounted read-only; give another output",
    errno.EACCES: "make it writable or give another output",
}


class Store(Protocol):
    """A place for a run. `url` names it without secrets."""

    url: str

    def read(self, key: str) -> bytes | None:
        """The whole object; None where there is none; raises Damaged for what is no object, such as a folder."""

    def read_version(self, key: str) -> tuple[bytes, str] | None:
        """The whole object and its version, for `replace`; None where there is none."""

    def index(self) -> Callable[[str], bool]:
        """Whether a key is there: looked up when asked on a disk, in one listing made now in a bucket."""

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
        """Keys that begin with `prefix`, sorted."""


def open_store(where: str) -> "Store":
    """A folder (made on the first write) or an s3:// prefix."""
    return S3Store(where) if where.startswith("s3://") else FolderStore(Path(where))


class FolderStore:
    """Files are written beside their place, flushed to the disk, then moved: a kill leaves whole files only."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.url = str(folder)

    def read(self, key: str) -> bytes | None:
        try:
            return (self.folder / key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except IsADirectoryError as e:
            raise Damaged(f"{self.url}/{key} is a folder where a file should be; move it away") from e

    def read_version(self, key: str) -> tuple[bytes, str] | None:
        data = self.read(key)
        return None if data is None else (data, hashlib.sha256(data).hexdigest())

    def index(self) -> Callable[[str], bool]:
        return lambda key: (self.folder / key).exists()

    def create(self, key: str, data: bytes) -> bool:
        temporary = self._write_beside(key, data)
        try:
            return self._second_name(temporary, self.folder / key)  # fails where the name is taken, unlike a rename
        finally:
            temporary.unlink()

    def replace(self, key: str, data: bytes, seen: str | None) -> str:
        temporary = self._write_beside(key, data)
        try:
            with _alone_in(temporary.parent):
                if self.version(key) != seen:
                    raise RunConflict(
                        f"{self.url}/{key} was changed by another process; let one process write a run at a time"
                    )
                os.replace(temporary, self.folder / key)
        finally:
            temporary.unlink(missing_ok=True)
        return hashlib.sha256(data).hexdigest()

    def version(self, key: str) -> str | None:
        found = self.read_version(key)
        return None if found is None else found[1]

    def link(self, source: str, target: str) -> None:
        path = self.folder / target
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise _sentence(self.url, e) from e
        self._second_name(self.folder / source, path)

    def _second_name(self, present: Path, new: Path) -> bool:
        try:
            os.link(present, new)
        except FileExistsError:
            return False
        except OSError as e:
            if e.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
                raise _sentence(self.url, e) from e
            if new.exists():
                return False
            shutil.copyfile(present, new)  # a file system without hard links
        return True

    @staticmethod
    def check_writable(folder: str) -> None:
        """raises StorageError where nothing can be written there"""
        FolderStore(Path(folder))._write_beside("probe", b"").unlink()

    def keys(self, prefix: str = "") -> Iterator[str]:
        for path in sorted((self.folder / prefix.rpartition("/")[0]).rglob("*")):
            key = path.relative_to(self.folder).as_posix()
            if path.is_file() and key.startswith(prefix) and not path.name.startswith(".writing-"):
                yield key

    def _write_beside(self, key: str, data: bytes) -> Path:
        path = self.folder / key
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        except OSError as e:
            raise _sentence(self.url, e) from e
        try:
            os.fchmod(handle, 0o666 & ~_umask())  # mkstemp gives files to their owner alone
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as e:
            os.unlink(name)
            raise _sentence(self.url, e) from e
        return Path(name)


class S3Store:
    """Objects under a prefix; conditional puts stand in for link and rename (If-None-Match, If-Match)."""

    def __init__(self, url: str):
        from . import s3

        self.s3, self.url = s3, url.rstrip("/")
        self.bucket, prefix = s3.split(url)
        self.prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""

    def read(self, key: str) -> bytes | None:
        found = self.s3.get_or_none(self.bucket, self.prefix + key)
        return None if found is None else found[0]

    def read_version(self, key: str) -> tuple[bytes, str] | None:
        return self.s3.get_or_none(self.bucket, self.prefix + key)

    def index(self) -> Callable[[str], bool]:
        return frozenset(self.keys()).__contains__

    def create(self, key: str, data: bytes) -> bool:
        return self.s3.put(self.bucket, self.prefix + key, data, create_only=True) is not None

    def replace(self, key: str, data: bytes, seen: str | None) -> str:
        tag = self.s3.put(self.bucket, self.prefix + key, data, create_only=seen is None, if_match=seen)
        if tag is None:
            raise RunConflict(f"{self.url}/{key} was written by another process; let one process write a run at a time")
        return tag

    def version(self, key: str) -> str | None:
        found = self.read_version(key)
        return None if found is None else found[1]

    def link(self, source: str, target: str) -> None:
        self.s3.copy(self.bucket, self.prefix + source, self.prefix + target)

    def keys(self, prefix: str = "") -> Iterator[str]:
        for found in self.s3.list_keys(self.bucket, self.prefix + prefix):
            yield found.key.removeprefix(self.prefix)


@cache
def _umask() -> int:
    """The process's own, which can only be read by setting it."""
    os.umask(mask := os.umask(0o077))
    return mask


@contextlib.contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """One at a time between threads and processes, so that nobody writes between a look and a rename."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: as good as the look alone
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sentence(url: str, error: OSError) -> StorageError:
    advice = _ADVICE.get(error.errno or 0, "see that the place exists and can be written")
    return StorageError(f"cannot write to {url}: {error.strerror or error}; {advice}")
