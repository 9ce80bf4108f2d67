"""What may stand in a field of a manifest line: its check; field_schemas.py has the same as JSON Schema.

A check says what is wrong and what was got; `text.first_problem` puts the field's name in front.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainValidator, WithJsonSchema

from ..records import ROLE, SAMPLE_ID, Known
from ..text import got, shortened
from . import field_schemas
from .field_schemas import CONTROL, CONTROL_IN_PROSE, DIGEST, FACT_NAME_LENGTH


def _prose(text: str) -> str:
    return _without(CONTROL_IN_PROSE, text)


def _word(text: str) -> str:
    return _without(CONTROL, text)


def _without(control: str, text: str) -> str:
    if found := re.search(control, text):
        raise ValueError(f"control character {found[0]!r} in {shortened(repr(text))}; take it out")
    return text


def _sample_id(text: str) -> str:
    if not SAMPLE_ID.fullmatch(text):
        rule = "1-128 of A-Z a-z 0-9 . _ -, not beginning with a dot"
        raise ValueError(f"{shortened(repr(text))} cannot be used; write {rule}")
    return text


def _path(text: str) -> str:
    if not text:
        raise ValueError("the path is empty; name the picture, or leave the key out")
    return _word(text)


def _digest(text: str) -> str:
    if not re.fullmatch(DIGEST, text):
        raise ValueError(f"a SHA-256 digest is 64 of 0-9 a-f, {got(text)}")
    return text


def _several(value: Any) -> Any:
    """One text is a list of one."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list) or not value:
        raise ValueError(f"one text or a list of at least one is needed, {got(value)}")
    return value


def _roles(by_role: dict[str, Any]) -> dict[str, Any]:
    for role in by_role:
        if not ROLE.fullmatch(role):
            rule = "write 1-32 of a-z 0-9 _, beginning with a letter"
            raise ValueError(f"{shortened(repr(role))} is no role of a picture; {rule}")
        if "-" in role:
            name = role.partition("-")[0]
            raise ValueError(
                f"{shortened(repr(role))} is numbered by hand; write a list of all its pictures under {name!r}"
            )
    return by_role


def _fact(value: Any) -> Known:
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"a whole number beyond 64 bits, {got(value)}; write it as text")
    if isinstance(value, int | float):  # and so true and false
        return value
    raise ValueError(f"text, a number, true or false is needed, {got(value)}; leave out what is not known")


def _names(facts: dict[str, Any]) -> dict[str, Any]:
    for name in facts:
        if not name.strip() or len(name) > FACT_NAME_LENGTH:
            rule = f"write 1-{FACT_NAME_LENGTH} characters, not only spaces"
            raise ValueError(f"{shortened(repr(name))} is no name of a fact; {rule}")
        _word(name)
    return facts


Prose = Annotated[str, AfterValidator(_prose), WithJsonSchema(field_schemas.PROSE)]
SampleId = Annotated[str, AfterValidator(_sample_id), WithJsonSchema(field_schemas.ID)]
PicturePath = Annotated[str, AfterValidator(_path), WithJsonSchema(field_schemas.PATH)]
Digest = Annotated[str, AfterValidator(_digest)]
Fact = Annotated[Known, PlainValidator(_fact), WithJsonSchema(field_schemas.FACT)]
Pictures = Annotated[
    dict[str, Annotated[tuple[PicturePath, ...], BeforeValidator(_several)]],
    AfterValidator(_roles),
    WithJsonSchema(field_schemas.PICTURES),
]
Digests = Annotated[
    dict[str, Annotated[tuple[Digest, ...], BeforeValidator(_several)]],
    AfterValidator(_roles),
    WithJsonSchema(field_schemas.DIGESTS),
]
Facts = Annotated[dict[str, Fact], AfterValidator(_names), WithJsonSchema(field_schemas.FACTS)]
