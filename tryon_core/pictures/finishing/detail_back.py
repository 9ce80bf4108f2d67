"""Put back the fine detail of cloth that a stage lost, where it meant no change."""

# Shapes: H, W rows and columns of both pictures; 3 is RGB or Lab.
from dataclasses import dataclass

import numpy as np
from pydantic import Field

from ...records import Measurement, Record
from ..features import blur_within, colour_difference, to_lab, to_rgb
from ..masks import box_of
from .detail_kept import check_aligned, detail_lost

SCALES = (0.004, 0.008, 0.016)  # of the longer side: sigmas of the blur that parts colour from detail
_LEAST_PX = 3.0  # of the finest
_AS_GOOD = 0.02  # of the mask: a finer scale that leaves so little more apart is taken
_LOSSY, _OWN = 0.8, 0.35  # a stage that keeps more of the detail, or draws so much of its own, lost nothing coarse
_KEPT, _LOST = 0.95, 0.85  # of the detail's own pattern: above the first nothing was lost, below the second all returns
_GRAIN = 0.3  # Lab units: fainter detail is nothing to be put back
_TRIES = 8  # at bringing the change within the bound


class DetailBounds(Record):
    """How far putting back may go, in CIEDE2000.

    meant  between both pictures' colours without their detail: a stage that changed them by more meant it. 4 is what
           nobody overlooks side by side, and more than a lossy stage does to colours (below 2 nearly everywhere)
    moved  by which a pixel may change. Letters and stripes that a blur of 2 to 6 pixels or an eighth of the size took
           from the tuning people need 36 to 61 at their edges; more is no loss of detail
    """

    meant: float = Field(default=4.0, gt=0)
    moved: float = Field(default=60.0, gt=0)


BOUNDS = DetailBounds()


@dataclass(frozen=True, kw_only=True, eq=False)
class DetailBack:
    """A picture with its detail put back.

    image_HW3  uint8 RGB; the very bytes of the stage's picture where nothing was put back
    numbers    Measurement, or the reason why there is none: detail_lost and detail_lost_after (octaves), put_back
               (share of the mask that changed), meant (share of it where the stage meant a change), largest_change, and
               scale, the blur that parted colour from detail
    """

    image_HW3: np.ndarray
    numbers: dict[str, Measurement | str]


def detail_put_back(
    before_HW3: np.ndarray, after_HW3: np.ndarray, mask_HW: np.ndarray, bounds: DetailBounds = BOUNDS
) -> DetailBack:
    """A stage's picture with the detail that it lost: low frequencies of `after`, high ones of `before`.

    The finest scale is taken at which both pictures' colours agree as well as at coarser ones; coarser than SCALES[0]
    only where the stage lost detail and drew hardly any of its own. Bytes outside the mask stand, and where the stage
    changed the cloth's colour by more than `bounds.meant`.

    before_HW3, after_HW3  uint8 RGB, pixel over pixel        mask_HW  bool
    raises                 BadInput where their sizes differ
    """
    check_aligned(before_HW3, after_HW3, mask_HW)
    box = box_of(mask_HW, 1)
    inside_HW, after_hw3 = mask_HW[box], after_HW3[box]
    if not inside_HW.any():
        return DetailBack(image_HW3=after_HW3, numbers=dict.fromkeys(_NUMBERS, "the mask is empty"))
    parted = _parted(to_lab(before_HW3[box]), to_lab(after_hw3), inside_HW, bounds, max(mask_HW.shape))
    kept_HW = parted.inside_HW & (parted.apart_HW <= bounds.meant)
    weight_HW = parted.lost_HW * np.clip(4 * (1 - parted.apart_HW / bounds.meant), 0, 1) * kept_HW
    added_hw3 = weight_HW[..., None] * (parted.was_hw3 - parted.now_hw3)
    drawn_hw3 = _within(after_hw3, added_hw3, bounds.moved)
    image_HW3 = after_HW3.copy()
    image_HW3[box] = drawn_hw3
    changed_HW = (drawn_hw3 != after_hw3).any(-1)
    numbers = {
        "detail_lost": detail_lost(before_HW3[box], after_hw3, inside_HW),
        "detail_lost_after": detail_lost(before_HW3[box], drawn_hw3, inside_HW),
        "put_back": _share(changed_HW, inside_HW),
        "meant": _share(~kept_HW, inside_HW),
        "largest_change": Measurement(
            value=float(colour_difference(to_lab(after_hw3), to_lab(drawn_hw3)).max()),
            unit="CIEDE2000",
            bar=bounds.moved,
        ),
        "scale": Measurement(value=parted.sigma_px, unit="pixels"),
    }
    return DetailBack(image_HW3=image_HW3 if changed_HW.any() else after_HW3, numbers=numbers)


