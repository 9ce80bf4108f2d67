"""The calls behind a step as a run recorded them: what each model was asked, what it replied, how long that took.

A call's key holds words that only its model knows, so calls are found by what they are about: a generator's by its
request, a judge's by the picture it saw. Their records are looked through once, when they are first asked for.
"""

import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ...errors import Damaged
from ...records import RequestRecord
from ...runs.kept.keys import content_key
from ...runs.reading import Run
from ...steps import Spent, StepRecord
from .stepping.step_words import cost_words
from .widget import escaped

_READERS = 16  # requests to a bucket at once
_REPLY = ("answer", "refused", "spent", "pictures")  # of a call's record; everything else was asked
_NONE = "No call of this step is recorded in this run."

Call = dict[str, Any]


class RawCalls:
    """Finds recorded calls of one run; calls that were made meanwhile are found too."""

    def __init__(self, run: Run):
        self._run = run
        self._looked_through: set[str] = set()
        self._keys: defaultdict[str, list[str]] = defaultdict(list)  # what it is about -> keys of calls
        self.unreadable: list[str] = []

    def of(self, step: StepRecord) -> list[Call]:
        """The generator's call of a step, then those that judged its picture; several where it was asked again."""
        self._look_through()
        about = [_request_key(step.request)] if step.request else []
        return [self._read(key) for name in (*about, step.picture or "") for key in self._keys[name]]

    def _look_through(self) -> None:
        new = [key for key in self._run.store.keys("calls/") if key not in self._looked_through]
        with ThreadPoolExecutor(_READERS) as pool:
            for key, about in zip(new, pool.map(self._about, new), strict=True):
                (self.unreadable if about is None else self._keys[about]).append(key)
        self._looked_through.update(new)

    def _about(self, key: str) -> str | None:
        """None where the record cannot be read."""
        try:
            call = self._read(key)
            _call({**call, "answer": None})  # it can be shown
            return _request_key(call["request"]) if call["role"] == "generator" else str(call.get("image", ""))
        except (Damaged, ValueError, KeyError, TypeError, AttributeError):  # `unreadable` says it
            return None

    def _read(self, key: str) -> Call:
        return json.loads(self._run.store.read(key) or b"")


def _request_key(request: Any) -> str:
    """The same for a request as a call and as a step keep it: a call leaves out hints that say nothing."""
    return content_key(RequestRecord.model_validate(request).model_dump(mode="json"))


def raw_html(calls: list[Call], unreadable: int = 0) -> str:
    """Request and reply of each call, every word escaped."""
    words = f"{unreadable} recorded calls of this run cannot be read."
    lost = f'<div class="tryon-warning">{words}</div>' if unreadable else ""
    return lost + ("".join(map(_call, calls)) or f'<div class="tryon-soft">{_NONE}</div>')


def _call(call: Call) -> str:
    spent = cost_words({str(call["role"]): Spent.model_validate(call["spent"])})
    request = {name: value for name, value in call.items() if name not in _REPLY}
    reply = call.get("refused") or call.get("answer")
    return (
        f'<section class="tryon-call"><b>{escaped(call["model"]["name"])}</b> <span class="tryon-soft">{escaped(spent)}'
        f"</span><div>{_json('request', request)}{_json('reply', reply)}</div></section>"
    )


def _json(name: str, value: Any) -> str:
    words = escaped(json.dumps(value, indent=1, ensure_ascii=False))
    return f'<details open><summary>{name}</summary><pre tabindex="0">{words}</pre></details>'
