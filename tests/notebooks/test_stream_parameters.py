"""The parameters of 05_dual_stream: words or samples, the arms, and what does not fit."""

import pytest

from tryon_core.errors import BadInput
from tryon_core.runs.notebook.stream_parameters import StreamParameters


def test_samples_run_in_all_arms_and_words_in_one():
    assert StreamParameters().controls == ("no_tool", "new_noise") and not StreamParameters().beside
    words = StreamParameters(prompt="A lake.")
    assert words.controls == () and words.beside["source"].listing().lines[0].wish == "A lake."
    assert words.batch().rubric == "general" and StreamParameters().batch().rubric == ""
    assert StreamParameters(prompt="A lake.", control_arms=True).controls


def test_arms_differ_in_nothing_but_the_arm(tmp_path):
    given = StreamParameters(output=str(tmp_path / "run"), options={"padding": 0.5}, negative_prompt="ugly")
    streams, control = given.batch(), given.batch("no_tool", reuse=str(tmp_path / "run"))
    assert streams.options == {
        "padding": 0.5,
        "negative_prompt": "ugly",
        "satisfaction_threshold": 0.95,
        "arm": "streams",
    }
    assert control.options == streams.options | {"arm": "no_tool"}
    assert control.output == f"{streams.output}-no_tool" and control.reuse == streams.output
    same = {name: value for name, value in control if name not in ("options", "output", "reuse")}
    assert same == {name: getattr(streams, name) for name in same}


def test_a_setting_is_given_once():
    with pytest.raises(BadInput, match="arm is a parameter of its own"):
        StreamParameters.checked(options={"arm": "no_tool"})


def test_a_model_is_named_once():
    given = StreamParameters(
        prompt="A lake.", generator="toy:flux1", models={"generator": {"name": "toy:flux1-schnell"}}
    )
    with pytest.raises(BadInput, match="generator"):
        given.batch()


def test_the_demo_people_are_those_that_are_turned_down():
    assert len(StreamParameters().batch().samples) == 10
    for other in ({"source": "shop/"}, {"sample": "p1_dots"}, {"prompt": "A lake."}):
        assert StreamParameters(**other).batch().samples == ()
    assert StreamParameters(samples=["p1_dots", "p1_lab"]).batch().samples == ("p1_dots", "p1_lab")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"generator": "warp"}, "generator warp draws from pictures and a prompt has none; take flux1"),
        ({"models": {"generator": "toy:flux2-klein-4b"}}, "toy:flux2-klein-4b draws from pictures"),
        ({"rubric": "classic"}, "rubric classic is about a garment and a prompt has none; take general"),
        ({"generator": "flux11"}, "Did you mean 'flux1-"),
        ({"rubric": "generel"}, "Did you mean 'general'"),
    ],
)
def test_what_draws_nothing_from_words_is_refused_at_once(given, words):
    with pytest.raises(BadInput, match=words):
        StreamParameters.checked(prompt="A lake.", **given)
    StreamParameters.checked(prompt="A lake.", generator="toy:flux1-schnell", rubric="general")
