"""Colour profiles (ICC, version 2) made by hand, and what they mean, computed without a colour library."""

import struct

import numpy as np

D50 = (0.96420, 1.0, 0.82491)
PRIMARIES = {  # XYZ under D50 of red, green and blue
    "srgb": ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)),
    "display p3": ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    "adobe rgb": ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)),
    "prophoto": ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491)),
}
GAMMA = {"srgb": None, "display p3": None, "adobe rgb": 2.2, "prophoto": 1.8}  # None is sRGB's own curve


def s15(*values):
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def curve(gamma):
    """As a gamma, or sRGB's curve as a table of 1024 values, as most sRGB profiles hold it."""
    if gamma is not None:
        return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    table = np.round(linear(np.linspace(0, 1, 1024)) * 65535).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", len(table)) + table.tobytes()


def profile(space, tags, *, kind=b"mntr", connection=b"XYZ "):
    """The bytes of a profile with these tags (name -> content)."""
    tags = {b"desc": b"desc\0\0\0\0\0\0\0\x05test\0" + bytes(78), b"wtpt": b"XYZ \0\0\0\0" + s15(*D50), **tags}
    table, contents, at = [], [], 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table.append(name + struct.pack(">II", at, len(content)))
        contents.append(padded)
        at += len(padded)
    head = struct.pack(">I4sI4s4s4s", at, b"test", 0x02400000, kind, space, connection)
    head += bytes(12) + b"acsp" + bytes(28) + s15(*D50)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + b"".join(table + contents)


def rgb(name, decimals=5):
    """A profile with three primaries, by its name in PRIMARIES."""
    primaries = np.round(PRIMARIES[name], decimals)
    points = {key: b"XYZ \0\0\0\0" + s15(*primaries[i]) for i, key in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))}
    return profile(b"RGB ", points | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve(GAMMA[name])))


def grey(gamma):
    return profile(b"GRAY", {b"kTRC": curve(gamma)})


INKS = {(1, 0, 0): (62, -31, -48), (0, 1, 0): (48, 74, -3), (0, 0, 1): (89, -5, 93)}  # Lab of ink on paper


def cmyk():
    """A press: a table from its 16 full mixtures of ink to Lab."""
    corners = bytearray()
    for c, m, y, k in np.ndindex(2, 2, 2, 2):
        lab = INKS.get((c, m, y), (100 - 30 * (c + m + y) if c + m + y else 100, 0, 0))
        lab = np.array(lab) * (0 if k else 1)
        corners += bytes([round(lab[0] * 2.55), round(lab[1]) + 128, round(lab[2]) + 128])
    same = bytes(range(256))
    table = (
        b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + s15(1, 0, 0, 0, 1, 0, 0, 0, 1) + same * 4 + bytes(corners) + same * 3
    )
    return profile(b"CMYK", {b"A2B0": table}, kind=b"prtr", connection=b"Lab ")


def linear(encoded):
    """sRGB's curve: 0 to 1 as written -> light."""
    encoded = np.asarray(encoded, float)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def encoded(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def as_srgb(name, colours_N3):
    """What 8 bit colours under a profile are in sRGB, cut off at its borders; float (N, 3) of 255."""
    gamma = GAMMA[name]
    written = np.asarray(colours_N3) / 255
    light = linear(written) if gamma is None else written ** (round(gamma * 256) / 256)
    xyz = light @ np.array(PRIMARIES[name])
    return 255 * encoded(xyz @ np.linalg.inv(np.array(PRIMARIES["srgb"])))
