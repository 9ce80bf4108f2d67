"""Who is shown and what they wear: the data of the rendered people, and nothing else.

Angles are degrees, lengths metres on the neutral body, colours sRGB 0..255. Nobody here exists.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from body import Turns
from clothes import GARMENTS, REPORTING, TUNING, Garment
from garments import Cut
from hair import Haircut
from lower import Skirt
from skin import Complexion
from textures import Trim, dots, pinstripes, plain, sprigs, stripes

__all__ = ["GARMENTS", "PERSONS", "Garment", "Person"]


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person: body, looks, old clothes, place and light. With a skirt the old top and it are one dress."""

    gender: str
    phenotype: dict[str, float]  # anny: gender 0 male .. 1 female, age 0.67 young adult .. 1 old
    pose: dict[str, Turns]
    complexion: Complexion
    haircut: Haircut
    old_top: Garment
    trousers: tuple[int, int, int]
    backdrop: str
    seed: int
    split: str = TUNING
    skirt: Skirt | None = None
    hand_on_hip: bool = False
    light: dict[str, float] = field(default_factory=dict)  # for scene.studio


CLOSE = dict(ease_m=0.010, folds=0.45, hem_z=0.01)

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
    "p5": Person(
        gender="male",
        phenotype=dict(gender=0.03, age=1.0, muscle=0.50, weight=0.50, height=0.60, proportions=0.6),
        pose={
            "upperarm01.L": ("y", 28),
            "upperarm01.R": ("y", 3),
            "lowerarm01.R": [("x", 22), ("y", -75)],
        },
        hand_on_hip=True,
        complexion=Complexion(skin=(98, 64, 46), lips=(92, 50, 46), iris=(46, 30, 22), hair=(70, 62, 56), stubble=0.3),
        haircut=Haircut(style="crop", length_m=0.010, volume_m=0.004, colour=(92, 88, 84), grey=0.75, count=42000),
        old_top=Garment(
            cut=Cut(sleeve_m=0.475, neck_half_m=0.070, neck_drop_m=0.056, leaf_m=0.046, ease_m=0.020, hem_z=-0.02),
            pattern=pinstripes((226, 230, 236), (112, 140, 178)),
            trim=Trim(buttons=(238, 238, 234), rib_m=0.008, leaf=(236, 238, 240)),
        ),
        trousers=(58, 56, 60),
        backdrop="curtain",
        seed=5,
        light=dict(side=1, key=1.15, room=0.85, warmth=0.4),
    ),
    "p6": Person(
        gender="female",
        phenotype=dict(gender=0.97, age=0.67, muscle=0.42, weight=0.52, height=0.42, proportions=0.7),
        pose={
            "upperarm01.L": ("y", 24),
            "upperarm01.R": ("y", -22),
        },
        complexion=Complexion(skin=(238, 204, 188), lips=(204, 112, 108), iris=(92, 124, 140), hair=(150, 82, 44)),
        haircut=Haircut(style="long", part_x=-0.02, length_m=0.44, volume_m=0.013, colour=(168, 92, 48), count=36000),
        old_top=Garment(
            cut=Cut(sleeve_m=0.12, neck_half_m=0.088, neck_drop_m=0.080, ease_m=0.009, folds=0.5, hem_z=0.122),
            pattern=dots((46, 78, 92), (236, 232, 220), repeat_m=0.030, radius_m=0.0045),
            trim=Trim(rib_m=0.010),
        ),
        trousers=(60, 60, 70),
        skirt=Skirt(waist_z=0.132, flare=0.035, gap_m=0.010, band_m=0, fold_m=0.009),
        backdrop="garden",
        seed=6,
        light=dict(key=0.85, fill=1.5, room=1.05),
    ),
    "q1": Person(
        gender="female",
        phenotype=dict(gender=0.96, age=0.69, muscle=0.55, weight=0.36, height=0.58, proportions=0.75),
        pose={"upperarm01.L": ("y", -1), "upperarm01.R": ("y", -26), "lowerarm01.L": [("x", 22), ("y", 75)]},
        hand_on_hip=True,
        complexion=Complexion(skin=(92, 58, 42), lips=(112, 50, 52), iris=(44, 28, 20), hair=(30, 23, 20)),
        haircut=Haircut(style="crop", length_m=0.009, volume_m=0.004, colour=(26, 20, 18), count=42000),
        old_top=Garment(
            cut=Cut(sleeve_m=0, neck_half_m=0.084, neck_drop_m=0.066, ease_m=0.012, folds=0.6, hem_z=-0.01),
            pattern=plain((206, 176, 72)),
            trim=Trim(rib_m=0.011),
        ),
        trousers=(66, 72, 84),
        backdrop="panels",
        seed=11,
        split=REPORTING,
        light=dict(side=1, key=1.05),
    ),
    "q2": Person(
        gender="male",
        phenotype=dict(gender=0.05, age=0.67, muscle=0.58, weight=0.36, height=0.62, proportions=0.7),
        pose={"upperarm01.L": ("y", 21), "upperarm01.R": ("y", -27), "lowerarm01.R": ("x", -14)},
        complexion=Complexion(
            skin=(236, 196, 174), lips=(196, 116, 108), iris=(86, 118, 140), hair=(170, 132, 84), stubble=0.25
        ),
        haircut=Haircut(
            style="short", part_x=0.035, length_m=0.046, volume_m=0.015, colour=(178, 140, 90), count=34000
        ),
        old_top=Garment(
            cut=Cut(sleeve_m=0.20, neck_drop_m=0.052, ease_m=0.016, folds=0.7, hem_z=0.0),
            pattern=stripes((70, 74, 84), (150, 160, 164), repeat_m=0.06, share=0.5),
        ),
        trousers=(122, 104, 82),
        backdrop="brick",
        seed=12,
        split=REPORTING,
        light=dict(key=0.9, room=1.1),
    ),
    "q3": Person(
        gender="female",
        phenotype=dict(gender=0.94, age=1.0, muscle=0.42, weight=0.55, height=0.40, proportions=0.55),
        pose={"upperarm01.L": ("y", 19), "upperarm01.R": ("y", -24)},
        complexion=Complexion(skin=(206, 160, 132), lips=(176, 98, 94), iris=(88, 66, 44), hair=(168, 164, 158)),
        haircut=Haircut(
            style="bob", part_x=-0.024, length_m=0.165, volume_m=0.016, colour=(150, 144, 138), grey=0.6, count=32000
        ),
        old_top=Garment(
            cut=Cut(sleeve_m=0.475, neck_drop_m=0.042, ease_m=0.014, folds=0.8, hem_z=0.02),
            pattern=plain((134, 62, 78)),
        ),
        trousers=(52, 56, 70),
        backdrop="sand",
        seed=13,
        split=REPORTING,
        light=dict(key=1.0, fill=1.3, warmth=0.5),
    ),
    "q4": Person(
        gender="male",
        phenotype=dict(gender=0.04, age=0.86, muscle=0.60, weight=0.60, height=0.52, proportions=0.55),
        pose={"upperarm01.L": ("y", 23), "upperarm01.R": ("y", -22)},
        complexion=Complexion(
            skin=(176, 126, 94), lips=(146, 84, 76), iris=(66, 44, 28), hair=(200, 146, 112), stubble=0.9
        ),
        haircut=Haircut(style="crop", length_m=0.004, volume_m=0.001, colour=(48, 38, 34), count=0),
        old_top=Garment(
            cut=Cut(sleeve_m=0.475, neck_half_m=0.070, neck_drop_m=0.060, leaf_m=0.044, ease_m=0.018, hem_z=-0.01),
            pattern=plain((118, 138, 158)),
            trim=Trim(buttons=(60, 66, 80), rib_m=0.008),
        ),
        trousers=(70, 66, 60),
        backdrop="slate",
        seed=14,
        split=REPORTING,
        light=dict(side=1, key=1.2, fill=0.7, room=0.8),
    ),
    "q5": Person(
        gender="male",
        phenotype=dict(gender=0.07, age=0.74, muscle=0.48, weight=0.66, height=0.50, proportions=0.5),
        pose={"upperarm01.L": ("y", 26), "upperarm01.R": ("y", -24), "lowerarm01.L": ("x", -12)},
        complexion=Complexion(
            skin=(142, 98, 70), lips=(122, 66, 60), iris=(50, 34, 24), hair=(34, 28, 26), stubble=0.7
        ),
        haircut=Haircut(style="short", part_x=0.0, length_m=0.032, volume_m=0.018, colour=(36, 30, 28), count=36000),
        old_top=Garment(
            cut=Cut(sleeve_m=0.17, neck_drop_m=0.056, ease_m=0.026, folds=1.0, hem_z=-0.02),
            pattern=sprigs((52, 62, 58), (132, 152, 112), (214, 170, 96)),
        ),
        trousers=(128, 120, 104),
        backdrop="cool",
        seed=15,
        split=REPORTING,
        light=dict(key=0.8, fill=1.8, room=1.05, warmth=-0.2),
    ),
    "q6": Person(
        gender="female",
        phenotype=dict(gender=0.93, age=0.72, muscle=0.46, weight=0.44, height=0.50, proportions=0.7),
        pose={"upperarm01.L": ("y", 22), "upperarm01.R": ("y", -25)},
        complexion=Complexion(skin=(226, 186, 154), lips=(190, 92, 92), iris=(56, 38, 28), hair=(26, 22, 22)),
        haircut=Haircut(style="long", part_x=0.0, length_m=0.42, volume_m=0.011, colour=(30, 24, 24), count=36000),
        old_top=Garment(
            cut=Cut(sleeve_m=0.33, neck_half_m=0.082, neck_drop_m=0.058, ease_m=0.010, folds=0.5, hem_z=0.122),
            pattern=plain((176, 92, 84)),
            trim=Trim(rib_m=0.010),
        ),
        trousers=(60, 60, 70),
        skirt=Skirt(waist_z=0.132, flare=0.01, gap_m=0.010, band_m=0, fold_m=0.006),
        backdrop="warm",
        seed=16,
        split=REPORTING,
        light=dict(side=1, key=0.95, fill=1.2),
    ),
}
