"""A folder on this machine: a manifest.jsonl in it, or pictures in the layout of `pairing`."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import BadPicture, StorageError
from . import manifest
from .listing import Listing
from .loading import local_path
from .pairing import PAIR, Entry, pair
from .pairs import pair_folders
from .pairs.pair_places import PairPlace


def listing(folder: Path, needs: Sequence[str] = PAIR, *, skip_bad: bool = False) -> Listing:
    """The folder's samples; pictures are named relative to it.

    skip_bad  as for manifest.parse
    raises   BadManifest; StorageError where a folder cannot be opened
    """
    if (folder / "manifest.jsonl").is_file():
        return manifest.read(folder / "manifest.jsonl", skip_bad=skip_bad)
    return pair(lambda key: _children(folder, key), lambda key: key, needs)


def pairs(place: PairPlace, folder: Path) -> Listing:
    """The samples of a data set of pairs; see `pair_folders.listing`."""

    def read(key: str) -> bytes:
        path = local_path(folder, key)
        try:
            return path.read_bytes()
        except OSError as e:
            raise StorageError(f"{path}: cannot be read ({e.strerror}); correct the rights") from e

    return pair_folders.listing(place, pair_folders.Files(read, lambda key: _children(folder, key)), lambda key: key)


def _children(folder: Path, key: str) -> tuple[list[str], list[Entry]]:
    """(names of folders, files) directly in `folder/key`; links are followed."""
    try:
        with os.scandir(folder / key) as found:
            items = [(item, f"{key}/{item.name}" if key else item.name) for item in found]
        folders = [item.name for item, _ in items if item.is_dir()]
        straight = (folder / key).resolve() == folder.resolve() / key  # then only a file's own link can lead out
        files = [_entry(folder, item, path, straight) for item, path in items if not item.is_dir()]
    except OSError as e:
        raise StorageError(f"{folder / key}: cannot be listed ({e.strerror}); correct the name or the rights") from e
    return folders, files


def _entry(folder: Path, item: os.DirEntry[str], path: str, straight: bool) -> Entry:
    try:
        if item.is_symlink() or not straight:
            local_path(folder, path)
        return Entry(path, item.stat().st_size)
    except BadPicture:
        return Entry(path, 0, problem="a link that leads out of the folder; put the file itself there")
    except FileNotFoundError:
        return Entry(path, 0, problem="a link to nothing")
