"""How far two cloths are apart: by the colours that they have, and by their textures."""

# Shapes: N, M picked pixels; K colours of a palette; 3 is Lab.
import numpy as np
from scipy.optimize import linear_sum_assignment

from ..features import colour_difference
from .cloth_texture import Texture
from .feature_vector import CALM

COLOURS = 64  # of a palette; a power of two


def palette_distance(one_N3: np.ndarray, other_M3: np.ndarray) -> float:
    """How much the colours of one cloth have to change to be those of another, CIEDE2000: 0 the same shares of colours.

    Both are reduced to COLOURS mean colours of equal share (median cut, Heckbert 1982), which are then matched so that
    the mean difference is least (earth mover's distance). Blind to where on the cloth a colour is.

    one_N3, other_M3   Lab pixels, COLOURS or more each
    """
    apart_KK = colour_difference(equal_shares(one_N3)[:, None], equal_shares(other_M3)[None])
    return float(apart_KK[linear_sum_assignment(apart_KK)].mean())


def equal_shares(lab_N3: np.ndarray, count: int = COLOURS) -> np.ndarray:
    """float (K, 3): the means of `count` groups of equally many colours, each halved where it is widest."""
    groups = [lab_N3]
    while len(groups) < count:
        groups = [half for group in groups for half in _halves(group)]
    return np.array([group.mean(0) for group in groups])


def _halves(group_N3: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order_N = np.argsort(group_N3[:, np.argmax(group_N3.std(0))], kind="stable")
    return group_N3[order_N[: len(order_N) // 2]], group_N3[order_N[len(order_N) // 2 :]]


def texture_distance(one: Texture, other: Texture) -> float:
    """1 - Bhattacharyya coefficient of the Gabor energies by period and angle: 0 the same, 1 nothing in common.

    A calm cloth's energy (CALM) is a bin of its own, so that the grain of two plain cloths is not compared.
    """
    one_shares, other_shares = (_energies(texture) for texture in (one, other))
    return float(1 - np.sqrt(one_shares * other_shares).sum())


def _energies(texture: Texture) -> np.ndarray:
    """Shares of the energies by period and angle, and of CALM; together 1."""
    energies = np.append(np.ravel(texture.gabor), CALM)
    return energies / energies.sum()
