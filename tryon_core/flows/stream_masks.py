"""Where a tool may draw: what the judge found becomes a mask that holds it, and what is to be there in its place.

A colour wants the whole garment, a hem that is too high the garment and the room below it, a hole no more than itself,
a change of the scene what differs from the photograph; the face is left alone unless it is the target. Without a place
it is the whole edit area, which is said.
"""

# Shapes: H, W image rows and columns.
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from ..errors import Refused
from ..pictures.masking.edit_places import box_mask, by_noun, changed, in_box, noun_of
from ..pictures.masking.worn_area import Wearing, garment_in, sized
from ..pictures.masks import box_of, grown
from ..pictures.put_back import feathered
from ..records import Region, Sample
from ..roles import Segmenter
from .on_crops import as_mask
from .stream_rules import Issue

Source = Literal["segmented", "region", "edit_area"]

# How far a mask goes beyond what it holds: a share of the side of a square of its area, within shares of the picture's
# longer side; a judge's box as it is twice as far. The feather lies in it, so that what it holds is drawn whole.
_GROWN, _LEAST_GROWN, _MOST_GROWN = 0.15, 0.006, 0.02
_ROOM_IN_WORDS = 0.04  # of the longer side, around a garment that is to change by an amount that nobody measured
_ARM_ROOM = 0.05  # of the garment's height, beyond where a longer sleeve is to end
_WHOLE_CLOTH = ("lightness", "chroma", "sharpness", "shading")  # aspects of a fix that are of all the cloth
_MOSTLY = 0.5  # a region that holds so much of the garment, or of the face, is about it
_FACE = ("face", "eye", "mouth", "nose", "ear")


@dataclass(frozen=True, kw_only=True)
class EditMask:
    """Where a tool may draw.

    image   mode L, of the picture's size: 255 on what is to be drawn anew, falling to 0 over the feather around it
    source  'segmented', 'region' for the judge's box as it is, 'edit_area' for all that may be edited
    why     a sentence
    """

    image: Image.Image
    source: Source
    why: str

    @property
    def share(self) -> float:
        """0 to 1, of the picture."""
        return float((np.asarray(self.image) > 0).mean())


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What one issue wants drawn: bool (H, W), before it is grown."""

    mask_HW: np.ndarray
    source: Source
    why: str


@dataclass(kw_only=True)
class _Seen:
    """A picture that is mended, its sample, and who finds things in it; what was found is kept."""

    picture: Image.Image
    sample: Sample
    segmenter: Segmenter | None

    @property
    def photograph(self) -> Image.Image | None:
        return self.sample.images.get("person", self.sample.images.get("init"))

    @cached_property
    def worn(self) -> tuple[np.ndarray | None, str]:
        """(bool (H, W): the garment as worn and what was worn there; None where there is none, a sentence)."""
        garment = self.sample.images.get("garment")
        if garment is None or self.photograph is None or self.segmenter is None:
            return None, ""
        try:
            wearing = Wearing(
                segmenter=self.segmenter,
                garment=garment,
                mask=garment_in(garment, self.segmenter),
                garment_type=self.sample.hints.garment_type,
            )
            area_HW, why = wearing.area(self.picture, self.photograph)
        except Refused as refusal:
            return None, str(refusal)
        return sized(area_HW, self.picture.size), why

    @cached_property
    def allowed_HW(self) -> np.ndarray:
        """bool (H, W): the sample's own mask, else all of it."""
        mask = self.sample.images.get("mask")
        width, height = self.picture.size
        return np.ones((height, width), bool) if mask is None else sized(_inside(mask), self.picture.size)

    def named(self, *nouns: str) -> np.ndarray | None:
        """bool (H, W): what the segmenter finds by the first of the nouns that it knows; None for nothing."""
        return by_noun(self.picture, nouns, self.segmenter)

    def box(self, region: Region) -> np.ndarray:
        return box_mask(region, self.picture.size)


