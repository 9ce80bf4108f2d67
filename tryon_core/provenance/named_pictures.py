"""Which picture of some runs is meant: by its file, its digest, an s3:// URL, or the place that a source has for it."""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PIL import Image

from ..errors import BadInput, BadPicture
from ..images import bytes_of, decode, digest, from_png
from ..runs.kept.keys import picture_key
from ..runs.reading import Run
from ..sources.loading import MAX_FILE_BYTES, is_s3
from ..storage import s3
from ..storage.places import expanded, shown

_DIGEST = re.compile(r"[0-9a-f]{8,64}")
_SHOWN = 12  # digits of a digest


def named_picture(name: str, runs: Sequence[Run], there: Sequence[Callable[[str], bool]]) -> str:
    """The digest of a picture that these runs keep.

    name    the place that a source has for it, a file, an s3:// URL, or a digest of 8 digits or more
    there   per run, whether a key is in it
    raises  BadInput where none is meant, or several; BadPicture for a file that is no picture
    """
    if placed := _placed(name, runs):
        return _one(name, placed)
    if is_s3(name):
        bucket, key = s3.split(name)
        return _of_file(s3.get(bucket, key, None, MAX_FILE_BYTES)[0], name, runs, there)
    if Path(expanded(name)).is_file():
        return _of_file(bytes_of(expanded(name)), name, runs, there)
    if _DIGEST.fullmatch(name.lower()):
        if begun := list(_beginning(name.lower(), runs)):
            return _one(name, begun)
    raise BadInput(
        f"{shown(name)!r} is no picture of {_places(runs)}; give a picture's file, the first 8 digits of its digest, "
        "or its place in the manifest"
    )


def _placed(name: str, runs: Sequence[Run]) -> list[str]:
    """The pictures that sources keep there; raises BadInput where no sample with it was begun"""
    pictures, waiting = [], []
    for run in runs:
        placed = {
            (line.sample_id, role) for line in run.listing.lines for role, at in line.pictures.items() if at == name
        }
        begun = {record.sample_id: record.pictures for record in run.records_of({sample for sample, _ in placed})}
        for sample_id, role in sorted(placed):
            kept = begun.get(sample_id, {}).get(role)
            (waiting if kept is None else pictures).append(kept or f"sample {sample_id} of {run.store.url}")
    if waiting and not pictures:
        raise BadInput(f"{shown(name)!r} is of {waiting[0]}, which was not begun: nothing was made from it there")
    return pictures


def _of_file(data: bytes, name: str, runs: Sequence[Run], there: Sequence[Callable[[str], bool]]) -> str:
    """A file as a source's picture, or as one of a run's own, which may be small, or a mask of one channel."""
    meant = [digest(picture) for picture in _decoded(data, name)]
    for picture in meant:
        if any(is_there(picture_key(picture)) for is_there in there):
            return picture
    raise BadInput(
        f"{shown(name)} shows picture {meant[0][:_SHOWN]}, and {_places(runs)} holds none like it; a copy that was "
        "saved as JPEG, or made smaller, is another picture: give the file that the run was given"
    )


def _decoded(data: bytes, name: str) -> list[Image.Image]:
    """raises BadPicture where it is a picture in no way"""
    pictures = []
    try:
        pictures.append(decode(data, shown(name)))
    except BadPicture as e:
        problem = e
    with contextlib.suppress(BadPicture):
        pictures.append(from_png(data))
    if not pictures:
        raise problem
    return pictures


def _beginning(start: str, runs: Sequence[Run]) -> Iterator[str]:
    for run in runs:
        for key in run.store.keys(picture_key("0" * 64).partition("0")[0] + start):
            yield Path(key).stem


def _one(name: str, pictures: Sequence[str]) -> str:
    different = sorted(set(pictures))
    if len(different) > 1:
        which = ", ".join(picture[:_SHOWN] for picture in different[:5])
        raise BadInput(f"{shown(name)!r} means {len(different)} pictures: {which}; give the digest of one")
    return different[0]


def _places(runs: Sequence[Run]) -> str:
    return ", ".join(run.store.url for run in runs)
