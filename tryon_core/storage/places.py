"""What may be the place of a run, and what may be a key in it: told before any work, in one sentence."""

import os
import re
from pathlib import Path

from ..errors import BadInput, StorageError
from ..text import one_line, shortened
from .s3_names import MAX_KEY_BYTES, redacted

MAX_NAME_BYTES, MAX_PATH_BYTES = 255, 4095  # of a file's name and a whole path on Linux and macOS
LONGEST_SHOWN = 240  # characters
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):/|s3:", re.IGNORECASE)
_KINDS = "give a folder or s3://bucket/prefix"


def expanded(where: str | os.PathLike[str]) -> str:
    """A place with '~' and '~user' as the folders that they stand for; $NAMES stay as they are.

    raises   BadInput for a user that is not there
    """
    given = os.fspath(where)
    found = os.path.expanduser(given) if given.startswith("~") else given
    if found.startswith("~"):
        raise BadInput(f"{shortened(given)!r}: there is no user or home folder of this name; write the path out")
    return found


def folder_of(where: str | os.PathLike[str]) -> Path:
    """The folder that a place names, there or not.

    raises   BadInput for what names none: nothing, a URL, a name that no file system takes; StorageError for a file
    """
    given = os.fspath(where)
    name = repr(shown(redacted(given) if "://" in given else given))
    if not given.strip():
        raise BadInput(f"an empty text is no place for a run; {_KINDS}")
    if _SCHEME.match(given):
        advice = "give the path alone" if given.strip().lower().startswith("file:") else _KINDS
        raise BadInput(f"{name} is no place for a run; {advice}")
    if not given.isprintable() or given != given.strip():
        raise BadInput(f"{name}: spaces around it, or characters that cannot be printed; {_KINDS} without them")
    path = Path(expanded(given))
    if len(os.fsencode(path)) > MAX_PATH_BYTES or any(len(os.fsencode(p)) > MAX_NAME_BYTES for p in path.parts):
        raise BadInput(f"{name}: a name has at most {MAX_NAME_BYTES} bytes, a path {MAX_PATH_BYTES}; {_KINDS}")
    for place in (path, *path.parents):
        if os.path.lexists(place) and not place.is_dir():
            what = f"cannot write to {shown(given)}: {shown(str(place))!r} is a file or a broken link"
            raise StorageError(f"{what}; see that the place exists and is a folder")
    return path


def shown(place: str) -> str:
    """A path or URL for a message: one line, cut where it is very long"""
    line = one_line(place)
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN]}..."


def checked_key(key: str) -> str:
    """The key itself; raises StorageError for one that would lead out of its store, or that no file can have"""
    parts = key.split("/")
    if {"", ".", ".."} & set(parts):
        raise StorageError(f"{shortened(key)!r} is no key: it has an empty, '.' or '..' part, or begins with '/'")
    return _writable(key, parts)


def is_key(name: str) -> bool:
    """Whether a name in a store can be a key: what others put there under another is no part of a run"""
    try:
        return bool(checked_key(name))
    except StorageError:
        return False


def checked_prefix(prefix: str) -> str:
    """The beginning of keys; raises StorageError where no key can begin so"""
    parts = prefix.split("/")
    if {"", ".", ".."} & set(parts[:-1]) or parts[-1] in (".", ".."):
        raise StorageError(f"{shortened(prefix)!r} begins no key: it has an empty, '.' or '..' part")
    return _writable(prefix, parts)


def _writable(key: str, parts: list[str]) -> str:
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:
        raise StorageError(f"{ascii(key)[:80]} is no key: it has half a character (a lone surrogate)") from None
    if max(sizes) > MAX_NAME_BYTES or sum(sizes) + len(parts) > MAX_KEY_BYTES:
        raise StorageError(
            f"{shortened(key)!r} is no key: a name has at most {MAX_NAME_BYTES} bytes, a key {MAX_KEY_BYTES}"
        )
    if not key.isprintable():
        raise StorageError(f"{shortened(key)!r} is no key: it has characters that cannot be printed")
    return key
