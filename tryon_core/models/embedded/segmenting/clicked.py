"""Masks by points and a box, or of whatever stands apart, on any picture: regions of its tree, drawn to its edges."""

# Shapes: H, W image rows and columns; h, w those of the tree's reduced picture; N nodes; 3 is RGB.
from collections.abc import Iterator
from itertools import chain

import numpy as np

from ....roles import SegmentPrompt
from .in_box import in_box
from .prompted import (
    ALIKE,
    agrees,
    allowed,
    at,
    box_mask,
    by_likelihood,
    different,
    overlap,
    own_node,
    sized,
    spots,
    to_edges,
)
from .region_tree import RegionTree
from .seen_picture import Seen

EXTENTS = 3  # masks for a prompt: what a click may mean
_APART = 1.5  # of RegionTree.apart_N
_MOST_APART = 6
_BEHIND = 0.25  # share of the picture's border on which a region is the background
_NO_PROMPT = SegmentPrompt()


def clicked(seen: Seen, prompt: SegmentPrompt) -> list[np.ndarray]:
    """Up to EXTENTS masks, bool (H, W), the best guess first; the points lie inside or outside them, as they say.

    Of points: regions that hold all of the thing's and none of the others, those first that are much more unlike what
    surrounds them than their own parts are unlike each other; the last is all that stands before a plain background.
    In a box: those first whose own box is most like it.
    """
    if prompt.box:
        found = different(in_box(seen, prompt, prompt.box), EXTENTS)
    else:
        found = _with_whole(different(_at_points(seen.tree, prompt), EXTENTS), seen.whole_hw, prompt)
    return [to_edges(seen.image_HW3, mask_hw, prompt) for mask_hw in found]


def _with_whole(masks: list[np.ndarray], whole_hw: np.ndarray | None, prompt: SegmentPrompt) -> list[np.ndarray]:
    """The whole, where it holds the points: in the place of what is the same answer, since its outline is the better;
    as the last where none is."""
    if whole_hw is None or not agrees(whole_hw, prompt):
        return masks
    masks = [whole_hw if overlap(mask_hw, whole_hw) >= ALIKE else mask_hw for mask_hw in masks]
    return different([*masks[: EXTENTS - 1], whole_hw, *masks[EXTENTS - 1 :]], EXTENTS)


def mended(seen: Seen, mask_HW: np.ndarray, prompt: SegmentPrompt) -> np.ndarray:
    """bool (H, W): a mask with the regions of points that it lacks, without those of points that it must not hold, and
    within the box.

    A point's region is the likeliest that holds it and none of the other kind; what a point takes away is at most half
    of the mask.
    """
    tree, changed_HW = seen.tree, mask_HW.copy()
    for label in (1, 0):
        wrong = [(x, y) for x, y, said in prompt.points if said == label and at(changed_HW, x, y) != bool(label)]
        other = [tree.holding(tree.patch_at(x, y)) for x, y, said in prompt.points if said != label]
        for x, y in wrong:
            region_HW = to_edges(seen.image_HW3, tree.mask(own_node(tree, tree.patch_at(x, y), other)), _NO_PROMPT)
            if label:
                changed_HW |= region_HW
            elif (region_HW & changed_HW).sum() <= changed_HW.sum() / 2:
                changed_HW &= ~region_HW
    other_HW, thing_HW = spots(mask_HW.shape, prompt)
    changed_HW = (changed_HW | thing_HW) & ~other_HW
    return changed_HW & box_mask(mask_HW.shape, prompt.box) if prompt.box else changed_HW


def apart(seen: Seen) -> list[np.ndarray]:
    """bool (H, W) each: what stands before the background, the most apart first; none in an even picture."""
    tree = seen.tree
    border_hw = np.ones(tree.patches_hw.shape, bool)
    border_hw[1:-1, 1:-1] = False
    nodes = by_likelihood(tree, sized(tree) & (tree.apart_N > _APART))
    front = (mask_hw for mask_hw in map(tree.mask, nodes) if mask_hw[border_hw].mean() < _BEHIND)
    whole = [] if seen.whole_hw is None else [seen.whole_hw]
    found = different(chain(whole, front), _MOST_APART)
    return [to_edges(seen.image_HW3, mask_hw, _NO_PROMPT) for mask_hw in found]


def _at_points(tree: RegionTree, prompt: SegmentPrompt) -> Iterator[np.ndarray]:
    """bool (h, w) each. Where no one region will do, each point's own are joined."""
    allowed_N, holding = allowed(tree, prompt)
    together = by_likelihood(tree, sized(tree) & allowed_N & np.all(holding, 0))
    yield from map(tree.mask, together)
    wrong = [] if allowed_N.all() else [~allowed_N]
    patches = [tree.patch_at(x, y) for x, y, label in prompt.points if label]
    yield tree.mask(*(own_node(tree, patch, wrong) for patch in patches))
