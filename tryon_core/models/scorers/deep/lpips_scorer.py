"""The scorers `lpips` and `lpips-alex`: how far a picture is from its original, as a network sees it."""

# Shapes: B pictures; 3 is RGB; H, W rows and columns.
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from ....errors import BadInput
from ....records import Measurement, ModelCard, Sample
from ....scales import Metric
from ...device.memory import config_of
from ...device.options import DTYPES, WholeOptions
from ...specs import TOY
from ..clip.clip_scorer import NO_ORIGINAL
from .lpips_net import BACKBONES, Backbone, distances, how
from .net_folder import load_net, sources_of

SIDE_PX = 256
DEFAULTS = WholeOptions(keep_gib=0)  # nothing is kept between calls
_NETS = {"lpips": "vgg", "lpips-alex": "alex"}


class Lpips:
    """`lpips`: 0 for equal pictures, more where they look less alike; against 'init' or else 'person'."""

    def __init__(self, net: Any, backbone: Backbone, card: ModelCard, *, sources: str = ""):
        self.net, self.backbone, self.card = net, backbone, card
        self.metrics = (_metric(backbone, card, sources),)

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        return self.batch([(sample, image)])[0]

    def batch(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[dict[str, Measurement | str]]:
        """Several pictures, in one forward pass; the reason where there is no original."""
        originals = [sample.images.get("init", sample.images.get("person")) for sample, _ in calls]
        pairs = [(one, image) for one, (_, image) in zip(originals, calls, strict=True) if one is not None]
        values = iter(self.distances([(_small(one), _small(other)) for one, other in pairs]) if pairs else ())
        return [{"lpips": NO_ORIGINAL if one is None else _measured(next(values))} for one in originals]

    def distances(self, pairs: Sequence[tuple[Image.Image, Image.Image]]) -> list[float]:
        """Of pictures as they are, none resized: for an evaluation that has a protocol of its own.

        raises   BadInput where they are not all of one size
        """
        sizes = {image.size for pair in pairs for image in pair}
        if len(sizes) != 1:
            raise BadInput(f"{self.card.name} compares pictures of one size, got {sorted(sizes)}; resize them")
        one_B3HW, other_B3HW = (self._values(side) for side in zip(*pairs, strict=True))
        return distances(self.net, self.backbone, one_B3HW, other_B3HW).float().tolist()

    def _values(self, images: Sequence[Image.Image]) -> Any:
        """(B, 3, H, W) between -1 and 1."""
        import torch

        images_BHW3 = np.stack([np.asarray(image.convert("RGB"), np.float32) for image in images])
        weight = next(self.net.parameters())
        return torch.from_numpy(images_BHW3).permute(0, 3, 1, 2).to(weight.device, weight.dtype) / 127.5 - 1


def _small(image: Image.Image) -> Image.Image:
    return image.convert("RGB").resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR)


def _measured(value: float) -> Measurement:
    return Measurement(value=value, unit="LPIPS", better="lower")


def _metric(backbone: Backbone, card: ModelCard, sources: str) -> Metric:
    return Metric(
        name="lpips",
        unit="LPIPS",
        low=0,
        better="lower",
        model=f"LPIPS v0.1 on {backbone.name}; {sources or card.source}, {card.revision}",
        licence=card.licence,
        protocol=f"the picture against its original, 'init' or else 'person'; both resized to {SIDE_PX} x {SIDE_PX} by "
        "Pillow, bilinear with antialiasing, 8 bits, then -1 to 1",
    )


def build(name: str, *, options: WholeOptions = DEFAULTS) -> Lpips:
    """The scorer on a device.

    raises    MissingWeights: its weights are converted once by `python -m tryon_core.models.scorers.convert`; BadInput
    """
    net, checkpoint, plan = load_net(name, options, how, lpips_bytes)
    kind, held = _NETS[name.removeprefix(TOY)], config_of(checkpoint.folder).get("net")
    if held != kind:
        raise BadInput(f"{name} is LPIPS on {kind} and {checkpoint.folder} holds it on {held}; give the other folder")
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy)
    return Lpips(net, BACKBONES[kind], card, sources=sources_of(checkpoint.folder))


def lpips_bytes(options: WholeOptions) -> int:
    """Estimate of what a call takes beside the weights: 4 tensors of VGG16's first width, 64, for each pixel of the two
    pictures of each sample; 3.5 were measured on a CPU. AlexNet takes a fraction of it."""
    return DTYPES[options.dtype] * options.at_once * 2 * 4 * 64 * SIDE_PX**2
