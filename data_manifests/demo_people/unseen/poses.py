"""How unseen people hold their arms: turns of the upper and lower arms for each pose, with some variety.

Angles are degrees about the left arm's axes in the order given; the right arm mirrors them.
"""

from __future__ import annotations

import numpy as np
from body import Turns

Arm = dict[str, list[tuple[str, float]]]

DOWN: Arm = {"upperarm01": [("x", 4), ("y", 24)], "lowerarm01": [("x", 28)]}
ON_HIP: Arm = {"upperarm01": [("y", -1)], "lowerarm01": [("x", 22), ("y", 75)]}
IN_POCKET: Arm = {"upperarm01": [("x", 8), ("y", -5)], "lowerarm01": [("x", 23), ("y", 87)]}
RAISED: Arm = {
    "upperarm01": [("x", -9), ("y", 15)],
    "lowerarm01": [("x", 10), ("y", 110)],
    "wrist": [("x", 37), ("y", -4)],
}
ARMS: dict[str, tuple[Arm, Arm]] = {  # left and right
    "arms_down": (DOWN, DOWN),
    "hand_on_hip": (DOWN, ON_HIP),
    "hands_on_hips": (ON_HIP, ON_HIP),
    "hand_in_pocket": (DOWN, IN_POCKET),
    "forearm_raised": (RAISED, DOWN),
}
VARIETY_DEG = 3.0  # standard deviation of every hanging arm's turns; a hand at the hip or in a pocket stays there


def pose_of(name: str, rng: np.random.Generator) -> dict[str, Turns]:
    """The turns of every bone of both arms."""
    left, right = ARMS[name]
    return _turned(left, "L", rng) | _turned(right, "R", rng)


def _turned(arm: Arm, side: str, rng: np.random.Generator) -> dict[str, Turns]:
    """One arm's turns: about x they are the same on both sides, about y and z they are mirrored."""
    stray_deg = VARIETY_DEG if arm is DOWN else 0.0
    return {
        f"{bone}.{side}": [
            (axis, (1 if side == "L" or axis == "x" else -1) * degrees + float(rng.normal(0, stray_deg)))
            for axis, degrees in turns
        ]
        for bone, turns in arm.items()
    }
