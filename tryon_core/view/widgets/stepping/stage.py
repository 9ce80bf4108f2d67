"""What a stepper shows of one step's pictures, as HTML: the sample's own, the step's alone or against another, and what
else the step made.

Every picture is inlined: the sample's and what was made at most 320 px on the longer side; the step's 960 px, and
640 px near or where two are compared.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from PIL import Image

from ....images import thumbnail, to_jpeg
from ....records import Region
from ....rubrics.rules import failures
from ....runs.reading import Run
from ..compared_pictures import (
    LARGEST_DIFFERENCE,
    TICKS,
    Heat,
    Mark,
    across_seam,
    changed,
    colour_heat,
    comparable,
    heat_stops,
    near,
    of_one_shape,
    outlined,
    shade,
    with_marks,
)
from ..widget import escaped, img
from .shown_step import Against, ShownStep, hues

AREA = "area"  # of what a step made: the mask in which its picture was drawn anew
INPUT_PX, STEP_PX, LARGE_PX, NEAR_PX = 320, 640, 960, 640
View = Literal["picture", "blink", "slider", "heat"]
_MIDDLE = Region(left=0.25, top=0.25, right=0.75, bottom=0.75)
VIEWS: tuple[View, ...] = ("picture", "blink", "slider", "heat")


@dataclass(frozen=True, kw_only=True)
class Look:
    """How to look at a step.

    against     'input': the person, else the sample's first picture; 'before': the picture that it was made from
    constraint  the one that is looked at, '' for all that failed
    zoom        only that constraint's region, near; with none chosen, of the first failed one that has a region; where
                there is none, what differs from the other picture
    reveal      percent of the width left of the slider view's seam
    """

    view: View = "picture"
    against: Against = "input"
    constraint: str = ""
    zoom: bool = False
    reveal: int = 50


class Stage:
    """Reads a run's pictures, a few kept in memory, and puts them on show.

    held  pictures that are not in the run yet, by digest
    """

    def __init__(self, run: Run, held: Mapping[str, Image.Image]):
        self.run = run
        self.picture = lru_cache(8)(lambda digest: held.get(digest) or run.picture(digest))
        self.small = lru_cache(32)(lambda digest, side_px: thumbnail(self.picture(digest), side_px))

    def inputs(self, shown: ShownStep) -> str:
        """The sample's own pictures by role, in order."""
        who = shown.sample.sample_id
        return "".join(
            _figure(self.small(name, INPUT_PX), role, f"{role} of {who}", name) for role, name in shown.pictures.items()
        )

    def made(self, shown: ShownStep) -> str:
        """What else the step made, by name: masks, control maps."""
        pictures = shown.record.made if shown.record else {}
        return "".join(
            _figure(self.small(name, INPUT_PX), what, f"{what}, made by {shown.name} of {shown.sample.sample_id}", name)
            for what, name in pictures.items()
        )

    def picture_of(self, shown: ShownStep, look: Look) -> str:
        """The step's picture as it is to be looked at; '' where it has none.

        raises  BadInput in a sentence where the two cannot be compared; StorageError where a picture is missing
        """
        if not (shown.record and shown.record.picture):
            return ""
        other = shown.other(look.against)
        key = look.constraint if shown.judgement else ""
        spot = self._spot(shown, key, other) if look.zoom else Spot(key)
        alone = other is None or (look.view == "picture" and not self._of_one_shape(shown, other))
        if alone and spot.region:
            return self._near(shown, spot)
        if alone or (look.view == "picture" and not spot.region):
            return self._alone(shown, key)
        pair = self._pair(shown, other, spot)
        if look.view == "slider":
            return _either_side(pair, look.reveal)
        if look.view == "heat":
            marks = self.marks(shown, key) if key and not look.zoom else []
            return _heat(pair, marks, lambda picture: self.with_area(shown, picture) if not spot.region else picture)
        return _beside(pair) if look.view == "picture" else _in_turn(pair)

    def _alone(self, shown: ShownStep, key: str) -> str:
        marks = self.marks(shown, key)
        picture = with_marks(self.with_area(shown, self.small(shown.record.picture, LARGE_PX)), marks)
        caption = self.boxes(shown, marks, key) if shown.judgement else shown.name
        caption += "; line: the area drawn anew" if AREA in shown.record.made else ""
        return _figure(picture, caption, shown.alt, shown.record.picture)

    def _near(self, shown: ShownStep, spot: "Spot") -> str:
        crop, times = near(self.picture(shown.record.picture), spot.region, NEAR_PX)
        return _figure(crop, shown.name, f"{spot.words} of {shown.alt}, near") + _note(spot.note(times))

    def _of_one_shape(self, shown: ShownStep, other: tuple[str, str]) -> bool:
        return of_one_shape(*(self.small(name, STEP_PX) for name in (shown.record.picture, other[1])))

    def _pair(self, shown: ShownStep, other: tuple[str, str], spot: "Spot") -> "Pair":
        """Both of one size: whole and small, or the region alone and near."""
        mine, (other_name, other_digest) = shown.record.picture, other
        names = {"name": shown.name, "other": other_name, "sample_id": shown.sample.sample_id, "key": spot.words}
        names |= {"full": (mine, other_digest)}
        if spot.region is None:
            one = self.small(mine, STEP_PX)
            return Pair(one=one, two=comparable(one, self.small(other_digest, STEP_PX)), **names)
        whole = self.picture(mine)
        one, times = near(whole, spot.region, NEAR_PX)
        two, _ = near(comparable(whole, self.picture(other_digest)), spot.region, NEAR_PX)
        return Pair(one=one, two=two, note=spot.note(times), **names)

    def with_area(self, shown: ShownStep, picture: Image.Image) -> Image.Image:
        """A picture of a step with the edge of the area in which it was drawn, where it made one."""
        area = shown.record.made.get(AREA)
        return outlined(picture, self.picture(area)) if area else picture

    def marks(self, shown: ShownStep, key: str) -> list[Mark]:
        """The regions to draw: of the chosen constraint, else of every one that failed; none without a judgement."""
        if not shown.judgement:
            return []
        keys = [key] if key else failures(shown.judgement, self.run.rubric)
        scores, hue = shown.judgement.scores, hues(self.run)
        return [Mark(scores[k].region, hue[k][1], hue[k][0]) for k in keys if scores[k].region]

    def _spot(self, shown: ShownStep, key: str, other: tuple[str, str] | None) -> "Spot":
        """The region of the constraint, else of the first failed one that has any; where there is none, what was
        changed."""
        judgement = shown.judgement
        keys = [key] if key else failures(judgement, self.run.rubric) if judgement else []
        for each in keys:
            if judgement.scores[each].region:
                return Spot(each, judgement.scores[each].region)
        one = self.small(shown.record.picture, STEP_PX)
        if other and self._of_one_shape(shown, other):
            region = changed(one, comparable(one, self.small(other[1], STEP_PX)))
            if region:
                return Spot(f"what differs from {other[0]}", region)
        return Spot("the middle", _MIDDLE)

    def boxes(self, shown: ShownStep, marks: list[Mark], key: str) -> str:
        """What the boxes are, in words."""
        rubric, pointless = self.run.rubric, key or ", ".join(failures(shown.judgement, self.run.rubric))
        if not marks:
            return f"{pointless}: no region was pointed to" if pointless else "nothing failed: no boxes"
        named = ", ".join(f"{mark.number} {rubric.keys[mark.number - 1]}" for mark in marks)
        return f"box: the region of {named}" if len(marks) == 1 else f"boxes: the regions of {named}"


