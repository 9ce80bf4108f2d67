"""Split a person into clothes, skin and hair without a network: colour likelihoods from seeds that the pose places.

Each class learns its colours where the body says it must be (upper garment: the upper torso; lower garment: the thighs;
hair: a ring round the face; skin: the cheeks), is weighted by where it may be, and smoothed along the picture's edges.
"""

# Shapes: H, W image rows and columns; K landmarks; C classes; 2 is (x, y); 3 is RGB, Lab or (x, y, visibility).
from dataclasses import dataclass

import cv2
import numpy as np

from ....pictures.features import ColourModel
from ....pictures.masks import capsule, closed, grown, guided, largest, opened, shrunk, soft, touching
from .anatomy import Head, bare_spots_without_face, find_arms, find_head, thighs, torso_slice
from .body_frame import BodyFrame

_DEFAULT_SKIN_LAB = np.array([65.0, 14.0, 18.0])  # where neither face nor arms nor neck can be seen
_SKIN_SHARE, _NEVER = 0.005, 1e-7  # the skin model's peak as a histogram's share, and a colour never seen
_UNSURE = 1e-10  # keeps a share for every class
_NEW_CLOTH = 2e-6  # a colour that no class knows is the upper garment's where that may be: prints have many
_ALIKE, _WAIST = 0.6, 0.85  # share of the legs' pixels that the chest explains; the waist, in torso lengths
UPPER, SKIN, LOWER, HAIR = range(4)


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """Masks of a person, bool (H, W); see perception.Person."""

    upper: np.ndarray
    lower: np.ndarray
    skin: np.ndarray
    hair: np.ndarray
    face: np.ndarray
    arms: np.ndarray
    forearms: np.ndarray


@dataclass(frozen=True, kw_only=True, eq=False)
class Sight:
    """What is known of a person before the parse: see perception.Person."""

    image_HW3: np.ndarray
    lab_HW3: np.ndarray
    alpha_HW: np.ndarray
    landmarks_K3: np.ndarray
    face_mesh_K2: np.ndarray | None
    frame: BodyFrame

    @property
    def shape(self) -> tuple[int, int]:
        return self.alpha_HW.shape

    @property
    def person(self) -> np.ndarray:
        return self.alpha_HW > 0.5


