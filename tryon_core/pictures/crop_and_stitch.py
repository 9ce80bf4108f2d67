"""Work on a crop round a mask, at full resolution, and put it back: outside the mask the photograph's bytes stand.

A mask is mode L, of its picture's size, 255 where pixels may change; a soft one blends, 0 is outside. A model sees a
box round the mask, scaled where it must be; what it returns, of whatever size, is scaled to the box and laid in.
"""

# Shapes: H, W image rows and columns; h, w those of the crop; 3 is RGB.
import dataclasses
import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..errors import BadInput
from ..records import EditRequest, Region
from ..roles import Generator
from .masks import box_of
from .put_back import feathered, mixed
from .standard_size import edge_repeated, resized


@dataclass(frozen=True, kw_only=True)
class CropOptions:
    """How much round a mask a model sees, and at which size.

    padding     beyond the mask's box to each side, as a share of the box's longer side: what the model needs to know
    least_px    least side of the picture that the model gets; a smaller crop is scaled up
    most_pixels of the picture that the model gets; a larger crop is scaled down
    multiple    both its sides are multiples of this many pixels
    feather     width of the blend at the mask's edge, inside the mask, as a share of the box's longer side
    """

    padding: float = 0.25
    least_px: int = 512
    most_pixels: int = 1024 * 1024
    multiple: int = 8
    feather: float = 0.02

    def __post_init__(self) -> None:
        if not (0 <= self.padding <= 4 and 0 <= self.feather <= 0.5):
            raise BadInput(f"padding lies from 0 to 4, feather from 0 to 0.5; got {self.padding!r}, {self.feather!r}")
        if min(self.least_px, self.multiple) < 1 or self.most_pixels < max(self.least_px, self.multiple) ** 2:
            raise BadInput(
                f"least_px and multiple are 1 or more and their squares at most most_pixels; got least_px "
                f"{self.least_px!r}, multiple {self.multiple!r}, most_pixels {self.most_pixels!r}"
            )


AROUND = CropOptions()
SLIMMEST = 3  # a crop's longer side over its shorter one, where the picture has room for more


@dataclass(frozen=True, kw_only=True)
class Crop:
    """A box of a picture and the size at which a model works on it.

    box         (left, top, right, bottom) in pixels of the picture; beyond the picture its edge is repeated
    size        (width, height) of what the model gets
    of          (width, height) of the picture
    feather_px  of the blend inside the mask, in pixels of the picture
    """

    box: tuple[int, int, int, int]
    size: tuple[int, int]
    of: tuple[int, int]
    feather_px: float

    @property
    def box_size(self) -> tuple[int, int]:
        left, top, right, bottom = self.box
        return right - left, bottom - top

    @property
    def _inside(self) -> tuple[int, int, int, int]:
        """The part of the box that lies in the picture."""
        (left, top, right, bottom), (width, height) = self.box, self.of
        return max(0, left), max(0, top), min(right, width), min(bottom, height)

    @property
    def region(self) -> Region:
        """What of the picture the model sees."""
        left, top, right, bottom = self._inside
        width, height = self.of
        return Region(left=left / width, top=top / height, right=right / width, bottom=bottom / height)

    def taken(self, picture: Image.Image) -> Image.Image:
        """The crop of a picture, a mask or a control map of the whole, at the model's size, in its own mode."""
        self._check_size(picture)
        left, top, right, bottom = self.box
        x, y, x_end, y_end = self._inside
        part = edge_repeated(picture.crop(self._inside), x - left, y - top, right - x_end, bottom - y_end)
        return resized(part, self.size)

    def request(self, request: EditRequest) -> EditRequest:
        """The request about the crop: its first picture, mask and control map are cropped alike, the others stay.

        Its settings' size becomes the crop's where it has one. Points in the picture are left out, unless it is whole.
        """
        size = self.size if request.settings.size else None
        whole = self.box == (0, 0, *self.of) and self.size == self.of
        return dataclasses.replace(
            request,
            images=(self.taken(request.images[0]), *request.images[1:]),
            mask=self.taken(request.mask) if request.mask else None,
            control=self.taken(request.control) if request.control else None,
            settings=request.settings.model_copy(update={"size": size}),
            hints=request.hints if whole else request.hints.about("garment"),
        )

    def stitched(self, photo: Image.Image, drawn: Image.Image, mask: Image.Image) -> Image.Image:
        """The photograph with what was drawn of the crop inside the mask; blended at the mask's edge, within it.

        photo, mask  the whole ones
        drawn        of any size: it is scaled to the box
        returns      RGB; where the mask is 0, the photograph's bytes
        """
        self._check_size(photo)
        self._check_size(mask)
        (left, top), (x, y) = self.box[:2], self._inside[:2]
        box = np.s_[y : self._inside[3], x : self._inside[2]]
        done_HW3, mask_HW = np.array(photo), np.asarray(mask)
        weight_hw = np.minimum(feathered(mask_HW > 0, self.feather_px), mask_HW / np.float32(255))[box]
        drawn_hw3 = np.asarray(resized(drawn.convert("RGB"), self.box_size))
        rows, columns = weight_hw.shape
        drawn_hw3 = drawn_hw3[y - top : y - top + rows, x - left : x - left + columns]
        done_HW3[box] = mixed(done_HW3[box], drawn_hw3, weight_hw)
        return Image.fromarray(done_HW3)

    def _check_size(self, picture: Image.Image) -> None:
        if picture.size != self.of:
            raise BadInput(f"the crop is of a picture of {self.of} pixels, got one of {picture.size}")


