"""What an OpenAI-compatible server sent, whatever it is: a completion's reply, or what to do about its errors."""

from collections.abc import Mapping
from typing import Any

from ..serving.server_replies import ServerReply, Tokens, is_count
from ..serving.server_troubles import Trouble, document, error_in_200, outside, said

NO_CREDIT = ("insufficient_quota", "billing")  # a 429 that no waiting mends
_EXPECTED = "which is no chat completion; is the URL right? It usually ends in /v1"
_LEFT_OUT = {  # a field of a question -> what an option extra_body may say for a server that refuses it
    "max_tokens": '{"max_tokens": null, "max_completion_tokens": 900}',
    "response_format": '{"response_format": null}',
    "json_schema": '{"response_format": null}',
    "temperature": '{"temperature": null}',
    "seed": '{"seed": null}',
}


def completion(body: str) -> ServerReply:
    """The reply in an answer with status 200. raises Trouble"""
    answer = document(body, _EXPECTED)
    choices = answer.get("choices")
    if answer.get("error") and not choices:
        raise error_in_200(answer["error"])
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


def _tokens(usage: Any) -> Tokens | None:
    """None unless both are counts."""
    counts = [usage.get(name) if isinstance(usage, dict) else None for name in ("prompt_tokens", "completion_tokens")]
    return Tokens(*counts) if all(map(is_count, counts)) else None


def hint(status: int, words: str, model: str) -> str:
    """What to do about a status, '' where nothing is known."""
    if status in (401, 403):
        return "set OPENAI_API_KEY to a key that it takes"
    if status in (404, 405):
        return f"see that the URL is right (it usually ends in /v1) and that it has a model {model!r}"
    if status == 413:
        return "give the judge a smaller max_pixels"
    fields = [field for field in _LEFT_OUT if field in words] if status in (400, 422) else []
    return f"the judge's option extra_body can leave that out, such as {_LEFT_OUT[fields[0]]}" if fields else ""
