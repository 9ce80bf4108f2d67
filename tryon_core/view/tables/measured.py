"""Measurements and data of a step in words: beside their bars, and what they say of an edit itself."""

from collections.abc import Mapping
from typing import Any

from ...records import Measurement, canonical
from ..units import in_words

Checks = Mapping[str, Measurement | str]

_LONGEST = 160  # characters of JSON that a person reads
WAYS = {"L": ("darker", "lighter"), "a": ("greener", "redder"), "b": ("bluer", "yellower")}  # axes of CIELAB, - and +


def misses(found: Measurement) -> bool:
    """Whether a measurement lies on the wrong side of its bar."""
    if found.bar is None:
        return False
    return found.value > found.bar if found.better == "lower" else found.value < found.bar


def against_bar(found: Measurement) -> str:
    """A measurement in words beside its bar, e.g. '17 % of torso length (at most 11 %)'."""
    amount = in_words(found.unit).amount(found.value)
    return amount if found.bar is None else f"{amount} ({bound(found)})"


def bound(found: Measurement) -> str:
    """What a measurement is held to, e.g. 'at most 11 %'."""
    return f"at {'most' if found.better == 'lower' else 'least'} {in_words(found.unit).number(found.bar)}"


def score_words(scores: Checks) -> tuple[str, ...]:
    """A step's numbers beside their bars, or why there is none; those that `edit_words` says are left out."""
    return tuple(
        f"{name.replace('_', ' ')} {against_bar(found)}"
        if isinstance(found, Measurement)
        else f"{name.replace('_', ' ')}: {found}"
        for name, found in scores.items()
        if not is_edit_check(name)
    )


def data_rows(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a flow found, by name, as text: lists with commas, what is nested as JSON, of a long one what is in it."""
    return tuple((name.replace("_", " "), _plain(value)) for name, value in data.items())


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int) or value is None:
        return "none" if value is None else str(value)
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return ", ".join(_plain(part) for part in value)
    text = canonical(value)
    if len(text) <= _LONGEST:
        return text
    return ", ".join(value) if isinstance(value, dict) else f"{len(value)} entr{'y' if len(value) == 1 else 'ies'}"


# ---- the checks of an edit (pictures/edit_checks.py) -----------------------------------------------------------------


def is_edit_check(name: str) -> bool:
    return name.startswith(("frame_", "colour_drift")) or name in ("edited_share", "put_back")


def edit_words(checks: Checks) -> str:
    """Where the picture lies, what became of its colours, what was put back; '' where nothing was checked.

    Only what misses its bar is called a change: within it the measurement cannot tell it from none.
    """
    parts = (_frame_words(checks), _colour_words(checks), *_put_back_words(checks))
    return "; ".join(dict.fromkeys(filter(None, parts)))


def _frame_words(checks: Checks) -> str:
    """E.g. 'moved 3.1 px right and 1.0 px down, drawn 1.2 % larger'."""
    match checks.get("frame_shift"), checks.get("frame_scale"):
        case Measurement() as shift, Measurement() as scale:
            changes = [_moved(checks)] if misses(shift) else []
            larger = f"drawn {_percent(abs(scale.value - 1), 1)} {_way(scale, 1, 'smaller', 'larger')}"
            changes += [larger] if misses(scale) else []
        case str(why), _:
            return f"not compared with the photograph: {why}"
        case _:
            return ""
    turn = checks.get("frame_turn")
    if isinstance(turn, Measurement) and misses(turn):
        changes.append(f"turned {abs(turn.value):.1f}° {_way(turn, 0, 'anticlockwise', 'clockwise')}")
    return ", ".join(changes) or f"lies as photographed, to {shift.bar:.1f} px"


def _moved(checks: Checks) -> str:
    ways = {"frame_shift_x": ("left", "right"), "frame_shift_y": ("up", "down")}
    shifts = [(checks[name], *way) for name, way in ways.items()]
    moves = [f"{abs(by.value):.1f} px {_way(by, 0, *way)}" for by, *way in shifts if misses(by)]
    return "moved " + (" and ".join(moves) or f"{checks['frame_shift'].value:.1f} px")


def _colour_words(checks: Checks) -> str:
    """E.g. 'colours outside the edit drifted by 2.4 CIEDE2000 (lighter, yellower)'."""
    drift = checks.get("colour_drift")
    if isinstance(drift, str):
        return "" if drift == checks.get("frame_shift") else f"colours not compared: {drift}"
    if drift is None:
        return ""
    amount = f"{drift.value:.1f} {drift.unit}"
    if not misses(drift):
        return f"colours outside the edit kept ({amount})"
    axes = [(checks[f"colour_drift_{axis}"], way) for axis, way in WAYS.items()]
    ways = ", ".join(_way(by, 0, *way) for by, way in axes if misses(by))
    return f"colours outside the edit drifted by {amount}" + (f" ({ways})" if ways else "")


def _put_back_words(checks: Checks) -> list[str]:
    share, back = checks.get("edited_share"), checks.get("put_back")
    edited = [f"edit: {_percent(share.value)} {share.unit}"] if isinstance(share, Measurement) else []
    match back:
        case Measurement():
            return [*edited, f"{_percent(back.value)} put back as photographed"]
        case str(why):
            return [*edited, "left as drawn" if why == checks.get("frame_shift") else f"left as drawn: {why}"]
    return edited


def _way(found: Measurement, still: float, below: str, above: str) -> str:
    return above if found.value > still else below


def _percent(share: float, decimals: int = 0) -> str:
    return f"{100 * share:.{decimals}f} %"