def silhouette(image_HW3: np.ndarray, pose_alpha_HW: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """The pose network's coarse silhouette, drawn to the picture's edges.

    GrabCut decides in a narrow band only, so it cannot lose a limb; its random start is seeded, so runs agree.
    returns  float32 (H, W), 0-1
    """
    band_px = frame.shoulder_px * 0.023
    labels = np.where(pose_alpha_HW > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[shrunk(pose_alpha_HW > 0.6, band_px)] = cv2.GC_FGD
    labels[~grown(pose_alpha_HW > 0.25, band_px)] = cv2.GC_BGD
    half = (image_HW3.shape[1] // 2, image_HW3.shape[0] // 2)
    small = cv2.resize(image_HW3, half, interpolation=cv2.INTER_AREA)
    small_labels = cv2.resize(labels, half, interpolation=cv2.INTER_NEAREST)
    if {cv2.GC_FGD, cv2.GC_BGD} <= set(np.unique(small_labels).tolist()):  # it needs both to learn from
        cv2.setRNGSeed(7)
        cv2.grabCut(small, small_labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    inside = np.isin(small_labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    inside = cv2.GaussianBlur(cv2.resize(inside, image_HW3.shape[1::-1]), (0, 0), 1.0)
    return np.clip(guided(image_HW3, inside, 4, 1e-4), 0, 1)


def parse(sight: Sight) -> Parts:
    """Name every pixel of the person: upper garment, lower garment, skin or hair.

    Twice: what the first naming found teaches the second one the colours that no seed saw (a sleeve of another colour,
    the pale skin of a chest).
    """
    shape, frame, person = sight.shape, sight.frame, sight.person
    head = find_head(shape, sight.face_mesh_K2, frame)
    arms, forearms = find_arms(shape, sight.landmarks_K3, frame)
    skin_HW = _skin_likelihood(sight, head)
    torso = torso_slice(shape, frame, wide=0.72, top=0.12, bottom=0.92)
    near_torso = _near_torso(shape, frame)
    hair_seed = _hair_ring(shape, head) & person & (skin_HW < 0.25)
    priors_HWC = _priors(shape, head, arms, torso, frame)
    cells_HW = ColourModel.cells(sight.lab_HW3)
    legs = _legs(sight, skin_HW, torso)
    likelihood_HWC = _from_seeds(sight, cells_HW, skin_HW, legs, hair_seed)
    if _alike(likelihood_HWC, legs):
        _part_at_waist(priors_HWC, frame.down_share_HW(shape))
    first = (likelihood_HWC * priors_HWC + _UNSURE).argmax(-1)
    likelihood_HWC = _learnt_again(sight, cells_HW, likelihood_HWC, first, head)
    post_HWC = _posterior(likelihood_HWC, priors_HWC)
    named = _smoothed(sight.image_HW3, post_HWC, max(3, frame.shoulder_px * 0.02)).argmax(-1)
    named[head.face] = SKIN

    upper, skin, lower, hair = (person & (named == c) for c in (UPPER, SKIN, LOWER, HAIR))
    legs_only = largest(lower, 0.05)
    upper |= lower & ~legs_only & (near_torso | arms)  # the inside of a cuff is as dark as trousers
    lower = legs_only
    hair, loose = _rooted(hair, hair_seed)
    bare = (skin_HW >= 0.25) | _throat(shape, head, frame)
    upper |= loose & near_torso & ~bare
    skin |= loose & bare
    specks = _specks(skin, upper, frame) & (skin_HW < 0.25)
    upper = _worn(upper | (specks & near_torso & ~head.face), torso, frame) & person & ~head.face
    return Parts(
        upper=upper,
        lower=lower & ~upper,
        skin=skin & ~upper & ~hair,
        hair=hair & ~upper,
        face=head.face & person,
        arms=arms,
        forearms=forearms,
    )


def _smoothed(image_HW3: np.ndarray, post_HWC: np.ndarray, radius_px: float) -> np.ndarray:
    """float32 (H, W, C): the shares of the classes, their borders moved to the picture's edges; they still sum to 1."""
    some = [guided(image_HW3, post_HWC[..., c], radius_px, 2e-4) for c in range(3)]
    return np.stack([*some, 1 - sum(some)], -1)


# ---- cleaning --------------------------------------------------------------------------------------------------------


def _rooted(hair: np.ndarray, seed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(hair that grows from the head, the rest): dark clothes have hair's colours."""
    kept = touching(opened(hair | seed, 1), seed, 0.05, least_px=60) & (hair | seed)
    return kept, hair & ~kept


def _throat(shape: tuple[int, int], head: Head, frame: BodyFrame) -> np.ndarray:
    """bool (H, W): the neck below the chin; in its shadow it has hair's colours."""
    return capsule(shape, head.chin, frame.centre, head.width_px * 0.33) & ~head.face


def _specks(skin: np.ndarray, upper: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """Small pieces of skin beside the upper garment: folds in shadow."""
    large = touching(skin, skin, 0.0, least_px=int(0.06 * frame.shoulder_px**2))
    return touching(skin & ~large, grown(upper, 2), 0.05)


def _worn(upper: np.ndarray, torso: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """The pieces of the upper garment that lie on the torso or are large, joined."""
    on_torso = touching(upper, torso, 0.02, least_px=int(0.02 * frame.shoulder_px**2))
    return closed(on_torso | touching(upper, upper, 0.0, least_px=int(0.08 * frame.shoulder_px**2)), 3)


# ---- where things may be ---------------------------------------------------------------------------------------------


def _near_torso(shape: tuple[int, int], frame: BodyFrame) -> np.ndarray:
    """bool (H, W): where the trunk of an upper garment may be, as wide at a flared hem as at the shoulders."""
    down_HW, across_HW = frame.down_share_HW(shape), frame.across_px_HW(shape)
    flared = (np.abs(across_HW) < 0.75 * frame.shoulder_px) & (down_HW > 0.2) & (down_HW < 1.4)
    return torso_slice(shape, frame, wide=1.6, top=-0.2, bottom=1.2) | flared


def _priors(shape: tuple[int, int], head: Head, arms: np.ndarray, torso: np.ndarray, frame: BodyFrame) -> np.ndarray:
    """float32 (H, W, C): how readily each class is believed at each place."""
    unit, down_HW = frame.shoulder_px, frame.down_share_HW(shape)
    near_torso = _near_torso(shape, frame)
    neck_HW = soft(_throat(shape, head, frame), unit * 0.02)
    upper = soft(near_torso | (arms & (down_HW > -0.25)), unit * 0.05)
    upper *= (0.95 * _step(1.12 - down_HW, 0.05) + 0.05 * _step(1.5 - down_HW, 0.05)) * _step(down_HW + 0.22, 0.03)
    skin = 0.5 * (1 - 0.75 * soft(torso & (down_HW > 0.12) & (down_HW < 0.9), unit * 0.05))
    skin *= 1 - 0.75 * soft(near_torso & ~arms & (down_HW > 0.7), unit * 0.02)  # hips are dressed
    skin *= 1 + 3 * neck_HW  # a neck in shadow is darker than the cheeks
    lower = _step(down_HW - 0.97, 0.04)
    if not head.seen:
        return np.stack([upper, skin, lower, np.full(shape, 1e-3)], -1).astype(np.float32)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    distance = np.hypot(x - head.chin[0], y - (head.chin[1] - head.width_px * 0.6)) / (head.width_px * 1.25)
    falling = (np.abs(x - head.chin[0]) < head.width_px * 0.95) & (down_HW < 0.45) & (down_HW > -0.8)
    hair = np.maximum(np.exp(-(distance**4)) * 0.9 + 1e-3, 0.25 * falling) * (1 - 0.85 * neck_HW)
    return np.stack([upper, skin, lower, hair], -1).astype(np.float32)


def _alike(likelihood_HWC: np.ndarray, legs: np.ndarray) -> bool:
    """Is the lower garment of the upper one's colours, as a dress is?"""
    seen_NC = likelihood_HWC[legs]
    return len(seen_NC) >= 200 and float((seen_NC[:, UPPER] > 0.3 * seen_NC[:, LOWER]).mean()) > _ALIKE


def _part_at_waist(priors_HWC: np.ndarray, down_HW: np.ndarray) -> None:
    """Take the waist for the border of two garments of the same colours: in place."""
    priors_HWC[..., UPPER] *= _step(_WAIST - down_HW, 0.01)
    priors_HWC[..., LOWER] = _step(down_HW - _WAIST, 0.01)


def _step(x: np.ndarray, width: float) -> np.ndarray:
    """A smooth step from 0 to 1 at 0."""
    return 1 / (1 + np.exp(-np.clip(x / width, -30, 30)))


def _hair_ring(shape: tuple[int, int], head: Head) -> np.ndarray:
    """bool (H, W): a ring above and beside the face; empty where no face is seen."""
    if not head.seen:
        return np.zeros(shape, bool)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    centre, height_px = (head.top + head.chin) / 2, float(np.hypot(*(head.top - head.chin)))
    across, down = (x - centre[0]) / (head.width_px * 0.78), (y - centre[1] + height_px * 0.22) / (height_px * 0.88)
    return (across**2 + down**2 < 1) & ~grown(head.face, 2) & (y < head.chin[1] - height_px * 0.15)


# ---- what colours they have ------------------------------------------------------------------------------------------


def _from_seeds(
    sight: Sight, cells_HW: np.ndarray, skin_HW: np.ndarray, legs: np.ndarray, hair_seed: np.ndarray
) -> np.ndarray:
    """float32 (H, W, C): how often each pixel's colour occurs where each class must be."""
    return np.stack(
        [
            np.maximum(_likelihood(sight, cells_HW, _chest(sight, skin_HW), least_px=1), _NEW_CLOTH),
            np.maximum(skin_HW * _SKIN_SHARE, _NEVER),
            _likelihood(sight, cells_HW, legs, least_px=200),
            _likelihood(sight, cells_HW, hair_seed, least_px=150),
        ],
        axis=-1,
    )


def _learnt_again(
    sight: Sight, cells_HW: np.ndarray, seen_HWC: np.ndarray, named: np.ndarray, head: Head
) -> np.ndarray:
    """float32 (H, W, C): the likelihoods with the upper garment's and the skin's colours as first named added."""
    person = sight.person & ~head.face
    upper = _likelihood(sight, cells_HW, person & (named == UPPER), least_px=200)
    below_head = sight.frame.down_share_HW(sight.shape) > -0.2  # fair hair has skin's colours
    skin = _likelihood(sight, cells_HW, (person & (named == SKIN) & below_head) | head.cheeks, least_px=200)
    again_HWC = seen_HWC.copy()
    again_HWC[..., UPPER] = np.maximum(0.5 * (seen_HWC[..., UPPER] + upper), _NEW_CLOTH)
    again_HWC[..., SKIN] = np.maximum(seen_HWC[..., SKIN], skin)
    return again_HWC


def _posterior(likelihood_HWC: np.ndarray, priors_HWC: np.ndarray) -> np.ndarray:
    post_HWC = likelihood_HWC * priors_HWC + _UNSURE
    return post_HWC / post_HWC.sum(-1, keepdims=True)


def _likelihood(sight: Sight, cells_HW: np.ndarray, seed: np.ndarray, least_px: int) -> np.ndarray:
    """float32 (H, W): how often the seed's colours occur in it; next to nothing where the seed is too small."""
    if seed.sum() < least_px:
        return np.full(seed.shape, _NEVER, np.float32)
    model = ColourModel(sight.lab_HW3[seed], lightness_blur=5.6, stray_share=0.004)
    return np.exp(model.log_share)[cells_HW]


def _legs(sight: Sight, skin_HW: np.ndarray, torso: np.ndarray) -> np.ndarray:
    """bool (H, W): cloth on the lower half of what is seen of the thighs: a long top covers the upper one."""
    seen = thighs(sight.shape, sight.landmarks_K3, sight.frame) & sight.person & ~torso
    if not seen.any():
        return seen
    low = seen & (np.arange(sight.shape[0])[:, None] >= np.median(np.nonzero(seen)[0]))
    return next((some for some in (low & (skin_HW < 0.35), seen & (skin_HW < 0.35)) if some.sum() >= 200), seen)


def _chest(sight: Sight, skin_HW: np.ndarray) -> np.ndarray:
    """Cloth of the UPPER torso only: high-waisted trousers would otherwise join the top."""
    chest = torso_slice(sight.shape, sight.frame, wide=0.72, top=0.12, bottom=0.55) & sight.person
    cloth = chest & (skin_HW < 0.35)
    return cloth if cloth.sum() >= 200 else chest


def _skin_likelihood(sight: Sight, head: Head) -> np.ndarray:
    """float32 (H, W), 0-1: a robust Gaussian round the cheeks' colour, wider in lightness, widest towards shadow."""
    examples = sight.lab_HW3[head.cheeks] if head.cheeks.sum() > 30 else _skin_without_face(sight)
    centre = np.median(examples, 0)
    spread = np.maximum(np.median(np.abs(examples - centre), 0) * 1.48, [9, 3.2, 4.0]) * [1.5, 1.25, 1.25]
    away = (sight.lab_HW3 - centre.astype(np.float32)) / spread.astype(np.float32)
    lightness = np.where(away[..., 0] < 0, away[..., 0] * 0.75, away[..., 0])
    return np.exp(-0.5 * (0.6 * lightness**2 + away[..., 1] ** 2 + away[..., 2] ** 2))


def _skin_without_face(sight: Sight) -> np.ndarray:
    """float32 (N, 3): Lab examples from forearms and neck, skin-hued ones if there are any."""
    found = sight.lab_HW3[bare_spots_without_face(sight.shape, sight.landmarks_K3, sight.frame) & sight.person]
    hued = found[(found[:, 1] > 3) & (found[:, 2] > 3) & (found[:, 1] < 35)]
    return next((some for some in (hued, found) if len(some) > 20), _DEFAULT_SKIN_LAB[None])
