"""A tuned mask as one picture, for where no browser draws the widget.

Lengths are inches.
"""

import textwrap
from collections.abc import Sequence

from PIL import Image

from ...figures.chart import WIDTH_IN, png
from ...figures.palette import LIGHT, Theme
from ...figures.sheet import CAPTION_IN, Sheet

_MARGIN, _LINE = 0.14, 0.19
_LARGE, _SMALL = (3.6, 4.2), (1.55, 1.7)  # (width, height) at most


def still(
    large: tuple[str, Image.Image], small: Sequence[tuple[str, Image.Image]], words: Sequence[str], theme: Theme = LIGHT
) -> bytes:
    """PNG, 900 pixels wide.

    large  (caption, picture) on the left
    small  the masks to choose from, side by side
    words  what is said about them, a paragraph each
    """
    sheet = Sheet(_LARGE[1] + CAPTION_IN + 2 * _MARGIN, theme)
    sheet.show(large[1], (_MARGIN, _MARGIN), _LARGE, large[0])
    left = at = _LARGE[0] + 3 * _MARGIN
    for caption, picture in small:
        sheet.show(picture, (at, _MARGIN), _SMALL, caption)
        at += _SMALL[0] + _MARGIN
    top = _MARGIN + (CAPTION_IN + _SMALL[1] + _MARGIN if small else 0)
    characters = round((WIDTH_IN - left) * 13)
    for paragraph in words:
        lines = textwrap.wrap(paragraph, characters)
        sheet.write(left, top, "\n".join(lines))
        top += _LINE * (len(lines) + 0.5)
    return png(sheet.figure)
