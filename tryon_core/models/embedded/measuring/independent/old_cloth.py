"""Old clothes beyond the edit's border: a waistband above new trousers, a sleeve on the forearm, a skirt left over."""

# Shapes: h, w rows and columns at half of the working size; R rows of the search.
from dataclasses import dataclass

import numpy as np

from .....pictures.features import ColourModel
from .....pictures.masks import closed, filled, grown, opened, shrunk, touching
from ..scale import Bar, Reading, fix
from .eyes import AREA, SAME, Eyes, averaged, piece_reading
from .wearer import ANY_COLOUR, FOREARMS, HANDS, UPPER_ARMS, Wearer, log_share

# The 54 tuning true pictures and the usable results on photographs reach 0.010, bad ones 0.018 to 0.144, bands and
# sleeves planted at the middle size 0.020 to 0.11; 2026-11.
OLD_BEYOND = Bar(unit=AREA, good=0.004, bar=0.012, bad=0.12)

ONE_GARMENT = 0.85  # overlap of the chest's and the thighs' colours from which both are one dress or a suit
UNLIKE_NEW = 1.5  # natural log: how much commoner a colour must be in the old cloth than in the new before it tells
LEAST, MOST = -1.5, 4.0  # one pixel's log odds are cut to these: a white stripe speaks less against than a red one for
# Shoulder widths: as wide as a motif and its gap, and as narrow as a hem; and the mean log odds that count in each.
PATTERN, HEM = (0.10, 0.8, 0.3), (0.035, 2.0, 1.0)
THICK, MOTIF = (0.04, 0.055), 0.015  # shoulder widths: half a piece's thickness in the new cloth, drawn; share of that
LIGHTS = (0.9, 1.0, 1.1)  # of cloth over a thick piece; deeper folds are thin
OWN = 5.0  # natural log over ANY_COLOUR: from here on a colour is one of a garment's own
REDRAWN_FINE, REDRAWN_WIDE = 2.0, 3.0  # natural log, beyond UNLIKE_NEW and of blurred colours: drawn cloth is shaded
UNLIKE_BEHIND = 12.0  # Lab units from the background: cloth that stands out beside the body
AS_BEHIND = 4.0  # Lab units: a grey wall bared where a grey top was; plain backgrounds are spread in as exactly as that
SPECK = 0.013  # shoulder widths: half the thickness of what is no piece
NEAR = 0.08  # shoulder widths between a piece and the edit that it belongs to
BESIDE_TRUNK = 0.45  # shoulder widths from the middle: arms further out hang beside the trunk
CHEST_END = 0.55  # torso lengths: no waistband sits higher
ROWS = np.arange(0.3, 1.42, 0.02)  # torso lengths: where the border between top and lower garment is looked for
SURE = 1.5  # log odds to which a border is believed at most
BORDER = 0.05  # torso lengths over which belief in it rises


@dataclass(frozen=True, kw_only=True)
class Border:
    """The height, in torso lengths, that parts chest's colours from thighs' best; `belief` in log odds, 0 for none."""

    down: float
    belief: float


def old_beyond(eyes: Eyes) -> Reading | None:
    """The largest piece in the old garment's colours, left beside the edit or drawn anew, that is none of the new one.

    None where neither chest nor thighs teach colours.
    """
    wearer = eyes.wearer
    searches = []
    if eyes.kind in ("upper", "dress") and wearer.chest is not None:
        searches.append((wearer.chest, wearer.thigh, _above(wearer)))
    if eyes.kind != "upper" and wearer.thigh is not None and (eyes.kind == "dress" or not _one_garment(wearer)):
        searches.append((wearer.thigh, wearer.chest, _below(wearer)))
    if not searches:
        return None
    return piece_reading(
        "old_beyond",
        max((eyes.piece(_left(eyes, *search)) for search in searches), key=lambda piece: piece[0]),
        OLD_BEYOND,
        "a piece of the old clothes is left beside the new garment ({})",
        (fix("remove the old garment completely, up to its waistband, hem and cuffs", "cover", 0.5),),
    )


