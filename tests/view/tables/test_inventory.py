"""What a source holds is counted, opened and compared before any run."""

import json

import pytest
from doubles import picture

from tryon_core.sources import open_source
from tryon_core.view.figures.chart import png
from tryon_core.view.tables import inventory


@pytest.fixture
def source(tmp_path):
    """Four samples of two persons and two garments; 'torn' cannot be opened, 'again' is 'one' under another id."""
    for colour in ("red", "green", "blue", "white"):
        picture(colour).save(tmp_path / f"{colour}.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "red.png").read_bytes()[:40])
    (tmp_path / "copy.png").write_bytes((tmp_path / "red.png").read_bytes())
    told = {"one": ("red", "white", "tuning"), "torn": ("torn", "white", "tuning")}
    told |= {"two": ("green", "blue", "tuning"), "again": ("copy", "white", "reporting")}
    known = {"difficulty": "easy", "gender": "female", "pattern": "$x^$ <b>"}
    lines = [
        {"sample_id": name, "person": f"{p}.png", "garment": f"{g}.png", "split": split, **known}
        for name, (p, g, split) in told.items()
    ]
    (tmp_path / "samples.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return open_source(tmp_path / "samples.jsonl")


def look(source):
    return inventory.look(source, source.listing().lines, progress=False)


def test_counts_add_up_to_the_listing_and_name_what_is_not_given(source):
    table = inventory.counts(source.listing())
    assert table.to_dict("records") == [
        {"difficulty": "easy", "gender": "female", "garment_type": "not given", "samples": 4}
    ]


def test_a_picture_that_cannot_be_opened_is_found_by_opening_it(source):
    looked = look(source)
    table = inventory.unusable(looked)
    assert list(table.sample_id) == ["torn"] and "torn.png" in table["why it cannot be used"][0]
    assert [bool(one.small) for one in looked] == [True, False, True, True]
    assert list(inventory.sizes(looked).pictures) == [3, 3]  # garments and persons, the torn sample's not


def test_a_missing_picture_is_a_sentence_and_stops_nothing(source, tmp_path):
    (tmp_path / "green.png").unlink()
    problems = {one.line.sample_id: one.problem for one in look(source)}
    assert "put the file there or correct the name" in problems["two"] and problems["one"] == ""


def test_the_same_pixels_under_another_name_are_found(source):
    table = inventory.repeated(look(source)).set_index("picture")
    assert table.loc["person and garment", "sample_ids"] == "one, again"
    assert table.loc["person", "splits"] == "reporting, tuning" and "two" not in " ".join(table.sample_ids)


def test_what_makes_no_sample_is_listed_with_its_reason(tmp_path):
    for key in ("easy/male/initial_image/a.png", "easy/male/cloth_image/a.png", "easy/male/cloth_image/b.png"):
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        picture("red").save(tmp_path / key)
    table = inventory.skipped(open_source(tmp_path).listing())
    assert list(table["first file"]) == ["easy/male/cloth_image/b.png"] and list(table.files) == [1]


def test_the_figure_says_what_most_samples_are(source):
    figure = inventory.counts_figure(source.listing())
    assert figure.get_suptitle() == "4 samples: all easy, female, $x^$ <b>"
    assert png(figure)  # a dollar sign in outside text is no formula
