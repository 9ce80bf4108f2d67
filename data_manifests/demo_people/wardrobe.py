"""Who is shown, what they wear, and which pictures make a sample: the data of the demo, and nothing else.

Angles are degrees, lengths metres on the neutral body, colours sRGB 0..255. Nobody here exists.
"""

from __future__ import annotations

from dataclasses import dataclass

from garments import Cut
from hair import Haircut
from skin import Complexion
from textures import Pattern, Trim, blocks, blossoms, checks, lettering, plain, stripes


@dataclass(frozen=True, kw_only=True)
class Garment:
    cut: Cut
    pattern: Pattern
    trim: Trim = Trim()
    on_white: bool = False  # photographed white on white


@dataclass(frozen=True, kw_only=True)
class Person:
    gender: str
    phenotype: dict[str, float]  # anny: gender 0 male .. 1 female, age 0.67 young adult .. 1 old
    pose: dict[str, tuple[str, float]]
    complexion: Complexion
    haircut: Haircut
    old_top: Garment
    trousers: tuple[int, int, int]
    backdrop: str
    seed: int


@dataclass(frozen=True, kw_only=True)
class Pair:
    sample_id: str
    person: str
    garment: str
    wish: str
    difficulty: str


TEE = Cut()
LONG = Cut(sleeve_m=0.475, neck_drop_m=0.046)
TANK = Cut(sleeve_m=0, neck_half_m=0.092, neck_drop_m=0.085)
CLOSE = dict(ease_m=0.010, folds=0.45, hem_z=0.01)

GARMENTS = {
    "stripes": Garment(cut=TEE, pattern=stripes((243, 241, 234), (38, 62, 112)), trim=Trim(rib=(38, 62, 112))),
    "lab": Garment(cut=TEE, pattern=lettering((26, 112, 92), (247, 238, 208), "LAB"), trim=Trim()),
    "blocks": Garment(
        cut=TEE,
        pattern=blocks((238, 233, 222), (226, 160, 50), (44, 74, 122), (44, 74, 122)),
        trim=Trim(rib=(44, 74, 122)),
    ),
    "cropped": Garment(
        cut=Cut(sleeve_m=0.16, ease_m=0.028, hem_z=0.075, neck_drop_m=0.06), pattern=plain((186, 38, 44))
    ),
    "checks": Garment(
        cut=Cut(sleeve_m=0.475, ease_m=0.020, neck_drop_m=0.046, hem_z=-0.015),
        pattern=checks((236, 226, 205), (46, 92, 84), (178, 66, 52)),
        trim=Trim(buttons=(240, 236, 226), rib_m=0.022),
    ),
    "loop": Garment(cut=LONG, pattern=lettering((222, 168, 62), (52, 40, 60), "LOOP", width_m=0.17), trim=Trim()),
    "blossoms": Garment(
        cut=TANK,
        pattern=blossoms((52, 56, 96), (240, 196, 186), (236, 178, 60)),
        trim=Trim(rib=(240, 196, 186), rib_m=0.009),
    ),
    "white": Garment(cut=TEE, pattern=plain((236, 236, 235)), on_white=True),
}

