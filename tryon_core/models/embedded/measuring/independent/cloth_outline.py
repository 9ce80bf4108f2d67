"""The outline of what was drawn, against the background alone: jagged, or with a piece missing or too much."""

# Shapes: h, w rows and columns at half of the working size.
import cv2
import numpy as np

from .....pictures.masks import grown, islands, opened, shrunk
from ..areas import picked, region_of
from ..case import Case
from ..scale import Bar, Reading, fix
from .breaks import across_gap, bite
from .eyes import AREA, Eyes, averaged, piece_reading
from .wearer import BEHIND, FOREARMS, THIGHS, UPPER_ARMS

# Where the garment is unlike the background, the 54 tuning true pictures reach 0.0015 and 0.0018 of a flap, usable
# first drafts on photographs 0.0011 and 0.0021 (collar points). Planted middle sizes: outlines jagged by 0.025 mostly
# 0.0023 to 0.0043, flaps of 0.14 shoulder widths 0.0026 to 0.0056; 2026-11.
JAGGED = Bar(unit="share of shoulder width, median along the outline", good=0.0020, bar=0.0024, bad=0.008)
FLAP = Bar(unit=AREA, good=0.0012, bar=0.0025, bad=0.012)

LIKE_BEHIND, EVEN_IF_NEW = 7.0, 2.5  # Lab units from the background: of any colour, and of a colour of the garment
# Lab units; of the garment's cloth: so much in the background's colour, in one of these lights, hides its edge.
ALIKE, ALIKE_SHARE, LIGHTS = 5.0, 0.15, (0.8, 0.9, 1.0)
HOLE = 0.02  # square shoulder widths: a smaller hole is a light place of the cloth, and none of its outline
SMOOTH = 0.02  # shoulder widths: standard deviation of the blur that evens out an outline
STRETCH = 0.3  # shoulder widths of outline over which roughness is averaged
BESIDE_HEAD, BESIDE_HAND = 0.06, 0.03  # shoulder widths: hair and fingers have rough outlines of their own
HELD = 0.12  # shoulder widths round a hand: the silhouette may lack what it holds
STANDS_OFF = 0.08  # shoulder widths: half the width of the widest flap; a right-angled corner loses little to it
NEAR_BONE, COLLAR = 0.45, 0.15  # shoulder widths: cloth hangs so near to a bone; collars stand so near to hair
LEAST_PX = 50  # pixels of outline


def outline_readings_by_eye(case: Case, eyes: Eyes) -> list[Reading]:
    """Bite, jagged outline and flap; the latter two not where the garment has the background's colours.

    Nothing where no background is seen.
    """
    if eyes.wearer.behind_hw3 is None:
        return []
    shown_hw = _shown(eyes)
    if _alike(case, eyes) > ALIKE_SHARE:
        return [bite(eyes, shown_hw)]
    return [bite(eyes, shown_hw), *_jagged(eyes, shown_hw), _flap(eyes, shown_hw)]


def _alike(case: Case, eyes: Eyes) -> float:
    """Share of the garment's cloth in the background's median colour, in full light or in shade."""
    behind_3 = np.median(picked(eyes.wearer.lab_hw3, eyes.wearer.alpha_hw < BEHIND), axis=0)
    cloth_N3 = picked(case.garment_lab_HW3, case.fabric_HW, at_most=2000)
    off_N = np.min([np.linalg.norm(cloth_N3 * light - behind_3, axis=1) for light in LIGHTS], axis=0)
    return float((off_N < ALIKE).mean())


def _shown(eyes: Eyes) -> np.ndarray:
    """bool (h, w): the photograph's silhouette and what was drawn, without what shows the background."""
    body_hw = eyes.wearer.alpha_hw > 0.5
    behind_hw = eyes.off_behind_hw < np.where(eyes.newness_hw > 0.5, EVEN_IF_NEW, LIKE_BEHIND)
    kept_hw = body_hw & ~(behind_hw & (eyes.change_hw > 3))
    shown_hw = kept_hw | (eyes.edit_hw & (eyes.newness_hw > 0) & ~behind_hw)
    shown_hw = cv2.medianBlur(shown_hw.astype(np.uint8), 3) > 0
    labels_hw, areas = islands(~shown_hw)
    holes = areas < HOLE * eyes.wearer.unit_px**2
    holes[0] = False
    return shown_hw | holes[labels_hw]


def _jagged(eyes: Eyes, shown_hw: np.ndarray) -> list[Reading]:
    """Distance between the outline and the same outline smoothed: the median along what was drawn.

    A median, since a tie, a cuff or a hand beside a hip are rough in one place. None where hardly any was drawn.
    """
    wearer, unit_px = eyes.wearer, eyes.wearer.unit_px
    besides_hw = grown(wearer.head_hw, BESIDE_HEAD * unit_px) | grown(wearer.hands_hw, BESIDE_HAND * unit_px)
    drawn_hw = grown(eyes.edit_hw & ~besides_hw, 2)
    smooth_hw = cv2.GaussianBlur(shown_hw.astype(np.float32), (0, 0), SMOOTH * unit_px) > 0.5
    edge_hw, rough_hw = smooth_hw & ~shrunk(smooth_hw, 1) & drawn_hw, (smooth_hw ^ shown_hw) & drawn_hw
    if edge_hw.sum() < LEAST_PX:
        return []
    area_hw, length_hw = (averaged(mask_hw, STRETCH * unit_px) for mask_hw in (rough_hw, edge_hw))
    rough = float(np.median(area_hw[edge_hw] / length_hw[edge_hw])) / unit_px
    return [
        Reading(
            name="jagged_outline",
            value=rough,
            bar=JAGGED,
            region=region_of(rough_hw),
            says=f"the outline of what was drawn is jagged by {rough:.2%} of the shoulder width",
            fixes=(fix("draw clean, even edges", "edge", 0.5),),
        )
    ]


def _flap(eyes: Eyes, shown_hw: np.ndarray) -> Reading:
    """The largest piece beyond the photograph's silhouette that is thin and stands off, or lies across a gap."""
    wearer, unit_px = eyes.wearer, eyes.wearer.unit_px
    off_hw = shown_hw & ~opened(shown_hw, STANDS_OFF * unit_px) & eyes.edit_hw & (wearer.alpha_hw < 0.3)
    off_hw &= grown(wearer.limbs(UPPER_ARMS, FOREARMS, THIGHS) | wearer.trunk(0.3, 0.0, 1.0), NEAR_BONE * unit_px)
    off_hw &= ~grown(wearer.head_hw, COLLAR * unit_px) & ~grown(wearer.hands_hw, HELD * unit_px)
    return piece_reading(
        "flap",
        eyes.piece(opened(off_hw, 1) | across_gap(eyes, shown_hw)),
        FLAP,
        "a flap of cloth stands off the garment's outline ({})",
        (fix("let the garment's outline run evenly, without pieces that stand off"),),
    )
