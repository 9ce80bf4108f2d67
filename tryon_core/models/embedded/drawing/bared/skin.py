"""Make up skin that a garment hid: the wearer's own skin colour under the light that falls on what is seen of it."""

# Shapes: H, W image rows and columns; N seen pixels; 3 is RGB, Lab or a direction (x, y, towards us).
import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt

from .....pictures.masks import grown, shrunk
from ...seeing.anatomy import find_head
from ...seeing.fill import grain, spread
from ...seeing.limbs import Limb
from ...seeing.perception import Person
from ...seeing.recall import once_each
from ..shade import from_lab, seen_light
from .arm_light import light_across, with_arms

# The usual light, from above and in front: log lightness per unit of direction; the median of what is fitted to the
# bare arms of 12 people in studio photographs. Those on the rendered people's lie within it.
_ROUND = np.array([0.0, -0.06, 0.26])
_DOUBT_SHARE = 0.1  # how strongly the usual light is believed, in shares of the seen pixels
_REACH_SHARE = 0.22  # how far the tone of seen skin is carried into made-up skin, in shoulder widths
_HAND_SHARE = 0.3  # ... and a hand's up an arm of which nothing else is seen
_REDUCED, _WHOLE, _SIDEWAYS = 4, 0.5, 1.4  # of the picture's size; known share; blur there, so that rays do not show
_LEAST_SEEN_PX, _LEAST_TONE_PX = 400, 60
_SAME_HUE, _LEAST_CHROMA = float(np.cos(np.radians(25))), 0.4  # of cheeks: so far off in hue, so pale is no skin
_ARM_SHARE = 0.04  # of the shoulder width squared: so much bare arm tells an arm's light; a wrist does not
_SHADE_SHARE = 0.09  # so near old cloth skin lies in its shadow, in shoulder widths
_MIDDLE_FACES = 0.95  # how much the middle of an arm faces us, where its usual colour is seen
_SLEEVE_EDGE_PX = 3  # nearer to the outline a sleeve's colour is mixed with what is behind
_LIGHT_VARIES = np.array([0.25, 0.15, 0.15])  # between studio photographs, from the usual light; more is folds
_DARKEST = 4.0  # L*, added before logarithms: black has no shading


def seen_skin(person: Person) -> np.ndarray:
    """bool (H, W): bare skin whose own colour is seen; without the face where there is enough else."""
    bare = shrunk(skin_hued(person), 2) & ~grown(person.upper | person.hair, _SHADE_SHARE * person.frame.shoulder_px)
    body = bare & ~grown(person.face, 3)
    return next((some for some in (body, bare, person.skin) if some.sum() >= _LEAST_SEEN_PX), person.skin)


@once_each
def skin_hued(person: Person) -> np.ndarray:
    """bool (H, W): skin with the hue of the wearer's cheeks, else hands; pale cloth is read as skin too."""
    known = next((part for part in _sure_skin(person) if part.sum() >= _LEAST_TONE_PX), None)
    if known is None:
        return person.skin
    own_2 = np.median(person.lab_HW3[known][:, 1:], 0)
    own_chroma = max(float(np.hypot(*own_2)), 1e-6)
    along_HW = person.lab_HW3[..., 1:] @ (own_2 / own_chroma).astype(np.float32)  # chroma in the direction of that hue
    chroma_HW = np.hypot(person.lab_HW3[..., 1], person.lab_HW3[..., 2])
    return person.skin & (chroma_HW > _LEAST_CHROMA * own_chroma) & (along_HW > _SAME_HUE * chroma_HW)


def _sure_skin(person: Person) -> tuple[np.ndarray, np.ndarray]:
    """(cheeks, hands), bool (H, W) each: what can hardly be anything but skin."""
    cheeks = find_head(person.skin.shape, person.face_mesh_K2, person.frame).cheeks & person.skin
    return cheeks, shrunk(person.hands, 3)


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
    arms = seen & ~_hands(person, limbs)
    model_HW3, light_2M3 = _under_light(person, arms, limbs, facing_HW3), light_across(limbs, arms, person.lab_HW3)
    if light_2M3 is not None:
        model_HW3 = with_arms(model_HW3, limbs, light_2M3, person)
    unit_px, hands = person.frame.shoulder_px, shrunk(skin_hued(person), 2) & _hands(person, limbs)
    away_px = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, 5)
    tone_HW3 = spread(person.lab_HW3 - model_HW3, seen)
    model_HW3 = model_HW3 + tone_HW3 * np.exp(-away_px / (_REACH_SHARE * unit_px))[..., None]
    if light_2M3 is None and hands.any():
        model_HW3 = model_HW3 + _onwards(person.lab_HW3 - model_HW3, hands, _HAND_SHARE * unit_px)
    return np.clip(from_lab(model_HW3.astype(np.float32)) + grain(person.image_HW3, seen), 0, 255)


