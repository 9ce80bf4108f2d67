"""Full-length people and what they wear below the waist: the data, and the pictures it asks for.

Exports, for render.py:
JOBS   list of (name, file without suffix below people/, draw(samples) -> uint8 (1024, 768, 3))
PAIRS  list of dict: what samples.describe(root, **pair) takes: sample_id, person, garment and truth (files without
       suffix below people/), wish, garment_type ("trousers", "skirt", "dress"), difficulty, gender, pattern, split

Lengths are metres on the neutral body, colours sRGB 0..255. Nobody here exists.
"""

from __future__ import annotations

from functools import partial

from clothes import REPORTING, TUNING
from footwear import Shoes
from full_length import FullPerson, Lower, full_photograph, full_portrait
from garments import Cut
from lower import Skirt
from textures import Trim, blossoms, checks, dots, plain, stripes
from trousers import Trousers
from wardrobe import PERSONS, Garment

DRESS_WAIST_Z, BODICE_HEM_Z = 0.132, 0.122
LONGER_Z = 0.20  # a hem lower by more than this
BARES_M = 0.05  # a hem higher than the old one by more than this shows new skin

GARMENTS = {
    "trousers_a": Lower(
        cut=Trousers(colour=(186, 158, 116), thigh_m=0.090, hem_m=0.078),
        words="straight sand-coloured trousers",
        kind="plain",
        split=TUNING,
    ),
    "skirt_a": Lower(
        cut=Skirt(hem_z=-0.33, flare=0.24),
        pattern=checks((226, 214, 190), (150, 48, 52), (38, 52, 88), repeat_m=0.062),
        words="red checked A-line skirt that ends at the knee",
        kind="checks",
        split=TUNING,
    ),
    "dress_a": Lower(
        cut=Skirt(waist_z=DRESS_WAIST_Z, hem_z=-0.39, flare=0.26, gap_m=0.010, band_m=0.0, fold_m=0.018),
        pattern=blossoms((30, 78, 84), (246, 222, 206), (232, 160, 60)),
        bodice=Garment(
            cut=Cut(sleeve_m=0.16, neck_half_m=0.084, neck_drop_m=0.068, ease_m=0.010, folds=0.5, hem_z=BODICE_HEM_Z),
            pattern=blossoms((30, 78, 84), (246, 222, 206), (232, 160, 60)),
            trim=Trim(rib_m=0.010),
        ),
        words="short-sleeved teal dress with blossoms that ends below the knee",
        kind="floral",
        split=TUNING,
    ),
    "trousers_b": Lower(
        cut=Trousers(colour=(58, 88, 72), thigh_m=0.100, hem_m=0.118, drop_m=0.075),
        words="wide dark green trousers",
        kind="plain",
        split=REPORTING,
    ),
    "skirt_b": Lower(
        cut=Skirt(hem_z=-0.46, flare=0.02, fold_m=0.004, fold_width_m=0.14),
        pattern=dots((54, 58, 104), (238, 214, 150), repeat_m=0.044, radius_m=0.0075),
        words="narrow blue dotted skirt that ends below the knee",
        kind="dots",
        split=REPORTING,
    ),
    "dress_b": Lower(
        cut=Skirt(waist_z=DRESS_WAIST_Z, hem_z=-0.56, flare=0.17, gap_m=0.010, band_m=0.0, fold_m=0.016),
        pattern=stripes((238, 228, 212), (176, 70, 58), repeat_m=0.052, share=0.4),
        bodice=Garment(
            cut=Cut(sleeve_m=0, neck_half_m=0.088, neck_drop_m=0.074, ease_m=0.010, folds=0.5, hem_z=BODICE_HEM_Z),
            pattern=stripes((238, 228, 212), (176, 70, 58), repeat_m=0.052, share=0.4),
            trim=Trim(rib=(176, 70, 58), rib_m=0.009),
        ),
        words="sleeveless calf-length dress with red stripes",
        kind="stripes",
        split=REPORTING,
    ),
}

PEOPLE = {
    "p1_full": FullPerson(
        person="p1",
        old_lower=Lower(cut=Skirt(hem_z=-0.26, flare=0.10, fold_m=0.006), pattern=plain((72, 82, 112))),
        shoes=Shoes(upper=(44, 42, 46), sole=(36, 34, 36), collar_m=0.075),
    ),
    "p2_full": FullPerson(
        person="p2",
        old_lower=Lower(cut=Trousers(colour=(62, 82, 118), hem_m=0.082, faded=1.0)),
        shoes=Shoes(upper=(222, 220, 214), sole=(244, 243, 240), laces=(120, 122, 128), sock=(60, 62, 68)),
        top_hem_z=0.075,
    ),
    "q2_full": FullPerson(
        person="q2",
        old_lower=Lower(cut=Trousers(colour=(128, 116, 92), hem_z=-0.27, drop_m=0.0, thigh_m=0.096, hem_m=0.100)),
        shoes=Shoes(upper=(46, 66, 104), sole=(236, 234, 228), laces=(240, 240, 236), sock=(222, 222, 220)),
        top_hem_z=0.075,
        floor_colour=(142, 132, 120),
    ),
    "q3_full": FullPerson(
        person="q3",
        old_lower=Lower(cut=Trousers(colour=(56, 60, 74), thigh_m=0.098, hem_m=0.112, drop_m=0.070)),
        shoes=Shoes(upper=(122, 74, 50), sole=(70, 48, 38), collar_m=0.072),
    ),
}


WORN = [
    (name, garment)
    for name, full in PEOPLE.items()
    for garment, new in GARMENTS.items()
    if new.split == PERSONS[full.person].split
]


def _difficulty(old: Lower, new: Lower) -> str:
    """Hard where skin must be invented: a dress for a top and something else, or a hem that bares the legs more than
    the old one. Else trousers are easy and a skirt is medium."""
    if new.garment_type == "dress" or new.cut.hem_z > old.cut.hem_z + BARES_M:
        return "hard"
    return "easy" if new.garment_type == "trousers" else "medium"


def _change(old: Lower, new: Lower) -> str:
    """As samples.change: a dress takes the place of a top and of what is worn below."""
    if new.garment_type != old.garment_type:
        return "another kind"
    return "longer legs" if new.cut.hem_z < old.cut.hem_z - LONGER_Z else "same cut"


def _pair(name: str, garment: str) -> dict[str, str]:
    full, new = PEOPLE[name], GARMENTS[garment]
    return dict(
        sample_id=f"{name}_{garment}",
        person=f"persons/{name}",
        garment=f"garments/{garment}",
        truth=f"truth/{name}_{garment}",
        wish=f"The person wears the {new.words}; everything else stays as it is.",
        garment_type=new.garment_type,
        difficulty=_difficulty(full.old_lower, new),
        gender=PERSONS[full.person].gender,
        pattern=new.kind,
        split=new.split,
        known={"change": _change(full.old_lower, new)},
    )


PAIRS = [_pair(name, garment) for name, garment in WORN]
JOBS = [(name, f"persons/{name}", partial(full_portrait, full, None)) for name, full in PEOPLE.items()]
JOBS += [(name, f"garments/{name}", partial(full_photograph, new)) for name, new in GARMENTS.items()]
JOBS += [
    (f"{name}_{garment}", f"truth/{name}_{garment}", partial(full_portrait, PEOPLE[name], GARMENTS[garment]))
    for name, garment in WORN
]
