"""What an OpenAI-compatible server sent, whatever it is: a completion's reply, or the trouble in one sentence.

Nothing here trusts a shape: servers, gateways and login pages answer 200 with anything.
"""

import json
import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from ...outages import Passing
from ...scrubbing import scrubbed
from ...text import one_line

_PASSING = (408, 409, 425, 429)  # and 5xx but for those that stay
_STAYING = (501, 505)
_NO_CREDIT = ("insufficient_quota", "billing")  # a 429 that no waiting mends
_SAID = 200  # characters of what a server says
_LEFT_OUT = {  # a field of a question -> what an option extra_body may say for a server that refuses it
    "max_tokens": '{"max_tokens": null, "max_completion_tokens": 900}',
    "response_format": '{"response_format": null}',
    "json_schema": '{"response_format": null}',
    "temperature": '{"temperature": null}',
    "seed": '{"seed": null}',
}


class Trouble(Exception):
    """What stood in the way of an answer, as a sentence's end; `passing` where it may pass by itself, `status` where
    the server gave one."""

    def __init__(self, sentence: str, passing: Passing | None = None, status: int = 0):
        super().__init__(sentence)
        self.passing, self.status = passing, status


class ServerReply(NamedTuple):
    """What a server answered.

    text     as the model wrote it; '' where it declined. What came as thinking alone stands behind '<think>'
    refusal  why it declined, '' where it did not
    cut_off  it used up its tokens
    tokens   read and written; None where the server does not say
    """

    text: str
    refusal: str = ""
    cut_off: bool = False
    tokens: int | None = None


def outside(text: str) -> str:
    """What a server wrote, without our secrets and without halves of characters, which no file can hold."""
    return scrubbed(text.encode("utf-8", "replace").decode())


def said(text: Any) -> str:
    """The beginning of what a server wrote, to stand in a sentence."""
    line = one_line(outside(str(text or "")))
    return f"{line[:_SAID]}..." if len(line) > _SAID else line


# ---- completions -----------------------------------------------------------------------------------------------------


def completion(body: str) -> ServerReply:
    """The reply in an answer with status 200. raises Trouble"""
    answer = _document(body)
    choices = answer.get("choices")
    if answer.get("error") and not choices:
        raise _error_in_200(answer["error"])
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise Trouble("gave no choice in its answer; is it OpenAI-compatible?")
    finish = choice.get("finish_reason")
    refusal = said(message.get("refusal"))
    if finish == "content_filter":
        refusal = refusal or "the server's content filter withheld the reply"
    text = outside(_text_of(message)) if not refusal else ""
    return ServerReply(text, refusal, finish == "length", _tokens(answer.get("usage")))


def _document(body: str) -> dict[str, Any]:
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
    raise Trouble(f"answered with {what}, which is no chat completion; is the URL right? It usually ends in /v1")


def _is_page(body: str) -> bool:
    return body.lstrip("\ufeff \t\r\n")[:15].lower().startswith(("<!doctype", "<html", "<head", "<body", "<?xml"))


def _error_in_200(error: Any) -> Trouble:
    """Gateways pass an error on with status 200 and its own status in `code`."""
    code = error.get("code") if isinstance(error, dict) else None
    status = int(code) if str(code).isascii() and str(code).isdigit() and len(str(code)) == 3 else 0
    return Trouble(f"answered with an error: {_words_of(error)}", _passing(status, {}, str(error)))


def _text_of(message: Mapping[str, Any]) -> str:
    """Its content, else what it calls a tool with, else its thinking.

    Some servers put there what a model wrote without closing its thoughts.
    """
    text = _joined(message.get("content")) or _called_with(message.get("tool_calls"))
    if text.strip():
        return text
    thought = next((words for key in ("reasoning_content", "reasoning") if (words := _joined(message.get(key)))), "")
    return thought if not thought or thought.lstrip().startswith(("{", "```")) else f"<think>{thought}"


def _called_with(calls: Any) -> str:
    """The arguments of the first tool that a model calls in place of answering; '' for none"""
    first = calls[0] if isinstance(calls, list) and calls else None
    function = first.get("function") if isinstance(first, dict) else None
    return _joined(function.get("arguments")) if isinstance(function, dict) else ""


def _joined(content: Any) -> str:
    """Text as it is, or the texts of a list of parts; '' for anything else."""
    if isinstance(content, list):
        return "".join(_joined(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _tokens(usage: Any) -> int | None:
    """Read and written; None unless both are counts."""
    counts = [usage.get(name) if isinstance(usage, dict) else None for name in ("prompt_tokens", "completion_tokens")]
    are_counts = all(isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 2**53 for count in counts)
    return sum(counts) if are_counts else None


# ---- errors ----------------------------------------------------------------------------------------------------------


def refused(status: int, headers: Mapping[str, str], body: str, model: str) -> Trouble:
    """An answer with another status than 200, as trouble that says what to do."""
    try:
        document = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        words = "a web page (HTML)" if _is_page(body) else said(body)
    else:
        words = _words_of(document)
    end = f": {words}" if words else ""
    hint = _hint(status, headers, words, model)
    return Trouble(f"answered {status}{end}{f'; {hint}' if hint else ''}", _passing(status, headers, body), status)


def _words_of(document: Any) -> str:
    """The message of an error, in any of the shapes that servers give it."""
    if isinstance(document, dict):
        for key in ("error", "message", "detail", "msg"):
            if document.get(key):
                return _words_of(document[key])
    if isinstance(document, list) and document:
        return _words_of(document[0])
    return said(document if isinstance(document, str) else json.dumps(document) if document else "")


def _hint(status: int, headers: Mapping[str, str], words: str, model: str) -> str:
    """What to do about a status."""
    if 300 <= status < 400:
        host = re.match(r"https?://(?:[^/?#@]*@)?([^/?#@]+)", headers.get("location", ""))
        return f"it sends elsewhere{f' ({said(host[1])})' if host else ''}: give the URL that answers itself"
    if status in (401, 403):
        return "set OPENAI_API_KEY to a key that it takes"
    if status in (404, 405):
        return f"see that the URL is right (it usually ends in /v1) and that it has a model {model!r}"
    if status == 413:
        return "give the judge a smaller max_pixels"
    fields = [field for field in _LEFT_OUT if field in words] if status in (400, 422) else []
    if fields:
        return f"the judge's option extra_body can leave that out, such as {_LEFT_OUT[fields[0]]}"
    return "is the server up?" if status >= 500 else ""


def _passing(status: int, headers: Mapping[str, str], body: str) -> Passing | None:
    passes = status in _PASSING or (500 <= status < 600 and status not in _STAYING)
    if not passes or (status == 429 and any(word in body for word in _NO_CREDIT)):
        return None
    return Passing(f"answers {status}", _after_s(headers))


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
