"""A file of tasks as annotation tools export it: JSON with a list of tasks, each of them a sample.

The list is the whole file, or stands under `tasks` or `results`. A task's fields stand in it, or under its `data`.
What cannot be used is skipped with the reason: one bad task of thousands stops no run.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import BadInput, StorageError
from ...records import SampleLine
from ...storage.fetch_target import is_url, target_of, without_query
from ...storage.places import expanded
from ...storage.s3_names import redacted, split
from ...text import got, shortened
from .. import manifest
from ..listing import Listing, Skipped
from ..strict_json import json_value
from .outside_pictures import Address, OutsidePictures
from .task import NEEDED, ROLES, WHOLE, known_of, task_of

Place = Callable[[str], str]


class Tasks(NamedTuple):
    """What a file holds: samples whose pictures' URLs have no query, and the whole address of each outside picture."""

    listing: Listing
    addresses: dict[Address, str]


class TaskFile:
    """A file of tasks, on a disk or in a bucket.

    where  how messages call it
    read   its bytes
    place  turns a picture's name that is no URL into what the listing holds; BadInput for one that cannot be used
    """

    def __init__(self, where: str, read: Callable[[], bytes], place: Place):
        self.where, self._read, self._place = where, read, place
        self._pictures: OutsidePictures | None = None
        self._guard = threading.Lock()

    def listing(self) -> Listing:
        """raises BadInput where it is no file of tasks, or none of them can be used; StorageError"""
        tasks = self._tasks()
        self._pictures = OutsidePictures(tasks.addresses)
        return tasks.listing

    def outside(self, sample_id: str, role: str, listed: str) -> bytes:
        """A picture that a listing, perhaps of an earlier run, names by URL: as `OutsidePictures.bytes_of`."""
        with self._guard:
            if self._pictures is None:
                try:
                    self.listing()
                except BadInput as e:
                    raise StorageError(f"{listed} cannot be looked up: {e}") from e
        return self._pictures.bytes_of(sample_id, role, listed)

    def _tasks(self) -> Tasks:
        try:
            return _usable(*_items(json_value(self._read().removeprefix(b"\xef\xbb\xbf"))), self._place)
        except BadInput as e:
            raise BadInput(f"{self.where}: {e}") from e


def on_disk(where: str) -> TaskFile:
    """A file on this machine; pictures are named as in a manifest."""
    path = Path(expanded(where))
    return TaskFile(where, partial(manifest.bytes_of, path), partial(manifest.placed, path.parent))


def _items(document: Any) -> tuple[Sequence[Any], int]:
    """(the list of tasks, how many more the server has that this file is a page of)"""
    items, total = document, 0
    if isinstance(document, dict):
        items, total = document.get("tasks", document.get("results")), document.get("total", 0)
    if not isinstance(items, list) or not items:
        raise BadInput(f"a list of tasks is needed, alone or under 'tasks' or 'results', {got(document)}")
    return items, max(0, total - len(items)) if type(total) is int else 0


# ---- tasks as samples ------------------------------------------------------------------------------------------------


def _usable(items: Sequence[Any], missing: int, place: Place) -> Tasks:
    """raises BadInput where there is none"""
    lines: dict[str, SampleLine] = {}
    addresses: dict[Address, str] = {}
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    skipped = []
    for number, item in enumerate(items, start=1):
        try:
            line = _line(item, place)
            pictures = tuple(line.pictures.items())
            _check_new(line, lines, seen.get(pictures))
        except BadInput as e:
            skipped.append(Skipped(key=_key(number, item), reason=str(e)))
            continue
        seen[pictures] = line.sample_id
        addresses |= {(line.sample_id, role): url for role, url in pictures if is_url(url)}
        lines[line.sample_id] = line.model_copy(update={"pictures": {role: _listed(url) for role, url in pictures}})
    if not lines:
        raise BadInput(f"none of its {len(items)} tasks can be used ({skipped[0].key}: {skipped[0].reason})")
    if missing:
        page = f"the file is one page of the server's answer, {len(items)} of {len(items) + missing}; export all tasks"
        skipped.append(Skipped(key=f"task {len(items) + 1}", reason=page, count=missing))
    _say_whose_ids(items)
    return Tasks(Listing(lines=tuple(lines.values()), skipped=tuple(skipped), found=len(lines)), addresses)


def _line(item: Any, place: Place) -> SampleLine:
    """A task's sample, its pictures by their whole addresses; raises BadInput with why it is none"""
    task = task_of(item)
    absent = [[role for role in roles if role not in task.pictures] for roles in WHOLE]
    if all(absent):
        keys = {role: key for key, role in ROLES.items()}
        fewest = min(absent, key=len)
        raise BadInput(f"it has no {' and no '.join(keys[role] for role in fewest)}; a task names {NEEDED}")
    return SampleLine(
        sample_id=task.id,
        wish=task.wish,
        pictures={role: _placed(role, url, place) for role, url in task.pictures.items()},
        known=known_of(item, task),
        source=task.source,
        licence=task.licence,
        consent=task.consent,
    )


def _placed(role: str, url: str, place: Place) -> str:
    """The picture's whole address; raises BadInput for one that cannot be read from"""
    try:
        if is_url(url):
            target_of(url, any_port=True)
            return url
        if url.startswith("s3://"):
            split(url)
        elif "://" in url or url.startswith("data:"):
            name = shortened(repr(redacted(url)))
            raise BadInput(f"{name}: only https://, http:// and s3:// URLs and files are read")
        return place(url)
    except BadInput as e:
        raise BadInput(f"{role}: {e}") from e


def _listed(url: str) -> str:
    """A picture's address as a run may keep it."""
    return without_query(url) if is_url(url) else url


def _check_new(line: SampleLine, lines: Mapping[str, SampleLine], same: str | None) -> None:
    if line.sample_id in lines:
        raise BadInput(f"its id {line.sample_id!r} is an earlier task's")
    if same is not None:
        raise BadInput(f"it has the same pictures as task {same}")


def _key(number: int, item: Any) -> str:
    """'task 3 (71651078)': its place in the file and its id, where it has one."""
    data = item.get("data") if isinstance(item, dict) else None
    own = (data if isinstance(data, dict) else item).get("id") if isinstance(item, dict) else None
    return f"task {number}" + (f" ({shortened(str(own))})" if own not in (None, "") else "")


def _say_whose_ids(items: Sequence[Any]) -> None:
    borrowed = [item for item in items if isinstance(item, dict) and isinstance(item.get("data"), dict)]
    borrowed = [item for item in borrowed if item["data"].get("id") in (None, "")]
    if borrowed:
        logging.getLogger(__name__).warning(
            f"tasks without an id in their data, called by the number outside of it: {len(borrowed)}"
        )
