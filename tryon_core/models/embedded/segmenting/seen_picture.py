"""What a picture is, before anybody says what is meant: its regions, and what stands before a plain background."""

# Shapes: H, W image rows and columns; h, w those of the tree's reduced picture; 3 is RGB.
from dataclasses import dataclass

import cv2
import numpy as np

from ....errors import Refused
from ....pictures.features import to_lab
from ..cloth.cutting.clear_cutout import check_clear, check_trusted
from ..cloth.cutting.cutout import cut_out
from .region_tree import RegionTree, grow_tree


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """What a click on a picture is answered from.

    image_HW3  uint8 RGB at working size
    tree       its regions
    whole_hw   bool (h, w), as the tree's patches: all that differs from a plain background; None where it is not plain
    """

    image_HW3: np.ndarray
    tree: RegionTree
    whole_hw: np.ndarray | None


def see(image_HW3: np.ndarray) -> Seen:
    """Of a picture at working size, uint8 RGB. The same picture gives the same."""
    tree = grow_tree(image_HW3)
    return Seen(image_HW3=image_HW3, tree=tree, whole_hw=_whole(image_HW3, tree.patches_hw.shape))


def _whole(image_HW3: np.ndarray, shape: tuple[int, int]) -> np.ndarray | None:
    cutout = cut_out(to_lab(image_HW3))
    try:
        check_clear(cutout)
        check_trusted(cutout)
    except Refused:
        return None
    return cv2.resize(cutout.alpha_HW, shape[::-1], interpolation=cv2.INTER_AREA) > 0.5
