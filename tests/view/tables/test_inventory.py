"""What a source holds is counted, opened and compared before any run."""

import json

import pytest
from samples import encoded, line, parsed

from tryon_core.sources import open_source
from tryon_core.view.figures.chart import png
from tryon_core.view.tables import inventory


@pytest.fixture
def source(tmp_path):
    """Four samples of two persons and two garments; 'torn' cannot be opened, 'again' is 'one' under another id."""
    for colour in ("red", "green", "blue", "white"):
        (tmp_path / f"{colour}.png").write_bytes(encoded(colour))
    (tmp_path / "torn.png").write_bytes(encoded("red")[:40])
    (tmp_path / "copy.png").write_bytes(encoded("red"))
    pairs = {"one": ("red", "white", "tuning"), "torn": ("torn", "white", "tuning")}
    pairs |= {"two": ("green", "blue", "tuning"), "again": ("copy", "white", "reporting")}
    known = {"difficulty": "easy", "gender": "female", "pattern": "$x^$ <b>"}
    lines = [
        {"sample_id": name, "person": f"{p}.png", "garment": f"{g}.png", "split": split, **known}
        for name, (p, g, split) in pairs.items()
    ]
    (tmp_path / "samples.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return open_source(tmp_path / "samples.jsonl")


def look(source):
    return inventory.look(source, source.listing().lines, progress=False)


def listed(*known):
    """A listing of samples of which only this is known."""
    return parsed("\n".join(line(f"s{number}", known=facts) for number, facts in enumerate(known)))


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def bars(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_facts_known_of_most_come_first():
    listing = listed({"rare": 1, "mood": "calm"}, {"age": 30, "mood": "calm"}, {"age": 40, "mood": "calm"})
    assert inventory.facts(listing.lines) == ("mood", "age", "rare")


def test_counts_name_what_is_not_given():
    table = inventory.counts(listed({"age": 30, "indoors": True}, {"age": 30}, {"age": 30}))
    assert table.to_dict("records") == [
        {"age": "30", "indoors": "not given", "samples": 2},
        {"age": "30", "indoors": "true", "samples": 1},
    ]


def test_counts_without_facts_are_one_number():
    assert inventory.counts(listed({}, {})).to_dict("records") == [{"samples": 2}]


def test_unopenable_pictures_are_found_by_opening(source):
    looked = look(source)
    table = inventory.unusable(looked)
    assert list(table.sample_id) == ["torn"] and "torn.png" in table["why it cannot be used"][0]
    assert [bool(one.small) for one in looked] == [True, False, True, True]
    assert list(inventory.sizes(looked).pictures) == [3, 3]  # garments and persons, the torn sample's not


def test_a_missing_picture_stops_nothing(source, tmp_path):
    (tmp_path / "green.png").unlink()
    problems = {one.line.sample_id: one.problem for one in look(source)}
    assert "put the file there or correct the name" in problems["two"] and problems["one"] == ""


def test_the_same_pixels_renamed_are_found(source):
    table = inventory.repeated(look(source)).set_index("picture")
    assert table.loc["person and garment", "sample_ids"] == "one, again"
    assert table.loc["person", "splits"] == "reporting, tuning" and "two" not in " ".join(table.sample_ids)


def test_shared_pictures_of_any_role_are_found(tmp_path):
    for colour in ("red", "green", "blue"):
        (tmp_path / f"{colour}.png").write_bytes(encoded(colour))
    clothing = {"one": ["red.png", "green.png"], "two": ["blue.png", "red.png"], "three": ["red.png", "red.png"]}
    lines = [json.dumps({"sample_id": name, "pictures": {"clothing": files}}) for name, files in clothing.items()]
    (tmp_path / "m.jsonl").write_text("\n".join(lines))
    table = inventory.repeated(look(open_source(tmp_path / "m.jsonl")))
    assert table[["picture", "samples", "sample_ids"]].values.tolist() == [["clothing", 3, "one, two, three"]]


def test_one_pair_with_two_truths_repeats():
    same, lines = {"person": "digest-1", "garment": "digest-2"}, listed({}, {}).lines
    looked = [inventory.Looked(line=one, digests=same | {"truth": one.sample_id}) for one in lines]
    assert sorted(inventory.repeated(looked).picture) == ["garment", "person", "person and garment"]


def test_samples_without_pictures_share_nothing():
    looked = [inventory.Looked(line=sample) for sample in listed({}, {}).lines]
    assert inventory.repeated(looked).empty and inventory.sizes(looked).empty


def test_leftovers_are_listed_with_their_reason(tmp_path):
    for key in ("easy/male/initial_image/a.png", "easy/male/cloth_image/a.png", "easy/male/cloth_image/b.png"):
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(encoded())
    table = inventory.skipped(open_source(tmp_path).listing())
    assert list(table["first file"]) == ["easy/male/cloth_image/b.png"] and list(table.files) == [1]


def test_the_title_says_what_most_are(source):
    figure = inventory.counts_figure(source.listing())
    assert figure.get_suptitle() == "4 samples: all easy, female, $x^$ <b>; most tuning (3)"
    assert png(figure)  # a dollar sign in outside text is no formula


def test_the_title_names_numbers_and_truths():
    figure = inventory.counts_figure(listed({"age": 30, "indoors": True}, {"age": 30, "indoors": True}))
    assert figure.get_suptitle() == "2 samples: all age 30, indoors true"


def test_the_figure_has_six_panels_at_most():
    figure = inventory.counts_figure(listed({f"fact_{number}": number for number in range(9)}))
    assert titles(figure) == [f"fact {number}" for number in range(6)] and png(figure)


def test_many_values_end_in_one_bar():
    figure = inventory.counts_figure(listed(*({"age": age, "note": "long " * 20} for age in range(40))))
    assert len(bars(figure.axes[0])) == inventory.BARS and bars(figure.axes[0])[-1] == "29 others" and png(figure)


def test_a_figure_without_facts_is_words():
    figure = inventory.counts_figure(listed({}, {}))
    assert figure.get_suptitle() == "2 samples: nothing more is known of them"
    assert not figure.axes and png(figure)