def border_between(wearer: Wearer) -> Border:
    """Where the old top ends and the old lower garment begins, by the colours along the body's middle."""
    if wearer.chest is None or wearer.thigh is None:
        return Border(down=1.0, belief=0.0)
    cells = ColourModel.cells(wearer.lab_hw3)
    chest_hw, thigh_hw = log_share(wearer.chest, cells), log_share(wearer.thigh, cells)
    middle_hw = wearer.trunk(0.34, ROWS[0], ROWS[-1]) & (wearer.alpha_hw > 0.6) & ~wearer.head_hw
    middle_hw &= ~wearer.limbs(FOREARMS, HANDS) & (log_share(wearer.skin, cells) < np.maximum(chest_hw, thigh_hw))
    rows = np.digitize(wearer.down_hw[middle_hw], ROWS) - 1
    odds = np.clip(chest_hw[middle_hw] - thigh_hw[middle_hw], -2.5, 2.5)
    sums_R, counts_R = np.bincount(rows, odds, len(ROWS)), np.bincount(rows, minlength=len(ROWS))
    last = int(np.argmax(2 * np.cumsum(sums_R) - sums_R.sum()))
    above, below = (
        sums_R[part].sum() / max(counts_R[part].sum(), 1) for part in (np.s_[: last + 1], np.s_[last + 1 :])
    )
    return Border(down=float(ROWS[last] + 0.02), belief=float(np.clip(above - below, 0, SURE)))


def _one_garment(wearer: Wearer) -> bool:
    """Nothing parts the old top from what is worn below it: a dress, a suit, or thighs that are not seen."""
    return wearer.thigh is None or wearer.chest is None or wearer.chest.overlap(wearer.thigh) > ONE_GARMENT


def _arms(wearer: Wearer) -> np.ndarray:
    return grown(wearer.limbs(UPPER_ARMS, FOREARMS), 0.06 * wearer.unit_px)


def _above(wearer: Wearer) -> np.ndarray:
    """bool (h, w): where an old top may be left: arms, and the trunk where the top can be told from what is below."""
    if _one_garment(wearer):
        return _arms(wearer) & (np.abs(wearer.across_hw) > BESIDE_TRUNK)
    return _arms(wearer) | wearer.trunk(0.6, 0.0, 1.5)


def _below(wearer: Wearer) -> np.ndarray:
    """bool (h, w): where an old lower garment may be left: from under the chest down to the ankles, not the shoes."""
    return wearer.trunk(1.0, CHEST_END, wearer.ankles() - 0.1)


def _thick(eyes: Eyes, own: ColourModel) -> np.ndarray:
    """bool (h, w): pieces in colours of the old garment, thicker than any that the new one has in such colours.

    All False where the new garment has such pieces.
    """
    own_px, drawn_px = (reach * eyes.wearer.unit_px for reach in THICK)
    for light in LIGHTS:
        like_hw = _has(own, ColourModel.cells(eyes.cloth_hw3 * light)) & eyes.fabric_hw
        if opened(like_hw, own_px).sum() > MOTIF * eyes.fabric_hw.sum():
            return np.zeros(eyes.wearer.shape, bool)
    return opened(_has(own, eyes.now_cells), drawn_px)


def _has(own: ColourModel, cells: np.ndarray) -> np.ndarray:
    """bool: cells whose colour is one of a garment's own."""
    return own.log_share[cells] > ANY_COLOUR + OWN


