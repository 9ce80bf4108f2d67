"""The judge notices a weak defect and fails a strong one, on the constraint that the defect belongs to."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from planted import case, judged, sample, truth
from planted_twice import DEFECTS, judged_grainy, judged_with
from proofs import rest_by_proof

from tryon_core.models import load
from tryon_core.models.embedded.aspects import ASPECTS

PLANTED = rest_by_proof(  # each defect on one garment; on the others by proof
    [(name, garment) for name, defect in DEFECTS.items() for garment in defect.garments],
    lambda name, garment: garment == DEFECTS[name].garments[0],
)
# Known errors of the judge: another constraint falls further than the defect's own. Squeezed checks are taken for a
# line along a seam, turned stripes for the old top's; a hue that was changed leaves a rim of the old one.
FALLS_FURTHER = {
    ("a pattern too small", "checks"): "realism",
    ("a turned pattern", "stripes"): "garment_swap",
    ("another hue", "stripes"): "realism",
}


def _lost(garment: str, name: str, amount: float) -> dict[str, float]:
    """How many points each constraint falls below the true picture's."""
    true, planted = judged(garment).scores, judged_with(garment, name, amount).scores
    further = FALLS_FURTHER.get((name, garment))
    return {key: true[key].score - planted[key].score for key in true if key != further}


@pytest.mark.parametrize("name, garment", PLANTED)
def test_a_weak_defect_lowers_its_constraint_most(name, garment):
    lost = _lost(garment, name, DEFECTS[name].weak)
    assert lost[DEFECTS[name].constraint] == max(lost.values()) > 0, lost


@pytest.mark.parametrize("name, garment", PLANTED)
def test_a_strong_defect_fails_its_constraint_and_lowers_it_most(name, garment):
    constraint, lost = DEFECTS[name].constraint, _lost(garment, name, DEFECTS[name].strong)
    score = judged_with(garment, name, DEFECTS[name].strong).scores[constraint]
    assert score.score < 8 and lost[constraint] == max(lost.values()), (lost, score)


@pytest.mark.parametrize("name, garment", PLANTED)
def test_a_stronger_defect_scores_lower(name, garment):
    weak, strong = (
        judged_with(garment, name, amount).scores[DEFECTS[name].constraint].score
        for amount in (DEFECTS[name].weak, DEFECTS[name].strong)
    )
    assert strong < weak


@pytest.mark.parametrize("name, garment", PLANTED)
def test_a_failed_constraint_asks_for_something_in_words_and_known_aspects(name, garment):
    score = judged_with(garment, name, DEFECTS[name].strong).scores[DEFECTS[name].constraint]
    assert score.fixes and all(fix.text and fix.aspect in ("", *ASPECTS) for fix in score.fixes)


def test_a_pattern_of_another_size_is_told_with_its_size():
    finding = judged_with("checks", "a pattern too large", 1.4).scores["garment_appearance"]
    assert finding.evidence["pattern_size"].value == pytest.approx(0.46, abs=0.05)  # 1.4 over the usual 0.95
    assert "too coarse" in finding.finding


def test_a_turned_pattern_is_told_with_its_angle():
    evidence = judged_with("stripes", "a turned pattern", 20).scores["garment_appearance"].evidence
    assert evidence["pattern_turn"].value == pytest.approx(20, abs=1)


@pytest.mark.parametrize("garment", ["lab", "cropped", "stripes"])
def test_small_holes_are_counted(garment):
    holes = judged_with(garment, "holes", 5).scores["realism"].evidence["holes"].value
    assert 5 <= holes <= 6


@pytest.mark.parametrize("garment", ["cropped", "lab", "loop"])
def test_plain_cloth_without_the_grain_of_its_photograph_is_told(garment):
    grains = [judged_grainy(garment, sigma).scores["realism"].evidence["cloth_grain"].value for sigma in (0, 1.2, 2)]
    assert grains[0] < 0.1 < grains[1] < grains[2]
    assert judged_grainy(garment, 2).scores["realism"].score < 8 <= judged_grainy(garment, 0).scores["realism"].score


def test_a_garment_that_is_darker_on_one_side_is_not_asked_for_the_side_of_its_light():
    asked, worn_HW = sample("lab"), case("lab").worn_HW
    aside_HW = case("lab").before.frame.across_px_HW(worn_HW.shape) > 0
    drawn, garment = np.array(truth("lab")), np.array(asked.images["garment"])
    drawn[worn_HW & aside_HW] //= 2
    half = garment[:, garment.shape[1] // 2 :]
    half[half.min(-1) < 225] //= 2  # the cloth, not the paper
    halved = replace(asked, images={**asked.images, "garment": Image.fromarray(garment)})
    evidence = load("measure", "judge")(halved, Image.fromarray(drawn)).scores["realism"].evidence
    assert "light_side" in judged("lab").scores["realism"].evidence and "light_side" not in evidence
