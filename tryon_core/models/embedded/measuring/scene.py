"""scene_kept: is everything else as it was: background, other clothes, accessories?"""

# Shapes: H, W rows and columns.
import cv2
import numpy as np

from ....pictures.features import colour_difference
from ....pictures.masks import grown
from ....records import Score
from .areas import picked, region_of
from .case import Case
from .scale import Bar, Reading, conclude, fix, nothing_to_see

CHANGED_UNITS = 8.0  # Lab units after the blur: clearly visible, above soft cast shadows and recompression
# The 55 tuning true pictures: changed at most 0.002, patch 0.0012, tone 0.13; noise of 3 grey levels gives a tone of
# 0.6, an added disc of a twentieth of the width a patch of 0.0063, other trousers a patch of 0.053, another background
# a change of 0.9; 2026-11.
CHANGED = Bar(unit="share of the scene", good=0.004, bar=0.03, bad=0.20)
PATCH = Bar(unit="share of the picture", good=0.001, bar=0.006, bad=0.04)
# JPEG at quality 70 turns plain walls by 2.0-2.2 (its coarse steps of chroma), which nobody sees; 2026-11.
TONE = Bar(unit="CIEDE2000, median over the scene", good=0.5, bar=2.6, bad=8.0)
# The 6 tuning true pictures of dresses, trousers and skirts change nothing of them; others are a change of 1; 2026-11.
SHOES = Bar(unit="share of the shoes", good=0.05, bar=0.30, bad=0.80)
KEEP = "keep everything except the garment exactly as in the person's photograph"


def measure(case: Case) -> Score:
    """How much of what this garment does not touch changed, the largest changed patch, and the scene's overall tone.

    The scene is everything but head, bare limbs, the old and the worn garment with a margin for contact shadows: with
    trousers or a skirt the top belongs to it, and shoes always do. A picture whose framing moved is laid back first:
    moving is asked by body_and_pose.
    """
    scene_HW = scene_area(case)
    if scene_HW.mean() < 0.05:
        return nothing_to_see("the person and the garment fill the picture")
    changed_HW = scene_HW & (case.own_change_HW > CHANGED_UNITS)
    share = float(changed_HW.sum() / scene_HW.sum())
    patch_HW = _largest_patch(changed_HW)
    patch = float(patch_HW.mean())
    tone = _tone(case, scene_HW)
    readings = [
        Reading(
            name="changed",
            value=share,
            bar=CHANGED,
            region=region_of(changed_HW),
            fixes=(fix(KEEP),),
            says=f"{share:.1%} of the scene outside the garment changed",
        ),
        Reading(
            name="largest_patch",
            value=patch,
            bar=PATCH,
            region=region_of(patch_HW),
            fixes=(fix(KEEP),),
            says=f"the largest changed patch covers {patch:.2%} of the picture",
        ),
        Reading(
            name="tone",
            value=tone,
            bar=TONE,
            fixes=(fix("keep the light and colours of the scene"),),
            says=f"the scene's colours are {tone:.1f} CIEDE2000 off",
        ),
    ]
    return conclude([*readings, *_shoes(case)])


def _shoes(case: Case) -> list[Reading]:
    """The share of the shoes that changed: too small a patch to count in the scene. None for an upper garment."""
    reach = case.before.frame.shoulder_px
    covered_HW = grown(case.place.old_HW | case.motion.undone(case.worn_HW), 0.04 * reach)
    shoes_HW = case.place.feet_HW & (case.before.alpha_HW > 0.5) & ~covered_HW
    if not shoes_HW.any():
        return []
    changed_HW = shoes_HW & (case.own_change_HW > CHANGED_UNITS)
    share = float(changed_HW.sum() / shoes_HW.sum())
    says, keep = f"{share:.0%} of the shoes changed", fix("keep the shoes exactly as in the person's photograph")
    return [Reading(name="shoes", value=share, bar=SHOES, region=region_of(changed_HW), says=says, fixes=(keep,))]


def _tone(case: Case, scene_HW: np.ndarray) -> float:
    """Median CIEDE2000 over the scene at a quarter of the size, where noise has averaged out."""
    size = tuple(side // 4 for side in scene_HW.shape[::-1])
    was, now, where = (
        cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        for values in (case.before.lab_HW3, case.motion.undone(case.after.lab_HW3), scene_HW.astype(np.float32))
    )
    before_N3, after_N3 = (picked(lab, where > 0.99, 5000) for lab in (was, now))
    return float(np.median(colour_difference(before_N3, after_N3))) if len(before_N3) else 0.0


def scene_area(case: Case) -> np.ndarray:
    """bool (H, W): what a garment of this kind does not touch.

    Upper garments and dresses touch arms and head; dresses, trousers and skirts the legs, bare or shaded by their hem.
    """
    person, reach = case.before, case.before.frame.shoulder_px
    touched_HW = grown(case.place.old_HW | case.motion.undone(case.worn_HW), int(0.09 * reach))
    neck_HW = person.skin & (person.frame.down_share_HW(person.skin.shape) < 0.3)
    head_HW = grown(person.face | person.hair | neck_HW, int(0.04 * reach))
    limbs_HW = np.zeros_like(head_HW)
    if case.garment.kind in ("upper", "dress"):
        limbs_HW |= person.arms & (person.alpha_HW > 0.3)
    if case.garment.kind != "upper":
        limbs_HW |= person.skin & case.zone_HW & ~person.arms
    return ~(touched_HW | grown(limbs_HW, int(0.04 * reach)) | head_HW)


def _largest_patch(changed_HW: np.ndarray) -> np.ndarray:
    opened = cv2.morphologyEx(changed_HW.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(opened)
    if count < 2:
        return np.zeros(changed_HW.shape, bool)
    return pieces == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
