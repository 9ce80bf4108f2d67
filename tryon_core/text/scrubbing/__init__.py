"""Secrets out of what others say: a server that echoes a key must not bring it into a record, a page or a message."""

import os
import re
from typing import Any
from urllib.parse import quote, quote_plus

from .. import one_line
from .secret import HANDED_OUT

SHOWN = "***"
LONGEST = 500  # characters of what others say that stand in a sentence
SHORTEST = 6  # characters; a shorter value would take half of ordinary words away
SECRET_NAME = re.compile(r"(^|_)(API_?KEYS?|SECRET(_ACCESS)?_KEY|TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIALS)$")
KEY_LIKE = re.compile(r"\b(sk-|hf_|AIza|AQ\.|AKIA|ASIA)[A-Za-z0-9_-]{12,}")  # of OpenAI, Hugging Face, Google, AWS
_SIGNED = re.compile(
    r"([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|AWSAccessKeyId|key|token)=)[^&\s\"'<>]+",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(bearer)\s+[A-Za-z0-9._~+/=-]{16,}", re.IGNORECASE)


def secrets() -> tuple[str, ...]:
    """Values of the environment's secrets (API keys, tokens, passwords) and those used of .env, the longest first."""
    values = {value.strip() for name, value in os.environ.items() if SECRET_NAME.search(name.upper())} | HANDED_OUT
    return tuple(sorted((value for value in values if len(value) >= SHORTEST), key=len, reverse=True))


def scrubbed(text: str) -> str:
    """The text with SHOWN in place of each secret of the environment or used of .env, as it stands or quoted for a URL,
    and of what has the form of a key, a signature or a bearer token."""
    return _scrubbed(text, _written())


def outside(text: str) -> str:
    """What others said, for a sentence: scrubbed, one printable line, at most LONGEST characters."""
    line = one_line(scrubbed(text))
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def scrubbed_json(value: Any) -> Any:
    """JSON with every text in it scrubbed, names of fields too."""
    return _deep(value, _written())


def _written() -> tuple[str, ...]:
    """The secrets in every way in which they may be written."""
    found = secrets()
    return tuple(dict.fromkeys(way for secret in found for way in (secret, quote(secret, safe=""), quote_plus(secret))))


def _scrubbed(text: str, written: tuple[str, ...]) -> str:
    for secret in written:
        text = text.replace(secret, SHOWN)
    if len(text) < SHORTEST:
        return text
    text = _SIGNED.sub(rf"\1{SHOWN}", text)
    text = _BEARER.sub(rf"\1 {SHOWN}", text)
    return KEY_LIKE.sub(rf"\1{SHOWN}", text)


def _deep(value: Any, written: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return _scrubbed(value, written)
    if isinstance(value, dict):
        return {_scrubbed(name, written): _deep(inner, written) for name, inner in value.items()}
    return [_deep(inner, written) for inner in value] if isinstance(value, list | tuple) else value
