"""Two strategies of search side by side over the same samples: slide the budget, see the trees, scores and noise.

CSS classes for tests: tryon-searching; tryon-finding, tryon-unit, tryon-budget (the slider), tryon-inputs; per side
tryon-side with tryon-heading, tryon-trouble, tryon-candidates (candidate_tiles.py) and tryon-looked-at;
tryon-verdict. Those of the choice of a sample are in sample_chooser.py.
"""

from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd
import traitlets
from PIL import Image

from ....errors import BadInput, UnknownName
from ....runs.reading import Run
from ...arena.contest import by_strategy, check_alike, shared_caution
from ...arena.strategy_looks import budget_words
from ...figures.chart import png
from ...streams.spend import PICTURES, UNITS
from ..stepping.sample_chooser import SampleChooser
from ..stepping.shown_step import in_order
from ..stepping.stepper_controls import row
from ..triaging.gallery import Thumbnails
from ..viewer import Viewer
from ..widget import Widget, classed, escaped, styled
from .candidate_tiles import THUMB_PX
from .compare_html import sample_html, verdict_html
from .held_out_words import HeldOut
from .search_sides import Side, equal_budget, holder, shared_units, sides, stops
from .search_still import search_still
from .side_column import SideColumn

_CSS = Path(__file__).with_name("searching.css")
_PICTURE_PX = 320
_PRESSED = ("candidate_a", "candidate_b")
_NAMES = {
    ".tryon-budget .noUi-handle": "budget",
    ".tryon-find input": "find a sample",
    ".tryon-sample-before": "the sample before",
    ".tryon-sample-after": "the next sample",
}


