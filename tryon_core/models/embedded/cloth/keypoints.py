"""Find where a garment's collar, shoulders, armpits, hem and sleeves are, from its outline."""

# Shapes: H, W image rows and columns; E edge points; S outline points; 2 is (x, y) in pixels of the garment picture.
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.masks import closed, runs
from .cutting.gaps import open_loops
from .garment_outline import Outline
from .sleeve_outline import Sleeve, find_sleeves

Pair = tuple[np.ndarray, np.ndarray]  # (left, right) in the picture, float64 (2,) each
_USUAL_ARMPIT = 0.62  # below the collar, in widths between the armpits: 0.58-0.64 on the rendered short-sleeved tops
_LOWEST_ARMPIT, _HIGHEST_ARMPIT = (
    0.9,
    0.42,
)  # below the collar, in widths: of wide tees laid flat, and of hidden armpits
_SEEN_INNER, _SEAM_SLANT = (
    0.45,
    0.5,
)  # of a sleeve that stands off: its inner edge, at least, over its outer one, and how
# much shorter it is, at most, in widths
_HIDDEN_INNER, _USUAL_INNER = (
    0.2,
    0.5,
)  # inner over outer edge of a short sleeve: where a cuff ends at the body, usually
_LONG_HANGING = 0.6  # of the height: notches below it belong to sleeves that hang beside most of the body
_NARROW_ABOVE, _BESIDE_NECK = 0.9, 0.3  # in widths between such notches: shoulders so narrow lie far inside them; from
# where outwards a shoulder's end is looked for, which is beside any collar
_LOWEST_NOTCH = 0.88  # of the height: where the cuffs of a wide blouse hang free of its hem
_CHEST_OF_FLARE, _MOST_FLARE = 0.3, 0.4  # how much of what a body flares from waist to hem it is wider at the chest
_WIDEST_FOOT = 0.8  # of a standing collar, in widths between the armpits: a neck's is 0.3-0.6
_STANDING, _COLLAR_SLANT, _FLAT_PX = 0.07, 0.15, 0.04  # in widths between the armpits: how high a collar stands at
# least, how far its foot is beside its peak at most, and over which length a slope is measured


@dataclass(frozen=True, kw_only=True, eq=False)
class Keypoints:
    """Points of a garment, (left, right) as in the picture; `sleeves` is None where there is no sleeve.

    collar    the highest points beside the neck         shoulder  where the sleeve, or a sleeveless armhole, begins
    armpit    where sleeve and side meet                  hem       the corners of the lower edge
    neck      the lowest point of the outline between the collar's peaks
    neck_base where shoulder and neck meet: below the peaks of a collar that stands, else the peaks themselves
    """

    collar: Pair
    shoulder: Pair
    armpit: Pair
    hem: Pair
    neck: np.ndarray
    neck_base: Pair
    sleeves: tuple[Sleeve | None, Sleeve | None]

    @property
    def centre_x(self) -> float:
        return float(self.armpit[0][0] + self.armpit[1][0]) / 2

    @property
    def top_y(self) -> float:
        return float(min(self.collar[0][1], self.collar[1][1]))

    @property
    def collar_stands(self) -> bool:
        """A turtleneck or a shirt's collar: it stands up the neck."""
        return all(peak is not base for peak, base in zip(self.collar, self.neck_base, strict=True))

    @property
    def hem_y(self) -> float:
        return float(self.hem[0][1] + self.hem[1][1]) / 2


def find_keypoints(mask_HW: np.ndarray) -> Keypoints:
    """Read the keypoints off a garment's outline.

    mask_HW  bool, one garment, upright, seen from the front, not empty
    """
    outline = Outline(open_loops(mask_HW))
    notches = _notches(outline)
    found = _around(outline, notches, sleeved=True) if notches else None
    if found is None or found.sleeves == (None, None):  # a waist is a notch too, but nothing sticks out above it
        found = _around(outline, _armholes(outline), sleeved=False)
    return found


