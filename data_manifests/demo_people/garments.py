"""Where cloth lies on the body: cuts (edges), drape (the surface) and folds.

All edges are signed distances on the reference body, metres, positive on the cloth; the least of them decides.
Shapes: V vertices; N any list of reference positions; 3 is xyz.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from body import Body, Reference, heat_smoothed, vertex_normals
from noise import noise, smoothstep

SHOULDER_TOP_Z, ARMPIT = 0.52, (0.150, 0.352)  # on the neutral reference body
LEAF_HEIGHT_M = 0.0035  # a folded collar lies this far above its shirt
NECK_BASE_Z, WAIST_Z, CROTCH_Z = 0.558, 0.13, -0.03


@dataclass(frozen=True, kw_only=True)
class Cut:
    """The measures of an upper garment, in metres on the neutral body.

    sleeve_m      from the shoulder joint along the arm; 0 is sleeveless
    hem_z         height of the hem; the hip joint is at 0.04, the crotch at -0.03
    neck_half_m   half the neckline's width
    neck_drop_m   how far the front neckline falls below the base of the neck
    neck_point    0 a round neckline .. 1 a V in front
    stand_m       height of a standing collar round the neck; 0 is none, and then the two above do not count
    leaf_m        width of a folded shirt collar at its sides; 0 is none
    ease_m        distance of the cloth from the skin at the waist; the chest gets about half of it
    folds         0 none .. 1 soft everyday folds
    puff_m        how far a puffed sleeve stands off the arm half-way down; it is gathered at shoulder and cuff
    bell_m        how far a bell sleeve stands off the arm at its cuff
    """

    sleeve_m: float = 0.21
    hem_z: float = -0.005
    neck_half_m: float = 0.076
    neck_drop_m: float = 0.050
    neck_point: float = 0.0
    stand_m: float = 0.0
    leaf_m: float = 0.0
    ease_m: float = 0.018
    folds: float = 1.0
    puff_m: float = 0.0
    bell_m: float = 0.0


def _arm(points_N3: np.ndarray, joints: dict[str, np.ndarray]):
    """Where points lie along the left arm (right ones are mirrored): distance from the shoulder, the arm's axis
    there, and the
    axis' direction; upper and lower arm blend over 6 cm round the elbow."""
    shoulder, elbow, wrist = (joints[f"{bone}.L"] for bone in ("upperarm01", "lowerarm01", "wrist"))
    mirrored = points_N3 * np.where(points_N3[:, :1] < 0, [-1, 1, 1], [1, 1, 1])
    upper_m = np.linalg.norm(elbow - shoulder)
    upper, lower = (elbow - shoulder) / upper_m, (wrist - elbow) / np.linalg.norm(wrist - elbow)
    from_elbow = mirrored - elbow
    past = smoothstep(-0.03, 0.03, from_elbow @ (upper + lower) / np.linalg.norm(upper + lower))[:, None]
    on_upper, on_lower = (from_elbow @ upper)[:, None], (from_elbow @ lower)[:, None]
    along = upper_m + (1 - past) * on_upper + past * on_lower
    axis = elbow + (1 - past) * on_upper * upper + past * on_lower * lower
    return along[:, 0], mirrored - axis, (1 - past) * upper + past * lower


def along_arm(points_N3: np.ndarray, joints: dict[str, np.ndarray]) -> np.ndarray:
    """Distance from the shoulder joint along the nearer arm, metres."""
    return _arm(points_N3, joints)[0]


