"""The judge sees a slit between torso and sleeve that shows background, skin or the old garment, and no true seam."""

# Shapes: H, W rows and columns of the picture; 3 is RGB.
from functools import cache

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image
from planted_geometry import mixed, people_case, people_sample
from proofs import rest_by_proof

from tryon_core.models import load
from tryon_core.models.embedded.measuring.case import Case
from tryon_core.pictures.masks import capsule
from tryon_core.records import EditRequest, Judgement

SLITS = [(side, width) for side in (0, 1) for width in (0.015, 0.03, 0.06)]  # shoulder widths: 4 to 16 pixels
PLANTED = [
    ("p1", "stripes", "photograph"),
    ("p2", "lab", "background"),
    ("p3", "blocks", "skin"),
    ("p4", "checks", "photograph"),
]


@cache
def drawn(person: str, garment: str) -> Image.Image:
    images = (demo_picture("persons", person), demo_picture("garments", garment))
    return load("warp")(EditRequest(prompt="", images=images))


def slit(case: Case, picture: Image.Image, shows: str, side: int, width: float, *, length: float = 0.5) -> Image.Image:
    """A picture with a slit down from the shoulder at the picture's left (0) or right (1), in shoulder widths."""
    before, unit, sign = case.before, case.before.frame.shoulder_px, 1 if side else -1
    x, y = np.round(before.frame.point(sign * 0.48 * unit, 0)).astype(int)
    top_px = y - int(np.flatnonzero(before.alpha_HW[:, x] > 0.5)[0])
    end = before.frame.point(sign * 0.47 * unit, length * unit - top_px)
    parts = {"background": before.alpha_HW < 0.03, "skin": before.skin}
    colour = before.image_HW3 if shows == "photograph" else np.median(before.image_HW3[parts[shows]], axis=0)
    cut = capsule(before.alpha_HW.shape, (x, y - top_px - 4), end, width * unit / 2)
    return Image.fromarray(np.uint8(mixed(np.array(picture).astype(float), colour, cut)))


def judged(person: str, garment: str, picture: Image.Image) -> Judgement:
    return load("measure", "judge")(people_sample(person, garment), picture)


@pytest.mark.parametrize(  # one side and width of each; the others by proof
    ("person", "garment", "shows", "side", "width"),
    rest_by_proof(
        [(*planted, *cut) for planted in PLANTED for cut in SLITS],
        lambda *case: (*case[:3], case[3:]) in [(*each, SLITS[n + 1]) for n, each in enumerate(PLANTED)],
    ),
)
def test_a_slit_in_a_true_picture_fails_realism(person, garment, shows, side, width):
    case = people_case(person, garment)
    torn = judged(person, garment, slit(case, demo_picture("truth", f"{person}_{garment}"), shows, side, width))
    realism = torn.scores["realism"]
    assert realism.score < 8 and realism.evidence["tear"].value > 0.22, realism
    assert f"along the {('right', 'left')[side]} sleeve's seam" in realism.finding


@pytest.mark.parametrize(("side", "width"), rest_by_proof(SLITS, lambda *cut: cut in SLITS[::5]))
def test_a_slit_in_a_drawing_fails_realism(side, width):
    case, clean = people_case("p2", "lab"), drawn("p2", "lab")
    before, torn = (
        judged("p2", "lab", picture).scores["realism"]
        for picture in (clean, slit(case, clean, "photograph", side, width))
    )
    assert before.evidence["tear"].value < 0.15 and torn.score < 8 and torn.evidence["tear"].value > 0.22


def test_a_longer_slit_is_a_longer_tear():
    case, clean = people_case("p2", "lab"), demo_picture("truth", "p2_lab")
    tears = [
        judged("p2", "lab", slit(case, clean, "background", 0, 0.03, length=length))
        .scores["realism"]
        .evidence["tear"]
        .value
        for length in (0.2, 0.3, 0.4)
    ]
    assert 0.1 < tears[0] < tears[1] < tears[2]


def test_a_tear_is_placed_at_its_shoulder():
    case = people_case("p2", "lab")
    realism = judged("p2", "lab", slit(case, demo_picture("truth", "p2_lab"), "background", 1, 0.06)).scores["realism"]
    assert (
        realism.region.left > 0.5 and realism.region.bottom < 0.6 and any("tear" in fix.text for fix in realism.fixes)
    )


@pytest.mark.parametrize(
    ("person", "garment"), [("p2", "blocks"), ("p4", "dots"), ("q1", "r_floral"), ("q1", "r_plain"), ("p1", "stripes")]
)
def test_a_true_seam_is_no_tear(person, garment):
    case = people_case(person, garment)
    evidence = judged(person, garment, Image.fromarray(case.after.image_HW3)).scores["realism"].evidence
    assert evidence["tear"].value < 0.22


def test_a_garment_without_sleeves_has_no_such_seam():
    picture = demo_picture("truth", "p3_blossoms")
    assert "tear" not in judged("p3", "blossoms", picture).scores["realism"].evidence
