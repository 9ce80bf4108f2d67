"""LPIPS v0.1 (Zhang et al. 2018, arXiv 1801.03924): distance of two pictures in a network's features.

As richzhang/PerceptualSimilarity computes it (lpips 0.1.4: lpips/lpips.py); tests hold it to that. Pictures between -1
and 1 are scaled as ImageNet's; the features after five layers, each made a unit vector at every place, are subtracted
and squared; learnt weights sum the channels, the mean is taken over places, and the five are added.
"""

# Shapes: B pictures; 3 is RGB; H, W rows and columns of a picture; C channels, h, w rows and columns of features.
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)  # lpips.py: ScalingLayer
_LEAST = 1e-10  # added to a length that is divided by: lpips/__init__.py, normalize_tensor


@dataclass(frozen=True)
class Backbone:
    """A network for pictures as torchvision lays it out.

    stages   numbers of its convolutions in `features`, each followed by a ReLU; what the last of a stage gives is used
    pooled   stages before which the largest of `pool_px` x `pool_px` values is taken, two apart
    """

    name: str
    stages: tuple[tuple[int, ...], ...]
    pooled: tuple[int, ...]
    pool_px: int

    @property
    def layers(self) -> list[str]:
        return [f"features.{number}" for stage in self.stages for number in stage]


BACKBONES = {
    "vgg": Backbone("VGG16", ((0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28)), (1, 2, 3, 4), 2),
    "alex": Backbone("AlexNet", ((0,), (3,), (6,), (8,), (10,)), (1, 2), 3),
}
HEADS = [f"lin{number}" for number in range(5)]


def how(layer: str, kernel: tuple[int, int]) -> dict[str, Any]:
    """AlexNet's first convolution, alone of 11 pixels, goes 4 at a time with 2 around; all others keep the size."""
    return {"stride": 4, "padding": 2} if kernel[0] == 11 else {"padding": kernel[0] // 2}


def distances(net: Any, backbone: Backbone, one_B3HW: Any, other_B3HW: Any) -> Any:
    """(B,): of pictures of equal size between -1 and 1, on the network's device."""
    import torch

    with torch.inference_mode():
        summed = 0
        both = torch.cat([one_B3HW, other_B3HW])
        for head, features in zip(HEADS, _features(net, backbone, both), strict=True):
            length = features.square().sum(1, keepdim=True).sqrt()
            one, other = (features / (length + _LEAST)).chunk(2)
            summed = summed + net[head]((one - other).square()).mean((1, 2, 3))
        return summed


def _features(net: Any, backbone: Backbone, pictures_B3HW: Any) -> Iterator[Any]:
    """(B, C, h, w) after each stage."""
    from torch.nn.functional import max_pool2d

    shift, scale = (pictures_B3HW.new_tensor(each)[:, None, None] for each in (_SHIFT, _SCALE))
    values = (pictures_B3HW - shift) / scale
    for number, stage in enumerate(backbone.stages):
        if number in backbone.pooled:
            values = max_pool2d(values, backbone.pool_px, 2)
        for layer in stage:
            values = net["features"][str(layer)](values).relu()
        yield values
