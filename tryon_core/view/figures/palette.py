"""One colour a constraint, by gate position, the same in every figure and page; ink and paper for light and dark.

The seven hues are Okabe and Ito's (Color Universal Design, 2008; safe for red-green and blue-yellow blindness) without
black, their yellow darkened so that it can be seen on white. Colour never stands alone: each constraint also has its
gate number, each verdict its own mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ...rubrics.rules import Rubric

_HUES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8A500", "#56B4E9", "#E69F00")

MARKS = {"met": "✓", "failed": "✗", "not_applicable": "–", "unscored": "?"}


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours of a figure that are not data; '#RRGGBB'."""

    ink: str
    soft: str  # axes, notes
    faint: str  # grid, empty cells
    paper: str
    warning: str
    accent: str  # data that is no constraint
    heat: tuple[str, str]  # failure rate 0 and 1


LIGHT = Theme(
    ink="#1d2329",
    soft="#59636e",
    faint="#e3e7eb",
    paper="#ffffff",
    warning="#a03500",
    accent="#78a6ca",
    heat=("#f4f7fa", "#08436e"),
)
DARK = Theme(
    ink="#e6e9ec",
    soft="#a3adb8",
    faint="#343b43",
    paper="#191d22",
    warning="#ffb27d",
    accent="#4a7fa8",
    heat=("#232a31", "#9fd0f5"),
)


def colours(rubric: Rubric) -> dict[str, str]:
    """Constraint -> '#RRGGBB', by gate position; an eighth constraint begins again."""
    return hues(rubric.keys)


def hues(names: Iterable[str]) -> dict[str, str]:
    """Name -> '#RRGGBB', in order; an eighth begins again."""
    return {name: _HUES[i % len(_HUES)] for i, name in enumerate(names)}


def gates(rubric: Rubric) -> dict[str, int]:
    """Constraint -> its place in gate order, from 1."""
    return {key: i for i, key in enumerate(rubric.keys, start=1)}


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read on this colour (WCAG 2 relative luminance; above 0.18 black wins)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"
