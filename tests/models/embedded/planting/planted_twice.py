"""Defects planted in true demo pictures at a weak and at a strong amount, and the constraint that has to notice."""

# Shapes: H, W rows and columns; 3 is RGB or Lab; all pictures are 768 x 1024.
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from PIL import Image
from planted import case, sample, truth

from tryon_core.models import load
from tryon_core.models.embedded.measuring.surface.cloth import photo_scale
from tryon_core.models.embedded.measuring.surface.panel import SHOULDER_ABOVE
from tryon_core.models.embedded.seeing.body_frame import LEFT_INDEX, LEFT_WRIST
from tryon_core.pictures.features import to_lab, to_rgb
from tryon_core.pictures.masks import grown, shrunk, soft
from tryon_core.records import Judgement

Plant = Callable[[str, np.ndarray, float], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Defect:
    """plant(garment, image_HW3, amount) draws it; `weak` has to be seen and `strong` to fail `constraint`."""

    constraint: str
    plant: Plant
    weak: float
    strong: float
    garments: tuple[str, ...]


@cache
def judged_grainy(garment: str, sigma_px: float) -> Judgement:
    """All pictures with a sensor's grain, which lossy storage took from them; then the worn cloth blurred."""
    asked, true = sample(garment), _grainy(truth(garment), seed=2)
    images = {role: _grainy(picture, seed) for seed, (role, picture) in enumerate(asked.images.items())}
    cloth_HW = shrunk(case(garment).worn_HW, 4)
    drawn = _over(np.array(true), cv2.GaussianBlur(np.array(true), (0, 0), sigma_px), cloth_HW) if sigma_px else true
    return load("measure", "judge")(replace(asked, images=images), Image.fromarray(np.uint8(np.clip(drawn, 0, 255))))


def _grainy(picture: Image.Image, seed: int) -> Image.Image:
    values_HW3 = np.array(picture).astype(np.float32)
    grain_HW1 = np.random.default_rng(seed).normal(0, 2.5, (*values_HW3.shape[:2], 1))
    return Image.fromarray(np.uint8(np.clip(values_HW3 + grain_HW1, 0, 255)))


@cache
def judged_with(garment: str, name: str, amount: float) -> Judgement:
    """The judgement of a true picture with a defect planted at an amount."""
    drawn = DEFECTS[name].plant(garment, np.array(truth(garment)), amount)
    return load("measure", "judge")(sample(garment), Image.fromarray(np.uint8(np.clip(drawn, 0, 255))))


def _over(image_HW3, other, mask_HW, soft_px: float = 1.0):
    share = soft(mask_HW, soft_px)[..., None]
    return image_HW3 * (1 - share) + other * share


# ---- identity --------------------------------------------------------------------------------------------------------


def _smooth_face(garment, image_HW3, sigma_px):
    return _over(image_HW3, cv2.GaussianBlur(image_HW3, (0, 0), sigma_px), case(garment).before.face, 3)


def _face_aside(garment, image_HW3, widths):
    face_HW, right_px = case(garment).before.face, widths * case(garment).before.frame.shoulder_px
    there = np.float64([[1, 0, right_px], [0, 1, 0]])
    moved = cv2.warpAffine(image_HW3, there, face_HW.shape[::-1])
    return _over(image_HW3, moved, cv2.warpAffine(face_HW.astype(np.uint8), there, face_HW.shape[::-1]) > 0, 3)


def _other_skin(garment, image_HW3, lightness):
    lab_HW3 = to_lab(image_HW3)
    lab_HW3[..., 0] -= lightness
    return _over(image_HW3, to_rgb(lab_HW3), case(garment).before.face, 3)


# ---- body and pose ---------------------------------------------------------------------------------------------------


def _hand_aside(garment, image_HW3, widths):
    person = case(garment).before
    reach_px, (x0, y0) = person.frame.shoulder_px, person.landmarks_K3[LEFT_INDEX, :2]
    y, x = np.mgrid[: image_HW3.shape[0], : image_HW3.shape[1]].astype(np.float32)
    near_HW = np.exp(-((((x - x0) ** 2 + (y - y0) ** 2) / (0.35 * reach_px) ** 2) ** 2))
    there = (x - widths * reach_px * near_HW).astype(np.float32)
    return cv2.remap(image_HW3, there, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _turned(garment, image_HW3, degrees):
    height, width = image_HW3.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(image_HW3, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def _hand_cut_off(garment, image_HW3, share):
    """The background grows over the hand from its fingertips."""
    person = case(garment).before
    wrist_2, finger_2 = person.landmarks_K3[[LEFT_WRIST, LEFT_INDEX], :2]
    y, x = np.mgrid[: image_HW3.shape[0], : image_HW3.shape[1]]
    tip_2, along_2 = wrist_2 + 2.2 * (finger_2 - wrist_2), finger_2 - wrist_2
    cut_HW = (x - tip_2[0]) * along_2[0] + (y - tip_2[1]) * along_2[1] > -share * 2.2 * (along_2**2).sum()
    cut_HW &= np.hypot(x - finger_2[0], y - finger_2[1]) < 0.4 * person.frame.shoulder_px
    cut_HW &= grown(person.skin, 4)
    return _over(image_HW3, np.median(image_HW3[grown(cut_HW, 14) & (person.alpha_HW < 0.05)], axis=0), cut_HW)


# ---- garment appearance ----------------------------------------------------------------------------------------------


def _pattern(garment, image_HW3, *, larger: float = 1.0, turn_deg: float = 0.0):
    """The garment painted anew with the front of its photograph, mirrored beyond its edges."""
    seen, frame = case(garment), case(garment).before.frame
    keys, scale = seen.garment.keypoints, photo_scale(seen)
    chest_px = frame.shoulder_px / scale
    middle = (keys.armpit[0][0] + keys.armpit[1][0]) / 2
    shoulder, hem = (float(np.mean([point[1] for point in pair])) for pair in (keys.shoulder, keys.hem))
    left, top = int(middle - 0.4 * chest_px), int(shoulder + 0.3 * chest_px)
    front = seen.garment.image_HW3[top : int(hem - 0.04 * chest_px), left : int(middle + 0.4 * chest_px)]
    axes = np.stack([frame.across_2, frame.down_2], axis=1) * scale * larger
    cosine, sine = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    axes = axes @ np.array([[cosine, -sine], [sine, cosine]])
    chest_2 = frame.point(0, (0.75 - SHOULDER_ABOVE) * frame.shoulder_px)
    offset = chest_2 - axes @ np.array([middle - left, shoulder + 0.75 * chest_px - top])
    matrix = np.c_[axes, offset]
    cloth = cv2.warpAffine(front, matrix, image_HW3.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101)
    aside = np.abs(frame.across_px_HW(image_HW3.shape[:2])) / frame.shoulder_px
    return _over(image_HW3, cloth * (1 - 0.35 * aside**2).clip(0.6, 1)[..., None], seen.worn_HW)


def _hue(garment, image_HW3, degrees):
    lab_HW3 = to_lab(image_HW3)
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    lab_HW3[..., 1:] = lab_HW3[..., 1:] @ np.array([[cosine, sine], [-sine, cosine]], np.float32)
    return _over(image_HW3, to_rgb(lab_HW3), case(garment).worn_HW)


def _smeared(garment, image_HW3, sigma_px):
    return _over(image_HW3, cv2.GaussianBlur(image_HW3, (0, 0), sigma_px), shrunk(case(garment).worn_HW, 4))


# ---- realism ---------------------------------------------------------------------------------------------------------


def _holes(garment, image_HW3, number):
    """Where skin shows, 3 to 6 pixels wide."""
    drawn, chance = image_HW3.copy(), np.random.default_rng(0)
    inside = np.argwhere(shrunk(case(garment).worn_HW, 20))
    skin = np.median(image_HW3[case(garment).before.skin], axis=0)
    for y, x in inside[chance.choice(len(inside), int(number), replace=False)]:
        radius = int(16 * chance.uniform(3, 6) / 2)
        cv2.circle(drawn, (int(x) * 16 + 8, int(y) * 16 + 8), radius, skin.tolist(), -1, cv2.LINE_AA, 4)
    return drawn


def _rim(garment, image_HW3, width_px):
    worn_HW = case(garment).worn_HW
    return _over(image_HW3, 250.0, grown(worn_HW, width_px) & ~shrunk(worn_HW, 1), 0.7)


def _torn(garment, image_HW3, depth_px):
    """Bites along the outline where the old picture shows."""
    worn = case(garment).worn_HW.astype(np.uint8)
    noise = cv2.GaussianBlur(np.random.default_rng(3).normal(size=worn.shape).astype(np.float32), (0, 0), 3)
    deep = cv2.distanceTransform(worn, cv2.DIST_L2, 5) < depth_px * (1 + 1.2 * noise / noise.std())
    return _over(image_HW3, np.array(sample(garment).images["person"]), (worn > 0) & deep, 0.7)


def _side_light(garment, image_HW3, strength):
    frame = case(garment).before.frame
    light = 1 + strength * frame.across_px_HW(image_HW3.shape[:2])[..., None] / frame.shoulder_px
    return _over(image_HW3, np.clip(image_HW3 * light, 0, 255), case(garment).worn_HW)


DEFECTS = {
    "a smoothed face": Defect(
        constraint="identity", plant=_smooth_face, weak=2, strong=6, garments=("lab", "loop", "cropped")
    ),
    "a face out of place": Defect(
        constraint="identity", plant=_face_aside, weak=0.02, strong=0.1, garments=("lab", "loop", "cropped")
    ),
    "another skin tone": Defect(
        constraint="identity", plant=_other_skin, weak=5, strong=12, garments=("lab", "loop", "blocks")
    ),
    "a hand out of place": Defect(
        constraint="body_and_pose", plant=_hand_aside, weak=0.06, strong=0.15, garments=("lab", "cropped", "blocks")
    ),
    "a hand cut off": Defect(
        constraint="body_and_pose", plant=_hand_cut_off, weak=0.4, strong=0.9, garments=("lab", "cropped", "blocks")
    ),
    "everything turned": Defect(
        constraint="body_and_pose",
        plant=_turned,
        weak=2.0,  # at 1.5 degrees the face network of "cropped" answers 0.3 points more, on some processors only
        strong=6,
        garments=("lab", "loop", "cropped"),
    ),
    "a pattern too large": Defect(
        constraint="garment_appearance",
        plant=lambda garment, image, by: _pattern(garment, image, larger=by),
        weak=1.15,
        strong=1.4,
        garments=("stripes", "checks", "blossoms", "loop"),
    ),
    "a pattern too small": Defect(
        constraint="garment_appearance",
        plant=lambda garment, image, by: _pattern(garment, image, larger=1 / by),
        weak=1.25,
        strong=1.5,
        garments=("stripes", "checks", "blossoms", "loop"),
    ),
    "a turned pattern": Defect(
        constraint="garment_appearance",
        plant=lambda garment, image, by: _pattern(garment, image, turn_deg=by),
        weak=8,
        strong=20,
        garments=("stripes", "checks", "blossoms"),
    ),
    "another hue": Defect(
        constraint="garment_appearance", plant=_hue, weak=15, strong=50, garments=("lab", "stripes", "loop")
    ),  # not "cropped": red turned to the orange of skin is parsed as skin
    "a smeared pattern": Defect(
        constraint="garment_appearance", plant=_smeared, weak=3, strong=6, garments=("stripes", "checks", "blossoms")
    ),
    "holes": Defect(constraint="realism", plant=_holes, weak=5, strong=25, garments=("lab", "cropped", "stripes")),
    "a white rim": Defect(constraint="realism", plant=_rim, weak=1, strong=4, garments=("lab", "loop", "cropped")),
    "a torn edge": Defect(constraint="realism", plant=_torn, weak=3, strong=6, garments=("lab", "loop", "cropped")),
    "light from the other side": Defect(
        constraint="realism", plant=_side_light, weak=0.4, strong=0.7, garments=("lab", "loop", "cropped")
    ),
}
