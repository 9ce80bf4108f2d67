"""`openai:MODEL@URL` judges over HTTP: any server with OpenAI's chat completions (vLLM, SGLang, `transformers serve`).

The key comes from OPENAI_API_KEY alone, of the environment or of .env; a server on this machine needs none. The schema
goes along as `response_format`; a server that ignores it (`transformers serve` does, in 5.23) gets one chance to repair
its reply.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from ...errors import MissingWeights
from ...records import ModelCard
from ...rubrics.rules import Rubric
from ...rubrics.shipped import RUBRICS
from ..diffusion.latent_frame import MAX_PIXELS
from .asking import LEAST_PIXELS
from .openai_options import KEY, checked_extra_body, name_parts, token_limit
from .openai_server import Server
from .reply import check_whole
from .serving.served_judge import ServedJudge
from .serving.server_options import api_key, check_price, check_text, check_timeout
from .serving.server_replies import Price

MAX_TOKENS = 900  # seven findings at their longest are about 700
LEAST_TOKENS = 16  # fewer some servers refuse


def build(
    name: str,
    *,
    rubric: Rubric = RUBRICS["default"],
    revision: str = "",
    max_pixels: int = MAX_PIXELS,
    max_tokens: int = MAX_TOKENS,
    extra_body: Mapping[str, Any] = MappingProxyType({}),
    timeout_s: float = 120.0,
    price_per_million_tokens: Price = None,
) -> ServedJudge:
    """A judge behind a URL.

    name        openai:MODEL@URL, for example openai:Qwen/Qwen3-VL-32B-Instruct@http://127.0.0.1:8000/v1
    revision    of the weights the server has, to be recorded: a server does not tell it
    max_pixels  a picture with more is sent smaller, its aspect kept
    max_tokens  of a reply; what a model thinks aloud counts
    extra_body  further fields of every question, such as {"chat_template_kwargs": {"enable_thinking": false}}; null
                leaves one of ours out, as {"temperature": null} does. It is in the card
    timeout_s   of one whole answer; outages are waited through as outages.py says
    price_per_million_tokens  as for ServedJudge; it is not in the card, since no answer depends on it
    raises      BadInput for a name, a URL, a key or an option that cannot be used; MissingWeights without its library
    """
    model, url = name_parts(name)
    called = f"openai:{model}"
    check_text(called, "revision", revision)
    check_whole(called, "max_pixels", max_pixels, LEAST_PIXELS)
    check_whole(called, "max_tokens", max_tokens, LEAST_TOKENS)
    check_timeout(called, timeout_s)
    check_price(called, price_per_million_tokens)
    extra = checked_extra_body(called, extra_body)
    key = api_key((KEY,), url)
    settings = {"temperature": 0, "max_tokens": max_tokens, "max_pixels": max_pixels}
    card = ModelCard(
        name=f"openai:{model}@{url}",
        revision=revision or "not told by the server",
        licence="the server's model's own",
        settings=settings | ({"extra_body": extra} if extra else {}),
        source=url,
    )
    return ServedJudge(
        Server(_client(url, key, timeout_s), model, card.name, token_limit(max_tokens, extra), extra),
        card,
        rubric,
        max_pixels=max_pixels,
        price_per_million_tokens=price_per_million_tokens,
    )


def _client(url: str, key: str, timeout_s: float) -> Any:
    if find_spec("openai") is None:
        raise MissingWeights("a judge behind a URL needs the library openai, which is not installed; run `make setup`")
    import openai

    from .serving.bounded_http import http_client

    http = http_client(url, timeout_s)
    return openai.OpenAI(base_url=url, api_key=key or "none", timeout=http.timeout, max_retries=0, http_client=http)