@dataclass(frozen=True)
class Spot:
    """What is looked at: a constraint or other words, and its region; None: the whole picture."""

    words: str
    region: Region | None = None

    def note(self, times: float) -> str:
        return f"{self.words}, cut at full resolution, shown at {times:.0%} of it"


# ---- two pictures ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A step's picture and what it is compared with, of one size."""

    one: Image.Image
    two: Image.Image
    name: str
    other: str
    sample_id: str
    key: str
    full: tuple[str, str]  # digests of both
    note: str = ""  # how they were cut; '' for whole pictures


def _beside(pair: Pair) -> str:
    both = ((pair.two, pair.other, pair.full[1]), (pair.one, pair.name, pair.full[0]))
    shown = "".join(
        _figure(image, name, f"{pair.key} of {name} of {pair.sample_id}, near", full) for image, name, full in both
    )
    return f'<div class="tryon-pair">{shown}</div>{_note(pair.note)}'


def _in_turn(pair: Pair) -> str:
    """One over the other, the upper one blinking; side by side where a person asked for less motion (widget.css)."""
    other = _figure(pair.two, pair.other, f"{pair.other} of {pair.sample_id}, in turn with {pair.name}", pair.full[1])
    mine = _figure(pair.one, pair.name, f"{pair.name} of {pair.sample_id}, in turn with {pair.other}", pair.full[0])
    return f'<div class="tryon-blink">{other}{mine}</div>{_note(pair.note)}'


