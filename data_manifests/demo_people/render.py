"""Render the demo data again: persons, garment photographs, true results, and their manifest.

    python data_manifests/demo_people/render.py            everything, with the pins of requirements.txt
    python data_manifests/demo_people/render.py --draft --only p1 stripes --out /some/folder

The same pins give the same bytes. Shapes: 3 is linear RGB or xyz in metres; H, W is 1024 by 768.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from backdrops import backdrop
from body import Body, load_reference, make_body, reference_body, vertex_normals
from garments import CROTCH_Z, coverage, drape, ease, edges, fold_height, halve, trouser_coverage
from hair import grow
from noise import noise, smoothstep
from PIL import Image
from raster import Camera, to_linear
from scene import CLOTH, EYE, SKIN, Layer, render, studio
from skin import paint_eyes, paint_skin, skin_values
from textures import denim, lay_flat, paint_garment
from tqdm.auto import tqdm
from wardrobe import GARMENTS, PAIRS, PERSONS, Garment, Pair, Person

MANIFESTS = Path(__file__).resolve().parent.parent
PAPER = 244  # sRGB grey behind garment photographs
PHOTO_PHENOTYPE = dict(gender=0.40, age=0.67, muscle=0.5, weight=0.40, height=0.5, proportions=0.7)
QUALITY = 92


def garment_layer(body: Body, garment: Garment) -> Layer:
    """The garment on this body: draped, cut, folded and ready to paint.

    Smoothing slides cloth along the body, so the reference body is draped the same way and the pattern is read from
    there.
    """
    reference, cut = body.reference, garment.cut
    joints, rounds = reference.joints, int(14 + 1800 * cut.ease_m)
    gap = ease(reference.points_V3, cut, joints)
    edge = edges(reference.points_V3, cut, joints)
    hug = smoothstep(0.045, 0.005, edge["neck"])
    if cut.sleeve_m == 0:
        hug = np.maximum(hug, smoothstep(0.055, 0.020, np.abs(edge["armhole"] + 0.012)))
    pattern_V3, draped = (drape(wearer, gap, rounds, hug) for wearer in (reference_body(), body))
    near = coverage(pattern_V3, cut, joints) > -0.04
    faces, pattern_V3, draped = halve(reference.faces_F3[near[reference.faces_F3].any(1)], pattern_V3, draped)
    neck = edges(pattern_V3, cut, joints)["neck"]
    height = fold_height(pattern_V3, cut, joints) + 0.0015 * smoothstep(0.022, 0.014, neck)
    draped = (draped + vertex_normals(draped, faces) * height[:, None]).astype(np.float32)

    def paint(points_N3, values_NK, inner_N):
        return paint_garment(points_N3, inner_N, cut, garment.pattern, garment.trim, joints)

    return Layer(
        points_V3=draped,
        normals_V3=vertex_normals(draped, faces),
        reference_V3=pattern_V3,
        faces_F3=faces,
        keep_V=coverage(pattern_V3, cut, joints),
        values_VK=np.zeros((len(draped), 0), np.float32),
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
    top = garment_layer(body, garment)
    under_top = coverage(body.reference.points_V3, garment.cut, body.reference.joints)
    trousers = trouser_layer(body, person.trousers, under_top)
    covered = np.maximum(under_top, trouser_coverage(body.reference))
    return render(
        [*body_layers(body, person, covered), trousers, top],
        hairs,
        camera,
        backdrop(person.backdrop, person.seed),
        studio(seed=person.seed),
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


def save(picture: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, quality=QUALITY, subsampling=0, optimize=True)


def manifest_line(pair: Pair, root: Path) -> str:
    files = {
        "person": f"demo/persons/{pair.person}.jpg",
        "garment": f"demo/garments/{pair.garment}.jpg",
        "truth": f"demo/truth/{pair.sample_id}.jpg",
    }
    sums = {role: hashlib.sha256((root / file).read_bytes()).hexdigest() for role, file in files.items()}
    return json.dumps(
        {
            "sample_id": pair.sample_id,
            **files,
            "wish": pair.wish,
            "garment_type": "upper",
            "difficulty": pair.difficulty,
            "gender": PERSONS[pair.person].gender,
            "sha256": sums,
            "source": "rendered with anny 0.6.2, data_manifests/demo_people",
            "licence": "CC0-1.0; body data MakeHuman CC0",
            "consent": "no real person is shown",
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draft", action="store_true", help="two samples a pixel and axis instead of three")
    parser.add_argument("--only", nargs="*", help="names of persons, garments or samples")
    parser.add_argument("--out", type=Path, default=MANIFESTS, help="folder that gets demo/ and demo.jsonl")
    args = parser.parse_args()
    samples = 2 if args.draft else 3
    jobs = [
        (name, f"persons/{name}", lambda name=name: portrait(name, PERSONS[name].old_top, samples)) for name in PERSONS
    ]
    jobs += [(name, f"garments/{name}", lambda name=name: photograph(GARMENTS[name], samples)) for name in GARMENTS]
    jobs += [
        (
            pair.sample_id,
            f"truth/{pair.sample_id}",
            lambda pair=pair: portrait(pair.person, GARMENTS[pair.garment], samples),
        )
        for pair in PAIRS
    ]
    load_reference()
    for _name, file, draw in tqdm([job for job in jobs if not args.only or job[0] in args.only], desc="pictures"):
        save(draw(), args.out / "demo" / f"{file}.jpg")
    if all((args.out / "demo" / f"{file}.jpg").exists() for _, file, _ in jobs):
        (args.out / "demo.jsonl").write_text("".join(manifest_line(pair, args.out) + "\n" for pair in PAIRS))


if __name__ == "__main__":
    main()
