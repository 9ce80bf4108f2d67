"""How a flow's arguments are filled: named, a member of the family, the generator itself, the flow's default."""

import json

import pytest
from doubles import card, picture

from tryon_core import flows, models
from tryon_core.errors import BadInput, MissingWeights, UnknownName
from tryon_core.flows import Filling, FlowLine
from tryon_core.roles import Generator
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import prepare
from tryon_core.steps import Step


class Named:
    tools = ()

    def __init__(self, name):
        self.card = card(name)

    def __call__(self, request):
        return picture()


class Able(Named):
    tools = ("fill",)


def plain(name):
    return Named(name)


def able(name):
    return Able(name)


def missing():
    raise MissingWeights("clip: not here")


def two_hands(sample, *, generator: Generator, fill: Generator, extra: Generator | None = None):
    yield Step(data={"fill": fill.card.name, "extra": extra.card.name if extra else None})


@pytest.fixture
def table(monkeypatch, tmp_path):
    filling = {"generator": Filling(default="big"), "fill": Filling(member="fill", tool="fill", default="small")}
    monkeypatch.setitem(flows.FLOWS, "two_hands", FlowLine(function=two_hands, models=filling))
    built = {"big": "plain", "able": "able", "small": "plain", "big-fill": "plain", "other": "plain"}
    for name, builder in built.items():
        monkeypatch.setitem(models.TABLE["generator"], name, f"test_filling:{builder}")
    (tmp_path / "m.jsonl").write_text(json.dumps({"sample_id": "s", "wish": "A hat."}))

    def filled(**given):
        asked = BatchParameters.checked(
            source=str(tmp_path / "m.jsonl"),
            output=str(tmp_path / f"run-{len(list(tmp_path.iterdir()))}"),
            flow="two_hands",
            **given,
        )
        return {argument: model.card.name for argument, model in prepare(asked).models.items()}

    return filled


def test_without_names_the_flow_s_defaults(table):
    assert table() == {"generator": "big", "fill": "small"}


def test_a_named_model_comes_first(table, monkeypatch):
    monkeypatch.setitem(models.FAMILIES, "big", {"fill": "big-fill"})
    assert table(models={"fill": "other"})["fill"] == "other"


def test_then_the_member_of_the_family(table, monkeypatch):
    monkeypatch.setitem(models.FAMILIES, "able", {"fill": "big-fill"})
    assert table(generator="able")["fill"] == "big-fill"


def test_then_the_generator_that_can(table):
    assert table(generator="able") == {"generator": "able", "fill": "able"}


def test_an_argument_it_can_do_without_stays_empty(table):
    assert "extra" not in table() and table(models={"extra": "other"})["extra"] == "other"


def test_what_nobody_fills_is_named(table, monkeypatch):
    monkeypatch.setitem(flows.FLOWS, "two_hands", FlowLine(function=two_hands))
    with pytest.raises(BadInput, match="flow two_hands needs a model for generator .a generator., and none is named"):
        table()


def test_wrong_names_leave_no_claim(table, tmp_path):
    with pytest.raises(UnknownName, match="no generator is called 'othre'. Did you mean 'other'"):
        table(models={"fill": "othre"})
    with pytest.raises(UnknownName, match="no option of generator other is called 'dtype'"):
        table(models={"fill": {"name": "other", "options": {"dtype": "bf16"}}})
    assert [path.name for path in tmp_path.iterdir()] == ["m.jsonl"]


def test_missing_weights_of_a_default_say_what_asks_for_them(table, tmp_path, monkeypatch):
    monkeypatch.setitem(models.TABLE["scorer"], "clip", "test_filling:missing")
    asked = {"source": str(tmp_path / "m.jsonl"), "flow": "search", "output": str(tmp_path / "run"), "generator": "big"}
    with pytest.raises(MissingWeights, match="not here. ttflux selects on prompt_following here; name a metric"):
        prepare(BatchParameters(**asked, options={"strategy": "ttflux"}))
    named = {"models": {"clip": "clip"}, "options": {"strategy": "ttflux"}}
    with pytest.raises(MissingWeights, match="not here$"):
        prepare(BatchParameters(**asked, **named))