def _either_side(pair: Pair, reveal: int) -> str:
    joined = across_seam(pair.two, pair.one, reveal)
    alt = f"{pair.other} left of a seam at {reveal} percent of the width, {pair.name} of {pair.sample_id} right of it"
    return _figure(joined, f"{pair.other} | {pair.name}", alt) + _note(pair.note)


def _heat(pair: Pair, marks: list[Mark], outline: Callable[[Image.Image], Image.Image]) -> str:
    heat = colour_heat(pair.one, pair.two)
    alt = f"colour difference between {pair.name} and {pair.other} of {pair.sample_id}"
    drawn = _figure(with_marks(outline(heat.picture), marks), f"{pair.name} against {pair.other}", alt)
    numbers = in_numbers(heat, marks[0].region if marks else None, pair.key)
    return drawn + heat_legend() + _note(" · ".join(filter(None, (numbers, pair.note))))


def _figure(picture: Image.Image, caption: str, alt: str, full: str = "") -> str:
    drawn = img(to_jpeg(picture, quality=88), alt, full)
    return f"<figure><figcaption>{escaped(caption)}</figcaption>{drawn}</figure>"


def _note(text: str) -> str:
    return f'<div class="tryon-picture-note">{escaped(text)}</div>' if text else ""


def in_numbers(heat: Heat, region: Region | None, key: str) -> str:
    """The mean colour difference and its n in pixels; inside and outside a constraint's region where it has one."""
    values_HW = heat.difference_HW
    height, width = values_HW.shape
    if region is None:
        return f"mean {values_HW.mean():.1f} over n = {values_HW.size:,} pixels ({width} × {height})"
    inside_HW = heat.within(region)
    parts = [_mean(values_HW[inside_HW], f"inside the region of {key}"), _mean(values_HW[~inside_HW], "outside it")]
    return f"mean {'; '.join(parts)} ({width} × {height} pixels)"


def _mean(values_N: np.ndarray, where: str) -> str:
    return f"{values_N.mean():.1f} {where} (n = {values_N.size:,})" if values_N.size else f"none {where} (n = 0)"


def heat_legend() -> str:
    """The heat scale with its unit."""
    ticks = "".join(
        f'<span style="left:{100 * float(shade(tick)):.1f}%">{tick}{" +" if tick == LARGEST_DIFFERENCE else ""}</span>'
        for tick in TICKS
    )
    return (
        f'<div class="tryon-scale"><div style="background:linear-gradient(to right,{",".join(heat_stops())})"></div>'
        f"<p>{ticks}</p>colour difference, CIEDE2000 (0 equal, 1 just noticeable, 50 unlike)</div>"
    )
