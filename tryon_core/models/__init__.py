"""Every model by name. `load` is the one door; nothing heavy is imported before a name is asked for."""

import inspect
from importlib import import_module
from typing import Any

from ..errors import UnknownName

# role -> name -> "module:builder". A builder takes keyword-only options; a judge's also takes the rubric.
TABLE = {
    "generator": {"warp": "embedded.warp:build"},
    "judge": {"measure": "embedded.measure:build"},
}


def load(name: str, role: str = "generator", **options: Any) -> Any:
    """A model by name, ready to be called.

    role     'generator' or 'judge'; only names of that role are looked at
    options  the builder's own; a judge also takes `rubric`
    raises   UnknownName for a name or an option that does not exist, with the nearest one; MissingWeights; BadInput
    """
    table = TABLE[role]
    if name not in table:
        raise UnknownName(role, name, table)
    module, function = table[name].split(":")
    build = getattr(import_module(f"{__name__}.{module}"), function)
    for option in options:
        if option not in inspect.signature(build).parameters:
            raise UnknownName(f"option of {role} {name}", option, inspect.signature(build).parameters)
    return build(**options)
