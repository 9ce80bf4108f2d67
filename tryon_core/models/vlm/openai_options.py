"""What a judge behind a URL is given, checked before any work: its name, its key, its options."""

import math
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ...errors import BadInput
from ...records import canonical
from ...scrubbing import scrubbed
from ...storage.loopback import is_loopback
from ...text import got

LONGEST_S = 86_400
_OURS = ("model", "messages", "stream", "n")  # which make an answer what it is read as
_SECRET = re.compile(r"(?i)(^|_|-)(api_?-?key|authorization|password|secret|(access|auth)_token)$")
KEY = "OPENAI_API_KEY"


def name_parts(name: str) -> tuple[str, str]:
    """(model, URL) of openai:MODEL@URL.

    raises   BadInput for a name that cannot be used; it is not repeated, since it may hold a password
    """
    match = re.fullmatch(r"openai:(\S.*?)@(https?://[!-~]+)", name)
    try:
        parts = urlsplit(match.group(2)) if match else None
        usable = bool(parts and parts.hostname and (parts.port is None or parts.port > 0))
    except ValueError:  # a port that is none, brackets that do not close
        usable = False
    if not usable or not match.group(1).isprintable():
        raise BadInput("a judge over HTTP is called openai:MODEL@http://HOST:PORT/v1; this name is not of that form")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise BadInput(f"a judge's URL may hold no user, password or query; set {KEY} instead")
    return match.group(1), match.group(2)


def api_key(url: SplitResult) -> str:
    """The key of the environment, '' where there is none.

    raises   BadInput for one that no HTTP header can carry, or that would travel unencrypted; it is not repeated
    """
    key = os.environ.get(KEY, "")
    if any(not "!" <= letter <= "~" for letter in key):
        raise BadInput(f"{KEY} {_trouble_of(key)}; set it to the key alone")
    if key and url.scheme == "http" and not is_loopback(url.hostname or ""):
        raise BadInput(f"{KEY} would cross the network unencrypted to {url.hostname}; use https")
    return key


def _trouble_of(key: str) -> str:
    """What of a key cannot be sent."""
    if key != key.rstrip("\r\n"):
        return "ends in a line break"
    if key != key.strip():
        return "begins or ends with a space"
    if any(letter.isspace() for letter in key):
        return "holds a space or a line break"
    return "holds a character that no key has (not ASCII, or not printable)"


def check_text(name: str, option: str, value: Any) -> None:
    """raises BadInput for an option that is no text"""
    if not isinstance(value, str):
        raise BadInput(f"{option} of {name} is text, {got(value)}")


def check_timeout(name: str, timeout_s: Any) -> None:
    """raises BadInput for what is no number of seconds"""
    if not _is_number(timeout_s) or not 0 < timeout_s <= LONGEST_S:
        raise BadInput(f"timeout_s of {name} is a number of seconds over 0, up to {LONGEST_S}; {got(timeout_s)}")


def check_price(name: str, price: Any) -> None:
    """raises BadInput for what is no price"""
    if price is not None and not (_is_number(price) and 0 <= price < math.inf):
        raise BadInput(f"price_per_million_tokens of {name} is a number from 0, or left out; {got(price)}")


def checked_extra_body(name: str, extra_body: Any) -> dict[str, Any]:
    """The fields as a plain dict.

    raises   BadInput for what is no JSON object, for a field that an answer is read by, and for secrets, since it is
             recorded
    """
    try:
        fields = dict(extra_body) if isinstance(extra_body, Mapping) else None
        written = canonical(fields).encode().decode()
    except (TypeError, ValueError, RecursionError):
        fields = None
    if fields is None or not all(isinstance(key, str) for key in fields):
        raise BadInput(f"extra_body of {name} is a JSON object such as {{'top_p': 1}}, {got(type(extra_body))}")
    if ours := [field for field in _OURS if field in fields]:
        raise BadInput(f"extra_body of {name} cannot hold {', '.join(ours)}; leave that out")
    if scrubbed(written) != written or any(_SECRET.search(key) for key in _keys(fields)):
        raise BadInput(f"extra_body of {name} is recorded and may hold no secret; set {KEY} instead")
    return fields


def token_limit(max_tokens: int, extra_body: Mapping[str, Any]) -> int:
    """Tokens of a reply, as the fields of a question say in the end."""
    given = (extra_body.get("max_completion_tokens"), extra_body.get("max_tokens"))
    return next((limit for limit in given if isinstance(limit, int)), max_tokens)


def _keys(value: Any) -> list[str]:
    """The keys of JSON's objects, at any depth."""
    if isinstance(value, list | tuple):
        return [key for each in value for key in _keys(each)]
    return [*value, *_keys(list(value.values()))] if isinstance(value, Mapping) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
