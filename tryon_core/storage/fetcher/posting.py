"""A question as JSON to a server that the caller names, asked once: who asks decides what is tried again."""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import BadInput, StorageError
from ..fetch_target import Resolver, Target, named, resolved, target_of
from .connection import in_words, stays
from .exchange import Bounds, Question


@dataclass(frozen=True)
class Posted:
    """What a server answered, whatever its status; `headers` by their names in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


class NoAnswer(StorageError):
    """No whole answer came; `passing` where a later question may get one."""

    def __init__(self, sentence: str, *, passing: bool):
        super().__init__(sentence)
        self.passing = passing


def post_json(
    url: str,
    document: Mapping[str, Any],
    *,
    max_bytes: int,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
    allow_private: bool = False,
    resolve: Resolver = resolved,
) -> Posted:
    """The answer to a JSON document; a redirect is an answer and is not followed.

    max_bytes      of the answer, at most; sent uncompressed
    timeout_s      for all of it
    headers        beside ours, such as one with a key
    allow_private  as of `fetch`
    raises         BadInput for a URL that is not asked; NoAnswer
    """
    target = target_of(url, any_port=allow_private)
    bounds = Bounds(max_bytes, allow_private, resolve, time.monotonic() + timeout_s)
    body = json.dumps(document).encode()
    ours = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Accept": "application/json"}
    question = Question("POST", {**ours, **(headers or {})}, body)
    try:
        with bounds.answer(target, question) as answer:
            named_headers = {name.lower(): value for name, value in answer.getheaders()}
            return Posted(answer.status, named_headers, _text_of(answer, target, bounds))
    except StorageError as e:
        raise NoAnswer(str(e), passing=False) from None
    except (OSError, http.client.HTTPException) as e:
        raise NoAnswer(f"{named(url)}: {in_words(e, timeout_s)}", passing=not stays(e)) from None


def _text_of(answer: http.client.HTTPResponse, target: Target, bounds: Bounds) -> str:
    """The body as text. raises StorageError for a flood too: it is no fault of the URL"""
    try:
        return bounds.body(target, answer).decode("utf-8", "replace")
    except BadInput as e:
        raise StorageError(str(e)) from None