def _onwards(off_HW3: np.ndarray, known: np.ndarray, reach_px: float) -> np.ndarray:
    """float32 (H, W, 3): what the nearest known pixel is off, less further away: no step at the old cloth."""
    size = (known.shape[1] // _REDUCED, known.shape[0] // _REDUCED)
    weight = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    off = cv2.resize(np.where(known[..., None], off_HW3, 0).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    off, weight = (cv2.GaussianBlur(part, (0, 0), _SIDEWAYS) for part in (off, weight))
    off = off / np.maximum(weight, 1e-6)[..., None]
    away, nearest_2 = distance_transform_edt(weight < _WHOLE, return_indices=True)
    off = cv2.GaussianBlur(off[tuple(nearest_2)], (0, 0), _SIDEWAYS) * np.exp(-away * _REDUCED / reach_px)[..., None]
    return cv2.resize(off.astype(np.float32), known.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _under_light(person: Person, seen: np.ndarray, limbs: tuple[Limb, Limb], facing_HW3: np.ndarray) -> np.ndarray:
    """float32 (H, W, 3) Lab: the skin's colour in the light of each direction.

    Both from the bare arms. Where none are seen the colour lies between the cheeks', which are lighter, and the hands',
    which are darker than arms: in studio photographs their mean is 2 L* off the arms, cheeks alone 7. Arms are as
    yellow as the yellower of both. The light is then what falls on the old sleeves.
    """
    arms = seen & (np.maximum(*(limb.alpha_HW for limb in limbs)) > 0.9)
    if arms.sum() >= _ARM_SHARE * person.frame.shoulder_px**2:
        some = _some_of(arms)
        lab_N3 = person.lab_HW3.reshape(-1, 3)[some]
        start, change = find_light(np.log(lab_N3[:, 0] + _DARKEST), facing_HW3.reshape(-1, 3)[some])
        usual_3 = np.median(lab_N3, 0)
    else:
        sure = [part for part in _sure_skin(person) if part.sum() >= _LEAST_TONE_PX]
        parts = sure or [next(some for some in (seen, person.skin) if some.any())]
        medians = np.array([np.median(person.lab_HW3[part], 0) for part in parts])
        usual_3 = np.append(medians[:, :2].mean(0), medians[:, 2].max())
        lab_N3 = person.lab_HW3[np.any(parts, axis=0)]
        change = _light_on_sleeves(person, limbs, facing_HW3)
        start = float(np.log(usual_3[0] + _DARKEST) - _MIDDLE_FACES * change[2])
    lightness_HW = np.exp(start + facing_HW3 @ change.astype(np.float32)) - _DARKEST
    away_HW = np.clip(lightness_HW - usual_3[0], -25, 15)
    hues = [usual_3[k] + _slope(lab_N3[:, 0], lab_N3[:, k]) * away_HW for k in (1, 2)]
    return np.dstack([lightness_HW, *hues]).astype(np.float32)


def _light_on_sleeves(person: Person, limbs: tuple[Limb, Limb], facing_HW3: np.ndarray) -> np.ndarray:
    """(3,): log lightness per unit of direction, from the shading of what the arms are dressed in; else the usual."""
    shaded, shading_HW = seen_light(person)
    inside = np.any([(limb.edge_px_HW > _SLEEVE_EDGE_PX) & (limb.along_HW > 0) for limb in limbs], axis=0)
    sleeves = shaded & person.upper & person.arms & inside
    if sleeves.sum() < _ARM_SHARE * person.frame.shoulder_px**2:
        return _ROUND
    some = _some_of(sleeves)
    _, change = find_light(shading_HW.reshape(-1)[some], facing_HW3.reshape(-1, 3)[some])
    return np.clip(change, _ROUND - _LIGHT_VARIES, _ROUND + _LIGHT_VARIES)


def _some_of(area_HW: np.ndarray) -> np.ndarray:
    """int (N,): at most some 4000 of its pixels, evenly, as places in the flattened picture."""
    return np.flatnonzero(area_HW)[:: max(1, int(area_HW.sum()) // 4000)]


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
