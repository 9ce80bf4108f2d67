"""The parametric body: anny's mesh, posed, with the attributes that clothes and skin are painted by.

Every person shares one mesh topology, so vertex i of any person is vertex i of one neutral *reference body*. Clothes
and
skin are functions of the reference position: the same stripe lands on the same place of every body and of the
photograph.

Shapes: V vertices, F triangles, 3 is x (to the right of the picture), y (away from the camera), z (up), in metres.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import scipy.sparse.linalg as splinalg
from scipy import sparse
from scipy.sparse import csgraph
from scipy.spatial.transform import Rotation

Turns = tuple[str, float] | list[tuple[str, float]]
NEUTRAL = dict.fromkeys(("gender", "age", "muscle", "weight", "height", "proportions"), 0.5)
ZONES = ("lips", "eyelids", "fingernails", "ears")  # painted zones that ship with the mesh, as masks over its UV square


@dataclass(frozen=True, kw_only=True)
class Body:
    """One posed body.

    points_V3   float32, posed position of each vertex, metres
    normals_V3  float32, unit outward normals of the posed mesh
    reference   the neutral body in its rest pose, the same vertex order
    """

    points_V3: np.ndarray
    normals_V3: np.ndarray
    reference: Reference


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The neutral body every pattern is drawn on.

    points_V3     float32, rest position of each vertex, metres
    faces_F3      int64, triangles
    joints        bone name -> float32 (3,), where that bone starts
    arm_V         float32 0..1, how much a vertex belongs to an arm (either side)
    zones         zone name -> float32 (V,) 0..1, for the names in ZONES
    eyeball_V     bool, the two eyeballs
    inside_V      bool, the inner mouth, tongue and eye sockets, never drawn as skin
    smooth_VV     sparse row-stochastic matrix: one step of Laplacian smoothing
    """

    points_V3: np.ndarray
    faces_F3: np.ndarray
    joints: dict[str, np.ndarray]
    arm_V: np.ndarray
    zones: dict[str, np.ndarray]
    eyeball_V: np.ndarray
    inside_V: np.ndarray
    smooth_VV: sparse.csr_matrix


@cache
def _anny():
    """The model; its first load takes about 70 s and fills about 790 MB of the user's cache."""
    import anny
    import torch

    return anny.Anny().to(dtype=torch.float32)


def _run(phenotype: dict[str, float], pose: dict[str, Turns]) -> dict[str, np.ndarray]:
    import torch

    model = _anny()
    bones = torch.eye(4)[None, None].repeat(1, model.bone_count, 1, 1)
    for bone, turns in pose.items():
        axes, degrees = zip(*([turns] if isinstance(turns, tuple) else turns), strict=True)
        turn = Rotation.from_euler("".join(axes), degrees, degrees=True).as_matrix()
        bones[0, list(model.bone_labels).index(bone), :3, :3] = torch.tensor(turn, dtype=torch.float32)
    with torch.no_grad():
        out = model(pose_parameters=bones, phenotype_kwargs={**NEUTRAL, **phenotype})
    return {name: value[0].numpy() for name, value in out.items()}


@cache
def load_reference() -> Reference:
    """The neutral body with its joints, zones and smoothing matrix."""
    model, out = _anny(), _run({}, {})
    points_V3 = out["rest_vertices"].astype(np.float32)
    faces_F3 = np.asarray(model.faces).astype(np.int64)
    labels = list(model.bone_labels)
    joints = {name: out["rest_bone_heads"][i] for i, name in enumerate(labels)}
    arm_bones = [
        i for i, name in enumerate(labels) if name.startswith(("upperarm", "lowerarm", "wrist", "finger", "metacarpal"))
    ]
    owners, weights = np.asarray(model.vertex_bone_indices), np.asarray(model.vertex_bone_weights)
    arm_V = (weights * np.isin(owners, arm_bones)).sum(1).astype(np.float32)
    smooth_VV = _smoothing_matrix(len(points_V3), faces_F3)
    part_V = csgraph.connected_components(smooth_VV, directed=False)[1]
    sizes = np.bincount(part_V)
    return Reference(
        points_V3=points_V3,
        faces_F3=faces_F3,
        joints=joints,
        arm_V=arm_V,
        zones=_zones(model),
        eyeball_V=sizes[part_V] == 72,
        inside_V=(sizes[part_V] > 72) & (sizes[part_V] < 1000),
        smooth_VV=smooth_VV,
    )


