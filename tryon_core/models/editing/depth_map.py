"""The control mapper `depth-anything-v2-small`: how near each pixel is, as ControlNet's depth checkpoint takes it.

Shapes: H, W rows and columns of pixels.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from ...errors import Refused
from ...records import ModelCard
from ..device.memory import config_of, parts_of
from ..device.options import DTYPES, DeviceOptions
from ..device.placing import placed_model
from ..device.residency import decide, placed
from ..hub.weights import find

DEFAULTS = DeviceOptions(keep_gib=0)  # nothing is kept between calls
LEAST_SPAN = 1e-4  # of the nearest; below it is rounding, which would be stretched to black and white
SIDE_PX, PATCH_PX = 518, 14  # of its processor's published settings: the shorter side, and what sides are multiples of


class DepthMapper:
    """Nearness of a picture, white near and black far, RGB, of the picture's size.

    It is relative: the nearest pixel of each picture is 255 and the farthest 0.

    model, processor  DepthAnythingForDepthEstimation, and the DPTImageProcessor of its folder
    """

    def __init__(self, model: Any, processor: Any, card: ModelCard):
        self.model, self.processor, self.card = model, processor, card

    def __call__(self, image: Image.Image) -> Image.Image:
        """raises   Refused where everything is equally near"""
        return self.batch([(image,)])[0]

    def batch(self, calls: Sequence[tuple[Image.Image]]) -> list[Image.Image]:
        """One map a picture, each computed by itself: pictures differ in shape."""
        import torch

        with torch.inference_mode():
            return [self._map(image.convert("RGB")) for (image,) in calls]

    def _map(self, image: Image.Image) -> Image.Image:
        shown = self.processor(images=image, return_tensors="pt").to(self.model.device, self.model.dtype)
        answer = self.model(**shown)
        sizes = [(image.height, image.width)]
        (depth,) = self.processor.post_process_depth_estimation(answer, target_sizes=sizes)
        near_HW = depth["predicted_depth"].float().cpu().numpy()
        span = float(near_HW.max() - near_HW.min())
        if not span > LEAST_SPAN * float(np.abs(near_HW).max()):
            raise Refused("no_depth", f"{self.card.name} sees everything equally near; take another map")
        scaled_HW = np.rint(255 * (near_HW - near_HW.min()) / span).astype(np.uint8)
        return Image.fromarray(scaled_HW).convert("RGB")


def build(name: str, *, options: DeviceOptions = DEFAULTS) -> DepthMapper:
    """The mapper on a device. Maps are made one after the other, so `at_once` changes nothing, and nothing is kept.

    raises   MissingWeights; BadInput
    """
    import transformers

    options = placed(name, options)
    checkpoint = find(name, options.weights, options.revision)
    folder = checkpoint.folder
    working = depth_bytes(config_of(folder), DTYPES[options.dtype])
    plan = decide(name, parts_of(folder), working, options)
    kind = transformers.DepthAnythingForDepthEstimation
    model = placed_model(kind, folder, plan, attention=options.attention)
    processor = transformers.DPTImageProcessorPil.from_pretrained(folder)
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy, **options.recorded())
    return DepthMapper(model, processor, card)


def depth_bytes(config: Mapping[str, Any], dtype_bytes: int) -> int:
    """Estimate of what one map takes beside the weights, SIDE_PX wide and twice as high.

    backbone  16 tensors of its width for each patch
    head      3 tensors of its width for each pixel
    """
    pixels = SIDE_PX * 2 * SIDE_PX
    backbone = 16 * config["backbone_config"]["hidden_size"] * pixels // PATCH_PX**2
    return dtype_bytes * (backbone + 3 * config["fusion_hidden_size"] * pixels)