def mask_for(
    targets: Sequence[Issue], picture: Image.Image, sample: Sample, segmenter: Segmenter | None = None
) -> EditMask:
    """The masks of all targets together, grown and feathered; the whole edit area where nothing is left of them.

    segmenter  finds what a box is about, things by their nouns, and clothes; without one, boxes are taken as they are
    """
    seen = _Seen(picture=picture, sample=sample, segmenter=segmenter)
    places = [_place(issue, seen) for issue in targets]
    held_HW = np.any([_grown(place) for place in places], axis=0) & seen.allowed_HW
    why = "; ".join(dict.fromkeys(place.why for place in places))
    face_HW = _left_alone(targets, seen)
    if face_HW is not None and (held_HW & face_HW).any():
        held_HW, why = held_HW & ~face_HW, f"{why}; without the face"
    if not held_HW.any():
        whole = _edit_area(seen)
        return EditMask(image=as_mask(whole.mask_HW), source="edit_area", why=f"{why}, where nothing is: {whole.why}")
    sources = {place.source for place in places}
    source = next(source for source in ("edit_area", "region", "segmented") if source in sources)
    return EditMask(image=_feathered(held_HW), source=source, why=why)


def edit_area(picture: Image.Image, sample: Sample, segmenter: Segmenter | None = None) -> Image.Image:
    """Mode L, where a sample may be edited at all: the garment as worn in the picture and what was worn there, as the
    segmenter finds them, inside the sample's own mask; else that mask; else the whole picture."""
    return as_mask(_edit_area(_Seen(picture=picture, sample=sample, segmenter=segmenter)).mask_HW)


# ---- a place for each kind of issue ----------------------------------------------------------------------------------


def _place(issue: Issue, seen: _Seen) -> _Place:
    if issue.kind == "spatial" and seen.worn[0] is not None:
        return _with_room(issue, seen)
    if issue.kind == "style" and seen.worn[0] is not None and _whole_cloth(issue, seen):
        source = "segmented" if issue.region else "edit_area"
        unnamed = "" if issue.region else "the judge named no place, "
        return _Place(
            mask_HW=seen.worn[0], source=source, why=f"{unnamed}{issue.constraint} is of all the cloth: {seen.worn[1]}"
        )
    if issue.kind == "identity":
        face_HW = seen.named("face")
        if face_HW is not None:
            near_HW = grown(seen.box(issue.region), _MOST_GROWN * max(seen.picture.size)) if issue.region else True
            return _Place(mask_HW=face_HW & near_HW, source="segmented", why="the face, found by its name")
    if issue.kind == "scene" and seen.photograph is not None:
        return _changed_scene(issue, seen)
    return _named_place(issue, seen)


def _named_place(issue: Issue, seen: _Seen) -> _Place:
    """What the judge's box is about, or else the box; without a box, what the finding names; else the edit area."""
    if issue.region is None:
        noun = noun_of(issue.finding)
        mask_HW = seen.named(noun) if noun else None
        if mask_HW is not None:
            return _Place(mask_HW=mask_HW, source="segmented", why=f"{issue.constraint}: the {noun}, by its name")
        sought = f" and no {noun!r} is found" if noun else ""
        whole = _edit_area(seen)
        return _Place(
            mask_HW=whole.mask_HW,
            source="edit_area",
            why=f"{issue.constraint}: the judge named no place{sought}: {whole.why}",
        )
    mask_HW, why = in_box(seen.picture, issue.region, seen.segmenter)
    if mask_HW is None:
        return _Place(
            mask_HW=seen.box(issue.region), source="region", why=f"the box of {issue.constraint}, since {why}"
        )
    return _Place(mask_HW=mask_HW, source="segmented", why=f"in the box of {issue.constraint}: {why}")


def _whole_cloth(issue: Issue, seen: _Seen) -> bool:
    """Whether a style issue is about all of the garment, not about a print that is wrong in one place."""
    if issue.region is None or any(fix.aspect in _WHOLE_CLOTH and fix.amount for fix in issue.fixes):
        return True
    return bool((seen.box(issue.region) & seen.worn[0]).sum() >= _MOSTLY * seen.worn[0].sum())


def _changed_scene(issue: Issue, seen: _Seen) -> _Place:
    """What differs from the photograph and is not the garment, in the judge's box where it gave one."""
    differs_HW = changed(seen.picture, seen.photograph)
    if seen.worn[0] is not None:
        differs_HW &= ~grown(seen.worn[0], _MOST_GROWN * max(seen.picture.size))
    if issue.region is not None:
        differs_HW &= grown(seen.box(issue.region), _MOST_GROWN * max(seen.picture.size))
    if not differs_HW.any():
        return _named_place(issue, seen)
    where = "in the judge's box" if issue.region else "outside the garment"
    return _Place(mask_HW=differs_HW, source="segmented", why=f"what differs from the photograph {where}")