def round_arm(points_N3: np.ndarray, joints: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the shoulder joint as `along_arm`, and the angle round the nearer arm, radians; 0 faces the
    camera, positive is the outer side."""
    along, offset, direction = _arm(points_N3, joints)
    outward = np.stack([-direction[:, 2], 0 * direction[:, 1], direction[:, 0]], 1)
    front = np.cross(outward, direction)
    front = front * -np.sign(front[:, 1:2])
    return along, np.arctan2((offset * outward).sum(1), (offset * front).sum(1))


def _sleeve_bounds(points_N3: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Signed distances beyond the shoulder seam and above the armpit; an arm's points have both positive."""
    x, z = np.abs(points_N3[:, 0]), points_N3[:, 2]
    return 0.985 * (x - 0.163) - 0.17 * (z - 0.47), ((z - ARMPIT[1]) + 1.1 * (x - ARMPIT[0])) * 0.67


def sleeve_side(points_N3: np.ndarray) -> np.ndarray:
    """Signed distance to the armhole seam, metres, positive on the arm."""
    return np.minimum(*_sleeve_bounds(points_N3))


def neck_edge(points_N3: np.ndarray, cut: Cut) -> np.ndarray:
    """Signed distance to the neckline: a (super)ellipse across the body, deep in front and shallow behind, or the top
    of a standing collar, which tilts down under the chin."""
    x, y, z = points_N3.T
    if cut.stand_m > 0:
        return NECK_BASE_Z + 0.0045 + cut.stand_m + 0.23 * y - z
    front = smoothstep(0.005, -0.055, y)
    drop = 0.022 + (cut.neck_drop_m - 0.022) * front
    power = 2 - 0.9 * cut.neck_point * front
    dx, dz = np.abs(x) / cut.neck_half_m + 1e-6, np.maximum(NECK_BASE_Z - z, 0) / drop + 1e-6
    q = (dx**power + dz**power) ** (1 / power) + 1e-6
    slope = np.hypot((dx / q) ** (power - 1) / cut.neck_half_m, (dz / q) ** (power - 1) / drop)
    return np.minimum((q - 1) / np.maximum(slope, 1e-3), 0.580 - z)


def leaf_edge(points_N3: np.ndarray, cut: Cut) -> np.ndarray:
    """Signed distance to the outline of a shirt's folded collar, metres, positive on it: a band along the neckline
    that grows to two points in front and leaves the middle open."""
    x, y, z = np.abs(points_N3[:, 0]), points_N3[:, 1], points_N3[:, 2]
    if cut.leaf_m == 0:
        return np.full(len(points_N3), -1.0)
    front = smoothstep(-0.02, -0.06, y)
    # the point, the straight edge that climbs from it to the shoulder, and the opening that slants away from the middle
    neck_z = NECK_BASE_Z - cut.neck_drop_m
    point_x, point_z = 0.054, neck_z - cut.leaf_m
    lower = z - (point_z + 1.15 * (x - point_x))
    opening = (x - 0.004) - (point_x - 0.004) / cut.leaf_m * (neck_z - z)
    band = 0.65 * cut.leaf_m - neck_edge(points_N3, cut)
    return np.minimum(np.minimum(0.66 * lower, 0.66 * opening) + (1 - front), band + 0.045 * front)


def edges(
    points_N3: np.ndarray, cut: Cut, joints: dict[str, np.ndarray], along_N: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Signed distances to the neckline, the hem, the cuffs and the armholes; `along_N` is `along_arm`, if known."""
    sleeve = sleeve_side(points_N3)
    if cut.sleeve_m > 0:
        along_N = along_arm(points_N3, joints) if along_N is None else along_N
        cuff = np.where(sleeve > 0, cut.sleeve_m - along_N, 0.5)
    else:
        beyond, above = _sleeve_bounds(points_N3)
        cuff = np.minimum(-np.minimum(beyond + 0.014, above - 0.026), 0.24 - np.abs(points_N3[:, 0]))  # no hands
    hem = np.where(sleeve > 0, 0.5, points_N3[:, 2] - cut.hem_z)  # sleeves hang on below the hem of a cropped top
    return {"neck": neck_edge(points_N3, cut), "hem": hem, "cuff": cuff, "armhole": sleeve}


def coverage(points_N3: np.ndarray, cut: Cut, joints: dict[str, np.ndarray]) -> np.ndarray:
    """Signed distance to the garment's nearest edge, metres, positive where there is cloth."""
    distance = edges(points_N3, cut, joints)
    return np.minimum(np.minimum(distance["neck"], distance["hem"]), distance["cuff"]).astype(np.float32)


def trouser_coverage(reference: Reference) -> np.ndarray:
    """The same for trousers: everything below the waist that is no hand."""
    return np.minimum(WAIST_Z - reference.points_V3[:, 2], 0.3 - reference.arm_V).astype(np.float32)


def drape(body: Body, offset_V: np.ndarray, rounds: int, hug_V: np.ndarray) -> np.ndarray:
    """A cloth surface over the body: smooth, and never nearer to the (softened) chest and body than `offset_V`.

    rounds    smoothing steps; 10 hugs the muscles, 60 bridges the hollows
    hug_V     0..1, how closely the cloth keeps to the skin: 1 along a collar
    returns   float32 (V, 3) points
    """
    step, faces = body.reference.smooth_VV, body.reference.faces_F3
    x, y, z = body.reference.points_V3.T
    chest = (
        smoothstep(0.20, 0.25, z)
        * smoothstep(0.43, 0.38, z)
        * smoothstep(-0.02, -0.06, y)
        * smoothstep(0.15, 0.11, np.abs(x))
    )
    chest = chest[:, None]
    soft = body.points_V3
    soft = soft + chest * (heat_smoothed(soft, faces, 0.030) - soft)  # underwear: no cloth follows a nipple
    normals = vertex_normals(soft, faces)
    floor_V3 = soft + normals * (offset_V + 0.004 * chest[:, 0])[:, None]
    points = floor_V3.copy()
    for _ in range(rounds):
        points = 0.5 * points + 0.5 * (step @ points)
        lack = np.maximum(((floor_V3 - points) * normals).sum(1), 0)
        points = points + normals * (0.8 * lack)[:, None]
        points = points + hug_V[:, None] * (floor_V3 - points)
    for _ in range(2):
        points = 0.5 * points + 0.5 * (step @ points)
    return points.astype(np.float32)


def halve(faces_F3: np.ndarray, *values: np.ndarray) -> tuple[np.ndarray, ...]:
    """Split every triangle into four: the new faces, then each vertex array with the edge middles appended."""
    sides = np.sort(np.concatenate([faces_F3[:, [0, 1]], faces_F3[:, [1, 2]], faces_F3[:, [2, 0]]]), 1)
    edge_E2, which = np.unique(sides, axis=0, return_inverse=True)
    ab, bc, ca = which.reshape(3, -1) + len(values[0])
    a, b, c = faces_F3.T
    faces = np.concatenate([np.stack(corner, 1) for corner in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))])
    return faces, *(np.concatenate([value, value[edge_E2].mean(1)]).astype(np.float32) for value in values)


