"""Which pattern a cloth has (solid, stripes, checks, dots, floral, complex), its period and its angle."""

# Shapes: A directions of lines; R distances in pixels; Y, X rows and columns of the cloth's core; 3 is Lab.
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from ...records import Record
from .motifs import motifs_of
from .self_likeness import DIRECTIONS, SelfLikeness

Kind = Literal["solid", "stripes", "checks", "dots", "floral", "complex"]

FAINT = 3.0  # Lab units of contrast below which a repeat is weave, ribs or noise
FOLDED = 7.0  # Lab units of contrast below which a repeat in one colour is ribs, gathers or seams
ALL_OVER = 0.9  # coverage: repeats and strewn motifs have more, prints and blocks of colour less
LINES = 0.5  # share of the contrast that does not change along one direction: stripes have 0.7 or more, others less
CROSSED = 0.2  # the same across the first: checks have more, stripes and dots below 0.05
BOTH = 0.5  # both together, on checks
DISCS = 0.8  # both together, of dots at most: rows of discs have up to 0.7
REPEATS = 0.35  # likeness after one period
NEARLY = 0.8  # of the highest peak: a peak as high is a repeat, too, and the nearest counts
NEAR = 1.15  # times the nearest repeat: of those about as near the highest counts
DIP = 0.8  # of a peak: between it and no shift the likeness falls below that
_ASIDE_DEG, _FAR = 6, 5  # how far beside a repeat, and how many repeats on, its direction is refined
_FIRST_PX = 2  # nearer shifts are alike in any cloth


class Pattern(Record):
    """How a cloth is patterned.

    kind          what it is
    period_px     from one repeat to the next, in pixels of the picture, across the lines; None where nothing repeats
    period_share  the same as a share of the garment's width
    angle_deg     of the lines or rows, 0 to 180, counter-clockwise: 0 horizontal, 90 vertical; None likewise
    strength      likeness of the cloth to itself one period on, 0-1; 0 where nothing repeats
    contrast      root mean square of colour without slow light and shadow, Lab units
    coverage      share of the cloth that is patterned, 0-1; a print or a block of colour that stands alone covers less
    line_share    of the contrast, what does not change along the lines, 0-1; 1 on stripes
    cross_share   the same at about right angles to the lines
    motif_count   spots of the rarer colours that lie whole inside the cloth
    motif_share   of the cloth that they cover
    """

    kind: Kind
    period_px: float | None = Field(default=None, gt=0)
    period_share: float | None = Field(default=None, gt=0)
    angle_deg: float | None = Field(default=None, ge=0, lt=180)
    strength: float = Field(ge=0, le=1)
    contrast: float = Field(ge=0)
    coverage: float = Field(ge=0, le=1)
    line_share: float = Field(ge=0, le=1)
    cross_share: float = Field(ge=0, le=1)
    motif_count: int = Field(ge=0)
    motif_share: float = Field(ge=0, le=1)


def pattern_of(likeness: SelfLikeness, width_px: float, colours: int) -> Pattern:
    """The pattern of a cloth by its likeness to itself and the shapes of its spots.

    width_px   of the garment, in pixels of the picture
    colours    how many its palette has
    """
    rays_AR = likeness.rays()
    line_deg, line_share, cross_share = _lines(rays_AR)
    across, motifs = _across(rays_AR, line_deg), motifs_of(likeness.flat_YX3, likeness.core_YX)
    are_lines = line_share >= LINES and cross_share < CROSSED and across.strength >= REPEATS
    repeat = across if are_lines else _nearest_repeat(rays_AR)
    repeats, both_shares = repeat.strength >= REPEATS, line_share + cross_share
    if _is_solid(likeness, colours, repeats):
        kind, repeats = "solid", False
    elif are_lines:
        kind = "stripes"
    elif motifs.are_dots(repeats) and both_shares < DISCS:
        kind = "dots"
    elif cross_share >= CROSSED and both_shares >= BOTH and repeats:
        kind = "checks"
    else:
        kind = "floral" if motifs.are_scattered else "complex"
    turn_deg = 90 if kind == "checks" else 180  # after which a pattern's lines or rows lie as before
    period_px = repeat.period * likeness.shrunk_by
    return Pattern(
        kind=kind,
        period_px=round(period_px, 2) if repeats else None,
        period_share=round(period_px / width_px, 4) if repeats else None,
        angle_deg=round(line_deg if kind == "checks" else repeat.angle_deg, 1) % turn_deg if repeats else None,
        strength=round(repeat.strength, 3) if repeats else 0.0,
        contrast=round(likeness.contrast, 2),
        coverage=round(likeness.coverage, 3),
        line_share=round(line_share, 3),
        cross_share=round(cross_share, 3),
        motif_count=motifs.count,
        motif_share=round(motifs.share, 3),
    )


