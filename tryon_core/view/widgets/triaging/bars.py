"""The bars of a question as buttons: a list with shares as lengths, or a grid of constraint by iteration, shaded.

CSS classes: tryon-bars, tryon-bar (each button), tryon-cell (bars of a grid too), tryon-chosen.
"""

from collections.abc import Callable

import ipywidgets

from ....runs.reading import Run
from ...figures.palette import DARK, colours, gates, ink_on
from ...tables import frames
from ...tables.behind import Bar
from ..pressable import Pressables
from ..widget import classed, escaped

GRID = "failed at an iteration"  # the question whose bars are the cells of figures.constraint_heatmap
COUNTED_OVER = {  # what the bars of a question are counted over: `of` of behind.Bar, in words
    GRID: "counted over attempts of that iteration that scored the constraint",
    "failed first": "counted over judged attempts that failed",
    "failed next": "counted over attempts of that iteration with the state named first",
    "broke after being met": "counted over corrections before which the constraint was met",
    "mended after failing": "counted over corrections before which the constraint failed",
    "failed together": "counted over attempts that scored both, the first of them failed; at all: that scored it",
    "first attempts that failed, by slice": "counted over judged first attempts of the slice",
    "constraints that failed first attempts, by slice": "counted over first attempts of the slice that scored it",
    "accepted, by slice": "counted over judged samples of the slice",
    "accepted at an iteration": "counted over judged samples",
    "never accepted": "counted over samples with a judged attempt",
    "not judged, refused or failed": "attempts: of all attempts; samples: of all that were listed",
    "a person disagrees with the judge": "counted over answers of the judge that people spoke of",
}
_SHADE = tuple(int(DARK.accent[i : i + 2], 16) for i in (1, 3, 5))  # readable under either theme's ink up to 80 %


class Bars(ipywidgets.Box):
    """Buttons for the bars of one question; `on_press` is told which, from 0."""

    def __init__(self, run: Run, on_press: Callable[[int], None]):
        self._run, self._pool = run, Pressables("tryon-bar", on_press)
        self._asked: tuple[str, int] | None = None
        super().__init__()
        classed(self, "tryon-bars")

    def show(self, question: str, bars: list[Bar], chosen: int) -> None:
        """Fill as many buttons as there are bars; a full length is all of those that it is counted over."""
        face = _cell if question == GRID else self._bar(bars)
        for place, (bar, button) in enumerate(zip(bars, self._pool.first(len(bars)), strict=True)):
            button.show(face(bar), f"{bar.label}, {bar.n} of {bar.of}", place == chosen)
        if self._asked != (question, bars):
            self._lay_out(question, bars)
            self._asked = question, bars

    def _lay_out(self, question: str, bars: list[Bar]) -> None:
        buttons = self._pool.first(len(bars))
        if question != GRID or not bars:
            self.remove_class("tryon-grid")
            self.children = tuple(buttons)
            return
        table = frames.constraint_failures(frames.attempts(self._run), self._run.rubric)
        steps = sorted(table.attempt.unique())
        at = {(bar.constraint, bar.items[0][1]): button for bar, button in zip(bars, buttons, strict=True)}
        counted = {(row.constraint, row.attempt): row.n for row in table.itertuples()}
        cells = [ipywidgets.HTML(""), *(ipywidgets.HTML(f"<div class='head'>attempt {step}</div>") for step in steps)]
        for key in self._run.rubric.keys:
            cells.append(ipywidgets.HTML(f"<div class='row'>{self._gate(key)} {escaped(key)}</div>"))
            cells += [at.get((key, step)) or _unfailed(counted[key, step]) for step in steps]
        self.layout.grid_template_columns = f"max-content repeat({len(steps)}, minmax(max-content, 8rem))"
        self.add_class("tryon-grid")
        self.children = tuple(cells)

    def _bar(self, bars: list[Bar]) -> Callable[[Bar], str]:
        shade = colours(self._run.rubric) if bars else {}

        def face(bar: Bar) -> str:
            colour = shade.get(bar.constraint, DARK.accent)
            return (
                f'<div class="bar" aria-hidden="true"><span class="name">{self._gate(bar.constraint)} '
                f'{escaped(bar.label)}</span><span class="track"><i style="width:{100 * bar.n / bar.of:.1f}%;'
                f'background:{colour}"></i></span><span class="count">{bar.n} of {bar.of}</span></div>'
            )

        return face

    def _gate(self, key: str) -> str:
        """The constraint's gate number in its colour; nothing where no constraint is meant."""
        return gate(self._run, key) if key in self._run.rubric.keys else ""


def gate(run: Run, key: str) -> str:
    """A constraint's gate number on its colour, as HTML."""
    colour = colours(run.rubric)[key]
    return f'<b class="gate" style="background:{colour};color:{ink_on(colour)}">{gates(run.rubric)[key]}</b>'


def _cell(bar: Bar) -> str:
    red, green, blue = _SHADE
    opacity = 0.1 + 0.7 * bar.n / bar.of
    return (
        f'<div class="cell" aria-hidden="true" style="background:rgba({red},{green},{blue},{opacity:.2f})">'
        f"{bar.n} of {bar.of}</div>"
    )


def _unfailed(n: int) -> ipywidgets.HTML:
    """A cell of the grid without a picture behind it."""
    return ipywidgets.HTML(f"<div class='cell none'>{f'0 of {n}' if n else 'not scored'}</div>")
