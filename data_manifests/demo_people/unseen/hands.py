"""Where hands lie on a body of any width: before the clothes, or at a trouser pocket.

The poses fit the neutral body; here a forearm gives way so that its hand meets this one. Lengths along an arm run from
the shoulder joint, on the neutral body.

Shapes: V vertices; 3 is xyz in metres.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from body import Body, vertex_normals
from garments import along_arm
from noise import smoothstep
from scipy.spatial import cKDTree

ELBOW_M, WRIST_M = 0.252, 0.475  # along the arm: where a forearm begins to give way, and where the hand begins
CLEAR_M = 0.035  # from the trunk's skin to the hand's: the clothes lie between
ABOVE_TRUNK_M = 0.012  # a hand's vertex this near to one of the trunk, seen from the front, lies over it
MOST_M = 0.08  # that a hand is brought forward
POCKET_XZ = ((0.075, 0.0), (0.141, 0.12))  # two places of the opening that trousers.py draws, on the neutral body
POCKET_WRIST_XZ = (0.150, 0.085)  # where the wrist is when the hand is in it


def front_at(body: Body, x: float, z: float) -> np.ndarray:
    """Where the front of the trunk at this place of the neutral body lies on this one: xyz (3,)."""
    at_V3 = body.reference.points_V3
    front = (at_V3[:, 1] < 0) & (body.reference.arm_V < 0.3)
    distance = np.hypot(at_V3[:, 0] - x, at_V3[:, 2] - z)
    return body.points_V3[front][np.argsort(distance[front])[:12]].mean(0)


def beyond_on_arm(body: Body, from_m: float, side: int) -> np.ndarray:
    """Signed distance beyond a place of the left (1) or right (-1) arm at each vertex, metres, positive toward the
    fingers; -1 elsewhere."""
    reference = body.reference
    beyond = along_arm(reference.points_V3, reference.joints) - from_m
    this_arm = (reference.arm_V > 0.9) & (reference.points_V3[:, 0] * side > 0)
    return np.where(this_arm, beyond, -1.0).astype(np.float32)


def hands_placed(body: Body, pose: str) -> Body:
    """The same body with the right hand at its pocket in that pose, and every hand that lies in the trunk before it."""
    if pose == "hand_in_pocket":
        hand = beyond_on_arm(body, WRIST_M, -1)
        wrist = body.points_V3[(hand > 0) & (hand < 0.02)].mean(0)
        x, z = POCKET_WRIST_XZ
        body = _hand_moved(body, -1, front_at(body, -x, z) - [0, CLEAR_M, 0] - wrist)
    for side in (-1, 1):
        body = _hand_moved(body, side, np.array([0, -_depth_in_trunk(body, side), 0]))
    return body


def pocketed(body: Body) -> np.ndarray:
    """Signed distance past the slanted opening of the right pocket at each vertex, seen from the front, metres,
    positive inside it; -1 for all but the right hand."""
    low, high = (front_at(body, -x, z)[[0, 2]] for x, z in POCKET_XZ)
    across, up = high - low
    x, _, z = body.points_V3.T
    inside = ((x - low[0]) * up - (z - low[1]) * across) / np.hypot(across, up)
    return np.where(beyond_on_arm(body, WRIST_M, -1) > 0, inside, -1.0).astype(np.float32)


def _hand_moved(body: Body, side: int, by_3: np.ndarray) -> Body:
    """One hand moved, the forearm giving way from the elbow on."""
    forearm = beyond_on_arm(body, ELBOW_M, side)
    points = body.points_V3 + smoothstep(0, WRIST_M - ELBOW_M, forearm)[:, None] * by_3
    points = points.astype(np.float32)
    return replace(body, points_V3=points, normals_V3=vertex_normals(points, body.reference.faces_F3))


def _depth_in_trunk(body: Body, side: int) -> float:
    """How far one hand must come forward to lie before the trunk and its clothes, metres."""
    front = body.points_V3[(body.reference.arm_V < 0.1) & (body.normals_V3[:, 1] < 0)]
    hand = body.points_V3[beyond_on_arm(body, WRIST_M, side) > 0]
    gap, nearest = cKDTree(front[:, [0, 2]]).query(hand[:, [0, 2]])
    depth = hand[:, 1] - front[nearest, 1] + CLEAR_M
    return float(np.clip(depth[gap < ABOVE_TRUNK_M], 0, MOST_M).max(initial=0))
