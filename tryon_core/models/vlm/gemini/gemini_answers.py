"""What Gemini's generateContent sent: the model's reply, why there is none, or what to do about an error."""

from collections.abc import Mapping
from typing import Any

from ..serving.server_replies import ServerReply, Tokens, is_count
from ..serving.server_troubles import Trouble, document, error_in_200, outside, said

USED_UP = ("PerDay", "limit: 0")  # quotas in the body of a 429 that no waiting mends
_EXPECTED = "which is no answer of Gemini's generateContent; is base_url right?"
_WHOLE, _CUT_OFF = ("", "STOP", "FINISH_REASON_UNSPECIFIED"), "MAX_TOKENS"
_CLUMSY = ("MALFORMED_RESPONSE", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MISSING_THOUGHT_SIGNATURE")
_WITHHELD = ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY")  # whatever was written
_LEFT_OUT = {  # a field of a question -> what may be said for a model that refuses it
    "temperature": "the judge's option extra_config={'temperature': None} leaves that out",
    "seed": "the judge's option extra_config={'seed': None} leaves that out",
    "thinking": "the judge's option extra_config sets that, such as {'thinking_config': {'thinking_level': 'low'}}",
    "responseJsonSchema": "the judge's option api_version='v1beta' has that field",
}


def reply_in(body: str, model: str) -> ServerReply:
    """The reply in an answer with status 200; what the model thought aloud is no part of it.

    model    that was asked
    raises   Trouble for what is no answer, and where another model answered: its scores are not this one's
    """
    answer = document(body, _EXPECTED)
    candidates = answer.get("candidates")
    if answer.get("error") and not candidates:
        raise error_in_200(answer["error"])
    _check_model(answer.get("modelVersion"), model)
    tokens = _tokens(answer.get("usageMetadata"))
    candidate = candidates[0] if isinstance(candidates, list) and candidates else None
    if not isinstance(candidate, dict):
        if reason := _blocked(answer.get("promptFeedback")):
            return ServerReply("", f"the question was blocked (promptFeedback.blockReason {reason})", tokens=tokens)
        raise Trouble("gave no candidate in its answer; is it the Gemini API?")
    return _reply(candidate, tokens)


def _reply(candidate: Mapping[str, Any], tokens: Tokens | None) -> ServerReply:
    finish, text = str(candidate.get("finishReason") or ""), outside(_text_of(candidate.get("content")))
    may_hold_text = (*_WHOLE, *_CLUMSY, _CUT_OFF)
    if finish in _WITHHELD or (finish not in may_hold_text and not text.strip()):
        message = said(candidate.get("finishMessage"))
        why = f"the reply was withheld (finishReason {said(finish)})"
        return ServerReply("", f"{why}: {message}" if message else why, tokens=tokens)
    return ServerReply(text, cut_off=finish == _CUT_OFF, tokens=tokens)


def _check_model(version: Any, model: str) -> None:
    """A model that was retired may be answered for by another one under its name."""
    if not isinstance(version, str) or not version:
        return
    asked, answered = (name.rpartition("/")[2] for name in (model, version))
    is_alias = asked.endswith("-latest") or "/" in model.removeprefix("models/")
    if not is_alias and not answered.startswith(asked):
        raise Trouble(f"was not asked: {said(answered)} answered in its place; give model={said(answered)!r}")


def _blocked(feedback: Any) -> str:
    return said(feedback.get("blockReason")) if isinstance(feedback, dict) else ""


def _text_of(content: Any) -> str:
    """The parts of text that are no thoughts, one behind the other."""
    parts = content.get("parts") if isinstance(content, dict) else None
    said_parts = [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    texts = [part.get("text") for part in said_parts if not part.get("thought")]
    return "".join(text for text in texts if isinstance(text, str))


def _tokens(usage: Any) -> Tokens | None:
    """Read, and written with what was thought; a count of nothing is left out of Google's JSON. None without the count
    of the question's tokens, or where one is no count."""
    names = ("promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount", "thoughtsTokenCount")
    if not isinstance(usage, dict) or "promptTokenCount" not in usage:
        return None
    counts = [usage.get(name, 0) for name in names]
    return Tokens(sum(counts[:2]), sum(counts[2:])) if all(map(is_count, counts)) else None


def hint(status: int, words: str, model: str) -> str:
    """What to do about a status, '' where nothing is known."""
    if status in (401, 403) or (status == 400 and "API key" in words):
        return "set GEMINI_API_KEY to a key that it takes"
    if status in (404, 405):
        return f"see that base_url is right and that it has a model {model!r} in this api_version"
    if status == 413 or (status == 400 and "payload size" in words):
        return "give the judge a smaller max_pixels"
    advice = (advice for field, advice in _LEFT_OUT.items() if status == 400 and field in words)
    return next(advice, "")
