"""Every model by name. `load` is the one door; nothing heavy is imported before a name is asked for."""

import inspect
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from ..errors import BadInput, UnknownName

# role -> name -> "module:builder"; a module that begins with a dot lies in this folder, any other is imported as it is.
# A builder takes keyword-only options; a judge's also takes the rubric. A generator's module may have `as_code`.
TABLE = {
    "generator": {"warp": ".embedded.warp:build"},
    "judge": {"measure": ".embedded.measure:build"},
}


def load(name: str, role: str = "generator", **options: Any) -> Any:
    """A model by name, ready to be called.

    role     'generator' or 'judge'; only names of that role are looked at
    options  the builder's own; a judge also takes `rubric`
    raises   UnknownName for a name or an option that does not exist, with the nearest one; MissingWeights; BadInput
    """
    module, function = _entry(name, role)
    build = getattr(module, function)
    for option in options:
        if option not in inspect.signature(build).parameters:
            raise UnknownName(f"option of {role} {name}", option, inspect.signature(build).parameters)
    return build(**options)


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """About ten lines of Python that draw an attempt again with the library behind a generator.

    name     of the generator, as its card says
    request  as it was recorded: AttemptRecord.request
    run_url  where the run lies, for its pictures: a folder or s3://bucket/prefix
    raises   UnknownName for a generator without a name here (a function of one's own, a scripted double); BadInput
             where its module cannot write code, or the record is damaged
    """
    module, _ = _entry(name, "generator")
    if not hasattr(module, "as_code"):
        raise BadInput(
            f"{name} cannot be written as code: its module {module.__name__} has no function as_code; add one"
        )
    return module.as_code(name, request, run_url)


def _entry(name: str, role: str) -> tuple[ModuleType, str]:
    """(module, name of the builder in it)"""
    table = TABLE[role]
    if name not in table:
        raise UnknownName(role, name, table)
    module, function = table[name].split(":")
    return import_module(module, __name__), function
