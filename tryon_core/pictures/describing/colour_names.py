"""Plain names of cloth colours: the nearest of a table by CIEDE2000.

The table is our own: for each name the sRGB colours of cloth that we would call so, several where a name is wide (black
cloth is photographed up to L* 15, white cloth in shade down to L* 88). It was checked against the named colours of CSS
Color 4 (W3C) and the XKCD colour survey (2010, CC0), which name light on a screen and are more vivid than cloth.
"""

from functools import lru_cache

import numpy as np

from ..features import colour_difference, to_lab

NAMED = {
    "black": ("#060607", "#141416", "#232326"),
    "charcoal": ("#36373b", "#45474b"),
    "dark grey": ("#5a5b5e",),
    "grey": ("#7f8083", "#979799"),
    "light grey": ("#b4b5b8", "#cbccce"),
    "white": ("#ffffff", "#f1f1f1", "#e3e4e6"),
    "cream": ("#f6efdb", "#ece3cb"),
    "beige": ("#ddceb2", "#cdbda4"),
    "tan": ("#c6a57c",),
    "camel": ("#b4844c",),
    "taupe": ("#8c7d70",),
    "brown": ("#6f4a2f", "#8a5a3a", "#854a1e"),
    "dark brown": ("#3a261b",),
    "khaki": ("#a19767",),
    "olive": ("#5d5c2e", "#73713a"),
    "sage": ("#9cab8a",),
    "mint": ("#aee0c6",),
    "lime": ("#a9d63f",),
    "green": ("#2f8a42", "#4ba457"),
    "dark green": ("#143d27", "#23533a"),
    "teal": ("#146c72", "#1f8a8c"),
    "turquoise": ("#3cc3c4",),
    "light blue": ("#a8c9e6", "#c3d9ee"),
    "sky blue": ("#6cb0e4",),
    "blue": ("#2a62c9", "#3f7dc0"),
    "royal blue": ("#2440a8",),
    "denim blue": ("#4a658c", "#6d87a8"),
    "slate": ("#5c6873",),
    "navy": ("#121c38", "#1d2b54", "#28375c"),
    "lavender": ("#bdb0de",),
    "purple": ("#6d3b93",),
    "plum": ("#552549",),
    "burgundy": ("#6b1c2e", "#4f1523"),
    "red": ("#c2202d", "#dc3a36"),
    "rose": ("#c46c7d",),
    "pink": ("#efa5bc", "#f6cbd7"),
    "hot pink": ("#e4458f",),
    "magenta": ("#b32481",),
    "coral": ("#ef7563",),
    "peach": ("#f5c19d",),
    "orange": ("#ee8022", "#fa9a14"),
    "rust": ("#a44c24",),
    "mustard": ("#c99b26", "#e3b04a"),
    "yellow": ("#f2d640", "#f5e99f"),
}


def colour_name(lab_3: np.ndarray) -> str:
    """The plain English name of a Lab colour (3,), e.g. 'navy'."""
    names, lab_N3 = _table()
    return names[int(np.argmin(colour_difference(np.asarray(lab_3, np.float64), lab_N3)))]


@lru_cache(1)
def _table() -> tuple[list[str], np.ndarray]:
    pairs = [(name, [int(code[i : i + 2], 16) for i in (1, 3, 5)]) for name, codes in NAMED.items() for code in codes]
    return [name for name, _ in pairs], to_lab(np.uint8([[rgb for _, rgb in pairs]]))[0].astype(np.float64)
