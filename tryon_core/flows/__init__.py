"""The flows: each is one file and one line of flow_table. `python -m tryon_core.flows [NAME]` lists what a flow takes.

A flow takes a sample and, by keyword, models by role (the annotations of its arguments say which), perhaps `rubric`,
`options` (its settings, a frozen dataclass) and `seed`. It yields steps and returns the number of the one to keep.
It knows roles, never models, storage, batching or widgets.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from ..errors import BadInput, UnknownName
from ..plugins import load_plugins
from ..roles import Role, roles_of
from ..text import check_finite, first_problem
from .flow_table import FLOWS, Filling, FlowLine, Shape

__all__ = ["FLOWS", "Filling", "FlowLine", "FlowSpec", "Shape", "named", "spec_of"]


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
        kinds = get_type_hints(self.settings)
        for setting, inner in options.items():  # a record's own settings come as a dict
            if isinstance(inner, dict) and dataclasses.is_dataclass(kinds[setting]):
                known = [one.name for one in dataclasses.fields(kinds[setting])]
                for name in inner:
                    if name not in known:
                        raise UnknownName(f"entry of {setting}", name, known)
        try:
            settings = TypeAdapter(self.settings).validate_python(dict(options))
        except ValidationError as e:
            raise BadInput(f"option of {self.name}: {first_problem(e)}") from e
        for name, value in dataclasses.asdict(settings).items():  # a text such as 'nan' became a number here
            check_finite(f"option of {self.name}: {name}", value)
        return settings

    def check_pictures(self, lines: Any) -> None:
        """raises BadInput for the first sample without the pictures that the flow needs, or without any and no wish"""
        for line in lines:
            if not line.pictures and not line.own_wish and not self.line.needs:
                raise BadInput(
                    f"sample {line.sample_id} has neither a picture nor a wish of its own, so nothing can be drawn; "
                    'write "wish": "..." in the manifest, or name a picture'
                )
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
