"""A picture as a tree of regions: neighbouring patches joined, the most alike first, up to the whole picture.

The parents of the patch under a click are what the click may mean, from a stripe to the garment to the person.
"""

# Shapes: h, w rows and columns of the reduced picture; P patches; N = 2 P - 1 nodes, patches first, the whole picture
# last; F features.
import heapq
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from skimage.segmentation import slic

from ....pictures.features import to_lab

SIDE_PX = 320  # the longer side of the picture that is cut into patches
_PATCHES, _COMPACT = 800, 0.08  # of colours scaled to 0-1, as skimage scales them
_GRAIN = 50.0  # added to heights before they are compared: less is the picture's noise
_LARGER = 0.4  # chosen on garments of the tuning half, as the numbers below
_FINE_COUNTS, _COARSE_COUNTS = 0.3, 0.9  # of the colours themselves, and of those around
_COARSE = 0.012  # of the side, sigma: what is finer is the cloth's pattern


@dataclass(frozen=True, kw_only=True, eq=False)
class RegionTree:
    """Regions by node.

    patches_hw  int32 (h, w), the patch of each pixel
    parent_N    int, the node that a node was joined into; of the last one itself
    height_N    float, how unlike its two parts are (Ward's increase of the squared error, in Lab units squared and
                pixels); of a patch half of its own squared error; never less than a part's own
    """

    patches_hw: np.ndarray
    parent_N: np.ndarray
    height_N: np.ndarray

    @cached_property
    def patches_NP(self) -> np.ndarray:
        """bool: which patches a node holds."""
        nodes, patches = len(self.parent_N), (len(self.parent_N) + 1) // 2
        held_NP = np.eye(nodes, patches, dtype=bool)
        for node, parent in enumerate(self.parent_N[:-1]):
            held_NP[parent] |= held_NP[node]
        return held_NP

    @cached_property
    def share_N(self) -> np.ndarray:
        """float: the share of the picture that a node takes, 0-1."""
        return self.patches_NP @ (np.bincount(self.patches_hw.ravel()) / self.patches_hw.size)

    @cached_property
    def apart_N(self) -> np.ndarray:
        """float, 0 or more: natural log of how much more unlike what it was joined with a node is than its own parts
        are unlike each other; 0 for the whole picture."""
        return np.log((self.height_N[self.parent_N] + _GRAIN) / (self.height_N + _GRAIN))

    @cached_property
    def likely_N(self) -> np.ndarray:
        """float: how likely a node is meant, higher for more: apart_N, with larger nodes before smaller ones."""
        return self.apart_N + _LARGER * np.log(self.share_N)

    def mask(self, *nodes: int) -> np.ndarray:
        """bool (h, w)"""
        return self.patches_NP[list(nodes)].any(0)[self.patches_hw]

    def patch_at(self, x: float, y: float) -> int:
        """Of a point in fractions of the picture, 0 to 1."""
        h, w = self.patches_hw.shape
        return int(self.patches_hw[min(int(y * h), h - 1), min(int(x * w), w - 1)])

    def holding(self, patch: int) -> np.ndarray:
        """bool (N,): the nodes that hold a patch."""
        return self.patches_NP[:, patch]


def grow_tree(image_HW3: np.ndarray) -> RegionTree:
    """The tree of a picture, uint8 RGB. The same picture gives the same tree."""
    scale = SIDE_PX / max(image_HW3.shape[:2])
    size = tuple(max(8, round(side * scale)) for side in image_HW3.shape[1::-1])
    lab_hw3 = to_lab(cv2.resize(image_HW3, size, interpolation=cv2.INTER_AREA))
    fine_hw3 = cv2.GaussianBlur(lab_hw3, (0, 0), 1.0)
    patches_hw = slic(fine_hw3, _PATCHES, _COMPACT, convert2lab=False, start_label=0, enforce_connectivity=True)
    coarse_hw3 = cv2.GaussianBlur(lab_hw3, (0, 0), _COARSE * SIDE_PX)
    values_hwF = np.concatenate([_FINE_COUNTS * fine_hw3, _COARSE_COUNTS * coarse_hw3], -1)
    means_PF, squares_PF = _means(values_hwF, patches_hw), _means(values_hwF**2, patches_hw)
    areas_P = np.bincount(patches_hw.ravel())
    error_P = areas_P * np.maximum(squares_PF - means_PF**2, 0).sum(-1)
    parent_N, height_N = _joined(means_PF, areas_P, error_P / 2, _neighbours(patches_hw))
    return RegionTree(patches_hw=patches_hw, parent_N=parent_N, height_N=height_N)


def _means(values_hwF: np.ndarray, patches_hw: np.ndarray) -> np.ndarray:
    flat, count = patches_hw.ravel(), np.bincount(patches_hw.ravel())
    sums = [np.bincount(flat, values_hwF[..., f].ravel()) for f in range(values_hwF.shape[-1])]
    return np.stack(sums, -1) / count[:, None]


def _neighbours(patches_hw: np.ndarray) -> list[set[int]]:
    pairs = np.concatenate(
        [
            np.stack([patches_hw[:, :-1].ravel(), patches_hw[:, 1:].ravel()], -1),
            np.stack([patches_hw[:-1].ravel(), patches_hw[1:].ravel()], -1),
        ]
    )
    beside: list[set[int]] = [set() for _ in range(int(patches_hw.max()) + 1)]
    for one, other in np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0).tolist():
        beside[one].add(other)
        beside[other].add(one)
    return beside


def _joined(
    features_PF: np.ndarray, areas_P: np.ndarray, height_P: np.ndarray, beside: list[set[int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Ward's clustering of neighbours: the pair whose joining adds least to the squared error is joined next.

    returns  (parent_N, height_N)
    """
    patches = len(areas_P)
    mean, area = list(features_PF), [float(each) for each in areas_P]
    parent_N, height_N = np.arange(2 * patches - 1), np.concatenate([height_P, np.zeros(patches - 1)])
    beside = [set(each) for each in beside]

    def cost(one: int, other: int) -> float:
        apart = mean[one] - mean[other]
        return area[one] * area[other] / (area[one] + area[other]) * float(apart @ apart)

    waiting = [(cost(one, other), one, other) for one in range(patches) for other in beside[one] if one < other]
    heapq.heapify(waiting)
    for new in range(patches, 2 * patches - 1):
        while True:
            height, one, other = heapq.heappop(waiting)
            if parent_N[one] == one and parent_N[other] == other:
                break
        parent_N[one] = parent_N[other] = new
        height_N[new] = max(height, height_N[one], height_N[other])
        area.append(area[one] + area[other])
        mean.append((area[one] * mean[one] + area[other] * mean[other]) / area[new])
        around = (beside[one] | beside[other]) - {one, other}
        beside.append(around)
        for each in around:
            beside[each] = (beside[each] - {one, other}) | {new}
            heapq.heappush(waiting, (cost(each, new), each, new))
    return parent_N, height_N
