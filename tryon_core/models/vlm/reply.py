"""What shape a vision-language judge's reply must have, and how a reply becomes a judgement.

The reply is short, since every token costs: all scores first, then findings for what is wrong. Models score; whether a
score fails is decided by the rubric's rule, so the words ask for findings below the bar (asking.py), and nothing else
knows it.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ...errors import BadInput, BadReply
from ...records import Fix, Judgement, Measurement, ModelCard, Region, Score
from ...rubrics.rules import Rubric
from ...text import first_problem, one_line

FINDING_CHARACTERS, FIX_CHARACTERS, WRITTEN_CHARACTERS = 120, 100, 1200
BOX = 1000  # Qwen-VL and Gemini give boxes as 0-1000 of the picture
_NOT_APPLICABLE = "the judge said that it does not apply and gave no reason"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def reply_model(rubric: Rubric) -> type[BaseModel]:
    """The reply's schema, as a pydantic class: `scores` by constraint (0-10; null: does not apply), `findings`."""
    return _reply_model(rubric.keys)


@cache
def _reply_model(keys: tuple[str, ...]) -> type[BaseModel]:
    number = Annotated[int, Field(ge=0, le=10, strict=True)]  # strict: `true` is no 1
    scores = create_model("Scores", __base__=_Strict, **{key: (number | None, ...) for key in keys})
    finding = create_model(
        "Finding",
        __base__=_Strict,
        constraint=(Literal[keys], ...),
        finding=(str, Field(max_length=FINDING_CHARACTERS)),
        fix=(str, Field(max_length=FIX_CHARACTERS)),
        box=(list[Annotated[int, Field(ge=0, le=BOX, strict=True)]], Field(min_length=4, max_length=4)),
    )
    return create_model(
        "Reply",
        __base__=_Strict,
        scores=(scores, ...),
        findings=(list[finding], Field(max_length=len(keys))),
    )


class Written(_Strict):
    """What a writer answers: the words of the next prompt."""

    prompt: str = Field(max_length=WRITTEN_CHARACTERS)


def writer_card(judge: ModelCard, **settings: Any) -> ModelCard:
    """Of the judge's own model as a writer."""
    written = {**judge.settings, **settings, "characters": WRITTEN_CHARACTERS}
    return judge.model_copy(update={"name": f"writer:{judge.name}", "settings": written})


def read_reply(text: str, rubric: Rubric) -> Judgement:
    """The judgement in a reply.

    raises   BadReply with what is wrong with it; `unread` makes an unscored judgement of that
    """
    try:
        reply = reply_model(rubric).model_validate(_document(text))
    except ValidationError as e:
        raise BadReply(f"{first_problem(e)} ({len(text)} characters)") from e
    first = {finding.constraint: finding for finding in reversed(reply.findings)}  # about each constraint
    return Judgement(scores={key: _score(key, getattr(reply.scores, key), first.get(key)) for key in rubric.keys})


def _document(text: str) -> Any:
    """The JSON of a reply: the whole of it, or what lies between the first brace and the last."""
    for candidate in (text, text[text.find("{") : text.rfind("}") + 1]):
        try:
            return json.loads(candidate, strict=False)  # a grammar may let control characters into a string
        except (ValueError, RecursionError):  # thousands of brackets end in the latter
            continue
    raise BadReply(f"no JSON in the judge's reply ({len(text)} characters: {text[:60]!r})")


def _score(key: str, value: int | None, finding: Any) -> Score:
    """finding   the reply's record of what is wrong, None where there is none"""
    words = one_line(finding.finding) if finding else ""
    if value is None:
        return Score(status="not_applicable", reason=words or _NOT_APPLICABLE)
    fix = one_line(finding.fix) if finding else ""
    fixes = (Fix(constraint=key, text=fix),) if fix else ()
    return Score(score=value, finding=words, region=region_of(finding.box) if finding else None, fixes=fixes)


def region_of(box: Sequence[int]) -> Region | None:
    """[left, top, right, bottom] in 0-1000 as fractions; None for a box without area."""
    left, top, right, bottom = (min(max(value, 0), BOX) / BOX for value in box)
    return Region(left=left, top=top, right=right, bottom=bottom) if left < right and top < bottom else None


def expecting(judgement: Judgement, expected: Mapping[str, float], bar: float) -> Judgement:
    """The judgement with expected scores where there are some; the digits that were written become their evidence.
    What does not apply stays so."""

    def expected_score(key: str, written: Score) -> Score:
        if key not in expected or written.score is None:
            return written
        digits = Measurement(value=written.score, unit="of 10", bar=bar, better="higher")
        return written.model_copy(update={"score": expected[key], "evidence": {"written_score": digits}})

    scores = {key: expected_score(key, score) for key, score in judgement.scores.items()}
    return judgement.model_copy(update={"scores": scores})


def unread(rubric: Rubric, reply: str, reason: str) -> Judgement:
    """What stands for a reply that could not be read: every constraint unscored, the reply kept as it came."""
    return Judgement(scores={key: Score(status="unscored", reason=reason) for key in rubric.keys}, reply=reply)


def check_whole(name: str, option: str, value: int, least: int) -> None:
    """raises BadInput for an option of a judge that is no whole number, or too small"""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadInput(f"{option} of {name} must be a whole number from {least}, got {value!r}")
