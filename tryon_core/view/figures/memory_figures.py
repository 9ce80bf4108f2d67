"""Memory as figures: what a manager's models take now, and what a model would take of a card under each policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from ...models.device.forecast import forecast
from ...models.device.manager import Manager, Resident
from ...models.device.needs import Needs
from ...models.specs import TOY
from .chart import TEXT_PT, cut, empty, style
from .notebook_theme import themed
from .palette import Theme

AT_ONCE = (1, 2, 4, 8)
_HUES = {"weights": "#0072B2", "a call (estimate)": "#E69F00", "may be kept": "#009E73"}  # of palette.py's
_SHADES = ("#B36B00", "#E69F00", "#F3C766", "#FBE7BC")  # of a call, for more and more at once
_MEANING = {
    "resident": "all on the device",
    "offload": "a component at a time",
    "group": "a layer at a time",
    "fp8": "8-bit floats",
    "int8": "8-bit integers",
    "int4": "4-bit floats",
}
_ROW_IN, _FRAME_IN = 0.46, 1.7
_LEGEND_PT, _LEGEND_PAD = TEXT_PT - 1, 4.0  # the second in letters of the first


@dataclass(frozen=True)
class _Shown:
    """What a figure here is of; see chart.Drawn."""

    caution: str


@themed
def memory(manager: Manager, theme: Theme | None = None) -> Figure:
    """What a manager's models take now of its budget, end to end: weights by the storage of their tensors, shared ones
    with the model that was used last; what is promised to calls, an estimate; and what may be kept between calls."""
    rows = manager.resident()
    end = max([manager.bound, manager.held_bytes, 1.0])
    figure, axes = _panel([row.name for row in rows], _taken(manager, rows), len(rows), theme)
    start = 0.0
    for place, row in enumerate(rows):
        parts = (row.own, row.working, row.may_keep)
        _stack(axes, place, parts, tuple(_HUES.values()), start)
        start += sum(parts)
        axes.text(start + 0.01 * end, place, _beside(row), **_small(theme))
    axes.set_yticks(range(len(rows)), [_labelled(row) for row in rows], color=theme.ink, parse_math=False)
    _scale(axes, end, manager.bound, theme)
    _legend(axes, _HUES, theme)
    return figure


@themed
def memory_plan(
    name: str,
    theme: Theme | None = None,
    *,
    memory_gb: float,
    role: str = "",
    at_once: Sequence[int] = AT_ONCE,
    **options: Any,
) -> Figure:
    """What a model would take of a card, by policy, for a few batch sizes; nothing is loaded, and no GPU need be here.

    memory_gb  of the card, in 10^9 bytes
    at_once    up to four batch sizes, growing
    options    as models.load takes them, such as device='cuda' and weights=FOLDER
    raises     as device.forecast.forecast
    """
    plans = [forecast(name, role, **options, at_once=count) for count in at_once]
    first, bound = plans[0], memory_gb * 1e9
    figure, axes = _panel([name], _planned(plans, memory_gb), len(first.weights), theme)
    end = max([bound, *(plans[-1].total(policy) for policy in first.weights)])
    for place, policy in enumerate(first.weights):
        totals = [plan.total(policy) for plan in plans]
        more = [after - before for before, after in zip(totals, totals[1:], strict=False)]
        parts = (first.weights[policy], totals[0] - first.weights[policy], *more)
        _stack(axes, place, parts, (_HUES["weights"], *_SHADES), 0.0)
        axes.text(totals[-1] + 0.01 * end, place, _fits(plans, policy, bound), **_small(theme))
    labels = [f"{policy}: {_MEANING[policy]}" for policy in first.weights]
    axes.set_yticks(range(len(labels)), labels, color=theme.ink)
    _scale(axes, end, bound, theme)
    counts = {
        f"{'a call' if place == 0 else 'more'} for {count}": _SHADES[place] for place, count in enumerate(at_once)
    }
    _legend(axes, {"weights": _HUES["weights"], **counts}, theme)
    return figure


# ---- drawn -----------------------------------------------------------------------------------------------------------


def _panel(names: Sequence[str], finding: str, rows: int, theme: Theme) -> tuple[Figure, Axes]:
    toys = [name for name in names if name.startswith(TOY)]
    caution = f"{', '.join(dict.fromkeys(toys))}: random weights at toy size, not the large model's." if toys else ""
    figure = empty(_Shown(caution), finding, _FRAME_IN + _ROW_IN * max(rows, 1), theme)
    axes = figure.add_subplot()
    style(axes, theme)
    axes.set_ylim(max(rows, 1) - 0.4, -0.6)
    axes.grid(False)
    axes.grid(True, axis="x", color=theme.faint, lw=0.8)
    axes.spines[:].set_visible(False)
    return figure, axes


def _stack(axes: Axes, place: int, parts: Sequence[float], hues: Sequence[str], start: float) -> None:
    for size, hue in zip(parts, hues, strict=False):
        axes.barh(place, size, 0.56, left=start, color=hue)
        start += size


def _scale(axes: Axes, end: float, bound: float, theme: Theme) -> None:
    """An axis in GB, or MB where all is smaller, and the budget as a line."""
    unit, word = (1e9, "GB") if end >= 1e9 else (1e6, "MB")
    axes.set_xlim(0, 1.52 * end)
    ticks = [tick for tick in axes.get_xticks() if tick <= 1.05 * end]
    axes.set_xticks(ticks, [f"{tick / unit:.3g}" for tick in ticks])
    axes.set_xlabel(f"memory ({word})", loc="left")
    if bound:
        axes.axvline(bound, color=theme.warning, lw=2)
        axes.text(bound, -0.62, f" budget {bound / unit:.3g} {word}", **{**_small(theme), "color": theme.warning})


def _small(theme: Theme) -> dict[str, Any]:
    behind = {"facecolor": theme.paper, "edgecolor": "none", "pad": 0.5}
    return {"va": "center", "fontsize": TEXT_PT - 1.5, "color": theme.soft, "parse_math": False, "bbox": behind}


def _legend(axes: Axes, hues: Mapping[str, str], theme: Theme) -> None:
    """Below the axes and their label, from their left."""
    patches = [Patch(color=hue, label=label) for label, hue in hues.items()]
    left = axes.transAxes + ScaledTranslation(-_LEGEND_PAD * _LEGEND_PT / 72, 0, axes.figure.dpi_scale_trans)
    place = {"loc": "upper left", "bbox_to_anchor": (0, 0), "bbox_transform": left, "borderaxespad": _LEGEND_PAD}
    form = {"ncols": len(patches), "columnspacing": 1.2, "handlelength": 1.2, "frameon": False}
    axes.legend(handles=patches, **place, **form, fontsize=_LEGEND_PT, labelcolor=theme.ink)


# ---- said ------------------------------------------------------------------------------------------------------------


def amount(size: float) -> str:
    """Bytes as a person says them, in powers of ten: '18.2 GB', '705 kB'."""
    unit, word = next(((unit, word) for unit, word in ((1e9, "GB"), (1e6, "MB")) if size >= unit), (1e3, "kB"))
    return f"{size / unit:.3g} {word}"


def _taken(manager: Manager, rows: Sequence[Resident]) -> str:
    if not rows:
        return "No model is in memory: each is read when it is first used"
    of = f" of {amount(manager.bound)}" if manager.bound else ""
    once = ", their shared weights counted once" if any(row.shared for row in rows) else ""
    return f"{len(rows)} model{'s' * (len(rows) > 1)} in memory: {amount(manager.held_bytes)}{of}{once}"


def _labelled(row: Resident) -> str:
    return f"{cut(row.name, 28)}\n{row.policy or 'no plan'}{row.device and ' on ' + row.device}"


def _beside(row: Resident) -> str:
    """What the bar does not show."""
    said = [f"{amount(row.own)} of weights" if row.own else "weights not counted" if not row.shared else ""]
    said += [f"{amount(row.shared)} shared with one above"] if row.shared else []
    said += [f"read {row.loads} times"] if row.loads > 1 else []
    said += ["at work"] if row.at_work else []
    return ", ".join(filter(None, said))


def _planned(plans: Sequence[Needs], memory_gb: float) -> str:
    chosen = plans[0].first(memory_gb * 1e9)
    card = f"{plans[0].name} in {memory_gb:g} GB"
    if chosen is None:
        return f"{card}: under no policy that can be had here"
    most = max(plan.at_once for plan in plans if plan.first(memory_gb * 1e9) == chosen)
    return f"{card}: {chosen} ({_MEANING[chosen]}), {most} at a time"


def _fits(plans: Sequence[Needs], policy: str, bound: float) -> str:
    if plans[0].barred[policy]:
        return plans[0].barred[policy]
    fitting = [plan.at_once for plan in plans if plan.total(policy) <= bound]
    return f"{fitting[-1]} at a time fit{'s' * (fitting[-1] == 1)}" if fitting else "does not fit"
