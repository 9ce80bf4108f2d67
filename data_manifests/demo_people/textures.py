"""What cloth looks like: patterns, collar, seams and stitches, all drawn on reference coordinates.

A pattern maps flat cloth coordinates to colour. Shapes: N samples; 3 is linear RGB 0..1 or xyz in metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from emblems import Colour, Ink, word
from garments import Cut, edges, leaf_edge, round_arm, sleeve_side
from noise import noise, smoothstep
from raster import to_linear
from scipy.ndimage import map_coordinates

Pattern = Callable[["Cloth"], np.ndarray]  # -> (N, 3) linear RGB


@dataclass(frozen=True, kw_only=True)
class Cloth:
    """Samples of a garment, in coordinates a pattern can be cut from.

    points_N3       reference positions, metres
    across_N        round the body or the arm, metres; 0 in the middle of the front
    up_N            up the body, or back along the arm, metres
    on_sleeve_N     bool
    along_N         distance from the shoulder along the arm, metres; None where no arm is
    """

    points_N3: np.ndarray
    across_N: np.ndarray
    up_N: np.ndarray
    on_sleeve_N: np.ndarray
    along_N: np.ndarray | None = None


def rgb(colour: Colour) -> np.ndarray:
    """An sRGB colour as linear float32 (3,)."""
    return to_linear(np.array(colour, np.float32) / 255)


def lay_flat(points_N3: np.ndarray, joints: dict[str, np.ndarray]) -> Cloth:
    """Unroll torso and sleeves."""
    x, y, z = points_N3.T
    around = 0.135 * np.arctan2(x / 0.16, -(y + 0.02) / 0.11)
    on_sleeve = sleeve_side(points_N3) > 0
    along, angle = round_arm(points_N3, joints)
    over_shoulder = (
        0.6 * np.clip(y + 0.10, 0, 0.14) * smoothstep(0.42, 0.51, z)
    )  # cloth runs on over the top of the shoulder
    return Cloth(
        points_N3=points_N3,
        across_N=np.where(on_sleeve, 0.05 * angle, around),
        up_N=np.where(on_sleeve, 0.50 - along, z + over_shoulder),
        on_sleeve_N=on_sleeve,
        along_N=along,
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


def dots(
    ground: Colour, dot: Colour, *, repeat_m: float = 0.036, radius_m: float = 0.0085, wide: float = 1.0
) -> Pattern:
    """Dots on a staggered grid; `wide` stretches it across, below 1 to make up for a cloth that is stretched round a
    chest."""

    def paint(cloth: Cloth) -> np.ndarray:
        row = np.floor(cloth.up_N / repeat_m)
        dx = ((cloth.across_N / (wide * repeat_m) + 0.5 * (row % 2)) % 1 - 0.5) * repeat_m
        dz = cloth.up_N - (row + 0.5) * repeat_m
        return _mix(rgb(ground), rgb(dot), smoothstep(0.0006, -0.0006, np.hypot(dx, dz) - radius_m))

    return paint


def pinstripes(ground: Colour, stripe: Colour, *, repeat_m: float = 0.016, share: float = 0.3) -> Pattern:
    """Upright stripes down the body and along the sleeves."""

    def paint(cloth: Cloth) -> np.ndarray:
        phase = (cloth.across_N / repeat_m + 0.5 + share / 2) % 1
        return _mix(rgb(ground), rgb(stripe), smoothstep(0, 0.06, phase) * smoothstep(share + 0.06, share, phase))

    return paint


def sprigs(ground: Colour, leaf: Colour, berry: Colour, *, repeat_m: float = 0.058) -> Pattern:
    """Small twigs, each of two leaves and three berries, turned this way and that on a staggered grid."""

    def paint(cloth: Cloth) -> np.ndarray:
        row = np.floor(cloth.up_N / repeat_m)
        column = cloth.across_N / repeat_m + 0.5 * (row % 2)
        turn = 1.9 * np.floor(column) + 2.6 * row
        dx, dz = column % 1 - 0.5, cloth.up_N / repeat_m - row - 0.5
        u, v = np.cos(turn) * dx + np.sin(turn) * dz, np.cos(turn) * dz - np.sin(turn) * dx
        colour = np.tile(rgb(ground), (len(u), 1))
        for side in (-1, 1):
            blade = np.hypot((u - 0.20 * side) / 0.21, (v + 0.06 - 0.25 * side * u) / 0.085) - 1
            colour = colour + (rgb(leaf) - colour) * smoothstep(0.12, -0.12, blade)[:, None]
        colour = colour + (rgb(leaf) - colour) * (_line(np.abs(u), 0.016) * (np.abs(v + 0.04) < 0.16))[:, None]
        for x, z in ((-0.10, 0.18), (0.10, 0.20), (0.0, 0.27)):
            berry_N = smoothstep(0.085, 0.065, np.hypot(u - x, v - z))
            colour = colour + (rgb(berry) - colour) * berry_N[:, None]
        return colour

    return paint


def slant(upper: Colour, band: Colour, lower: Colour, sleeve: Colour, *, rise: float = 0.55) -> Pattern:
    """Two fields and a band between them that climbs across the body, and another colour for one sleeve."""

    def paint(cloth: Cloth) -> np.ndarray:
        height = cloth.up_N - rise * cloth.points_N3[:, 0]
        colour = _mix(rgb(lower), rgb(band), smoothstep(0.2195, 0.2205, height))
        colour = colour + (rgb(upper) - colour) * smoothstep(0.2845, 0.2855, height)[:, None]
        on_sleeve = np.where(cloth.points_N3[:, :1] > 0, rgb(sleeve), rgb(upper))
        return np.where(cloth.on_sleeve_N[:, None], on_sleeve, colour)

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
    return printed(plain(ground), [(ink, word(text))], width_m=width_m, centre_z=centre_z)


def printed(ground: Pattern, inks: list[Ink], *, width_m: float, centre_z: float = 0.365) -> Pattern:
    """A picture of one or more inks printed on the chest, over any pattern.

    inks   colour and art, float32 0..1 (H, W), all of one size; later inks cover earlier ones
    """
    rows, columns = inks[0][1].shape
    height_m = width_m * rows / columns

    def paint(cloth: Cloth) -> np.ndarray:
        column = (cloth.points_N3[:, 0] / width_m + 0.5) * (columns - 1)
        row = ((centre_z - cloth.up_N) / height_m + 0.5) * (rows - 1)
        bare = cloth.on_sleeve_N | (cloth.points_N3[:, 1] > -0.02)
        colour = ground(cloth)
        for ink, art in inks:
            share = np.where(bare, 0, map_coordinates(art, [row, column], order=1, mode="constant"))
            colour = colour + (rgb(ink) - colour) * share[:, None]
        return colour

    return paint


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
    """What is sewn onto a garment: the collar's rib, its width and colour, perhaps a button placket and a folded collar
    of another cloth."""

    rib: Colour | None = None
    rib_m: float = 0.019
    buttons: Colour | None = None
    leaf: Colour | None = None


def paint_garment(
    points_N3: np.ndarray, inner_N: np.ndarray, cut: Cut, pattern: Pattern, trim: Trim, joints: dict[str, np.ndarray]
) -> np.ndarray:
    """Linear RGB of a garment's samples, with collar, seams, stitches and weave; inner sides are darker and
    unprinted."""
    cloth = lay_flat(points_N3, joints)
    colour = pattern(cloth)
    distance = edges(points_N3, cut, joints, cloth.along_N)
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
    if cut.stand_m > 0:  # the ribs of a standing collar run upright
        angle = 0.06 / 0.08 * np.arctan2(points_N3[:, 0], -(points_N3[:, 1] + 0.02))
    else:
        angle = np.arctan2(points_N3[:, 0], 0.55 - points_N3[:, 2])
    shade *= 1 - 0.10 * collar * (0.5 + 0.5 * np.sin(angle * 150))
    seam = distance["neck"] - trim.rib_m
    shade *= 1 - 0.35 * _line(np.abs(seam)) - 0.12 * _stitch(np.abs(seam - 0.004), angle * 0.08)
    if cut.leaf_m > 0:
        colour, shade = _folded_collar(leaf_edge(points_N3, cut), cloth.across_N, colour, shade, trim)
    if trim.buttons is not None:
        colour, shade = _placket(points_N3, distance["neck"], colour, shade, trim)
    colour = np.where(inner_N[:, None], colour * 0.62 + 0.02, colour)
    return (colour * shade[:, None]).astype(np.float32)


def _stitch(distance: np.ndarray, run_m: np.ndarray) -> np.ndarray:
    """A dashed line of thread."""
    return _line(distance, 0.0009) * (0.45 + 0.55 * ((run_m / 0.0035) % 1 < 0.7))


def _folded_collar(leaf_N, across_N, colour, shade, trim):
    """A collar's two leaves: the shadow they throw, their edge, a stitched line, and perhaps another cloth."""
    shade = shade * (1 - 0.45 * smoothstep(-0.005, 0, leaf_N) * (leaf_N < 0))
    shade = shade * (1 - 0.30 * _line(np.abs(leaf_N - 0.0008)) - 0.14 * _stitch(np.abs(leaf_N - 0.005), across_N))
    if trim.leaf is not None:
        colour = np.where(leaf_N[:, None] > 0, rgb(trim.leaf), colour)
    return colour, shade


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
