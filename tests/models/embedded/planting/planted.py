"""True demo pictures with one defect planted in each, and what the judge says of them."""

# Shapes: H, W rows and columns; 3 is RGB; all pictures are 768 x 1024.
from functools import cache

import cv2
import numpy as np
from demo_pictures import demo_picture
from PIL import Image
from planted_geometry import people_case, people_sample

from tryon_core.models import load
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.records import Judgement, Sample

DEMO = {
    "stripes": "p1",
    "lab": "p2",
    "blocks": "p3",
    "cropped": "p1",
    "checks": "p1",
    "loop": "p4",
    "blossoms": "p3",
}  # garment -> person, as in the demo; its eighth is refused: white on white


def sample(garment: str) -> Sample:
    return people_sample(DEMO[garment], garment)


def truth(garment: str) -> Image.Image:
    return demo_picture("truth", f"{DEMO[garment]}_{garment}")


def case(garment: str) -> Case:
    """The true picture as the judge sees it; only to know where to plant."""
    return people_case(DEMO[garment], garment)


@cache
def judged(garment: str, defect: str = "") -> Judgement:
    """The judgement of a true picture, with a defect of this file planted, if one is named."""
    return load("measure", "judge")(sample(garment), planted(garment, defect) if defect else truth(garment))


def planted(garment: str, defect: str) -> Image.Image:
    return Image.fromarray(np.uint8(DEFECTS[defect](garment, np.array(truth(garment)))))


def _blend(image_HW3, over, mask_HW, soft_px: float = 1.0):
    share = cv2.GaussianBlur(mask_HW.astype(np.float32), (0, 0), soft_px)[..., None]
    return image_HW3 * (1 - share) + over * share


def _moved(garment, image_HW3, *, turn_deg=0.0, right=0.0):
    height, width = image_HW3.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, 1.0)
    matrix[0, 2] += right * case(garment).before.frame.shoulder_px
    return cv2.warpAffine(image_HW3, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def _face_blurred(garment, image_HW3):
    return _blend(image_HW3, cv2.GaussianBlur(image_HW3, (0, 0), 6), case(garment).before.face, 3)


def _face_moved(garment, image_HW3):
    face = case(garment).before.face.astype(np.uint8)
    there = np.float64([[1, 0, 25], [0, 1, 10]])
    shifted, mask = (cv2.warpAffine(part, there, face.shape[::-1]) for part in (image_HW3, face))
    return _blend(image_HW3, shifted, mask, 3)


def _without(garment, image_HW3, part_HW, instead):
    """The garment's part painted over in the median colour of another part of the person."""
    colour = np.median(np.array(sample(garment).images["person"])[getattr(case(garment).before, instead)], axis=0)
    return _blend(image_HW3, colour, case(garment).worn_HW & part_HW)


def _short(garment, image_HW3):
    frame = case(garment).before.frame
    return _without(garment, image_HW3, frame.down_share_HW(image_HW3.shape[:2]) > 0.8, "lower")


def _sleeveless(garment, image_HW3):
    person = case(garment).before
    aside = np.abs(person.frame.across_px_HW(image_HW3.shape[:2])) > 0.5 * person.frame.shoulder_px
    return _without(garment, image_HW3, person.arms & aside, "skin")


def _hue(garment, image_HW3):
    lab = cv2.cvtColor(np.float32(image_HW3) / 255, cv2.COLOR_RGB2LAB)
    a, b = lab[..., 1].copy(), lab[..., 2].copy()
    cosine, sine = np.cos(np.radians(50)), np.sin(np.radians(50))
    lab[..., 1], lab[..., 2] = a * cosine - b * sine, a * sine + b * cosine
    return _blend(image_HW3, np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB) * 255, 0, 255), case(garment).worn_HW)


def _darker(garment, image_HW3):
    return _blend(image_HW3, image_HW3 * 0.5, case(garment).worn_HW)


def _backdrop(garment, image_HW3):
    y, x = np.mgrid[: image_HW3.shape[0], : image_HW3.shape[1]]
    other = np.stack([90 + 60 * np.sin(x / 40), 120 + 60 * np.sin(y / 50), np.full(x.shape, 90.0)], -1)
    return _blend(other, image_HW3, case(garment).after.alpha_HW > 0.5)


def _holes(garment, image_HW3):
    inside = np.argwhere(cv2.erode(case(garment).worn_HW.astype(np.uint8), np.ones((41, 41))) > 0)
    out = image_HW3.copy()
    for y, x in inside[np.linspace(0, len(inside) - 1, 24).astype(int)]:
        cv2.circle(out, (int(x), int(y)), 7, (205, 170, 150), -1)
    return out


def _white_rim(garment, image_HW3):
    rim = cv2.morphologyEx(case(garment).worn_HW.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((7, 7), np.uint8))
    return _blend(image_HW3, 245.0, rim)


def _torn_edge(garment, image_HW3):
    """Bites along the outline where the old picture shows."""
    worn = case(garment).worn_HW.astype(np.uint8)
    noise = cv2.GaussianBlur(np.random.default_rng(3).normal(size=worn.shape).astype(np.float32), (0, 0), 3)
    bites = (worn > 0) & (cv2.distanceTransform(worn, cv2.DIST_L2, 5) < 6 * (1 + 1.2 * noise / noise.std()))
    return _blend(image_HW3, np.array(sample(garment).images["person"]), bites, 0.7)


def _trousers(garment, image_HW3):
    return _blend(image_HW3, (150.0, 60.0, 60.0), case(garment).before.lower & ~case(garment).worn_HW)


def _smooth(garment, image_HW3):
    inside = cv2.erode(case(garment).worn_HW.astype(np.uint8), np.ones((9, 9)))
    return _blend(image_HW3, cv2.GaussianBlur(image_HW3, (0, 0), 8), inside)


def _side_light(garment, image_HW3):
    frame = case(garment).before.frame
    light = 1 + 0.5 * frame.across_px_HW(image_HW3.shape[:2])[..., None] / frame.shoulder_px
    return _blend(image_HW3, np.clip(image_HW3 * light, 0, 255), case(garment).worn_HW)


DEFECTS = {
    "the input unchanged": lambda garment, image: np.array(sample(garment).images["person"]),
    "a blurred face": _face_blurred,
    "a face out of place": _face_moved,
    "everything turned": lambda garment, image: _moved(garment, image, turn_deg=7),
    "everything shifted": lambda garment, image: _moved(garment, image, right=0.2),
    "the hem cut off": _short,
    "the sleeves cut off": _sleeveless,
    "another hue": _hue,
    "half as light": _darker,
    "no pattern": _smooth,
    "another background": _backdrop,
    "other trousers": _trousers,
    "holes": _holes,
    "a white rim": _white_rim,
    "a torn edge": _torn_edge,
    "light from the other side": _side_light,
    "a grey picture": lambda garment, image: np.full_like(image, 128),
    "two people": lambda garment, image: np.hstack([cv2.resize(image, (384, 1024))] * 2),
}
