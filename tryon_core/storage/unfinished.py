"""A file that has no name until it is whole, so that nothing is left of it after a kill."""

import errno
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

TEMPORARY = ".writing-"  # begins a name that a file has only until it is moved to its own
STALE_S = 3600  # after which nobody writes it any more
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT)


class Whole:
    """Bytes on the disk, flushed, in the folder that they are to have their name in."""

    def __init__(self, folder: Path, handle: int, name: str | None):
        self._folder, self._handle, self._name = folder, handle, name

    def link_to(self, path: Path) -> None:
        """Give it this name; raises FileExistsError where it is taken, another OSError where there are no links"""
        if self._name:
            os.link(self._name, path)
        else:
            os.link(f"/proc/self/fd/{self._handle}", path, src_dir_fd=self._handle, follow_symlinks=True)

    def move_to(self, path: Path) -> None:
        """Give it this name in place of the file that has it now."""
        if not self._name:
            name = self._folder / f"{TEMPORARY}{os.getpid()}-{self._handle}-{time.monotonic_ns()}"
            self.link_to(name)
            self._name = str(name)
        os.replace(self._name, path)
        self._name = None


@contextmanager
def written(folder: Path, data: bytes) -> Iterator[Whole]:
    """The bytes as a file in `folder`, gone again where it got no name; raises OSError"""
    handle, name = _opened(folder)
    whole = Whole(folder, handle, name)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
        yield whole
    finally:
        os.close(handle)
        if whole._name:
            with suppress(FileNotFoundError):
                os.unlink(whole._name)


def _opened(folder: Path) -> tuple[int, str | None]:
    """(handle, None) of a file without a name, or with a name where the file system needs one."""
    if hasattr(os, "O_TMPFILE") and os.path.isdir("/proc/self/fd"):
        try:
            return os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o666), None
        except OSError as e:
            if e.errno not in _NO_NAMELESS:
                raise
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=folder)
    os.fchmod(handle, 0o666 & ~_umask())  # mkstemp gives files to their owner alone
    return handle, name


def sweep(folder: Path) -> None:
    """Remove what was left here by a process that was killed long ago."""
    with suppress(OSError), os.scandir(folder) as items:
        for item in items:
            if item.name.startswith(TEMPORARY) and time.time() - item.stat().st_mtime > STALE_S:
                os.unlink(item.path)


@cache
def _umask() -> int:
    """The process's own, which can only be read by setting it."""
    os.umask(mask := os.umask(0o077))
    return mask
