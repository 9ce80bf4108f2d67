"""What stood in the way of an answer, in one sentence that says what to do, whatever a server sent.

Nothing here trusts a shape: servers, gateways and login pages answer 200 with anything.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from ....outages import Passing
from ....text import one_line
from ....text.scrubbing import scrubbed

_PASSING = (408, 409, 425, 429)  # and 5xx but for those that stay
_STAYING = (501, 505)
_SAID = 200  # characters of what a server says

Hint = Callable[[int, str], str]  # (status, the server's words) -> what to do about it; '' for nothing of its own


class Trouble(Exception):
    """What stood in the way of an answer, as a sentence's end; `passing` where it may pass by itself, `status` where
    the server gave one."""

    def __init__(self, sentence: str, passing: Passing | None = None, status: int = 0):
        super().__init__(sentence)
        self.passing, self.status = passing, status


def outside(text: str) -> str:
    """What a server wrote, without our secrets and without halves of characters, which no file can hold."""
    return scrubbed(text.encode("utf-8", "replace").decode())


def said(text: Any) -> str:
    """The beginning of what a server wrote, to stand in a sentence."""
    line = one_line(outside(str(text or "")))
    return f"{line[:_SAID]}..." if len(line) > _SAID else line


def document(body: str, expected: str) -> dict[str, Any]:
    """The JSON object of an answer with status 200.

    expected  what it should have been, and what to do: 'which is no chat completion; is the URL right?'
    raises    Trouble
    """
    try:
        answer = json.loads(body.removeprefix("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        what = (
            "a web page (HTML)" if _is_page(body) else f"no JSON ({said(body)!r})" if body.strip() else "an empty body"
        )
    else:
        if isinstance(answer, dict):
            return answer
        what = f"a JSON {type(answer).__name__}"
    raise Trouble(f"answered with {what}, {expected}")


def error_in_200(error: Any) -> Trouble:
    """Gateways pass an error on with status 200 and its own status in `code`."""
    code = error.get("code") if isinstance(error, dict) else None
    status = int(code) if str(code).isascii() and str(code).isdigit() and len(str(code)) == 3 else 0
    return Trouble(f"answered with an error: {_words_of(error)}", _passing(status, {}, json.dumps(error), ()))


def refused(status: int, headers: Mapping[str, str], body: str, hint: Hint, staying: tuple[str, ...] = ()) -> Trouble:
    """An answer with another status than 200, as trouble that says what to do.

    staying  words in the body of a 429 that no waiting mends, such as 'billing'
    """
    words = _words_in(body)
    end = f": {words}" if words else ""
    advice = _elsewhere(headers) if 300 <= status < 400 else hint(status, words)
    advice = advice or ("is the server up?" if status >= 500 else "")
    passing = _passing(status, headers, body, staying)
    return Trouble(f"answered {status}{end}{f'; {advice}' if advice else ''}", passing, status)


def unasked(why: str, *, passing: bool) -> Trouble:
    """A question that no answer came to."""
    end = "; is the server up?" if passing else ""
    if "CERTIFICATE_VERIFY_FAILED" in why:
        end = "; SSL_CERT_FILE may name the authority that signed its certificate"
    return Trouble(f"cannot be asked ({why}){end}", Passing(f"cannot be asked ({why})") if passing else None)


def _is_page(body: str) -> bool:
    return body.lstrip("\ufeff \t\r\n")[:15].lower().startswith(("<!doctype", "<html", "<head", "<body", "<?xml"))


def _words_in(body: str) -> str:
    try:
        return _words_of(json.loads(body, strict=False))
    except (ValueError, RecursionError):
        return "a web page (HTML)" if _is_page(body) else said(body)


def _words_of(error: Any) -> str:
    """The message of an error, in any of the shapes that servers give it."""
    if isinstance(error, dict):
        for key in ("error", "message", "detail", "msg"):
            if error.get(key):
                return _words_of(error[key])
    if isinstance(error, list) and error:
        return _words_of(error[0])
    return said(error if isinstance(error, str) else json.dumps(error) if error else "")


def _elsewhere(headers: Mapping[str, str]) -> str:
    host = re.match(r"https?://(?:[^/?#@]*@)?([^/?#]+)", headers.get("location", ""))
    return f"it sends elsewhere{f' ({said(host[1])})' if host else ''}: give the URL that answers itself"


def _passing(status: int, headers: Mapping[str, str], body: str, staying: tuple[str, ...]) -> Passing | None:
    passes = status in _PASSING or (500 <= status < 600 and status not in _STAYING)
    if not passes or (status == 429 and any(word in body for word in staying)):
        return None
    after_s = _after_s(headers)
    return Passing(f"answers {status}", _retry_delay_s(body) if after_s is None else after_s)


def _after_s(headers: Mapping[str, str]) -> float | None:
    """How long a server asks to be left alone: Retry-After in seconds or as a date, or retry-after-ms."""
    for name, unit_s in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit_s
        except ValueError:
            continue
        if 0 <= seconds < math.inf:
            return seconds
    try:
        until = parsedate_to_datetime(headers.get("retry-after", ""))
        now = parsedate_to_datetime(headers["date"])
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _retry_delay_s(body: str) -> float | None:
    """The same as Google writes it into the body: "retryDelay": "17s"."""
    delay = re.search(r'"retryDelay"\s*:\s*"([0-9]{1,6}(?:\.[0-9]{1,9})?)s"', body)
    return float(delay[1]) if delay else None
