"""What `make record` keeps of an executed notebook."""

import io
from base64 import b64encode

import nbformat
import numpy as np
import pytest
import record
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image, ImageDraw

from tryon_core.images import decode
from tryon_core.runs.notebook.git_filter import clean


def png(image):
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def photograph(side_px):
    """Soft colours with the grain of a camera."""
    y, x = np.mgrid[:side_px, :side_px] / side_px
    grain = np.random.default_rng(0).normal(0, 6, (side_px, side_px, 3))
    return Image.fromarray(np.clip(np.dstack([255 * x, 255 * y, 128 + 60 * x * y]) + grain, 0, 255).astype(np.uint8))


def drawing():
    """Few colours on no ground."""
    image = Image.new("RGBA", (1400, 700), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((100, 100, 400, 600), fill="navy")
    return image


@pytest.mark.parametrize(
    ("image", "kind", "least_px"), [(photograph(1200), "image/jpeg", 480), (drawing(), "image/png", 1000)]
)
def test_a_picture_is_small_and_still_to_be_looked_at(image, kind, least_px):
    found, data = record.small(png(image))
    assert found == kind and len(data) <= record.MAX_PICTURE_BYTES and max(decode(data).size) >= least_px
    assert decode(data).getpixel((2, 2))[2] > 100  # what was transparent is white, not black


def cells(*outputs):
    shown, printed = ({"tags": ["showcase"]}, {"tags": ["nbval-check-output", "keep_output"]})
    own = [new_code_cell(id=name, metadata=told) for name, told in (("a", shown), ("b", printed), ("c", {}))]
    for cell, output in zip(own, outputs, strict=False):
        cell.outputs, cell.execution_count = output, 1
    return new_notebook(cells=own)


def test_pictures_of_a_showcase_and_numbers_of_a_checked_cell_are_kept():
    widget = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Stepper()"}
    picture = new_output("display_data", data={"image/png": b64encode(png(drawing())).decode(), "text/plain": "x"})
    number = new_output("stream", text="7\n")
    executed = cells([new_output("display_data", data=widget), picture], [number], [number])
    text = record.recorded(cells(), executed)
    shown, printed, other = nbformat.reads(text, as_version=4).cells
    assert [list(output.data) for output in shown.outputs] == [["image/png"]] and shown.execution_count == 1
    assert printed.outputs == [number] and other.outputs == []
    assert clean(text, None) == text


def test_a_showcase_that_shows_nothing_is_an_error():
    with pytest.raises(ValueError, match="tagged showcase shows no PNG"):
        record.recorded(cells(), cells([], [], []))
