"""The garments a person is to wear: their cuts, patterns and trims, which half they are for, and nothing else.

Lengths are metres on the neutral body, colours sRGB 0..255; words and emblems stand for no brand.
"""

from __future__ import annotations

from dataclasses import dataclass

from emblems import compass, mountain
from garments import Cut
from textures import (
    Pattern,
    Trim,
    blocks,
    blossoms,
    checks,
    dots,
    lettering,
    plain,
    printed,
    slant,
    sprigs,
    stripes,
)

TUNING, REPORTING = "tuning", "reporting"


@dataclass(frozen=True, kw_only=True)
class Garment:
    """One upper garment; `words` names it in a wish, `kind` is its pattern in the manifest, `split` its half ("" is
    neither)."""

    cut: Cut
    pattern: Pattern
    trim: Trim = Trim()
    on_white: bool = False  # photographed white on white
    words: str = ""
    kind: str = ""
    split: str = ""


TEE = Cut()
LONG = Cut(sleeve_m=0.475, neck_drop_m=0.046)
TANK = Cut(sleeve_m=0, neck_half_m=0.092, neck_drop_m=0.085)

GARMENTS = {
    "stripes": Garment(
        cut=TEE,
        pattern=stripes((243, 241, 234), (38, 62, 112)),
        trim=Trim(rib=(38, 62, 112)),
        words="striped short-sleeved tee",
        kind="stripes",
        split=TUNING,
    ),
    "lab": Garment(
        cut=TEE,
        pattern=lettering((26, 112, 92), (247, 238, 208), "LAB"),
        words="green tee with the word LAB on the chest",
        kind="text",
        split=TUNING,
    ),
    "blocks": Garment(
        cut=TEE,
        pattern=blocks((238, 233, 222), (226, 160, 50), (44, 74, 122), (44, 74, 122)),
        trim=Trim(rib=(44, 74, 122)),
        words="colour-block tee with blue sleeves",
        kind="blocks",
        split=TUNING,
    ),
    "cropped": Garment(
        cut=Cut(sleeve_m=0.16, ease_m=0.028, hem_z=0.075, neck_drop_m=0.06),
        pattern=plain((186, 38, 44)),
        words="plain red cropped tee",
        kind="plain",
        split=TUNING,
    ),
    "checks": Garment(
        cut=Cut(sleeve_m=0.475, ease_m=0.020, neck_drop_m=0.046, hem_z=-0.015),
        pattern=checks((236, 226, 205), (46, 92, 84), (178, 66, 52)),
        trim=Trim(buttons=(240, 236, 226), rib_m=0.022),
        words="checked long-sleeved shirt",
        kind="checks",
        split=TUNING,
    ),
    "blossoms": Garment(
        cut=TANK,
        pattern=blossoms((52, 56, 96), (240, 196, 186), (236, 178, 60)),
        trim=Trim(rib=(240, 196, 186), rib_m=0.009),
        words="sleeveless top with blossoms",
        kind="floral",
        split=TUNING,
    ),
    "dots": Garment(
        cut=Cut(sleeve_m=0.34, neck_half_m=0.108, neck_drop_m=0.036, ease_m=0.016),
        pattern=dots((236, 222, 200), (140, 44, 60), wide=0.8),
        trim=Trim(rib_m=0.013),
        words="dotted top with three-quarter sleeves and a boat neck",
        kind="dots",
        split=TUNING,
    ),
    "logo": Garment(
        cut=Cut(sleeve_m=0.475, stand_m=0.034, ease_m=0.015),
        pattern=printed(
            plain((92, 96, 108)), mountain((236, 232, 220), (62, 92, 84), (232, 150, 62)), width_m=0.125, centre_z=0.385
        ),
        trim=Trim(rib_m=0.032),
        words="grey turtleneck with a mountain emblem on the chest",
        kind="logo",
        split=TUNING,
    ),
    "loop": Garment(
        cut=LONG,
        pattern=lettering((222, 168, 62), (52, 40, 60), "LOOP", width_m=0.17),
        words="yellow long-sleeved top with the word LOOP",
        kind="text",
    ),
    "white": Garment(cut=TEE, pattern=plain((236, 236, 235)), on_white=True, words="plain white tee", kind="plain"),
    "r_plain": Garment(
        cut=Cut(sleeve_m=0.19, neck_half_m=0.080, neck_drop_m=0.125, neck_point=1.0, ease_m=0.016),
        pattern=plain((120, 84, 140)),
        trim=Trim(rib_m=0.014),
        words="plain purple tee with a V-neck",
        kind="plain",
        split=REPORTING,
    ),
    "r_stripes": Garment(
        cut=Cut(sleeve_m=0.475, neck_drop_m=0.044, hem_z=-0.012),
        pattern=stripes((196, 74, 52), (246, 226, 196), repeat_m=0.028, share=0.3),
        words="rust-red long-sleeved top with narrow cream stripes",
        kind="stripes",
        split=REPORTING,
    ),
    "r_checks": Garment(
        cut=Cut(sleeve_m=0.235, neck_half_m=0.070, neck_drop_m=0.052, leaf_m=0.044, ease_m=0.024, hem_z=0.0),
        pattern=checks((214, 222, 234), (40, 62, 116), (208, 160, 60), repeat_m=0.042),
        trim=Trim(buttons=(232, 230, 224), rib_m=0.008, leaf=(92, 112, 156)),
        words="blue checked short-sleeved shirt",
        kind="checks",
        split=REPORTING,
    ),
    "r_dots": Garment(
        cut=Cut(sleeve_m=0, neck_half_m=0.086, neck_drop_m=0.062, ease_m=0.020, hem_z=0.015),
        pattern=dots((34, 44, 58), (232, 214, 120), repeat_m=0.046, radius_m=0.0078, wide=0.8),
        trim=Trim(rib_m=0.010),
        words="dark sleeveless top with yellow dots",
        kind="dots",
        split=REPORTING,
    ),
    "r_floral": Garment(
        cut=Cut(sleeve_m=0.33, neck_half_m=0.084, neck_drop_m=0.072, ease_m=0.020),
        pattern=sprigs((238, 232, 218), (74, 116, 84), (206, 84, 92)),
        trim=Trim(rib_m=0.010),
        words="cream top with twigs and berries and three-quarter sleeves",
        kind="floral",
        split=REPORTING,
    ),
    "r_logo": Garment(
        cut=Cut(sleeve_m=0.22, neck_drop_m=0.046, ease_m=0.020),
        pattern=printed(plain((226, 122, 84)), compass((250, 240, 222), (48, 60, 92)), width_m=0.13),
        trim=Trim(rib=(48, 60, 92)),
        words="orange tee with a compass emblem on the chest",
        kind="logo",
        split=REPORTING,
    ),
    "r_text": Garment(
        cut=Cut(sleeve_m=0.15, neck_half_m=0.098, neck_drop_m=0.098, ease_m=0.013),
        pattern=lettering((238, 236, 232), (30, 74, 128), "NORTH", width_m=0.20, centre_z=0.345),
        trim=Trim(rib_m=0.012),
        words="off-white scoop-neck tee with the word NORTH",
        kind="text",
        split=REPORTING,
    ),
    "r_blocks": Garment(
        cut=Cut(sleeve_m=0.475, neck_half_m=0.112, neck_drop_m=0.036, ease_m=0.018, hem_z=-0.015),
        pattern=slant((232, 214, 208), (150, 44, 62), (62, 110, 110), (62, 110, 110)),
        trim=Trim(rib_m=0.012),
        words="long-sleeved boat-neck top with a slanting red band",
        kind="blocks",
        split=REPORTING,
    ),
}
