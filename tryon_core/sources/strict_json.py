"""JSON as a manifest may hold it: UTF-8, no key twice, finite numbers, whole characters."""

import json
import math
from typing import Any

from ..errors import BadInput
from ..text import shortened


def json_object(raw: bytes) -> dict[str, Any]:
    """One JSON object on a line; raises BadInput with what is wrong and what to do"""
    given = json_value(raw, "write one JSON object a line")
    if not isinstance(given, dict):
        raise BadInput(f"{json.dumps(given)[:40]} where an object must be; write one {{...}} a line")
    return given


def json_value(raw: bytes, advice: str = "write one whole JSON document") -> Any:
    """Any JSON; raises BadInput with what is wrong, and the advice"""
    try:
        given = json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite)
        _check_characters(given)
    except BadInput:
        raise
    except UnicodeDecodeError as e:
        raise BadInput(f"byte {e.start + 1} is not UTF-8; save the file as UTF-8") from e
    except json.JSONDecodeError as e:
        place = f"line {e.lineno}, column {e.colno}" if e.lineno > 1 else f"column {e.colno}"
        raise BadInput(f"broken JSON at {place} ({e.msg}); {advice}") from e
    except (RecursionError, ValueError) as e:
        why = "it is nested too deep" if isinstance(e, RecursionError) else "a number has too many digits"
        raise BadInput(f"JSON that cannot be read ({why}); {advice}") from e
    return given


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise BadInput(f"the key {shortened(key)!r} stands there twice; keep one")
        seen[key] = value
    return seen


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> float:
    raise BadInput(f"{shortened(text)} where a finite number must be; write one, or leave it out")


def _check_characters(given: Any) -> None:
    """Refuse half a surrogate pair: an escape can bring it in, and no file could hold it."""
    try:
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError as e:
        around = ascii(e.object[max(0, e.start - 20) : e.start + 1])
        raise BadInput(f"half a character (a lone surrogate) at the end of {around}; write the whole character") from e