def _left(eyes: Eyes, own: ColourModel, other: ColourModel | None, region_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): the old garment `own` in a region, as it was or drawn anew: one piece may be both."""
    thick_hw = _thick(eyes, own)
    kept_hw = _kept(eyes, own, other, thick_hw) & region_hw
    kept_hw = touching(
        opened(kept_hw, SPECK * eyes.wearer.unit_px), grown(eyes.edit_hw, NEAR * eyes.wearer.unit_px), 0.0
    )
    return kept_hw | opened(_redrawn(eyes, own, other, thick_hw) & region_hw, SPECK * eyes.wearer.unit_px)


def _kept(eyes: Eyes, own: ColourModel, other: ColourModel | None, thick_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): unchanged places where most of a neighbourhood has colours of the old garment `own`.

    What the edit encloses counts only where the new garment can hardly have such colours: a new white panel over an old
    white top is new.
    """
    wearer, unit_px = eyes.wearer, eyes.wearer.unit_px
    odds_hw = np.minimum(*(_odds(eyes, cells, own, other) for cells in (eyes.was_cells, eyes.now_cells)))
    odds_hw = odds_hw + _by_border(wearer, own is wearer.thigh)
    unlike_hw = np.clip(own.log_share[eyes.now_cells] - eyes.new[eyes.now_cells] - UNLIKE_NEW, LEAST, MOST)
    old_hw = np.zeros(wearer.shape, bool)
    for side, old, unlike in (PATTERN, HEM):
        old_hw |= (averaged(odds_hw, side * unit_px) > old) & (averaged(unlike_hw, side * unit_px) > unlike)
    sure_hw = thick_hw | (averaged(unlike_hw, HEM[0] * unit_px) > REDRAWN_FINE)
    old_hw |= (averaged(odds_hw, HEM[0] * unit_px) > HEM[1]) & sure_hw
    inside_hw = shrunk(filled(closed(eyes.edit_hw, 0.05 * unit_px)), 0.03 * unit_px) & ~sure_hw
    seen_hw = (wearer.alpha_hw > 0.6) & ~wearer.head_hw & ~grown(eyes.things_hw, 2)
    return old_hw & (eyes.change_hw < SAME) & seen_hw & ~inside_hw


def _redrawn(eyes: Eyes, own: ColourModel, other: ColourModel | None, thick_hw: np.ndarray) -> np.ndarray:
    """bool (h, w): changed places, also beside the body, that show colours of the old garment `own`.

    The new one has these colours not at all, or only in motifs: over no more than a stripe or a dot, or in thin pieces.
    """
    wearer, (side, old, _) = eyes.wearer, HEM
    side_px = side * wearer.unit_px
    fine_hw = np.clip(own.log_share[eyes.now_cells] - eyes.new[eyes.now_cells] - UNLIKE_NEW, LEAST, MOST)
    wide_hw = own.log_share[eyes.wide_cells] - eyes.new_wide[eyes.wide_cells]
    unlike_hw = (averaged(fine_hw, side_px) > REDRAWN_FINE) | (wide_hw > REDRAWN_WIDE) | thick_hw
    old_hw = unlike_hw & (averaged(_odds(eyes, eyes.now_cells, own, other), side_px) > old)
    dressed_hw = wearer.alpha_hw > 0.6
    if wearer.behind_hw3 is not None:
        dressed_hw = eyes.off_behind_hw > np.where(dressed_hw, AS_BEHIND, UNLIKE_BEHIND)
    return old_hw & dressed_hw & (eyes.change_hw > SAME) & ~wearer.head_hw


def _odds(eyes: Eyes, cells: np.ndarray, own: ColourModel, other: ColourModel | None) -> np.ndarray:
    """float32 (h, w): log odds of the old garment against skin, the other garment and anything else.

    On an arm beside the trunk there is no other garment; a dress has none at all.
    """
    wearer = eyes.wearer
    rivals_hw = np.maximum(log_share(wearer.skin, cells) + 0.5, ANY_COLOUR)
    if eyes.kind != "dress":
        other_hw = log_share(other, cells) + 0.5
        if own is wearer.chest:
            other_hw = np.where(_beside(wearer), ANY_COLOUR, other_hw)
        rivals_hw = np.maximum(rivals_hw, other_hw)
    return np.clip(own.log_share[cells] - rivals_hw, LEAST, MOST)


def _beside(wearer: Wearer) -> np.ndarray:
    """bool (h, w): arms that hang beside the trunk, down to the hips."""
    return _arms(wearer) & (wearer.down_hw < 1.1) & (np.abs(wearer.across_hw) > BESIDE_TRUNK)


def _by_border(wearer: Wearer, lower: bool) -> np.ndarray:
    """float32 (h, w): what the border between the old garments adds to the log odds of the lower or the upper one."""
    if _one_garment(wearer):
        return np.zeros(wearer.shape, np.float32)
    border = border_between(wearer)
    below_hw = np.clip((wearer.down_hw - border.down) / BORDER, -1, 1) * border.belief
    return below_hw if lower else np.where(_beside(wearer), 0, -below_hw)
