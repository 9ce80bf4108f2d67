"""The clothes parser through SegFormer's true class, with random weights."""

import json
import shutil

import numpy as np
import pytest
import torch
from demo_pictures import demo_picture
from PIL import Image
from true_masks import inside, iou

from tryon_core.errors import BadInput, UnknownName
from tryon_core.models import load
from tryon_core.models.segment.clothes_parser import PARTS
from tryon_core.models.segment.picture_tensors import IMAGENET_MEAN, IMAGENET_STD, pixel_values
from tryon_core.models.toy import toy_folder
from tryon_core.roles import SegmentPrompt


@pytest.fixture(scope="module")
def parser():
    return load("toy:segformer-clothes")


@pytest.fixture(scope="module")
def person():
    return demo_picture("persons", "p1")


def parsed(parser, image):
    """Class of each pixel and the probabilities (18, H, W), by the library's own steps."""
    with torch.inference_mode():
        logits = parser.model(pixel_values(image, 512, IMAGENET_MEAN, IMAGENET_STD)).logits
        logits = torch.nn.functional.interpolate(logits, image.size[::-1], mode="bilinear", align_corners=False)
    return logits[0].argmax(0).numpy(), logits[0].softmax(0).numpy()


def test_a_part_is_the_pixels_of_its_classes(parser, person):
    most, shares = parsed(parser, person)
    (mask,) = parser(person, SegmentPrompt(words="clothing"))
    wanted = [parser.classes[label] for label in PARTS["clothes"]]
    assert np.array_equal(inside(mask.image), np.isin(most, wanted)) and mask.label == "clothes"
    assert abs(mask.score - shares[wanted].sum(0)[np.isin(most, wanted)].mean()) < 1e-5


def test_without_a_prompt_the_classes_share_the_picture(parser, person):
    masks = parser(person, SegmentPrompt())
    covered = np.stack([inside(mask.image) for mask in masks]).sum(0)
    assert (covered == 1).all() and {mask.label for mask in masks} <= parser.classes.keys()


def test_another_word_or_picture_gives_another_mask(parser, person):
    upper, hair = (inside(parser(person, SegmentPrompt(words=word))[0].image) for word in ("shirt", "hair"))
    other = inside(parser(demo_picture("garments", "checks"), SegmentPrompt(words="hair"))[0].image)
    assert not (upper & hair).any() and iou(hair, other) < 0.9


def test_pictures_together_are_parsed_as_one_by_one(parser, person):
    calls = [(person, SegmentPrompt(words="hair")), (demo_picture("garments", "checks"), SegmentPrompt(words="belt"))]
    calls.append((person, SegmentPrompt(words="belt")))
    for call, masks in zip(calls, parser.batch(calls), strict=True):
        for mask, single in zip(masks, parser(*call), strict=True):
            assert iou(inside(mask.image), inside(single.image)) > 0.999 and abs(mask.score - single.score) < 1e-5


def test_a_picture_is_read_once_for_all_its_words(person):
    parser = load("toy:segformer-clothes")
    for word in ("hair", "belt", "hair"):
        parser(person.copy(), SegmentPrompt(words=word))
    assert parser.hit_rates() == {"the segmenter's pictures": (2, 3)}


def test_a_large_picture_has_masks_of_its_size(parser, person):
    large = person.resize((1500, 2000), Image.Resampling.NEAREST)
    (mask,) = parser(large, SegmentPrompt(words="belt"))
    assert mask.image.size == (1500, 2000)


def test_points_and_unknown_parts_are_refused(parser, person):
    with pytest.raises(BadInput, match="takes words, and neither points nor a box"):
        parser(person, SegmentPrompt(points=((0.5, 0.5, 1),)))
    with pytest.raises(UnknownName, match=r"called 'hairs'\. Did you mean 'hair'"):
        parser(person, SegmentPrompt(words="hairs"))


def test_weights_without_the_classes_are_refused(tmp_path):
    folder = shutil.copytree(toy_folder("segformer-clothes"), tmp_path / "other")
    config = json.loads((folder / "config.json").read_text())
    config["id2label"]["4"] = "wall"
    config["label2id"] = {label: int(number) for number, label in config["id2label"].items()}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput, match="have no class Upper-clothes"):
        load("segformer-clothes", weights=str(folder))
