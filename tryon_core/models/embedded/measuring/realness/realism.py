"""realism: holes, tears, edges, flat light, odd skin and lost sharpness; what gives a pasted picture away."""

# Shapes: H, W rows and columns at the working size.
import numpy as np

from .....pictures.features import ColourModel, band_energies, colour_difference
from .....pictures.masks import grown
from .....records import Score
from ...seeing.legs import see_legs
from ...seeing.perception import Person
from ..areas import inner, picked, region_of
from ..case import Case
from ..scale import Bar, Reading, conclude, fix, nothing_to_see
from ..surface.cloth import LOWER, enough_worn
from ..worn import ANY_COLOUR
from .edge_of_cloth import outline_readings
from .grain import grain_readings
from .light import light_side, relief
from .seams import tear
from .spots import surface_readings

# Bars above the largest values of the 54 tuning true pictures (bared arms 5.0, bared legs 14.4 against the arms, neck
# 0.046, softer 0.05, grainier 0.06), 2026-11; JPEG at quality 70 gains 0.1 octaves, a third of the size loses half one.
BARED = Bar(unit="CIEDE2000", good=2.5, bar=6.5, bad=20.0)
BARED_LEGS = Bar(unit="CIEDE2000", good=5.0, bar=16.0, bad=30.0)  # against arms: at most 14.4 on four true pictures
NECK = Bar(unit="share of the neck above the neckline", good=0.02, bar=0.10, bad=0.50)
SOFTER = Bar(unit="octaves of contrast", good=0.1, bar=0.45, bad=1.5)
GRAINIER = Bar(unit="octaves of contrast", good=0.2, bar=0.8, bad=2.0)

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
            *grain_readings(case),
            relief(case),
            *light_side(case),
            *_bared_skin(case),
            *_neck(case),
            *_sharpness(case),
        ]
    )


def _bared_skin(case: Case) -> list[Reading]:
    """Colour of limbs where the old garment was, against the arms' own skin; nothing where none was bared."""
    person, reach = case.before, case.before.frame.shoulder_px
    limbs_HW = person.arms if case.garment.kind == "upper" else case.after.skin & _above_socks(person)
    bared_HW = inner(case.place.old_HW, 3) & limbs_HW & ~grown(case.worn_HW, 5)
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


def _sharpness(case: Case) -> list[Reading]:
    """Sharpness of skin, hair and the other clothes against the photograph: generators redraw and soften them."""
    kept_HW = case.before.skin | case.before.hair | case.before.upper | case.before.lower
    kept_HW = inner(kept_HW & ~grown(case.worn_HW | case.place.old_HW, 6), 3)
    if kept_HW.sum() < 2000:
        return []
    laid_HW3 = case.motion.undone(case.after.lab_HW3)
    was, now = (band_energies(lab_HW3[..., 0], kept_HW, 2)[0] for lab_HW3 in (case.before.lab_HW3, laid_HW3))
    octaves = float(np.log2((now + 0.2) / (was + 0.2)))
    ratio, bar, way = 2 ** abs(octaves), *((GRAINIER, "grainier") if octaves > 0 else (SOFTER, "softer"))
    return [
        Reading(
            name=way,
            value=abs(octaves),
            bar=bar,
            region=region_of(kept_HW),
            says=f"the rest of the person is {ratio:.2f} times {way} than in the photograph",
            fixes=(fix("keep the sharpness of the person's photograph"),),
        )
    ]
