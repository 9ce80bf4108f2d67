"""What a prompt's points and box mean: pixels of a picture, nodes of its tree, and masks drawn to its edges."""

# Shapes: H, W image rows and columns; h, w those of the tree's reduced picture; N nodes; 3 is RGB.
from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from ....pictures.masks import discs
from ....records import Region
from ....roles import SegmentPrompt
from ..seeing.naming.sight import drawn_to_edges
from .region_tree import RegionTree

_SHARES = (0.003, 0.9)  # of the picture
ALIKE = 0.75  # IoU from which two masks are the same answer twice
_BAND = 0.01  # half of the band in which an outline is drawn anew, of the picture's longer side
_POINT = 0.003  # radius of what a point stands for, of the same


def sized(tree: RegionTree) -> np.ndarray:
    """bool (N,)"""
    return (tree.share_N >= _SHARES[0]) & (tree.share_N <= _SHARES[1])


def by_likelihood(tree: RegionTree, among_N: np.ndarray) -> list[int]:
    nodes = np.flatnonzero(among_N)
    return nodes[np.argsort(-tree.likely_N[nodes], kind="stable")].tolist()


def own_node(tree: RegionTree, patch: int, wrong: Sequence[np.ndarray]) -> int:
    """The likeliest node that holds a patch and is none of the wrong ones, bool (N,) each; else the patch itself."""
    nodes_N = tree.holding(patch)
    right_N = nodes_N & ~np.any(wrong, 0) if wrong else nodes_N
    likely = by_likelihood(tree, right_N & sized(tree)) or by_likelihood(tree, right_N)
    return likely[0] if likely else patch


def allowed(tree: RegionTree, prompt: SegmentPrompt) -> tuple[np.ndarray, list[np.ndarray]]:
    """(bool (N,): without the points that are not of the thing, for each point of the thing the nodes that hold it)"""
    holding = [(label, tree.holding(tree.patch_at(x, y))) for x, y, label in prompt.points]
    wrong = [nodes_N for label, nodes_N in holding if not label]
    allowed_N = ~np.any(wrong, 0) if wrong else np.ones(len(tree.parent_N), bool)
    return allowed_N, [nodes_N for label, nodes_N in holding if label]


def at(mask_hw: np.ndarray, x: float, y: float) -> bool:
    """At a point in fractions of the picture."""
    h, w = mask_hw.shape
    return bool(mask_hw[min(int(y * h), h - 1), min(int(x * w), w - 1)])


def agrees(mask_hw: np.ndarray, prompt: SegmentPrompt) -> bool:
    """Whether a mask holds all points of the thing and no other."""
    return all(at(mask_hw, x, y) == bool(label) for x, y, label in prompt.points)


def box_mask(shape: tuple[int, int], box: Region) -> np.ndarray:
    """bool (H, W): all pixels that a box touches."""
    (height, width), mask = shape, np.zeros(shape, bool)
    rows = slice(int(box.top * height), max(int(np.ceil(box.bottom * height)), int(box.top * height) + 1))
    columns = slice(int(box.left * width), max(int(np.ceil(box.right * width)), int(box.left * width) + 1))
    mask[rows, columns] = True
    return mask


def spots(shape: tuple[int, int], prompt: SegmentPrompt) -> tuple[np.ndarray, np.ndarray]:
    """(what the points say is not of the thing, what they say is), bool (H, W) each"""
    radius_px = _POINT * max(shape)
    other, thing = (
        discs(shape, [(x, y) for x, y, said in prompt.points if said == label], radius_px) for label in (0, 1)
    )
    return other & ~thing, thing


def different(masks: Iterable[np.ndarray], most: int) -> list[np.ndarray]:
    """The first masks that are not alike."""
    kept: list[np.ndarray] = []
    for mask_hw in masks:
        if mask_hw.any() and all(overlap(mask_hw, other) < ALIKE for other in kept):
            kept.append(mask_hw)
        if len(kept) == most:
            break
    return kept


def overlap(one_hw: np.ndarray, other_hw: np.ndarray) -> float:
    """Intersection over union, 0-1."""
    return float((one_hw & other_hw).sum() / max((one_hw | other_hw).sum(), 1))


def to_edges(image_HW3: np.ndarray, mask_hw: np.ndarray, prompt: SegmentPrompt) -> np.ndarray:
    """bool (H, W): a mask of the reduced picture at the picture's size, its outline at the picture's edges."""
    shape = image_HW3.shape[:2]
    soft_HW = cv2.resize(mask_hw.astype(np.float32), shape[::-1], interpolation=cv2.INTER_LINEAR)
    sharp_HW = drawn_to_edges(image_HW3, soft_HW, _BAND * max(shape)) > 0.5
    other, thing = spots(shape, prompt)
    sharp_HW = (sharp_HW | thing) & ~other
    return sharp_HW & box_mask(shape, prompt.box) if prompt.box else sharp_HW
