"""The pattern's part of garment_appearance: what repeats, how large and which way, where colours and prints sit."""

# Shapes: Y, X of a panel; R, C rows and columns of its coarse cells; 2 is x, y; 3 is Lab.
from functools import lru_cache

import cv2
import numpy as np
import scipy.fft

from .....pictures.features import blur_within, find_again, find_marks, to_rgb
from ..areas import region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from ..shape.expected import beyond, largest_size
from .panel import DOWN, Panel, Panels, panels
from .spectrum import Likeness, Spectrum, likeness, spectrum_of, weave_difference

# Good is about the median and the bars lie beyond the largest value of the 49 tuning true pictures (pattern 0.045, size
# 0.079, turn 1.8, weave 0.13, strength 0.37, layout 17, place 0.056, marks at least 0.88) and below planted defects: a
# pattern at 0.7 or 1.4 times its size 0.30-0.48, turned by 15 degrees 15, plain cloth a strength of 2.7 and a weave of
# 0.66, a blur of 3 pixels a weave of 0.15-0.22; 2026-11.
PATTERN = Bar(unit="1 - cosine of the spectra", good=0.015, bar=0.20, bad=0.60)  # 0.18 on flared skirts and 0.15 on
# a fine print on a photograph, both right; other garments' patterns: median 0.36, three in four from 0.23 on
SIZE = Bar(unit="share of the pattern's size", good=0.03, bar=0.13, bad=0.60)
TURN = Bar(unit="degrees", good=0.7, bar=5.0, bad=30.0)
WEAVE = Bar(unit="share of the pattern's contrast", good=0.065, bar=0.15, bad=0.60)
STRENGTH = Bar(unit="octaves of contrast", good=0.03, bar=0.50, bad=2.5)
LAYOUT = Bar(unit="Lab units, worst tenth of the cells", good=3.0, bar=20.0, bad=45.0)
PLACE = Bar(unit="share of the wearer's width", good=0.03, bar=0.11, bad=0.40)
MARKS = Bar(unit="share of the marks that can be found again", good=0.95, bar=0.50, bad=0.0)

PLAIN = {"upper": 4.0, "dress": 4.0, "trousers": 8.0, "skirt": 4.0}  # Lab units of contrast that are no pattern:
# folds, seams and, of trousers, pockets and crotch (4.7 in the plain photograph, up to 7.9 worn)
WOVEN = 8.0  # Lab units of contrast below which what follows in order, size and angle are folds, gathers and noise:
# gathered and knotted plain cloth of photographs 4.6-7.7, printed and striped cloth 10-34
FAINT = 2.0  # Lab units: contrast of folds, added to both sides of a ratio
# Of the size it has at shoulder width over armpit distance, or at the widths of the hips: medians over the true
# pictures, 51 tops and dresses, two skirts (which flare where they are measured) and two trousers.
WORN_SIZE = {"upper": 0.95, "dress": 0.95, "trousers": 0.95, "skirt": 1.11}
SAME_PATTERN = 0.75  # cosine below which size and angle are another pattern's
CELL = 0.08  # of the unit: how far colours may sit off
FARTHEST = 0.3  # of the unit: how far off a print is looked for
ENOUGH_MARKS = 30
MARKS_PX = 300  # panel pixels per unit for letters
BUSY, ALL_OVER = 0.5, 0.75  # share of the contrast from which a cell is patterned; share of such cells in a repeat


def pattern_readings(case: Case) -> list[Reading]:
    """Pattern, its size, turn and weave for patterned cloth; layout, place and marks where the garment has them.

    Nothing where the front of the garment is not to be seen (hair, arms, a picture cut above the waist).
    """
    compared = fronts(case)
    if compared is None:
        return []
    both, asked, got = compared
    plain = PLAIN[case.garment.kind]
    readings = [_strength(asked, got, plain), *_layout(case, both)]
    if asked.contrast >= plain:
        readings += _pattern(case, asked, got, weave_of(case))
    if asked.contrast >= plain and not _all_over(asked, both.unit_px):
        readings += [*_place(case, asked, got, both.unit_px), *_marks(case)]
    return readings


