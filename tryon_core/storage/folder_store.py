"""A run in a folder: every file appears whole and on the disk, and nothing is written or read outside the folder."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import Damaged, RunConflict, StorageError
from .alone import alone_in
from .places import checked_key, checked_prefix, is_key, shown
from .unfinished import TEMPORARY, Whole, sweep, written

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EXDEV)
_ADVICE = {
    errno.ENOSPC: "free some space, then run the same command again; everything finished is kept",
    errno.EDQUOT: "free some of the quota, then run the same command again; everything finished is kept",
    errno.EROFS: "it is mounted read-only; give another output",
    errno.EACCES: "make it writable or give another output",
}
_MOVE = "move it away and run the same command again"


class FolderStore:
    """A folder that is made on the first write."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.url = str(folder)
        self._real = ""
        self._swept: set[Path] = set()

    def read(self, key: str) -> bytes | None:
        path = self._place(key)
        try:
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):  # a pipe might never end
                what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
                raise Damaged(f"{shown(str(path))} is {what} where a file belongs; {_MOVE}")
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except StorageError:
            raise
        except OSError as e:
            raise Damaged(f"cannot read {shown(str(path))}: {e.strerror or e}; see that it can be read") from e

    def create(self, key: str, data: bytes) -> bool:
        path = self._place(key)
        with self._written(path, data) as whole:
            try:
                whole.link_to(path)  # fails where the name is taken, unlike a rename
            except FileExistsError:
                return _taken(path)
            except OSError as e:
                if e.errno not in _NO_LINKS:
                    raise
                with alone_in(path.parent):
                    if os.path.lexists(path):
                        return _taken(path)
                    whole.move_to(path)
        return True

    def replace(self, key: str, data: bytes, seen: str | None) -> str:
        path = self._place(key)
        with self._written(path, data) as whole, alone_in(path.parent):
            if self.version(key) != seen:
                raise RunConflict(
                    f"{self.url}/{key} was changed by another process; let one process write a run at a time"
                )
            whole.move_to(path)
        return hashlib.sha256(data).hexdigest()

    def read_version(self, key: str) -> tuple[bytes, str] | None:
        data = self.read(key)
        return None if data is None else (data, hashlib.sha256(data).hexdigest())

    def index(self) -> Callable[[str], bool]:
        return self._is_there

    def _is_there(self, key: str) -> bool:
        """True also of what cannot be looked at: reading it says why"""
        try:
            return self._place(key).exists()
        except (OSError, Damaged):
            return True

    def ends_with(self, key: str, tail: bytes) -> bool:
        try:
            with self._place(key).open("rb") as file:
                file.seek(-len(tail), os.SEEK_END)
                return file.read() == tail
        except (OSError, Damaged):
            return False

    def version(self, key: str) -> str | None:
        found = self.read_version(key)
        return None if found is None else found[1]

    def link(self, source: str, target: str) -> None:
        present, new = self._place(source), self._place(target)
        with _in_words(new):
            new.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(present, new)
            except FileExistsError:
                _taken(new)
            except OSError as e:
                if e.errno not in _NO_LINKS:
                    raise
                self.create(target, present.read_bytes())

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Files alone, none behind a link that leads out of the folder."""
        above = checked_prefix(prefix).rpartition("/")[0]
        found = []
        for folder, _, names in os.walk(self._place(above) if above else self.folder):  # follows no link to a folder
            paths = [Path(folder, name) for name in names if not name.startswith(TEMPORARY)]
            found += [(path.relative_to(self.folder).as_posix(), path) for path in paths]
        for key, path in sorted(found):
            if key.startswith(prefix) and is_key(key) and path.is_file() and self._is_inside(path):
                yield key

    @staticmethod
    def check_writable(folder: str) -> None:
        """raises StorageError where nothing can be written there"""
        with FolderStore(Path(folder))._written(Path(folder, "probe"), b""):
            pass

    def _place(self, key: str) -> Path:
        """Where a key lies; raises StorageError where that is outside of the folder."""
        path = self.folder / checked_key(key)
        if self._is_inside(path):
            return path
        raise Damaged(f"{shown(str(path))} leads out of the run's folder by a link; put the file itself there")

    def _is_inside(self, path: Path) -> bool:
        return os.path.realpath(path).startswith(self._root())

    def _root(self) -> str:
        """The folder's own path without links, with its '/'; looked up once it is there."""
        if self._real:
            return self._real
        root = f"{os.path.realpath(self.folder).rstrip('/')}/"
        self._real = root if self.folder.is_dir() else ""
        return root

    @contextmanager
    def _written(self, path: Path, data: bytes) -> Iterator[Whole]:
        """The bytes as a file that is to get the name `path`."""
        with _in_words(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.parent not in self._swept:
                self._swept.add(path.parent)
                sweep(path.parent)
            with written(path.parent, data) as whole:
                yield whole


def _taken(path: Path) -> bool:
    """False, as `create` says it; raises Damaged where what has the name is a folder"""
    if path.is_dir():
        raise Damaged(f"{shown(str(path))} is a folder where a file belongs; {_MOVE}")
    return False


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What the file system refuses, as one sentence."""
    try:
        yield
    except StorageError:
        raise
    except OSError as e:
        advice = _ADVICE.get(e.errno or 0, "see that the place exists and can be written")
        raise StorageError(f"cannot write to {shown(str(path))}: {e.strerror or e}; {advice}") from e
