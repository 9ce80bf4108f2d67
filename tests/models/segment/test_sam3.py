"""SAM 3 by words through its true class, with random weights at a ninth of the side."""

import pytest
import torch
from demo_pictures import demo_picture
from true_masks import inside, iou

from tryon_core.errors import BadInput
from tryon_core.models import load
from tryon_core.models.segment.picture_tensors import HALF, pixel_values
from tryon_core.records import Region
from tryon_core.roles import SegmentPrompt


@pytest.fixture(scope="module")
def sam3():
    return load("toy:sam3", confident=0.0)


@pytest.fixture(scope="module")
def person():
    return demo_picture("persons", "p1")


def test_each_thing_has_a_mask_and_a_confidence(sam3, person):
    masks = sam3(person, SegmentPrompt(words="shirt"))
    assert len(masks) == 5 and [mask.score for mask in masks] == sorted((mask.score for mask in masks), reverse=True)
    assert all(mask.image.size == person.size and mask.label == "shirt" for mask in masks)


def test_other_words_and_other_pictures_give_other_masks(sam3, person):
    shirt, hat = (sam3(person, SegmentPrompt(words=words))[0] for words in ("shirt", "red hat"))
    garment = sam3(demo_picture("garments", "stripes"), SegmentPrompt(words="shirt"))[0]
    assert shirt.score != hat.score and iou(inside(shirt.image), inside(hat.image)) < 0.999
    assert iou(inside(shirt.image), inside(garment.image)) < 0.98


def test_what_was_read_of_a_picture_gives_the_models_own_answer(sam3, person):
    tokens = sam3.tokenizer("shirt", return_tensors="pt", padding="max_length", max_length=32)
    with torch.inference_mode():
        whole = sam3.model(pixel_values=pixel_values(person, 112, HALF, HALF), **tokens)
    scores = (whole.pred_logits.sigmoid() * whole.presence_logits.sigmoid())[0]
    masks = sam3(person, SegmentPrompt(words="shirt"))
    assert abs(masks[0].score - float(scores.max())) < 1e-6


def test_a_picture_is_read_once_for_all_its_words(person):
    sam3 = load("toy:sam3")
    for words in ("shirt", "hat", "shirt"):
        sam3(person.copy(), SegmentPrompt(words=words))
    assert sam3.hit_rates() == {"the segmenter's pictures": (2, 3)}


def test_what_is_not_there_has_no_mask(person):
    assert load("toy:sam3", confident=1.0)(person, SegmentPrompt(words="shirt")) == []


@pytest.mark.parametrize(
    "prompt",
    [
        SegmentPrompt(),
        SegmentPrompt(points=((0.5, 0.5, 1),)),
        SegmentPrompt(box=Region(left=0, top=0, right=1, bottom=1)),
    ],
)
def test_it_takes_words_alone(sam3, person, prompt):
    with pytest.raises(BadInput, match="toy:sam3 takes words alone here"):
        sam3(person, prompt)


def test_more_words_than_it_reads_are_refused(sam3, person):
    with pytest.raises(BadInput, match="reads 32 tokens of words, got 33"):
        sam3(person, SegmentPrompt(words="a shirt with long sleeves and a collar"))


def test_a_confidence_outside_its_bounds_is_refused():
    with pytest.raises(BadInput, match="confident of toy:sam3 is a share"):
        load("toy:sam3", confident=2)
