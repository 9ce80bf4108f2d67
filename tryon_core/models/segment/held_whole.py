"""How a segmenter's weights are held: whole, on its device, in float32."""

from dataclasses import dataclass

from ..device.options import WholeOptions


@dataclass(frozen=True, kw_only=True)
class SegmenterOptions(WholeOptions):
    """SAM's code follows the format of its weights, and a convolution of its mask decoder cannot be computed in 8 bits;
    bfloat16 rounds a point to 4 of 1,024 pixels.
    """


DEFAULTS = SegmenterOptions()
