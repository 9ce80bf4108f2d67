"""A place that somebody named, as a mask: a box, segmented; a thing by its noun; what differs from the photograph."""

# Shapes: H, W image rows and columns; 3 is Lab.
import re
from collections.abc import Sequence

import numpy as np
from PIL import Image

from ...errors import Refused, UnknownName
from ...records import Region
from ...roles import Mask, Segmenter, SegmentPrompt
from ..features import to_lab
from ..masks import grown, opened, soft
from .mask_choice import pixels
from .worn_area import can_take

# Of a box: a mask that fills less of it is a part of what the box is about, or something else in it. Of 16 boxes round
# planted defects (hole, flap, seam, face, a thing in the scene; 2026-11) the right masks filled 0.75 or more, the wrong
# ones 0.61 at most.
FILLS = 0.7
INSIDE = 0.9  # of a mask: so much of it lies in the box, or it is not what the box is about
_ROOM = 0.02  # of the longer side: a box may cut a thing's edge
_DIFFERENT = 10.0  # Lab units from the photograph, smoothed: a picture that is drawn anew differs everywhere by a few
_SMOOTH, _SPECKS = 0.003, 0.004  # of the longer side
# What findings are about that can be looked for by name; the first in a sentence counts.
NOUNS = (
    *("face", "eye", "mouth", "nose", "ear", "hair", "head", "neck", "hand", "finger", "arm", "leg", "foot", "feet"),
    *("sleeve", "collar", "neckline", "hem", "cuff", "waistband", "pocket", "button", "zip", "logo", "print", "text"),
    *("shoe", "bag", "hat", "belt", "scarf", "glasses", "trousers", "skirt", "dress", "shirt", "jacket", "garment"),
    *("background", "sky", "tree", "water", "lake", "mountain", "building", "house", "car", "dog", "cat", "bird"),
)
_NOUN = re.compile(rf"\b(?:(?:left|right) )?(?:{'|'.join(NOUNS)})s?\b", re.IGNORECASE)


def box_mask(region: Region, size: tuple[int, int]) -> np.ndarray:
    """bool (H, W), True in the region's box; size is (width, height)."""
    width, height = size
    mask_HW = np.zeros((height, width), bool)
    rows = slice(int(region.top * height), max(1, round(region.bottom * height)))
    mask_HW[rows, int(region.left * width) : max(1, round(region.right * width))] = True
    return mask_HW


def in_box(picture: Image.Image, region: Region, segmenter: Segmenter | None) -> tuple[np.ndarray | None, str]:
    """(bool (H, W): the thing that a box is about, None where it cannot be told; a sentence)."""
    if segmenter is None or not can_take(segmenter, "box"):
        return None, "no segmenter here takes a box"
    try:
        masks = segmenter(picture, SegmentPrompt(box=region))
    except Refused as refusal:
        return None, f"the segmenter declined the box ({refusal.reason})"
    return filling(masks, box_mask(region, picture.size))


def filling(masks: Sequence[Mask], box_HW: np.ndarray) -> tuple[np.ndarray | None, str]:
    """(the first of the best masks that lies in a box and fills it, None for none; a sentence).

    The model's own scores order them where all have one, else their order does.
    """
    if masks and all(mask.score is not None for mask in masks):
        masks = sorted(masks, key=lambda mask: -mask.score)
    near_HW = grown(box_HW, _ROOM * max(box_HW.shape))
    for number, mask in enumerate(masks, start=1):
        mask_HW = pixels(mask)
        share = (mask_HW & box_HW).sum() / max(1, box_HW.sum())
        if share >= FILLS and (mask_HW & near_HW).sum() >= INSIDE * mask_HW.sum():
            return mask_HW & near_HW, f"mask {number} of {len(masks)} fills {share:.0%} of the box"
    return None, f"none of {len(masks)} masks lies in the box and fills {FILLS:.0%} of it"


def by_noun(picture: Image.Image, nouns: Sequence[str], segmenter: Segmenter | None) -> np.ndarray | None:
    """bool (H, W): all that is called by the first of these nouns that the segmenter knows and finds; None for none."""
    if segmenter is None or not can_take(segmenter, "words"):
        return None
    for noun in nouns:
        try:
            masks = segmenter(picture, SegmentPrompt(words=noun))
        except (UnknownName, Refused):  # another noun may do; that none did is what None says
            continue
        mask_HW = np.any([pixels(mask) for mask in masks], axis=0) if masks else np.zeros(1, bool)
        if mask_HW.any():
            return mask_HW
    return None


def noun_of(finding: str) -> str:
    """What a finding is about, such as 'left sleeve'; '' where it names nothing of NOUNS."""
    match = _NOUN.search(finding)
    return match[0].lower() if match else ""


def changed(picture: Image.Image, photograph: Image.Image) -> np.ndarray:
    """bool (H, W) of the picture: where it differs visibly from the photograph, which is scaled to it; no specks."""
    side = max(picture.size)
    if photograph.size != picture.size:
        photograph = photograph.resize(picture.size, Image.Resampling.LANCZOS)
    apart_HW = np.linalg.norm(to_lab(np.asarray(picture)) - to_lab(np.asarray(photograph)), axis=-1)
    return opened(soft(apart_HW, _SMOOTH * side) > _DIFFERENT, _SPECKS * side)