@lru_cache(maxsize=1)
def fronts(case: Case) -> tuple[Panels, Spectrum, Spectrum] | None:
    """Both panels with the patterns of the photograph and of what is worn; remembered while one case is measured."""
    both = panels(case)
    if both is None:
        return None
    asked, got = (spectrum_of(part.lab_YX3, part.mask_YX, both.unit_px) for part in (both.photo, both.worn))
    return both, asked, got


@lru_cache(maxsize=1)
def weave_of(case: Case) -> float | None:
    """`weave_difference` of a patterned garment; None on a faint one and where its front is not to be seen.

    A like pattern may have another size, as far as that is right: SIZE asks for the rest.
    """
    compared = fronts(case)
    if compared is None or compared[1].contrast < max(WOVEN, PLAIN[case.garment.kind]):
        return None
    both, asked, got = compared
    found, usual, off = likeness(asked, got), WORN_SIZE[case.garment.kind], 1 + SIZE.bar
    coarser = float(np.clip(found.coarser, usual / off, usual * off)) if found.cosine >= SAME_PATTERN else 1.0
    return weave_difference(asked, got, both.unit_px, coarser)


def _strength(asked: Spectrum, got: Spectrum, plain: float) -> Reading:
    """How much stronger or weaker the pattern is; a plain garment should have none."""
    seen, wanted = (max(spectrum.contrast, plain) + FAINT for spectrum in (got, asked))
    octaves = float(np.log2(seen / wanted))
    way, words = ("stronger", "calm") if octaves > 0 else ("weaker", "bring out")
    return Reading(
        name="pattern_strength",
        value=abs(octaves),
        bar=STRENGTH,
        says=f"the pattern is {2 ** abs(octaves):.1f} times {way} than in the photograph",
        fixes=(fix(f"{words} the pattern, as in the garment photograph", "sharpness", 2**-octaves - 1),),
    )


def _pattern(case: Case, asked: Spectrum, got: Spectrum, weave: float | None) -> list[Reading]:
    """Is it the same pattern, and then: how much too large or small, how far turned, and woven in the same order."""
    found = likeness(asked, got)
    readings = [
        Reading(
            name="pattern",
            value=1 - found.cosine,
            bar=PATTERN,
            says=f"the pattern is {found.cosine:.0%} like the photograph's",
            fixes=(fix("draw the pattern of the garment photograph"),),
        ),
    ]
    if weave is not None:
        readings.append(_weave(weave))
    if found.cosine < SAME_PATTERN or asked.contrast < WOVEN:
        return readings
    return readings + _size_and_turn(found, WORN_SIZE[case.garment.kind], largest_size(case.garment, case.before))


def _weave(weave: float) -> Reading:
    return Reading(
        name="weave",
        value=weave,
        bar=WEAVE,
        says=f"the pattern's colours follow each other {weave:.0%} differently than in the photograph",
        fixes=(fix("draw the pattern's colours in the order and sharpness of the garment photograph"),),
    )


def _size_and_turn(found: Likeness, worn_size: float, largest: float) -> list[Reading]:
    """`largest`: how many times `worn_size` is still right, for a garment that is cut wide or drawn down."""
    larger = found.coarser / worn_size
    larger /= float(np.clip(larger, 1.0, largest))
    off, way = (larger - 1, "coarse") if larger > 1 else (1 / larger - 1, "fine")
    side, back = ("clockwise", "anticlockwise") if found.turn_deg > 0 else ("anticlockwise", "clockwise")
    return [
        Reading(
            name="pattern_size",
            value=off,
            bar=SIZE,
            says=f"the pattern is {off:.0%} too {way}",
            fixes=(fix(f"draw the pattern {off:.0%} {'finer' if larger > 1 else 'coarser'}"),),
        ),
        Reading(
            name="pattern_turn",
            value=abs(found.turn_deg),
            bar=TURN,
            says=f"the pattern is turned {abs(found.turn_deg):.0f} degrees {side}",
            fixes=(fix(f"turn the pattern {abs(found.turn_deg):.0f} degrees {back}"),),
        ),
    ]


