"""Continue the lower garment upwards to where a removed upper garment hid it: its sides, shading and texture."""

# Shapes: H, W image rows and columns; R rows and A columns of a patch; N points; 2 is (right, left), (across, down) or
# (x, y); 3 is RGB.
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.masks import grown, largest, shrunk
from ..seeing.body_frame import BodyFrame
from ..seeing.fill import spread
from ..seeing.perception import Person
from ..seeing.recall import once_each

_TAPER = (0.08, 0.4)  # how fast hips narrow towards the waist on each side, px per px upwards
_STEEPEST = 0.5  # of a hem; where both garments only touch at a side there is no line
_LEAST_ROWS = 6
_HIP_SHARE = 0.5  # height over which hips turn into a waist, in shoulder widths
_HEM_SHARE = 0.015  # what lies this close below the old hem is in its shadow, in shoulder widths
_SHADE_SHARE = 0.08  # height of the band whose light goes on, in shoulder widths
_PATCH_SHARE, _PATCH_COLUMNS = 0.12, 384  # how much of the visible trousers is looked at: rows, in shoulder widths


@dataclass(frozen=True, kw_only=True, eq=False)
class Trousers:
    """Where the lower garment comes out under the upper one, and how its sides run on beneath it.

    Places are (across_px, rise_px): the distance from the middle of the shoulders along `frame.across_2`, and the
    height above the line on which the upper garment ends; negative on the visible trousers.

    line_2      that line: distance below the shoulders at across 0 in pixels, and its change per pixel across
    half_px_2   half width at the line, (person's right, person's left), from across 0
    taper_2     how much narrower each side becomes per pixel upwards, as seen below the line
    """

    frame: BodyFrame
    line_2: tuple[float, float]
    half_px_2: tuple[float, float]
    taper_2: tuple[float, float]

    def rise_px_HW(self, shape: tuple[int, int]) -> np.ndarray:
        """float32 (H, W): the height of every pixel above the line."""
        down_HW = self.frame.down_share_HW(shape) * np.float32(self.frame.torso_px)
        return np.float32(self.line_2[0]) + np.float32(self.line_2[1]) * self.frame.across_px_HW(shape) - down_HW

    def half_px(self, rise_px: np.ndarray, side: int) -> np.ndarray:
        """Half width at a height: as seen below the line; above it never widening, towards a waist."""
        reach_px, taper = _HIP_SHARE * self.frame.shoulder_px, self.taper_2[side]
        above = reach_px * (1 - np.exp(-np.maximum(rise_px, 0) / reach_px))
        return self.half_px_2[side] - float(np.clip(taper, *_TAPER)) * above - taper * np.minimum(rise_px, 0)

    def between_HW(self, shape: tuple[int, int]) -> np.ndarray:
        """float32 (H, W): 0 on the person's right side line, 1 on the left one; beyond them outside 0-1."""
        rise_HW = self.rise_px_HW(shape)
        right_HW, left_HW = self.half_px(rise_HW, 0), self.half_px(rise_HW, 1)
        return ((self.frame.across_px_HW(shape) + right_HW) / np.maximum(right_HW + left_HW, 1)).astype(np.float32)

    def continued(self, person: Person) -> np.ndarray:
        """float32 (H, W, 3) RGB 0-255: the trousers as they may go on above the line.

        Shading and upright seams are those just below the line, at the same share of the width; the weave is mirrored
        upwards.
        """
        shape, unit = person.alpha_HW.shape, self.frame.shoulder_px
        patch_RA3, last = self._patch(person), round(_PATCH_SHARE * unit) - 1
        texture_RA3 = patch_RA3 - cv2.GaussianBlur(patch_RA3, (0, 0), 0.02 * unit, borderType=cv2.BORDER_REPLICATE)
        usual = 2 * np.median(np.abs(texture_RA3))  # beyond it lies a seam or a stitch, which would repeat
        shade_1A3 = cv2.GaussianBlur(patch_RA3[: round(_SHADE_SHARE * unit)].mean(0, keepdims=True), (0, 0), 1.0)
        column_HW = self.between_HW(shape) * _PATCH_COLUMNS - 0.5
        above_HW = np.abs(self.rise_px_HW(shape) + np.float32(_HEM_SHARE * unit))
        row_HW = last - np.abs(last - np.mod(above_HW, 2 * last))
        shade_HW3, texture_HW3 = (
            cv2.remap(patch, column_HW, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for patch, row in ((shade_1A3, np.zeros_like(row_HW)), (np.clip(texture_RA3, -usual, usual), row_HW))
        )
        return np.clip(shade_HW3 + texture_HW3, 0, 255)

    def _patch(self, person: Person) -> np.ndarray:
        """float32 (R, A, 3): the visible trousers straightened, from the line down and from side to side."""
        unit = self.frame.shoulder_px
        rise_R1 = -(_HEM_SHARE * unit + np.arange(round(_PATCH_SHARE * unit)))[:, None]
        right_R1, left_R1 = self.half_px(rise_R1, 0), self.half_px(rise_R1, 1)
        across_RA = -right_R1 + (right_R1 + left_R1) * (np.arange(_PATCH_COLUMNS) + 0.5) / _PATCH_COLUMNS
        down_RA = self.line_2[0] + self.line_2[1] * across_RA - rise_R1
        colour_RA3 = _sampled(self.frame, person.image_HW3, across_RA, down_RA, cv2.INTER_LINEAR).astype(np.float32)
        known_RA = _sampled(self.frame, shrunk(person.lower, 2), across_RA, down_RA, cv2.INTER_NEAREST) > 0
        return np.where(known_RA[..., None], colour_RA3, spread(colour_RA3, known_RA)) if known_RA.any() else colour_RA3


@once_each
def find_trousers(person: Person) -> Trousers | None:
    """Measure the visible lower garment; None where too little of it is seen below the upper one.

    Both the line and the sides by the median of slopes (Theil 1950, Sen 1968): the parse is ragged, and a hand may hang
    in front of a hip.
    """
    frame, unit, shape = person.frame, person.frame.shoulder_px, person.alpha_HW.shape
    across_HW, down_HW = frame.across_px_HW(shape), frame.down_share_HW(shape) * frame.torso_px
    meeting = person.lower & grown(person.upper, 1) & (np.abs(across_HW) < 0.35 * unit)
    if meeting.sum() < 0.3 * unit:
        return None
    tilt, start = _median_line(down_HW[meeting], across_HW[meeting])
    if abs(tilt) > _STEEPEST:
        return None
    legs = largest(person.lower, 0.3)  # without the specks that a parse finds beside hands
    rise_R = -np.arange(_HEM_SHARE * unit, 0.1 * unit)
    across_A = np.arange(int(1.2 * unit))
    sides = []
    for sign in (-1, 1):
        down_RA = start + tilt * sign * across_A - rise_R[:, None]
        across_RA = np.broadcast_to(sign * across_A, down_RA.shape)
        layers = [
            _sampled(frame, mask, across_RA, down_RA, cv2.INTER_NEAREST) > 0 for mask in (legs, person.alpha_HW > 0.5)
        ]
        sides.append(_side(*layers, rise_R, unit))
    sides = [side or other for side, other in zip(sides, sides[::-1], strict=True)]  # one hidden side is like the other
    if None in sides:
        return None
    half_px_2, taper_2 = zip(*sides, strict=True)
    return Trousers(frame=frame, line_2=(float(start), float(tilt)), half_px_2=half_px_2, taper_2=taper_2)


def _median_line(values_N: np.ndarray, places_N: np.ndarray) -> tuple[float, float]:
    """(slope, value at 0) of the line whose slope is the median of all pairs' (Theil 1950, Sen 1968)."""
    places_N, values_N = places_N.astype(np.float64), values_N.astype(np.float64)
    step_NN, rise_NN = (one_N[:, None] - one_N for one_N in (places_N, values_N))
    ahead = step_NN > 0
    slope = float(np.median(rise_NN[ahead] / step_NN[ahead])) if ahead.any() else 0.0
    return slope, float(np.median(values_N) - slope * np.median(places_N))


def _side(lower: np.ndarray, body: np.ndarray, rise_R: np.ndarray, unit_px: float) -> tuple[float, float] | None:
    """(half width at the line, taper) from the rows where nothing of the person is beside the trousers.

    Where arms hang beside all of them the trousers end there for us; None where there are none.
    lower, body  bool (R, A): columns from the middle of the body outwards, a pixel each
    """
    end_R = lower.shape[1] - lower[:, ::-1].argmax(1)
    there_R = lower.any(1) & (end_R > 0.2 * unit_px)
    beside_R = np.minimum(end_R + round(0.03 * unit_px), lower.shape[1] - 1)
    free_R = there_R & ~body[np.arange(len(body)), beside_R]
    used_R = free_R if free_R.sum() >= _LEAST_ROWS else there_R
    if used_R.sum() < _LEAST_ROWS:
        return None
    slope, at_line = _median_line(end_R[used_R], rise_R[used_R])
    return float(at_line), float(np.clip(-slope, -_TAPER[1], _TAPER[1]))


def _sampled(frame: BodyFrame, layer: np.ndarray, across: np.ndarray, down: np.ndarray, how: int) -> np.ndarray:
    """A layer of the picture at distances along the frame's axes, (R, A) or (R, A, 3); 0 outside the picture."""
    to_picture = np.linalg.inv(np.stack([frame.across_2, frame.down_2]))  # the two axes are not quite perpendicular
    place_RA2 = (frame.centre + np.stack([across, down], -1) @ to_picture.T).astype(np.float32)
    layer = layer.astype(np.uint8) if layer.dtype == bool else layer
    return cv2.remap(layer, place_RA2[..., 0], place_RA2[..., 1], how)
