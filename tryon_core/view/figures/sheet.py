"""A figure to write and draw on, in inches from its upper left corner."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import Image

from .chart import TEXT_PT, WIDTH_IN, Chart
from .palette import Theme

CAPTION_IN = 0.22


class Sheet:
    """A figure to write and draw on."""

    def __init__(self, height: float, theme: Theme):
        self.height, self.theme = height, theme
        self.figure = Chart(figsize=(WIDTH_IN, height), facecolor=theme.paper)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH_IN), ylim=(height, 0))
        self.axes.set_axis_off()

    def write(self, left: float, top: float, text: str, **style: Any) -> None:
        plain = {"size": TEXT_PT - 1, "color": self.theme.ink, "va": "top", "linespacing": 1.3, "parse_math": False}
        self.axes.text(left, top, text, **plain | style)

    def box(self, left: float, top: float, size: tuple[float, float], colour: str) -> None:
        self.axes.add_patch(Rectangle((left, top), *size, color=colour, lw=0))

    def place(self, left: float, top: float, size: tuple[float, float]) -> Axes:
        """Axes for a picture of this (width, height)."""
        width, height = size
        box = (left / WIDTH_IN, 1 - (top + height) / self.height, width / WIDTH_IN, height / self.height)
        axes = self.figure.add_axes(box)
        axes.set_axis_off()
        return axes

    def show(self, image: Image.Image, at: tuple[float, float], fit: tuple[float, float], caption: str) -> tuple:
        """A picture under its caption, as large as fits into (width, height); returns its (width, height)."""
        scale = min(fit[0] / image.width, fit[1] / image.height)
        size = (image.width * scale, image.height * scale)
        self.write(*at, caption, color=self.theme.soft)
        self.place(at[0], at[1] + CAPTION_IN, size).imshow(image, aspect="auto", interpolation="antialiased")
        corner, grown = (at[0] - 0.01, at[1] + CAPTION_IN - 0.01), (size[0] + 0.02, size[1] + 0.02)
        frame = Rectangle(corner, *grown, fill=False, ec=self.theme.faint, lw=1)
        self.axes.add_patch(frame)  # a white mask on white paper has an edge
        return size
