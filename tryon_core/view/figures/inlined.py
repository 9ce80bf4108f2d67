"""Pictures inside a page: data: URIs, small enough together that the page can be mailed."""

import base64
import logging
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from matplotlib.figure import Figure
from PIL import Image, ImageDraw

from ...errors import Damaged
from ...images import thumbnail, to_jpeg
from ...runs.reading import Run
from .chart import SHARP_DPI, png, svg

SIDES_PX = (320, 256, 208, 168, 136, 112, 96, 80, 64)
BUDGET_BYTES = 7_500_000  # of base64, for all thumbnails
_QUALITY = 80
_TRIED = 24  # pictures encoded to choose the size
_LARGEST_SVG_BYTES = 250_000  # a line for each of thousands of attempts is smaller as pixels


def thumbnails(run: Run, digests: Iterable[str], budget_bytes: int = BUDGET_BYTES) -> dict[str, str]:
    """Digest -> data: URI of a JPEG; all of them at the largest of SIDES_PX that keeps the page within the budget.

    digests       one for each time a picture is shown
    budget_bytes  base64 characters in all; estimated from a few pictures, and given up at the smallest side
    """
    from ...runs.notebook.progress import tqdm

    shown = Counter(digests)
    names = sorted(shown)
    each_time = sorted(shown.elements())  # one that is shown often weighs as much
    side_px = _fitting_side(run, each_time[:: max(1, len(each_time) // _TRIED)], len(each_time), budget_bytes)
    with ThreadPoolExecutor(4) as pool:
        encoded = pool.map(lambda name: to_jpeg(_thumbnail(run, name, side_px), _QUALITY), names)
        bar = tqdm(encoded, total=len(names), desc="thumbnails", unit="picture", leave=False)
        return {name: _uri("image/jpeg", data) for name, data in zip(names, bar, strict=True)}


def _thumbnail(run: Run, name: str, side_px: int) -> Image.Image:
    """The picture, small; in place of one that was lost or damaged a cross, and it is said: the others are there."""
    try:
        return run.thumbnail(name, side_px)
    except Damaged as e:
        logging.getLogger(__name__).warning(f"{e}; a cross stands in its place")
        blank = Image.new("RGB", (side_px * 3 // 4, side_px), "#dddddd")
        width, height = blank.size
        cross = [(0, 0), (width, height), (width // 2, height // 2), (width, 0), (0, height)]
        ImageDraw.Draw(blank).line(cross, "#888888")
        return blank


def _fitting_side(run: Run, tried: list[str], count: int, budget_bytes: int) -> int:
    large = [_thumbnail(run, name, SIDES_PX[0]) for name in tried]
    for side_px in SIDES_PX:
        each_bytes = sum(len(to_jpeg(thumbnail(one, side_px), _QUALITY)) for one in large) / max(len(large), 1) * 4 / 3
        if each_bytes * count <= budget_bytes:
            return side_px
    return SIDES_PX[-1]


def figure_uri(figure: Figure) -> str:
    """A figure as SVG, sharp at any size; as PNG where that is smaller."""
    drawn = svg(figure)
    if len(drawn) <= _LARGEST_SVG_BYTES:
        return _uri("image/svg+xml", drawn)
    return _uri("image/png", png(figure, SHARP_DPI))


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
