"""One picture at a time: a person dressed in a top, or the top alone, put together from the layers of all the files.

Shapes: V vertices; N samples; H, W is 1024 by 768; 3 is linear RGB or xyz in metres.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from backdrops import backdrop
from body import Body, make_body, reference_body, vertex_normals
from clothes import Garment
from garments import CROTCH_Z, Cut, coverage, drape, ease, edges, fold_height, halve, trouser_coverage
from hair import grow
from lower import skirt_cover, skirt_layer
from noise import noise, smoothstep
from raster import Camera, to_linear
from scene import CLOTH, EYE, SKIN, Layer, render, studio
from skin import paint_eyes, paint_skin, skin_values
from textures import denim, lay_flat, paint_garment
from wardrobe import PERSONS, Person

PAPER = 244  # sRGB grey behind garment photographs
PHOTO_PHENOTYPE = dict(gender=0.40, age=0.67, muscle=0.5, weight=0.40, height=0.5, proportions=0.7)
SKIRT_UNDER_HEM_M = 0.012  # how far an old dress's skirt reaches up under a top
SKIRT_FARTHER_M = 0.040  # what the depth test takes it back by, so that another top lies over it


def draped(body: Body, cut: Cut) -> np.ndarray:
    """A cut hung on a body, before folds: float32 (V, 3) points."""
    reference = body.reference
    edge = edges(reference.points_V3, cut, reference.joints)
    hug_V = smoothstep(0.045, 0.005, edge["neck"])
    if cut.sleeve_m == 0:
        hug_V = np.maximum(hug_V, smoothstep(0.055, 0.020, np.abs(edge["armhole"] + 0.012)))
    gap_V = ease(reference.points_V3, cut, reference.joints)
    return drape(body, gap_V, int(14 + 1800 * cut.ease_m), hug_V)


@cache
def _on_reference(cut: Cut) -> np.ndarray:
    return draped(reference_body(), cut)


def garment_layer(body: Body, garment: Garment) -> Layer:
    """The garment on this body: draped, cut, folded and ready to paint.

    Smoothing slides cloth along the body, so the reference body is draped the same way and the pattern is read from
    there.
    """
    cut, joints = garment.cut, body.reference.joints
    pattern_V3, points = _on_reference(cut), draped(body, cut)
    near = coverage(pattern_V3, cut, joints) > -0.04
    wanted_F3 = body.reference.faces_F3[near[body.reference.faces_F3].any(1)]
    faces, pattern_V3, points = halve(wanted_F3, pattern_V3, points)
    neck = edges(pattern_V3, cut, joints)["neck"]
    height = fold_height(pattern_V3, cut, joints) + 0.0015 * smoothstep(0.022, 0.014, neck)
    points = (points + vertex_normals(points, faces) * height[:, None]).astype(np.float32)

    def paint(points_N3, values_NK, inner_N):
        return paint_garment(points_N3, inner_N, cut, garment.pattern, garment.trim, joints)

    return Layer(
        points_V3=points,
        normals_V3=vertex_normals(points, faces),
        reference_V3=pattern_V3,
        faces_F3=faces,
        keep_V=coverage(pattern_V3, cut, joints),
        values_VK=np.zeros((len(points), 0), np.float32),
        paint=paint,
        material=CLOTH,
        nearer_m=0.002,
    )


def trouser_layer(body: Body, colour, under_V: np.ndarray) -> Layer:
    """Trousers, left out where the top's hem lies over them."""
    reference = body.reference
    points = reference.points_V3
    folds = 0.0022 * noise(points, (0.05, 0.06, 0.03), 51) * smoothstep(0.06, -0.02, points[:, 2])
    draped = drape(body, np.full(len(points), 0.006, np.float32), rounds=8, hug_V=np.zeros(len(points)))
    normals = vertex_normals(draped, reference.faces_F3)
    draped = (draped + normals * folds[:, None]).astype(np.float32)
    normals = vertex_normals(draped, reference.faces_F3)
    keep = np.minimum(trouser_coverage(reference), 0.03 - under_V)

    def paint(points_N3, values_NK, inner_N):
        return denim(colour)(lay_flat(points_N3, reference.joints)) * np.where(inner_N, 0.5, 1)[:, None]

    return Layer(
        points_V3=draped,
        normals_V3=normals,
        reference_V3=points,
        faces_F3=reference.faces_F3,
        keep_V=keep.astype(np.float32),
        values_VK=np.zeros((len(points), 0), np.float32),
        paint=paint,
        material=CLOTH,
        nearer_m=0.001,
    )


