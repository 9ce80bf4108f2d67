"""A garment's features in words for a prompt: what was measured, no fibre, no cut, no guess."""

from .cloth_palette import Swatch
from .cloth_pattern import Pattern
from .cloth_texture import Texture

NAMED = 3  # colours that a prompt names
LEAST = 0.03  # share of the cloth from which a colour is named as part of a pattern
DETAILS = 0.2  # share of the cloth below which what stands beside the ground are details, else blocks of colour
WAYS = ("horizontal", "diagonal", "vertical", "diagonal")  # of lines, every 45 degrees from 0
FINE, BROAD = 0.03, 0.12  # period as a share of the garment's width
SMOOTH = 0.5  # L* of the strongest response at periods of 4 and 8 px: plain rendered cloth has 0.18-0.35
_FIGURES = {"floral": "floral pattern", "complex": "pattern"}


def words_for(palette: tuple[Swatch, ...], pattern: Pattern | None, texture: Texture, noun: str = "garment") -> str:
    """E.g. 'a navy garment with broad white horizontal stripes', 'a smooth tan garment'.

    palette   at least one colour
    """
    ground = f"smooth {palette[0].name}" if _is_smooth(palette, texture) else palette[0].name
    subject = f"{'an' if ground[0] in 'aeiou' else 'a'} {ground} {noun}"
    if pattern is None or pattern.kind == "solid":
        others = _others(palette, 0.0)
        place = "details" if palette[0].share > 1 - DETAILS else "blocks"
        return f"{subject} with {others} {place}" if others else subject
    parts = (_size(pattern), _others(palette, LEAST), _way(pattern), _FIGURES.get(pattern.kind, pattern.kind))
    return f"{subject} with " + " ".join(part for part in parts if part)


def _is_smooth(palette: tuple[Swatch, ...], texture: Texture) -> bool:
    """Cloth of one colour, where a pattern's edges are no texture."""
    return len(palette) == 1 and max(max(row) for row in texture.gabor[:2]) < SMOOTH


def _others(palette: tuple[Swatch, ...], least: float) -> str:
    """The names beside the ground's, each once."""
    names = dict.fromkeys(swatch.name for swatch in palette[1:] if swatch.share >= least)
    return " and ".join([name for name in names if name != palette[0].name][: NAMED - 1])


def _size(pattern: Pattern) -> str:
    if pattern.period_share is None or FINE <= pattern.period_share <= BROAD:
        return ""
    return "fine" if pattern.period_share < FINE else "broad"


def _way(pattern: Pattern) -> str:
    if pattern.kind != "stripes" or pattern.angle_deg is None:
        return ""
    return WAYS[round(pattern.angle_deg / 45) % 4]
