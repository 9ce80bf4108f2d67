"""The constraints in gate order as a ladder: score, mark and finding of one attempt; one of them may be chosen.

CSS classes for tests: tryon-ladder, and for each rung's button tryon-constraint-<key>.
"""

import ipywidgets
import traitlets

from ....errors import UnknownName
from ....records import AttemptRecord, Score
from ....rubrics.rules import Constraint, Rubric, failures
from ...figures.palette import MARKS, colours, gates, ink_on
from ...tables.measured import against_bar, misses
from ...tables.story import shown_score
from ..widget import class_name, classed, escaped


class Ladder(ipywidgets.VBox):
    """Seven rungs; choosing one shows its measurements and sets `constraint`, choosing it again lets it go."""

    constraint = traitlets.Unicode("", help="the chosen one, '' for none")
    attempt = traitlets.Instance(AttemptRecord, allow_none=True, help="whose judgement is shown")

    def __init__(self, rubric: Rubric):
        self.rubric = rubric
        self._buttons = {
            key: classed(ipywidgets.ToggleButton(), f"tryon-constraint-{class_name(key)}") for key in rubric.keys
        }
        self._texts = {key: ipywidgets.HTML() for key in rubric.keys}
        super().__init__()
        rungs = {
            key: classed(ipywidgets.Box([self._texts[key], self._buttons[key]]), "tryon-rung") for key in rubric.keys
        }
        children: list[ipywidgets.Widget] = []
        for place, asked in enumerate(rubric.constraints):
            if not place or rubric.constraints[place - 1].tier != asked.tier:
                children.append(ipywidgets.HTML(f'<div class="tryon-tier">{escaped(asked.tier)}</div>'))
            children.append(rungs[asked.key])
        self.children = tuple(children)
        classed(self, "tryon-ladder")
        for key, button in self._buttons.items():
            button.observe(lambda change, key=key: self._choose(key, change["new"]), "value")
        self.observe(lambda _: self._draw(), ["constraint", "attempt"])
        self._draw()

    @traitlets.validate("constraint")
    def _known(self, proposal: dict) -> str:
        if proposal["value"] not in ("", *self.rubric.keys):
            raise UnknownName("constraint", proposal["value"], self.rubric.keys)
        return proposal["value"]

    def _choose(self, key: str, chosen: bool) -> None:
        if chosen:
            self.constraint = key
        elif self.constraint == key:
            self.constraint = ""

    def _draw(self) -> None:
        judgement = self.attempt.judgement if self.attempt else None
        failed = failures(judgement, self.rubric) if judgement else ()
        for asked in self.rubric.constraints:
            score = judgement.scores[asked.key] if judgement else None
            chosen = asked.key == self.constraint
            self._texts[asked.key].value = rung(self.rubric, asked, score, failed=asked.key in failed, chosen=chosen)
            self._buttons[asked.key].value = chosen
            self._buttons[asked.key].description = in_words(asked, score, failed=asked.key in failed)
            self._buttons[asked.key].tooltip = asked.asks


def status(score: Score | None, failed: bool) -> str:
    """A key of palette.MARKS; '' before anything was judged."""
    if score is None:
        return ""
    return score.status if score.score is None else "failed" if failed else "met"


def in_words(asked: Constraint, score: Score | None, failed: bool) -> str:
    """A rung for a screen reader."""
    if score is None:
        return f"{asked.key}: {asked.asks}"
    shown = "" if score.score is None else shown_score(score.score)
    told = score.reason if score.score is None else score.finding
    return " ".join(filter(None, (f"{asked.key}, {status(score, failed).replace('_', ' ')}:", shown, told)))


def rung(rubric: Rubric, asked: Constraint, score: Score | None, *, failed: bool, chosen: bool) -> str:
    """A rung as HTML: gate number in the constraint's colour, name, mark and score, then what was found."""
    hue, state = colours(rubric)[asked.key], status(score, failed)
    number = f'<span class="tryon-gate" style="background:{hue};color:{ink_on(hue)}">{gates(rubric)[asked.key]}</span>'
    shown = "" if score is None or score.score is None else shown_score(score.score)
    answer = f'<span class="tryon-mark">{MARKS.get(state, "")}</span><span class="tryon-score">{shown}</span>'
    found = asked.asks if score is None else score.reason if score.score is None else score.finding
    return (
        f'<div class="tryon-rung-text {state}">{number}<span class="tryon-name">{escaped(asked.key)}</span>'
        f"{_bar(rubric, score, hue)}{answer}"
        f'<div class="tryon-finding">{escaped(found)}</div>{_measurements(score) if chosen and score else ""}</div>'
    )


def _bar(rubric: Rubric, score: Score | None, hue: str) -> str:
    """0 to 10 as a line, a notch where the rule's bar is; nothing where there is no number."""
    if score is None or score.score is None:
        return '<span class="tryon-score-line none"></span>'
    filled, notch = score.score * 10, rubric.rule.accept_at * 10
    return (
        f'<span class="tryon-score-line"><i style="width:{filled:.1f}%;background:{hue}"></i>'
        f'<b style="left:{notch:.1f}%" title="the bar: {rubric.rule.accept_at:g}"></b></span>'
    )


def _measurements(score: Score) -> str:
    """Every number behind a score beside its bar, those that miss it marked."""
    if not score.evidence:
        return '<div class="tryon-evidence">no measurement stands behind this score</div>'
    rows = "".join(
        f"<tr><td>{MARKS['failed' if misses(found) else 'met']}</td><td>{escaped(name.replace('_', ' '))}</td>"
        f"<td>{escaped(against_bar(found))}</td></tr>"
        for name, found in score.evidence.items()
    )
    return f'<table class="tryon-evidence">{rows}</table>'
