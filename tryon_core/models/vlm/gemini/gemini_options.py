"""What a Gemini judge is given, checked before any work: its model, its address, its further settings."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from ....errors import BadInput, UnknownName
from ....records import canonical
from ....storage.loopback import is_loopback
from ....text import first_problem, got, shortened
from ..reply import check_whole
from ..serving.server_options import ServerOptions

URL = "https://generativelanguage.googleapis.com"
# seven findings at their longest are about 700; the rest is for thinking, which some models always do
MAX_TOKENS = 8192
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")  # the first that has a value
VERSIONS = ("v1", "v1beta")
_OURS = (  # which make an answer what it is read as, or what is asked
    "http_options",
    "response_mime_type",
    "response_schema",
    "response_json_schema",
    "response_modalities",
    "candidate_count",
    "should_return_http_response",
    "automatic_function_calling",
    "tools",
)


@dataclass(frozen=True, kw_only=True)
class GeminiOptions(ServerOptions):
    """For a model of Google's API.

    name        'gemini', or 'gemini:MODEL' in place of `model`
    model       as Google names it; empty: gemini_api.MODEL. Where another model answers under its name, that is an
                error
    base_url    https, or http to this machine; without user, password and query
    api_version  'v1' or 'v1beta'
    max_tokens  of a reply; what a model thinks counts
    extra_config  further fields of the library's GenerateContentConfig, such as {"thinking_config": {"thinking_level":
                "low"}}; None leaves one of ours out, as {"temperature": None} does. It is in the card
    concurrency  questions that this model has open at once, at most
    price_per_million_tokens  as of ServerOptions; tokens that Google reads from a cache, at a lower price, count as the
                others
    """

    name: str = "gemini"
    model: str = ""
    base_url: str = URL
    api_version: str = "v1"
    max_tokens: int = MAX_TOKENS
    extra_config: Mapping[str, Any] = field(default_factory=dict)
    concurrency: int = 4


def model_of(name: str, model: Any) -> str:
    """The model of 'gemini:MODEL' and of the option, '' where neither says one.

    raises   BadInput where they differ, or for what is no name
    """
    named = name.removeprefix("gemini").removeprefix(":")
    if not isinstance(model, str) or not re.fullmatch(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)*|", model or named):
        raise BadInput(f"model of gemini is a name such as 'gemini-3.8-flash', {got(model or named)}")
    if named and model and named != model:
        raise BadInput(f"{name} and model={model!r} name two models; keep one of them")
    return (named or model).removeprefix("models/")


def checked_version(name: str, version: Any) -> None:
    """raises UnknownName for another than VERSIONS"""
    if version not in VERSIONS:
        raise UnknownName(f"api_version of {name}", shortened(str(version)), VERSIONS)


def key_needed(url: str) -> str:
    """What a model without a key lacks, '' for one on this machine."""
    if is_loopback(urlsplit(url).hostname or ""):
        return ""
    return f"has no key: set {KEYS[0]} (or {KEYS[1]}) in the environment or in a file .env"


def checked_extra_config(name: str, extra: Any) -> dict[str, Any]:
    """The fields by the library's own names, None kept.

    raises   BadInput for what the library does not take, and for a field that an answer is read by
    """
    from google.genai import types

    try:
        fields = dict(extra) if isinstance(extra, Mapping) else None
        canonical(fields)
    except (TypeError, ValueError, RecursionError):
        fields = None
    if fields is None:
        raise BadInput(f"extra_config of {name} is a JSON object such as {{'top_p': 1}}, {got(type(extra))}")
    try:
        config = types.GenerateContentConfig(**fields)
    except (ValidationError, TypeError) as e:
        problem = first_problem(e) if isinstance(e, ValidationError) else shortened(str(e))
        raise BadInput(f"extra_config of {name} does not fit google-genai's GenerateContentConfig: {problem}") from e
    if ours := [field for field in _OURS if field in config.model_fields_set]:
        raise BadInput(f"extra_config of {name} cannot hold {', '.join(ours)}; leave that out")
    if config.max_output_tokens is not None:
        check_whole(name, "max_output_tokens in extra_config", config.max_output_tokens, 1)
    return {field: getattr(config, field) for field in config.model_fields_set}


@contextmanager
def without_its_warning() -> Iterator[None]:
    """Google's library warns that GOOGLE_API_KEY wins where both are set, which is not so here."""
    logger, shown = logging.getLogger("google_genai._api_client"), lambda record: "API_KEY are set" not in record.msg
    logger.addFilter(shown)
    try:
        yield
    finally:
        logger.removeFilter(shown)
