"""A mask before and after it was refined, as a figure.

Shapes: H, W image rows and columns; 3 is RGB.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from ...figures.chart import TEXT_PT, empty
from ...figures.notebook_theme import themed
from ...figures.palette import Theme
from .mask_drawing import over

_HEIGHT_IN = 4.2
_ADDED, _REMOVED = (0, 114, 178), (213, 94, 0)  # Okabe and Ito's blue and vermilion


@dataclass(frozen=True)
class _Measured:
    caution: str = ""


@themed
def refining(picture: Image.Image, found_HW: np.ndarray, refined_HW: np.ndarray, theme: Theme | None = None) -> Figure:
    """A mask as it was found, as it was refined, and where the two differ.

    found_HW, refined_HW   bool, of the picture's size
    """
    added_HW, removed_HW = refined_HW & ~found_HW, found_HW & ~refined_HW
    finding = f"Refining took {removed_HW.sum():,} of the mask's {found_HW.sum():,} pixels and added {added_HW.sum():,}"
    note = "The mask is drawn over its picture; on the right, blue pixels were added and orange ones taken."
    figure = empty(_Measured(), finding, _HEIGHT_IN, theme, note)
    changed_HW3 = np.asarray(picture.convert("L").convert("RGB")) // 2 + 120
    changed_HW3[added_HW], changed_HW3[removed_HW] = _ADDED, _REMOVED
    panels = {"as found": over(picture, found_HW), "refined": over(picture, refined_HW), "what changed": changed_HW3}
    for axes, (title, panel) in zip(figure.subplots(1, 3), panels.items(), strict=True):
        axes.imshow(panel)
        axes.set_axis_off()
        axes.set_title(title, fontsize=TEXT_PT, color=theme.soft)
    return figure
