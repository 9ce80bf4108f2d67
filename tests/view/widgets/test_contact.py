"""Contact sheets: paged, escaped, described, and left behind as a picture."""

import io

import pytest
from PIL import Image
from samples import encoded

from tryon_core.records import SampleLine
from tryon_core.view.tables.inventory import Looked
from tryon_core.view.widgets.contact import ContactSheets, known, sheet

PAIR = ("person", "garment")


def looked(count, problem="", roles=PAIR, **known):
    pictures = {} if problem else {role: encoded("red", kind="JPEG") for role in roles}
    named = {role: f"{role}.jpg" for role in roles}
    lines = [SampleLine(sample_id=f"s{i}", pictures=named, known=known) for i in range(count)]
    return [Looked(line=line, small=pictures, problem=problem) for line in lines]


def html(samples):
    return ContactSheets(samples)._sheet.value


def drawn(samples):
    """(left, top, right, bottom) of the pictures of a still, in columns and inches."""
    [axes] = sheet(samples).axes
    return [(left, top, right, bottom) for left, right, bottom, top in (image.get_extent() for image in axes.images)]


def test_next_shows_the_following_24_samples():
    sheets = ContactSheets(looked(30))
    assert sheets.pages == 2 and len(sheets.shown) == 24 and sheets._back.disabled
    sheets._next.click()
    assert [one.line.sample_id for one in sheets.shown] == [f"s{i}" for i in range(24, 30)]
    assert "Sheet 2 of 2: samples 25 to 30 of 30" in sheets._where.value
    assert sheets._next.disabled and not sheets._back.disabled


def test_a_missing_page_becomes_the_nearest():
    sheets = ContactSheets(looked(30), page=9)
    assert sheets.page == 2
    sheets.page = -1
    assert sheets.page == 1


def test_pictures_are_described_by_role():
    page = html(looked(2))
    assert page.count("<img") == 4 and 'alt="garment of s1"' in page


def test_all_roles_are_shown_in_order():
    page = html(looked(1, roles=("init", "clothing", "clothing-2", "mask")))
    found = [page.index(f'alt="{role} of s0"') for role in ("init", "clothing", "clothing-2", "mask")]
    assert found == sorted(found)


def test_many_pictures_stay_in_their_cell():
    boxes = drawn(looked(2, roles=("init", *(f"clothing-{number}" for number in range(2, 8)))))
    assert len(boxes) == 14
    assert all(0 < left < right < 1 and 0 <= top < bottom <= 1.4 for left, top, right, bottom in boxes[:7])
    assert all(1 < left < right < 2 for left, _, right, _ in boxes[7:])


def test_a_sample_without_pictures_is_words():
    line = SampleLine(sample_id="a", wish="A <red> hall.")
    page = html([Looked(line=line)])
    assert "A &lt;red&gt; hall." in page and "<img" not in page
    assert "A <red> hall." in [text.get_text() for text in sheet([Looked(line=line)]).axes[0].texts]


def test_the_caption_tells_any_fact():
    assert known(looked(1, mood="calm", age=41, indoors=True, note="")[0]) == "calm · age 41 · indoors true"


@pytest.mark.parametrize("field", ["difficulty", "problem"])
def test_outside_text_becomes_no_markup(field):
    page = html(looked(1, **{field: "<script>x</script>"}))
    assert "<script>" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "samples",
    [looked(5), looked(1, problem="$\\frac torn"), looked(1, roles=()), []],
    ids=["five", "torn", "bare", "none"],
)
def test_a_sheet_leaves_a_picture_behind(samples):
    sheets = ContactSheets(samples)
    assert Image.open(io.BytesIO(sheets.still())).width == 1260


def test_arrow_keys_turn_the_sheets():
    sheets = ContactSheets(looked(5), per_sheet=2)
    for key, page in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowRight", 3), ("ArrowLeft", 2)):
        sheets.viewer._handle_custom_msg({"key": key}, [])
        assert sheets.page == page
