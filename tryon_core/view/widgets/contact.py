"""Contact sheets: every sample's pictures side by side, a page at a time."""

import io
import textwrap
from collections.abc import Sequence

import ipywidgets
import traitlets
from PIL import Image

from ..figures.chart import TEXT_PT, WIDTH_IN, Chart, png
from ..figures.palette import LIGHT, MARKS, Theme
from ..tables.inventory import Looked, in_words
from .viewer import Viewer
from .widget import Widget, classed, escaped, img, styled

PER_SHEET = 24
_COLUMNS, _CELL_IN = 4, 1.95  # of a still
_ACROSS = 4  # pictures of a sample in one row
_FACTS = 6  # of a sample in its caption


class ContactSheets(Widget):
    """Pages of samples, turned by Previous and Next or ← and →.

    Each picture has an alt text, each id can be selected and copied.
    """

    page = traitlets.Int(1, help="from 1")

    def __init__(self, looked: Sequence[Looked], per_sheet: int = PER_SHEET, **kwargs):
        self.looked, self.per_sheet = tuple(looked), per_sheet
        self._back, self._next = (ipywidgets.Button(description=word) for word in ("Previous sheet", "Next sheet"))
        self._where, self._sheet = ipywidgets.HTML(), ipywidgets.HTML()
        self._back.on_click(lambda _: self._turn(-1))
        self._next.on_click(lambda _: self._turn(1))
        turning = [self._back, self._next] if self.pages > 1 else []
        buttons = classed(ipywidgets.Box([*turning, self._where]), "tryon-row")
        turn = {"ArrowLeft": lambda: self._turn(-1), "ArrowRight": lambda: self._turn(1)}
        self.viewer = Viewer(None, turn)
        super().__init__([styled(_CSS), self.viewer, buttons, self._sheet], **kwargs)
        classed(self, "tryon")
        self._draw()

    def _turn(self, by: int) -> None:
        self.page += by

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.looked) // self.per_sheet))

    @property
    def shown(self) -> tuple[Looked, ...]:
        """The samples of this page."""
        return self.looked[(self.page - 1) * self.per_sheet : self.page * self.per_sheet]

    @traitlets.validate("page")
    def _inside(self, proposal) -> int:
        return min(max(proposal["value"], 1), self.pages)

    @traitlets.observe("page")
    def _draw(self, change=None) -> None:
        self._back.disabled, self._next.disabled = self.page == 1, self.page == self.pages
        self._where.value = escaped(self._heading())
        self._sheet.value = f'<div class="tryon-sheet">{"".join(map(_cell, self.shown))}</div>'

    def _heading(self) -> str:
        first = (self.page - 1) * self.per_sheet + 1
        last = first + len(self.shown) - 1
        return f"Sheet {self.page} of {self.pages}: samples {min(first, last)} to {last} of {len(self.looked)}"

    def still(self) -> bytes:
        return png(sheet(self.shown, self._heading()), dpi=140)


_CSS = """
.tryon-sheet {display: grid; grid-template-columns: repeat(auto-fill, minmax(216px, 1fr)); gap: 14px; padding-top: 8px}
.tryon-sheet figure {overflow-wrap: anywhere}
.tryon-sheet figcaption {margin-top: 4px}
.tryon-sheet b {color: var(--ink)}
.tryon-sheet .pictures {display: flex; flex-wrap: wrap; align-content: flex-start; gap: 4px; height: 140px;
  overflow: auto}
.tryon .tryon-sheet img {height: calc(100% / var(--rows) - 2px); max-width: calc(100% / var(--columns) - 4px);
  object-fit: contain; object-position: left top}
.tryon-sheet .problem {color: var(--warn)}
"""


def _cell(one: Looked) -> str:
    """One sample as HTML, every word of it escaped."""
    name, (columns, rows) = one.line.sample_id, _grid(len(one.small))
    pictures = "".join(img(small, f"{role} of {name}") for role, small in one.small.items())
    problem = f'<span class="problem">{escaped(_words(one))}</span>' if one.problem else ""
    inside = problem or pictures or escaped(_words(one))
    caption = f"<b>{escaped(name)}</b><br>{escaped(known(one))}"
    box = f'<div class="pictures" style="--columns: {columns}; --rows: {rows}">{inside}</div>'
    return f"<figure>{box}<figcaption>{caption}</figcaption></figure>"


def _grid(pictures: int) -> tuple[int, int]:
    """(columns, rows) for the pictures of a sample; one alone is as large as one of two."""
    return min(max(pictures, 2), _ACROSS), max(1, -(-pictures // _ACROSS))


def _words(one: Looked) -> str:
    """What stands in place of pictures: why they cannot be used, or the wish where there are none."""
    return f"{MARKS['failed']} unusable: {one.problem}" if one.problem else one.line.wish


def known(one: Looked) -> str:
    """What is known of a sample, in a few words."""
    facts = [in_words(one.line, name) for name in one.line.known]
    return " · ".join(list(filter(None, facts))[:_FACTS])


def sheet(looked: Sequence[Looked], heading: str = "", theme: Theme = LIGHT) -> Chart:
    """One contact sheet as a figure: the pictures side by side, the id and what is known underneath."""
    rows = max(1, -(-len(looked) // _COLUMNS))
    height_in = 0.5 + rows * _CELL_IN
    figure = Chart(figsize=(WIDTH_IN, height_in), facecolor=theme.paper)
    figure.text(0.012, 1 - 0.3 / height_in, heading, fontsize=TEXT_PT + 2, color=theme.ink, fontweight="bold")
    axes = figure.add_axes((0, 0, 1, 1 - 0.5 / height_in), xlim=(0, _COLUMNS), ylim=(rows * _CELL_IN, 0))
    axes.set_axis_off()
    for place, one in enumerate(looked):
        _paste(axes, one, place % _COLUMNS, place // _COLUMNS * _CELL_IN, theme)
    axes.set(xlim=(0, _COLUMNS), ylim=(rows * _CELL_IN, 0), aspect="auto")  # imshow moves them
    return figure


def _paste(axes, one: Looked, left: float, top_in: float, theme: Theme) -> None:
    """One cell: x in columns, y in inches, so that pictures keep their shape."""
    width_in, high_in = WIDTH_IN / _COLUMNS, 1.4
    columns, rows = _grid(len(one.small))
    step_in = (width_in - 0.09) / columns, high_in / rows
    for number, small in enumerate(one.small.values()):
        picture = Image.open(io.BytesIO(small))
        scale = min((step_in[0] - 0.03) / picture.width, (step_in[1] - (0.03 if rows > 1 else 0)) / picture.height)
        start = left + (0.06 + number % columns * step_in[0]) / width_in
        top = top_in + number // columns * step_in[1]
        extent = (start, start + scale * picture.width / width_in, top + scale * picture.height, top)
        axes.imshow(picture, extent=extent, aspect="auto")
    looks = {"parse_math": False, "va": "top", "fontsize": TEXT_PT - 3}
    if not one.small:
        colour = theme.warning if one.problem else theme.soft
        axes.text(left + 0.03, top_in, _wrapped(_words(one), lines=8), color=colour, **looks)
    name = _wrapped(one.line.sample_id, lines=2)
    facts = _wrapped(known(one), lines=2 - name.count("\n"))
    axes.text(left + 0.03, top_in + high_in + 0.05, f"{name}\n{facts}", color=theme.ink, **looks)


def _wrapped(text: str, lines: int) -> str:
    return textwrap.fill(text, 34, max_lines=lines, placeholder=" ...")
