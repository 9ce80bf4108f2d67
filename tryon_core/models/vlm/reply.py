"""What shape a vision-language judge's reply must have, and how a reply becomes a judgement.

The reply is short, since every token costs: all scores first, then findings for what is wrong. Models score; whether a
score fails is decided by the rubric's rule. A score that was read stands, whatever is wrong behind it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from ...errors import BadInput, BadReply
from ...records import Fix, Judgement, Measurement, ModelCard, Score
from ...rubrics.rules import Rubric
from ...text import shortened
from .reply_answer import answer_in
from .reply_values import BOX, FINDING_CHARACTERS, FIX_CHARACTERS, Finding, region_of, score_of

__all__ = ["BOX", "Written", "expecting", "judgement_in", "read_reply", "region_of", "reply_model", "unread"]

WRITTEN_CHARACTERS = 1200
HOTTEST = 2.0  # temperature that OpenAI and Gemini take
KEPT_CHARACTERS = 65_536  # of a reply, in a record
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


def judgement_in(text: str, rubric: Rubric, cut_off: str = "") -> Judgement:
    """The judgement in a reply; where nothing can be read every constraint is unscored with the reason. As `read_reply`
    otherwise."""
    try:
        return read_reply(text, rubric, cut_off)
    except BadReply as problem:
        return unread(rubric, text, str(problem))


def read_reply(text: str, rubric: Rubric, cut_off: str = "") -> Judgement:
    """The judgement in a reply: every score that can be read, the others unscored with the reason.

    Of a finding that cannot be read the readable part counts; what does not is noted in the constraint's `reason`, and
    the reply is kept.

    cut_off  why the reply ends early, such as 'the reply was cut off at 900 tokens'; '' where it does not
    raises   BadReply with what is wrong where no score can be read; `unread` makes an unscored judgement of that
    """
    answer = answer_in(text, rubric.keys, cut_off)

    def score(key: str) -> Score:
        if key not in answer.scores:
            return Score(status="unscored", reason=answer.ended or "the judge gave no score")
        number, problem = score_of(answer.scores[key])
        if problem:
            return Score(status="unscored", reason=problem)
        finding = answer.findings.get(key)
        if number is None:
            return Score(status="not_applicable", reason=(finding and finding.words) or _NOT_APPLICABLE)
        fails = number < rubric.rule.accept_at  # only then a finding was asked for
        return _scored(key, number, finding or Finding("", "", None, answer.stray if fails else ()))

    scores = {key: score(key) for key in rubric.keys}
    flawed = answer.flawed or any(one.status == "unscored" for one in scores.values())
    return Judgement(scores=scores, reply=kept(text) if flawed else "")


def _scored(key: str, number: float, finding: Finding) -> Score:
    fixes = (Fix(constraint=key, text=finding.fix),) if finding.fix else ()
    notes = "; ".join(finding.notes)
    return Score(score=number, reason=notes, finding=finding.words, region=finding.region, fixes=fixes)


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
    return Judgement(scores={key: Score(status="unscored", reason=reason) for key in rubric.keys}, reply=kept(reply))


def kept(reply: str) -> str:
    """A reply as a record keeps it: the middle of a very long one is left out."""
    if len(reply) <= KEPT_CHARACTERS:
        return reply
    half = KEPT_CHARACTERS // 2
    return f"{reply[:half]}\n[{len(reply) - 2 * half} characters left out]\n{reply[-half:]}"


def check_whole(name: str, option: str, value: int, least: int) -> None:
    """raises BadInput for an option of a judge that is no whole number, or too small"""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadInput(f"{option} of {name} must be a whole number from {least}, got {shortened(repr(value))}")


def check_temperature(name: str, temperature: Any) -> None:
    """raises BadInput for what is no temperature"""
    is_number = isinstance(temperature, int | float) and not isinstance(temperature, bool)
    if not is_number or not 0 <= temperature <= HOTTEST:
        raise BadInput(f"temperature of {name} is a number from 0 to {HOTTEST:g}, got {shortened(repr(temperature))}")
