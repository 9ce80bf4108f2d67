"""One line of a manifest as it is written, and the sample it names."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field, model_validator

from ..errors import BadInput, UnknownName
from ..hints import PICTURE_OF, SAID_BY_POINTS, Hints, Points
from ..records import Record, SampleLine
from ..storage import s3
from ..text import SHOWN, shortened
from .manifest_fields import Digests, Fact, Facts, PicturePath, Pictures, Prose, SampleId
from .pairing import SUFFIXES

PICTURES = ("person", "garment", "truth")  # roles with a key of their own
FACTS = ("difficulty", "gender", "garment_type", "pattern", "split")  # facts with a key of their own
_WHERE = "a path relative to the manifest, an absolute path, or s3://bucket/key"


class ManifestLine(Record):
    """A line as it is written. What it says of its fields is what the JSON Schema says."""

    sample_id: SampleId = Field(description="names the sample in records and file names; unique in the manifest")
    person: PicturePath | None = Field(default=None, description=f"picture of the person: {_WHERE}")
    garment: PicturePath | None = Field(default=None, description=f"picture of the garment alone: {_WHERE}")
    truth: PicturePath | None = Field(
        default=None, description="picture of the person wearing the garment, for measuring only; no model sees it"
    )
    pictures: Pictures = Field(
        default={}, description="other pictures: role -> one path or a list of them, none of a role given above"
    )
    wish: Prose = Field(default=SampleLine.model_fields["wish"].default, description="what is asked for, in words")
    known: Facts = Field(default={}, description="other facts: name -> text, number, true or false; no model sees them")
    difficulty: Fact = Field(default="", description="easy, medium, hard, ...; used to select")
    gender: Fact = Field(default="", description="female, male, ...; used to select")
    garment_type: Fact = Field(default="", description="upper, dress, trousers, skirt, ...; models see it, too")
    points: Points = Field(default={}, description=SAID_BY_POINTS)
    pattern: Fact = Field(default="", description="plain, stripes, floral, ...")
    split: Fact = Field(
        default="", description="tuning, reporting, ...: what was tuned on some samples is reported on others"
    )
    sha256: Digests = Field(
        default={},
        description="role -> SHA-256 of that picture's file, checked when it is read; a list where the role has one",
    )
    source: Prose = Field(default="", description="where the pictures come from")
    licence: Prose = Field(default="", description="under which licence they may be used")
    consent: Prose = Field(default="", description="how the person shown agreed")

    @model_validator(mode="after")
    def _fits_together(self) -> "ManifestLine":
        for role in PICTURES:
            if role in self.pictures and getattr(self, role) is not None:
                raise ValueError(f"{role!r} stands at the top level and under 'pictures'; keep one")
        for name in FACTS:
            if name in self.known and name in self.model_fields_set:
                raise ValueError(f"{name!r} stands at the top level and under 'known'; keep one")
        for mark in self.points:
            if PICTURE_OF[mark] not in self.by_role:
                raise ValueError(f"points say what is {mark!r} in the {PICTURE_OF[mark]}, but no such picture is named")
        self._check_digests()
        return self

    def _check_digests(self) -> None:
        pictures = self.by_role
        if self.sha256 and not pictures:
            raise ValueError("sha256 is given, but no picture; name the pictures, or leave it out")
        for role, digests in self.sha256.items():
            if role not in pictures:
                raise UnknownName("picture of this line", role, pictures)
            if len(digests) != len(pictures[role]):
                count = f"{len(digests)} for {len(pictures[role])} of its pictures"
                raise ValueError(f"sha256 of {role!r} has {count}; write one for each")

    @property
    def by_role(self) -> dict[str, tuple[str, ...]]:
        """All pictures, wherever on the line they stand."""
        own = {role: (path,) for role in PICTURES if (path := getattr(self, role)) is not None}
        return own | self.pictures

    def sample(self, place: Callable[[str], str]) -> SampleLine:
        """The sample it names; raises BadInput for a picture's name that `place` refuses"""
        facts = {name: getattr(self, name) for name in FACTS} | self.known
        said = {"garment_type": str(facts["garment_type"]), "points": self.points}
        return SampleLine(
            sample_id=self.sample_id,
            wish=self.wish,
            pictures={role: _placed(role, name, place) for role, name in _numbered(self.by_role).items()},
            known={name: value for name, value in facts.items() if value != ""},
            hints=Hints(**{name: value for name, value in said.items() if value}),
            sha256=_numbered(self.sha256),
            source=self.source,
            licence=self.licence,
            consent=self.consent,
        )


KEYS = tuple(ManifestLine.model_fields)


# How data sets of edits spell it; such a line is told by its 'id'.
EDIT_KEYS = {"id": "sample_id", "prompt": "wish", "image": "init", "image_path": "init"}


def of_edit(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """A line {id, image or image_path, prompt} in our own keys; any other as it is.

    raises   BadInput where the picture or the prompt is missing, or the picture is named twice
    """
    if "id" not in given or "sample_id" in given:
        return given
    named = [name for name in ("image", "image_path") if name in given]
    if len(named) != 1 or "prompt" not in given:
        raise BadInput(
            "a line with 'id' names one picture to edit, as 'image' or 'image_path', and the wish as 'prompt'; "
            f"this one has {', '.join(given)}"
        )
    others = {name: value for name, value in given.items() if name not in EDIT_KEYS}
    sample_id = str(given["id"]) if type(given["id"]) is int else given["id"]
    pictures = {"init": given[named[0]], **others.pop("pictures", {})}
    return {"sample_id": sample_id, "wish": given["prompt"], "pictures": pictures, **others}


def check_keys(given: Mapping[str, Any]) -> None:
    """raises BadInput for a key that no line has, with the nearest one, and where pictures and facts go"""
    for key, value in given.items():
        if key not in KEYS:
            unknown = UnknownName("key of a manifest line", key[:SHOWN], KEYS)
            raise BadInput(f"{unknown}{_instead(value)}") from unknown


def _instead(value: Any) -> str:
    """Where a value belongs whose key is unknown; '' where it looks like nothing we keep."""
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, str) and (first.startswith("s3://") or first.lower().endswith(SUFFIXES)):
        return ". A picture of another role goes under 'pictures'"
    return ". Another fact goes under 'known'" if isinstance(value, str | int | float) else ""


def _numbered(by_role: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """{'a': ('x', 'y')} -> {'a': 'x', 'a-2': 'y'}"""
    return {
        role if number == 1 else f"{role}-{number}": item
        for role, items in by_role.items()
        for number, item in enumerate(items, start=1)
    }


def _placed(role: str, name: str, place: Callable[[str], str]) -> str:
    if "://" in name and not name.startswith("s3://"):
        name, do = s3.redacted(name), "only files and s3:// URLs are read: download it or copy it to a bucket"
        raise BadInput(f"{role} {shortened(repr(name))}: {do}")
    try:
        if name.startswith("s3://"):
            s3.split(name)
        return place(name)
    except BadInput as e:
        raise BadInput(f"{role}: {e}") from e
