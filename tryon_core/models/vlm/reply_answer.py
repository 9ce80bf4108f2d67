"""The answer in a judge's reply: the last object that holds all scores, wherever it stands in prose, in code fences or
behind think blocks; of a reply that was cut off, what was whole."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ...errors import BadReply
from ...text import shortened
from ...text.json_objects import Found, json_objects, without_thinking
from .reply_values import Finding, by_name, finding_of, plain

THINK_LESS = (
    'give the judge more max_tokens, or extra_body={"chat_template_kwargs": {"enable_thinking": false}} where its '
    "server takes that"
)
ENDS_EARLY = "the reply ends in the middle"
_MOST_STRAY = 3  # findings about no constraint that are told of


class Answer(NamedTuple):
    """What a reply says.

    scores    by constraint, as they were written
    findings  the first about each constraint
    stray     notes of what is about no constraint, and of a reply that ended before its last finding
    ended     why the reply is not whole; '' where it is
    """

    scores: dict[str, Any]
    findings: dict[str, Finding]
    stray: tuple[str, ...]
    ended: str

    @property
    def flawed(self) -> bool:
        """Whether something of it could not be read."""
        return bool(self.stray or any(finding.notes for finding in self.findings.values()))


def answer_in(text: str, keys: Sequence[str], cut_off: str = "") -> Answer:
    """The last object of a reply that has all scores, else the last with the most of them.

    keys     of the constraints
    cut_off  why the reply ends early; '' where the server did not say that it does
    raises   BadReply where no object holds a score
    """
    said, thinks = without_thinking(text)
    if cut_off and thinks and not said.strip():
        raise BadReply(f"{cut_off} and holds only thinking; {THINK_LESS}")
    is_answer = thinks and (cut_off or said.strip())  # then what it thought before is none
    for words in (said,) if is_answer else dict.fromkeys((said, text)):
        answers = [answer for found in json_objects(words) for answer in _answers_in(found, keys, cut_off)]
        most = max((len(answer.scores) for answer in answers), default=0)
        if most:
            return next(answer for answer in reversed(answers) if len(answer.scores) == most)
    what = "no scores" if "{" in text else "no JSON"
    raise BadReply(cut_off or f"{what} in the judge's reply ({len(text)} characters: {shortened(text)!r})")


def _answers_in(found: Found, keys: Sequence[str], cut_off: str) -> Iterator[Answer]:
    """An object's own scores, or of one that has none those of the objects in it."""
    values = by_name(found.value)
    for part in (values, *(by_name(inside) for inside in values.values() if isinstance(inside, dict))):
        named = by_name(part["scores"]) if isinstance(part.get("scores"), dict) else part
        scores = {key: named[name] for key in keys for name in (key, plain(key)) if name in named}
        if scores:
            findings, stray = _findings(part.get("findings"), keys)
            ended = "" if found.whole else cut_off or ENDS_EARLY
            yield Answer(scores, findings, (*stray, ended) if ended else stray, ended)
            if part is values:
                return


def _findings(entries: Any, keys: Sequence[str]) -> tuple[dict[str, Finding], tuple[str, ...]]:
    """The first finding about each constraint, and notes of what is about none."""
    findings: dict[str, Finding] = {}
    stray: list[str] = []
    names = {plain(key): key for key in keys} | {key: key for key in keys}
    for entry in _entries(entries):
        values = by_name(entry) if isinstance(entry, dict) else {}
        about = str(values.get("constraint"))
        key = names.get(about) or names.get(plain(about), "")
        if not key:
            stray.append(f"a finding is about no constraint of the rubric: {shortened(repr(entry))}")
        elif key not in findings:
            findings[key] = finding_of(values)
        elif len(findings[key].notes) <= _MOST_STRAY:
            findings[key] = findings[key]._replace(notes=(*findings[key].notes, "a second finding was left out"))
    return findings, tuple(stray[:_MOST_STRAY])


def _entries(findings: Any) -> list[Any]:
    """A list as it is, one finding as a list of it, findings by constraint as a list of them."""
    if not isinstance(findings, dict):
        return findings if isinstance(findings, list) else [] if findings is None else [findings]
    if "constraint" in findings:
        return [findings]
    return [{"constraint": key, **entry} for key, entry in findings.items() if isinstance(entry, dict)]
