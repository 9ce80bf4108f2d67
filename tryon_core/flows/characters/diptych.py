"""The character and the picture in one picture, for a generator that takes one: its right half counts."""

from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from ...errors import BadInput
from ...records import EditRequest
from ...roles import Generator, card_of
from ..searching.pool import together

WORDS = "On the left is the character. On the right is the picture to change, where it is marked."


def diptych(generator: Generator) -> "Diptych":
    """raises BadInput for a generator that one picture is not enough for"""
    needs = getattr(generator, "min_images", 1)
    if needs > 1:
        raise BadInput(
            f"{card_of(generator).name} needs {needs} pictures and shown 'side_by_side' makes one of two; leave shown "
            "out, or name a generator that takes one picture, such as qwen-image-edit"
        )
    return Diptych(generator)


class Diptych:
    """A generator that is shown images[1] to the left of images[0], the mask over the right part alone."""

    min_images = 2

    def __init__(self, generator: Generator):
        self.generator, self.card = generator, generator.card
        self.takes = getattr(generator, "takes", ())

    def __call__(self, request: EditRequest) -> Image.Image:
        """As `all`, for one."""
        return self.all([(request,)])[0]

    def all(self, calls: Sequence[tuple[EditRequest]]) -> list[Image.Image]:
        """What is drawn of images[0] of each request, scaled to its size where the generator has one of its own."""
        drawn = together(self.generator, [(both(request),) for (request,) in calls])
        return [_right(image, request) for image, (request,) in zip(drawn, calls, strict=True)]


def both(request: EditRequest) -> EditRequest:
    """The request about one picture: images[1], scaled to the height of images[0], and that to the right of it.

    The left part is as wide as the right one: what is missing of it is white.
    """
    picture, character = request.images[:2]
    width, height = picture.size
    wide = Image.new("RGB", (2 * width, height), "white")
    scale = min(width / character.width, height / character.height)
    left = character.resize([max(1, round(side * scale)) for side in character.size], Image.Resampling.LANCZOS)
    wide.paste(left, ((width - left.width) // 2, (height - left.height) // 2))
    wide.paste(picture, (width, 0))
    mask = None
    if request.mask is not None:
        mask = Image.new("L", wide.size, 0)
        mask.paste(request.mask, (width, 0))
    settings = request.settings.model_copy(update={"size": None})
    return replace(request, prompt=f"{WORDS} {request.prompt}", images=(wide,), mask=mask, settings=settings)


def _right(drawn: Image.Image, request: EditRequest) -> Image.Image:
    right = drawn.crop((drawn.width // 2, 0, drawn.width, drawn.height))
    size = request.images[0].size
    return right if right.size == size else right.resize(size, Image.Resampling.LANCZOS)
