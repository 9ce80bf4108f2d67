"""Masks of what a box holds."""

# Shapes: h, w rows and columns of the tree's reduced picture; N nodes; P patches; 3 is RGB.
import cv2
import numpy as np

from ....pictures.features import ColourModel, to_lab
from ....pictures.masking.mask_checks import border_share
from ....pictures.masks import box_of, grown
from ....records import Region
from ....roles import SegmentPrompt
from .prompted import agrees, allowed, box_mask, overlap, sized, spots
from .seen_picture import Seen

_IN_BOX = 0.9  # share of a region in a box that holds it
_AROUND = 0.06  # how far from the box its surroundings reach, of the picture's longer side
_CRUMBS = 0.03  # share of the surroundings: no more than the thing's own rim
_CUT_OFF = 0.15  # share of all that stands before a plain background, that a box around it may cut off
_EDGE, _MIDDLE = 0.4, 0.25  # shares of a box's edge, at least, and of its middle, at most, in a mask of what is behind
_RARE = 1e-3  # share of a colour's cell in the surroundings, below which they do not have it
_ROUNDS = 3  # of GrabCut in a box


def in_box(seen: Seen, prompt: SegmentPrompt, box: Region) -> list[np.ndarray]:
    """bool (h, w) each, within the box, what fills it best first: regions of the tree, and GrabCut's foreground."""
    tree, whole_hw = seen.tree, seen.whole_hw
    inside_hw = box_mask(tree.patches_hw.shape, box)
    allowed_N, holding = allowed(tree, prompt)
    patch_share_P = np.bincount(tree.patches_hw.ravel(), inside_hw.ravel()) / tree.patches_hw.size
    in_box_N = tree.patches_NP @ patch_share_P >= _IN_BOX * tree.share_N
    nodes = np.flatnonzero(sized(tree) & allowed_N & in_box_N & np.all([*holding, in_box_N], 0))
    masks = [tree.mask(node) & inside_hw for node in nodes]
    small_hw3 = cv2.resize(seen.image_HW3, inside_hw.shape[::-1], interpolation=cv2.INTER_AREA)
    masks.append(_parted(small_hw3, prompt, inside_hw))
    foreign_hw = _foreign(small_hw3, inside_hw, whole_hw)
    if whole_hw is not None and _means_all(inside_hw, whole_hw) and agrees(whole_hw, prompt):
        foreign_hw = whole_hw
        masks.append(whole_hw & inside_hw)
    masks = [mask_hw for mask_hw in masks if not _goes_round(mask_hw[box_of(inside_hw)])]
    return sorted(masks, key=lambda mask_hw: _fills(mask_hw, inside_hw, foreign_hw), reverse=True)


def _foreign(small_hw3: np.ndarray, inside_hw: np.ndarray, whole_hw: np.ndarray | None) -> np.ndarray:
    """bool (h, w): pixels whose colours the surroundings of the box do not have. A plain background is told from what
    stands before it by `whole_hw`, since cloth may have its colour."""
    front_hw = np.ones(inside_hw.shape, bool) if whole_hw is None else whole_hw
    around_hw = grown(inside_hw, _AROUND * max(inside_hw.shape)) & ~inside_hw
    if (around_hw & front_hw).sum() <= _CRUMBS * around_hw.sum():
        return front_hw
    lab_hw3 = to_lab(small_hw3)
    around = ColourModel(lab_hw3[around_hw & front_hw], lightness_blur=4.0)
    return front_hw & (around.share.ravel()[ColourModel.cells(lab_hw3)] < _RARE)


def _means_all(inside_hw: np.ndarray, whole_hw: np.ndarray) -> bool:
    """Whether a box leaves out little of what stands before a plain background: its sides may cut into the thing."""
    return bool((whole_hw & ~inside_hw).sum() <= _CUT_OFF * whole_hw.sum())


def _goes_round(mask_hw: np.ndarray) -> bool:
    """Whether a mask, cut to the box, has much of the box's edge and next to nothing of its middle: it is behind."""
    height, width = mask_hw.shape
    middle_hw = mask_hw[height // 4 : height - height // 4, width // 4 : width - width // 4]
    return border_share(mask_hw) >= _EDGE and bool(middle_hw.mean() <= _MIDDLE)


def _fills(mask_hw: np.ndarray, inside_hw: np.ndarray, foreign_hw: np.ndarray) -> float:
    """0-1: how like the box of a mask is to the box that was given, IoU, times the share of it that is foreign to the
    surroundings: what is behind a thing fills its box as well."""
    return overlap(_boxed(mask_hw), inside_hw) * float(foreign_hw[mask_hw].mean()) if mask_hw.any() else 0.0


def _parted(small_hw3: np.ndarray, prompt: SegmentPrompt, inside_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): GrabCut's foreground in a box, where all outside it is background."""
    labels = np.where(inside_hw, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    for spots_hw, label in zip(spots(inside_hw.shape, prompt), (cv2.GC_BGD, cv2.GC_FGD), strict=True):
        labels[spots_hw] = label
    if (labels == cv2.GC_BGD).any():
        cv2.setRNGSeed(7)
        cv2.grabCut(small_hw3, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)) & inside_hw


def _boxed(mask_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): the box of a mask."""
    filled = np.zeros_like(mask_hw)
    filled[box_of(mask_hw)] = True
    return filled
