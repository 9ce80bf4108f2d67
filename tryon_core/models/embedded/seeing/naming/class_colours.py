"""What colours each class of a parse has: learnt where the body says it must be, then from what was named."""

# Shapes: H, W image rows and columns; C classes.
import numpy as np

from .....pictures.features import ColourModel
from ..anatomy import thighs, torso_slice
from ..border import Cloth, Parted, find_border
from .class_priors import LOWER, SKIN, UPPER
from .clues import Clues

_SKIN_SHARE, _NEVER = 0.005, 1e-7  # the skin model's peak as a histogram's share, and a colour never seen
_NEW_CLOTH = 2e-6  # a colour that no class knows is the upper garment's where that may be: prints have many
_ALIKE = 0.6  # share of the legs' pixels that the chest explains: a dress
_SKIN_LIKE, _NO_SKIN = 0.35, 0.15  # skin likelihoods above which a seed is no cloth, and below which it surely is
_SLEEVED = 0.6  # share of an upper arm that is cloth where it has a sleeve
_LEAST_PX = 200


def from_seeds(clues: Clues, legs: np.ndarray, hair_seed: np.ndarray) -> np.ndarray:
    """float32 (H, W, C): how often each pixel's colour occurs where each class must be."""
    return np.stack(
        [
            np.maximum(_likelihood(clues, _chest(clues), least_px=1), _NEW_CLOTH),
            np.maximum(clues.skin * _SKIN_SHARE, _NEVER),
            _likelihood(clues, legs, least_px=_LEAST_PX),
            _likelihood(clues, hair_seed, least_px=150),
        ],
        axis=-1,
    )


def alike(likelihood_HWC: np.ndarray, legs: np.ndarray) -> bool:
    """Is the lower garment of the upper one's colours, as a dress is?"""
    seen_NC = likelihood_HWC[legs]
    return len(seen_NC) >= _LEAST_PX and float((seen_NC[:, UPPER] > 0.3 * seen_NC[:, LOWER]).mean()) > _ALIKE


def parted_by_colour(likelihood_HWC: np.ndarray, clues: Clues, legs: np.ndarray) -> Parted | None:
    """The border between chest with sleeves and legs; None where too little is seen.

    Bare is what has skin's hue and is explained by skin better than by either garment.
    """
    upper = _chest(clues) | _sleeves(clues)
    if min(upper.sum(), legs.sum()) < _LEAST_PX:
        return None
    bare = clues.hued & (likelihood_HWC[..., SKIN] > likelihood_HWC[..., [UPPER, LOWER]].max(-1))
    cloth = Cloth(lab_HW3=clues.sight.lab_HW3, cells=clues.cells, person=clues.person, bare=bare, arms=clues.arms)
    return find_border(cloth, clues.frame, *(_model(clues, seed).log_share for seed in (upper, legs)))


def taught_by_border(likelihood_HWC: np.ndarray, parted: Parted, clues: Clues, sleeves_HW: np.ndarray) -> np.ndarray:
    """float32 (H, W, C): the likelihoods with what either side of the border taught added.

    Colours that skin explains better teach the upper garment nothing: there is shaded skin in many a neckline. On bare
    arms the lower garment keeps its first colours: a border that lies off by a little teaches it a hand's.

    sleeves_HW   float32 0-1, forearms that are covered
    """
    upper_HW, lower_HW = (np.exp(colours_M)[clues.cells] for colours_M in (parted.upper_M, parted.lower_M))
    taught_HWC = likelihood_HWC.copy()
    upper_HW = np.where(upper_HW > likelihood_HWC[..., SKIN], upper_HW, likelihood_HWC[..., UPPER])
    taught_HWC[..., UPPER] = np.maximum(0.5 * (likelihood_HWC[..., UPPER] + upper_HW), _NEW_CLOTH)
    lower_HW = np.maximum(likelihood_HWC[..., LOWER], lower_HW)
    taught_HWC[..., LOWER] = np.where(
        clues.hand_room | (clues.arms & (sleeves_HW < 0.5)), likelihood_HWC[..., LOWER], lower_HW
    )
    return taught_HWC


def taught_by_naming(likelihood_HWC: np.ndarray, named: np.ndarray, clues: Clues) -> np.ndarray:
    """float32 (H, W, C): the likelihoods with the upper garment's and the skin's colours as first named added.

    Hands are redder and knuckles darker than cheeks, so what has skin's hue there is skin unless it is like the legs.
    """
    person = clues.person & ~clues.head.face
    upper = _likelihood(clues, person & (named == UPPER), least_px=_LEAST_PX)
    below_head = clues.frame.down_share_HW(clues.shape) > -0.2  # fair hair has skin's colours
    unlike_legs = likelihood_HWC[..., LOWER] <= likelihood_HWC[..., SKIN]
    bare = clues.hued & ((below_head & (named == SKIN)) | (clues.hand_room & unlike_legs))
    skin = _likelihood(clues, (person & bare) | clues.head.cheeks, least_px=_LEAST_PX)
    again_HWC = likelihood_HWC.copy()
    again_HWC[..., UPPER] = np.maximum(0.5 * (likelihood_HWC[..., UPPER] + upper), _NEW_CLOTH)
    again_HWC[..., SKIN] = np.maximum(likelihood_HWC[..., SKIN], skin)
    return again_HWC


def seed_of_legs(clues: Clues) -> np.ndarray:
    """bool (H, W): cloth on the lower half of what is seen of the thighs: a long top covers the upper one."""
    seen = thighs(clues.shape, clues.sight.landmarks_K3, clues.frame) & clues.person & ~clues.torso
    seen = next((some for some in (seen & ~clues.hand_room, seen) if some.sum() >= _LEAST_PX), seen)
    if not seen.any():
        return seen
    low, cloth = seen & (np.arange(clues.shape[0])[:, None] >= np.median(np.nonzero(seen)[0])), clues.skin < _SKIN_LIKE
    return next((some for some in (low & cloth, seen & cloth) if some.sum() >= _LEAST_PX), seen)


def _chest(clues: Clues) -> np.ndarray:
    """Cloth of the UPPER torso only: high-waisted trousers would otherwise join the top."""
    chest = torso_slice(clues.shape, clues.frame, wide=0.72, top=0.12, bottom=0.55) & clues.person
    cloth = chest & (clues.skin < _SKIN_LIKE)
    return cloth if cloth.sum() >= _LEAST_PX else chest


def _sleeves(clues: Clues) -> np.ndarray:
    """bool (H, W): cloth on the upper arms where that is most of them; nothing on bare ones."""
    seen = clues.arms & ~clues.forearms & clues.person
    cloth = seen & (clues.skin < _NO_SKIN)
    return cloth if cloth.sum() > _SLEEVED * seen.sum() else np.zeros_like(cloth)


def _likelihood(clues: Clues, seed: np.ndarray, least_px: int) -> np.ndarray:
    """float32 (H, W): how often the seed's colours occur in it; next to nothing where the seed is too small."""
    if seed.sum() < least_px:
        return np.full(seed.shape, _NEVER, np.float32)
    return _model(clues, seed).share.astype(np.float32).ravel()[clues.cells]


def _model(clues: Clues, seed: np.ndarray) -> ColourModel:
    return ColourModel(clues.sight.lab_HW3[seed], lightness_blur=5.6, stray_share=0.004)