def make_body(phenotype: dict[str, float], pose: dict[str, Turns]) -> Body:
    """A body with this shape and pose.

    phenotype  anny's labels (gender 0 male .. 1 female, age, muscle, weight, height), each 0..1; missing ones are
               neutral
    pose       bone name -> (axis "x", "y" or "z", degrees), or a list of these, applied in that order
    """
    reference = load_reference()
    points_V3 = _run(phenotype, pose)["vertices"].astype(np.float32)
    return Body(points_V3=points_V3, normals_V3=vertex_normals(points_V3, reference.faces_F3), reference=reference)


@cache
def reference_body() -> Body:
    """The neutral body in its rest pose, as a body like any other."""
    reference = load_reference()
    return Body(
        points_V3=reference.points_V3,
        normals_V3=vertex_normals(reference.points_V3, reference.faces_F3),
        reference=reference,
    )


def vertex_normals(points_V3: np.ndarray, faces_F3: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals, float32 (V, 3); zero where a vertex has no triangle."""
    a, b, c = (points_V3[faces_F3[:, i]] for i in range(3))
    face_normals = np.cross(b - a, c - a)
    out = np.zeros(points_V3.shape, np.float64)
    for corner in range(3):
        for axis in range(3):
            out[:, axis] += np.bincount(faces_F3[:, corner], face_normals[:, axis], len(points_V3))
    return (out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-12)).astype(np.float32)


def _smoothing_matrix(vertex_count: int, faces_F3: np.ndarray) -> sparse.csr_matrix:
    pairs = np.concatenate([faces_F3[:, [0, 1]], faces_F3[:, [1, 2]], faces_F3[:, [2, 0]]])
    pairs = np.concatenate([pairs, pairs[:, ::-1]])
    links = sparse.coo_matrix(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(vertex_count, vertex_count)
    ).tocsr()
    links.data[:] = 1
    degree = np.asarray(links.sum(1)).ravel()
    return sparse.diags(1 / np.maximum(degree, 1)) @ links


def heat_smoothed(points_V3: np.ndarray, faces_F3: np.ndarray, sigma_m: float) -> np.ndarray:
    """Points blurred over the surface by a Gaussian of `sigma_m`, whatever the size of the triangles (one implicit
    heat step)."""
    rows, cols, weights = [], [], []
    corners = [points_V3[faces_F3[:, i]].astype(np.float64) for i in range(3)]
    for i in range(3):
        a, b, c = corners[i], corners[(i + 1) % 3], corners[(i + 2) % 3]
        cotangent = ((b - a) * (c - a)).sum(1) / (np.linalg.norm(np.cross(b - a, c - a), axis=1) + 1e-12)
        (
            rows.append(faces_F3[:, (i + 1) % 3]),
            cols.append(faces_F3[:, (i + 2) % 3]),
            weights.append(np.clip(cotangent, 0.02, 20) / 2),
        )
    count = len(points_V3)
    half = sparse.coo_matrix(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(cols))), shape=(count, count)
    ).tocsr()
    links = half + half.T
    area = np.linalg.norm(np.cross(corners[1] - corners[0], corners[2] - corners[0]), axis=1) / 6
    mass = sum(np.bincount(faces_F3[:, i], area, count) for i in range(3)) + 1e-12
    laplacian = sparse.diags(np.asarray(links.sum(1)).ravel()) - links
    solve = splinalg.factorized((sparse.diags(mass) + 0.5 * sigma_m**2 * laplacian).tocsc())
    return np.stack([solve(mass * points_V3[:, axis]) for axis in range(3)], 1).astype(np.float32)


def _zones(model) -> dict[str, np.ndarray]:
    """Read the mesh's own UV masks (lips, lids, nails, ears) at each vertex."""
    import anny

    folder = os.path.join(os.path.dirname(anny.__file__), "data", "mpfb2", "textures")
    corners, uv_corners = np.asarray(model.faces), np.asarray(model.face_texture_coordinate_indices)
    uv_V2 = np.zeros((int(corners.max()) + 1, 2))
    uv_V2[corners.ravel()] = np.asarray(model.texture_coordinates)[uv_corners.ravel()]
    zones = {}
    for name in ZONES:
        mask = cv2.GaussianBlur(cv2.imread(os.path.join(folder, f"mpfb_{name}.jpg"), cv2.IMREAD_GRAYSCALE), (0, 0), 1.5)
        x = np.clip(uv_V2[:, 0] * mask.shape[1], 0, mask.shape[1] - 1).astype(int)
        y = np.clip((1 - uv_V2[:, 1]) * mask.shape[0], 0, mask.shape[0] - 1).astype(int)
        zones[name] = mask[y, x].astype(np.float32) / 255
    return zones
