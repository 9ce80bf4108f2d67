"""`blend` falls with every defect planted under a mask, the more the stronger, on people it was not tuned on."""

import io

import numpy as np
import pytest
from face_pictures import mask_over, person
from PIL import Image
from planted_in_mask import DEFECTS, STRENGTHS, planted

from tryon_core.models import load
from tryon_core.records import Sample

REPORTING = ("q1", "q2", "q3")
blend = load("blend", "scorer")


def sample(name: str, **pictures: Image.Image) -> Sample:
    return Sample(sample_id="one", wish="", images={"init": person(name), "mask": mask_over(name), **pictures})


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_stronger_defect_scores_lower(defect):
    """All ranks agree, of 3 people and 5 strengths each; nothing planted scores 10."""
    for name in REPORTING:
        pictures = [person(name), *(planted(person(name), mask_over(name), defect, each) for each in STRENGTHS)]
        scores = [blend(sample(name), picture)[DEFECTS[defect][0]].value for picture in pictures]
        assert scores[0] == 10 and scores == sorted(set(scores), reverse=True) and scores[1] < 9


@pytest.mark.parametrize("defect", ["blur", "noise"])
def test_what_is_not_colour_leaves_consistency_high(defect):
    drawn = planted(person("q2"), mask_over("q2"), defect, 2)
    answer = blend(sample("q2"), drawn)
    assert answer["blend_consistency"].value > 8 > answer["blend_quality"].value


def test_lossy_storage_of_the_whole_is_no_defect():
    data = io.BytesIO()
    person("q1").save(data, "JPEG", quality=80)
    answer = blend(sample("q1"), Image.open(data).convert("RGB"))
    assert min(each.value for each in answer.values()) > 7


def flat(shade: int) -> Image.Image:
    return Image.new("L", (768, 1024), shade)


@pytest.mark.parametrize(("mask", "reason"), [(flat(0), "no inside"), (flat(255), "no ring")])
def test_a_mask_without_two_sides_says_so(mask, reason):
    answer = blend(sample("q1", mask=mask), person("q1"))
    assert all(reason in each for each in answer.values()) and len(answer) == 2


def test_without_mask_or_original_nothing_is_scored():
    without_mask = blend(Sample(sample_id="one", wish="", images={"init": person("q1")}), person("q1"))
    without_init = blend(Sample(sample_id="one", wish="", images={"mask": mask_over("q1")}), person("q1"))
    assert "no 'mask'" in without_mask["blend_quality"] and "neither an 'init'" in without_init["blend_quality"]


def test_a_picture_of_another_size_is_scaled():
    larger = person("q1").resize((1536, 2048), Image.Resampling.LANCZOS)
    assert blend(sample("q1"), larger)["blend_consistency"].value > 9
    assert np.isfinite(blend(sample("q1"), larger)["blend_quality"].value)
