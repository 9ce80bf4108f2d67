"""What can be changed about a drawing: typed, bounded, and moved by a judge's fixes or by noise."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from ....errors import BadInput
from ....records import Fix, Noise

# Bounds are what still looks like a garment on the sample pictures; units as in aspects.ASPECTS.
BOUNDS = {
    "length": (-0.6, 0.6),
    "sleeve": (-0.8, 0.8),
    "width": (-0.3, 0.4),
    "neckline": (-0.15, 0.35),
    "shift_down": (-0.2, 0.2),
    "shift_right": (-0.2, 0.2),
    "lightness": (-20.0, 20.0),
    "chroma": (-25.0, 25.0),
    "sharpness": (-0.3, 1.5),
    "shading": (-1.0, 1.0),
    "edge": (-0.9, 4.0),
    "cover": (0.0, 1.0),
}
# One standard deviation of noise, per parameter: 1.5-3 % of the torso, the arm or the shoulders, and visible in light.
# Nothing moves down as a whole: a garment hangs from the shoulders, or from the waist, and would bare them.
_NOISE_SCALE = {
    "length": 0.035,
    "sleeve": 0.03,
    "width": 0.03,
    "neckline": 0.015,
    "shift_right": 0.015,
    "shading": 0.25,
}
_NOISE_BEND = 0.012  # of each wave that bends the torso, in shoulder widths
_MOST_NOISE = 2.0  # standard deviations; beyond, a print is visibly crooked and a sleeve leaves its armpit


@dataclass(frozen=True, kw_only=True)
class WarpParameters:
    """Offsets from the best blind drawing, which is all zeros. Names and units are those of aspects.ASPECTS.

    bend_K   small offsets of the torso's control points, in shoulder widths; from noise alone
    """

    length: float = 0.0
    sleeve: float = 0.0
    width: float = 0.0
    neckline: float = 0.0
    shift_down: float = 0.0
    shift_right: float = 0.0
    lightness: float = 0.0
    chroma: float = 0.0
    sharpness: float = 0.0
    shading: float = 0.0
    edge: float = 0.0
    cover: float = 0.0
    bend_K: tuple[float, ...] = (0.0,) * 8

    def __post_init__(self) -> None:
        for name, (low, high) in BOUNDS.items():
            value = getattr(self, name)
            if not low <= value <= high:  # also catches NaN
                raise BadInput(f"{name} is {value}; it must lie between {low} and {high}")


def apply_fixes(parameters: WarpParameters, fixes: Sequence[Fix]) -> WarpParameters:
    """Add amount x strength of every fix that names a parameter, then clip to BOUNDS; words alone are ignored."""
    return _moved(
        parameters, {name: sum(fix.amount * fix.strength for fix in fixes if fix.aspect == name) for name in BOUNDS}
    )


def apply_noise(parameters: WarpParameters, noise: Noise) -> WarpParameters:
    """Jitter geometry and shading a little; seed 0 without steps changes nothing."""
    draw = np.clip(gaussian(noise, len(_NOISE_SCALE) + len(parameters.bend_K)), -_MOST_NOISE, _MOST_NOISE)
    jitter = {name: scale * value for (name, scale), value in zip(_NOISE_SCALE.items(), draw, strict=False)}
    bend_K = tuple(
        old + _NOISE_BEND * float(value)
        for old, value in zip(parameters.bend_K, draw[len(_NOISE_SCALE) :], strict=True)
    )
    return replace(_moved(parameters, jitter), bend_K=bend_K)


def gaussian(noise: Noise, size: int) -> np.ndarray:
    """float64 (size,): the vector a noise recipe stands for.

    Seed 0 is the zero vector, the best blind drawing. A step (seed, t) keeps the norm and turns towards a direction
    drawn from its seed: y = |x| (t u + sqrt(1 - t^2) w). The zero vector has no direction: its first step goes
    sqrt(1 - t^2) of a usual norm, sqrt(size), along w.

    raises   BadInput for a step with t outside -1 to 1
    """
    x = np.random.default_rng(noise.seed).standard_normal(size) if noise.seed else np.zeros(size)
    for seed, t in noise.steps:
        if not -1 <= t <= 1:
            raise BadInput(f"a noise step keeps a share t of the old direction, between -1 and 1; got {t}")
        w, norm = np.random.default_rng(seed).standard_normal(size), float(np.linalg.norm(x))
        u = x / norm if norm > 0 else np.zeros(size)
        w = w - (w @ u) * u
        x = (norm or size**0.5) * (t * u + (1 - t * t) ** 0.5 * w / np.linalg.norm(w))
    return x


def _moved(parameters: WarpParameters, by: dict[str, float]) -> WarpParameters:
    known = {field.name for field in fields(WarpParameters)}
    return replace(
        parameters,
        **{
            name: float(np.clip(getattr(parameters, name) + amount, *BOUNDS[name]))
            for name, amount in by.items()
            if name in known
        },
    )