def ease(points_N3: np.ndarray, cut: Cut, joints: dict[str, np.ndarray]) -> np.ndarray:
    """Least distance of the cloth from the skin, metres: near at the shoulders, wider at the waist, hem and cuff."""
    z = points_N3[:, 2]
    torso = 0.002 + cut.ease_m * (0.45 + 0.55 * smoothstep(0.42, 0.12, z))
    arm = cut.ease_m * (0.45 + 0.5 * smoothstep(0.05, 0.22, along_arm(points_N3, joints)))
    if cut.sleeve_m > 0.3:
        arm = np.minimum(arm, cut.ease_m * (0.45 + 0.25 * smoothstep(0.05, 0.15, along_arm(points_N3, joints))))
    near_neck = 0.4 + 0.6 * smoothstep(0.0, 0.05, neck_edge(points_N3, cut))
    return (np.where(sleeve_side(points_N3) > 0, arm, torso) * near_neck).astype(np.float32)


def fold_height(points_N3: np.ndarray, cut: Cut, joints: dict[str, np.ndarray]) -> np.ndarray:
    """Folds as height above the smooth drape, metres: they sit on the cloth, so every picture of it shows the same
    ones."""
    x, y, z = np.abs(points_N3[:, 0]), points_N3[:, 1], points_N3[:, 2]
    side = np.where(points_N3[:, 0] > 0, 7.0, 3.0)
    # fans from the armpit toward the waist
    dx, dz = ARMPIT[0] + 0.01 - x, ARMPIT[1] + 0.02 - z
    reach, angle = np.hypot(dx, dz), np.arctan2(dz, dx + 1e-6)
    fan = (
        np.sin(angle * 9 + 1.2 * noise(np.c_[x, side, z], 0.09, 1))
        * smoothstep(0.02, 0.06, reach)
        * smoothstep(0.24, 0.08, reach)
    )
    # long soft drops below the chest, and a few cross creases at the waist
    drops = noise(np.c_[points_N3[:, 0], y, z], (0.045, 0.06, 0.30), 2) * smoothstep(0.32, 0.05, z)
    tilted = np.c_[points_N3[:, 0] + 0.25 * z, y, z + 0.35 * x]
    creases = (
        noise(tilted, (0.16, 0.10, 0.040), 3)
        * smoothstep(0.02, 0.10, z)
        * smoothstep(0.27, 0.16, z)
        * smoothstep(0.03, 0.13, x)
    )
    torso = 0.0050 * fan + 0.0060 * drops + 0.0060 * creases
    along = along_arm(points_N3, joints)
    rings = noise(np.c_[points_N3[:, 0] * 0.5 + side, y, along], (0.10, 0.10, 0.030), 4)
    calm = 0.35 + 0.65 * np.exp(-(((along - 0.26) / 0.07) ** 2)) + 0.5 * smoothstep(0.36, 0.44, along)
    arm = 0.0048 * rings * calm
    blend = smoothstep(-0.02, 0.04, sleeve_side(points_N3))
    collar = LEAF_HEIGHT_M * smoothstep(-0.002, 0.003, leaf_edge(points_N3, cut))
    calm_collar = 1 - smoothstep(0.50, 0.55, points_N3[:, 2]) * (cut.stand_m > 0)
    height = cut.folds * calm_collar * (torso * (1 - blend) + arm * blend) + collar
    if cut.puff_m or cut.bell_m:
        height = height + blend * _fullness(points_N3, cut, joints)
    return height.astype(np.float32)


def _fullness(points_N3: np.ndarray, cut: Cut, joints: dict[str, np.ndarray]) -> np.ndarray:
    """How far a puffed or a bell sleeve stands off the arm, metres: a puff is widest half-way and gathered at its
    ends."""
    along, angle = round_arm(points_N3, joints)
    share = np.clip(along / cut.sleeve_m, 0, 1)
    puff = np.sin(np.pi * share) ** 0.7
    gathers = 0.10 * (1 - 0.6 * puff) * np.sin(13 * angle + 1.5 * noise(points_N3, 0.04, 6)) * smoothstep(0, 0.2, puff)
    return cut.puff_m * (puff + gathers) + cut.bell_m * share**2
