"""What was measured of a garment, as figures: its palette, how it repeats, its texture.

Drawn from `pictures.describing`; for the same picture and mask as the features.
"""

# Shapes: H, W rows and columns; V, U shifts down and right; 3 is RGB.
from types import SimpleNamespace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure

from ...pictures.describing.cloth_palette import Swatch, inside
from ...pictures.describing.cloth_pattern import Pattern
from ...pictures.describing.cloth_texture import ANGLES_DEG, FREQUENCIES, Texture
from ...pictures.describing.described import GarmentFeatures
from ...pictures.describing.self_likeness import DIRECTIONS, SelfLikeness, self_likeness
from ...pictures.features import to_lab
from ...pictures.masks import box_of
from ..tables.totals import joined
from .chart import TEXT_PT, empty, style, words
from .notebook_theme import themed
from .palette import Theme, ink_on

_MEASURED = SimpleNamespace(caution="")  # plain code measured it: no model to warn of
_ROW_IN, _HEAD_IN = 0.34, 1.25
_NAMED = 3  # colours in a title
_LBP = ("spot", "1", "2", "3", "edge", "5", "6", "7", "flat", "mixed")  # how many of 8 neighbours are as bright
_DIRECTED = 1.5  # times the middle angle's response, from which one angle stands out
_FAINT = 1.0  # L* of a Gabor response below which cloth looks smooth
_CELL = {"ha": "center", "va": "center", "fontsize": TEXT_PT - 1}


@themed
def palette(features: GarmentFeatures, theme: Theme | None = None) -> Figure:
    """The colours of a garment by share, each with its name, share and sRGB code."""
    if not features.palette:
        return words(_MEASURED, "No colours were measured", features.unmeasured["palette"], theme)
    swatches = features.palette
    figure = empty(
        _MEASURED, _palette_finding(swatches), _HEAD_IN + _ROW_IN * len(swatches), theme,
        note="Modes of the Lab histogram inside the mask. Pixels that are mixed on edges count to the nearest colour.",
    )  # fmt: skip
    axes = figure.add_subplot()
    style(axes, theme)
    shares, colours = [100 * swatch.share for swatch in swatches], [to_hex(np.array(s.rgb) / 255) for s in swatches]
    axes.barh(range(len(swatches)), shares, color=colours, edgecolor=theme.soft, linewidth=0.8, height=0.8)
    for row, (share, colour) in enumerate(zip(shares, colours, strict=True)):
        axes.text(share + 1, row, f"{share:.0f} %  {colour}", va="center", color=theme.ink, fontsize=TEXT_PT - 1)
    axes.set_yticks(range(len(swatches)), [swatch.name for swatch in swatches], color=theme.ink)
    axes.set(ylim=(len(swatches) - 0.4, -0.6), xlim=(0, 118), xticks=range(0, 101, 20), xlabel="share of the cloth, %")
    axes.grid(False)
    return figure


def _palette_finding(swatches: tuple[Swatch, ...]) -> str:
    named = joined([f"{swatch.name} {100 * swatch.share:.0f} %" for swatch in swatches[:_NAMED]])
    if len(swatches) == 1:
        return f"The cloth has one colour: {swatches[0].name}"
    return f"The cloth has {len(swatches)} colours, {'most of all ' * (len(swatches) > _NAMED)}{named}"


# ---- how it repeats --------------------------------------------------------------------------------------------------


@themed
def pattern_spectrum(
    image_HW3: np.ndarray, mask_HW: np.ndarray, features: GarmentFeatures, theme: Theme | None = None
) -> Figure:
    """The cloth, its likeness to itself at every shift, and along the shift of the found period."""
    pattern = features.pattern
    if pattern is None:
        return words(_MEASURED, "No pattern was measured", features.unmeasured["pattern"], theme)
    likeness = self_likeness(to_lab(image_HW3), inside(mask_HW))
    note = "Likeness is the autocorrelation inside the mask: 1 where the shifted cloth is the same, 0 unrelated."
    figure = empty(_MEASURED, _pattern_finding(pattern), 4.0, theme, note=note)
    cloth, shifts, along = figure.subplots(1, 3, width_ratios=(0.8, 1.15, 1.05))
    _draw_cloth(cloth, image_HW3, mask_HW)
    _draw_shifts(shifts, likeness, pattern, theme)
    _draw_along(along, likeness, pattern, theme)
    return figure


def _pattern_finding(pattern: Pattern) -> str:
    kind = pattern.kind.capitalize()
    if pattern.kind == "solid":
        return f"Solid: no pattern repeats over the cloth (contrast {pattern.contrast:.1f} Lab units)"
    if pattern.period_px is None or pattern.period_share is None:
        return f"{kind}: the motifs do not repeat at any shift (contrast {pattern.contrast:.1f} Lab units)"
    period = f"every {pattern.period_px:.0f} px, {100 * pattern.period_share:.1f} % of the garment's width"
    return f"{kind} at {pattern.angle_deg:.0f}°, {period}: {100 * pattern.strength:.0f} % alike one period on"


def _draw_cloth(axes: Axes, image_HW3: np.ndarray, mask_HW: np.ndarray) -> None:
    box = box_of(mask_HW, 4)
    shown = np.where(mask_HW[box][..., None], image_HW3[box], (0.25 * image_HW3[box] + 160).astype(np.uint8))
    axes.imshow(shown)
    axes.set_axis_off()


