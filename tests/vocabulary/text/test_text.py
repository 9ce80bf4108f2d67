"""One line of text, and what changed between two."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tryon_core.text import Piece, first_problem, one_line, printable, quoted, word_changes

SENTENCES = st.lists(st.sampled_from(["Wear it.", "Mend the hem.", "Mend the light.", "Wear  it\n long."])).map(
    " ".join
)


def said(pieces, *kinds):
    return " ".join(piece.text for piece in pieces if piece.kind in kinds)


@given(st.text() | SENTENCES, st.text() | SENTENCES)
def test_the_pieces_say_both_texts(before, after):
    pieces = word_changes(before, after)
    assert said(pieces, "kept", "inserted") == " ".join(after.split())
    assert said(pieces, "kept", "deleted") == " ".join(before.split())


@given(SENTENCES, SENTENCES)
def test_no_piece_is_empty_and_none_could_be_joined_to_the_next(before, after):
    pieces = word_changes(before, after)
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in zip(pieces, pieces[1:], strict=False))


def test_a_sentence_put_in_front_of_one_that_begins_alike_leaves_that_one_whole():
    assert word_changes("Wear it. Mend the hem.", "Wear it. Mend the light. Mend the hem.") == (
        Piece("kept", "Wear it."),
        Piece("inserted", "Mend the light."),
        Piece("kept", "Mend the hem."),
    )


def test_within_a_changed_sentence_the_words_that_stayed_are_kept():
    assert word_changes("Make it longer. Keep it.", "Make it much longer. Keep it.") == (
        Piece("kept", "Make it"),
        Piece("inserted", "much"),
        Piece("kept", "longer. Keep it."),
    )


def test_what_is_shown_keeps_its_lines_and_turns_nothing():
    assert printable("a\x1b[31m\tb\nc\x00\u202ed\udcff é") == "a [31m\tb\nc  d  é"


def test_a_line_holds_nothing_that_does_not_print():
    assert one_line(" a\n\tb\x00c\u200b\u2028 d\u00a0") == "a b c d"


@given(st.text() | st.lists(st.sampled_from(["<|image_pad|>", '"', "\\", "<", "\n"])).map("".join))
def test_quoted_text_reads_back_as_it_was_and_spells_no_control_token(text):
    assert json.loads(quoted({"wish": text})) == {"wish": text} and "<" not in quoted({"wish": text})


def problem(kind, value):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return first_problem(caught.value)


def test_a_problem_says_where_and_what():
    assert problem(dict[str, int], {"age": "x"}).startswith("age: Input should be a valid integer, ")
    assert problem(dict[str, int], {"age": "x"}).endswith(", got 'x' (str)")


def test_a_problem_stays_one_short_line():
    said = problem(dict[str, int], {"a\nb" * 99: "x\n" * 9999})
    assert said.isprintable() and len(said) < 400