_NUMBERS = ("detail_lost", "detail_lost_after", "put_back", "meant", "largest_change", "scale")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Parted:
    """Both pictures' colours and detail, parted at one scale.

    was_hw3, now_hw3  float32 Lab: the detail before and after
    apart_HW          float: CIEDE2000 between their colours
    inside_HW         bool, the cloth
    """

    was_hw3: np.ndarray
    now_hw3: np.ndarray
    apart_HW: np.ndarray
    inside_HW: np.ndarray
    sigma_px: float

    @property
    def lossy(self) -> bool:
        """Whether the stage kept little of the detail and drew hardly any of its own: a regression of now on was."""
        was, now = self.was_hw3[self.inside_HW], self.now_hw3[self.inside_HW]
        power = max(float((was * was).sum()), 1e-6)
        kept = float((was * now).sum()) / power
        return kept < _LOSSY and float(((now - kept * was) ** 2).sum()) / power < _OWN

    @property
    def lost_HW(self) -> np.ndarray:
        """float32, 0-1: how much of the detail around a pixel is lost; 0 where it is kept, stronger, or none was."""
        both_HW = blur_within((self.was_hw3 * self.now_hw3).sum(-1), self.inside_HW, self.sigma_px)
        own_HW = blur_within((self.was_hw3 * self.was_hw3).sum(-1), self.inside_HW, self.sigma_px)
        kept_HW = both_HW / np.maximum(own_HW, 1e-6)
        return np.clip((_KEPT - kept_HW) / (_KEPT - _LOST), 0, 1) * (own_HW > _GRAIN**2)


def _parted(
    was_hw3: np.ndarray, now_hw3: np.ndarray, inside_HW: np.ndarray, bounds: DetailBounds, long_px: float
) -> _Parted:
    """Both pictures, float32 Lab, parted at the scale at which the stage lost detail."""
    scales = [
        _at_scale(was_hw3, now_hw3, inside_HW, max(_LEAST_PX * scale / SCALES[0], scale * long_px)) for scale in SCALES
    ]
    parted = scales[0]
    if parted.lossy:
        shares = [float((scale.apart_HW > bounds.meant / 2)[inside_HW].mean()) for scale in scales]
        parted = next(scale for scale, share in zip(scales, shares, strict=True) if share <= shares[-1] + _AS_GOOD)
    meant_HW = parted.apart_HW > bounds.meant
    if not (meant_HW & inside_HW).any():
        return parted
    return _at_scale(
        was_hw3, now_hw3, inside_HW & ~meant_HW, parted.sigma_px
    )  # no blur carries it into what lies around


def _at_scale(was_hw3: np.ndarray, now_hw3: np.ndarray, inside_HW: np.ndarray, sigma_px: float) -> _Parted:
    was_low, now_low = (blur_within(lab_hw3, inside_HW, sigma_px) for lab_hw3 in (was_hw3, now_hw3))
    return _Parted(
        was_hw3=was_hw3 - was_low,
        now_hw3=now_hw3 - now_low,
        apart_HW=colour_difference(was_low, now_low),
        inside_HW=inside_HW,
        sigma_px=sigma_px,
    )


def _within(after_hw3: np.ndarray, added_hw3: np.ndarray, most: float) -> np.ndarray:
    """uint8 RGB: as much of a change in Lab as moves no pixel by more than `most` CIEDE2000; none where that fails."""
    now_hw3 = to_lab(after_hw3)
    share_HW = np.ones(added_hw3.shape[:2], np.float32)
    unmoved_HW = ~added_hw3.any(-1)
    for _ in range(_TRIES):
        drawn_hw3 = to_rgb(now_hw3 + share_HW[..., None] * added_hw3)
        moved_HW = colour_difference(now_hw3, to_lab(drawn_hw3))
        over_HW = moved_HW > most
        if not over_HW.any():
            break
        share_HW[over_HW] *= np.float32(0.97) * (most / moved_HW[over_HW]).astype(np.float32)
    stays_HW = unmoved_HW | over_HW
    return np.where(stays_HW[..., None], after_hw3, drawn_hw3)


def _share(part_HW: np.ndarray, of_HW: np.ndarray) -> Measurement:
    return Measurement(value=float((part_HW & of_HW).sum() / of_HW.sum()), unit="share of the mask")
