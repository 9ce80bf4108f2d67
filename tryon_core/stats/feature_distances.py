"""How far two sets of pictures are apart by their features: FID and KID.

Shapes: N and M pictures of the two sets; D features.
"""

import numpy as np

from ..errors import BadInput

KID_SUBSETS, KID_SUBSET_SIZE = 100, 1000  # as clean-fid's fid.kernel_distance


def frechet_distance(features_a_ND: np.ndarray, features_b_MD: np.ndarray) -> float:
    """FID: the squared Frechet distance of two normal distributions with the means and covariances of the sets.

    |mean_a - mean_b|^2 + Tr(A + B - 2 sqrt(AB)), covariances A, B with N - 1 and M - 1 (Heusel et al. 2017, arXiv
    1706.08500). The trace of the root is the sum of the singular values of X_a X_b^T / sqrt((N - 1)(M - 1)), X the
    features without their mean: no root of a nearly singular matrix is taken, so that sets of fewer pictures than
    features need nothing added to the diagonal. Few pictures still make it large: compare numbers of equally many.

    features  float (N, D) and (M, D); at least 2 pictures each
    returns   0 or more
    raises    BadInput for other shapes, or values that are no numbers
    """
    a_ND, b_MD = _checked("FID", features_a_ND, features_b_MD)
    apart_D = a_ND.mean(0) - b_MD.mean(0)
    a_ND, b_MD = (each - each.mean(0) for each in (a_ND, b_MD))
    spread = (a_ND**2).sum() / (len(a_ND) - 1) + (b_MD**2).sum() / (len(b_MD) - 1)
    roots = [np.linalg.qr(each, mode="r") / np.sqrt(len(each) - 1) for each in (a_ND, b_MD)]
    shared = np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum()
    return max(0.0, float(apart_D @ apart_D + spread - 2 * shared))


def kernel_distance(
    features_a_ND: np.ndarray,
    features_b_MD: np.ndarray,
    *,
    subsets: int = KID_SUBSETS,
    subset_size: int = KID_SUBSET_SIZE,
    seed: int = 0,
) -> float:
    """KID: the unbiased squared MMD with the kernel (x . y / D + 1)^3, mean over random subsets (Binkowski et al. 2018,
    arXiv 1801.01401).

    subsets, subset_size  drawn without replacement from `seed`; of at most as many as the smaller set has. Where that
                          is all of both sets there is one subset
    returns               about 0 for sets of one distribution, also below it; tables often show 1000 times as much
    raises                BadInput as frechet_distance, and for no subset or one of fewer than 2
    """
    a_ND, b_MD = _checked("KID", features_a_ND, features_b_MD)
    if subsets < 1 or subset_size < 2:
        raise BadInput(f"KID needs subsets >= 1 and subset_size >= 2, got {subsets} and {subset_size}")
    size = min(len(a_ND), len(b_MD), subset_size)
    draws = 1 if size == len(a_ND) == len(b_MD) else subsets
    random = np.random.default_rng(seed)
    picked = [[each[random.choice(len(each), size, replace=False)] for each in (a_ND, b_MD)] for _ in range(draws)]
    return float(np.mean([_squared_mmd(*pair) for pair in picked]))


def _squared_mmd(a_KD: np.ndarray, b_KD: np.ndarray) -> float:
    """Of two sets of K: a picture is not compared with itself."""
    count = len(a_KD)
    within = sum(kernel.sum() - np.trace(kernel) for kernel in (_kernel(a_KD, a_KD), _kernel(b_KD, b_KD)))
    return float(within / (count * (count - 1)) - 2 * _kernel(a_KD, b_KD).mean())


def _kernel(one_KD: np.ndarray, other_KD: np.ndarray) -> np.ndarray:
    return (one_KD @ other_KD.T / one_KD.shape[1] + 1) ** 3


def _checked(metric: str, *sets: np.ndarray) -> list[np.ndarray]:
    """float64 (N, D) each."""
    arrays = [np.asarray(each, np.float64) for each in sets]
    shapes = " and ".join(str(each.shape) for each in arrays)
    if any(each.ndim != 2 for each in arrays) or arrays[0].shape[1] != arrays[1].shape[1]:
        raise BadInput(f"{metric} compares features (N, D) and (M, D), got shapes {shapes}")
    if min(map(len, arrays)) < 2:
        raise BadInput(f"{metric} needs at least 2 pictures in each set, got {shapes}; it says nothing of fewer")
    if not all(np.isfinite(each).all() for each in arrays):
        raise BadInput(f"{metric} got features that are not finite; look for a broken picture")
    return arrays
