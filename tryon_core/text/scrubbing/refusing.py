"""Secrets where none may be: parameters and options, which are recorded."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import BadInput
from . import KEY_LIKE, SECRET_NAME, SHOWN, secrets

_KEYS = re.compile(r"(^|_)(API_?KEYS?|(GEMINI|GOOGLE|OPENAI|HF|MOONDREAM)_?KEY|MOONDREAM_AUTH|AUTHORIZATION)$")
_OF_TEXT = re.compile(r"(^|_)(BOS|EOS|PAD|UNK|SEP|CLS|MASK|STOP|SPECIAL)_TOKEN$")  # of a tokenizer: no secrets
_VARIABLES = {  # part of a name, or how a value begins -> the variable for it
    "HF": "HF_TOKEN",
    "HUGGING": "HF_TOKEN",
    "OPENAI": "OPENAI_API_KEY",
    "GEMINI": "GEMINI_API_KEY",
    "GOOG": "GEMINI_API_KEY",
    "AIZA": "GEMINI_API_KEY",
    "AQ.": "GEMINI_API_KEY",
    "SK-": "OPENAI_API_KEY",
    "MOONDREAM": "MOONDREAM_API_KEY",
    "AWS": "AWS_SECRET_ACCESS_KEY",
    "ACCESS_KEY": "AWS_SECRET_ACCESS_KEY",
    "AKIA": "AWS_ACCESS_KEY_ID",
    "ASIA": "AWS_ACCESS_KEY_ID",
}
_ANY = "GEMINI_API_KEY, OPENAI_API_KEY or HF_TOKEN"


def is_secret_name(name: str) -> bool:
    """Whether a parameter of this name would hold a secret: api_key, geminiApiKey, x-goog-api-key, hf_token."""
    plain = _plain(name)
    return bool(SECRET_NAME.search(plain) or _KEYS.search(plain)) and not _OF_TEXT.search(plain)


def variable_of(name: str, value: Any = "") -> str:
    """The environment variable that a secret of this name belongs into."""
    words = (_plain(name), *(match[0].upper() for match in KEY_LIKE.finditer(str(value))))
    return next((variable for part, variable in _VARIABLES.items() if any(part in word for word in words)), _ANY)


def secrets_in(values: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """(where, the variable it belongs into, value) of each secret in parameters, at any depth and inside of JSON text.

    where   the parameter, or the way into it: models.judge.options.api_key
    """
    for name, value in values.items():
        yield from _walked(str(name), str(name), value)


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same parameters with SHOWN in place of each secret."""
    return {name: _cleaned(str(name), value) for name, value in values.items()}


def refuse_secrets(what: str, values: Mapping[str, Any], of: str = "", then: str = "") -> None:
    """raises BadInput for a secret, with the variable it belongs into and without its value

    what   the values are: 'parameter', 'option'
    of     whose, such as 'judge gemini'
    then   what to do besides, as a sentence
    """
    first = next(secrets_in(values), None)
    if first is None:
        return
    where, variable, value = first
    variable = variable_of(of) if variable == _ANY else variable
    place = f"{where} of {of}" if of else where
    aside = "it was taken out of the output notebook already" if value == SHOWN else then
    advice = f"set {variable} in the environment or in a file .env"
    raise BadInput("; ".join(filter(None, (f"{what} {place} holds a secret, which no {what} may", aside, advice))))


def _walked(where: str, name: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    inner = _inside(value)
    if isinstance(inner, Mapping):
        for key, each in inner.items():
            yield from _walked(f"{where}.{key}", str(key), each)
    elif isinstance(inner, list | tuple):
        for each in inner:
            yield from _walked(where, name, each)
    elif _is_secret(name, inner):
        yield where, variable_of(name, inner), inner


def _cleaned(name: str, value: Any) -> Any:
    inner = _inside(value)
    if isinstance(inner, Mapping):
        cleaned: Any = {key: _cleaned(str(key), each) for key, each in inner.items()}
    elif isinstance(inner, list | tuple):
        cleaned = [_cleaned(name, each) for each in inner]
    else:
        return SHOWN if _is_secret(name, inner) else value
    if not isinstance(value, str):
        return cleaned
    return value if cleaned == inner else json.dumps(cleaned)


def _inside(value: Any) -> Any:
    """The object or list that a text spells as JSON; anything else as it is."""
    if not isinstance(value, str) or value.strip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _is_secret(name: str, value: Any) -> bool:
    if value is None or value == "" or isinstance(value, bool):
        return False
    if is_secret_name(name) or value == SHOWN:  # SHOWN stands where a secret was taken out
        return True
    return isinstance(value, str) and bool(value in secrets() or KEY_LIKE.search(value))


def _plain(name: str) -> str:
    """In upper case with underscores: xGoogApiKey and x-goog-api-key are X_GOOG_API_KEY."""
    return re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).upper()