def body_layers(body: Body, person: Person, covered_V: np.ndarray) -> list[Layer]:
    """Skin and eyes; skin well under cloth is left out so that it cannot show through."""
    reference = body.reference
    common = dict(
        points_V3=body.points_V3,
        normals_V3=body.normals_V3,
        reference_V3=reference.points_V3,
        faces_F3=reference.faces_F3,
        values_VK=skin_values(reference),
    )
    bare = np.where(reference.eyeball_V, -1, 0.014 - covered_V).astype(np.float32)
    skin = Layer(
        **common,
        keep_V=bare,
        material=SKIN,
        paint=lambda p, v, inner: paint_skin(p, v, inner, person.complexion, reference),
    )
    eyes = Layer(
        **common,
        keep_V=np.where(reference.eyeball_V, 1, -1).astype(np.float32),
        material=EYE,
        paint=lambda p, v, inner: paint_eyes(p, person.complexion, reference),
    )
    return [skin, eyes]


@cache
def dressed_body(name: str):
    """A person's body, hair and camera: the same for every garment they wear."""
    person = PERSONS[name]
    body = make_body(person.phenotype, person.pose)
    reference = body.reference
    top = body.points_V3[:, 2].max() + 0.075
    thigh = reference.points_V3[:, 2]
    middle = body.points_V3[(np.abs(thigh - CROTCH_Z) < 0.01) & (reference.arm_V < 0.1), 2].mean() - 0.17
    camera = Camera(centre_x=0.0, centre_z=(top + middle) / 2, height_m=top - middle)
    return body, grow(body, person.haircut, person.seed), camera


def portrait(name: str, garment: Garment, samples: int) -> np.ndarray:
    """A person wearing a garment, uint8 (1024, 768, 3)."""
    person = PERSONS[name]
    body, hairs, camera = dressed_body(name)
    reference = body.reference
    top = garment_layer(body, garment)
    under_top = coverage(reference.points_V3, garment.cut, reference.joints)
    if person.skirt is None:
        below, under_lower = trouser_layer(body, person.trousers, under_top), trouser_coverage(reference)
    else:  # the rest of an old dress stays as a skirt
        hem_z = garment.cut.hem_z + SKIRT_UNDER_HEM_M
        below = skirt_layer(body, person.skirt, person.old_top.pattern, below_z=hem_z)
        if garment is not person.old_top:
            below = replace(below, nearer_m=-SKIRT_FARTHER_M)
        under_lower = skirt_cover(body, person.skirt)
    return render(
        [*body_layers(body, person, np.maximum(under_top, under_lower)), below, top],
        hairs,
        camera,
        backdrop(person.backdrop, person.seed),
        studio(seed=person.seed, **person.light),
        samples,
    )


def photograph(garment: Garment, samples: int) -> np.ndarray:
    """The garment alone, as on a ghost mannequin, uint8 (1024, 768, 3)."""
    lowered = 30 if garment.cut.sleeve_m > 0.3 else 4
    straight = 22 if garment.cut.sleeve_m > 0.3 else 0
    body = make_body(
        PHOTO_PHENOTYPE,
        {
            "upperarm01.L": ("y", lowered),
            "upperarm01.R": ("y", -lowered),
            "lowerarm01.L": ("x", straight),
            "lowerarm01.R": ("x", straight),
        },
    )
    layer = garment_layer(body, garment)
    shown = layer.points_V3[layer.keep_V > 0]
    low, high = shown.min(0), shown.max(0)
    height_m = max((high[2] - low[2]) / 0.76, (high[0] - low[0]) / 0.80 * 1024 / 768)
    camera = Camera(centre_x=(low[0] + high[0]) / 2, centre_z=(low[2] + high[2]) / 2, height_m=height_m)
    paper = np.broadcast_to(to_linear(np.float32(PAPER / 255)), (1024, 768, 3))
    picture = render([layer], None, camera, paper, studio(key=0.62, fill=1.6), samples)
    return whiten(picture) if garment.on_white else picture


def whiten(picture: np.ndarray) -> np.ndarray:
    """Press all shading into PAPER +- 3 grey levels (about 1 unit of L*): white on white, which a classical method
    must refuse."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    inside = grey != PAPER
    pressed = np.where(inside, PAPER - 1 + 3 * np.tanh((grey - np.median(grey[inside])) / 40), PAPER)
    return np.repeat(np.clip(pressed + 0.5, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
