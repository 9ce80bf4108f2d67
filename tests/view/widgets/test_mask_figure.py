"""A mask before and after refining, as a figure that says how much changed."""

import numpy as np
from doubles import picture

from tryon_core.view.widgets.masking.mask_figure import refining

SIZE = (90, 120)


def test_the_figure_counts_what_refining_changed():
    found_HW, refined_HW = np.zeros((2, 120, 90), bool)
    found_HW[20:60, 20:60], refined_HW[30:60, 20:70] = True, True
    title = refining(picture("red", SIZE), found_HW, refined_HW).get_suptitle()
    assert title == "Refining took 400 of the mask's 1,600 pixels and added 300"
