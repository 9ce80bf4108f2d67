"""Five linear layers in a row, as LAION's aesthetic head and ImageReward's end: between them dropout alone."""

# Shapes: N pictures; D width of what is read.
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ...errors import MissingWeights

LAYERS = ("layers.0", "layers.2", "layers.4", "layers.6", "layers.7")
Head = Mapping[str, tuple[np.ndarray, np.ndarray]]  # layer -> weight (out, in), bias (out,), float64


def read_head(folder: Path) -> Head:
    """raises   MissingWeights where the folder's file does not hold all of it"""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / "model.safetensors"
    try:
        tensors = load_file(path)
        weights = [tensors[f"{layer}.weight"].astype(float) for layer in LAYERS]
        biases = [tensors[f"{layer}.bias"].astype(float) for layer in LAYERS]
    except (OSError, SafetensorError, KeyError) as e:
        raise MissingWeights(f"{path} does not hold the head's five layers ({e}); convert it again") from e
    return dict(zip(LAYERS, zip(weights, biases, strict=True), strict=True))


def points(head: Head, values_ND: np.ndarray) -> np.ndarray:
    """float64 (N,)"""
    for weight, bias in head.values():
        values_ND = values_ND @ weight.T + bias
    return values_ND[:, 0]


def width(head: Head) -> int:
    """D: how many numbers it reads."""
    return head[LAYERS[0]][0].shape[1]
