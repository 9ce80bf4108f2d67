"""Measured amounts in words: a share as a percentage, a distance with its scale, any other number with its unit."""

import re
from typing import NamedTuple


class Unit(NamedTuple):
    """How a number of a unit is said: what stands before it, what it is multiplied by, what stands after it."""

    before: str = ""
    factor: float = 1.0
    after: str = ""

    def number(self, value: float, sign: str = "") -> str:
        """Three digits, in percent where it is a share; `sign` is '+' where an amount is a change."""
        scaled = value * self.factor
        digits = f"< {1e-4:.4f}" if 0 < abs(scaled) < 1e-4 else f"{scaled:{sign}.3g}"
        return f"{digits} %" if self.factor == 100 else digits

    def amount(self, value: float, sign: str = "") -> str:
        """E.g. '17 % of torso length', 'differs by 0.17 on a scale of 0 to 1'."""
        after = self.after.removesuffix("s") if value == 1 and self.after in _COUNTED else self.after
        return " ".join(filter(None, (self.before, self.number(value, sign), after)))

    @property
    def axis(self) -> str:
        """What an axis of such numbers, multiplied, is labelled with; '' for a number without a unit."""
        words = f"% {self.after}".rstrip() if self.factor == 100 else f"{self.before} {self.after}".strip()
        is_aside = words.startswith("(") and words.endswith(")")
        return words[1:-1] if is_aside else words


_COUNTED = ("holes", "pieces", "pixels", "degrees")  # 1 of them is said without the s
_JUST_SEEN = "(1 can just be seen)"
_SAID = {  # units that are no words yet, as judges and checks write them
    "1 - cosine of the spectra": Unit("differs by", 1, "on a scale of 0 to 1"),
    "1 - SSIM over the face": Unit("differs by", 1, "on a scale of 0 to 2"),
    "distance of the faces' numbers": Unit("differs by", 1, "(0 same picture, 0.6 another person)"),
    "distance between the eyes": Unit("", 100, "of the distance between the eyes"),
    "shoulder widths squared, largest piece": Unit("", 100, "of shoulder width², largest piece"),
    "CIEDE2000": Unit("", 1, f"CIEDE2000 {_JUST_SEEN}"),
    "CIEDE2000, median over the scene": Unit("", 1, f"CIEDE2000, median {_JUST_SEEN}"),
    "L*": Unit("", 1, "of lightness (L*, 0 to 100)"),
    "L*, median": Unit("", 1, "of lightness (L*, 0 to 100), median"),
    "units of L* (Wasserstein, shift removed)": Unit("", 1, "of lightness (L*), its shift removed"),
    "units of a*, b* (sliced Wasserstein)": Unit("", 1, f"of hue and chroma {_JUST_SEEN}"),
    "Lab units beyond the garment's own lines": Unit("", 1, "CIELAB units over the garment's lines"),
    "share of shoulder width, median along the outline": Unit("", 100, "of shoulder width, along the outline"),
    "0 to 1": Unit("", 1, "of 1"),
    "of a circle's": Unit("", 1, "of a circle's (1 is a circle)"),
    "IoU": Unit("overlaps by", 1, "(IoU, 1 is equal)"),
    "SSIM": Unit("", 1, "(SSIM, 1 is equal)"),
    "cosine": Unit("", 1, "(cosine, 1 is equal)"),
    "100 x cosine": Unit("", 1, "(100 x cosine)"),
    "pixels at 1024": Unit("", 1, "pixels of 1024 on the longer side"),
}
_OCTAVES = re.compile(r"octaves of (.+)")
_REST = re.compile(r"1 - (.+)")
_SHARE = re.compile(r"share(?: (of .+))?|(of the (?:picture|mask|filled mask|convex hull)\b.*)")


def in_words(unit: str) -> Unit:
    """How a number of this unit is said. A unit in words of its own stands after its number as it is."""
    if unit in _SAID:
        return _SAID[unit]
    if share := _SHARE.fullmatch(unit):
        return Unit("", 100, share[1] or share[2] or "")
    if octaves := _OCTAVES.fullmatch(unit):
        return Unit("", 1, f"octaves of {octaves[1]} (1 doubles it)")
    if rest := _REST.fullmatch(unit):
        return Unit("differs by", 1, f"(1 minus {rest[1]}; 0 is equal)")
    return Unit("", 1, unit.replace("Lab units", "CIELAB units"))
