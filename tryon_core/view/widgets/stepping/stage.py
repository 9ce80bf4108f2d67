"""What a stepper shows of one step's pictures, as HTML: the sample's own, the step's alone or against another, and what
else the step made.

Every picture is inlined: the sample's, what was made, and crops at most 320 px on the longer side, the step's 640 px.
"""

from collections.abc import Mapping
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
    colour_heat,
    comparable,
    heat_stops,
    near,
    shade,
    with_marks,
)
from ..widget import escaped, img
from .shown_step import Against, ShownStep, hues

INPUT_PX, STEP_PX = 320, 640
View = Literal["picture", "blink", "slider", "heat"]
VIEWS: tuple[View, ...] = ("picture", "blink", "slider", "heat")


@dataclass(frozen=True, kw_only=True)
class Look:
    """How to look at a step.

    against     'input': the person, else the sample's first picture; 'before': the picture that it was made from
    constraint  the one that is looked at, '' for all that failed
    zoom        only that constraint's region, near; with none chosen, of the first failed one that has a region
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
            _figure(self.small(name, INPUT_PX), role, f"{role} of {who}") for role, name in shown.pictures.items()
        )

    def made(self, shown: ShownStep) -> str:
        """What else the step made, by name: masks, control maps."""
        pictures = shown.record.made if shown.record else {}
        return "".join(
            _figure(self.small(name, INPUT_PX), what, f"{what}, made by {shown.name} of {shown.sample.sample_id}")
            for what, name in pictures.items()
        )

    def picture_of(self, shown: ShownStep, look: Look) -> str:
        """The step's picture as it is to be looked at; '' where it has none.

        raises  BadInput in a sentence where the two cannot be compared; StorageError where a picture is missing
        """
        if not (shown.record and shown.record.picture):
            return ""
        other = shown.other(look.against)
        key = (look.constraint or (self._first_with_region(shown) if look.zoom else "")) if shown.judgement else ""
        region = shown.judgement.scores[key].region if key else None
        if other is None or (look.view == "picture" and not (look.zoom and region)):
            return self._alone(shown, key)
        pair = self._pair(shown, other, key, region if look.zoom else None)
        if look.view == "slider":
            return _either_side(pair, look.reveal)
        if look.view == "heat":
            marks = self.marks(shown, key) if key and not look.zoom else []
            return _heat(pair, marks)
        return _beside(pair) if look.view == "picture" else _in_turn(pair)

    def _alone(self, shown: ShownStep, key: str) -> str:
        marks = self.marks(shown, key)
        picture = with_marks(self.small(shown.record.picture, STEP_PX), marks)
        caption = self.boxes(shown, marks, key) if shown.judgement else shown.name
        return _figure(picture, caption, f"{shown.sample.sample_id}, {shown.title}")

    def _pair(self, shown: ShownStep, other: tuple[str, str], key: str, region: Region | None) -> "Pair":
        """Both of one size: whole and small, or the region alone and near."""
        mine, (other_name, other_digest) = shown.record.picture, other
        names = {"name": shown.name, "other": other_name, "sample_id": shown.sample.sample_id, "key": key}
        if region is None:
            one = self.small(mine, STEP_PX)
            return Pair(one=one, two=comparable(one, self.small(other_digest, STEP_PX)), **names)
        whole = self.picture(mine)
        one, times = near(whole, region, INPUT_PX)
        two, _ = near(comparable(whole, self.picture(other_digest)), region, INPUT_PX)
        return Pair(one=one, two=two, note=f"{key}, cut at full resolution, shown at {times:.0%} of it", **names)

    def marks(self, shown: ShownStep, key: str) -> list[Mark]:
        """The regions to draw: of the chosen constraint, else of every one that failed; none without a judgement."""
        if not shown.judgement:
            return []
        keys = [key] if key else failures(shown.judgement, self.run.rubric)
        scores, hue = shown.judgement.scores, hues(self.run)
        return [Mark(scores[k].region, hue[k][1], hue[k][0]) for k in keys if scores[k].region]

    def _first_with_region(self, shown: ShownStep) -> str:
        failed = failures(shown.judgement, self.run.rubric)
        return next((key for key in failed if shown.judgement.scores[key].region), "")

    def boxes(self, shown: ShownStep, marks: list[Mark], key: str) -> str:
        """What the boxes are, in words."""
        rubric, pointless = self.run.rubric, key or ", ".join(failures(shown.judgement, self.run.rubric))
        if not marks:
            return f"{pointless}: no region was pointed to" if pointless else "nothing failed: no boxes"
        named = ", ".join(f"{mark.number} {rubric.keys[mark.number - 1]}" for mark in marks)
        return f"box: the region of {named}" if len(marks) == 1 else f"boxes: the regions of {named}"


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
    note: str = ""  # how they were cut; '' for whole pictures


def _beside(pair: Pair) -> str:
    both = ((pair.two, pair.other), (pair.one, pair.name))
    shown = "".join(_figure(image, name, f"{pair.key} of {name} of {pair.sample_id}, near") for image, name in both)
    return f'<div class="tryon-pair">{shown}</div>{_note(pair.note)}'


def _in_turn(pair: Pair) -> str:
    """One over the other, the upper one blinking; side by side where a person asked for less motion (widget.css)."""
    other = _figure(pair.two, pair.other, f"{pair.other} of {pair.sample_id}, in turn with {pair.name}")
    mine = _figure(pair.one, pair.name, f"{pair.name} of {pair.sample_id}, in turn with {pair.other}")
    return f'<div class="tryon-blink">{other}{mine}</div>{_note(pair.note)}'


def _either_side(pair: Pair, reveal: int) -> str:
    joined = across_seam(pair.two, pair.one, reveal)
    alt = f"{pair.other} left of a seam at {reveal} percent of the width, {pair.name} of {pair.sample_id} right of it"
    return _figure(joined, f"{pair.other} | {pair.name}", alt) + _note(pair.note)


def _heat(pair: Pair, marks: list[Mark]) -> str:
    heat = colour_heat(pair.one, pair.two)
    alt = f"colour difference between {pair.name} and {pair.other} of {pair.sample_id}"
    drawn = _figure(with_marks(heat.picture, marks), f"{pair.name} against {pair.other}", alt)
    numbers = in_numbers(heat, marks[0].region if marks else None, pair.key)
    return drawn + heat_legend() + _note(" · ".join(filter(None, (numbers, pair.note))))


def _figure(picture: Image.Image, caption: str, alt: str) -> str:
    drawn = img(to_jpeg(picture, quality=88), alt, classes="tryon-picture")
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
