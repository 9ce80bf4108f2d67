"""Resizing and normalising as the library's processors publish it."""

import numpy as np
import torch
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.segment.picture_tensors import IMAGENET_MEAN, IMAGENET_STD, full_size, mask_picture, pixel_values


def test_a_colour_is_normalised_by_channel():
    values = pixel_values(Image.new("RGB", (30, 50), (255, 0, 51)), 16, IMAGENET_MEAN, IMAGENET_STD)
    assert values.shape == (1, 3, 16, 16) and values.dtype == torch.float32
    assert np.allclose(values[0, :, 3, 5], [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225])


def test_the_published_numbers_are_the_librarys():
    from transformers import image_utils

    from tryon_core.models.segment.picture_tensors import HALF

    assert list(IMAGENET_MEAN) == image_utils.IMAGENET_DEFAULT_MEAN
    assert list(IMAGENET_STD) == image_utils.IMAGENET_DEFAULT_STD
    assert list(HALF) == image_utils.IMAGENET_STANDARD_MEAN == image_utils.IMAGENET_STANDARD_STD


def test_a_picture_is_resized_as_torchvision_resizes_it():
    """torchvision's bilinear resize is torch's own with antialiasing; pixels are rounded to levels here."""
    image = demo_picture("garments", "stripes")
    ours = pixel_values(image, 128, (0, 0, 0), (1, 1, 1))
    picture = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float()
    theirs = torch.nn.functional.interpolate(picture, (128, 128), mode="bilinear", antialias=True) / 255
    assert (ours - theirs).abs().max() < 1.01 / 255 and (ours - theirs).abs().mean() < 0.3 / 255


def test_a_mask_grows_to_the_pictures_size_about_its_middle():
    logits = torch.full((4, 4), -1.0)
    logits[1:3, 1:3] = 1.0
    mask = np.asarray(mask_picture(logits, (60, 80)))
    rows, columns = np.nonzero(mask)
    assert mask.shape == (80, 60) and set(np.unique(mask)) == {0, 255}
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (20, 59, 15, 44)


def test_a_hard_mask_keeps_its_area_at_another_size():
    mask = np.zeros((40, 30), bool)
    mask[10:30, 10:20] = True
    large = np.asarray(full_size(mask, (90, 120)))
    assert large.shape == (120, 90) and abs((large > 0).mean() - mask.mean()) < 0.01
    assert np.array_equal(np.asarray(full_size(mask, (30, 40))) > 0, mask)
