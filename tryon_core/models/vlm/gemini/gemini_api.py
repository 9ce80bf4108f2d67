"""`gemini` judges and writes through Google's API: any model of it, by name.

The key comes from GEMINI_API_KEY, else from GOOGLE_API_KEY, of the environment or of .env (GEMINI_API_KEY wins, unlike
in Google's own library). A server on this machine needs none.
"""

import threading
from importlib.util import find_spec
from typing import Any

from ....errors import MissingWeights
from ....records import ModelCard
from ....rubrics.rules import Rubric
from ....rubrics.shipped import RUBRICS
from ..asking import LEAST_PIXELS
from ..reply import check_temperature, check_whole
from ..serving.served_judge import ServedJudge
from ..serving.server_options import api_key, check_price, check_timeout, checked_address
from . import LICENCE
from .gemini_options import (
    KEYS,
    GeminiOptions,
    checked_extra_config,
    checked_version,
    key_needed,
    model_of,
)
from .gemini_server import GeminiServer, answering

MODEL = "gemini-3.8-flash"  # stable; what Google names in place of gemini-2.5-pro, which ends on 1 December 2026
DEFAULTS = GeminiOptions()


def build(*, rubric: Rubric = RUBRICS["default"], options: GeminiOptions = DEFAULTS) -> ServedJudge:
    """A judge, and by its `writer` a writer.

    raises   as `reached`
    """
    server, card = reached(options)
    return ServedJudge(
        server,
        card,
        rubric,
        max_pixels=options.max_pixels,
        price_per_million_tokens=options.price_per_million_tokens,
    )


def reached(options: GeminiOptions) -> tuple[GeminiServer, ModelCard]:
    """The server of a model of any role, and what is recorded of the model; nothing is asked yet.

    raises      BadInput for a name, a URL, a key or an option that cannot be used; MissingWeights without its library
    """
    model = model_of(options.name, options.model) or MODEL
    called = f"gemini:{model}"
    url = checked_address(called, "base_url", options.base_url, KEYS[0])
    _check(called, options)
    extra = checked_extra_config(called, options.extra_config)
    key = api_key(KEYS, url)
    settings = {
        "temperature": options.temperature or 0,
        "max_tokens": options.max_tokens,
        "max_pixels": options.max_pixels,
    }
    card = ModelCard(
        name=called,
        revision=model,
        licence=LICENCE,
        settings=settings | ({"extra_config": dict(options.extra_config)} if options.extra_config else {}),
        source=url,
    )
    server = GeminiServer(
        client=_client(url, key, options.api_version, options.timeout_s, model),
        model=model,
        called=called,
        url=url,
        max_tokens=extra.get("max_output_tokens") or options.max_tokens,
        timeout_s=options.timeout_s,
        gate=threading.BoundedSemaphore(options.concurrency),
        lacks="" if key else key_needed(url),
        extra=extra,
        temperature=options.temperature,
    )
    return server, card


def _check(called: str, options: GeminiOptions) -> None:
    checked_version(called, options.api_version)
    check_whole(called, "max_pixels", options.max_pixels, LEAST_PIXELS)
    check_whole(called, "max_tokens", options.max_tokens, 1)
    check_whole(called, "concurrency", options.concurrency, 1)
    check_temperature(called, options.temperature)
    check_timeout(called, options.timeout_s)
    check_price(called, options.price_per_million_tokens)
    _check_library()


def _check_library() -> None:
    if find_spec("google") is None or find_spec("google.genai") is None:
        raise MissingWeights("gemini needs the library google-genai, which is not installed; run `make setup`")


def _client(url: str, key: str, api_version: str, timeout_s: float, model: str) -> Any:
    """Google's client for this URL alone, whatever its own environment variables say."""
    from google import genai

    from ..serving.bounded_http import http_client
    from .gemini_options import without_its_warning

    options = {
        "base_url": url,
        "api_version": api_version,
        "timeout": max(1, round(timeout_s * 1000)),
        "httpx_client": answering(http_client(url, timeout_s), model),
    }
    with without_its_warning():
        return genai.Client(vertexai=False, api_key=key or "none", http_options=options)