def _around(outline: Outline, notches: Pair, *, sleeved: bool) -> Keypoints:
    """The other keypoints, once it is known where the sleeves, or else the armholes, leave the sides."""
    if not sleeved:
        return _between(outline, notches, notches, sleeved=False)
    armpits = tuple(_usual_armpit(outline, notches, side) for side in (0, 1))
    if any(armpit is not notch for armpit, notch in zip(armpits, notches, strict=True)):
        return _standing_off(outline, notches) or _between(outline, armpits, notches, sleeved=True)
    found = _between(outline, notches, notches, sleeved=True)
    hidden = _hidden_armpits(outline, found)
    return _between(outline, hidden, notches, sleeved=True) if hidden is not None else found


def _between(outline: Outline, armpits: Pair, notches: Pair, *, sleeved: bool) -> Keypoints:
    """The other keypoints for given armpits; `notches` are where the sleeves' outline leaves the body's."""
    width_px = armpits[1][0] - armpits[0][0]
    reach = (0.48 if sleeved else 0.55) * width_px
    collar = (
        _peak(outline, outline.centre_x - reach, outline.centre_x - 0.05 * width_px, rightmost=not sleeved),
        _peak(outline, outline.centre_x + 0.05 * width_px, outline.centre_x + reach, rightmost=sleeved),
    )
    shoulders = tuple(_shoulder(outline, armpit, width_px, collar) for armpit in armpits)
    seams = tuple(zip(shoulders, armpits, strict=True))
    sleeves = find_sleeves(outline, seams, notches, width_px) if sleeved else (None, None)
    return Keypoints(
        collar=collar,
        shoulder=shoulders,
        armpit=armpits,
        hem=_hem(outline),
        neck=_neck(outline, collar),
        neck_base=_neck_base(outline, collar, width_px),
        sleeves=sleeves,
    )


def _standing_off(outline: Outline, notches: Pair) -> Keypoints | None:
    """The keypoints of a garment whose sleeves stand off below low armpits, as those of a wide tee laid flat do.

    None where the notch is no armpit: a cuff that touches the body leaves hardly an inner edge, and one that hangs
    beside the body an inner edge far shorter than the outer one.
    """
    width_px = notches[1][0] - notches[0][0]
    if np.mean([notch[1] for notch in notches]) - outline.top > _LOWEST_ARMPIT * width_px:
        return None
    found = _between(outline, notches, notches, sleeved=True)
    if None in found.sleeves:
        return None
    outer_px, inner_px = np.mean([(sleeve.length_px, sleeve.inner_px) for sleeve in found.sleeves], axis=0)
    stands_off = inner_px > _SEEN_INNER * outer_px and outer_px - inner_px < _SEAM_SLANT * width_px
    return found if stands_off else None


def _hidden_armpits(outline: Outline, found: Keypoints) -> Pair | None:
    """Armpits above the notches where both cuffs end in them and hide the inner edges; None where they do not."""
    if None in found.sleeves:
        return None
    outer_px, inner_px = np.mean([(sleeve.length_px, sleeve.inner_px) for sleeve in found.sleeves], axis=0)
    if inner_px > _HIDDEN_INNER * outer_px:
        return None
    width_px = found.armpit[1][0] - found.armpit[0][0]
    highest_y = outline.row(0) + _HIGHEST_ARMPIT * width_px
    rise_px = _USUAL_INNER * outer_px - inner_px
    return tuple(np.array([notch[0], min(max(notch[1] - rise_px, highest_y), notch[1])]) for notch in found.armpit)


