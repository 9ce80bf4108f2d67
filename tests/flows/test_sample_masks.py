"""A sample's own mask as people make them: each kind works as data_manifests/README.md says, or is one sentence."""

import io

import pytest
from doubles import picture
from PIL import Image, ImageDraw, ImageFilter
from skimage import data

from tryon_core.errors import Refused
from tryon_core.flows.first_request import check_mask
from tryon_core.records import Sample, SampleLine
from tryon_core.sources import loading

SIZE = (96, 128)


def disc(mode="L", paint=255, size=SIZE, ground=0):
    mask = Image.new(mode, size, ground)
    ImageDraw.Draw(mask).ellipse((20, 20, 76, 76), fill=paint)
    return mask


def as_file(mask, kind="PNG"):
    out = io.BytesIO()
    mask.save(out, kind, quality=40)
    return out.getvalue()


def photograph(size=SIZE):
    return Image.fromarray(data.astronaut()).resize(size)


def loaded(folder, mask):
    (folder / "mask.png").write_bytes(mask if isinstance(mask, bytes) else as_file(mask))
    (folder / "init.png").write_bytes(as_file(picture("green", SIZE)))
    return loading.load(SampleLine(sample_id="a", pictures={"init": "init.png", "mask": "mask.png"}), folder)


@pytest.mark.parametrize(
    "mask",
    [
        disc(),
        disc("1", 1),
        disc("RGB", "white"),
        disc().quantize(2),
        disc("RGBA", (255, 255, 255, 255), ground=(0, 0, 0, 255)),
        disc("RGBA", (255, 255, 255, 255), ground=(0, 0, 0, 0)),
        disc("LA", (255, 255), ground=(255, 0)),
        disc().filter(ImageFilter.GaussianBlur(4)),
        as_file(disc(), "JPEG"),
        Image.new("L", SIZE, 255),
    ],
    ids=["L", "1", "RGB", "P", "RGBA", "clear", "LA", "soft", "JPEG", "full"],
)
def test_a_mask_of_any_mode_marks_the_same(tmp_path, mask):
    sample = loaded(tmp_path, mask)
    check_mask(sample)
    greys = sample.images["mask"].convert("L")
    is_full = isinstance(mask, Image.Image) and mask.convert("L").getextrema() == (255, 255) and mask.mode == "L"
    assert greys.getpixel((48, 48)) >= 250 and (greys.getpixel((2, 120)) <= 5 or is_full)


@pytest.mark.parametrize(
    ("mask", "reason", "words"),
    [
        (Image.new("L", SIZE, 0), "empty_mask", "lightest pixel is 0 of 255"),
        (disc(paint=1), "empty_mask", "lightest pixel is 1 of 255 .* paint white"),
        (disc(paint=127), "empty_mask", "lightest pixel is 127"),
        (disc("RGBA", (255, 255, 255, 0), ground=(255, 255, 255, 0)), "empty_mask", "lightest pixel is 0"),
        (disc(size=(192, 256)), "mask_of_another_size", "96 x 128; got 192 x 256: scale it to 96 x 128"),
        (disc(size=(67, 90)), "mask_of_another_size", "got 67 x 90: scale it to 96 x 128"),
        (disc(size=(128, 96)), "mask_of_another_size", "96 x 128; got 128 x 96: it is of another picture"),
        (Image.new("L", SIZE, 128), "grey_mask", "100% of the mask are neither black nor white"),
        (photograph(), "grey_mask", "so it is a photograph and no mask; give white where"),
        (disc("RGB", "white", ground="yellow"), "grey_mask", "neither black nor white"),
    ],
)
def test_a_mask_that_cannot_be_one_is_a_sentence(tmp_path, mask, reason, words):
    sample = loaded(tmp_path, mask)
    with pytest.raises(Refused, match=words) as refusal:
        check_mask(sample)
    assert refusal.value.reason == reason


def test_other_pictures_are_laid_on_white(tmp_path):
    (tmp_path / "c.png").write_bytes(as_file(disc("RGBA", (9, 9, 9, 255), ground=(0, 0, 0, 0))))
    sample = loading.load(SampleLine(sample_id="a", pictures={"character": "c.png"}), tmp_path)
    assert sample.images["character"].getpixel((2, 2)) == (255, 255, 255)


def test_a_soft_edge_stays_soft(tmp_path):
    sample = loaded(tmp_path, disc().filter(ImageFilter.GaussianBlur(4)))
    check_mask(sample)
    assert len(sample.images["mask"].convert("L").getcolors()) > 50 and isinstance(sample, Sample)
