"""InceptionV3 of 2015-12-05, whose 2,048 features FID and KID compare: the variant of the published metric.

The layers are torchvision's (models/inception.py), put together as in mseitzer/pytorch-fid (pytorch_fid/inception.py):
averages leave the padding out, and the last block takes the largest value in place of the average. Batch norms are
folded into the convolutions when the weights are converted.
"""

# Shapes: B pictures; 3 is RGB; H, W rows and columns, C channels.
from dataclasses import dataclass
from typing import Any, NamedTuple

SIDE_PX = 299
Kernel = tuple[int, int]  # height, width


class Layer(NamedTuple):
    """A convolution and its ReLU. outputs: channels"""

    name: str
    outputs: int
    kernel: Kernel


Step = tuple[Layer, ...]  # layers that see the same values, their answers one after the other


@dataclass(frozen=True)
class Block:
    """Branches that see the same values, their answers one after the other; the last is pooled.

    pooled   channels of the pooled branch; 0 where it has no convolution, since the block halves the sides
    largest  the pooled branch takes the largest of 3 x 3 values and not their average
    """

    branches: tuple[tuple[Step, ...], ...]
    pooled: int = 0
    largest: bool = False


def _branch(name: str, *layers: tuple[int, Kernel]) -> tuple[Step, ...]:
    """Layers in a row: name_1, name_2, ..., or `name` for one alone."""
    names = [name] if len(layers) == 1 else [f"{name}_{number}" for number in range(1, len(layers) + 1)]
    return tuple((Layer(each, *layer),) for each, layer in zip(names, layers, strict=True))


def _forked(*steps: Step, name: str, outputs: int) -> tuple[Step, ...]:
    """A branch that ends in a wide and a tall layer beside each other."""
    return (*steps, (Layer(f"{name}a", outputs, (1, 3)), Layer(f"{name}b", outputs, (3, 1))))


_1, _3, _5, _WIDE, _TALL = (1, 1), (3, 3), (5, 5), (1, 7), (7, 1)
_ONE_BY_ONE = _branch("branch1x1", (64, _1))
_DOUBLE = _branch("branch3x3dbl", (64, _1), (96, _3), (96, _3))


def _a(pooled: int) -> Block:
    return Block((_ONE_BY_ONE, _branch("branch5x5", (48, _1), (64, _5)), _DOUBLE), pooled)


def _c(inner: int) -> Block:
    single = _branch("branch7x7", (inner, _1), (inner, _WIDE), (192, _TALL))
    double = _branch("branch7x7dbl", (inner, _1), (inner, _TALL), (inner, _WIDE), (inner, _TALL), (192, _WIDE))
    return Block((_branch("branch1x1", (192, _1)), single, double), 192)


def _e(*, largest: bool) -> Block:
    single = _forked((Layer("branch3x3_1", 384, _1),), name="branch3x3_2", outputs=384)
    begin = ((Layer("branch3x3dbl_1", 448, _1),), (Layer("branch3x3dbl_2", 384, _3),))
    double = _forked(*begin, name="branch3x3dbl_3", outputs=384)
    return Block((_branch("branch1x1", (320, _1)), single, double), 192, largest)


STEM = (
    Layer("Conv2d_1a_3x3", 32, _3),
    Layer("Conv2d_2a_3x3", 32, _3),
    Layer("Conv2d_2b_3x3", 64, _3),
    Layer("Conv2d_3b_1x1", 80, _1),
    Layer("Conv2d_4a_3x3", 192, _3),
)
BLOCKS: dict[str, Block] = {
    "Mixed_5b": _a(32),
    "Mixed_5c": _a(64),
    "Mixed_5d": _a(64),
    "Mixed_6a": Block((_branch("branch3x3", (384, _3)), _DOUBLE)),
    "Mixed_6b": _c(128),
    "Mixed_6c": _c(160),
    "Mixed_6d": _c(160),
    "Mixed_6e": _c(192),
    "Mixed_7a": Block(
        (
            _branch("branch3x3", (192, _1), (320, _3)),
            _branch("branch7x7x3", (192, _1), (192, _WIDE), (192, _TALL), (192, _3)),
        )
    ),
    "Mixed_7b": _e(largest=False),
    "Mixed_7c": _e(largest=True),
}
_NOT_PADDED = ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_4a_3x3")
_HALVING = (
    _NOT_PADDED[0],
    "Mixed_6a.branch3x3",
    "Mixed_6a.branch3x3dbl_3",
    "Mixed_7a.branch3x3_2",
    "Mixed_7a.branch7x7x3_4",
)


def shapes(narrower: int = 1) -> dict[str, tuple[int, int, Kernel]]:
    """Convolution -> (channels in, channels out, kernel), with so many times fewer channels."""
    shapes, channels = {}, 3
    for layer in STEM:
        shapes[layer.name] = (channels, layer.outputs // narrower, layer.kernel)
        channels = layer.outputs // narrower
    for name, block in BLOCKS.items():
        ends = []
        for branch in block.branches:
            inputs = channels
            for step in branch:
                shapes |= {f"{name}.{each.name}": (inputs, each.outputs // narrower, each.kernel) for each in step}
                inputs = sum(each.outputs // narrower for each in step)
            ends.append(inputs)
        if block.pooled:
            shapes[f"{name}.branch_pool"] = (channels, block.pooled // narrower, _1)
        channels = sum(ends) + (block.pooled // narrower if block.pooled else channels)
    return shapes


def how(layer: str, kernel: Kernel) -> dict[str, Any]:
    """Stride and padding of a convolution."""
    if layer in _HALVING:
        return {"stride": 2}
    return {} if layer in _NOT_PADDED else {"padding": (kernel[0] // 2, kernel[1] // 2)}


def features(net: Any, pictures_B3HW: Any) -> Any:
    """(B, 2048) of pictures between -1 and 1, 299 pixels wide and high."""
    import torch
    from torch.nn.functional import max_pool2d

    with torch.inference_mode():
        values = pictures_B3HW
        for number, layer in enumerate(STEM):
            values = net[layer.name](values).relu()
            if number in (2, 4):
                values = max_pool2d(values, 3, 2)
        for name, block in BLOCKS.items():
            ends = [_followed(net[name], branch, values) for branch in block.branches]
            values = torch.cat([*ends, _pooled(net[name], block, values)], 1)
        return values.mean((2, 3))


def _followed(net: Any, branch: tuple[Step, ...], values: Any) -> Any:
    import torch

    for step in branch:
        values = torch.cat([net[layer.name](values).relu() for layer in step], 1)
    return values


def _pooled(net: Any, block: Block, values: Any) -> Any:
    from torch.nn.functional import avg_pool2d, max_pool2d

    if not block.pooled:
        return max_pool2d(values, 3, 2)
    around = max_pool2d(values, 3, 1, 1) if block.largest else avg_pool2d(values, 3, 1, 1, count_include_pad=False)
    return net["branch_pool"](around).relu()
