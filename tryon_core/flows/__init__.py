"""The flows: each is one file and one line of FLOWS. `python -m tryon_core.flows [NAME]` lists what a flow takes.

A flow takes a sample and, by keyword, models by role (the annotations of its arguments say which), perhaps `rubric`,
`options` (its settings, a frozen dataclass) and `seed`. It yields steps and returns the number of the one to keep.
It knows roles, never models, storage, batching or widgets.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal, get_type_hints

from pydantic import TypeAdapter, ValidationError

from ..errors import BadInput, UnknownName
from ..plugins import load_plugins
from ..roles import Role, roles_of
from ..text import first_problem

Shape = Literal["line", "tree", "stages"]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """How an argument is filled where a run names no model for it, tried in this order.

    member     name of the member in the generator's family, such as 'fill'
    tool       what the generator itself must be able to do to fill it
    part_of    'judge.writer': an attribute of the model of another argument
    default    an embedded model
    only_with  the setting that asks for this argument; without it the argument stays empty
    """

    member: str = ""
    tool: str = ""
    part_of: str = ""
    default: str = ""
    only_with: str = ""


@dataclass(frozen=True, kw_only=True)
class FlowLine:
    """A flow in the table.

    function  'module:function'; a module that begins with a dot lies in this folder
    needs     roles of the pictures that a sample must have
    may       roles of pictures that it also uses
    shape     how its steps hang together: a line of attempts, a tree of candidates, or stages
    models    argument -> how it is filled by default
    rubric    the rubric where a run names none
    ends       'module:function' of the steps and settings: True where the flow will end without another call
    next_request  'module:function' that says how the flow would ask next, for a person who steps through it
    every_attempt  whether each judged picture goes to the folder of its verdict, or the chosen one alone
    """

    function: str | Callable[..., Any]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    shape: Shape = "line"
    models: Mapping[str, Filling] = field(default_factory=dict)
    rubric: str = "default"
    ends: str | Callable[..., bool] = ""
    next_request: str | Callable[..., Any] = ""
    every_attempt: bool = False


FLOWS: dict[str, FlowLine] = {
    "closed_loop": FlowLine(
        function=".closed_loop:closed_loop",
        needs=("person", "garment"),
        models={
            "generator": Filling(default="warp"),
            "judge": Filling(default="measure"),
            "writer": Filling(part_of="judge.writer", only_with="rewrite"),
        },
        ends=".closed_loop:ends",
        next_request=".closed_loop:next_request",
        every_attempt=True,
    ),
    "judge_only": FlowLine(
        function=".judge_only:judge_only",
        needs=("result",),
        may=("person", "garment"),
        models={"judge": Filling(default="measure")},
        every_attempt=True,
    ),
}


def named(name: str) -> "FlowSpec":
    """A flow by its name in the table. raises UnknownName with the nearest name"""
    load_plugins()
    if name not in FLOWS:
        raise UnknownName("flow", name, FLOWS)
    return FlowSpec(name=name, line=FLOWS[name])


def spec_of(function: Callable[..., Any], line: FlowLine | None = None) -> "FlowSpec":
    """A flow of one's own that stands in no table: a line of steps unless `line` says otherwise."""
    for name, known in FLOWS.items():
        if _resolved(known.function) is function:
            return FlowSpec(name=name, line=known)
    line = line or FlowLine(function=function)
    return FlowSpec(name=f"{function.__module__}.{function.__qualname__}", line=line)


@dataclass(frozen=True, kw_only=True)
class FlowSpec:
    """A flow with what it declares: its function's annotations, and its line of the table."""

    name: str
    line: FlowLine

    @property
    def function(self) -> Callable[..., Any]:
        return _resolved(self.line.function)

    @property
    def roles(self) -> dict[str, Role]:
        """Argument -> role of the model that fills it."""
        return roles_of(self.function)

    @property
    def ends(self) -> Callable[..., bool] | None:
        return _resolved(self.line.ends) if self.line.ends else None

    @property
    def next_request(self) -> Callable[..., Any] | None:
        return _resolved(self.line.next_request) if self.line.next_request else None

    def takes(self, argument: str) -> bool:
        return argument in inspect.signature(self.function).parameters

    def can_do_without(self, argument: str) -> bool:
        """Whether an argument has a default of its own."""
        return inspect.signature(self.function).parameters[argument].default is not inspect.Parameter.empty

    @property
    def settings(self) -> type | None:
        """The dataclass of its `options`; None where it has no settings."""
        return get_type_hints(self.function).get("options")

    def setting_names(self) -> tuple[str, ...]:
        return tuple(one.name for one in dataclasses.fields(self.settings)) if self.settings else ()

    def checked(self, options: Mapping[str, Any]) -> Any:
        """The flow's settings, checked; None where it has none.

        raises   UnknownName for a setting that it does not have, BadInput for a value that does not fit
        """
        for name in options:
            if name not in self.setting_names():
                raise UnknownName(f"option of {self.name}", name, self.setting_names())
        if self.settings is None:
            return None
        try:
            return TypeAdapter(self.settings).validate_python(dict(options))
        except ValidationError as e:
            raise BadInput(f"option of {self.name}: {first_problem(e)}") from e

    def check_pictures(self, lines: Any) -> None:
        """raises BadInput for the first sample without the pictures that the flow needs"""
        for line in lines:
            if missing := [role for role in self.line.needs if role not in line.pictures]:
                has = ", ".join(line.pictures) or "no picture"
                raise BadInput(
                    f"flow {self.name} needs the pictures {', '.join(self.line.needs)}; sample {line.sample_id} has no "
                    f"{' and no '.join(missing)}, only {has}: name them in the manifest, or take another flow"
                )


def _resolved(function: str | Callable[..., Any]) -> Callable[..., Any]:
    if callable(function):
        return function
    module, name = function.split(":")
    return getattr(import_module(module, __name__), name)
