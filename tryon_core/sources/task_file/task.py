"""One task as it is written, nested or flat: its own fields, and what is known of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from ...errors import BadInput
from ...records import Known, Record, SampleLine
from ...storage.s3_names import redacted
from ...text import first_problem, got
from ..manifest_fields import Fact, PicturePath, Prose, SampleId

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


def task_of(item: Any) -> Task:
    """The task that an item of the list is; raises BadInput"""
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


def known_of(item: Mapping[str, Any], task: Task) -> dict[str, Known]:
    """What the sample is known by."""
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
