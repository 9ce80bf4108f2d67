"""Every model by name. `load` is the one door; nothing heavy is imported before a name is asked for."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import fields, replace
from importlib import import_module
from types import ModuleType
from typing import Any

from ..errors import BadInput, UnknownName
from ..plugins import load_plugins
from ..plugins.by_path import is_path, own_model, resolved
from ..roles import role_named
from .device.options import DeviceOptions
from .quiet_loading import torchvision_unmissed, without_bars
from .specs import SPECS, TOY

# role -> name -> "module:builder"; a module that begins with a dot lies in this folder, any other is imported as it is.
# A role is whatever stands here. A builder takes keyword-only options; a judge's also takes the rubric, one that serves
# several names takes `name`, and a large model's takes a DeviceOptions, whose fields `load` takes by their names. A
# generator's module may have `as_code`.
TABLE: dict[str, dict[str, str]] = {
    "generator": {
        "warp": ".embedded.warp:build",
        "flux2-klein-9b": ".flux2.flux2_build:build",
        "flux2-klein-4b": ".flux2.flux2_build:build",
        "flux2-klein-9b-kv": ".flux2.flux2_build:build",
        "sd15-controlnet": ".editing.controlnet:build",
        "sd15-inpainting-controlnet": ".editing.controlnet:build",
        "flux1-canny-dev": ".editing.flux1.flux1_control:build",
        "flux1-depth-dev": ".editing.flux1.flux1_control:build",
        "fill": ".embedded.filling:build",
        "warp-geometry": ".embedded.warp_tools:build",
        "warp-appearance": ".embedded.warp_tools:build",
        "warp-repair": ".embedded.warp_tools:build",
    },
    "judge": {
        "measure": ".embedded.measure:build",
        "qwen3-vl-32b": ".vlm.qwen_vl:build",
        "qwen3-vl-8b": ".vlm.qwen_vl:build",
        "qwen3-vl-4b": ".vlm.qwen_vl:build",
    },
    "control_mapper": {
        "canny": ".embedded.mapping.canny_map:build",
        "pose": ".embedded.mapping.pose_map:build",
        "depth": ".embedded.mapping.classical_depth:build",
        "depth-anything-v2-small": ".editing.depth_map:build",
    },
    "enhancer": {
        "sharpen": ".embedded.sharpen:build",
        "swin2sr-x2": ".editing.enhancing.swin2sr:build",
        "sd15-refine": ".editing.enhancing.sd15_refine:build",
    },
    "scorer": {"details": ".embedded.details:build"},
    "segmenter": {
        "cutout": ".embedded.cutout_segmenter:build",
        "sam2.1-tiny": ".segment.sam2:build",
        "sam2.1-small": ".segment.sam2:build",
        "sam2.1-base-plus": ".segment.sam2:build",
        "sam2.1-large": ".segment.sam2:build",
        "sam3": ".segment.sam3:build",
        "segformer-clothes": ".segment.clothes_parser:build",
    },
}


# generator -> tool -> the model of its family that does it, for example {"flux1-dev": {"fill": "flux1-fill-dev"}}
FAMILIES: dict[str, dict[str, str]] = {
    "warp": {"depth": "warp-geometry", "canny": "warp-appearance", "fill": "warp-repair"},
    "flux1-canny-dev": {"mapper": "canny"},
    "flux1-depth-dev": {"mapper": "depth-anything-v2-small"},
}


def load(name: str, role: str = "", **options: Any) -> Any:
    """A model by name, ready to be called.

    name     of TABLE; 'toy:NAME' is the same class with small random weights, whose answers mean nothing;
             openai:MODEL@URL is a judge behind a server; module:function is a function of the caller's own, which
             takes no options (plugins.by_path)
    role     only names of this role are looked at; needed where a name stands under several, and for a function
    options  the builder's own; a judge also takes `rubric`
    raises   UnknownName for a name, a role or an option that does not exist, with the nearest one; MissingWeights;
             BadInput
    """
    check_options(name, role, options)
    if is_path(name):
        return own_model(name, role)
    module, function, role = _entry(name, role)
    build = getattr(module, function)
    with torchvision_unmissed(), without_bars() if name.startswith(TOY) else nullcontext():
        return build(**_arguments(build, name, options))


def options_of(name: str, role: str = "") -> list[str]:
    """The options that `load` takes for a model. raises as `load` for the name and the role"""
    if is_path(name):
        resolved(name, role)
        return []
    module, function, _ = _entry(name, role)
    names: list[str] = []
    for parameter in inspect.signature(getattr(module, function)).parameters.values():
        record = parameter.default
        names += [each.name for each in fields(record)] if isinstance(record, DeviceOptions) else [parameter.name]
    return [option for option in names if option != "name"]


def check_options(name: str, role: str, options: Iterable[str]) -> None:
    """raises UnknownName for an option that a model does not have; BadInput for any of a function; as `load`"""
    accepted = options_of(name, role)
    for option in options:
        if is_path(name):
            raise BadInput(f"{name} is a function and takes no options, got {option}; write the value into its module")
        if option not in accepted:
            raise UnknownName(f"option of {role_of(name, role)} {name}", option, accepted)


def role_of(name: str, role: str = "") -> str:
    """The role that `load` finds a name under. raises as `load` for the name and the role"""
    return role if is_path(name) else _entry(name, role)[2]


def member_of(generator: str, member: str) -> str:
    """The model of a generator's family that does a tool, such as 'fill'; '' where there is none.

    A toy's members are toys, but for what is embedded, which has none.
    """
    found = FAMILIES.get(generator.removeprefix(TOY), {}).get(member, "")
    return TOY + found if generator.startswith(TOY) and found in SPECS else found


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """About ten lines of Python that draw an attempt again with the library behind a generator.

    name     of the generator, as its card says
    request  as it was recorded: StepRecord.request
    run_url  where the run lies, for its pictures: a folder or s3://bucket/prefix
    raises   UnknownName for a generator without a name here (a function of one's own, a scripted double); BadInput
             where its module cannot write code, or the record is damaged
    """
    module, _, _ = _entry(name, "generator")
    if not hasattr(module, "as_code"):
        raise BadInput(
            f"{name} cannot be written as code: its module {module.__name__} has no function as_code; add one"
        )
    return module.as_code(name, request, run_url)


def _arguments(build: Callable[..., Any], name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options by name as a builder takes them: those that large models share go together, in their record."""
    arguments, parameters = dict(options), inspect.signature(build).parameters
    for parameter in parameters.values():
        if isinstance(parameter.default, DeviceOptions):
            shared = {each.name for each in fields(parameter.default)} & options.keys()
            given = {option: arguments.pop(option) for option in shared}
            arguments[parameter.name] = replace(parameter.default, name=name, **given)
    return {"name": name, **arguments} if "name" in parameters else arguments


def _entry(name: str, role: str) -> tuple[ModuleType, str, str]:
    """(module, name of the builder in it, role)"""
    load_plugins()
    if role and role not in TABLE:
        role_named(role)
    if name.startswith("openai:") and role in ("", "judge"):
        return import_module(".vlm.openai_api", __name__), "build", "judge"
    roles = [role] if role else list(TABLE)
    plain = name.removeprefix(TOY)
    fitting = [each for each in roles if plain in TABLE.get(each, {}) and (name == plain or plain in SPECS)]
    if not fitting:
        known = [known for each in roles for known in TABLE.get(each, {})]
        raise UnknownName(role or "model", name, [*known, *(TOY + each for each in known if each in SPECS)])
    if len(fitting) > 1:
        raise BadInput(f"{name} is a {' and a '.join(fitting)}; say which by role={fitting[0]!r}")
    module, function = TABLE[fitting[0]][plain].split(":")
    return import_module(module, __name__), function, fitting[0]
