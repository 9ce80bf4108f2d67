"""Which stripes, checks or motifs a stretch of cloth has: how coarse, which way and how strong, wherever they begin."""

# Shapes: Y, X of a panel; A angles, P periods of a chart of its spectrum; N pairs of pixels, L lags; 3 is Lab.
from dataclasses import dataclass

import cv2
import numpy as np
import scipy.fft

from .....pictures.features import blur_within, sliced_wasserstein

SLOW = 0.12  # of the unit: folds and shading are slower than patterns
ANGLES, PER_OCTAVE = 90, 16  # the chart's steps are 2 degrees and 4 % of a period
FINEST, COARSEST = 0.032, 0.4  # of the unit: the periods looked at
MOST_TURN, MOST_OCTAVES = 45, 1.0  # how far a pattern is looked for
UNMOVED = 0.02  # of likeness: what a pattern at the end of that must be better by; blots have no angle of their own
LAGS = ((0, 1), (1, 0), (0, 2), (2, 0), (0, 4), (4, 0), (3, 3), (3, -3))  # steps of LAG down and right
LAG = 0.031  # of the unit
PAIRS, DIRECTIONS = 2000, 12  # what keeps the comparison of pairs within 80 ms
BENT = 7  # degrees to either side: how far a body bends a pattern


@dataclass(frozen=True, kw_only=True, eq=False)
class Spectrum:
    """chart_AP  float32, amplitudes by angle and period (log-polar), of unit norm
    flat_YX3     float32 Lab without slow light and shadow, 0 outside the cloth
    mask_YX      bool, the cloth
    contrast     root mean square of `flat`, Lab units: under 3 on plain cloth, 13-35 on patterns
    """

    chart_AP: np.ndarray
    flat_YX3: np.ndarray
    mask_YX: np.ndarray
    contrast: float


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How one pattern becomes another: cosine 0-1 of the spectra once `coarser` (factor) and `turn_deg` are undone."""

    cosine: float
    coarser: float
    turn_deg: float


def spectrum_of(lab_YX3: np.ndarray, mask_YX: np.ndarray, unit_px: float) -> Spectrum:
    """The spectrum of a panel's cloth, from FINEST to COARSEST of `unit_px`."""
    flat_YX3 = (lab_YX3 - blur_within(lab_YX3, mask_YX, SLOW * unit_px)) * mask_YX[..., None]
    fading = np.sqrt(np.outer(*(np.hanning(side + 2)[1:-1] for side in mask_YX.shape)))
    window_YX = cv2.GaussianBlur(mask_YX.astype(np.float32), (0, 0), 0.025 * unit_px) * mask_YX * fading
    windowed = np.moveaxis(flat_YX3 * window_YX[..., None].astype(np.float32), -1, 0)
    size = scipy.fft.next_fast_len(int(2 * max(mask_YX.shape)), real=True)
    power = (np.abs(scipy.fft.rfft2(windowed, (size, size))) ** 2).sum(0)
    chart_AP = _log_polar(np.sqrt(power).astype(np.float32), size / unit_px)
    return Spectrum(
        chart_AP=chart_AP / max(float(np.sqrt((chart_AP**2).sum())), 1e-6),
        flat_YX3=flat_YX3,
        mask_YX=mask_YX,
        contrast=float(np.sqrt((windowed**2).sum() / max(float((window_YX**2).sum()), 1e-6))),
    )


def _log_polar(half_spectrum: np.ndarray, size_units: float) -> np.ndarray:
    """Amplitude by angle (0-180 degrees) and period; the spectrum holds the columns of non-negative frequency only."""
    periods = FINEST * 2 ** (np.arange(int(np.log2(COARSEST / FINEST) * PER_OCTAVE) + 1) / PER_OCTAVE)
    angles = (np.arange(ANGLES) / ANGLES - 0.5) * np.pi  # right half plane
    columns = np.cos(angles)[:, None] * (size_units / periods)
    rows = np.sin(angles)[:, None] * (size_units / periods) + half_spectrum.shape[0] // 2
    centred = np.fft.fftshift(half_spectrum, axes=0)
    return cv2.remap(centred, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR)


