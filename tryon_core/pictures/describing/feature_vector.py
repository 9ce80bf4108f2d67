"""One vector of a garment's look, whose dot product with another says how alike the two are."""

# Shapes: N pixels; B bins; 3 is Lab.
import numpy as np

from .cloth_texture import FREQUENCIES, NEIGHBOURS, Texture

HUE_BINS, HUE_SPAN = 6, 72.0  # bins along a* and along b*, over -HUE_SPAN to HUE_SPAN
LIGHT_BINS = 6  # over L* 0-100
CALM = 2.0  # L* of a Gabor response that a plain cloth shows; keeps its noise from being compared
LAYOUT = {  # block: (numbers, share of the likeness)
    "hue": (HUE_BINS**2, 0.50),  # histogram over a*, b*
    "lightness": (LIGHT_BINS, 0.10),  # histogram over L*, which changes with the light
    "gabor": (len(FREQUENCIES) * 4 + 1, 0.30),  # energies by frequency and angle, and CALM
    "lbp": (NEIGHBOURS + 2, 0.10),
}
LENGTH = sum(count for count, _ in LAYOUT.values())


def vector_of(lab_N3: np.ndarray, texture: Texture) -> tuple[float, ...]:
    """LENGTH numbers of 0 or more, of unit norm, in the order of LAYOUT.

    Each block is the root of a histogram, so that the dot product of two garments' blocks is their Bhattacharyya
    coefficient (0 nothing in common, 1 the same) and that of the vectors the mean of these by LAYOUT's shares.
    """
    lab_N3 = np.asarray(lab_N3, np.float64)
    across, light = 2 * HUE_SPAN / (HUE_BINS - 1), 100 / (LIGHT_BINS - 1)
    hue = np.outer(np.zeros(HUE_BINS), np.zeros(HUE_BINS))
    for a, share_a in _shared((lab_N3[:, 1] + HUE_SPAN) / across, HUE_BINS):
        for b, share_b in _shared((lab_N3[:, 2] + HUE_SPAN) / across, HUE_BINS):
            np.add.at(hue, (a, b), share_a * share_b)
    lightness = np.zeros(LIGHT_BINS)
    for place, share in _shared(lab_N3[:, 0] / light, LIGHT_BINS):
        np.add.at(lightness, place, share)
    blocks = (hue.ravel(), lightness, np.append(np.ravel(texture.gabor), CALM), np.array(texture.lbp))
    rooted = [np.sqrt(w * b / max(b.sum(), 1e-9)) for b, (_, w) in zip(blocks, LAYOUT.values(), strict=True)]
    return tuple(round(float(value), 6) for value in np.concatenate(rooted))


def alike(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """How alike two garments look by their vectors: 0 nothing in common, 1 the same."""
    return float(np.clip(np.dot(one, other), 0, 1))


def _shared(place_N: np.ndarray, bins: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Each value shared between its two nearest bins: (bin, share) for the lower and for the upper."""
    place_N = np.clip(place_N, 0, bins - 1 - 1e-9)
    lower_N = place_N.astype(int)
    return [(lower_N, 1 - (place_N - lower_N)), (lower_N + 1, place_N - lower_N)]