def _notches(outline: Outline) -> Pair | None:
    """The deepest notches between sleeve and side; a missing or doubtful one is mirrored. None: no sleeves."""
    contour = cv2.approxPolyDP(outline.contour_S2.reshape(-1, 1, 2).astype(np.int32), 1.0, True).reshape(-1, 2)
    hull = np.sort(cv2.convexHull(contour.reshape(-1, 1, 2), returnPoints=False).ravel())[::-1]
    defects = cv2.convexityDefects(contour.reshape(-1, 1, 2), hull.reshape(-1, 1).astype(np.int32))
    best: list[tuple[float, np.ndarray] | None] = [None, None]
    for start, end, deepest, depth in defects.reshape(-1, 4) if defects is not None else ():
        point, depth_px = contour[deepest].astype(float), depth / 256
        chord_bottom = max(contour[start][1], contour[end][1])
        height_share = (point[1] - outline.top) / outline.height_px
        side = int(point[0] > outline.centre_x)
        is_notch = (
            depth_px > 0.035 * outline.width_px
            and 0.12 < height_share < _LOWEST_NOTCH
            and chord_bottom - point[1] > 0.08 * outline.height_px
        )  # a sleeve and a side hang down on either side of it
        if is_notch and (best[side] is None or depth_px > best[side][0]):
            best[side] = (depth_px, point)
    found = [b[1] if b else None for b in best]
    if found[0] is None and found[1] is None:
        return None
    if found[0] is not None and found[1] is not None and abs(found[0][1] - found[1][1]) > 0.06 * outline.height_px:
        usual = outline.row(0.3)  # they disagree: keep the one at the usual height
        found[int(abs(found[0][1] - usual) < abs(found[1][1] - usual))] = None
    mirrored = [np.array([2 * outline.centre_x - p[0], p[1]]) if p is not None else None for p in reversed(found)]
    return tuple(p if p is not None else other for p, other in zip(found, mirrored, strict=True))


def _usual_armpit(outline: Outline, notches: Pair, side: int) -> np.ndarray:
    """The notch, or a place above it: a sleeve that hangs beside the body touches it far below the armpit.

    Then it is taken to be where armpits usually are, above the notch; wider than it where the body flares out again
    below, for then the notch is at the waist.
    """
    notch, width_px = notches[side], notches[1][0] - notches[0][0]
    usual_y = outline.row(0) + _USUAL_ARMPIT * width_px
    if notch[1] < usual_y + 0.06 * width_px:
        return notch
    corners_x = tuple(_shoulder_corner(outline, notches, k) for k in (0, 1))
    narrow_above = corners_x[1] - corners_x[0] < _NARROW_ABOVE * width_px
    if notch[1] > outline.row(_LONG_HANGING) and narrow_above:  # a blouse that widens all the way down
        return np.array([corners_x[side], outline.row(0) + _USUAL_ARMPIT * (corners_x[1] - corners_x[0])])
    hem = _hem(outline)
    flare_px = np.clip(hem[1][0] - hem[0][0] - width_px, 0.0, _MOST_FLARE * width_px)
    return np.array([notch[0] + (side - 0.5) * _CHEST_OF_FLARE * flare_px, usual_y])


def _shoulder_corner(outline: Outline, notches: Pair, side: int) -> float:
    """The column where the shoulder ends: outwards from the neck the first where the outline falls by 45 degrees."""
    width_px, sign = notches[1][0] - notches[0][0], 2 * side - 1
    step = max(2, int(_FLAT_PX * width_px))
    x = np.arange(int(_BESIDE_NECK * width_px), int(0.75 * width_px) + step)
    columns = np.clip(int(outline.centre_x) + sign * x, *outline.columns[[0, -1]])
    tops = outline.top_of_column[columns].astype(float)
    steep = np.flatnonzero(tops[step:] - tops[:-step] >= step)
    return float(columns[steep[0]] if len(steep) else notches[side][0])


def _armholes(outline: Outline) -> Pair:
    """Sleeveless: below the narrowest row of the armholes, where the outline has almost its full upper width again."""
    spans = {y: runs(outline.mask[y]) for y in range(outline.row(0.08), outline.row(0.6))}
    width = {y: s[-1][1] - s[0][0] for y, s in spans.items() if s}
    usual = np.percentile([w for y, w in width.items() if y >= outline.row(0.35)], 60)
    narrowest = min((y for y in width if y <= outline.row(0.4)), key=width.get)
    first = max(narrowest, outline.row(0.22))
    y = next((y for y, w in width.items() if y >= first and w > 0.95 * usual), outline.row(0.35))
    y = min(y, outline.row(0.42))
    return np.array([spans[y][0][0], y], float), np.array([spans[y][-1][1], y], float)


