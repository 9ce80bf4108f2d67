"""`openai:MODEL@URL` judges over HTTP: any server with OpenAI's chat completions (vLLM, SGLang, `transformers serve`).

The key comes from OPENAI_API_KEY alone, of the environment or of .env; a server on this machine needs none. The schema
goes along as `response_format`; a server that ignores it (`transformers serve` does, in 5.23) gets one chance to repair
its reply.
"""

from importlib.util import find_spec
from typing import Any

from ....errors import MissingWeights
from ....records import ModelCard
from ....rubrics.rules import Rubric
from ....rubrics.shipped import RUBRICS
from ..asking import LEAST_PIXELS
from ..reply import check_temperature, check_whole
from ..serving.served_judge import ServedJudge
from ..serving.server_options import api_key, check_price, check_text, check_timeout
from .openai_options import KEY, LEAST_TOKENS, OpenAIOptions, checked_extra_body, name_parts, token_limit
from .openai_server import Server

DEFAULTS = OpenAIOptions()


def build(*, rubric: Rubric = RUBRICS["default"], options: OpenAIOptions = DEFAULTS) -> ServedJudge:
    """A judge behind a URL.

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


def reached(options: OpenAIOptions) -> tuple[Server, ModelCard]:
    """The server of a model of any role, and what is recorded of the model; nothing is asked yet.

    raises   BadInput for a name, a URL, a key or an option that cannot be used; MissingWeights without its library
    """
    model, url = name_parts(options.name)
    called = f"openai:{model}"
    check_text(called, "revision", options.revision)
    check_whole(called, "max_pixels", options.max_pixels, LEAST_PIXELS)
    check_whole(called, "max_tokens", options.max_tokens, LEAST_TOKENS)
    check_temperature(called, options.temperature)
    check_timeout(called, options.timeout_s)
    check_price(called, options.price_per_million_tokens)
    extra = checked_extra_body(called, options.extra_body)
    key = api_key((KEY,), url)
    settings = {
        "temperature": options.temperature or 0,
        "max_tokens": options.max_tokens,
        "max_pixels": options.max_pixels,
    }
    card = ModelCard(
        name=f"openai:{model}@{url}",
        revision=options.revision or "not told by the server",
        licence="the server's model's own",
        settings=settings | ({"extra_body": extra} if extra else {}),
        source=url,
    )
    client = _client(url, key, options.timeout_s)
    limit = token_limit(options.max_tokens, extra)
    return Server(client, model, card.name, limit, extra, temperature=options.temperature), card


def _client(url: str, key: str, timeout_s: float) -> Any:
    if find_spec("openai") is None:
        raise MissingWeights("a model behind a URL needs the library openai, which is not installed; run `make setup`")
    import openai

    from ..serving.bounded_http import http_client

    http = http_client(url, timeout_s)
    return openai.OpenAI(base_url=url, api_key=key or "none", timeout=http.timeout, max_retries=0, http_client=http)
