"""realism: holes, tears, edges, flat light, odd skin and lost sharpness; what gives a pasted picture away."""

# Shapes: H, W rows and columns at the working size.
import numpy as np

from .....pictures.features import ColourModel, colour_difference
from .....pictures.masks import grown
from .....records import Score
from ...seeing.legs import see_legs
from ...seeing.perception import Person
from ..areas import inner, picked, region_of
from ..case import Case
from ..independent.cloth_outline import outline_readings_by_eye
from ..independent.eyes import eyes_of
from ..independent.invented import smeared_trousers
from ..independent.openings import opening
from ..independent.photo_box import photo_box
from ..scale import Bar, Reading, conclude, fix, nothing_to_see
from ..surface.cloth import LOWER, enough_worn
from ..worn import ANY_COLOUR
from .edge_of_cloth import outline_readings
from .grain import grain_readings
from .light import light_side, relief
from .old_cuff import old_cuff
from .seam_lines import seam_line
from .seams import tear
from .sharpness import sharpness
from .spots import surface_readings

# Bars above the largest values of the 54 tuning true pictures (bared arms 5.0, bared legs 14.4 against the arms, neck
# 0.046), 2026-11.
BARED = Bar(unit="CIEDE2000", good=2.5, bar=6.5, bad=20.0)
BARED_LEGS = Bar(unit="CIEDE2000", good=5.0, bar=16.0, bad=30.0)  # against arms: at most 14.4 on four true pictures
NECK = Bar(unit="share of the neck above the neckline", good=0.02, bar=0.10, bad=0.50)

CHIN = 152  # in the MediaPipe face mesh


def measure(case: Case) -> Score:
    """Artefacts of the garment's surface and outline, of bared skin, and the sharpness of what was to be kept.

    It sees marks in the picture's numbers, not meaning: an impossible fold or a sixth finger goes unnoticed, and so
    does a hole that shows a colour the garment also has.
    """
    if not enough_worn(case):
        return nothing_to_see("no garment is left to look at; garment_swap says so")
    return conclude(
        [
            *surface_readings(case),
            *outline_readings(case),
            *tear(case),
            *seam_line(case),
            *grain_readings(case),
            relief(case),
            *light_side(case),
            *_bared_skin(case),
            *old_cuff(case),
            *_neck(case),
            *sharpness(case),
            *_by_own_eyes(case),
        ]
    )


def _by_own_eyes(case: Case) -> list[Reading]:
    """What does not take the parse and the cut-out for granted."""
    eyes = eyes_of(case)
    readings = smeared_trousers(eyes), photo_box(eyes, case.garment), opening(case, eyes)
    return [*filter(None, readings), *outline_readings_by_eye(case, eyes)]


def _bared_skin(case: Case) -> list[Reading]:
    """Colour of limbs where the old garment was, against the arms' own skin; nothing where none was bared."""
    person, reach = case.before, case.before.frame.shoulder_px
    limbs_HW = person.arms if case.garment.kind == "upper" else case.after.skin & _above_socks(person)
    bared_HW = inner(case.place.old_HW, 3) & limbs_HW & ~grown(case.worn_HW | case.things_HW, 5)
    bared_HW &= (case.after.alpha_HW > 0.5) & ~case.after.hair
    own_HW = inner(person.skin & ~person.face & person.arms, 3)
    if bared_HW.sum() < 0.02 * reach**2 or own_HW.sum() < 0.01 * reach**2:
        return []
    bared, own = picked(case.after.lab_HW3, bared_HW), picked(person.lab_HW3, own_HW)
    off = float(colour_difference(np.median(bared, axis=0), np.median(own, axis=0)))
    return [
        Reading(
            name="bared_skin",
            value=off,
            bar=BARED if case.garment.kind == "upper" else BARED_LEGS,
            region=region_of(bared_HW),
            says=f"bared skin is {off:.1f} CIEDE2000 off the person's own",
            fixes=(fix("give bared limbs the person's own skin tone and shading"),),
        )
    ]


def _above_socks(person: Person) -> np.ndarray:
    """bool (H, W): above the middle of the shins, which socks and boots may reach; they are parsed as skin or cloth."""
    _, knee_px, ankle_px = see_legs(person).down_23.mean(0)
    down_HW = person.frame.down_share_HW(person.skin.shape) * person.frame.torso_px
    return down_HW < (knee_px + ankle_px) / 2


def _neck(case: Case) -> list[Reading]:
    """Share of the neck between chin and neckline that is not skin: the inside of a back collar, the old neckline."""
    person, frame = case.before, case.before.frame
    if person.face_mesh_K2 is None or case.garment.kind in LOWER:
        return []
    shape, chin = case.worn_HW.shape, float(frame.coordinates(person.face_mesh_K2[CHIN])[0, 1]) / frame.torso_px
    down_HW, across_HW = frame.down_share_HW(shape), np.abs(frame.across_px_HW(shape)) / frame.shoulder_px
    column_HW = (across_HW < 0.12) & (down_HW > chin + 0.02) & (down_HW < 0.5) & ~case.after.hair
    above_HW = column_HW & (np.cumsum(case.worn_HW & column_HW, axis=0) == 0) & ~grown(case.worn_HW, 4)
    if above_HW.sum() < 0.005 * frame.shoulder_px**2:
        return []
    skin = ColourModel(picked(person.lab_HW3, inner(person.skin, 2)))
    foreign_HW = above_HW & (skin.log_share[case.cells_HW] < ANY_COLOUR)
    share = float(foreign_HW.sum() / above_HW.sum())
    return [
        Reading(
            name="neck",
            value=share,
            bar=NECK,
            region=region_of(foreign_HW),
            says=f"{share:.0%} of the neck above the neckline is not skin",
            fixes=(fix("show the neck, not the inside of the collar", "neckline", 0.05),),
        )
    ]
