"""The constraints in gate order as a ladder: score, mark and finding of one attempt; one of them may be chosen.

Without a judgement it shows the questions; without a rubric it is empty.

CSS classes for tests: tryon-ladder, and for each rung's button tryon-constraint-<key>.
"""

import ipywidgets
import traitlets

from ....errors import UnknownName
from ....records import Judgement, Measurement, Score
from ....rubrics.rules import Constraint, Rubric, failures
from ...figures.palette import MARKS, colours, gates, ink_on
from ...tables.measured import against_bar, misses
from ...tables.story import shown_score
from ..widget import class_name, classed, escaped


class Ladder(ipywidgets.VBox):
    """A rung per constraint; choosing one shows its measurements and sets `constraint`, again undoes it."""

    constraint = traitlets.Unicode("", help="the chosen one, '' for none")
    judgement = traitlets.Instance(Judgement, allow_none=True, help="the one that is shown")

    def __init__(self, rubric: Rubric | None):
        self.rubric = rubric
        self._asked = rubric.constraints if rubric else ()
        self._buttons = {
            asked.key: classed(ipywidgets.ToggleButton(), f"tryon-constraint-{class_name(asked.key)}")
            for asked in self._asked
        }
        self._texts = {key: ipywidgets.HTML() for key in self._buttons}
        super().__init__()
        rungs = {
            key: classed(ipywidgets.Box([self._texts[key], button]), "tryon-rung")
            for key, button in self._buttons.items()
        }
        children: list[ipywidgets.Widget] = []
        for place, asked in enumerate(self._asked):
            if not place or self._asked[place - 1].tier != asked.tier:
                children.append(ipywidgets.HTML(f'<div class="tryon-tier">{escaped(asked.tier)}</div>'))
            children.append(rungs[asked.key])
        self.children = tuple(children)
        classed(self, "tryon-ladder")
        for key, button in self._buttons.items():
            button.observe(lambda change, key=key: self._choose(key, change["new"]), "value")
        self.observe(lambda _: self._draw(), ["constraint", "judgement"])
        self._draw()

    @traitlets.validate("constraint")
    def _known(self, proposal: dict) -> str:
        if proposal["value"] not in ("", *self._buttons):
            raise UnknownName("constraint", proposal["value"], self._buttons)
        return proposal["value"]

    def _choose(self, key: str, chosen: bool) -> None:
        if chosen:
            self.constraint = key
        elif self.constraint == key:
            self.constraint = ""

    def _draw(self) -> None:
        failed = failures(self.judgement, self.rubric) if self.judgement and self.rubric else ()
        for asked in self._asked:
            score = self.judgement.scores[asked.key] if self.judgement else None
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
    words = score.reason if score.score is None else score.finding
    return " ".join(filter(None, (f"{asked.key}, {status(score, failed).replace('_', ' ')}:", shown, words)))


def rung(rubric: Rubric, asked: Constraint, score: Score | None, *, failed: bool, chosen: bool) -> str:
    """A rung as HTML: gate number in the constraint's colour, name, mark and score, then what was found."""
    hue, state = colours(rubric)[asked.key], status(score, failed)
    number = f'<span class="tryon-gate" style="background:{hue};color:{ink_on(hue)}">{gates(rubric)[asked.key]}</span>'
    shown = "" if score is None or score.score is None else shown_score(score.score)
    answer = f'<span class="tryon-mark">{MARKS.get(state, "")}</span><span class="tryon-score">{shown}</span>'
    words = asked.asks if score is None else score.reason if score.score is None else score.finding
    return (
        f'<div class="tryon-rung-text {state}">{number}<span class="tryon-name">{escaped(asked.key)}</span>'
        f"{_bar(rubric, score, hue)}{answer}"
        f'<div class="tryon-finding">{escaped(words)}</div>{_measurements(score) if chosen and score else ""}</div>'
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
        f"<tr><td>{_mark(measurement)}</td><td>{escaped(name.replace('_', ' '))}</td>"
        f"<td>{escaped(against_bar(measurement))}</td></tr>"
        for name, measurement in score.evidence.items()
    )
    return f'<table class="tryon-evidence">{rows}</table>'


def _mark(measurement: Measurement) -> str:
    """Whether it misses its bar; nothing where it is held to none."""
    return "" if measurement.bar is None else MARKS["failed" if misses(measurement) else "met"]
