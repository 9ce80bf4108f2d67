"""A secret among parameters is found by its name or its form, at any depth, and its value is nowhere repeated."""

import inspect
import json
from types import MappingProxyType

import pytest

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.runs.notebook import notebook_parameters
from tryon_core.runs.parameters import BatchParameters, NotebookParameters, RunOptions
from tryon_core.text.scrubbing import SHOWN
from tryon_core.text.scrubbing.refusing import is_secret_name, refuse_secrets, secrets_in, without_secrets

KEY = "mine-and-private"
INSIDE = {"judge": {"name": "gemini", "options": {"api_key": KEY, "max_tokens": 9}}}


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("api_key", "GEMINI_API_KEY, OPENAI_API_KEY or HF_TOKEN"),
        ("gemini_api_key", "GEMINI_API_KEY"),
        ("GEMINI_API_KEY", "GEMINI_API_KEY"),
        ("geminiApiKey", "GEMINI_API_KEY"),
        ("gemini_key", "GEMINI_API_KEY"),
        ("x-goog-api-key", "GEMINI_API_KEY"),
        ("openai_api_key", "OPENAI_API_KEY"),
        ("moondream_api_key", "MOONDREAM_API_KEY"),
        ("X-Moondream-Auth", "MOONDREAM_API_KEY"),
        ("hf_token", "HF_TOKEN"),
        ("HUGGING_FACE_HUB_TOKEN", "HF_TOKEN"),
        ("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY"),
        ("password", "GEMINI_API_KEY, OPENAI_API_KEY or HF_TOKEN"),
    ],
)
def test_a_secret_is_told_by_its_name(name, variable):
    with pytest.raises(BadInput) as caught:
        refuse_secrets("parameter", {name: KEY}, then="delete that file")
    sentence = f"parameter {name} holds a secret, which no parameter may; delete that file; set {variable} in"
    assert str(caught.value).startswith(sentence) and KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "variable"),
    [
        ("AIza0123456789abcdef", "GEMINI_API_KEY"),
        ("AQ.0123456789abcdef", "GEMINI_API_KEY"),
        ("sk-0123456789abcdef", "OPENAI_API_KEY"),
        ("hf_0123456789abcdef", "HF_TOKEN"),
        ("AKIA0123456789ABCDEF", "AWS_ACCESS_KEY_ID"),
    ],
)
def test_a_secret_is_told_by_its_form(value, variable):
    assert [found[:2] for found in secrets_in({"judge": value})] == [("judge", variable)]


def test_a_known_secret_is_told_by_its_value(monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    assert [where for where, *_ in secrets_in({"judge": KEY, "words": f"as {KEY} says"})] == ["judge"]


@pytest.mark.parametrize("models_given", [INSIDE, json.dumps(INSIDE), [INSIDE]])
def test_a_secret_is_found_inside(models_given):
    assert [where for where, *_ in secrets_in({"models": models_given})] == ["models.judge.options.api_key"]
    assert KEY not in str(without_secrets({"models": models_given}))


def test_nothing_but_the_secret_is_taken_out():
    cleaned = without_secrets({"models": json.dumps(INSIDE), "seed": 3, "limit": None, "words": "[not JSON"})
    kept = {"judge": {"name": "gemini", "options": {"api_key": SHOWN, "max_tokens": 9}}}
    assert json.loads(cleaned.pop("models")) == kept
    assert cleaned == {"seed": 3, "limit": None, "words": "[not JSON"}


def test_what_holds_no_secret_is_left():
    assert not list(secrets_in({"api_key": "", "hf_token": None, "use_token": True, "eos_token": "<end>"}))
    assert list(secrets_in({"api_key": 123456789}))  # papermill makes a number of what looks like one


def test_a_mapping_of_any_kind_is_looked_into():
    assert [where for where, *_ in secrets_in({"options": MappingProxyType(INSIDE)})] == [
        "options.judge.options.api_key"
    ]


def test_what_the_engine_took_out_is_not_warned_of():
    with pytest.raises(BadInput, match="taken out of the output notebook already; set GEMINI_API_KEY"):
        refuse_secrets("parameter", {"gemini_api_key": SHOWN}, then="delete that file")


def test_no_parameter_and_no_option_of_ours_is_named_like_a_secret():
    kinds = [each for each in vars(notebook_parameters).values() if inspect.isclass(each)]
    ours = [kind for kind in kinds if issubclass(kind, NotebookParameters)] + [BatchParameters, RunOptions]
    names = {name for kind in ours for name in kind.model_fields}
    light = [name for name in models.TABLE["judge"] if name != "measure"]
    names |= {option for name in light for option in models.options_of(name, "judge")}
    assert "max_tokens" in names and not [name for name in names if is_secret_name(name)]
