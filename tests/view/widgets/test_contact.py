"""Contact sheets: paged, escaped, described, and left behind as a picture."""

import io

import pytest
from doubles import picture
from PIL import Image

from tryon_core.images import to_jpeg
from tryon_core.records import SampleLine
from tryon_core.view.tables.inventory import Looked
from tryon_core.view.widgets.contact import ContactSheets


def looked(count, problem="", **known):
    lines = [SampleLine(sample_id=f"s{i}", person="p.png", garment="g.png", **known) for i in range(count)]
    small = {} if problem else {role: to_jpeg(picture("red")) for role in ("person", "garment")}
    return [Looked(line=line, small=small, problem=problem) for line in lines]


def test_a_sheet_holds_24_samples_and_next_shows_the_following_ones():
    sheets = ContactSheets(looked(30))
    assert sheets.pages == 2 and len(sheets.shown) == 24 and sheets._back.disabled
    sheets._next.click()
    assert [one.line.sample_id for one in sheets.shown] == [f"s{i}" for i in range(24, 30)]
    assert "Sheet 2 of 2: samples 25 to 30 of 30" in sheets._where.value
    assert sheets._next.disabled and not sheets._back.disabled


def test_a_page_that_is_not_there_becomes_the_nearest():
    sheets = ContactSheets(looked(30), page=9)
    assert sheets.page == 2
    sheets.page = -1
    assert sheets.page == 1


def test_every_picture_has_an_alt_text_with_its_role_and_sample():
    html = ContactSheets(looked(2))._sheet.value
    assert html.count("<img") == 4 and 'alt="garment of s1"' in html


@pytest.mark.parametrize("field", ["difficulty", "problem"])
def test_outside_text_cannot_become_markup(field):
    html = ContactSheets(looked(1, **{field: "<script>x</script>"}))._sheet.value
    assert "<script>" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize("samples", [looked(5), looked(1, problem="$\\frac torn"), []], ids=["five", "torn", "none"])
def test_a_sheet_leaves_a_picture_behind(samples):
    sheets = ContactSheets(samples)
    assert Image.open(io.BytesIO(sheets.still())).width == 1260
    assert "image/png" in sheets._repr_mimebundle_()
