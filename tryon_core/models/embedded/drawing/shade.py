"""Light a draped garment like the one it replaces: its folds, the body's form, the shadow where cloth meets skin."""

# Shapes: H, W image rows and columns; 3 is RGB or Lab.
import cv2
import numpy as np

from ....pictures.features import blur_within, to_lab
from ....pictures.masks import box_of, grown, shrunk, soft
from ..seeing.perception import Person
from ..seeing.recall import once_each
from .drawing_parameters import WarpParameters
from .relief import shading_of

# Strengths of the best blind drawing. Folds and side lie between what least squares finds for six rendered pairs:
# 0.3-1.1 for folds on the trunk, 0.3-1.0 for the slow change across it, about 0 for that on sleeves.
_FOLDS, _SIDE, _FORM, _SHARPEN, _CONTACT = 0.6, 0.45, 0.3, 0.3, 0.35
_BEYOND_PX = 32  # of the cloth: its edge is feathered by up to 18 pixels, and what enlarges it looks 9 further


def lit(colour_HW3: np.ndarray, alpha_HW: np.ndarray, person: Person, parameters: WarpParameters) -> np.ndarray:
    """float32 (H, W, 3) RGB: the garment's colours under the person's light, adjusted as the parameters ask.

    Meaningful where alpha is above 0 and _BEYOND_PX around it.
    """
    box, lit_HW3 = box_of(alpha_HW > 0, _BEYOND_PX), np.zeros(colour_HW3.shape, np.float32)
    factor_hw = light_on(person, alpha_HW > 0.3, max(0.0, 1 + parameters.shading))[box]
    lab_hw3 = to_lab(np.clip(colour_HW3[box], 0, 255))
    lab_hw3[..., 0] = np.clip((lab_hw3[..., 0] + 16) * factor_hw - 16 + parameters.lightness, 0, 100)
    lab_hw3[..., 1:] *= (_chroma_factor(lab_hw3, alpha_HW[box], parameters.chroma) * factor_hw)[..., None]
    rgb_hw3 = from_lab(lab_hw3)
    detail_hw3 = rgb_hw3 - cv2.GaussianBlur(rgb_hw3, (0, 0), 1.2)
    lit_HW3[box] = np.clip(rgb_hw3 + detail_hw3 * (_SHARPEN + parameters.sharpness), 0, 255)
    return lit_HW3


def from_lab(lab_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W, 3) RGB, 0-255; colours outside sRGB are clipped."""
    return np.clip(cv2.cvtColor(np.asarray(lab_HW3, np.float32), cv2.COLOR_LAB2RGB) * 255, 0, 255)


def light_on(person: Person, region_HW: np.ndarray, strength: float) -> np.ndarray:
    """float32 (H, W), 0.5-1.5: the light on the person's clothes and bare limbs, as a factor for what lies on them now.

    It scales L* + 16, a* and b*, as the cube root of a light's strength does (CIE 15). Folds and form, without the old
    print; beyond what was seen it fades into a usual form.

    region_HW  bool, where the new garment is; its usual light counts as 1
    strength   1 as seen, 0 none
    """
    unit = person.frame.shoulder_px
    seen_HW, shading_HW = seen_light(person)
    known = seen_HW & region_HW
    away_px = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5) if known.any() else np.inf
    trust_HW = np.clip(1 - away_px / (0.12 * unit), 0, 1) * np.ones(known.shape, np.float32)
    slow_HW = blur_within(shading_HW, known, 0.3 * unit)
    near = blur_within(shading_HW - slow_HW, known, 0.03 * unit)  # its edge's folds fade out beyond it: no line
    folds_HW = np.where(known, shading_HW - slow_HW, near)
    trunk_HW = soft(~person.arms, 0.05 * unit)  # a sleeve is lighter or darker than the trunk for its own reasons
    usual = float(np.median(slow_HW[known])) if known.any() else 0.0
    seen = (_FOLDS * folds_HW + _SIDE * trunk_HW * (slow_HW - usual)) * trust_HW
    log_HW = strength * (seen + _FORM * _form(region_HW, unit) * (1 - trust_HW))
    return np.exp(np.clip(cv2.GaussianBlur(log_HW.astype(np.float32), (0, 0), 1.5), -0.7, 0.4))


@once_each
def seen_light(person: Person) -> tuple[np.ndarray, np.ndarray]:
    """(bool (H, W) where light is seen, float32 (H, W) its log): on clothes and bare limbs; black tells little."""
    rim = shrunk(person.alpha_HW > 0.5, 3)
    limbs = person.skin & person.arms & ~grown(person.face, 3)
    body = (person.upper | person.lower | limbs) & ~grown(person.hair, 2)
    seen = shrunk(body, 1) & rim
    shading_HW = shading_of(person.lab_HW3, seen)
    lightness = blur_within(person.lab_HW3[..., 0], seen, 0.05 * person.frame.shoulder_px)
    clear_HW = np.clip((lightness - 8) / 25, 0.15, 1)
    return seen, (shading_HW * clear_HW).astype(np.float32)


def _form(region_HW: np.ndarray, unit_px: float) -> np.ndarray:
    """float32 (H, W): log light, darker towards the outline, as a rounded body is; 0 in the middle."""
    depth = cv2.distanceTransform(region_HW.astype(np.uint8), cv2.DIST_L2, 5) / (0.18 * unit_px)
    form_HW = np.log(0.8 + 0.2 * np.clip(depth, 0, 1) ** 0.7).astype(np.float32)
    return cv2.GaussianBlur(form_HW, (0, 0), unit_px * 0.012)


def _chroma_factor(lab_HW3: np.ndarray, alpha_HW: np.ndarray, by: float) -> float:
    """What to multiply a* and b* by, so that the garment's median chroma changes by about `by`; 1 for grey cloth."""
    cloth = alpha_HW > 0.5
    usual = float(np.median(np.hypot(lab_HW3[cloth][:, 1], lab_HW3[cloth][:, 2]))) if cloth.any() else 0.0
    return float(np.clip((usual + by) / usual, 0.2, 2.0)) if usual > 2 else 1.0


def contact_shadow(alpha_HW: np.ndarray, body_HW: np.ndarray, unit_px: float) -> np.ndarray:
    """float32 (H, W), 0-1: the darkening of the body just below and beside the cloth; nothing falls on what is behind.

    body_HW  float32 0-1, the person as drawn, without the old garment
    """
    down = cv2.warpAffine(alpha_HW, np.float32([[1, 0, 0], [0, 1, round(0.012 * unit_px)]]), alpha_HW.shape[::-1])
    cast = np.clip(soft(down, unit_px * 0.018) - alpha_HW, 0, 1)
    return _CONTACT * np.where(cast > 0.02, cast, 0) * body_HW
