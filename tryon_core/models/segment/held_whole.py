"""How a segmenter's weights are held: whole, on its device, in float32."""

from dataclasses import dataclass
from typing import ClassVar

from ..device.options import DeviceOptions


@dataclass(frozen=True, kw_only=True)
class SegmenterOptions(DeviceOptions):
    """Of less than a billion weights nothing is moved or held smaller: SAM's code follows the format of its weights,
    and a convolution of its mask decoder cannot be computed in 8 bits.

    dtype  float32 where nothing is said, on a GPU too: bfloat16 rounds a point to 4 of 1,024 pixels
    """

    POLICIES: ClassVar[tuple[str, ...]] = ("resident",)

    dtype: str = "float32"


DEFAULTS = SegmenterOptions()
