"""A server with OpenAI's chat completions, asked one question at a time, and what its answers cost."""

import base64
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

from PIL import Image
from pydantic import BaseModel

from ...errors import ModelFailed
from ...images import to_png
from ...roles import Answer
from ...steps import Spent


class ServerReply(NamedTuple):
    """What a server answered.

    text     as the model wrote it; '' where it declined
    refusal  why it declined, '' where it did not
    cut_off  it used up its tokens
    tokens   read and written; None where the server does not say
    """

    text: str
    refusal: str = ""
    cut_off: bool = False
    tokens: int | None = None


@dataclass(frozen=True)
class Server:
    """Where a model is asked.

    client  openai.OpenAI, which any thread may use
    called  the model's name in sentences
    """

    client: Any
    model: str
    called: str
    max_tokens: int

    def ask(self, messages: list[dict], answer: type[BaseModel]) -> ServerReply:
        """The model's reply to a conversation.

        answer   the reply's shape, which goes along as a schema
        raises   ModelFailed where the server cannot be reached or answers with an error
        """
        import openai

        schema = {"name": "reply", "strict": True, "schema": answer.model_json_schema()}
        try:
            completion = self.client.chat.completions.create(
                model=self.model,
                messages=messages,
                response_format={"type": "json_schema", "json_schema": schema},
                temperature=0,
                seed=0,
                max_tokens=self.max_tokens,
            )
            choice = completion.choices[0]
        except openai.APIStatusError as e:
            raise ModelFailed(f"{self.called} answered {e.status_code}: {_first_line(e.message)}") from e
        except openai.APIError as e:
            raise ModelFailed(f"{self.called} cannot be asked ({_first_line(str(e))}); is the server up?") from e
        except (IndexError, TypeError) as e:
            raise ModelFailed(f"{self.called} gave no choice in its answer; is it OpenAI-compatible?") from e
        return ServerReply(
            text=choice.message.content or "",
            refusal=_first_line(choice.message.refusal or ""),
            cut_off=choice.finish_reason == "length",
            tokens=_tokens(completion.usage),
        )


def metered(
    ask: Callable[..., tuple[Any, int | None]], calls: Sequence[tuple], price_per_million_tokens: float | None
) -> list[Answer]:
    """Answers to several calls, asked at the same time, since the server makes batches of them.

    ask      one call -> (its answer, its tokens)
    returns  in place of an answer what that call raised: the others were paid for and are not asked again
    """

    def one(call: tuple) -> tuple[Any, int | None]:
        try:
            return ask(*call)
        except Exception as error:  # noqa: BLE001  it reaches its own caller
            return error, None

    start = time.perf_counter()
    with ThreadPoolExecutor(max(len(calls), 1)) as pool:
        answered = list(pool.map(one, calls))
    share_s = (time.perf_counter() - start) / max(len(calls), 1)

    def spent(tokens: int | None) -> Spent:
        unknown = tokens is None or price_per_million_tokens is None
        money = None if unknown else tokens * price_per_million_tokens / 1e6
        return Spent(calls=1, seconds=share_s, tokens=tokens, money=money)

    return [Answer(value, spent(tokens)) for value, tokens in answered]


def text_part(words: str) -> dict:
    """Words as a part of a message."""
    return {"type": "text", "text": words}


def picture_part(picture: Image.Image) -> dict:
    """A picture as a part of a message."""
    data = base64.b64encode(to_png(picture.convert("RGB"))).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


def _tokens(usage: Any) -> int | None:
    """Of a completion's usage; the client does not check what a server sends there."""
    counts = [getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")]
    return sum(counts) if all(isinstance(count, int) for count in counts) else None


def _first_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[0][:200]
