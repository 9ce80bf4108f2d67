"""What the measuring judge says of true pictures, and of true pictures with a defect planted in each."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import planted as planting
import pytest
from demo_pictures import demo_picture
from planted import DEMO, judged, planted, sample, truth

from tryon_core.errors import BadInput, Refused
from tryon_core.models import load
from tryon_core.models.embedded.aspects import ASPECTS
from tryon_core.records import Judgement, Sample
from tryon_core.rubrics.rules import Decision, decide
from tryon_core.rubrics.shipped import RUBRICS

CALLS = [
    ("cropped", ""),
    ("lab", "the input unchanged"),
    ("lab", "a blurred face"),
    ("cropped", "the hem cut off"),
    ("loop", "holes"),
]


@pytest.mark.parametrize("garment", DEMO)
def test_every_true_picture_is_accepted(garment):
    judgement = judged(garment)
    assert decide(judgement, RUBRICS["default"]) is Decision.ACCEPT, judgement


@pytest.mark.parametrize(
    "constraint, garment, defect",
    [
        ("garment_swap", "lab", "the input unchanged"),
        ("garment_swap", "stripes", "the input unchanged"),
        ("identity", "lab", "a blurred face"),
        ("identity", "loop", "a face out of place"),
        ("body_and_pose", "lab", "everything turned"),
        ("body_and_pose", "cropped", "everything shifted"),
        ("garment_structure", "lab", "the hem cut off"),
        ("garment_structure", "checks", "the sleeves cut off"),
        ("garment_appearance", "lab", "another hue"),
        ("garment_appearance", "cropped", "half as light"),
        ("garment_appearance", "blossoms", "no pattern"),
        ("scene_kept", "lab", "another background"),
        ("scene_kept", "loop", "other trousers"),
        ("realism", "loop", "holes"),
        ("realism", "loop", "a white rim"),
        ("realism", "lab", "a torn edge"),
    ],
)
def test_a_planted_defect_fails_its_constraint_and_lowers_it_most(constraint, garment, defect):
    before, after = (_numbers(judged(garment, which)) for which in ("", defect))
    lost = {key: before[key] - after[key] for key in before}
    compared = [lost[key] for key in lost if not (key == "realism" and defect == "the hem cut off")]  # skin is painted
    assert after[constraint] < 8 and lost[constraint] == max(compared), (lost, judged(garment, defect))


def test_the_wrong_garment_fails_on_its_appearance():
    judgement = load("measure", "judge")(sample("stripes"), truth("cropped"))  # the same person
    assert judgement.scores["garment_appearance"].score < 4
    assert "hue" in judgement.scores["garment_appearance"].finding


@pytest.mark.parametrize(
    "defect, says", [("a grey picture", "no person was found"), ("two people", "a second person was found")]
)
def test_a_picture_without_one_readable_person_starts_over(defect, says):
    judgement = judged("cropped", defect)
    assert decide(judgement, RUBRICS["default"]) is Decision.RESTART and not judgement.unscored
    assert says in judgement.scores["body_and_pose"].finding and judgement.scores["realism"].status == "not_applicable"


def test_a_finding_has_the_number_and_its_fix_the_opposite_sign():
    structure = judged("lab", "the hem cut off").scores["garment_structure"]
    fix = next(fix for fix in structure.fixes if fix.aspect == "length")
    assert "of the torso length too high" in structure.finding and fix.amount > 0.1
    assert fix.amount == pytest.approx(structure.evidence["hem"].value, abs=0.001)
    assert structure.region.top > 0.4 and structure.region.bottom < 0.95


@pytest.mark.parametrize("garment, defect", CALLS)
def test_only_constraints_under_the_bar_ask_for_something_the_generator_can_read(garment, defect):
    for key, score in judged(garment, defect).scores.items():
        assert bool(score.fixes) == (score.score is not None and score.score < 8)
        assert all(fix.constraint == key and fix.text and fix.aspect in ("", *ASPECTS) for fix in score.fixes)


@pytest.mark.parametrize("garment, defect", CALLS)
def test_a_score_is_the_lowest_of_its_evidence_and_never_a_default(garment, defect):
    for score in judged(garment, defect).scores.values():
        beyond = [m for m in score.evidence.values() if (m.value > m.bar if m.better == "lower" else m.value < m.bar)]
        assert score.evidence and bool(beyond) == (score.score < 8), score


def test_a_judgement_survives_being_written_and_read():
    judgement = judged("lab", "a blurred face")
    assert Judgement.model_validate_json(judgement.model_dump_json()) == judgement


def test_the_same_pictures_give_the_same_json_in_another_process(tmp_path):
    planted("lab", "another hue").save(tmp_path / "candidate.png")
    code = (
        "import sys; from PIL import Image; from planted import sample; from tryon_core.models import load; "
        "print(load('measure', 'judge')(sample('lab'), Image.open(sys.argv[1])).model_dump_json())"
    )
    folders = (Path(planting.__file__).parent, Path(__file__).parents[4])
    there = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    out = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "candidate.png"], env=there, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == judged("lab", "another hue").model_dump_json()


def test_a_picture_of_another_size_is_judged_and_its_size_is_told():
    small = truth("cropped").resize((600, 800))
    judgement = load("measure", "judge")(sample("cropped"), small)
    assert judgement.scores["body_and_pose"].finding.startswith("the picture is 600 x 800 pixels instead of 768 x 1024")
    assert judgement.scores["garment_swap"].score >= 8


def test_the_true_picture_in_a_sample_is_not_looked_at():
    asked = sample("cropped")
    with_truth = Sample(sample_id="x", wish="", images={**asked.images, "truth": demo_picture("persons", "p1")})
    assert load("measure", "judge")(with_truth, truth("cropped")) == judged("cropped")


def test_the_first_rubric_is_answered_with_its_own_keys():
    rubric = RUBRICS["classic"]
    judgement = load("measure", "judge", rubric=rubric)(sample("lab"), planted("lab", "the hem cut off"))
    rubric.check(judgement)
    assert judgement.scores["pose_alignment"].score >= 8 and judgement.scores["lighting_consistency"].score >= 8
    fixes = judgement.scores["cloth_structural_integrity"].fixes
    assert fixes and {fix.constraint for fix in fixes} == {"cloth_structural_integrity"}


def test_light_from_the_other_side_is_asked_by_the_first_rubric():
    judge = load("measure", "judge", rubric=RUBRICS["classic"])
    score = judge(sample("cropped"), planted("cropped", "light from the other side")).scores["lighting_consistency"]
    assert score.score < 8 <= judge(sample("cropped"), truth("cropped")).scores["lighting_consistency"].score


def test_a_rubric_that_nothing_measures_is_refused_by_name():
    with pytest.raises(BadInput, match="wish_met.*rubric 'general'; use a vision-language judge"):
        load("measure", "judge", rubric=RUBRICS["general"])


def test_a_garment_that_cannot_be_read_is_the_samples_refusal():
    asked = Sample(
        sample_id="x",
        wish="",
        images={"person": demo_picture("persons", "p4"), "garment": demo_picture("garments", "white")},
    )
    with pytest.raises(Refused) as refused:
        load("measure", "judge")(asked, truth("loop"))
    assert refused.value.reason == "white_on_white"


def test_a_sample_without_a_garment_is_bad_input():
    asked = sample("cropped")
    with pytest.raises(BadInput, match="no 'garment' picture, only \\['person'\\]"):
        load("measure", "judge")(replace(asked, images={"person": asked.images["person"]}), truth("cropped"))


def test_the_card_says_that_it_is_real_and_which_source_it_is():
    card = load("measure", "judge").card
    assert card.kind == "real" and len(card.revision) == 16 and card.settings["rubric"] == "default"


def _numbers(judgement: Judgement) -> dict[str, float]:
    return {key: score.score for key, score in judgement.scores.items()}
