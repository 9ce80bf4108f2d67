"""What the buttons of a steering would do at a step, in words, or why they cannot."""

from dataclasses import dataclass

from ....records import Decision
from ....runs.stepping import LiveLoop
from ....steps import Change, StepRecord
from .next_words import takes_words

_WORDS, _VERDICT, _BRANCH = "write other words", "overrule its verdict", "to branch from here, or "


@dataclass(frozen=True, kw_only=True)
class Offer:
    """At step `number` of a line; 0: before the first.

    change  what a person changed about the step, None for nothing
    words   of the next request; None where it is not known yet how the flow would ask
    busy    a call runs
    """

    live: LiveLoop
    line: str
    number: int
    change: Change | None
    words: str | None
    busy: bool
    by: str

    @property
    def _steps(self) -> tuple[StepRecord, ...]:
        return self.live.lines()[self.line].steps

    @property
    def _word(self) -> str:
        """What the steps of this flow are called: one that says how it asks next makes attempts."""
        return "attempt" if self.live.tells_next else "step"

    @property
    def judged(self) -> bool:
        """Whether the step has a verdict that may be overruled."""
        return bool(self.live.rubric and self.number and self._steps[self.number - 1].judgement)

    @property
    def label(self) -> str:
        """The words on the button."""
        if self.change:
            return f"branch from {self._word} {self.number}"
        if self.live.tells_next:
            return "next: draw one more" if self.number else "next: draw the first"
        return "next: one more step" if self.number else "next: the first step"

    @property
    def cannot(self) -> str:
        """Why that button is off, in a sentence; '' where it is on."""
        if self.busy:
            return self._running
        if self.live.tells_next and self.words is not None and not self.words.strip():
            return "There are no words to ask with; write some."
        if self.change:
            return ""
        last = len(self._steps)
        if self.number < last:
            onward = f"go to {self._word} {last} to {'draw' if self.live.tells_next else 'do'} the next."
            ways = " or ".join(filter(None, (takes_words(self.live) and _WORDS, self.judged and _VERDICT)))
            return f"Nothing is changed at {self._word} {self.number}: {f'{ways} {_BRANCH}' if ways else ''}{onward}"
        return self.live.cannot_step(self.line)

    @property
    def cannot_keep(self) -> str:
        """Why the step cannot be kept, in a sentence; '' where it can."""
        if self.busy:
            return self._running
        return "" if self.number else "There is no step to keep yet."

    @property
    def _running(self) -> str:
        return "drawing and judging one attempt …" if self.live.tells_next else "doing one step …"

    @property
    def hint(self) -> str:
        """What a press will do that the button's words do not say."""
        if self.cannot or not self.change:
            return ""
        if self.change.decision in (Decision.ACCEPT, Decision.STOP):
            return f"Keeps the verdict in a branch, as said by {self.by}; nothing is drawn."
        return f"The line {self.line!r} stays as it is; the branch is kept beside it, as changed by {self.by}."

    @property
    def placeholder(self) -> str:
        """What the empty field of the words says."""
        if not self.number:
            return "the first request: the wish" if self.live.tells_next else "the first request is the flow's own"
        if self.live.tells_next:
            return "told when the call has ended"
        return "this flow cannot say how it asks next; write the words of the next request, or leave it the flow's own"
