"""Stepping in: one more step, in other words or after another verdict; what a person changes opens a branch.

CSS classes for tests: tryon-steering, tryon-words, tryon-verdict, tryon-next, tryon-keep, tryon-status, tryon-error,
tryon-reads.
"""

import threading
from collections.abc import Callable
from typing import NamedTuple

import ipywidgets
import traitlets

from ....errors import BadInput, TryonError
from ....records import Decision
from ....runs.stepping import LOOP, LiveLoop
from ....steps import Change, StepRecord
from ..widget import classed, escaped
from .next_words import Asked, Draft, NextWords, Spot, takes_words, what_it_reads
from .offer import Offer

AS_JUDGED = "as judged"
VERDICTS: dict[str, Decision | None] = {
    AS_JUDGED: None,
    "accept": Decision.ACCEPT,
    "correct": Decision.RETRY,
    "start over": Decision.RESTART,
    "give up": Decision.STOP,
}


class Press(NamedTuple):
    """What is asked for as things are at the press; whoever looks elsewhere meanwhile changes nothing about it."""

    live: LiveLoop
    line: str
    number: int
    change: Change | None


class Steering(ipywidgets.VBox):
    """The words of the next request, the verdict, and the buttons; `show` says for which step."""

    words = traitlets.Unicode("", help="of the next request; prefilled with the flow's own")
    verdict = traitlets.Enum(tuple(VERDICTS), AS_JUDGED)
    busy = traitlets.Bool(False, help="a call runs")
    error = traitlets.Unicode("", help="what went wrong at the last press, in a sentence")

    def __init__(self, drawn: Callable[[LiveLoop, str, int], None], by: str = "person"):
        """drawn   called after each press with the loop, the line and the number of the step to look at
        by      in whose name a change is recorded
        """
        self._drawn, self.by = drawn, by
        self._live: LiveLoop | None = None
        self._at = (LOOP, 0)
        self._next_words = NextWords()
        self._lock = threading.RLock()
        self._call: threading.Thread | None = None
        self._showing = False
        self._build()
        super().__init__()
        row = classed(ipywidgets.Box([self._verdict, self._keep, self._button]), "tryon-row")
        self.children = (self._heading, self._words, self._reads, row, self._status, self._error)
        classed(self, "tryon-steering")
        traitlets.link((self, "words"), (self._words, "value"))
        traitlets.link((self, "verdict"), (self._verdict, "value"))
        self._button.on_click(lambda _: self._pressed(self._offer.cannot, self._offer.change))
        self._keep.on_click(lambda _: self._pressed(self._offer.cannot_keep, self._keeping))
        self.observe(lambda _: self._draw(), ["words", "verdict", "busy", "error"])

    def _build(self) -> None:
        self._heading = ipywidgets.HTML('<div class="tryon-heading">the words of the next request</div>')
        self._words = classed(ipywidgets.Textarea(rows=4, layout={"width": "100%"}), "tryon-words")
        verdict = ipywidgets.Dropdown(options=list(VERDICTS), description="verdict", layout={"width": "auto"})
        self._verdict = classed(verdict, "tryon-verdict")
        self._button = classed(ipywidgets.Button(button_style="primary"), "tryon-next")
        self._keep = classed(ipywidgets.Button(description="keep this step"), "tryon-keep")
        self._reads, self._status, self._error = (
            classed(ipywidgets.HTML(), f"tryon-{name}") for name in ("reads", "status", "error")
        )

    # ---- which step --------------------------------------------------------------------------------------------------

    @property
    def line(self) -> str:
        return self._at[0]

    @property
    def number(self) -> int:
        return self._at[1]

    def show(self, live: LiveLoop, line: str, number: int) -> None:
        """Stand behind a step (0: before the first); what was written behind another one is kept there."""
        with self._lock:
            if (live, (line, number)) != (self._live, self._at):
                self._keep_draft()
                self._live, self._at = live, (line, number)
                self._fill()
            self._draw()

    def _keep_draft(self) -> None:
        if self._live is not None and self._next_words.known(self._spot):
            self._next_words.keep(self._spot, Draft(self.words, self.verdict) if self.change else None)

    def _fill(self) -> None:
        own = self._own()
        self._showing = True  # the two are set together, drawn once
        try:
            draft = self._next_words.draft(self._spot) or Draft(own.words if own else "", AS_JUDGED)
            self.words, self.verdict = draft
        finally:
            self._showing = False

    @property
    def _spot(self) -> Spot:
        return (self._live.sample_id, *self._at)

    def _own(self) -> Asked | None:
        """None where it cannot be told: before the first step, or not while a call runs, which it would wait for."""
        if self.number and not self.busy:
            try:
                return self._next_words.read(self._live, self._spot)
            except TryonError as e:
                self.error = str(e)
        return self._next_words.known(self._spot)

    # ---- what the buttons would do -----------------------------------------------------------------------------------

    @property
    def change(self) -> Change | None:
        """What a person changed about the step: its verdict, the words of the next request; None for nothing."""
        own = self._next_words.known(self._spot)
        words = self.words.strip() if own and self.words.strip() != own.words.strip() else None
        decision = VERDICTS[self.verdict]
        return Change(prompt=words or None, decision=decision, by=self.by) if words or decision else None

    @property
    def _keeping(self) -> Change:
        return Change(keep=self.number, by=self.by)

    @property
    def _offer(self) -> Offer:
        return Offer(
            live=self._live,
            line=self.line,
            number=self.number,
            change=self.change if self.number else None,
            words=self.words if self._next_words.known(self._spot) else None,
            busy=self.busy,
            by=self.by,
        )

    # ---- pressing them -----------------------------------------------------------------------------------------------

    def next(self) -> StepRecord | None:
        """What the button does, at once: branch where something was changed, do one step.

        returns  the step; the overruled one where the new verdict ends the line; None where the flow has ended instead
        raises   BadInput where the button is off; Refused, ModelFailed and others as LiveLoop.step
        """
        return self._advance(self._begun(self._offer.cannot, self._offer.change))

    def keep(self) -> StepRecord:
        """Keep the step that is looked at, as the button does: the line ends there, in a branch of its own."""
        return self._advance(self._begun(self._offer.cannot_keep, self._keeping))

    def _pressed(self, why_not: str, change: Change | None) -> None:
        """The same in a thread, so that the kernel stays free; an error becomes a sentence."""
        if not why_not:
            press = self._begun(why_not, change)
            self._call = threading.Thread(target=self._advance_quietly, args=(press,), daemon=True)
            self._call.start()

    def wait(self, timeout_s: float | None = None) -> None:
        """Until the call that a button began has ended and is shown."""
        if self._call:
            self._call.join(timeout_s)

    def _begun(self, why_not: str, change: Change | None) -> Press:
        if why_not:
            raise BadInput(why_not)
        press = Press(self._live, *self._at, change)
        self.error, self.busy = "", True
        return press

    def _advance(self, press: Press) -> StepRecord | None:
        live, line, look_at = press.live, press.line, None
        try:
            if press.change:
                line = self._branched(press)
                look_at = press.change.keep
            if live.cannot_step(line):
                return live.lines()[line].steps[(look_at or 0) - 1]
            return live.step(line)
        except TryonError as e:
            again = "" if live.cannot_step(line) else " Nothing is lost: press again to try once more."
            self.error = f"{str(e).rstrip('.')}.{again}"
            raise
        except Exception as e:
            self.error = f"this is a fault of the program: {type(e).__name__}: {e}"
            raise
        finally:
            try:
                self._drawn(live, line, look_at or len(live.lines()[line].steps))
            finally:
                self.busy = False

    def _branched(self, press: Press) -> str:
        """The new branch; a step is kept behind the last one of its line, since a person has seen them all."""
        live, line, number, change = press
        name = live.branch(line, len(live.lines()[line].steps) if change.keep else number, change)
        with self._lock:
            if not change.keep:
                self._next_words.keep((live.sample_id, line, number), None)
                if (self._live, self._at) == (live, (line, number)):
                    self._fill()  # what was written is the branch's now
        return name

    def _advance_quietly(self, press: Press) -> None:
        try:
            self._advance(press)
        except TryonError:
            return  # `error` says it

    # ---- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        with self._lock:
            if self._showing or self._live is None:
                return
            if not self.busy and self.number and not self._next_words.known(self._spot):
                self._fill()
            self._draw_words(self._offer, self._next_words.known(self._spot))
            self._draw_buttons(self._offer)
            self._error.value = f'<span class="tryon-warning">{escaped(self.error)}</span>' if self.error else ""

    def _draw_words(self, offer: Offer, own: Asked | None) -> None:
        for part in (self._heading, self._words, self._reads):
            part.layout.display = None if takes_words(self._live) else "none"
        self._words.disabled = self.busy or own is None
        self._words.placeholder = offer.placeholder
        changed = self.change is not None and self.change.prompt is not None
        known = own is not None and not self.busy
        self._reads.value = escaped(what_it_reads(self._live, own, self.words, changed)) if known else ""

    def _draw_buttons(self, offer: Offer) -> None:
        self._button.description, self._button.disabled = offer.label, bool(offer.cannot)
        self._keep.disabled = bool(offer.cannot_keep)
        self._verdict.disabled = self.busy or not offer.judged
        self._verdict.layout.display = None if self._live.rubric else "none"
        kind = "tryon-busy" if self.busy else "tryon-soft"
        self._status.value = f'<span class="{kind}">{escaped(offer.cannot or offer.hint)}</span>'
