"""A manifest: JSON Lines, one sample a line, checked as a whole before the first picture is read."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import BadInput, BadManifest, StorageError, UnknownName
from ..records import SampleLine
from ..storage import s3
from .listing import Listing
from .loading import local_path

KEYS = (
    "person",
    "garment",
    "truth",
    "garment_type",
    "difficulty",
    "gender",
    "pattern",
    "split",
    *(name for name in SampleLine.model_fields if name != "etags"),
)  # ETags are noted at listing, not by hand
DIGEST = "[0-9a-f]{64}"  # SHA-256


def read(path: Path) -> Listing:
    """A manifest on disk. Pictures are named relative to its folder, by absolute path or by s3:// URL.

    raises   BadManifest with the line number; StorageError where the file cannot be read
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise StorageError(f"{path}: cannot be read ({e.strerror}); correct the name or the rights") from e

    def place(name: str) -> str:
        if not name.startswith("s3://"):
            local_path(path.parent, name)
        return name

    return parse(data, str(path), place)


def parse(data: bytes, manifest: str, place: Callable[[str], str]) -> Listing:
    """A manifest's bytes as a listing.

    manifest  how messages call it
    place     turns a picture's name into what the listing holds; BadInput for a name that cannot be used
    raises    BadManifest with the number of the first line that cannot be used, from 1; blank lines count
    """
    lines: dict[str, SampleLine] = {}
    numbers: dict[str, int] = {}
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            line = _sample(raw, place)
        except BadInput as e:
            raise BadManifest(manifest, number, str(e)) from e
        if line.sample_id in lines:
            raise BadManifest(
                manifest,
                number,
                f"sample_id {line.sample_id!r} is already line {numbers[line.sample_id]}'s; rename one",
            )
        lines[line.sample_id], numbers[line.sample_id] = line, number
    if not lines:
        raise BadManifest(manifest, 1, "the file holds no sample; write one JSON object a line")
    return Listing(lines=tuple(lines.values()), found=len(lines))


def _sample(raw: bytes, place: Callable[[str], str]) -> SampleLine:
    """One line, checked; raises BadInput"""
    given = _object(raw)
    for key in given:
        if key not in KEYS:
            raise UnknownName("key of a manifest line", key, KEYS)
    try:
        pics = {r: given.pop(r) for r in ("person", "garment", "truth") if given.get(r)}
        more = given.pop("pictures", {})
        for r, v in more.items():
            for i, x in enumerate([v] if isinstance(v, str) else v):
                pics[r if not i else f"{r}-{i + 1}"] = x
        known = {
            k: given.pop(k) for k in ("garment_type", "difficulty", "gender", "pattern", "split") if k in given
        } | given.pop("known", {})
        line = SampleLine.model_validate({**given, "pictures": pics, "known": known})
    except ValidationError as e:
        raise BadInput(_problem(e)) from e
    _check_digests(line)
    return line.model_copy(
        update={"pictures": {role: _placed(role, name, place) for role, name in line.pictures.items()}}
    )


def _placed(role: str, name: str, place: Callable[[str], str]) -> str:
    if "://" in name and not name.startswith("s3://"):
        name, do = s3.redacted(name), "only files and s3:// URLs are read: download it or copy it to a bucket"
        raise BadInput(f"{role} {name!r}: {do}")
    try:
        if name.startswith("s3://"):
            s3.split(name)
        return place(name)
    except BadInput as e:
        raise BadInput(f"{role}: {e}") from e


def _object(raw: bytes) -> dict[str, Any]:
    try:
        given = json.loads(raw.decode(), object_pairs_hook=_unique)
    except BadInput:
        raise
    except UnicodeDecodeError as e:
        raise BadInput(f"byte {e.start + 1} is not UTF-8; save the file as UTF-8") from e
    except json.JSONDecodeError as e:
        raise BadInput(f"broken JSON at column {e.colno} ({e.msg}); write one whole JSON object a line") from e
    except (RecursionError, ValueError) as e:
        raise BadInput(f"JSON that cannot be read ({e}); write one flat object of texts a line") from e
    if not isinstance(given, dict):
        raise BadInput(f"{json.dumps(given)[:40]} where an object must be; write one {{...}} a line")
    return given


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise BadInput(f"the key {key[:80]!r} stands there twice; keep one")
        seen[key] = value
    return seen


def _problem(error: ValidationError) -> str:
    """The first thing pydantic found, as we say it."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"{name!r} is missing; sample_id, person and garment are needed"
    if first["type"] == "string_pattern_mismatch":
        rule = "1-128 of A-Z a-z 0-9 . _ -, not beginning with a dot"
        return f"{name} {str(first['input'])[:140]!r} cannot be used; write {rule}"
    kind = "an object {role: digest}" if name == "sha256" else "text in quotes"
    return f"{name} is {json.dumps(first['input'])[:80]}; it must be {kind}"


def _check_digests(line: SampleLine) -> None:
    for role, digest in line.sha256.items():
        if role not in line.pictures:
            raise UnknownName("picture of this line", role, line.pictures)
        if not re.fullmatch(DIGEST, digest):
            raise BadInput(f"sha256 of {role} is {digest[:80]!r}; it must be 64 of 0-9 a-f")
