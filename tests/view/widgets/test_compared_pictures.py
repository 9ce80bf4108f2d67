import numpy as np
import pytest
from doubles import picture
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageColor

from tryon_core.errors import BadInput
from tryon_core.records import Region
from tryon_core.text import word_changes
from tryon_core.view.widgets.compared_pictures import (
    Mark,
    across_seam,
    colour_heat,
    comparable,
    in_pixels,
    near,
    shade,
    with_marks,
)
from tryon_core.view.widgets.word_changes import as_html, in_short

MIDDLE = Region(left=0.25, top=0.25, right=0.75, bottom=0.5)
TOP = Region(left=0.0, top=0.0, right=1.0, bottom=0.5)


def colours_of(image):
    return {colour for _, colour in image.getcolors(maxcolors=100_000)}


def test_a_region_is_drawn_in_its_constraint_s_colour_with_its_gate_number():
    marked = with_marks(picture("grey", (400, 400)), [Mark(MIDDLE, "#0072B2", 1)])
    hue = ImageColor.getrgb("#0072B2")
    assert marked.getpixel((299, 150)) == hue and marked.getpixel((103, 103)) == hue  # the box and its chip
    assert marked.getpixel((350, 350)) == marked.getpixel((200, 160)) == ImageColor.getrgb("grey")


def test_boxes_that_coincide_can_both_be_seen():
    twins = [Mark(MIDDLE, "#0072B2", 1), Mark(MIDDLE, "#D55E00", 2)]
    assert {ImageColor.getrgb(mark.colour) for mark in twins} <= colours_of(
        with_marks(picture("grey", (400, 400)), twins)
    )


def test_the_picture_that_is_marked_stays_as_it_was():
    plain = picture("grey", (400, 400))
    with_marks(plain, [Mark(MIDDLE, "#0072B2", 1)])
    assert colours_of(plain) == {ImageColor.getrgb("grey")}


@given(st.tuples(*[st.floats(0, 1)] * 4), st.tuples(*[st.integers(64, 2000)] * 2))
def test_a_region_lies_in_the_picture_and_has_a_pixel(sides, size):
    left, right = sorted(sides[:2])
    top, bottom = sorted(sides[2:])
    if left == right or top == bottom:
        return
    box = in_pixels(Region(left=left, top=top, right=right, bottom=bottom), size)
    assert 0 <= box[0] < box[2] <= size[0] and 0 <= box[1] < box[3] <= size[1]


@pytest.mark.parametrize(("reveal", "left", "right"), [(0, "blue", "blue"), (50, "red", "blue"), (100, "red", "red")])
def test_the_seam_has_one_picture_on_each_side(reveal, left, right):
    joined = across_seam(picture("red", (200, 100)), picture("blue", (200, 100)), reveal)
    assert (joined.getpixel((20, 10)), joined.getpixel((180, 10))) == (
        ImageColor.getrgb(left),
        ImageColor.getrgb(right),
    )


def test_equal_pictures_have_no_heat():
    heat = colour_heat(picture("red"), picture("red"))
    assert heat.difference_HW.max() == 0 and len(colours_of(heat.picture)) == 1


def test_heat_is_the_ciede2000_of_each_pixel():
    white_black = Image.new("RGB", (80, 64), "white")
    white_black.paste("black", (0, 0, 80, 32))
    heat = colour_heat(white_black, picture("white", (80, 64)))
    assert np.allclose(heat.difference_HW[:32], 100, atol=0.1) and np.allclose(heat.difference_HW[32:], 0)
    inside_HW = heat.within(TOP)
    assert inside_HW.sum() == 80 * 32 and np.allclose(heat.difference_HW[inside_HW], 100, atol=0.1)


def test_a_larger_difference_is_never_drawn_darker():
    shades = shade(np.linspace(0, 80, 200))
    assert (np.diff(shades) >= 0).all() and shades[0] == 0 and shades[-1] == 1


def test_pictures_of_other_proportions_are_not_compared():
    with pytest.raises(BadInput, match="one picture is 64 × 80 pixels, the other 96 × 128"):
        comparable(picture("red", (64, 80)), picture("red", (96, 128)))
    assert comparable(picture("red", (64, 80)), picture("blue", (128, 160))).size == (64, 80)


@pytest.mark.parametrize(("size", "larger"), [((768, 1024), False), ((256, 320), True)])
def test_a_region_is_shown_near_and_at_most_320_pixels_large(size, larger):
    crop, times = near(picture("red", size), MIDDLE)
    assert max(crop.size) == 320 and (times > 1) == larger


def test_words_are_kept_deleted_and_inserted():
    pieces = word_changes("A red top. Keep the rest.", "A blue top. Keep the rest. Shorten the hem.")
    assert [tuple(piece) for piece in pieces] == [
        ("kept", "A"),
        ("deleted", "red"),
        ("inserted", "blue"),
        ("kept", "top. Keep the rest."),
        ("inserted", "Shorten the hem."),
    ]


def test_in_short_only_what_was_added_is_said_unless_something_was_taken_out():
    assert in_short(word_changes("A top.", "A top. Shorten {it}.")) == ["+ Shorten {it}."]
    assert in_short(word_changes("A red top.", "A blue top.")) == ["A [-red-] {+blue+} top."]


@given(st.text(max_size=60), st.text(max_size=60))
def test_kept_and_inserted_words_say_the_new_text(before, after):
    pieces = word_changes(before, after)
    assert " ".join(piece.text for piece in pieces if piece.kind != "deleted").split() == after.split()
    assert " ".join(piece.text for piece in pieces if piece.kind != "inserted").split() == before.split()


def test_markup_in_words_is_shown_as_text():
    assert as_html(word_changes("a", "a <b>x</b>")) == "a <ins>&lt;b&gt;x&lt;/b&gt;</ins>"
