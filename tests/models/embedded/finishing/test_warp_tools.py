"""Warp's parts as tools: they draw a mask anew as warp would, keep what was mended, and refuse what they cannot do."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput, Refused
from tryon_core.records import EditRequest, Fix, Noise, Settings

LONGER = Fix(constraint="garment_structure", text="lengthen the sleeves", aspect="sleeve", amount=0.15)
LIGHTER = Fix(constraint="garment_appearance", text="make it lighter", aspect="lightness", amount=8.0)
WORDS = Fix(constraint="garment_appearance", text="draw the pattern finer")


@pytest.fixture(scope="module")
def mask(man) -> Image.Image:
    values_HW = np.zeros(man.size[::-1], np.uint8)
    values_HW[250:700, 200:560] = 255
    return Image.fromarray(values_HW)


@pytest.fixture
def request_(red_on_man, first_draft, mask) -> EditRequest:
    person, garment = red_on_man.images
    return replace(red_on_man, images=(first_draft, garment, person), mask=mask)


def drawn(tool: str, request: EditRequest, *fixes: Fix, **more) -> np.ndarray:
    return np.array(models.load(tool)(replace(request, fixes=fixes, **more)))


def test_inside_the_mask_warp_draws_and_outside_bytes_stand(warp, red_on_man, first_draft, request_, mask):
    inside_HW, was = np.array(mask) > 0, np.array(first_draft)
    picture = drawn("warp-geometry", request_, LONGER)
    assert (picture[~inside_HW] == was[~inside_HW]).all() and (picture[inside_HW] != was[inside_HW]).any()
    assert (picture[inside_HW] == np.array(warp(replace(red_on_man, fixes=(LONGER,))))[inside_HW]).all()


def test_earlier_corrections_stay_in_the_mask(warp, red_on_man, request_, mask):
    lighter = warp(replace(red_on_man, fixes=(LIGHTER,)))
    mended = replace(request_, images=(lighter, *request_.images[1:]))
    inside_HW, both = np.array(mask) > 0, np.array(warp(replace(red_on_man, fixes=(LIGHTER, LONGER))))
    assert (drawn("warp-geometry", mended, LIGHTER, LONGER)[inside_HW] == both[inside_HW]).all()


def test_repair_draws_from_new_noise(request_, first_draft, mask):
    with pytest.raises(Refused, match="what is there already"):
        drawn("warp-repair", request_)
    picture, inside_HW = drawn("warp-repair", request_, noise=Noise(seed=5)), np.array(mask) > 0
    changed_HW = (picture != np.array(first_draft)).any(-1)
    assert changed_HW[inside_HW].mean() > 0.1 and not changed_HW[~inside_HW].any()


@pytest.mark.parametrize(("tool", "fix"), [("warp-geometry", LIGHTER), ("warp-appearance", WORDS)])
def test_what_no_fix_measures_is_refused(tool, fix, request_):
    with pytest.raises(Refused, match=f"{tool} changes .*, by an amount; asked for") as refusal:
        drawn(tool, request_, fix)
    assert refusal.value.reason == "nothing_measured"


def test_a_soft_mask_blends(request_, first_draft, mask):
    half = mask.point(lambda value: value // 2)
    whole, mixed = (drawn("warp-appearance", replace(request_, mask=one), LIGHTER).astype(int) for one in (mask, half))
    was = np.array(first_draft, int)
    assert abs((mixed - was) * 255 / 127 - (whole - was)).max() <= 3 and (whole != was).any()


def test_a_request_that_cannot_be_honoured_is_refused(request_, mask):
    black, small = Image.new("L", mask.size), Image.new("RGB", (64, 64))
    for more, says in (
        ({"images": request_.images[:2]}, "three pictures.*got 2"),
        ({"mask": None}, "needs a mask.*got none"),
        ({"mask": black}, "black all over"),
        ({"images": (small, *request_.images[1:])}, "its photograph's size"),
        ({"settings": Settings(strength=0.5)}, "cannot honour strength"),
    ):
        with pytest.raises(BadInput, match=says):
            drawn("warp-geometry", request_, LONGER, **more)


def test_a_mended_picture_can_be_drawn_again_by_code(request_):
    request = replace(request_, fixes=(LONGER,)).record()
    code = models.as_code("warp-geometry", request, "runs/one")
    assert 'WarpTool("warp-geometry")(request)' in code and "picture = Image.open" in code
    compile(code, "code", "exec")


def test_warp_s_family_has_the_tools():
    assert [models.member_of("warp", tool) for tool in ("depth", "canny", "fill")] == [
        "warp-geometry",
        "warp-appearance",
        "warp-repair",
    ]
