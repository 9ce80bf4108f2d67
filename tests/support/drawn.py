"""What a figure shows, for tests: its words, its ink, and whether they can be read."""

import io
import itertools

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from tryon_core.view.figures import chart


def title(figure):
    return figure.get_suptitle().replace("\n", " ")


def all_words(figure):
    return " ".join(text.get_text() for text in figure.findobj(Text))


def marked_pixels(figure):
    pixels_HW3 = np.asarray(Image.open(io.BytesIO(chart.png(figure))).convert("RGB"), dtype=int)
    assert pixels_HW3.shape[1] == 900
    return int((np.abs(pixels_HW3 - pixels_HW3[0, 0]).sum(-1) > 60).sum())


def _undrawn_ticks(axes):
    """Labels of ticks that lie out of view, or of axes that are switched off."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not axes.axison or not low <= tick.get_loc() <= high:
                yield from (tick.label1, tick.label2)


def clashing_labels(figure):
    """Pairs of texts that lie on one another, and texts that leave the picture."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    undrawn = {id(text) for axes in figure.axes for text in _undrawn_ticks(axes)}
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    texts = [text for text in texts if id(text) not in undrawn]
    boxes = {text: text.get_window_extent(canvas.get_renderer()).shrunk(0.95, 0.8) for text in texts}
    clashes = [(a, b) for (a, one), (b, other) in itertools.combinations(boxes.items(), 2) if one.overlaps(other)]
    labels = {axis.label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)}
    written = [text for text in texts if text in {*figure.texts, *labels} or text in getattr(text.axes, "texts", ())]
    page = figure.bbox
    return clashes + [text for text in written if not (page.x0 <= boxes[text].x0 and boxes[text].x1 <= page.x1)]
