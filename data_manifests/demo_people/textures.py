"""What cloth looks like: patterns, collar, seams and stitches, all drawn on reference coordinates.

A pattern maps flat cloth coordinates to colour. Shapes: N samples; 3 is linear RGB 0..1 or xyz in metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from garments import Cut, along_arm, edges, round_arm, sleeve_side
from noise import noise, smoothstep
from raster import to_linear
from scipy.ndimage import map_coordinates

Colour = tuple[int, int, int]  # sRGB 0..255
Pattern = Callable[["Cloth"], np.ndarray]  # -> (N, 3) linear RGB


@dataclass(frozen=True, kw_only=True)
class Cloth:
    """Samples of a garment, in coordinates a pattern can be cut from.

    points_N3       reference positions, metres
    across_N        round the body or the arm, metres; 0 in the middle of the front
    up_N            up the body, or back along the arm, metres
    on_sleeve_N     bool
    """

    points_N3: np.ndarray
    across_N: np.ndarray
    up_N: np.ndarray
    on_sleeve_N: np.ndarray


def rgb(colour: Colour) -> np.ndarray:
    """An sRGB colour as linear float32 (3,)."""
    return to_linear(np.array(colour, np.float32) / 255)


def lay_flat(points_N3: np.ndarray, joints: dict[str, np.ndarray]) -> Cloth:
    """Unroll torso and sleeves."""
    x, y, z = points_N3.T
    around = 0.135 * np.arctan2(x / 0.16, -(y + 0.02) / 0.11)
    along = along_arm(points_N3, joints)
    on_sleeve = sleeve_side(points_N3) > 0
    angle = round_arm(points_N3, joints)
    over_shoulder = (
        0.6 * np.clip(y + 0.10, 0, 0.14) * smoothstep(0.42, 0.51, z)
    )  # cloth runs on over the top of the shoulder
    return Cloth(
        points_N3=points_N3,
        across_N=np.where(on_sleeve, 0.05 * angle, around),
        up_N=np.where(on_sleeve, 0.50 - along, z + over_shoulder),
        on_sleeve_N=on_sleeve,
    )


def _mix(a: np.ndarray, b: np.ndarray, share_N: np.ndarray) -> np.ndarray:
    return a + (b - a) * share_N[:, None]


def plain(colour: Colour) -> Pattern:
    """One colour."""
    return lambda cloth: np.tile(rgb(colour), (len(cloth.up_N), 1))


def stripes(ground: Colour, stripe: Colour, *, repeat_m: float = 0.040, share: float = 0.45) -> Pattern:
    """Level stripes round the body and the sleeves."""

    def paint(cloth: Cloth) -> np.ndarray:
        phase = ((cloth.up_N + 0.006) / repeat_m) % 1
        on = smoothstep(0, 0.03, phase) * smoothstep(share + 0.03, share, phase)
        return _mix(rgb(ground), rgb(stripe), on)

    return paint


def checks(ground: Colour, band: Colour, line: Colour, *, repeat_m: float = 0.056) -> Pattern:
    """A woven check: two sets of half-transparent bands and a thin line."""

    def paint(cloth: Cloth) -> np.ndarray:
        colour = np.tile(rgb(ground), (len(cloth.up_N), 1))
        for coordinate in (cloth.across_N + repeat_m * 0.25, cloth.up_N):
            phase = (coordinate / repeat_m) % 1
            on = smoothstep(0, 0.04, phase) * smoothstep(0.54, 0.50, phase)
            thin = smoothstep(0.71, 0.73, phase) * smoothstep(0.81, 0.79, phase)
            colour = colour + (rgb(band) - colour) * (0.55 * on)[:, None]
            colour = colour + (rgb(line) - colour) * (0.55 * thin)[:, None]
        return colour

    return paint


def blossoms(ground: Colour, petal: Colour, heart: Colour, *, repeat_m: float = 0.046) -> Pattern:
    """Five-petalled flowers on a staggered grid, each turned a little differently."""

    def paint(cloth: Cloth) -> np.ndarray:
        row = np.floor(cloth.up_N / repeat_m)
        column = cloth.across_N / repeat_m + 0.5 * (row % 2)
        turn = 2.4 * np.floor(column) + 1.7 * row
        dx, dz = column % 1 - 0.5, cloth.up_N / repeat_m - row - 0.5
        radius, angle = np.hypot(dx, dz), np.arctan2(dz, dx) + turn
        edge = 0.23 + 0.10 * np.cos(5 * angle)
        colour = _mix(rgb(ground), rgb(petal), smoothstep(0.02, -0.02, radius - edge))
        return colour + (rgb(heart) - colour) * smoothstep(0.10, 0.07, radius)[:, None]

    return paint


def blocks(upper: Colour, band: Colour, lower: Colour, sleeve: Colour) -> Pattern:
    """Three level fields and another colour for the sleeves."""

    def paint(cloth: Cloth) -> np.ndarray:
        z = cloth.up_N
        colour = _mix(rgb(lower), rgb(band), smoothstep(0.1995, 0.2005, z))
        colour = colour + (rgb(upper) - colour) * smoothstep(0.3295, 0.3305, z)[:, None]
        return np.where(cloth.on_sleeve_N[:, None], rgb(sleeve), colour)

    return paint


def lettering(ground: Colour, ink: Colour, text: str, *, width_m: float = 0.15, centre_z: float = 0.365) -> Pattern:
    """A word printed on the chest between two thin rules."""
    art = _word(text)
    height_m = width_m * art.shape[0] / art.shape[1]

    def paint(cloth: Cloth) -> np.ndarray:
        column = (cloth.points_N3[:, 0] / width_m + 0.5) * (art.shape[1] - 1)
        row = ((centre_z - cloth.up_N) / height_m + 0.5) * (art.shape[0] - 1)
        ink_share = map_coordinates(art, [row, column], order=1, mode="constant")
        ink_share = np.where(cloth.on_sleeve_N | (cloth.points_N3[:, 1] > -0.02), 0, ink_share)
        return _mix(rgb(ground), rgb(ink), ink_share)

    return paint


def _word(text: str) -> np.ndarray:
    """The word and its rules as ink, float32 0..1, drawn large and softened."""
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 12, 60)
    art = np.zeros((int(height * 2.1), int(width * 1.06)), np.uint8)
    cv2.putText(art, text, (int(width * 0.03), int(height * 1.55)), cv2.FONT_HERSHEY_DUPLEX, 12, 255, 60, cv2.LINE_AA)
    for y in (0.13, 1.97):
        cv2.rectangle(art, (int(width * 0.03), int(height * y) - 9), (int(width * 1.03), int(height * y) + 9), 255, -1)
    return cv2.GaussianBlur(art, (0, 0), 2).astype(np.float32) / 255


def denim(colour: Colour) -> Pattern:
    """Trousers: a twill grain, seams down the sides, a fly and slanted pockets."""

    def paint(cloth: Cloth) -> np.ndarray:
        x, y, z = cloth.points_N3.T
        out = np.tile(rgb(colour), (len(z), 1))
        wear = 1 + 0.10 * noise(cloth.points_N3, (0.06, 0.2, 0.16), 5) + 0.05 * noise(cloth.points_N3, 0.0016, 6)
        pocket = np.abs((np.abs(x) - 0.105) - 0.55 * (z - 0.06)) * 0.9
        lines = _line(pocket) * (z > 0.0) + _line(np.abs(x)) * (z > -0.04)
        fly = _line(np.abs(np.hypot(x - 0.0, np.minimum(z - 0.02, 0)) - 0.022)) * (x > 0) * (z > -0.02)
        return out * (wear * (1 - 0.35 * np.clip(lines + 0.6 * fly, 0, 1) * (y < -0.02)))[:, None]

    return paint


def _line(distance: np.ndarray, width_m: float = 0.0011) -> np.ndarray:
    return smoothstep(width_m * 1.6, width_m * 0.5, distance)


@dataclass(frozen=True, kw_only=True)
class Trim:
    """What is sewn onto a garment: the collar's rib, its width and colour, and perhaps a button placket."""

    rib: Colour | None = None
    rib_m: float = 0.019
    buttons: Colour | None = None