PERSONS = {
    "p1": Person(
        gender="female",
        phenotype=dict(gender=0.95, age=0.67, muscle=0.48, weight=0.40, height=0.52, proportions=0.75),
        pose={"upperarm01.L": ("y", 22), "upperarm01.R": ("y", -24)},
        complexion=Complexion(skin=(218, 172, 146), lips=(192, 98, 96), iris=(84, 104, 84), hair=(74, 46, 30)),
        haircut=Haircut(style="bob", part_x=0.022, length_m=0.215, volume_m=0.014, colour=(96, 62, 40), count=30000),
        old_top=Garment(
            cut=Cut(sleeve_m=0, neck_half_m=0.088, neck_drop_m=0.075, **CLOSE),
            pattern=plain((240, 240, 238)),
            trim=Trim(rib_m=0.010),
        ),
        trousers=(58, 78, 112),
        backdrop="warm",
        seed=1,
    ),
    "p2": Person(
        gender="male",
        phenotype=dict(gender=0.04, age=0.70, muscle=0.62, weight=0.42, height=0.56, proportions=0.75),
        pose={"upperarm01.L": ("y", 24), "upperarm01.R": ("y", -30), "lowerarm01.R": ("x", -18)},
        complexion=Complexion(
            skin=(128, 86, 62), lips=(104, 52, 48), iris=(52, 32, 22), hair=(24, 20, 19), stubble=0.5
        ),
        haircut=Haircut(style="short", part_x=-0.03, length_m=0.020, volume_m=0.008, colour=(34, 27, 24), count=34000),
        old_top=Garment(cut=Cut(sleeve_m=0.18, **CLOSE), pattern=plain((150, 152, 156))),
        trousers=(92, 84, 70),
        backdrop="room",
        seed=2,
    ),
    "p3": Person(
        gender="female",
        phenotype=dict(gender=0.92, age=0.84, muscle=0.45, weight=0.62, height=0.46, proportions=0.6),
        pose={"upperarm01.L": ("y", 20), "upperarm01.R": ("y", -26), "lowerarm01.L": ("x", -16)},
        complexion=Complexion(skin=(222, 181, 158), lips=(190, 106, 104), iris=(78, 104, 128), hair=(150, 118, 82)),
        haircut=Haircut(
            style="back", part_x=0.0, length_m=0.17, volume_m=0.012, colour=(168, 134, 96), grey=0.15, count=34000
        ),
        old_top=Garment(cut=Cut(sleeve_m=0.15, neck_drop_m=0.060, **CLOSE), pattern=plain((142, 160, 140))),
        trousers=(56, 54, 58),
        backdrop="cool",
        seed=3,
    ),
    "p4": Person(
        gender="male",
        phenotype=dict(gender=0.06, age=0.80, muscle=0.52, weight=0.58, height=0.54, proportions=0.6),
        pose={"upperarm01.L": ("y", 27), "upperarm01.R": ("y", -23)},
        complexion=Complexion(
            skin=(198, 150, 118), lips=(164, 92, 84), iris=(74, 50, 32), hair=(40, 34, 32), stubble=0.8
        ),
        haircut=Haircut(
            style="short", part_x=0.03, length_m=0.042, volume_m=0.016, colour=(52, 42, 36), grey=0.03, count=34000
        ),
        old_top=Garment(cut=Cut(sleeve_m=0.475, **CLOSE), pattern=plain((44, 58, 92))),
        trousers=(120, 108, 90),
        backdrop="sand",
        seed=4,
    ),
}

STAYS = "everything else stays as it is."
PAIRS = (
    Pair(
        sample_id="demo_01_stripes",
        person="p1",
        garment="stripes",
        difficulty="easy",
        wish=f"The person wears the striped short-sleeved tee; {STAYS}",
    ),
    Pair(
        sample_id="demo_02_lab",
        person="p2",
        garment="lab",
        difficulty="easy",
        wish=f"The person wears the green tee with the word LAB on the chest; {STAYS}",
    ),
    Pair(
        sample_id="demo_03_blocks",
        person="p3",
        garment="blocks",
        difficulty="easy",
        wish=f"The person wears the colour-block tee with blue sleeves; {STAYS}",
    ),
    Pair(
        sample_id="demo_04_cropped",
        person="p1",
        garment="cropped",
        difficulty="medium",
        wish=f"The person wears the plain red cropped tee; {STAYS}",
    ),
    Pair(
        sample_id="demo_05_checks",
        person="p1",
        garment="checks",
        difficulty="medium",
        wish=f"The person wears the checked long-sleeved shirt; {STAYS}",
    ),
    Pair(
        sample_id="demo_06_loop",
        person="p4",
        garment="loop",
        difficulty="medium",
        wish=f"The person wears the yellow long-sleeved top with the word LOOP; {STAYS}",
    ),
    Pair(
        sample_id="demo_07_blossoms",
        person="p3",
        garment="blossoms",
        difficulty="hard",
        wish=f"The person wears the sleeveless top with blossoms; {STAYS}",
    ),
    Pair(
        sample_id="demo_08_white",
        person="p4",
        garment="white",
        difficulty="hard",
        wish=f"The person wears the plain white tee; {STAYS}",
    ),
)
