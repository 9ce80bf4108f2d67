"""garment_appearance: colour, detail and pattern of what is worn, against the garment photograph."""

# Shapes: N picked pixels; 3 is Lab.
import numpy as np

from .....pictures.features import band_energies, sliced_wasserstein
from .....records import Fix, Score
from ..areas import picked
from ..case import Case
from ..scale import Bar, Reading, conclude, fix, nothing_to_see
from ..words.same_words import word_readings
from ..words.word_reader import NOT_READ, can_read
from .cloth import Cloth, enough_worn, fabric_above_hem, photo_at_worn_size, worn_cloth
from .pattern import pattern_readings

# Good is about the median and the bars lie beyond the largest value of the 49 tuning true pictures (4.1, 4.0, 6.1 and
# 0.27), with room for other light, and below most planted defects: hue turned by 50 degrees 7.8-53, L* times 0.6 11-35,
# a blur of 8 pixels 0.6-1.9 octaves on printed and 0.2 on plain cloth, whose grain realism looks at; 2026-11.
HUE = Bar(unit="units of a*, b* (sliced Wasserstein)", good=1.0, bar=7.0, bad=25.0)
LIGHTNESS = Bar(unit="L*, median", good=1.5, bar=9.0, bad=30.0)
TONES = Bar(unit="units of L* (Wasserstein, shift removed)", good=1.0, bar=8.0, bad=22.0)
DETAIL = Bar(unit="octaves of contrast", good=0.08, bar=0.7, bad=2.2)
NO_CHROMA = 2.0  # units of C*ab: below it chroma is not what is wrong
GRAIN = 0.35  # L*: detail below it is grain, not pattern; added to both sides of a ratio


def measure(case: Case) -> Score:
    """Colours strictly in hue and chroma, loosely in lightness (light and folds differ); then detail and pattern.

    Colour distances are sliced Wasserstein, so where on the garment a colour sits does not count; the pattern's
    readings look at that. Words are read and compared, where the optional reader is installed; else the finding on a
    garment with a print says so. What it cannot tell: fabrics of the same colour and detail.
    """
    if not enough_worn(case):
        return nothing_to_see("no garment is left to look at; garment_swap says so")
    photo, worn = photo_at_worn_size(case), worn_cloth(case)
    shown_HW = fabric_above_hem(case)
    colours = _colours(picked(case.garment_lab_HW3, shown_HW, 6000), picked(worn.lab_HW3, worn.mask_HW, 6000))
    if photo is None:
        return conclude(colours)  # how large its pattern should be cannot be told
    score = conclude([*colours, _detail(photo, worn), *pattern_readings(case), *word_readings(case)])
    if "marks" in score.evidence and not can_read():  # a print that stands alone may be a word
        return score.model_copy(update={"finding": f"{score.finding}; {NOT_READ}"})
    return score


def _colours(asked_N3: np.ndarray, got_N3: np.ndarray) -> list[Reading]:
    hue = sliced_wasserstein(asked_N3[:, 1:], got_N3[:, 1:])
    lighter, spread = _tones(asked_N3[:, 0], got_N3[:, 0])
    asked_chroma, got_chroma = (float(np.median(np.hypot(*lab_N3[:, 1:].T))) for lab_N3 in (asked_N3, got_N3))
    return [
        Reading(
            name="hue_and_chroma",
            value=hue,
            bar=HUE,
            says=f"the garment's hue and chroma are {hue:.1f} units off",
            fixes=(_mend_colour(asked_chroma - got_chroma),),
        ),
        Reading(
            name="lightness",
            value=abs(lighter),
            bar=LIGHTNESS,
            says=f"the garment is {abs(lighter):.1f} L* too {'light' if lighter > 0 else 'dark'}",
            fixes=(fix(f"make the garment {'darker' if lighter > 0 else 'lighter'}", "lightness", -lighter),),
        ),
        Reading(
            name="tones",
            value=spread,
            bar=TONES,
            says=f"light and dark of the garment are {spread:.1f} L* apart from the photograph",
            fixes=(fix("keep the contrast of the garment photograph"),),
        ),
    ]


def _mend_colour(lacking_chroma: float) -> Fix:
    """What to ask for where colours are off; an amount only where more or less chroma would help."""
    if abs(lacking_chroma) < NO_CHROMA:
        return fix("match the garment photograph's colours and how much there is of each")
    more = "more" if lacking_chroma > 0 else "less"
    return fix(f"match the garment photograph's colours, {more} colourful", "chroma", lacking_chroma)


def _tones(asked_N: np.ndarray, got_N: np.ndarray) -> tuple[float, float]:
    """(how much lighter all tones are, how far the tones still differ then), in L*: quantile against quantile."""
    levels = (np.arange(64) + 0.5) / 64
    apart = np.quantile(got_N, levels) - np.quantile(asked_N, levels)
    lighter = float(np.median(apart))
    return lighter, float(np.abs(apart - lighter).mean())


def _detail(photo: Cloth, worn: Cloth) -> Reading:
    """Mean ratio of contrast over the three bands from one pixel to eight, in octaves (1 is double or half)."""
    asked, got = (band_energies(cloth.lab_HW3[..., 0], cloth.mask_HW, 3) for cloth in (photo, worn))
    octaves = float(np.nanmean(np.log2((got + GRAIN) / (asked + GRAIN))))
    ratio, way = 2 ** abs(octaves), "stronger" if octaves > 0 else "weaker"
    words = "smooth the fabric" if octaves > 0 else "show the fabric's detail sharply"
    return Reading(
        name="detail",
        value=abs(octaves),
        bar=DETAIL,
        says=f"fine detail is {ratio:.1f} times {way} than in the photograph",
        fixes=(fix(words, "sharpness", 2**-octaves - 1),),
    )