# ---- where colours and prints sit ------------------------------------------------------------------------------------


def _layout(case: Case, both: Panels) -> list[Reading]:
    """Colour of each cell against the photograph's cell or its neighbours; lightness counts half.

    The overall difference in lightness is removed first. Nothing where less than a fifth of the cells can be compared.
    """
    cell_px = CELL * both.unit_px
    (asked_RC3, asked_RC), (got_RC3, got_RC) = (_cells(part, cell_px) for part in (both.photo, both.worn))
    both_RC = asked_RC & got_RC
    if both_RC.mean() < 0.2:
        return []
    got_RC3 = got_RC3 - np.array([np.median((got_RC3 - asked_RC3)[both_RC][:, 0]), 0, 0])
    steps = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    apart_RC = np.min(
        [_apart(*(np.roll(chart, step, (0, 1)) for chart in (asked_RC3, asked_RC)), got_RC3) for step in steps], axis=0
    )
    worst = np.sort(apart_RC[both_RC])[-(both_RC.sum() // 10) :]
    value = float(worst[np.isfinite(worst)].mean())
    return [
        Reading(
            name="layout",
            value=value,
            bar=LAYOUT,
            region=region_of(case.worn_HW),
            says=f"where colours sit differs by {value:.0f} Lab units at the worst places",
            fixes=(fix("put every colour and print where the garment photograph has it"),),
        )
    ]


def _cells(panel: Panel, cell_px: float) -> tuple[np.ndarray, np.ndarray]:
    """(mean Lab of each cell's cloth, float (R, C, 3); cells that are mostly cloth, bool (R, C))."""
    size = tuple(max(1, round(side / cell_px)) for side in panel.mask_YX.shape[::-1])
    cloth = panel.mask_YX.astype(np.float32)
    share_RC = cv2.resize(cloth, size, interpolation=cv2.INTER_AREA)
    sum_RC3 = cv2.resize(panel.lab_YX3 * cloth[..., None], size, interpolation=cv2.INTER_AREA)
    mean_RC3 = sum_RC3 / np.maximum(share_RC, 1e-3)[..., None]
    return blur_within(mean_RC3, share_RC, 0.8), share_RC > 0.6  # soft: a colour's edge may fall anywhere in a cell


def _apart(asked_RC3: np.ndarray, there_RC: np.ndarray, got_RC3: np.ndarray) -> np.ndarray:
    """Distance of each cell's colours, infinite where the photograph has no cloth: float (R, C)."""
    distance = np.sqrt((((got_RC3 - asked_RC3) * np.array([0.5, 1.0, 1.0])) ** 2).sum(-1))
    return np.where(there_RC, distance, np.inf)


def _place(case: Case, asked: Spectrum, got: Spectrum, unit_px: float) -> list[Reading]:
    """How far a single print or block of colour sits off its place; lower is right on a garment worn larger."""
    right, down = _shift(asked.flat_YX3, got.flat_YX3, int(FARTHEST * unit_px)) / unit_px
    lowest = (largest_size(case.garment, case.before) - 1) * DOWN[case.garment.kind] / 2
    down = beyond(down, 0.0, lowest) if down > 0 else down
    off = float(np.hypot(right, down))
    if abs(down) > abs(right):
        way, mend = ("low", "higher") if down > 0 else ("high", "lower"), ("shift_down", -down)
    else:
        way, mend = (
            ("far right", "further left") if right > 0 else ("far left", "further right"),
            ("shift_right", -right),
        )
    return [
        Reading(
            name="place",
            value=off,
            bar=PLACE,
            region=region_of(case.worn_HW),
            says=f"the print sits {off:.0%} of the shoulder width off its place, too {way[0]}",
            fixes=(fix(f"put print and blocks of colour {way[1]}, as in the garment photograph", *mend),),
        )
    ]


def _shift(asked_YX3: np.ndarray, got_YX3: np.ndarray, reach_px: int) -> np.ndarray:
    """Pixels (right, down) from one panel to the same place in the other, by cross-correlation: float (2,)."""
    size = [scipy.fft.next_fast_len(side + reach_px, real=True) for side in asked_YX3.shape[:2]]
    one, other = (scipy.fft.rfft2(flat, size, axes=(0, 1)) for flat in (asked_YX3, got_YX3))
    alike = np.fft.fftshift(scipy.fft.irfft2((np.conj(one) * other).sum(-1), size))
    row, column = size[0] // 2, size[1] // 2
    near = alike[row - reach_px : row + reach_px + 1, column - reach_px : column + reach_px + 1]
    down, right = np.unravel_index(np.argmax(near), near.shape)
    return np.array([right - reach_px, down - reach_px], float)


def _marks(case: Case) -> list[Reading]:
    """Of a single print's distinctive points, how many are found again; of those that a small turn leaves to find."""
    both = panels(case, MARKS_PX)
    asked, got = ((to_rgb(part.lab_YX3), part.mask_YX) for part in (both.photo, both.worn))
    share = marks_again(asked, got, 0.06 * both.unit_px)
    if share is None:
        return []
    return [
        Reading(
            name="marks",
            value=share,
            bar=MARKS,
            region=region_of(case.worn_HW),
            says=f"{share:.0%} of the print's distinctive points are found again",
            fixes=(fix("copy print, logo and text from the garment photograph exactly", "sharpness", 1 - share),),
        )
    ]


def marks_again(
    asked: tuple[np.ndarray, np.ndarray], got: tuple[np.ndarray, np.ndarray], reach_px: float
) -> float | None:
    """How many distinctive points of a picture are found again in another, 0-1, of those that a small turn leaves.

    asked, got  uint8 RGB (Y, X, 3), and bool (Y, X) where its cloth is
    returns     None under ENOUGH_MARKS points
    """
    wanted, seen = (find_marks(*picture) for picture in (asked, got))
    if len(wanted) < ENOUGH_MARKS:
        return None
    turned = find_marks(*_turned(*asked))
    again, possible = (float(find_again(wanted, marks, reach_px).mean()) for marks in (seen, turned))
    return min(again / max(possible, 1e-6), 1.0)


def _turned(image_YX3: np.ndarray, mask_YX: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The photograph turned by 5 degrees, a twentieth smaller and a little soft: what wearing it does at least."""
    height, width = mask_YX.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 5.0, 0.95)
    image_YX3 = cv2.warpAffine(cv2.GaussianBlur(image_YX3, (0, 0), 0.7), matrix, (width, height))
    return image_YX3, cv2.warpAffine(mask_YX.astype(np.uint8), matrix, (width, height)) > 0


def _all_over(spectrum: Spectrum, unit_px: float) -> bool:
    """Is there contrast in most cells? A repeat can lie anywhere, and its motifs cannot be told apart."""
    size = tuple(max(1, round(side / (1.5 * CELL * unit_px))) for side in spectrum.mask_YX.shape[::-1])
    cloth_RC = cv2.resize(spectrum.mask_YX.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    energy_RC = cv2.resize((spectrum.flat_YX3**2).sum(-1), size, interpolation=cv2.INTER_AREA)
    strong_RC = energy_RC > (BUSY * spectrum.contrast) ** 2 * cloth_RC
    return bool(strong_RC[cloth_RC > 0.5].mean() > ALL_OVER)
