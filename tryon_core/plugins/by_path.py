"""A model of any role as `module:function`: a function with the role's call, and a card that is made for it.

    load("my_maps:edges", role="control_mapper")
    papermill notebooks/10_batch.ipynb out.ipynb -p models '{"mapper": "my_maps:edges"}'

The module must be importable: its folder is in PYTHONPATH, or is the one that Python was started in.
"""

import hashlib
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any

from ..errors import BadInput, UnknownName
from ..records import ModelCard
from ..roles import ROLES, Answer, role_named
from ..text import got, shortened
from . import plugin_names
from .answer_kinds import check_answer

RESERVED = ("toy", "openai")  # what stands before the colon of other names
_PATH = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)", re.ASCII)
_sources: dict[str, tuple[Any, str]] = {}  # module -> its spec, and its source as it was first read


def is_path(name: str) -> bool:
    """Whether a model's name is a `module:function`."""
    path = _PATH.fullmatch(name)
    return path is not None and path[1] not in RESERVED


def check_named_by_run(name: str, place: str) -> None:
    """raises BadInput for a function of a module that a run names and $TRYON_PLUGINS does not: it is not imported"""
    module = name.partition(":")[0]
    if is_path(name) and module not in plugin_names():
        raise BadInput(
            f"{place} names the function {name}, and nothing is imported because a run names it; where you trust it, "
            f"set TRYON_PLUGINS={module} and open the run again"
        )


class OwnModel:
    """A function as a model. Its answers are checked; what else it has (`batch`, `takes`, `fits`) the model has, too.

    card  the function's own where it has one; else its name is the path and its revision the digest of its module's
          source. What that module imports does not count: where it matters, give the function a card
    """

    def __init__(self, name: str, role: str, function: Callable[..., Any], card: ModelCard):
        self.name, self.role, self.function, self.card = name, role, function, card
        if hasattr(function, "batch"):
            self.batch = self._batch
        if hasattr(function, "metered"):
            self.metered = self._metered

    def __call__(self, *call: Any) -> Any:
        """raises ModelFailed for what is no answer of the role; what the function raises"""
        return self._checked(call, self.function(*call))

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_") or attribute == "function":  # the latter while a copy is made
            raise AttributeError(attribute)
        return getattr(self.function, attribute)

    def _batch(self, calls: Sequence[tuple]) -> list[Any]:
        return [self._checked(call, value) for call, value in _each(calls, self.function.batch(calls))]

    def _metered(self, calls: Sequence[tuple]) -> list[Answer]:
        answered = _each(calls, self.function.metered(calls))
        return [replace(answer, value=self._checked(call, answer.value)) for call, answer in answered]

    def _checked(self, call: tuple, answer: Any) -> Any:
        if not isinstance(answer, Exception):  # in a batch it stands for a call that was refused
            check_answer(self.name, self.role, call, answer)
        return answer


def _each(calls: Sequence[tuple], answered: Sequence[Any]) -> list[tuple[tuple, Any]]:
    """raises ValueError where there is not one answer a call"""
    return list(zip(calls, answered, strict=True))


def own_model(name: str, role: str) -> OwnModel:
    """The function as a model of a role. raises BadInput; UnknownName for a role or a function that does not exist"""
    module, function = resolved(name, role)
    card = getattr(function, "card", None) or ModelCard(
        name=name,
        revision=_revision(name, module, function),
        source=f"module {module.__name__}",
        licence="the caller's own",
    )
    return OwnModel(name, role, function, card)


def resolved(name: str, role: str) -> tuple[ModuleType, Callable[..., Any]]:
    """(the imported module, the function); nothing is called. raises as own_model"""
    if not role:
        raise BadInput(f"{name} is a function of your own; say what it does by role='control_mapper', ...")
    role_named(role)
    module_name, function_name = name.split(":")
    module = _imported(module_name, name)
    if not hasattr(module, function_name):
        there = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise UnknownName(f"function of module {module_name}", function_name, there)
    function, parameters = getattr(module, function_name), _parameters(role)
    wanted = f"a function that is called as {role}({', '.join(parameters)})"
    if isinstance(function, type):
        raise BadInput(f"{name} is a class, which is not called; give {wanted}, or an instance that can be called so")
    if not callable(function):
        raise BadInput(f"{name} cannot be called, {got(function)}; give {wanted}")
    if not _can_be_called(function, parameters):
        shown = f"{function_name}{inspect.signature(function)}"
        raise BadInput(f"{name} is {shown}; give {wanted}, not one that builds it")
    return module, function


def _imported(module: str, name: str) -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError as e:
        if e.name and (module == e.name or module.startswith(f"{e.name}.")):
            raise BadInput(f"{name}: there is no module {e.name}; put its folder into PYTHONPATH") from e
        raise BadInput(f"{name}: module {module} needs {e.name}, which is not installed") from e
    except Exception as e:  # what its own code raises
        raise BadInput(f"{name}: module {module} cannot be imported ({type(e).__name__}: {shortened(str(e))})") from e


def _parameters(role: str) -> list[str]:
    """The names of a role's arguments, off its Protocol."""
    protocol = next(protocol for protocol, known in ROLES.items() if known.name == role)
    return list(inspect.signature(protocol.__call__).parameters)[1:]


def _can_be_called(function: Callable[..., Any], parameters: Sequence[str]) -> bool:
    """Whether it takes so many arguments; True where it does not say what it takes."""
    try:
        signature = inspect.signature(function)
    except ValueError:
        return True
    try:
        signature.bind(*parameters)
    except TypeError:
        return False
    return True


def _revision(name: str, module: ModuleType, function: Callable[..., Any]) -> str:
    """First 16 hex digits of the SHA-256 of the module's source, and of the one that it has the function from."""
    home = sys.modules.get(getattr(function, "__module__", None) or "", module)
    source = "\0".join(_source(each) for each in dict.fromkeys((module, home))).strip("\0") or _own_source(function)
    if not source:
        raise BadInput(
            f"{name}: its source cannot be read, so its version is not known; give it a card: "
            f"{name.partition(':')[2]}.card = ModelCard(name=..., revision=..., licence=...)"
        )
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def _source(module: ModuleType) -> str:
    """As it was when the module was first asked for: a file that is edited later is not what runs. '' for none."""
    spec = getattr(module, "__spec__", None)
    known = _sources.get(module.__name__)
    if known is None or known[0] is not spec:  # a reload has a spec of its own
        try:
            known = _sources[module.__name__] = (spec, inspect.getsource(module))
        except (OSError, TypeError):
            return ""
    return known[1]


def _own_source(function: Callable[..., Any]) -> str:
    """Of a function of a notebook; '' where there is none."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""
