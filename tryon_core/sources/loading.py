"""One sample's pictures: found, read, checked, decoded."""

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

from .. import images
from ..errors import BadPicture, StorageError
from ..records import Sample, SampleLine
from ..storage import s3
from ..storage.fetch_target import is_url, named
from ..storage.places import shown

Outside = Callable[[str, str, str], bytes]  # sample id, role, URL without its query -> the picture's file
MAX_FILE_BYTES = 256 * 2**20  # more than images.MAX_PIXELS of uncompressed RGB


def nothing_outside(sample_id: str, role: str, where: str) -> bytes:
    """raises BadPicture: only files of tasks name pictures by URL"""
    raise BadPicture(f"{role} of {sample_id}: no URL is fetched here; download {named(where)} or copy it to a bucket")


def load(
    line: SampleLine, base: Path | None, *, requester_pays: bool = False, outside: Outside = nothing_outside
) -> Sample:
    """Fetch and decode every picture of a sample.

    line    names each picture by an s3:// URL (then its ETag must still hold), an absolute path, or a path under `base`
    base    the folder relative paths start from; None where there is none
    outside gives those that are named by an http or https URL
    raises  BadPicture where one cannot be used or is not what its sha256 names; StorageError where it cannot be read
    """
    pictures = {}
    for role, where in line.pictures.items():
        expected, name = line.sha256.get(role), shown(where)
        if is_url(where):
            data = outside(line.sample_id, role, where)
        elif is_s3(where):
            data = _in_bucket(where, line.etags.get(role), expected, requester_pays)
        else:
            data = _read(where, base)
        _check(data, expected, name)
        pictures[role] = images.decode(data, name, ground="black" if role == "mask" else "white")
    return Sample.of(line, pictures)


def is_s3(where: str) -> bool:
    """Whether a picture's name is that of an object in a bucket."""
    return where.startswith("s3://")


def _in_bucket(where: str, etag: str | None, expected: str | None, requester_pays: bool) -> bytes:
    bucket, key = s3.split(where)
    return s3.get(bucket, key, etag, MAX_FILE_BYTES, sha256=expected, requester_pays=requester_pays)[0]


def _read(where: str, base: Path | None) -> bytes:
    path, name = local_path(base, where), shown(where)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe or a device might never end
            raise StorageError(f"{name}: a folder or a device; name a file")
        if found.st_size > MAX_FILE_BYTES:
            raise BadPicture(f"{name}: {found.st_size} bytes; at most {MAX_FILE_BYTES} are read: make it smaller")
        return path.read_bytes()
    except StorageError:
        raise
    except OSError as e:
        raise StorageError(f"{name}: cannot be read ({e.strerror}); put the file there or correct the name") from e


def local_path(base: Path | None, name: str) -> Path:
    """Where a picture's name leads: an absolute path as it is, any other under `base`.

    raises   BadPicture where it would leave `base`, by '..' or by a link
    """
    said = shown(name)
    if not name.isprintable():
        raise BadPicture(f"{said!r}: control characters in a file name; rename the file")
    if Path(name).is_absolute():
        return Path(name)
    if base is None:
        raise BadPicture(f"{said}: a relative name, but no folder it could start from; give the whole path or URL")
    try:
        path = (base / name).resolve()
        inside = path.is_relative_to(base.resolve()) and ".." not in Path(name).parts
    except (OSError, RuntimeError) as e:  # a loop of links, a name too long
        raise BadPicture(
            f"{said}: no usable file name ({getattr(e, 'strerror', None) or type(e).__name__}); correct it"
        ) from e
    if not inside:
        raise BadPicture(
            f"{said}: leads out of its folder, by '..' or a link; put the file inside or give its whole path"
        )
    return path


def _check(data: bytes, expected: str | None, where: str) -> None:
    if expected is None:
        return
    got = hashlib.sha256(data).hexdigest()
    if got != expected:
        raise BadPicture(
            f"{where}: not the file the manifest names (sha256 {got[:12]}..., expected {expected[:12]}...); restore it"
        )
