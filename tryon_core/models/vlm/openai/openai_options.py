"""What a judge behind a URL is given, checked before any work: its name and what its questions hold beside ours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ....errors import BadInput
from ....records import canonical
from ....text import got
from ....text.scrubbing import scrubbed
from ..serving.server_options import ServerOptions

_OURS = ("model", "messages", "stream", "n")  # which make an answer what it is read as
KEY = "OPENAI_API_KEY"
MAX_TOKENS = 900  # seven findings at their longest are about 700
LEAST_TOKENS = 16  # fewer some servers refuse


@dataclass(frozen=True, kw_only=True)
class OpenAIOptions(ServerOptions):
    """For a model behind a URL.

    name        openai:MODEL@URL, for example openai:Qwen/Qwen3-VL-32B-Instruct@http://127.0.0.1:8000/v1
    revision    of the weights the server has, to be recorded: a server does not tell it
    max_tokens  of a reply; what a model thinks aloud counts
    extra_body  further fields of every question, such as {"chat_template_kwargs": {"enable_thinking": false}}; null
                leaves one of ours out, as {"temperature": null} does. It is in the card
    """

    revision: str = ""
    max_tokens: int = MAX_TOKENS
    extra_body: Mapping[str, Any] = field(default_factory=dict)


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
    if scrubbed(written) != written:
        raise BadInput(f"extra_body of {name} is recorded and may hold no secret; set {KEY} instead")
    return fields


def token_limit(max_tokens: int, extra_body: Mapping[str, Any]) -> int:
    """Tokens of a reply, as the fields of a question say in the end."""
    given = (extra_body.get("max_completion_tokens"), extra_body.get("max_tokens"))
    return next((limit for limit in given if isinstance(limit, int)), max_tokens)