def paint_garment(
    points_N3: np.ndarray, inner_N: np.ndarray, cut: Cut, pattern: Pattern, trim: Trim, joints: dict[str, np.ndarray]
) -> np.ndarray:
    """Linear RGB of a garment's samples, with collar, seams, stitches and weave; inner sides are darker and
    unprinted."""
    cloth = lay_flat(points_N3, joints)
    colour = pattern(cloth)
    distance = edges(points_N3, cut, joints)
    shade = 1 + 0.035 * noise(points_N3, 0.0013, 8) + 0.02 * noise(points_N3, 0.012, 9)
    if cut.sleeve_m > 0:
        shade *= 1 - 0.30 * _line(np.abs(distance["armhole"]))
        shade *= 1 - 0.22 * _stitch(np.abs(distance["cuff"] - 0.020), cloth.across_N)
    else:
        shade *= 1 - 0.22 * _stitch(np.abs(distance["cuff"] - 0.009), points_N3[:, 2])
    shade *= 1 - 0.22 * _stitch(np.abs(distance["hem"] - 0.022), cloth.across_N)
    collar = smoothstep(trim.rib_m + 0.0006, trim.rib_m - 0.0006, distance["neck"])
    if trim.rib is not None:
        colour = colour + (rgb(trim.rib) - colour) * collar[:, None]
    angle = np.arctan2(points_N3[:, 0], 0.55 - points_N3[:, 2])
    shade *= 1 - 0.10 * collar * (0.5 + 0.5 * np.sin(angle * 150))
    seam = distance["neck"] - trim.rib_m
    shade *= 1 - 0.35 * _line(np.abs(seam)) - 0.12 * _stitch(np.abs(seam - 0.004), angle * 0.08)
    if trim.buttons is not None:
        colour, shade = _placket(points_N3, distance["neck"], colour, shade, trim)
    colour = np.where(inner_N[:, None], colour * 0.62 + 0.02, colour)
    return (colour * shade[:, None]).astype(np.float32)


def _stitch(distance: np.ndarray, run_m: np.ndarray) -> np.ndarray:
    """A dashed line of thread."""
    return _line(distance, 0.0009) * (0.45 + 0.55 * ((run_m / 0.0035) % 1 < 0.7))


def _placket(points_N3, neck_N, colour, shade, trim):
    """A strip down the front with buttons every 75 mm."""
    x, y, z = points_N3.T
    front = (y < -0.02) & (neck_N > trim.rib_m)
    shade = shade * (
        1 - 0.30 * _line(np.abs(np.abs(x) - 0.016)) * front - 0.15 * _line(np.abs(np.abs(x) - 0.012)) * front
    )
    offset = (z + 0.005) % 0.075 - 0.0375
    radius = np.hypot(x, offset)
    on = smoothstep(0.0056, 0.0050, radius) * front
    ring = 0.55 + 0.45 * smoothstep(0.0052, 0.0038, radius) - 0.4 * (np.hypot(np.abs(x) - 0.0012, offset) < 0.0007)
    shade = shade * (1 - 0.35 * smoothstep(0.0072, 0.0056, np.hypot(x - 0.0008, offset + 0.0012)) * (1 - on) * front)
    return colour * (1 - on)[:, None] + rgb(trim.buttons) * (on * ring)[:, None], shade
