"""Features of pictures for FID and KID: `load_features`, then stats.feature_distances over what it gives.

It is no scorer, since FID and KID are numbers of two sets of pictures and not of one.
"""

# Shapes: N pictures, D features; H, W rows and columns; 3 is RGB.
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from PIL import Image

from ....errors import BadInput, UnknownName
from ....records import ModelCard
from ...device.options import DTYPES, WholeOptions
from .inception_net import SIDE_PX, features, how
from .net_folder import load_net, sources_of

NAME = "inception-fid"
PROTOCOL = (
    f"as clean-fid's 'clean': RGB, each channel resized by Pillow to {SIDE_PX} x {SIDE_PX} in floating point, bicubic "
    f"with antialiasing, cut to 0-255, (x - 128) / 128; what InceptionV3 of 2015-12-05 gives its classifier"
)


class InceptionFeatures:
    """float64 (N, D) of N pictures, D = 2048: what FID and KID are computed from.

    protocol  how pictures become features, in a sentence
    """

    def __init__(self, net: Any, card: ModelCard, *, sources: str = "", at_once: int = 1):
        self.net, self.card, self.at_once = net, card, at_once
        self.protocol = f"{PROTOCOL}; {sources or card.source}, {card.revision}"

    def __call__(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Of pictures of any mode and size, `at_once` together. raises   BadInput for none"""
        if not images:
            raise BadInput(f"{self.card.name} needs pictures to see and got none")
        parts = [images[start : start + self.at_once] for start in range(0, len(images), self.at_once)]
        return np.concatenate([self._seen(part) for part in parts])

    def _seen(self, images: Sequence[Image.Image]) -> np.ndarray:
        import torch

        weight = next(self.net.parameters())
        values_N3HW = np.stack([float_resized(image, SIDE_PX).transpose(2, 0, 1) for image in images])
        pictures = (torch.from_numpy(values_N3HW) - 128) / 128
        return features(self.net, pictures.to(weight.device, weight.dtype)).double().cpu().numpy()


def float_resized(image: Image.Image, side_px: int) -> np.ndarray:
    """float32 (side_px, side_px, 3), 0-255: a channel at a time and never rounded, as cleanfid.resize does."""
    channels = [
        np.asarray(
            Image.fromarray(np.asarray(channel, np.float32)).resize((side_px, side_px), Image.Resampling.BICUBIC)
        )
        for channel in image.convert("RGB").split()
    ]
    return np.stack(channels, -1).clip(0, 255)


def load_features(name: str = NAME, **options: Any) -> InceptionFeatures:
    """The network on a device.

    name      inception-fid, or toy:inception-fid
    options   of WholeOptions: weights (a folder written by `python -m tryon_core.models.scorers.convert`),
              device, dtype, at_once (pictures together), memory_gb
    raises    MissingWeights; UnknownName for another option; BadInput
    """
    known = [each.name for each in fields(WholeOptions) if each.name != "name"]
    for option in options:
        if option not in known:
            raise UnknownName(f"option of {name}", option, known)
    asked = WholeOptions(name=name, **{"keep_gib": 0, **options})
    net, checkpoint, plan = load_net(name, asked, how, inception_bytes)
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy)
    return InceptionFeatures(net, card, sources=sources_of(checkpoint.folder), at_once=asked.at_once)


def inception_bytes(options: WholeOptions) -> int:
    """Estimate of what a call takes beside the weights: 4 tensors of 64 channels at half the side, the widest place;
    3.5 were measured on a CPU."""
    return DTYPES[options.dtype] * options.at_once * 4 * 64 * (SIDE_PX // 2) ** 2
