"""SAM 2.1 through its true class, with random weights at a tenth of the side."""

import pytest
import torch
from demo_pictures import demo_picture
from true_masks import inside, iou

from tryon_core.errors import BadInput, UnknownName
from tryon_core.models import load
from tryon_core.models.segment.automatic import grid
from tryon_core.models.segment.picture_tensors import IMAGENET_MEAN, IMAGENET_STD, mask_picture, pixel_values
from tryon_core.records import Region
from tryon_core.roles import Segmenter, SegmentPrompt, answers

BOX = Region(left=0.2, top=0.2, right=0.6, bottom=0.8)
PROMPTS = [
    SegmentPrompt(points=((0.5, 0.5, 1),)),
    SegmentPrompt(points=((0.2, 0.8, 1),)),
    SegmentPrompt(points=((0.5, 0.5, 1), (0.5, 0.9, 0))),
    SegmentPrompt(box=BOX),
    SegmentPrompt(box=BOX, points=((0.4, 0.4, 1),)),
]


@pytest.fixture(scope="module")
def sam2() -> Segmenter:
    return load("toy:sam2.1-tiny", iou_at_least=0.0, stability_at_least=0.0, points_per_side=9)


@pytest.fixture(scope="module")
def person():
    return demo_picture("persons", "p1")


def same(one, other):
    return [(mask.image.tobytes(), mask.score) for mask in one] == [
        (mask.image.tobytes(), mask.score) for mask in other
    ]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_prompt_has_three_masks_the_best_first(sam2, person, prompt):
    masks = sam2(person, prompt)
    assert len(masks) == 3 and all(mask.image.size == person.size and inside(mask.image).any() for mask in masks)
    assert [mask.score for mask in masks] == sorted((mask.score for mask in masks), reverse=True)
    assert all(0 <= mask.score <= 1 for mask in masks)


def test_each_prompt_and_each_picture_has_masks_of_its_own(sam2, person):
    firsts = [inside(sam2(person, prompt)[0].image) for prompt in PROMPTS]
    assert all(iou(one, other) < 0.99 for k, one in enumerate(firsts) for other in firsts[:k])
    other = inside(sam2(demo_picture("garments", "stripes"), PROMPTS[0])[0].image)
    assert iou(other, firsts[0]) < 0.99


def test_prompts_together_are_answered_as_one_by_one(sam2, person):
    calls = [(person, prompt) for prompt in PROMPTS] + [(demo_picture("garments", "stripes"), PROMPTS[0])]
    together = [answer.value for answer in answers(sam2, calls)]
    for call, masks in zip(calls, together, strict=True):
        for mask, single in zip(masks, sam2(*call), strict=True):
            assert iou(inside(mask.image), inside(single.image)) > 0.999 and abs(mask.score - single.score) < 1e-4


def test_a_point_reaches_the_model_in_pixels_of_its_side(sam2, person):
    """As Sam2Processor scales it: a picture's pixel times side / size, each axis by itself."""
    pixels = pixel_values(person, 128, IMAGENET_MEAN, IMAGENET_STD)
    point = torch.tensor([[[[154 * 128 / 768, 819 * 128 / 1024]]]])
    with torch.inference_mode():
        predicted = sam2.model(pixel_values=pixels, input_points=point)
    best = int(predicted.iou_scores[0, 0].argmax())
    ours = sam2(person, SegmentPrompt(points=((154 / 768, 819 / 1024, 1),)))[0]
    assert abs(ours.score - float(predicted.iou_scores[0, 0, best])) < 1e-5
    assert iou(inside(ours.image), inside(mask_picture(predicted.pred_masks[0, 0, best], person.size))) > 0.999


def test_a_picture_is_read_once_for_all_its_prompts(person):
    sam2 = load("toy:sam2.1-tiny")
    for prompt in PROMPTS:
        sam2(person.copy(), prompt)
    sam2(demo_picture("garments", "stripes"), PROMPTS[0])
    assert sam2.hit_rates() == {"the segmenter's pictures": (4, 6)}


def test_without_a_prompt_the_best_of_a_grid_of_points_is_found(sam2, person):
    first = sam2(person, SegmentPrompt())[0]
    asked = [(person, SegmentPrompt(points=((x, y, 1),))) for x, y in grid(9).tolist()]
    best = max((masks[0] for masks in sam2.batch(asked)), key=lambda mask: mask.score)
    assert abs(first.score - best.score) < 1e-5 and iou(inside(first.image), inside(best.image)) > 0.999
    assert load("toy:sam2.1-tiny", iou_at_least=1.0)(person, SegmentPrompt()) == []


def test_words_are_refused_with_who_takes_them(sam2, person):
    with pytest.raises(BadInput, match="toy:sam2.1-tiny takes points and a box, and no words.*take cutout, sam3"):
        sam2(person, SegmentPrompt(words="shirt"))


def test_the_same_prompt_has_the_same_bytes(sam2, person):
    again = load("toy:sam2.1-tiny")
    assert same(sam2(person, PROMPTS[0]), again(person, PROMPTS[0])) and again.card.kind == "toy"


def test_a_name_of_no_size_is_refused():
    with pytest.raises(UnknownName, match=r"Did you mean 'sam2\.1-tiny'"):
        load("sam2.1-tine")
