"""Light a draped garment like the one it replaces: its folds, the body's form, the shadow where cloth meets skin."""

# Shapes: H, W image rows and columns; 3 is RGB or Lab.
import cv2
import numpy as np

from ...features import blur_within, to_lab
from ...masks import shrunk, soft
from .parameters import WarpParameters
from .perception import Person

_FOLDS, _FORM, _SHARPEN, _CONTACT = 0.6, 0.35, 0.3, 0.35  # strengths of the best blind drawing


def lit(colour_HW3: np.ndarray, alpha_HW: np.ndarray, person: Person, parameters: WarpParameters) -> np.ndarray:
    """float32 (H, W, 3) RGB: the garment's colours under the person's light, adjusted as the parameters ask."""
    factor_HW = folds(person, alpha_HW > 0.3) ** max(0.0, _FOLDS * (1 + parameters.shading))
    factor_HW *= _form(alpha_HW, person.frame.shoulder_px) ** max(0.0, _FORM * (1 + parameters.shading))
    lab_HW3 = to_lab(np.clip(colour_HW3, 0, 255))
    lab_HW3[..., 0] = np.clip(lab_HW3[..., 0] * factor_HW + parameters.lightness, 0, 100)
    lab_HW3[..., 1:] *= (_chroma_factor(lab_HW3, alpha_HW, parameters.chroma) * factor_HW**0.5)[..., None]
    rgb_HW3 = from_lab(lab_HW3)
    detail_HW3 = rgb_HW3 - cv2.GaussianBlur(rgb_HW3, (0, 0), 1.2)
    return np.clip(rgb_HW3 + detail_HW3 * (_SHARPEN + parameters.sharpness), 0, 255)


def from_lab(lab_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W, 3) RGB, 0-255; colours outside sRGB are clipped."""
    return np.clip(cv2.cvtColor(np.asarray(lab_HW3, np.float32), cv2.COLOR_LAB2RGB) * 255, 0, 255)


def folds(person: Person, region_HW: np.ndarray) -> np.ndarray:
    """The old garment's fine lightness over its coarse one, where the new one lies on it: float32 (H, W), 0.6-1.35.

    Raised to the old garment's plainness: the lightness of a print is no shadow and would ghost through. 1 far from it.
    """
    unit = person.frame.shoulder_px
    where = shrunk(person.upper, 3) & region_HW  # its rim is mixed with what lies behind
    if where.sum() < 500:
        return np.ones(where.shape, np.float32)
    lightness_HW = person.lab_HW3[..., 0]
    fine, coarse = (blur_within(lightness_HW, where, unit * share) for share in (0.0105, 0.3))
    ratio_HW = np.clip((fine + 6) / (coarse + 6), 0.6, 1.35)
    near = blur_within(ratio_HW, where, unit * 0.03)  # its edge's shading fades out beyond it, so no line is drawn
    fading = np.clip(1 - cv2.distanceTransform((~where).astype(np.uint8), cv2.DIST_L2, 5) / (0.12 * unit), 0, 1)
    factor_HW = np.where(where, ratio_HW, 1 + (near - 1) * fading)
    return cv2.GaussianBlur(factor_HW, (0, 0), 1.5) ** plainness(person.lab_HW3[where])


def plainness(lab_N3: np.ndarray) -> float:
    """0 for a print, 1 for plain cloth that is not black: how much of its lightness is light and shadow."""
    low, high = np.percentile(lab_N3[:, 0], [5, 95])
    colour_spread = np.median(np.abs(lab_N3[:, 1:] - np.median(lab_N3[:, 1:], 0)))
    plain = np.clip(1.6 - (high - low) / 45 - colour_spread / 8, 0, 1)
    return float(plain * np.clip((np.median(lab_N3[:, 0]) - 8) / 25, 0.15, 1))


def _form(alpha_HW: np.ndarray, unit_px: float) -> np.ndarray:
    """float32 (H, W), 0.8-1: darker towards the outline, as a rounded body is."""
    depth = cv2.distanceTransform((alpha_HW > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / (0.18 * unit_px)
    return cv2.GaussianBlur((0.8 + 0.2 * np.clip(depth, 0, 1) ** 0.7).astype(np.float32), (0, 0), unit_px * 0.012)


def _chroma_factor(lab_HW3: np.ndarray, alpha_HW: np.ndarray, by: float) -> float:
    """What to multiply a* and b* by, so that the garment's median chroma changes by about `by`; 1 for grey cloth."""
    cloth = alpha_HW > 0.5
    usual = float(np.median(np.hypot(lab_HW3[cloth][:, 1], lab_HW3[cloth][:, 2]))) if cloth.any() else 0.0
    return float(np.clip((usual + by) / usual, 0.2, 2.0)) if usual > 2 else 1.0


def contact_shadow(alpha_HW: np.ndarray, person: Person) -> np.ndarray:
    """float32 (H, W), 0-1: the darkening of the body just below and beside the cloth."""
    unit = person.frame.shoulder_px
    down = cv2.warpAffine(alpha_HW, np.float32([[1, 0, 0], [0, 1, round(0.012 * unit)]]), alpha_HW.shape[::-1])
    cast = np.clip(soft(down, unit * 0.018) - alpha_HW, 0, 1)
    return _CONTACT * np.where(cast > 0.02, cast, 0) * person.alpha_HW
