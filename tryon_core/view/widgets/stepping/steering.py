"""Stepping in: draw one more attempt, in other words or after another verdict; what a person changes opens a branch.

CSS classes for tests: tryon-steering, tryon-words, tryon-verdict, tryon-next, tryon-status, tryon-error, tryon-reads.
"""

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import ipywidgets
import traitlets

from ....errors import BadInput, TryonError
from ....flows.closed_loop import left_standing
from ....records import AttemptRecord, Change, Decision, Fix
from ....runs.stepping import LOOP, LiveLoop
from ..widget import classed, escaped

AS_JUDGED = "as judged"
VERDICTS: dict[str, Decision | None] = {
    AS_JUDGED: None,
    "accept": Decision.ACCEPT,
    "correct": Decision.RETRY,
    "start over": Decision.RESTART,
    "give up": Decision.STOP,
}


class Asked(NamedTuple):
    """How the flow by itself would ask for the attempt after one."""

    words: str
    fixes: tuple[Fix, ...]


class Steering(ipywidgets.VBox):
    """The words of the next request, the verdict, and the button that draws; `show` says for which attempt."""

    words = traitlets.Unicode("", help="of the next request; prefilled with the flow's own")
    verdict = traitlets.Enum(tuple(VERDICTS), AS_JUDGED)
    busy = traitlets.Bool(False, help="a call runs")
    error = traitlets.Unicode("", help="what went wrong at the last press, in a sentence")

    def __init__(self, drawn: Callable[[LiveLoop, str, int], None], by: str = "person"):
        """drawn   called after each press with the loop, the line and the number of its newest attempt
        by      in whose name a change is recorded
        """
        self._drawn, self.by = drawn, by
        self._live: LiveLoop | None = None
        self._at = (LOOP, 0)
        self._asked: dict[tuple[str, str, int], Asked] = {}
        self._drafts: dict[tuple[str, str, int], tuple[str, str]] = {}  # what a person wrote and did not send yet
        self._lock = threading.RLock()
        self._call: threading.Thread | None = None
        self._showing = False
        self._words = classed(ipywidgets.Textarea(rows=4, layout={"width": "100%"}), "tryon-words")
        self._verdict = classed(
            ipywidgets.Dropdown(options=list(VERDICTS), description="verdict", layout={"width": "auto"}),
            "tryon-verdict",
        )
        self._button = classed(ipywidgets.Button(button_style="primary"), "tryon-next")
        self._reads = classed(ipywidgets.HTML(), "tryon-reads")
        self._status = classed(ipywidgets.HTML(), "tryon-status")
        self._error = classed(ipywidgets.HTML(), "tryon-error")
        super().__init__()
        label = ipywidgets.HTML('<div class="tryon-heading">the words of the next request</div>')
        row = classed(ipywidgets.Box([self._verdict, self._button]), "tryon-row")
        self.children = (label, self._words, self._reads, row, self._status, self._error)
        classed(self, "tryon-steering")
        traitlets.link((self, "words"), (self._words, "value"))
        traitlets.link((self, "verdict"), (self._verdict, "value"))
        self._button.on_click(lambda _: self._pressed())
        self.observe(lambda _: self._draw(), ["words", "verdict", "busy", "error"])

    # ---- which attempt -----------------------------------------------------------------------------------------------

    @property
    def line(self) -> str:
        return self._at[0]

    @property
    def attempt(self) -> int:
        return self._at[1]

    def show(self, live: LiveLoop, line: str, attempt: int) -> None:
        """Stand behind an attempt (0: before the first); what was written behind another one is kept there."""
        with self._lock:
            if (live, (line, attempt)) != (self._live, self._at):
                self._keep_draft()
                self._live, self._at = live, (line, attempt)
                self._fill()
            self._draw()

    def _keep_draft(self) -> None:
        if self._live is not None and self._place in self._asked:
            changed = self.change is not None
            self._drafts.pop(self._place, None)
            if changed:
                self._drafts[self._place] = (self.words, self.verdict)

    def _fill(self) -> None:
        own = self._own()
        self._showing = True  # the two are set together, drawn once
        try:
            self.words, self.verdict = self._drafts.get(self._place, (own.words if own else "", AS_JUDGED))
        finally:
            self._showing = False

    @property
    def _place(self) -> tuple[str, str, int]:
        return (self._live.sample_id, *self._at)

    def _own(self) -> Asked | None:
        """None where it cannot be told: before the first attempt, or not while a call runs, which it would wait for."""
        if self._place not in self._asked and self.attempt and not self.busy:
            try:
                asked = Asked(self._live.next_prompt(*self._at), self._live.next_fixes(*self._at))
            except TryonError as e:
                self.error = str(e)
                return None
            self._asked[self._place] = asked
        return self._asked.get(self._place)

    # ---- what the button would do ------------------------------------------------------------------------------------

    @property
    def change(self) -> Change | None:
        """What a person changed about the attempt: its verdict, the words of the next request; None for nothing."""
        own = self._asked.get(self._place)
        words = self.words.strip() if own and self.words.strip() != own.words.strip() else None
        decision = VERDICTS[self.verdict]
        return Change(prompt=words or None, decision=decision, by=self.by) if words or decision else None

    @property
    def label(self) -> str:
        if self.attempt and self.change:
            return f"branch from attempt {self.attempt}"
        return "next: draw one more" if self.attempt else "next: draw the first"

    @property
    def cannot(self) -> str:
        """Why the button is off, in a sentence; '' where it is on."""
        if self.busy:
            return "drawing and judging one attempt …"
        if self._place in self._asked and not self.words.strip():
            return "There are no words to ask with; write some."
        if self.attempt and self.change:
            return ""
        last = len(self._live.lines()[self.line].attempts)
        if self.attempt < last:
            return (
                f"Nothing is changed at attempt {self.attempt}: write other words or overrule its verdict to branch "
                f"from here, or go to attempt {last} to draw the next."
            )
        return self._live.cannot_step(self.line)

    @property
    def hint(self) -> str:
        """What a press will do that the button's words do not say."""
        if self.cannot or not self.attempt or not self.change:
            return ""
        if self.change.decision in (Decision.ACCEPT, Decision.STOP):
            return f"Keeps the verdict in a branch, as said by {self.by}; nothing is drawn."
        return f"The line {self.line!r} stays as it is; the branch is kept beside it, as changed by {self.by}."

    # ---- pressing it -------------------------------------------------------------------------------------------------

    def next(self) -> AttemptRecord:
        """What the button does, at once: branch where something was changed, draw and judge one attempt.

        returns  the line's newest attempt: the drawn one, or the overruled one where the new verdict ends the line
        raises   BadInput where the button is off; Refused, ModelFailed and others as LiveLoop.step
        """
        return self._advance(*self._begun())

    def _pressed(self) -> None:
        """The same in a thread, so that the kernel stays free; an error becomes a sentence."""
        if not self.cannot:
            self._call = threading.Thread(target=self._advance_told, args=self._begun(), daemon=True)
            self._call.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Until the call that the button began has ended and is shown."""
        if self._call:
            self._call.join(timeout_s)

    def _begun(self) -> tuple[LiveLoop, str, int, Change | None]:
        """What is asked for, as it stands at the press; whoever looks elsewhere meanwhile changes nothing about it."""
        if why := self.cannot:
            raise BadInput(why)
        asked = (self._live, *self._at, self.change if self.attempt else None)
        self.error, self.busy = "", True
        return asked

    def _advance(self, live: LiveLoop, line: str, attempt: int, change: Change | None) -> AttemptRecord:
        try:
            if change:
                line = self._branched(live, line, attempt, change)
            if not live.cannot_step(line):
                live.step(line)
            return live.lines()[line].attempts[-1]
        except TryonError as e:
            again = "" if live.cannot_step(line) else " Nothing is lost: press again to try once more."
            self.error = f"{str(e).rstrip('.')}.{again}"
            raise
        except Exception as e:
            self.error = f"this is a fault of the program: {type(e).__name__}: {e}"
            raise
        finally:
            try:
                self._drawn(live, line, len(live.lines()[line].attempts))
            finally:
                self.busy = False

    def _branched(self, live: LiveLoop, line: str, attempt: int, change: Change) -> str:
        name = live.branch(line, attempt, change)
        with self._lock:
            self._drafts.pop((live.sample_id, line, attempt), None)
            if (self._live, self._at) == (live, (line, attempt)):
                self._fill()  # what was written is the branch's now
        return name

    def _advance_told(self, *asked: Any) -> None:
        try:
            self._advance(*asked)
        except TryonError:
            return  # `error` says it

    # ---- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        with self._lock:
            if self._showing or self._live is None:
                return
            if not self.busy and self.attempt and self._place not in self._asked:
                self._fill()
            own, why = self._asked.get(self._place), self.cannot
            self._button.description, self._button.disabled = self.label, bool(why)
            self._words.disabled = self.busy or own is None
            self._words.placeholder = "told when the call has ended" if self.attempt else "the first request: the wish"
            self._verdict.disabled = self.busy or not self.attempt
            self._reads.value = escaped(self._what_it_reads(own))
            self._status.value = (
                f'<span class="{"tryon-busy" if self.busy else "tryon-soft"}">{escaped(why or self.hint)}</span>'
            )
            self._error.value = f'<span class="tryon-warning">{escaped(self.error)}</span>' if self.error else ""

    def _what_it_reads(self, own: Asked | None) -> str:
        """What the generator makes of the words; a fix whose sentence was taken out is not sent (closed_loop)."""
        if own is None or self.busy:
            return ""
        changed = self.change is not None and self.change.prompt is not None
        fixes = left_standing(own.fixes, self.words) if changed else own.fixes
        return self._live.reads(self.words, fixes)