def likeness(asked: Spectrum, got: Spectrum) -> Likeness:
    """Turn and scale that lay one spectrum best over the other (Fourier-Mellin, Reddy and Chatterji 1996).

    Phase plays no part: where a stripe begins does not count.
    """
    turns, octaves = int(MOST_TURN / 180 * ANGLES), int(MOST_OCTAVES * PER_OCTAVE)
    periods = asked.chart_AP.shape[1]
    alike = np.zeros((2 * turns + 1, 2 * octaves + 1))
    for step in range(-octaves, octaves + 1):
        one = asked.chart_AP[:, max(0, -step) : periods - max(0, step)]
        other = got.chart_AP[:, max(0, step) : periods - max(0, -step)]
        norm = max(float(np.sqrt((one**2).sum() * (other**2).sum())), 1e-9)
        rolled = scipy.fft.irfft(scipy.fft.rfft(other, axis=0) * np.conj(scipy.fft.rfft(one, axis=0)), ANGLES, axis=0)
        alike[:, step + octaves] = np.roll(rolled.sum(1) / norm, turns)[: 2 * turns + 1]
    turn, step = np.mgrid[-turns : turns + 1, -octaves : octaves + 1]
    alike -= UNMOVED * np.hypot(turn / turns, step / octaves)
    at = np.unravel_index(np.argmax(alike), alike.shape)
    turn_off, step_off = (_between(alike, at, axis) for axis in (0, 1))
    return Likeness(
        cosine=float(np.clip(alike[at], 0, 1)),
        coarser=float(2 ** ((step[at] + step_off) / PER_OCTAVE)),
        turn_deg=float((turn[at] + turn_off) * 180 / ANGLES),
    )


def _between(values: np.ndarray, at: tuple[int, int], axis: int) -> float:
    """Where the peak of a parabola through a maximum and its neighbours lies, in steps; 0 on the rim."""
    line = np.moveaxis(values, axis, 0)[:, at[1 - axis]]
    if not 0 < at[axis] < len(line) - 1:
        return 0.0
    before, peak, after = line[at[axis] - 1 : at[axis] + 2]
    return float(np.clip(0.5 * (before - after) / min(before - 2 * peak + after, -1e-9), -0.5, 0.5))


def weave_difference(asked: Spectrum, got: Spectrum, unit_px: float, coarser: float = 1.0) -> float:
    """How differently colours neighbour each other, relative to the pattern's own contrast: 0 alike, 0.7 for plain.

    Sliced Wasserstein distance between the differences of colour that pairs of pixels have at a few lags (after the
    colour co-occurrence of Palm 2004), averaged over lags; it sees smearing and a wrong order of colours. A body bends
    a pattern: round it stripes slant to either side, so the photograph's pairs are compared straight and bent, and what
    explains the worn ones better counts.

    coarser  how many times as large the worn pattern is: its pairs are taken so far apart; its size is asked elsewhere
    """
    apart_L2, own_L = [], []
    for lag in LAGS:
        asked_N3 = _differences(asked, _turned(lag, 0, unit_px))
        got_N3 = _differences(got, _turned(lag, 0, coarser * unit_px))
        if min(len(asked_N3), len(got_N3)) < PAIRS // 4:
            continue
        sides = [_differences(asked, _turned(lag, turn, unit_px)) for turn in (-BENT, BENT)]
        ways = asked_N3, np.concatenate([asked_N3, *sides])
        apart_L2.append([sliced_wasserstein(way_N3, got_N3, DIRECTIONS) for way_N3 in ways])
        own_L.append(float(np.abs(asked_N3).sum(1).mean()))
    return float(np.mean(apart_L2, axis=0).min() / max(np.mean(own_L), 1.0)) if own_L else 0.0


def _turned(lag: tuple[int, int], turn_deg: float, unit_px: float) -> tuple[int, int]:
    """A lag of LAGS in pixels down and right, turned clockwise."""
    turned = complex(lag[1], lag[0]) * np.exp(1j * np.radians(turn_deg)) * LAG * unit_px
    return round(turned.imag), round(turned.real)


def _differences(spectrum: Spectrum, lag: tuple[int, int]) -> np.ndarray:
    """Colour at a pixel's partner minus its own, for evenly picked pairs of cloth: float32 (N, 3)."""
    down, right = lag
    if down < 0:
        return -_differences(spectrum, (-down, -right))
    height, width = spectrum.mask_YX.shape
    first = np.s_[: height - down, max(0, -right) : width - max(0, right)]
    second = np.s_[down:, max(0, right) : width - max(0, -right)]
    both = spectrum.mask_YX[first] & spectrum.mask_YX[second]
    rows, columns = np.nonzero(both)
    keep = np.s_[:: max(1, len(rows) // PAIRS)]
    at = rows[keep], columns[keep]
    return spectrum.flat_YX3[second][at] - spectrum.flat_YX3[first][at]
