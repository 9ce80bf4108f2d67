"""What flows take: `python -m tryon_core.flows` lists them, `python -m tryon_core.flows NAME` one with its settings."""

import argparse
import dataclasses
import inspect
import sys
from typing import Any, Literal, get_args, get_origin

from ..errors import TryonError
from . import FLOWS, Filling, FlowSpec, named


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tryon_core.flows", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="?", help="of one flow")
    name = parser.parse_args(arguments).name
    print("\n".join(_summary(named(known)) for known in FLOWS) if name is None else described(named(name)))


def _summary(spec: FlowSpec) -> str:
    words = inspect.getdoc(spec.function) or "(not described)"
    return f"{spec.name:<14} {words.splitlines()[0]}"


def described(spec: FlowSpec) -> str:
    """What a flow does, which pictures and models it takes, and its settings with their defaults."""
    may = f"; may use {', '.join(spec.line.may)}" if spec.line.may else ""
    lines = [_summary(spec), "", f"pictures: {', '.join(spec.line.needs) or 'none'}{may}"]
    lines += ["", 'models (-p generator, -p judge, -p models \'{"ARGUMENT": "NAME"}\'):']
    lines += [f"  {argument:<14} {role.name}: {_default(spec, argument)}" for argument, role in spec.roles.items()]
    lines += ["", "settings (-p options '{\"NAME\": VALUE}'):"]
    lines += [
        f"  {one.name:<14} {_kind(one.type)} = {_value(one)!r}"
        for one in (dataclasses.fields(spec.settings) if spec.settings else ())
    ]
    notes = inspect.getdoc(spec.settings) or "" if spec.settings else ""
    if spec.settings and notes.startswith(f"{spec.settings.__name__}("):
        notes = ""  # what a dataclass says of itself where nobody did
    return "\n".join([*lines, *(["", notes] if notes else [])])


def _kind(annotation: Any) -> str:
    """The values that a setting takes, by name where they are few."""
    if get_origin(annotation) is Literal:
        return " | ".join(repr(choice) for choice in get_args(annotation))
    return getattr(annotation, "__name__", str(annotation))


def _value(setting: dataclasses.Field) -> Any:
    made = setting.default_factory
    return setting.default if made is dataclasses.MISSING else made()


def _default(spec: FlowSpec, argument: str) -> str:
    filling = spec.line.models.get(argument)
    if filling is None:
        return "none unless one is named" if spec.can_do_without(argument) else "must be named"
    kinds = [
        filling.member and f"{filling.member!r} of the generator's family",
        filling.tool and f"the generator where it can do {filling.tool}",
        filling.part_of and "the {}'s own {}".format(*filling.part_of.split(".")),
        filling.default,
    ]
    when = f"only with {filling.only_with}: " if filling.only_with else ""
    when += f"only where {_whose(filling)} takes {filling.only_taken}: " if filling.only_taken else ""
    return when + ", else ".join(kind for kind in kinds if kind)


def _whose(filling: Filling) -> str:
    return "the generator" if filling.taken_by == "generator" else f"the model of {filling.taken_by}"


if __name__ == "__main__":
    try:
        main()
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
