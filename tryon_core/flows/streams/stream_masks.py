"""Where a tool may draw: what the judge found becomes a mask that holds it, and what is to be there in its place.

A colour wants the whole garment, a hem that is too high the garment and the room below it, a hole no more than itself,
a change of the scene what differs from the photograph; the face is left alone unless it is the target, and so are hair
and hands where the garment is at fault. Without a place it is the whole edit area, and the reason says so.
"""

# Shapes: H, W image rows and columns.
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PIL import Image

from ...pictures.masking.edit_places import changed, in_box, noun_of
from ...pictures.masking.mended_picture import MendedPicture
from ...pictures.masking.room_to_grow import room_for, soft_edged, with_edge
from ...records import Sample
from ...roles import Segmenter
from ..on_crops import as_mask
from .stream_rules import Issue

Source = Literal["segmented", "region", "edit_area"]

_WHOLE_CLOTH = ("lightness", "chroma", "sharpness", "shading")  # aspects of a fix that are of all the cloth
_MOSTLY = 0.5  # a region that holds so much of the garment, or of the face, is about it
# A part of the person -> the nouns of a finding that is about it.
_PARTS = {"face": ("face", "eye", "mouth", "nose", "ear"), "hair": ("hair",), "hands": ("hand", "finger")}


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


def mask_for(
    targets: Sequence[Issue], picture: Image.Image, sample: Sample, segmenter: Segmenter | None = None
) -> EditMask:
    """The masks of all targets together, grown and feathered; the whole edit area where nothing is left of them.

    segmenter  finds what a box is about, things by their nouns, and clothes; without one, boxes are taken as they are
    """
    seen = MendedPicture(picture=picture, sample=sample, segmenter=segmenter)
    places = [_place(issue, seen) for issue in targets]
    held_HW = np.any([_with_edge(place) for place in places], axis=0) & seen.allowed_HW
    why = "; ".join(dict.fromkeys(place.why for place in places))
    for name, part_HW in _left_alone(targets, seen).items():
        if (held_HW & part_HW).any():
            held_HW, why = held_HW & ~part_HW, f"{why}; without the {name}"
    if not held_HW.any():
        area_HW, why_area = seen.edit_area
        return EditMask(image=as_mask(area_HW), source="edit_area", why=f"{why}, where nothing is: {why_area}")
    sources = {place.source for place in places}
    source = next(source for source in ("edit_area", "region", "segmented") if source in sources)
    return EditMask(image=soft_edged(held_HW), source=source, why=why)


def edit_area(picture: Image.Image, sample: Sample, segmenter: Segmenter | None = None) -> Image.Image:
    """Mode L, where a sample may be edited at all: the garment as worn in the picture and what was worn there, as the
    segmenter finds them, inside the sample's own mask; else that mask; else the whole picture."""
    return as_mask(MendedPicture(picture=picture, sample=sample, segmenter=segmenter).edit_area[0])


# ---- a place for each kind of issue ----------------------------------------------------------------------------------


def _place(issue: Issue, seen: MendedPicture) -> _Place:
    by_kind = {"spatial": _with_room, "style": _all_the_cloth, "identity": _face, "scene": _changed_scene}
    place = by_kind[issue.kind](issue, seen) if issue.kind in by_kind else None
    if place is not None:
        return place
    return _unplaced(issue, seen) if issue.region is None else _boxed(issue, seen)


def _boxed(issue: Issue, seen: MendedPicture) -> _Place:
    """What the judge's box is about: a segment that fills it, the garment where it holds most of that; else the box."""
    mask_HW, why = in_box(seen.picture, issue.region, seen.segmenter)
    if mask_HW is not None:
        return _Place(mask_HW=mask_HW, source="segmented", why=f"in the box of {issue.constraint}: {why}")
    cloth_HW, why_cloth = seen.cloth
    if cloth_HW is not None and _holds_most(issue, cloth_HW, seen):
        why = f"the box of {issue.constraint} is that of the garment: {why_cloth}"
        return _Place(mask_HW=cloth_HW, source="segmented", why=why)
    why = f"the box of {issue.constraint}, since {why}"
    return _Place(mask_HW=seen.box(issue.region), source="region", why=why)


def _holds_most(issue: Issue, mask_HW: np.ndarray, seen: MendedPicture) -> bool:
    """Whether most of a mask lies in the judge's box."""
    return bool((seen.box(issue.region) & mask_HW).sum() >= _MOSTLY * mask_HW.sum())


