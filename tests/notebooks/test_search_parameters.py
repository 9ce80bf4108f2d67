"""The parameters of 06_search: one picture, a data set or the demo people; and what does not fit."""

import pytest

from tryon_core.errors import BadInput
from tryon_core.runs.notebook import search_parameters
from tryon_core.runs.notebook.search_parameters import DEMO_PAIR, SIX, SearchParameters


def test_the_demo_people_run_four_strategies_at_four_pictures():
    given = SearchParameters().batch
    assert given["samples"] == SIX and len(given["strategies"]) == 4
    assert (given["wide"], given["parents"], given["children"]) == (2, 1, 2)
    of_one = SearchParameters(samples=("p1_dots",), wide=3).batch
    assert of_one["samples"] == ("p1_dots",) and of_one["wide"] == 3


def test_a_data_set_and_a_picture_have_the_reference_s_sizes():
    given = SearchParameters(dataset="edits.jsonl").batch
    assert given["samples"] == () and given["strategies"] == ("eacps", "ttflux")
    assert (given["wide"], given["parents"], given["children"]) == (4, 2, 2)
    picture = SearchParameters(image="me.jpg", garment="shirt.jpg").single
    assert (picture["wide"], picture["parents"], picture["children"]) == (8, 2, 2)
    assert picture["garment"] == "shirt.jpg" and SearchParameters(image="me.jpg", garment="shirt.jpg").why == ""


def test_an_edit_without_weights_shows_a_demo_pair_and_says_why(monkeypatch):
    monkeypatch.setattr(search_parameters, "weights_here", lambda name: name == "clip")
    given = SearchParameters(image="bear.png", prompt="a hat", options={"potential": "edit"})
    assert given.lacking == ("qwen-image-edit", "lpips") and DEMO_PAIR.items() <= given.single.items()
    assert "download qwen-image-edit" in given.why and "scorers.convert lpips" in given.why
    assert "bear.png is not edited" in given.why and not {"options", "prompt"} & set(given.single)


def test_an_edit_with_models_of_its_own_is_made(monkeypatch):
    monkeypatch.setattr(search_parameters, "weights_here", lambda name: False)
    models = {"clip": "toy:clip", "lpips": "toy:lpips"}
    given = SearchParameters(image="bear.png", prompt="a hat", generator="toy:qwen-image-edit", models=models)
    assert not given.lacking and given.single["image"] == "bear.png" and given.single["prompt"] == "a hat"
    assert given.single["models"]["clip"]["name"] == "toy:clip"


def test_where_a_comparison_lies_follows_from_what_decides_it():
    one, other = SearchParameters(), SearchParameters(seed=4)
    assert one.place == SearchParameters(devices=("cpu",), reuse="runs/few").place != other.place
    assert SearchParameters(output="runs/mine").place == "runs/mine"


def test_other_code_of_a_model_makes_another_comparison(monkeypatch):
    before = SearchParameters().place
    monkeypatch.setattr(search_parameters, "source_digest", lambda name, folder="": f"new {name}")
    assert SearchParameters().place != before


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"prompt": "a hat"}, "prompt and garment go with an image"),
        ({"image": "bear.png"}, "an image needs a prompt that says what is wanted, or a garment"),
        ({"image": "bear.png", "prompt": " "}, "an image needs a prompt"),
        ({"image": "bear.png", "prompt": "x", "dataset": "edits.jsonl"}, "image is one picture, dataset many"),
        ({"image": "bear.png", "prompt": "x", "samples": "a"}, "image is one picture, dataset many"),
        ({"wide": 0}, "wide: Input should be greater than or equal to 1"),
        ({"garmet": "x"}, "Did you mean 'garment'"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, words):
    with pytest.raises(BadInput, match=words):
        SearchParameters.checked(**wrong)