def _peak(outline: Outline, first_x: float, last_x: float, *, rightmost: bool) -> np.ndarray:
    """The highest place of the top outline between two columns; of a flat top its right or left end.

    A collar's peak is the end away from the neck; a strap has the shoulder there, so its peak is the end at the neck.
    """
    x = np.arange(max(outline.columns[0], int(first_x)), max(min(outline.columns[-1], int(last_x)), int(first_x) + 2))
    tops = outline.top_of_column[x]
    near_top = x[tops <= tops.min() + 0.006 * outline.height_px]
    end = near_top[-1 if rightmost else 0]
    return np.array([end, outline.top_of_column[end]], float)


def _shoulder(outline: Outline, armpit: np.ndarray, width_px: float, collar: Pair) -> np.ndarray:
    """On the top outline above the armpit; where an armhole is there instead, the outermost point of the strap."""
    left = armpit[0] < outline.centre_x
    x = int(np.clip(armpit[0] + (0.02 if left else -0.02) * width_px, outline.columns[0], outline.columns[-1]))
    y = outline.top_of_column[x]
    if y > armpit[1] - 0.03 * outline.height_px:
        y = int(min(collar[0][1], collar[1][1]) + 0.06 * outline.height_px)
        spans = runs(outline.mask[y])
        x = spans[0][0] if left else spans[-1][1]
    return np.array([x, y], float)


def _neck_base(outline: Outline, collar: Pair, width_px: float) -> Pair:
    """Outwards from each peak to where the outline stops falling steeply; both or none, for a collar has two sides.

    The peaks themselves where the feet lie too far apart for a neck: the slopes of a boat neck are the shoulders.
    """
    step, bases = max(2, int(_FLAT_PX * width_px)), []
    for peak, sign in zip(collar, (-1, 1), strict=True):
        x = int(peak[0]) + sign * np.arange(int(_COLLAR_SLANT * width_px) + step)
        tops = outline.top_of_column[np.clip(x, *outline.columns[[0, -1]])].astype(float)
        steep = np.flatnonzero(tops[step:] - tops[:-step] >= step)
        at = int(steep[-1]) + step if len(steep) else 0
        bases.append(np.array([float(x[at]), tops[at]]) if tops[at] - peak[1] > _STANDING * width_px else peak)
    stands = all(base is not peak for base, peak in zip(bases, collar, strict=True))
    return tuple(bases) if stands and bases[1][0] - bases[0][0] < _WIDEST_FOOT * width_px else collar


def _hem(outline: Outline) -> Pair:
    """The corners of the lowest row that is still wide at the centre: hanging ties and cuffs do not count."""
    whole = Outline(closed(outline.mask, 0.02 * outline.width_px))  # without holes that a light print may have left
    trunk = {y: whole.trunk_run(y) for y in range(outline.top, outline.bottom + 1)}
    width = {y: run[1] - run[0] for y, run in trunk.items() if run}
    middle = [w for y, w in width.items() if outline.row(0.35) <= y <= outline.row(0.7)]
    usual = np.median(middle) if middle else outline.width_px
    lowest = max((y for y, w in width.items() if w > 0.6 * usual), default=outline.row(0.97))
    y = int(lowest - 0.012 * outline.height_px)
    first, last = trunk.get(y) or (outline.columns[0], outline.columns[-1])
    return np.array([first, y], float), np.array([last, y], float)


def _neck(outline: Outline, collar: Pair) -> np.ndarray:
    x = np.arange(int(collar[0][0]), max(int(collar[1][0]), int(collar[0][0]) + 2))
    tops = outline.top_of_column[x]
    dips = tops.max() - min(collar[0][1], collar[1][1]) > 0.02 * outline.height_px
    return np.array([x[tops.argmax()] if dips else (collar[0][0] + collar[1][0]) / 2, tops.max()], float)
