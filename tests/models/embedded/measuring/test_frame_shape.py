"""A stretched, squeezed, cropped or padded picture fails body_and_pose; sizes that a generator only rounds do not."""

import pytest
from demo_pictures import demo_picture
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from planted_geometry import people_sample

from tryon_core.models import load
from tryon_core.models.embedded.measuring.frame_shape import frame_shape
from tryon_core.models.embedded.measuring.scale import ACCEPTED

SAMPLE, TRUTH = people_sample("p2", "lab"), demo_picture("truth", "p2_lab")
WIDTH, HEIGHT = TRUTH.size
SIDES = st.integers(256, 4000)


def judged(picture):
    return load("measure", "judge")(SAMPLE, picture).scores["body_and_pose"]


def with_bars(picture, size, ground="black"):
    frame = Image.new("RGB", size, ground)
    frame.paste(picture, ((size[0] - picture.width) // 2, (size[1] - picture.height) // 2))
    return frame


OTHER_SHAPES = {
    "stretched to a square": TRUTH.resize((1024, 1024)),
    "stretched by a twentieth": TRUTH.resize((round(1.05 * WIDTH), HEIGHT)),
    "squeezed from above": TRUTH.resize((WIDTH, round(0.9 * HEIGHT))),
    "drawn out": TRUTH.resize((WIDTH, round(1.2 * HEIGHT))),
    "cropped to a square": TRUTH.crop((0, 100, WIDTH, 100 + WIDTH)),
    "cropped at the sides": TRUTH.crop((30, 0, WIDTH - 30, HEIGHT)),
    "between black bars": with_bars(TRUTH, (1024, 1024)),
    "between white bars": with_bars(TRUTH, (WIDTH, HEIGHT + 80), "white"),
}


@pytest.mark.parametrize("picture", OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_a_frame_of_another_shape_fails_the_body(picture):
    score = judged(picture)
    assert score.score < ACCEPTED and "than the photograph's" in score.finding and "judged resized" in score.finding
    check = score.evidence["frame_shape"]
    assert check.value > check.bar == 0.02 and check.unit == "share of the aspect ratio"
    assert any(f"keep the photograph's frame of {WIDTH} to {HEIGHT}" in fix.text for fix in score.fixes)


@pytest.mark.parametrize("size", [(768, 1024), (384, 512), (752, 1008), (1536, 2048), (760, 1024)])
def test_the_true_picture_at_a_rounded_size_passes(size):
    score = judged(TRUTH.resize(size, Image.Resampling.LANCZOS))
    assert score.score >= ACCEPTED and ("frame_shape" in score.evidence) == (size != TRUTH.size)


@given(SIDES, SIDES, st.floats(0.5, 2))
def test_rounding_to_multiples_of_16_is_no_other_shape(width, height, scale):
    rounded = tuple(max(16, round(side * scale / 16) * 16) for side in (width, height))
    assert all(reading.score >= ACCEPTED for reading in frame_shape((width, height), rounded))


@given(SIDES, SIDES, st.floats(1.08, 3), st.booleans())
def test_any_larger_change_of_shape_fails(width, height, by, wider):
    drawn = (round(width * by), height) if wider else (width, round(height * by))
    (reading,) = frame_shape((width, height), drawn)
    assert reading.score < ACCEPTED and ("wider" in reading.says) == wider


@pytest.mark.parametrize("within, beyond", [(1019, 1022), (982, 978)])
def test_the_bar_lies_at_two_in_a_hundred(within, beyond):
    (passes,), (fails,) = (frame_shape((1000, 2000), (width, 2000)) for width in (within, beyond))
    assert passes.score >= ACCEPTED > fails.score


def test_of_one_size_nothing_is_said():
    assert frame_shape((1000, 2000), (1000, 2000)) == []
