"""Make up skin that a garment hid: the wearer's own skin colour under the light that falls on what is seen of it."""

# Shapes: H, W image rows and columns; N seen pixels; 3 is RGB, Lab or a direction (x, y, towards us).
import cv2
import numpy as np

from ....pictures.masks import grown, shrunk
from ..seeing.anatomy import find_head
from ..seeing.fill import grain, spread
from ..seeing.limbs import Limb
from ..seeing.perception import Person
from .shade import from_lab

_ROUND = np.array(
    [0.0, -0.05, 0.18]
)  # the usual light, from above: log lightness per unit of direction; tuning people's arms
_DOUBT_SHARE = 0.1  # how strongly the usual light is believed, in shares of the seen pixels
_REACH_SHARE = 0.22  # how far the tone of seen skin is carried into made-up skin, in shoulder widths
_LEAST_SEEN_PX = 400
_ARM_SHARE = 0.04  # of the shoulder width squared: so much bare arm tells an arm's light; a wrist does not
_SHADE_SHARE = 0.09  # so near old cloth skin lies in its shadow, in shoulder widths
_DARKEST = 4.0  # L*, added before logarithms: black has no shading


def seen_skin(person: Person) -> np.ndarray:
    """bool (H, W): bare skin whose own colour is seen; without the face where there is enough else."""
    bare = shrunk(person.skin, 2) & ~grown(person.upper | person.hair, _SHADE_SHARE * person.frame.shoulder_px)
    body = bare & ~grown(person.face, 3)
    return next((some for some in (body, bare, person.skin) if some.sum() >= _LEAST_SEEN_PX), person.skin)


def find_light(log_lightness_N: np.ndarray, facing_N3: np.ndarray) -> tuple[float, np.ndarray]:
    """(log lightness of what faces nowhere, its change per unit of direction (3,)): first-order shading.

    A robust least-squares fit (two rounds, outliers beyond 2.5 deviations left out), drawn towards a light from the
    front as far as few directions are seen. Spherical harmonics of first order: Ramamoorthi and Hanrahan 2001.
    """
    used = np.ones(len(facing_N3), bool)
    for _ in range(2):
        facing, wanted = facing_N3[used], log_lightness_N[used]
        middle, level = facing.mean(0), wanted.mean()
        centred, doubt = facing - middle, _DOUBT_SHARE * len(facing)
        normal = centred.T @ centred + doubt * np.eye(3)
        change = np.linalg.solve(normal, centred.T @ (wanted - level) + doubt * _ROUND)
        start = level - middle @ change
        off = np.abs(log_lightness_N - start - facing_N3 @ change)
        used = off < 2.5 * 1.48 * np.median(off) + 1e-6
    return float(start), change


def bared_skin(person: Person, limbs: tuple[Limb, Limb], facing_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W, 3) RGB: skin wherever the body might show it; the seen skin's light, tone and grain go on in it.

    facing_HW3  float32, which way the body faces at each pixel (limbs.normals)
    """
    seen = seen_skin(person)
    if not seen.any():
        return np.broadcast_to(np.float32([198, 152, 130]), person.image_HW3.shape)
    model_HW3 = _under_light(person, seen & ~_hands(person, limbs), limbs, facing_HW3)
    tone_HW3 = spread(np.where(seen[..., None], person.lab_HW3 - model_HW3, 0), seen)
    away_px = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, 5)
    near_HW = np.exp(-away_px / (_REACH_SHARE * person.frame.shoulder_px))
    made_HW3 = from_lab((model_HW3 + tone_HW3 * near_HW[..., None]).astype(np.float32))
    return np.clip(made_HW3 + grain(person.image_HW3, seen), 0, 255)


def _under_light(person: Person, seen: np.ndarray, limbs: tuple[Limb, Limb], facing_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W, 3) Lab: the skin's colour in the light of each direction.

    Both from the bare arms; where none are seen the colour is the cheeks' (in the tuning pictures both are alike: arms
    and cheeks differ by 3 L* in the median, hands and shaded necks by more) and the light the usual one.
    """
    arms = seen & (np.maximum(*(limb.alpha_HW for limb in limbs)) > 0.9)
    if arms.sum() >= _ARM_SHARE * person.frame.shoulder_px**2:
        some = np.flatnonzero(arms)[:: max(1, int(arms.sum()) // 4000)]
        lab_N3 = person.lab_HW3.reshape(-1, 3)[some]
        start, change = find_light(np.log(lab_N3[:, 0] + _DARKEST), facing_HW3.reshape(-1, 3)[some])
    else:
        cheeks = find_head(seen.shape, person.face_mesh_K2, person.frame).cheeks & person.skin
        lab_N3 = person.lab_HW3[next(some for some in (cheeks, seen, person.skin) if some.any())]
        change = _ROUND
        start = float(np.log(np.median(lab_N3[:, 0]) + _DARKEST) - 0.95 * change[2])
    usual_3 = np.median(lab_N3, 0)
    lightness_HW = np.exp(start + facing_HW3 @ change.astype(np.float32)) - _DARKEST
    away_HW = np.clip(lightness_HW - usual_3[0], -25, 15)
    hues = [usual_3[k] + _slope(lab_N3[:, 0], lab_N3[:, k]) * away_HW for k in (1, 2)]
    return np.dstack([lightness_HW, *hues]).astype(np.float32)


def _hands(person: Person, limbs: tuple[Limb, Limb]) -> np.ndarray:
    """bool (H, W): they are redder than arms, and face any way."""
    return person.forearms & np.any([limb.along_HW > 1.8 for limb in limbs], axis=0)


def _slope(lightness_N: np.ndarray, values_N: np.ndarray) -> float:
    """How a* or b* of skin changes with its lightness."""
    away = lightness_N - np.median(lightness_N)
    middle = np.abs(away) < 15
    return float(
        np.clip((away * (values_N - np.median(values_N)))[middle].sum() / (away[middle] ** 2).sum().clip(1), -0.4, 0.4)
    )