def _unplaced(issue: Issue, seen: MendedPicture) -> _Place:
    """What the finding names, where the segmenter finds that; else the edit area."""
    noun = noun_of(issue.finding)
    mask_HW = seen.named(noun) if noun else None
    if mask_HW is not None:
        return _Place(mask_HW=mask_HW, source="segmented", why=f"{issue.constraint}: the {noun}, by its name")
    sought = f" and no {noun!r} is found" if noun else ""
    area_HW, why_area = seen.edit_area
    why = f"{issue.constraint}: the judge named no place{sought}: {why_area}"
    return _Place(mask_HW=area_HW, source="edit_area", why=why)


def _with_room(issue: Issue, seen: MendedPicture) -> _Place | None:
    """The garment, and where it is to be: as far as the fixes ask, and the judge's box as far as the person goes."""
    worn_HW, why = seen.worn
    if worn_HW is None:
        return None
    arms_HW = seen.named("arms", "skin") if any(fix.aspect == "sleeve" for fix in issue.fixes) else None
    rooms = [room_for(fix.aspect, fix.amount * fix.strength, worn_HW, arms_HW) for fix in issue.fixes]
    if issue.region is not None:
        box_HW, person_HW = seen.box(issue.region), seen.named("person")
        rooms.append((box_HW if person_HW is None else box_HW & person_HW, "the judge's box"))
    more = ", ".join(dict.fromkeys(words for _, words in rooms if words))
    return _Place(
        mask_HW=np.any([worn_HW, *(room_HW for room_HW, _ in rooms)], axis=0),
        source="segmented" if issue.region else "edit_area",
        why=f"{issue.constraint}: {why}" + (f", with {more}" if more else ""),
    )


def _all_the_cloth(issue: Issue, seen: MendedPicture) -> _Place | None:
    """The garment; None where it is about a print that is wrong in one place."""
    cloth_HW, why = seen.cloth
    if cloth_HW is None:
        return None
    if issue.region is None:
        why = f"the judge named no place, {issue.constraint} is of all the cloth: {why}"
        return _Place(mask_HW=cloth_HW, source="edit_area", why=why)
    if _holds_most(issue, cloth_HW, seen) or any(fix.aspect in _WHOLE_CLOTH and fix.amount for fix in issue.fixes):
        return _Place(mask_HW=cloth_HW, source="segmented", why=f"{issue.constraint} is of all the cloth: {why}")
    return None


def _face(issue: Issue, seen: MendedPicture) -> _Place | None:
    """The face, as far as it lies in the judge's box where there is one."""
    face_HW = seen.named("face")
    if face_HW is not None and issue.region is not None:
        face_HW = face_HW & seen.near(issue.region)
    if face_HW is None or not face_HW.any():
        return None
    return _Place(mask_HW=face_HW, source="segmented", why="the face, found by its name")


def _changed_scene(issue: Issue, seen: MendedPicture) -> _Place | None:
    """What differs from the photograph and is not the garment, in the judge's box where there is one."""
    if seen.photograph is None:
        return None
    differs_HW = changed(seen.picture, seen.photograph)
    if seen.worn[0] is not None:
        differs_HW &= ~seen.with_rim(seen.worn[0])
    if issue.region is not None:
        differs_HW &= seen.near(issue.region)
    if not differs_HW.any():
        return None
    where = "in the judge's box" if issue.region else "outside the garment"
    return _Place(mask_HW=differs_HW, source="segmented", why=f"what differs from the photograph {where}")


def _with_edge(place: _Place) -> np.ndarray:
    """A judge's box as it is has the roughest edge."""
    return with_edge(place.mask_HW, times=2 if place.source == "region" else 1)


# ---- what is left alone ----------------------------------------------------------------------------------------------


def _left_alone(targets: Sequence[Issue], seen: MendedPicture) -> dict[str, np.ndarray]:
    """Name -> bool (H, W): the face, which no tool draws anew unless it is the target; of a garment's issue the hair
    and the hands as well, which lie before it."""
    if seen.photograph is None:
        return {}
    of_garment = all(issue.kind in ("spatial", "style") for issue in targets)
    masks = {name: seen.named(name) for name in (("face", "hair", "hands") if of_garment else ("face",))}
    return {
        name: mask_HW
        for name, mask_HW in masks.items()
        if mask_HW is not None and not any(_is_about(issue, name, mask_HW, seen) for issue in targets)
    }


def _is_about(issue: Issue, name: str, mask_HW: np.ndarray, seen: MendedPicture) -> bool:
    """Whether an issue is about a part of the person: by its kind, its words, or a box that lies mostly in the part."""
    noun = noun_of(issue.finding).split(" ")[-1].rstrip("s")
    if noun in _PARTS[name] or (name == "face" and issue.kind == "identity"):
        return True
    if issue.region is None:
        return False
    box_HW = seen.box(issue.region)
    return bool((box_HW & mask_HW).sum() >= _MOSTLY * box_HW.sum())
