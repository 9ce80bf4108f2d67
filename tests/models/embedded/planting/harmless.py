"""Changes of a picture that nobody would call an error: lossy storage, and half the size and back."""

import io

from PIL import Image


def stored_as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    """The picture after lossy storage, in RGB."""
    data = io.BytesIO()
    picture.convert("RGB").save(data, "JPEG", quality=quality)
    with Image.open(data) as stored:
        return stored.convert("RGB")


def halved_and_back(picture: Image.Image) -> Image.Image:
    """The picture made half as large and its own size again."""
    half = tuple(max(1, side // 2) for side in picture.size)
    return picture.resize(half, Image.Resampling.LANCZOS).resize(picture.size, Image.Resampling.LANCZOS)


HARMLESS = {
    "JPEG q70": lambda picture: stored_as_jpeg(picture, 70),
    "JPEG q40": lambda picture: stored_as_jpeg(picture, 40),
    "half and back": halved_and_back,
}