def _draw_shifts(axes: Axes, likeness: SelfLikeness, pattern: Pattern, theme: Theme) -> None:
    reach = likeness.reach * likeness.shrunk_by
    drawn = axes.imshow(likeness.map_VU, cmap="RdBu_r", vmin=-1, vmax=1, extent=(-reach, reach, -reach, reach))
    style(axes, theme)
    axes.grid(False)
    axes.set(xlabel="shift to the right, px", ylabel="shift up, px")
    scale = axes.figure.colorbar(drawn, ax=axes, ticks=(-1, 0, 1), shrink=0.75, pad=0.03)
    scale.ax.tick_params(colors=theme.soft, length=0)
    scale.outline.set_visible(False)
    if pattern.period_px is not None:
        way = pattern.period_px * _unit(_shift_deg(pattern))
        axes.annotate("", tuple(way), (0, 0), arrowprops={"arrowstyle": "-|>", "color": "black", "lw": 2})


def _draw_along(axes: Axes, likeness: SelfLikeness, pattern: Pattern, theme: Theme) -> None:
    ray_R = likeness.rays()[round(_shift_deg(pattern)) % DIRECTIONS]
    axes.plot(np.arange(len(ray_R)) * likeness.shrunk_by, ray_R, color=theme.ink, lw=1.5)
    style(axes, theme)
    axes.set(
        xlabel=f"shift along {_shift_deg(pattern):.0f}°, px", ylabel="likeness", ylim=(-1.05, 1.12), xlim=(0, None)
    )
    if pattern.period_px is not None:
        axes.axvline(pattern.period_px, color=theme.warning, lw=1.5)
        label = f" {pattern.period_px:.1f} px"
        axes.text(pattern.period_px, 1.03, label, color=theme.warning, fontsize=TEXT_PT - 1, va="center")


def _shift_deg(pattern: Pattern) -> float:
    """The direction of the shift: across lines, along rows; across the horizontal where nothing repeats."""
    if pattern.angle_deg is None:
        return 90.0
    return (pattern.angle_deg + 90 * (pattern.kind in ("stripes", "checks"))) % 180


def _unit(angle_deg: float) -> np.ndarray:
    return np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])


# ---- texture ---------------------------------------------------------------------------------------------------------


@themed
def texture(features: GarmentFeatures, theme: Theme | None = None) -> Figure:
    """Gabor responses by period and angle, and the shares of local binary patterns."""
    measured = features.texture
    if measured is None:
        return words(_MEASURED, "No texture was measured", features.unmeasured["texture"], theme)
    note = (
        f"Co-occurrence of grey levels inside the mask: contrast {measured.contrast:.2f}, homogeneity "
        f"{measured.homogeneity:.2f}, energy {measured.energy:.2f}, correlation {measured.correlation:.2f}."
    )
    figure = empty(_MEASURED, _texture_finding(measured), 3.9, theme, note=note)
    gabor, lbp = figure.subplots(1, 2, width_ratios=(1.0, 1.1))
    _draw_gabor(gabor, np.array(measured.gabor), theme)
    _draw_lbp(lbp, measured, theme)
    return figure


def _texture_finding(measured: Texture) -> str:
    gabor_FA = np.array(measured.gabor)
    row, column = np.unravel_index(np.argmax(gabor_FA), gabor_FA.shape)
    if gabor_FA.max() < _FAINT:
        return f"The cloth is smooth: no response above {gabor_FA.max():.1f} L*"
    period = f"about {1 / FREQUENCIES[row]:.0f} px apart"
    if gabor_FA[row, column] < _DIRECTED * np.median(gabor_FA[row]):
        return f"The strongest texture has details {period}, in no one direction"
    return f"The strongest texture has lines at {ANGLES_DEG[column]}°, {period}"


def _draw_gabor(axes: Axes, gabor_FA: np.ndarray, theme: Theme) -> None:
    heat = LinearSegmentedColormap.from_list("response", theme.heat)
    most = max(float(gabor_FA.max()), _FAINT)
    axes.imshow(gabor_FA, cmap=heat, vmin=0, vmax=most, aspect="auto")
    for (row, column), value in np.ndenumerate(gabor_FA):
        axes.text(column, row, f"{value:.1f}", color=ink_on(to_hex(heat(value / most))), **_CELL)
    style(axes, theme)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(range(len(ANGLES_DEG)), [f"{angle}°" for angle in ANGLES_DEG])
    axes.set_yticks(range(len(FREQUENCIES)), [f"{1 / frequency:.0f}" for frequency in FREQUENCIES])
    axes.set(xlabel="angle of the lines", ylabel="period, px as read")
    axes.set_title("Gabor response, L*", loc="left", fontsize=TEXT_PT, color=theme.ink)


def _draw_lbp(axes: Axes, measured: Texture, theme: Theme) -> None:
    axes.bar(range(len(measured.lbp)), [100 * share for share in measured.lbp], color=theme.accent)
    style(axes, theme)
    axes.set_xticks(range(len(_LBP)), _LBP, fontsize=TEXT_PT - 2)
    axes.set(ylabel="share of pixels, %", xlabel="neighbours as bright, of 8")
    axes.set_title("Local binary patterns", loc="left", fontsize=TEXT_PT, color=theme.ink)
