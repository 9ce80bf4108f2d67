"""Swin2SR at toy size: its library's numbers, twice the size, and tiles that do not show."""

import numpy as np
import pytest
from klein import apart, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.models.editing.enhancing.swin2sr import Swin2SR, pixel_values, upscaling_bytes
from tryon_core.records import EditRequest, Settings

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")


def toy(tile_px=256):
    swin2sr = models.load("toy:swin2sr-x2", device="cpu")
    return Swin2SR(swin2sr.model, swin2sr.card, tile_px=tile_px)


def asked(image, **given):
    return EditRequest(prompt="a shirt", images=(image,), **given)


@pytest.mark.parametrize("size", [(64, 48), (61, 37), (8, 8), (5, 3)])
def test_pictures_are_prepared_as_the_librarys_processor_does(size):
    from transformers import Swin2SRImageProcessorPil

    published = {"do_pad": True, "do_rescale": True, "pad_size": 8, "rescale_factor": 0.00392156862745098}
    image = picture(1, (64, 64)).crop((0, 0, *size))
    theirs = Swin2SRImageProcessorPil(**published)(image, return_tensors="np")["pixel_values"]
    assert np.allclose(pixel_values(np.asarray(image)), theirs, atol=1e-6)


@pytest.mark.parametrize("size", [(64, 48), (61, 37)])
def test_a_picture_of_one_tile_is_enlarged_as_the_library_does(size):
    swin2sr, image = toy(), picture(1, (64, 64)).crop((0, 0, *size))
    with torch.inference_mode():
        answer = swin2sr.model(torch.from_numpy(pixel_values(np.asarray(image)))).reconstruction[0]
    levels = (answer.clamp(0, 1) * 255).round().numpy().astype(np.uint8).transpose(1, 2, 0)
    enlarged = swin2sr(asked(image))
    assert enlarged.size == (2 * size[0], 2 * size[1])
    assert np.array_equal(np.asarray(enlarged), levels[: enlarged.height, : enlarged.width])


def test_what_a_picture_shows_matters_and_nothing_else_does():
    swin2sr, image = toy(), picture(1)
    enlarged = swin2sr(asked(image))
    assert apart(enlarged, swin2sr(asked(picture(2)))) > 10
    more = EditRequest(prompt="a dress", images=(image, picture(2)), mask=Image.new("L", image.size, 255))
    assert enlarged.tobytes() == swin2sr(more).tobytes()


def test_tiles_show_what_the_whole_shows():
    """Apart where a tile sees less around a pixel than the whole picture does."""
    image = picture(1, (160, 128))
    whole, tiled = toy()(asked(image)), toy(tile_px=96)(asked(image))
    difference = np.abs(np.asarray(whole, int) - np.asarray(tiled, int))
    assert whole.size == tiled.size == (320, 256) and difference.mean() < 1 and difference.max() > 0


@pytest.mark.parametrize("colour", [(128, 128, 128), (200, 40, 90)])
def test_a_plain_picture_has_no_border_of_a_tile(colour):
    enlarged = np.asarray(toy(tile_px=64)(asked(Image.new("RGB", (152, 120), colour))), int)
    inside = enlarged[32:-32, 32:-32]
    assert np.abs(np.diff(inside[::2], axis=0)).max() <= 1 and np.abs(np.diff(inside[:, ::2], axis=1)).max() <= 1


@pytest.mark.parametrize(
    ("request_of", "sentence"),
    [
        (EditRequest(prompt="x", images=()), "needs a picture to enlarge, and got none"),
        (asked(picture(1), settings=Settings(steps=4)), "takes no settings or control map"),
        (asked(picture(1), control=picture(2)), "takes no settings or control map"),
    ],
)
def test_what_it_cannot_honour_is_refused(request_of, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy()(request_of)


@pytest.mark.parametrize("option", [{"tile_px": 8}, {"tile_px": "64"}, {"attention": "sdpa"}])
def test_bad_options_are_refused_before_loading(option):
    with pytest.raises(BadInput, match="toy:swin2sr-x2"):
        models.load("toy:swin2sr-x2", **option)


def test_the_published_network_fits_beside_others(tmp_path):
    """Of its published configuration; a tile, not the picture, says how much. Measured: 0.91 GB."""
    from transformers import Swin2SRConfig

    Swin2SRConfig().save_pretrained(tmp_path)
    assert 0.91e9 < upscaling_bytes(tmp_path, tile_px=256, dtype_bytes=4) < 1e9
