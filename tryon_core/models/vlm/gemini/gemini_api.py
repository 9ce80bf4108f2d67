"""`gemini` judges and writes through Google's API: any model of it, by name.

The key comes from GEMINI_API_KEY, else from GOOGLE_API_KEY, of the environment or of .env (GEMINI_API_KEY wins, unlike
in Google's own library). A server on this machine needs none.
"""

import threading
from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from ....errors import MissingWeights
from ....records import ModelCard
from ....rubrics.rules import Rubric
from ....rubrics.shipped import RUBRICS
from ...diffusion.latent_frame import MAX_PIXELS
from ..asking import LEAST_PIXELS
from ..reply import check_whole
from ..serving.served_judge import ServedJudge
from ..serving.server_options import api_key, check_price, check_timeout
from ..serving.server_replies import Price
from . import LICENCE
from .gemini_options import KEYS, checked_extra_config, checked_url, checked_version, key_needed, model_of
from .gemini_server import GeminiServer, answering

MODEL = "gemini-3.8-flash"  # stable; what Google names in place of gemini-2.5-pro, which ends on 1 December 2026
URL = "https://generativelanguage.googleapis.com"
MAX_TOKENS = (
    8192  # seven findings at their longest are about 700; the rest is for thinking, which some models always do
)


def build(
    name: str = "gemini",
    *,
    rubric: Rubric = RUBRICS["default"],
    model: str = "",
    base_url: str = URL,
    api_version: str = "v1",
    max_pixels: int = MAX_PIXELS,
    max_tokens: int = MAX_TOKENS,
    extra_config: Mapping[str, Any] = MappingProxyType({}),
    timeout_s: float = 120.0,
    concurrency: int = 4,
    price_per_million_tokens: Price = None,
) -> ServedJudge:
    """A judge, and by its `writer` a writer, at temperature 0.

    name        'gemini', or 'gemini:MODEL' in place of `model`
    model       as Google names it; empty: MODEL. Where another model answers under its name, that is an error
    base_url    https, or http to this machine; without user, password and query
    api_version  'v1' or 'v1beta'
    max_pixels  a picture with more is sent smaller, its aspect kept
    max_tokens  of a reply; what a model thinks counts
    extra_config  further fields of the library's GenerateContentConfig, such as {"thinking_config": {"thinking_level":
                "low"}}; None leaves one of ours out, as {"temperature": None} does. It is in the card
    timeout_s   of one whole answer; outages are waited through as outages.py says
    concurrency  questions that this model has open at once, at most
    price_per_million_tokens  as for ServedJudge; not in the card, since no answer depends on it. Tokens that Google
                reads from a cache, at a lower price, count as the others
    raises      BadInput for a name, a URL, a key or an option that cannot be used; MissingWeights without its library
    """
    model = model_of(name, model) or MODEL
    called = f"gemini:{model}"
    url = checked_url(called, base_url)
    checked_version(called, api_version)
    check_whole(called, "max_pixels", max_pixels, LEAST_PIXELS)
    check_whole(called, "max_tokens", max_tokens, 1)
    check_whole(called, "concurrency", concurrency, 1)
    check_timeout(called, timeout_s)
    check_price(called, price_per_million_tokens)
    _check_library()
    extra = checked_extra_config(called, extra_config)
    key = api_key(KEYS, url)
    card = ModelCard(
        name=called,
        revision=model,
        licence=LICENCE,
        settings={"temperature": 0, "max_tokens": max_tokens, "max_pixels": max_pixels}
        | ({"extra_config": dict(extra_config)} if extra_config else {}),
        source=url,
    )
    server = GeminiServer(
        client=_client(url, key, api_version, timeout_s, model),
        model=model,
        called=called,
        url=url,
        max_tokens=extra.get("max_output_tokens") or max_tokens,
        timeout_s=timeout_s,
        gate=threading.BoundedSemaphore(concurrency),
        lacks="" if key else key_needed(url),
        extra=extra,
    )
    return ServedJudge(server, card, rubric, max_pixels=max_pixels, price_per_million_tokens=price_per_million_tokens)


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
