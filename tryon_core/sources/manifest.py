"""A manifest: JSON Lines, one sample a line, checked as a whole before the first picture is read."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from ..errors import BadInput, BadManifest, StorageError
from ..records import SampleLine
from ..text import first_problem
from .listing import Listing, Skipped
from .loading import local_path
from .manifest_line import ManifestLine, check_keys, of_edit
from .strict_json import json_object


def read(path: Path, *, skip_bad: bool = False) -> Listing:
    """A manifest on disk. Pictures are named relative to its folder, by absolute path or by s3:// URL.

    skip_bad  as for parse
    raises   BadManifest with the line number; StorageError where the file cannot be read
    """
    return parse(bytes_of(path), str(path), partial(placed, path.parent), skip_bad=skip_bad)


def bytes_of(path: Path) -> bytes:
    """raises StorageError where the file cannot be read"""
    try:
        return path.read_bytes()
    except OSError as e:
        raise StorageError(f"{path}: cannot be read ({e.strerror}); correct the name or the rights") from e


def placed(folder: Path, name: str) -> str:
    """A picture's name as a file in `folder` has it; raises BadInput for one that leads out of the folder"""
    if not name.startswith("s3://"):
        local_path(folder, name)
    return name


def parse(data: bytes, manifest: str, place: Callable[[str], str], *, skip_bad: bool = False) -> Listing:
    """A manifest's bytes as a listing.

    manifest  how messages call it
    place     turns a picture's name into what the listing holds; BadInput for a name that cannot be used
    skip_bad  a line that cannot be used is skipped, with its reason, where another one can
    raises    BadManifest with the number of the first line that cannot be used, from 1; blank lines count
    """
    lines: dict[str, SampleLine] = {}
    numbers: dict[str, int] = {}
    bad: list[BadManifest] = []
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            line = _sample(raw, place)
            if line.sample_id in lines:
                first = numbers[line.sample_id]
                raise BadInput(f"sample_id {line.sample_id!r} is already line {first}'s; rename one")
        except BadInput as e:
            bad.append(BadManifest(manifest, number, str(e)))
            if not skip_bad:
                raise bad[0] from e
            continue
        lines[line.sample_id], numbers[line.sample_id] = line, number
    if not lines:
        raise bad[0] if bad else BadManifest(manifest, 1, "the file holds no sample; write one JSON object a line")
    skipped = tuple(Skipped(key=f"line {error.line}", reason=str(error)) for error in bad)
    return Listing(lines=tuple(lines.values()), found=len(lines), skipped=skipped)


def _sample(raw: bytes, place: Callable[[str], str]) -> SampleLine:
    """One line, checked; raises BadInput"""
    given = of_edit(json_object(raw))
    check_keys(given)
    try:
        return ManifestLine.model_validate(given).sample(place)
    except ValidationError as e:
        raise BadInput(first_problem(e)) from e