def _is_solid(likeness: SelfLikeness, colours: int, repeats: bool) -> bool:
    """Too little contrast; contrast in a few places only; or one colour, in light and shade, that does not repeat."""
    if likeness.contrast < FAINT or likeness.coverage < ALL_OVER:
        return True
    return colours < 2 and (not repeats or likeness.contrast < FOLDED)


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """The nearest shift at which a cloth is like itself again: 0-1 how like, and 0 pixels where there is none."""

    period: float = 0.0
    strength: float = 0.0
    angle_deg: float = 0.0


def _lines(rays_AR: np.ndarray) -> tuple[float, float, float]:
    """(direction along which the cloth changes least, in degrees; that share of contrast; the share across it).

    The mean of an autocorrelation along a line is the share of the variance of what is constant along it.
    """
    share_A = rays_AR[:, _FIRST_PX:].mean(1).clip(0, 1)
    best = int(np.argmax(share_A))
    around_3 = share_A[[best - 1, best, (best + 1) % DIRECTIONS]]
    across_A = share_A[(best + 90 + np.arange(-20, 21)) % DIRECTIONS]
    return (best + _aside(around_3)) % 180, float(share_A[best]), float(across_A.max())


def _aside(around_3: np.ndarray) -> float:
    """How far from a maximum the peak of the parabola through it and its two neighbours lies: -0.5 to 0.5 steps."""
    before, peak, after = around_3
    return float(np.clip(0.5 * (before - after) / min(before - 2 * peak + after, -1e-9), -0.5, 0.5))


def _across(rays_AR: np.ndarray, line_deg: float) -> Repeat:
    """The repeat across lines, with the lines' own angle."""
    peaks = _peaks(rays_AR[round(line_deg + 90) % DIRECTIONS])
    if not peaks:
        return Repeat()
    highest = max(height for _, height in peaks)
    period, strength = next(peak for peak in peaks if peak[1] >= NEARLY * highest)
    return Repeat(period=period, strength=strength, angle_deg=line_deg)


def _nearest_repeat(rays_AR: np.ndarray) -> Repeat:
    """The nearest of the highest peaks in any direction, with its direction."""
    peaks = [(*peak, angle) for angle, ray_R in enumerate(rays_AR) for peak in _peaks(ray_R)]
    if not peaks:
        return Repeat()
    highest = max(height for _, height, _ in peaks)
    nearest = min(period for period, height, _ in peaks if height >= NEARLY * highest)
    near = [peak for peak in peaks if peak[0] <= NEAR * nearest and peak[1] >= NEARLY * highest]
    period, strength, angle = max(near, key=lambda peak: peak[1])
    return Repeat(period=period, strength=strength, angle_deg=_refined(rays_AR, period, angle))


def _refined(rays_AR: np.ndarray, period: float, angle: int) -> float:
    """The direction in which not only the first repeat but those behind it lie best."""
    around = angle + np.arange(-_ASIDE_DEG, _ASIDE_DEG + 1)
    at = np.round(period * np.arange(1, 1 + min(_FAR, int((rays_AR.shape[1] - 1) / period)))).astype(int)
    likeness_A = rays_AR[around % DIRECTIONS][:, at].mean(1)
    return float(around[np.argmax(likeness_A)] % 180)


def _peaks(ray_R: np.ndarray) -> list[tuple[float, float]]:
    """(distance in pixels, height) of the peaks above 0 behind the first dip, to a fraction of a pixel."""
    turns = np.flatnonzero((ray_R[1:-1] > ray_R[:-2]) & (ray_R[1:-1] >= ray_R[2:]) & (ray_R[1:-1] > 0)) + 1
    lowest_R = np.minimum.accumulate(ray_R)
    turns = turns[lowest_R[turns] < DIP * ray_R[turns]]
    return [(int(at) + _aside(ray_R[at - 1 : at + 2]), float(min(ray_R[at], 1.0))) for at in turns]
