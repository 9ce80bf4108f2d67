"""JSON objects inside other words: in a code fence, between prose, cut off at the end. What language models answer.

An object is read in its own form: strings may hold control characters, `NaN` and `Infinity` are numbers. A key that
stands twice with different values has the value TWICE, which is none of JSON's.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

MOST_TRIES = 200  # braces that are never closed; a text with more of them is not searched further
MOST_DEEP = 64  # brackets inside one another
_LONGEST_NUMBER = 20  # digits; Python refuses to read 4,300
_MARK = re.compile(r'"(?:[^"\\]++|\\.?)*+(?:"|\Z)|[{}\[\],]', re.DOTALL)  # a string is passed as one mark
_CLOSING = {"{": "}", "[": "]"}
_THINKING = re.compile(r"[<\[](/?)(?:think|thinking|thoughts?|reasoning|reflection)[>\]]", re.IGNORECASE)


class _Twice:
    def __repr__(self) -> str:
        return "given twice, differently"


TWICE = _Twice()


class Found(NamedTuple):
    """An object, and whether it is whole: of one that is cut off, `value` holds what was followed by a comma or a
    closing bracket, entries of lists only where they are whole."""

    value: dict[str, Any]
    whole: bool


def json_objects(text: str) -> Iterator[Found]:
    """The outermost objects of a text in their order; the last may be cut off. Never raises."""
    start, tries = text.find("{"), 0
    while start >= 0 and tries < MOST_TRIES:
        end, so_far = _walked(text, start)
        value = _read(text[start:end] if end else so_far)
        if value and not end:
            yield Found(value, whole=False)
            return
        if value is not None and end:
            yield Found(value, whole=True)
            start = text.find("{", end)
        else:  # a brace of prose: an object may begin inside of it
            tries, start = tries + (not end), text.find("{", start + 1)


def without_thinking(text: str) -> tuple[str, bool]:
    """(what stands behind a reply's think blocks, whether it has any). What begins as JSON may only quote one."""
    if text.lstrip().startswith(("{", "[{", "```")):
        return text, False
    tags = list(_THINKING.finditer(text))
    start = max((tag.end() for tag in tags if tag[1]), default=0)
    end = min((tag.start() for tag in tags if not tag[1] and tag.start() >= start), default=len(text))
    return text[start:end], bool(tags)


def _walked(text: str, start: int) -> tuple[int, str]:
    """(where the object that begins at `start` ends, ''), or (0, the object as far as it is whole, closed)"""
    brackets, cut, left_open = "", start, ""
    for mark in _MARK.finditer(text, start):
        letter = mark.group()
        if letter in _CLOSING:
            brackets += letter
        elif letter in ("}", "]"):
            if _CLOSING[brackets[-1]] != letter:
                return 0, ""
            brackets = brackets[:-1]
        if not brackets:
            return mark.end(), ""
        if len(brackets) > MOST_DEEP:
            return 0, ""
        if letter in ("}", "]", ",") and "[{" not in brackets and "[[" not in brackets:
            cut, left_open = (mark.start() if letter == "," else mark.end()), brackets
    return 0, text[start:cut] + "".join(_CLOSING[letter] for letter in reversed(left_open))


def _read(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text, strict=False, parse_int=_whole_number, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < _LONGEST_NUMBER else math.copysign(math.inf, -1 if digits[0] == "-" else 1)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dict, where no key has two values."""
    values: dict[str, Any] = {}
    for key, value in pairs:
        values[key] = value if key not in values or _same(values[key], value) else TWICE
    return values


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other
