"""A file of tasks as annotation tools export it: JSON with a list of tasks, each of them a sample.

The list is the whole file, or stands under `tasks` or `results`. A task's fields stand in it, or under its `data`.
What cannot be used is skipped with the reason: one bad task of thousands stops no run.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, ValidationError

from ..errors import BadInput, StorageError
from ..records import Known, Record, SampleLine
from ..storage.fetch_target import is_url, target_of, without_query
from ..storage.places import expanded
from ..storage.s3_names import redacted, split
from ..text import first_problem, got, shortened
from . import manifest
from .listing import Listing, Skipped
from .manifest_fields import Fact, PicturePath, Prose, SampleId
from .outside_pictures import Address, OutsidePictures
from .strict_json import json_value

ROLES = {
    "init_image_url": "init",
    "mask_image_url": "mask",
    "character_image_url": "character",
    "person_image_url": "person",
    "garment_image_url": "garment",
}
WHOLE = (("init", "mask", "character"), ("person", "garment"))  # either makes a task
CHARACTER_WISH = "The given character is in the marked area; everything else stays as it is."
NEEDED = "init_image_url, mask_image_url and character_image_url, or person_image_url and garment_image_url"
Place = Callable[[str], str]


def _as_text(given: Any) -> Any:
    """An id, which may be a whole number."""
    return str(given) if type(given) is int else given


def _agreed(given: Any) -> Any:
    """A consent that was ticked rather than written."""
    return ("yes" if given else "no") if isinstance(given, bool) else given


class Task(Record):
    """A task's own fields; an export holds many others, which say nothing about the sample."""

    id: Annotated[SampleId, BeforeValidator(_as_text)]
    character_id: Fact = ""
    character_name: Fact = ""
    prompt: Prose = ""
    init_image_url: PicturePath | None = None
    mask_image_url: PicturePath | None = None
    character_image_url: PicturePath | None = None
    person_image_url: PicturePath | None = None
    garment_image_url: PicturePath | None = None
    image_url: PicturePath | None = None
    source: Prose = ""
    licence: Prose = ""
    consent: Annotated[Prose, BeforeValidator(_agreed)] = ""

    @property
    def pictures(self) -> dict[str, str]:
        """Role -> the picture's address as it is written."""
        return {role: url for key, role in ROLES.items() if (url := getattr(self, key)) is not None}

    @property
    def wish(self) -> str:
        """The prompt; without one, what every task of its kind asks for."""
        usual = CHARACTER_WISH if "character" in self.pictures else SampleLine.model_fields["wish"].default
        return self.prompt if self.prompt.strip() else usual


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
            return _usable(*_items(json_value(self._read())), self._place)
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
    task = _task(item)
    absent = [[role for role in roles if role not in task.pictures] for roles in WHOLE]
    if all(absent):
        keys = {role: key for key, role in ROLES.items()}
        fewest = min(absent, key=len)
        raise BadInput(f"it has no {' and no '.join(keys[role] for role in fewest)}; a task names {NEEDED}")
    return SampleLine(
        sample_id=task.id,
        wish=task.wish,
        pictures={role: _placed(role, url, place) for role, url in task.pictures.items()},
        known=_known(item, task),
        source=task.source,
        licence=task.licence,
        consent=task.consent,
    )


def _task(item: Any) -> Task:
    data = _data(item)
    given = {key: value for key, value in data.items() if key in Task.model_fields and value not in (None, "")}
    if "license" in data and "licence" not in given:
        given["licence"] = data["license"]
    if "id" not in given and "id" in item:
        given["id"] = item["id"]
    try:
        return Task.model_validate(given)
    except ValidationError as e:
        raise BadInput(first_problem(e)) from e


def _data(item: Any) -> Mapping[str, Any]:
    """A task's own fields, wherever they stand."""
    data = item.get("data", item) if isinstance(item, dict) else item
    if not isinstance(data, dict):
        raise BadInput(f"a task is an object, {got(data)}")
    return data


def _known(item: Mapping[str, Any], task: Task) -> dict[str, Known]:
    number = item.get("id", task.id)
    facts = {
        "character_name": task.character_name,
        "character_id": task.character_id,
        "task_id": number if isinstance(number, str | int) else "",
        "image_url": redacted(task.image_url or ""),
        "annotated": _annotated(item),
    }
    return {name: value for name, value in facts.items() if value != ""}


def _annotated(item: Mapping[str, Any]) -> str:
    """What the latest annotation chose as the issues of the final picture, such as 'Inconsistent Character'."""
    given = item.get("annotations")
    annotations = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    current = [one for one in annotations if not one.get("was_cancelled")]
    latest = max(enumerate(current), key=lambda one: (_when(one[1]), one[0]), default=(0, {}))[1]
    results = latest.get("result")
    return ", ".join(choice for one in (results if isinstance(results, list) else ()) for choice in _choices(one))


def _when(annotation: Mapping[str, Any]) -> str:
    """ISO time, which sorts as text within one export."""
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def _choices(result: Any) -> Sequence[str]:
    if not isinstance(result, dict) or (result.get("from_name"), result.get("to_name")) != ("issues", "final"):
        return ()
    value = result.get("value")
    choices = value.get("choices") if isinstance(value, dict) else None
    return [str(choice) for choice in choices] if isinstance(choices, list) else ()


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
