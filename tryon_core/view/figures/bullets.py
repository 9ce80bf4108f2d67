"""Bullet bars: each measurement on a scale of its own, so that all the bars they must keep to stand in one line."""

import math

from matplotlib.axes import Axes

from ...records import Measurement
from ..tables.measured import bound, misses
from ..units import in_words
from .chart import TEXT_PT, cut
from .palette import MARKS, Theme

_UNIT_CHARACTERS = 39  # that fit under a number


def on_scale(found: Measurement) -> float | None:
    """Where a value lies on a scale on which its bar is 1 and both ends are 0 and 2; beyond the ends is at the end.

    It is value / bar; around a bar of 0, the distance to it. None without a bar.
    """
    if found.bar is None:
        return None
    away = found.value - found.bar
    return min(max(1 + away / (abs(found.bar) or abs(away) or 1.0), 0.0), 2.0)


def bullets(axes: Axes, measured: dict[str, Measurement], theme: Theme) -> None:
    """A row per measurement, the one nearest to failing on top, those without a bar last.

    Names stand left of the axes, numbers right of them.
    """
    rows = sorted(measured.items(), key=lambda item: _distance(item[1]))
    axes.set(xlim=(0, 2), ylim=(len(rows) - 0.5, -0.5))
    for row, (name, found) in enumerate(rows):
        _bullet(axes, row, name, found, theme)
    small = {"fontsize": TEXT_PT - 2, "color": theme.soft}
    axes.text(1, -0.65, "bar", ha="center", **small)
    axes.text(-0.12, -0.65, "shaded: good", ha="right", **small)


def _distance(found: Measurement) -> float:
    """How far a value is on the good side of its bar; below 0 where it misses it."""
    place = on_scale(found)
    if place is None:
        return math.inf
    beyond = place - 1
    return -beyond if found.better == "lower" else beyond


def _bullet(axes: Axes, row: int, name: str, found: Measurement, theme: Theme) -> None:
    value, missed, unit = on_scale(found), misses(found), in_words(found.unit)
    number = f"{unit.before} {unit.number(found.value)}".strip()
    small = {"va": "center", "fontsize": TEXT_PT - 2, "parse_math": False}
    axes.text(
        2.12, row + 0.22, cut(unit.after, _UNIT_CHARACTERS), color=theme.soft, **{**small, "fontsize": TEXT_PT - 3}
    )
    if value is None:
        axes.text(-0.12, row, name.replace("_", " "), ha="right", color=theme.ink, **small)
        axes.text(2.12, row - 0.19, f"{number} (no bar)", color=theme.ink, **small)
        return
    shade, ink = (theme.warning, theme.warning) if missed else (theme.accent, theme.ink)
    good_from = 0 if found.better == "lower" else 1
    axes.barh(row, 1, 0.78, left=good_from, color=theme.faint)
    axes.barh(row, value, 0.3, color=shade)
    axes.plot([1, 1], [row - 0.4, row + 0.4], color=theme.ink, lw=1.6)
    if value in (0.0, 2.0) and missed:  # off the scale
        axes.plot(value, row, marker=">" if value else "<", color=shade, ms=6, clip_on=False)
    mark = MARKS["failed" if missed else "met"]
    axes.text(-0.12, row, f"{mark} {name.replace('_', ' ')}", ha="right", color=ink, **small)
    axes.text(2.12, row - 0.19, f"{number} ({bound(found)})", color=ink, **small)
