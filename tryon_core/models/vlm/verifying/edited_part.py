"""The part of a picture that was to change, as a sample's mask says: where it lies, and a look at it from near."""

from PIL import Image

from ....pictures.crop_and_stitch import CropOptions, around
from ....records import Region, Sample
from ...diffusion.latent_frame import WHITE

SMALL = 0.5  # share of the picture; of a larger part, a close-up shows little that the whole does not
_CLOSE = CropOptions(least_px=1, multiple=1)


def edited_part(sample: Sample, image: Image.Image) -> Region | None:
    """The box around what is white in the mask, a quarter of its longer side beyond it; None without a white pixel.

    sample  whose `mask` may be of another size than `image`: it is stretched over it
    image   RGB, drawn for the sample
    """
    mask = sample.images.get("mask")
    if mask is None:
        return None
    white = mask.convert("L").point(lambda grey: 255 if grey >= WHITE else 0)
    white = white.resize(image.size, Image.Resampling.NEAREST)
    return around(image.convert("RGB"), white, _CLOSE).region if white.getbbox() else None


def is_small(part: Region) -> bool:
    """Whether a close-up of the part shows more than the whole."""
    return (part.right - part.left) * (part.bottom - part.top) <= SMALL


def taken(image: Image.Image, part: Region) -> Image.Image:
    """The part alone, in its own pixels."""
    width, height = image.size
    sides = part.left * width, part.top * height, part.right * width, part.bottom * height
    return image.crop(tuple(round(side) for side in sides))
