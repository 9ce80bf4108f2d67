"""The pattern's part of garment_appearance: where colours sit, what repeats, and which marks are found again."""

# Shapes: H, W rows and columns; R, C rows and columns of a coarse chart of the garment's body; 2 is x, y; 3 is Lab.
import cv2
import numpy as np

from ....features import blur_within, find_again, find_marks, repeat_near, self_similarity, strongest_repeat
from .areas import region_of
from .case import Case
from .cloth import Cloth
from .expected import BODY, SHOULDER_ABOVE, body_width_px
from .fit import worn_fit
from .scale import Bar, Reading, fix

# Bars from the 7 demo true pictures (layout at most 16.4, repeat at least 0.94, period 0.06, marks at least 0.16) and
# the same persons in another garment (layout 23-99, marks 0), 2026-11.
LAYOUT = Bar(unit="Lab units, worst tenth of the cells", good=6.0, bar=18.0, bad=45.0)
REPEAT = Bar(unit="share of the photograph's repeat", good=0.8, bar=0.45, bad=0.1)
PERIOD = Bar(unit="share of the repeat", good=0.08, bar=0.22, bad=0.5)
MARKS = Bar(unit="share of the garment's marks", good=0.35, bar=0.12, bad=0.0)
REPEATS = 0.2  # strength from which a garment counts as patterned
ENOUGH_MARKS = 30
CHART = (16, 12)  # cells down and across the garment's body


def pattern_readings(case: Case, photo: Cloth, worn: Cloth) -> list[Reading]:
    """Layout, repeat and marks, as far as the garment has them."""
    return [*_layout(case), *_repeat(photo, worn), *_marks(case, photo, worn)]


def _layout(case: Case) -> list[Reading]:
    """Colour of each cell of the body against the photograph's cell or its neighbours; lightness counts half.

    The overall difference in lightness is removed first. Nothing where less than a fifth of the cells can be compared.
    """
    (asked_RC3, asked_RC), (got_RC3, got_RC) = _photo_chart(case), _worn_chart(case)
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


def _apart(asked_RC3: np.ndarray, there_RC: np.ndarray, got_RC3: np.ndarray) -> np.ndarray:
    """Distance of each cell's colours, infinite where the photograph has no cloth: float (R, C)."""
    distance = np.sqrt((((got_RC3 - asked_RC3) * np.array([0.5, 1.0, 1.0])) ** 2).sum(-1))
    return np.where(there_RC, distance, np.inf)


def _photo_chart(case: Case) -> tuple[np.ndarray, np.ndarray]:
    keys, half = case.garment.keypoints, 0.42 * body_width_px(case.garment)
    middle = (keys.armpit[0][0] + keys.armpit[1][0]) / 2
    top, bottom = (float(np.mean([point[1] for point in pair])) for pair in (keys.shoulder, keys.hem))
    corners = np.float32([[middle - half, top], [middle + half, top], [middle - half, bottom]])
    return _chart(case.garment_lab_HW3, case.fabric_HW, corners)


def _worn_chart(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """The same from shoulder line to hem as worn; width and middle as worn, else as usual."""
    frame, fit = case.before.frame, worn_fit(case.worn_HW, case.before)
    half, middle = 0.42 * (fit.width or BODY) * frame.shoulder_px, (fit.middle or 0.0) * frame.shoulder_px
    top, bottom = -SHOULDER_ABOVE * frame.shoulder_px, (fit.hem or 1.0) * frame.torso_px
    corners = [frame.point(middle - half, top), frame.point(middle + half, top), frame.point(middle - half, bottom)]
    return _chart(case.after.lab_HW3, case.worn_HW & ~case.after.hair, np.float32(corners))


def _chart(lab_HW3: np.ndarray, cloth_HW: np.ndarray, corners_32: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(mean Lab of each cell's cloth, float (R, C, 3); cells that are mostly cloth, bool (R, C)).

    corners_32  top left, top right and bottom left of the chart in the picture
    """
    rows, columns = CHART[0] * 12, CHART[1] * 12
    onto = cv2.getAffineTransform(corners_32, np.float32([[0, 0], [columns, 0], [0, rows]]))
    lab = cv2.warpAffine(lab_HW3, onto, (columns, rows), flags=cv2.INTER_AREA)
    cloth = cv2.warpAffine(cloth_HW.astype(np.float32), onto, (columns, rows))
    share_RC = cv2.resize(cloth, CHART[::-1], interpolation=cv2.INTER_AREA)
    sum_RC3 = cv2.resize(lab * cloth[..., None], CHART[::-1], interpolation=cv2.INTER_AREA)
    mean_RC3 = sum_RC3 / np.maximum(share_RC, 1e-3)[..., None]
    return blur_within(mean_RC3, share_RC, 0.8), share_RC > 0.6  # soft: a colour's edge may fall anywhere in a cell


def _repeat(photo: Cloth, worn: Cloth) -> list[Reading]:
    """Does what is worn repeat where the photograph does, and how much larger or smaller; only for patterned cloth."""
    alike_photo, alike_worn = (self_similarity(cloth.lab_HW3[..., 0], cloth.mask_HW) for cloth in (photo, worn))
    asked = None if alike_photo is None else strongest_repeat(alike_photo)
    if asked is None or asked.strength < REPEATS or alike_worn is None:
        return []
    got = repeat_near(alike_worn, asked)
    kept, longer = got.strength / asked.strength, got.period_px / asked.period_px - 1
    return [
        Reading(
            name="repeat",
            value=kept,
            bar=REPEAT,
            says=f"the pattern repeats {kept:.0%} as clearly as in the photograph",
            fixes=(fix("draw the pattern of the garment photograph, at its scale and in its direction"),),
        ),
        Reading(
            name="period",
            value=abs(longer),
            bar=PERIOD,
            says=f"the pattern is {abs(longer):.0%} too {'coarse' if longer > 0 else 'fine'}",
            fixes=(fix(f"draw the pattern {'finer' if longer > 0 else 'coarser'}, as in the garment photograph"),),
        ),
    ]


def _marks(case: Case, photo: Cloth, worn: Cloth) -> list[Reading]:
    """Share of the print's distinctive points that are found again; nothing for plain cloth."""
    wanted = find_marks(photo.image_HW3, photo.print_HW)
    if len(wanted) < ENOUGH_MARKS:
        return []
    seen = find_marks(worn.image_HW3, worn.print_HW, at_most=800)
    share = float(find_again(wanted, seen, 0.06 * case.before.frame.shoulder_px).mean())
    return [
        Reading(
            name="marks",
            value=share,
            bar=MARKS,
            region=region_of(case.worn_HW),
            says=f"{share:.0%} of the print's distinctive points are found again",
            fixes=(fix("copy print, logo and text from the garment photograph exactly"),),
        )
    ]
