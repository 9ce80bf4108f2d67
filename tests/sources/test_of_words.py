"""A sample that is words alone."""

import pytest

from tryon_core.errors import BadInput
from tryon_core.sources.of_words import of_words


def test_words_are_a_sample_without_pictures():
    source = of_words("A lake, at sunset")
    (line,) = source.listing().lines
    assert line.wish == "A lake, at sunset" and line.sample_id.startswith("A-lake--at-sunset-")
    assert source.load(line).images == {} and source.load(line).wish == line.wish


def test_other_words_are_another_sample():
    first, second = (of_words(wish).listing().lines[0].sample_id for wish in ("A lake.", "A lake!"))
    assert first != second and len(of_words("lake " * 400).listing().lines[0].sample_id) <= 128


@pytest.mark.parametrize("wish", ["", "  ", 3, None])
def test_words_that_say_nothing_are_refused(wish):
    with pytest.raises(BadInput, match="prompt says in words"):
        of_words(wish)