def around(picture: Image.Image, mask: Image.Image, options: CropOptions = AROUND) -> Crop:
    """The crop of a picture round a mask: its box grown by the padding, and to a shape that needs no stretching.

    picture  RGB
    raises   BadInput for a mask that is not mode L, not of the picture's size, or empty
    """
    if mask.mode != "L" or mask.size != picture.size or picture.mode != "RGB":
        raise BadInput(
            f"a mask is a picture of mode L and of the size of what it masks, which is RGB; got {mask.mode} of "
            f"{mask.size} for {picture.mode} of {picture.size}"
        )
    rows, columns = box_of(np.asarray(mask) > 0)
    sides = columns.stop - columns.start, rows.stop - rows.start
    if not sides[0]:
        raise BadInput("nothing may change: the mask is black all over; paint white what to draw anew")
    longer_px = max(sides)
    least_px = (1 + 2 * options.padding) * longer_px / SLIMMEST
    padded = [max(side + 2 * options.padding * longer_px, least_px) for side in sides]
    size, scale = _model_size([min(pair) for pair in zip(padded, picture.size, strict=True)], options)
    spans = [
        _placed(int(along.start), int(along.stop), math.ceil(side / scale - 1e-6), whole)
        for along, side, whole in zip((columns, rows), size, picture.size, strict=True)
    ]
    (left, right), (top, bottom) = spans
    return Crop(
        box=(left, top, right, bottom), size=size, of=picture.size, feather_px=max(1.0, options.feather * longer_px)
    )


def edited(request: EditRequest, generator: Generator, options: CropOptions = AROUND) -> Image.Image:
    """The first picture of a request, drawn anew inside its mask by a generator that sees only the crop.

    raises   BadInput for a request without a mask
    """
    if request.mask is None:
        raise BadInput("a crop needs a mask to lie round; give the request one, or draw the whole picture")
    crop = around(request.images[0], request.mask, options)
    return crop.stitched(request.images[0], generator(crop.request(request)), request.mask)


def _model_size(wanted: list[float], options: CropOptions) -> tuple[tuple[int, int], float]:
    """((width, height) for the model, how many of its pixels lie along one of the picture); without stretching.

    wanted  sides of the crop in pixels of the picture; the box becomes larger where they are no multiples
    """
    multiple, most = options.multiple, math.sqrt(options.most_pixels / math.prod(wanted))
    scale = min(max(1.0, options.least_px / min(wanted)), most)
    width, height = (multiple * math.ceil(side * scale / multiple - 1e-6) for side in wanted)
    if width * height > options.most_pixels:
        width, height = (multiple * max(1, int(side * scale / multiple)) for side in wanted)
        scale = min(width / wanted[0], height / wanted[1])
    return (width, height), scale


def _placed(start: int, stop: int, length: int, whole: int) -> tuple[int, int]:
    """Where a length of pixels begins and ends that holds a span in its middle, inside the whole where it can."""
    begin = (start + stop - length) // 2
    begin = max(0, min(begin, whole - length)) if length <= whole else (whole - length) // 2
    return begin, begin + length
