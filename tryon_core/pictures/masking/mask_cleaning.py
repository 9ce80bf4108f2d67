"""Clean a segmenter's mask: no specks, no pinholes, an outline on the picture's edges; real openings stay open."""

# Shapes: H, W image rows and columns; 3 is RGB or Lab.
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import BadInput
from ...records import Record
from ..features import to_lab
from ..masks import filled, guided, islands, largest, soft, touching
from .mask_holes import Colours, holes_of, openings
from .mask_refinement import MaskRefinement
from .mirror import mirror_overlap, mirrored_about, own_axis
from .settled_outline import settled

AS_TUNED = MaskRefinement()
_LIKE_ITSELF = 0.8  # mirror overlap: whole garments have 0.86 and more, another thing has no halves to compare


class MaskChange(Record):
    """What one step of the cleaning did: pixels added and removed, things it did it to, and a sentence."""

    step: str
    added_px: int
    removed_px: int
    things: int
    sentence: str


@dataclass(frozen=True, kw_only=True, eq=False)
class CleanedMask:
    """mask_HW bool (H, W); changes one for each step, in order, those that changed nothing too."""

    mask_HW: np.ndarray
    changes: tuple[MaskChange, ...]

    def record(self) -> list[dict[str, Any]]:
        """The changes as JSON."""
        return [change.model_dump(mode="json") for change in self.changes]


Step = Callable[[np.ndarray, np.ndarray, MaskRefinement], tuple[np.ndarray, int, str]]  # a mask, how many things, why


def cleaned(mask_HW: np.ndarray, image_HW3: np.ndarray, options: MaskRefinement = AS_TUNED) -> CleanedMask:
    """A mask without specks and pinholes, its outline moved to the edges of the picture; an empty one stays empty.

    mask_HW    bool
    image_HW3  uint8 RGB of the same size: the colours in a hole say whether the garment is open there
    raises     BadInput where their sizes differ
    """
    if mask_HW.shape != image_HW3.shape[:2]:
        raise BadInput(f"a mask is of its picture's size; got {mask_HW.shape} and {image_HW3.shape[:2]} rows, columns")
    changes = []
    for name, step in _STEPS.items():
        now_HW, things, sentence = step(mask_HW, image_HW3, options) if mask_HW.any() else (mask_HW, 0, "nothing there")
        added_px, removed_px = int((now_HW & ~mask_HW).sum()), int((mask_HW & ~now_HW).sum())
        changes.append(
            MaskChange(step=name, added_px=added_px, removed_px=removed_px, things=things, sentence=sentence)
        )
        mask_HW = now_HW
    return CleanedMask(mask_HW=mask_HW, changes=tuple(changes))


def _specks(mask_HW: np.ndarray, image_HW3: np.ndarray, options: MaskRefinement) -> tuple[np.ndarray, int, str]:
    kept_HW = largest(mask_HW, options.least_part)
    before, after = (len(islands(one)[1]) - 1 for one in (mask_HW, kept_HW))
    return kept_HW, before - after, f"{before - after} of {before} pieces removed as specks"


def _holes(mask_HW: np.ndarray, image_HW3: np.ndarray, options: MaskRefinement) -> tuple[np.ndarray, int, str]:
    labels_HW, holes = holes_of(mask_HW, to_lab(image_HW3), options.pinhole)
    open_labels = [hole.label for hole in openings(holes, options)]
    fill_HW = (labels_HW > 0) & ~np.isin(labels_HW, open_labels)
    count = int(labels_HW.max())
    closed = count - len(open_labels)
    return mask_HW | fill_HW, closed, f"{closed} of {count} holes filled, {len(open_labels)} kept as openings"


def _outline(mask_HW: np.ndarray, image_HW3: np.ndarray, options: MaskRefinement) -> tuple[np.ndarray, int, str]:
    side_px = max(np.ptp(side) for side in np.nonzero(mask_HW)) + 1
    smooth_px, reach_px = options.smoothing * side_px, options.reach * side_px
    if max(smooth_px, reach_px) < 0.5:
        return mask_HW, 0, "outline left as it is"
    source_HW = soft(mask_HW, smooth_px) if smooth_px >= 0.5 else mask_HW.astype(np.float32)
    if reach_px >= 0.5:
        stays_HW = soft(settled(mask_HW, image_HW3, reach_px), max(smooth_px, 1.0))
        moved_HW = guided(image_HW3, source_HW, reach_px, options.edge**2)
        source_HW = stays_HW * source_HW + (1 - stays_HW) * moved_HW
    moved_HW = _as_whole(source_HW > 0.5, mask_HW, options)
    return moved_HW, 1, f"outline smoothed by {smooth_px:.1f} px, moved to edges within {reach_px:.1f} px if on none"


def _as_whole(moved_HW: np.ndarray, mask_HW: np.ndarray, options: MaskRefinement) -> np.ndarray:
    """The moved mask without the specks and holes that moving its outline over a pattern has made."""
    whole_HW = filled(moved_HW)
    open_HW = touching(whole_HW & ~moved_HW, filled(mask_HW) & ~mask_HW, 0.0)
    return largest(whole_HW & ~open_HW, options.least_part)


def _mirror(mask_HW: np.ndarray, image_HW3: np.ndarray, options: MaskRefinement) -> tuple[np.ndarray, int, str]:
    if not options.mirror:
        return mask_HW, 0, "not asked for"
    overlap = mirror_overlap(mask_HW)
    if overlap < _LIKE_ITSELF:
        return mask_HW, 0, f"its halves overlap by {overlap:.2f}, less than {_LIKE_ITSELF}: left as it is"
    lab_HW3, axis_px = to_lab(image_HW3), own_axis(mask_HW)
    colours = Colours.of(lab_HW3, mask_HW)
    if colours is None:
        return mask_HW, 0, "too few pixels to know its colours: left as it is"
    lacking_HW = mirrored_about(mask_HW, axis_px) & ~mask_HW & (colours.for_outside(lab_HW3) < 0)
    return mask_HW | lacking_HW, int(lacking_HW.any()), f"mirrored about column {axis_px:.0f}, overlap {overlap:.2f}"


_STEPS: dict[str, Step] = {"specks": _specks, "holes": _holes, "outline": _outline, "mirror": _mirror}