def _with_room(issue: Issue, seen: _Seen) -> _Place:
    """The garment, and where it is to be: as far as the fixes ask, and the judge's box as far as the person goes."""
    worn_HW, why = seen.worn
    parts, rooms = [worn_HW], []
    for fix in issue.fixes:
        room_HW, room = _room(fix.aspect, fix.amount * abs(fix.strength), worn_HW, seen)
        parts.append(room_HW)
        rooms.append(room)
    if issue.region is not None:
        person_HW = seen.named("person")
        box_HW = seen.box(issue.region)
        parts.append(box_HW if person_HW is None else box_HW & person_HW)
        rooms.append("the judge's box")
    source = "segmented" if issue.region else "edit_area"
    more = f", with {', '.join(dict.fromkeys(filter(None, rooms)))}" if any(rooms) else ""
    return _Place(mask_HW=np.any(parts, axis=0), source=source, why=f"{issue.constraint}: {why}{more}")


def _room(aspect: str, amount: float, worn_HW: np.ndarray, seen: _Seen) -> tuple[np.ndarray, str]:
    """(bool (H, W): where the garment is to be after a fix, a few words); amounts are shares, see aspects of a Fix."""
    rows, columns = box_of(worn_HW)
    height_px, half_px = rows.stop - rows.start, (columns.stop - columns.start) / 2
    if not aspect:
        return grown(worn_HW, _ROOM_IN_WORDS * max(worn_HW.shape)), "room around it"
    if aspect == "length" and amount > 0:
        down_px = round(amount * height_px)
        line = np.ones((down_px + 1, 1), np.uint8)
        return cv2.dilate(worn_HW.astype(np.uint8), line, anchor=(0, down_px)) > 0, f"{down_px} px below it"
    if aspect == "sleeve" and amount > 0:
        near_HW, arms_HW = grown(worn_HW, (amount + _ARM_ROOM) * height_px), seen.named("arms", "skin")
        return (near_HW if arms_HW is None else near_HW & arms_HW), "the arms beyond its sleeves"
    if amount:
        return grown(worn_HW, abs(amount) * half_px), "room around it"
    return worn_HW, ""


# ---- the whole edit area, the face, the edge -------------------------------------------------------------------------


def _edit_area(seen: _Seen) -> _Place:
    """All that may be edited."""
    worn_HW, why = seen.worn
    if worn_HW is not None and (worn_HW & seen.allowed_HW).any():
        return _Place(mask_HW=worn_HW & seen.allowed_HW, source="edit_area", why=f"the whole edit area: {why}")
    named = "the sample's mask" if "mask" in seen.sample.images else "the whole picture"
    return _Place(mask_HW=seen.allowed_HW, source="edit_area", why=f"{named} is drawn anew{f' ({why})' if why else ''}")


def _left_alone(targets: Sequence[Issue], seen: _Seen) -> np.ndarray | None:
    """bool (H, W): the face, which no tool draws anew unless it is the target; None where there is none to keep."""
    if seen.photograph is None or any(_of_face(issue) for issue in targets):
        return None
    face_HW = seen.named("face")
    if face_HW is None or any(
        issue.region and (seen.box(issue.region) & face_HW).sum() >= _MOSTLY * seen.box(issue.region).sum()
        for issue in targets
    ):
        return None
    return face_HW


def _of_face(issue: Issue) -> bool:
    return issue.kind == "identity" or noun_of(issue.finding).split(" ")[-1].rstrip("s") in _FACE


def _grown(place: _Place) -> np.ndarray:
    return grown(place.mask_HW, _reach_px(place.mask_HW, 2 if place.source == "region" else 1))


def _reach_px(mask_HW: np.ndarray, times: float = 1) -> float:
    side_px = max(mask_HW.shape)
    return float(np.clip(times * _GROWN * mask_HW.sum() ** 0.5, _LEAST_GROWN * side_px, _MOST_GROWN * side_px))


def _feathered(mask_HW: np.ndarray) -> Image.Image:
    """Mode L: at its edge as soft as it was grown."""
    return Image.fromarray(np.uint8(np.round(255 * feathered(mask_HW, _reach_px(mask_HW)))))


def _inside(mask: Image.Image) -> np.ndarray:
    return np.asarray(mask.convert("L")) > 0