class SearchCompare(Widget):
    """One sample under two strategies at one budget. Set a trait and it is drawn; the controls do no more than that."""

    sample_id = traitlets.Unicode("", help="any sample of the runs")
    unit = traitlets.Unicode(PICTURES, help="what the budget counts")
    budget = traitlets.Float(1.0, help="in this unit; the same for both")
    candidate_a = traitlets.Int(0, min=0, help="the candidate of A that is looked at; 0: the best so far")
    candidate_b = traitlets.Int(0, min=0, help="that of B")

    def __init__(self, run_a: Run, run_b: Run, *, held_out: pd.DataFrame | None = None, sample_id: str = ""):
        """run_a, run_b  runs of flow search or closed_loop over the same samples and generator
        held_out      scores by which the sides are compared, see view.arena.held_out_scores; None: they are not
        sample_id     where not given, the first of the listing
        raises        BadInput where the runs do not compare, with the difference; UnknownName with the nearest sample
        """
        self.runs = by_strategy((run_a, run_b))
        check_alike(self.runs)
        self._lines = {line.sample_id: line for line in run_a.listing.lines}
        self.held_out = HeldOut(self.runs, held_out)
        self._thumbnails = [Thumbnails(run, THUMB_PX) for run in self.runs.values()]
        self._large = [Thumbnails(run, _PICTURE_PX) for run in self.runs.values()]
        self._sides: list[Side] = []
        self._nested = 1
        keys = {"ArrowLeft": lambda: self._slide(-1), "ArrowRight": lambda: self._slide(1)}
        keys |= {"j": lambda: self._chooser.step(1), "k": lambda: self._chooser.step(-1)}
        hint = "← → less, more budget · J K next sample, sample before"
        self.viewer = Viewer(self._picture, keys, hint=hint, main=".tryon-looked-at img[data-picture]", names=_NAMES)
        super().__init__()
        self._build()
        self.observe(self._changed, ["sample_id", "unit", "budget", *_PRESSED])
        self._nested = 0
        self.sample_id = sample_id or next(iter(self._lines))

    @property
    def sides(self) -> tuple[Side, ...]:
        """What is shown, as data: A and B."""
        return tuple(self._sides)

    @property
    def caution(self) -> str:
        """What must be said where a model is not real; '' where all are."""
        return shared_caution(self.runs)

    @property
    def finding(self) -> str:
        """Which side is better at this budget, in a sentence; where nothing is held out, that it is not said."""
        return self.held_out.headline(self.sample_id, self.unit, self.budget)

    def still(self) -> bytes:
        """Both trees at the budget as PNG, 900 px wide, what is looked at, and what is held out."""
        note = (
            f"{self.sample_id}; {budget_words(self.budget, self.unit)} each. Wish: {self._lines[self.sample_id].wish}"
        )
        figure = search_still(
            self,
            self._sides,
            self._small,
            finding=self.finding,
            note=note,
            verdicts=self.held_out.verdicts(self.sample_id, self.unit, self.budget),
            trouble=self.held_out.trouble(self.unit),
        )
        return png(figure)

    # ---- what may be set ---------------------------------------------------------------------------------------------

    @traitlets.validate("sample_id")
    def _listed(self, proposal: dict) -> str:
        if proposal["value"] not in self._lines:
            raise UnknownName("sample", proposal["value"], self._lines)
        return proposal["value"]

    @traitlets.validate("unit")
    def _counted(self, proposal: dict) -> str:
        if self._sides and proposal["value"] not in (units := shared_units(self._sides)):
            raise UnknownName("unit that both sides count", proposal["value"], units)
        return proposal["value"]

    @traitlets.validate("budget")
    def _above_zero(self, proposal: dict) -> float:
        if not proposal["value"] > 0:
            raise BadInput(f"a budget is above 0 {UNITS[self.unit].words}, got {proposal['value']}")
        return proposal["value"]

    @traitlets.validate(*_PRESSED)
    def _drawn(self, proposal: dict) -> int:
        number, name = proposal["value"], proposal["trait"].name
        tree = self._sides[_PRESSED.index(name)].tree if self._sides else None
        if number and (tree is None or number not in tree.candidates):
            raise UnknownName("candidate", str(number), map(str, tree.candidates if tree else ()))
        return number

    # ---- moving ------------------------------------------------------------------------------------------------------

    def _changed(self, change: Any) -> None:
        if self._nested:
            return
        self._nested += 1
        try:
            if change["name"] == "sample_id":
                self._read_sample(is_first=not self._sides)
            elif change["name"] == "unit":
                self.budget = equal_budget(self._made())
            self._draw()
        finally:
            self._nested -= 1

    def _read_sample(self, is_first: bool) -> None:
        """Another sample: the best of each is looked at, at the budget so far as far as this sample knows it."""
        self.candidate_a = self.candidate_b = 0
        made = self._made()
        if self.unit not in shared_units(made):
            self.unit, is_first = PICTURES, True
            made = self._made()
        self.budget = equal_budget(made) if is_first else min(self.budget, stops(made)[-1])

    def _slide(self, by: int) -> None:
        """To the budget beside this one."""
        known = stops(self._sides)
        place = max((place for place, stop in enumerate(known) if stop <= self.budget + 1e-9), default=0)
        self.budget = known[min(max(place + by, 0), len(known) - 1)]

    def _taken(self, name: str, value: Any) -> None:
        """A person moved a control; what `_draw` sets is not heard."""
        if not self._nested and value is not None:
            setattr(self, name, value)

    def _press(self, name: str, number: int) -> None:
        """Look at a candidate; pressed again, at the best so far."""
        setattr(self, name, 0 if getattr(self, name) == number else number)

    # ---- the parts ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """Controls and places once; `_draw` fills them."""
        self._chooser = SampleChooser(self._lines.values())
        traitlets.link((self, "sample_id"), (self._chooser, "sample_id"))
        self._units = classed(ipywidgets.Dropdown(description="count", layout={"width": "auto"}), "tryon-unit")
        self._slider = classed(ipywidgets.SelectionSlider(options=[1.0], description="budget"), "tryon-budget")
        self._units.observe(lambda change: self._taken("unit", change["new"]), "value")
        self._slider.observe(lambda change: self._taken("budget", change["new"]), "value")
        names = ("finding", "inputs", "verdict", "warning")
        self._html = {name: classed(ipywidgets.HTML(), f"tryon-{name}") for name in names}
        pressed = [partial(self._press, name) for name in _PRESSED]
        self._columns = [SideColumn(*each) for each in zip(self._thumbnails, pressed, strict=True)]
        self.children = (
            styled(_CSS.read_text()),
            self.viewer,
            row(self._html["finding"], self._chooser, name="tryon-above"),
            row(self._slider, self._units, name="tryon-controls"),
            self._html["inputs"],
            classed(ipywidgets.Box(self._columns), "tryon-sides"),
            self._html["verdict"],
            self._html["warning"],
        )
        classed(self, "tryon", "tryon-searching")

    def _made(self) -> list[Side]:
        pressed = [getattr(self, name) for name in _PRESSED]
        return sides(self.runs, self.sample_id, unit=self.unit, budget=self.budget, pressed=pressed)

    def _draw(self) -> None:
        """Everything as the traits say."""
        self._sides = self._made()
        self._draw_controls()
        for side, column, large in zip(self._sides, self._columns, self._large, strict=True):
            column.show(side, large)
        verdicts = self.held_out.verdicts(self.sample_id, self.unit, self.budget)
        names = [side.name for side in self._sides]
        texts = {
            "finding": escaped(self.finding),
            "inputs": self._inputs(),
            "verdict": verdict_html(names, verdicts, self.held_out.trouble(self.unit)),
            "warning": escaped(self.caution),
        }
        for name, html in texts.items():
            self._html[name].value = html

    def _draw_controls(self) -> None:
        units, known = shared_units(self._sides), stops(self._sides)
        self._units.options = [(UNITS[unit].words, unit) for unit in units]
        self._units.value = self.unit
        self._slider.options = [(budget_words(stop, self.unit), stop) for stop in known]
        self._slider.value = max((stop for stop in known if stop <= self.budget + 1e-9), default=known[0])

    def _inputs(self) -> str:
        line = self._lines[self.sample_id]
        place = next((place for place, side in enumerate(self._sides) if side.tree), None)
        if place is None:
            return sample_html(line, (), lambda digest: "")
        tree = self._sides[place].tree
        pictures = in_order(tree.record.pictures, tree.run.info.flow.pictures)
        return sample_html(line, pictures.items(), lambda digest: self._large[place].read([digest])[0])

    # ---- pictures ----------------------------------------------------------------------------------------------------

    def _holder(self, digest: str) -> Run:
        return holder(self._sides, digest) or next(iter(self.runs.values()))

    def _picture(self, digest: str) -> Image.Image:
        return self._holder(digest).picture(digest)

    def _small(self, digest: str) -> Image.Image:
        return self._holder(digest).thumbnail(digest, _PICTURE_PX)
