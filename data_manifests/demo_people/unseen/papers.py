"""Photographs of tops alone, as shops take them: on a ghost mannequin, laid flat, or hanging with the sleeves down; on
paper that is clean, shows a shadow, or has a faint box round the garment.

Shapes: V vertices; H, W is 1024 by 768; 3 is xyz in metres or linear RGB.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from body import Body, make_body, vertex_normals
from clothes import Garment
from full_length import Lower, centred, lower_layer
from noise import noise, smoothstep
from portrait import PHOTO_PHENOTYPE, garment_layer
from raster import FAR, HEIGHT_PX, WIDTH_PX, Camera, draw_triangles, to_linear
from scene import Layer, render, studio

from unseen.lens import some_lens, taken
from unseen.plan import Plan

PAPER_GREY = (238, 254)  # sRGB
BOX_GREYS = (4, 9)  # how much darker than the paper a faint box is
BOX_MARGIN = (0.03, 0.09)  # of the width, from the picture's edge to the box
SHADOW_SHARE, SHADOW_PX, SHADOW_BLUR_PX = (0.20, 0.45), (8, 26), 10.0  # of the light it takes; how far it falls
LOWERED_DEG = {"mannequin": (14, 30), "flat_lay": (-4, 14), "hanging": (36, 40)}  # of the arms from the rest pose
UNEVEN_DEG, UNEVEN_ELBOW_DEG = (16, 24), (-30, 40)  # how much one arm differs where the sleeves are uneven
LEGS = {"upperleg01.L": ("y", 1), "upperleg01.R": ("y", -1)}  # together, but for a gap between the trouser legs
FLAT_SHARE = 0.30  # of its depth that a garment laid flat keeps: folds and the edges' roundness
FLAT_WIDER = 0.16  # how much wider a torso becomes when it is pressed flat
CREASE_M = 0.004  # height of the creases of cloth that lies


def photograph_of(plan: Plan, garment: Garment | Lower, samples: int) -> np.ndarray:
    """The garment alone as its plan says, uint8 RGB (H, W, 3)."""
    rng = np.random.default_rng([plan.seed, 6])
    if isinstance(garment, Lower):
        layer = lower_layer(centred(make_body(PHOTO_PHENOTYPE, LEGS)), garment)
    else:
        layer = garment_layer(_stand(plan, garment, rng), garment)
    if plan.facts["photograph"] == "flat_lay":
        layer = _flattened(layer, plan.seed)
    camera = _framed(layer, rng)
    paper = _paper(plan.facts["paper"], layer, camera, rng)
    light = studio(key=rng.uniform(0.5, 0.8), fill=rng.uniform(1.2, 1.7), side=int(rng.choice([-1, 1])))
    return taken(render([layer], None, camera, paper, light, samples), some_lens(rng), rng)


def _stand(plan: Plan, garment: Garment, rng: np.random.Generator) -> Body:
    """The ghost mannequin's body, its arms as the photograph wants them."""
    lowered = [rng.uniform(*LOWERED_DEG[plan.facts["photograph"]])] * 2
    elbow = [22.0 if garment.cut.sleeve_m > 0.3 else 0.0] * 2
    if plan.facts["sleeve_pair"] == "uneven":
        other = int(rng.integers(2))
        lowered[other] -= rng.uniform(*UNEVEN_DEG)
        elbow[other] += rng.uniform(*UNEVEN_ELBOW_DEG)
    pose = {f"upperarm01.{side}": ("y", sign * lowered[k]) for k, (side, sign) in enumerate((("L", 1), ("R", -1)))}
    return make_body(PHOTO_PHENOTYPE, pose | {f"lowerarm01.{side}": ("x", elbow[k]) for k, side in enumerate("LR")})


def _flattened(layer: Layer, seed: int) -> Layer:
    """The same garment pressed flat: shallow, wider below the shoulders, and creased."""
    x, y, z = layer.points_V3.T
    torso = smoothstep(0.26, 0.16, np.abs(layer.reference_V3[:, 0])) * smoothstep(0.50, 0.36, layer.reference_V3[:, 2])
    points = np.stack([x * (1 + FLAT_WIDER * torso), y * FLAT_SHARE, z], 1)
    creases = noise(np.c_[x + 0.4 * z, np.sign(y), z], (0.05, 1.0, 0.16), seed % 1000)
    points[:, 1] -= CREASE_M * creases * np.where(layer.normals_V3[:, 1] < 0, 1, -1)
    points = points.astype(np.float32)
    return replace(layer, points_V3=points, normals_V3=vertex_normals(points, layer.faces_F3))


def _framed(layer: Layer, rng: np.random.Generator) -> Camera:
    """A camera that sees the whole garment with some paper around it."""
    shown = layer.points_V3[layer.keep_V > 0]
    low, high = shown.min(0), shown.max(0)
    fill = rng.uniform(0.74, 0.92)
    height_m = max((high[2] - low[2]) / fill, (high[0] - low[0]) / fill * HEIGHT_PX / WIDTH_PX)
    centre_x, centre_z = (low[0] + high[0]) / 2, (low[2] + high[2]) / 2
    return Camera(centre_x=centre_x, centre_z=centre_z, height_m=height_m, distance_m=rng.uniform(3.0, 6.0))


def _paper(kind: str, layer: Layer, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """Paper of this kind ("clean", "shadow", "box"), linear RGB (H, W, 3)."""
    grey = rng.integers(*PAPER_GREY)
    paper = np.full((HEIGHT_PX, WIDTH_PX, 3), grey, np.float32)
    if kind == "box":
        margin = round(WIDTH_PX * rng.uniform(*BOX_MARGIN))
        paper[margin:-margin, margin:-margin] -= rng.integers(*BOX_GREYS)
    paper = to_linear(paper / 255)
    if kind != "shadow":
        return paper
    shift = np.float32([[1, 0, rng.choice([-1, 1]) * rng.uniform(*SHADOW_PX)], [0, 1, rng.uniform(*SHADOW_PX)]])
    fallen = cv2.warpAffine(_outline(layer, camera), shift, (WIDTH_PX, HEIGHT_PX))
    return paper * (1 - rng.uniform(*SHADOW_SHARE) * cv2.GaussianBlur(fallen, (0, 0), SHADOW_BLUR_PX))[..., None]


def _outline(layer: Layer, camera: Camera) -> np.ndarray:
    """float32 (H, W), 1 where the camera sees the garment."""
    depth, face = np.full((HEIGHT_PX, WIDTH_PX), FAR), np.full((HEIGHT_PX, WIDTH_PX), -1, np.int32)
    bary = np.zeros((HEIGHT_PX, WIDTH_PX, 2), np.float32)
    draw_triangles(camera.project(layer.points_V3, 1), layer.faces_F3, layer.keep_V, depth, face, bary)
    return (face >= 0).astype(np.float32)
