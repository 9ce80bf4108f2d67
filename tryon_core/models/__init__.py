"""Every model by name. `load` is the one door; nothing heavy is imported before a name is asked for."""

import inspect
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import fields, replace
from importlib import import_module
from types import ModuleType
from typing import Any

from ..errors import BadInput, UnknownName
from ..plugins import load_plugins
from ..plugins.by_path import is_path, own_model, resolved
from ..roles import role_named
from ..rubrics.rules import Rubric
from ..text import got
from ..text.scrubbing.refusing import refuse_secrets
from .device.options import DeviceOptions
from .device.quiet_loading import torchvision_unmissed, without_bars
from .specs import SPECS, TOY
from .vlm.serving.server_options import ServerOptions

# role -> name -> "module:builder"; a module that begins with a dot lies in this folder, any other is imported as it is.
# A role is whatever stands here. A builder takes keyword-only options; a judge's also takes the rubric, one that serves
# several names takes `name`, and a large model's takes a DeviceOptions, one behind a server a ServerOptions, whose
# fields `load` takes by their names. A generator's module may have `as_code`.
TABLE: dict[str, dict[str, str]] = {
    "generator": {
        "warp": ".embedded.warp:build",
        "flux2-klein-9b": ".flux2.flux2_build:build",
        "flux2-klein-4b": ".flux2.flux2_build:build",
        "flux2-klein-9b-kv": ".flux2.flux2_build:build",
        "sd15-controlnet": ".editing.controlnet:build",
        "sd15-inpainting-controlnet": ".editing.controlnet:build",
        "flux1-dev": ".flux1.flux1_build:build_text",
        "flux1-schnell": ".flux1.flux1_build:build_distilled",
        "flux1-canny": ".flux1.flux1_build:build_control",
        "flux1-depth": ".flux1.flux1_build:build_control",
        "flux1-fill": ".flux1.flux1_build:build_fill",
        "qwen-image-edit": ".qwen_image.qwen_image_build:build",
        "qwen-image-edit-2509": ".qwen_image.qwen_image_build:build",
        "qwen-image-edit-2511": ".qwen_image.qwen_image_build:build",
        "fill": ".embedded.filling:build",
        "composite": ".faces.composite:build",
        "warp-geometry": ".embedded.warp_tools:build",
        "warp-appearance": ".embedded.warp_tools:build",
        "warp-repair": ".embedded.warp_tools:build",
    },
    "judge": {
        "measure": ".embedded.measure:build",
        "qwen3-vl-32b": ".vlm.qwen_vl:build",
        "qwen3-vl-8b": ".vlm.qwen_vl:build",
        "qwen3-vl-4b": ".vlm.qwen_vl:build",
        "gemini": ".vlm.gemini.gemini_api:build",
    },
    "control_mapper": {
        "canny": ".embedded.mapping.canny_map:build",
        "pose": ".embedded.mapping.pose_map:build",
        "depth": ".embedded.mapping.classical_depth:build",
        "depth-anything-v2-small": ".editing.depth_map:build",
    },
    "face_swapper": {
        "classical-swap": ".faces.classical_swap:build",
        "inswapper": ".faces.insight_swapper:build",
    },
    "enhancer": {
        "sharpen": ".embedded.sharpen:build",
        "swin2sr-x2": ".editing.enhancing.swin2sr:build",
        "sd15-refine": ".editing.enhancing.sd15_refine:build",
    },
    "scorer": {
        "details": ".embedded.details:build",
        "clip": ".scorers.clip.clip_scorer:build",
        "aesthetic": ".scorers.clip.aesthetic:build",
        "image-reward": ".scorers.deep.image_reward:build",
        "lpips": ".scorers.deep.lpips_scorer:build",
        "lpips-alex": ".scorers.deep.lpips_scorer:build",
        "classical": ".scorers.classical.classical_scorer:build",
        "face": ".scorers.face_scorer:build",
        "face-identity": ".scorers.face_identity:build",
        "blend": ".scorers.blend.blend_scorer:build",
        "truth": ".scorers.truth_scorer:build",
        "words": ".scorers.words_scorer:build",
        "editscore": ".vlm.verifying.editscore:build",
        "arcface": ".faces.insight_scorer:build",
        "gemini": ".vlm.verifying.asking_builders:gemini_verifier",
        "moondream": ".vlm.moondream.moondream_scorer:build",
        "qwen3-vl-32b": ".vlm.verifying.asking_builders:qwen_verifier",
        "qwen3-vl-8b": ".vlm.verifying.asking_builders:qwen_verifier",
        "qwen3-vl-4b": ".vlm.verifying.asking_builders:qwen_verifier",
    },
    "comparer": {
        "judged-pairs": ".vlm.verifying.judged_pairs:build",
        "gemini": ".vlm.verifying.asking_builders:gemini_comparer",
        "qwen3-vl-32b": ".vlm.verifying.asking_builders:qwen_comparer",
        "qwen3-vl-8b": ".vlm.verifying.asking_builders:qwen_comparer",
        "qwen3-vl-4b": ".vlm.verifying.asking_builders:qwen_comparer",
    },
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


RECORDS = (DeviceOptions, ServerOptions)  # of options that a builder takes whole
ALIASES = {"flux1": "flux1-dev"}  # other names that `load` takes; a model's card has its own

_FLUX1 = {
    "depth": "flux1-depth",
    "canny": "flux1-canny",
    "fill": "flux1-fill",
    "depth_mapper": "depth-anything-v2-small",
    "canny_mapper": "canny",
}
# What stands before a colon -> role -> builder of models behind a server whose names go on: 'openai:MODEL@URL'
SERVED = {
    "openai": {
        "judge": ".vlm.openai.openai_api:build",
        "scorer": ".vlm.verifying.asking_builders:openai_verifier",
        "comparer": ".vlm.verifying.asking_builders:openai_comparer",
    },
    "gemini": {
        "judge": ".vlm.gemini.gemini_api:build",
        "scorer": ".vlm.verifying.asking_builders:gemini_verifier",
        "comparer": ".vlm.verifying.asking_builders:gemini_comparer",
    },
}
VLM = ".vlm."  # where the models lie whose names are judges first: they rate and compare under the same names

# What a flow asks of a model before it is of use; a class may state it, or an instance of its own weights
DECLARED = ("tools", "takes", "min_images", "unmasked_images", "masked_images", "keeps_frame")

# generator -> tool -> the model of its family that does it
FAMILIES: dict[str, dict[str, str]] = {
    "warp": {"depth": "warp-geometry", "canny": "warp-appearance", "fill": "warp-repair"},
    "flux1-dev": _FLUX1,
    "flux1-schnell": _FLUX1,
    "flux1-canny": {"mapper": "canny"},
    "flux1-depth": {"mapper": "depth-anything-v2-small"},
}


def load(name: str, role: str = "", **options: Any) -> Any:
    """A model by name, ready to be called.

    name     of TABLE; 'toy:NAME' is the same class with small random weights, whose answers mean nothing;
             openai:MODEL@URL and gemini:MODEL are models behind a server; module:function is a function of the
             caller's own, which takes no options (plugins.by_path)
    role     only names of this role are looked at; needed where a name stands under several (without it, it is the
             judge, where it is a vision-language model), and for a function
    options  the builder's own; a judge also takes `rubric`
    raises   UnknownName for a name, a role or an option that does not exist, with the nearest one; MissingWeights;
             BadInput
    """
    name = named(name)
    check_options(name, role, options)
    if is_path(name):
        return own_model(name, role)
    module, function, role = _entry(name, role)
    build = getattr(module, function)
    has_bars = name.startswith(TOY) and not SPECS[name.removeprefix(TOY)].by_hand  # of the libraries that show them
    with torchvision_unmissed(), without_bars() if has_bars else nullcontext():
        return build(**_arguments(build, name, options))


def named(name: str) -> str:
    """The name that a model has in TABLE: 'flux1' is flux1-dev, 'toy:flux1' its toy; any other is itself."""
    plain = name.removeprefix(TOY)
    return name.removesuffix(plain) + ALIASES[plain] if plain in ALIASES else name


def options_of(name: str, role: str = "") -> list[str]:
    """The options that `load` takes for a model. raises as `load` for the name and the role"""
    if is_path(name):
        resolved(name, role)
        return []
    module, function, _ = _entry(name, role)
    names: list[str] = []
    for parameter in inspect.signature(getattr(module, function)).parameters.values():
        record = parameter.default
        names += [each.name for each in fields(record)] if isinstance(record, RECORDS) else [parameter.name]
    return [option for option in names if option != "name"]


def check_options(name: str, role: str, options: Mapping[str, Any]) -> list[str]:
    """The options that `load` takes for a model. raises as `load` for these, BadInput for a key among them"""
    accepted, role = options_of(name, role), role_of(name, role)
    refuse_secrets("option", options, of=f"{role} {name}")
    for option in options:
        if is_path(name):
            raise BadInput(f"{name} is a function and takes no options, got {option}; write the value into its module")
        if option not in accepted:
            raise UnknownName(f"option of {role} {name}", option, accepted)
    return accepted


def role_of(name: str, role: str = "") -> str:
    """The role that `load` finds a name under. raises as `load` for the name and the role"""
    return role if is_path(name) else _entry(name, role)[2]


def member_of(generator: str, member: str) -> str:
    """The model of a generator's family that does a tool, such as 'fill'; '' where there is none.

    A toy's members are toys, but for what is embedded, which has none.
    """
    generator = named(generator)
    found = FAMILIES.get(generator.removeprefix(TOY), {}).get(member, "")
    return TOY + found if generator.startswith(TOY) and found in SPECS else found


def declared(name: str, role: str = "") -> dict[str, Any]:
    """What the class of a model says of any of them, of DECLARED: known before a weight is read.

    raises   as `load` for the name and the role
    """
    if is_path(name):
        return {}
    module, function, _ = _entry(name, role)
    built = inspect.signature(getattr(module, function)).return_annotation
    stated = {each: getattr(built, each) for each in DECLARED if hasattr(built, each)}
    return {each: value for each, value in stated.items() if not isinstance(value, property)}


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
    if "rubric" in options and not isinstance(options["rubric"], Rubric):
        example = "tryon_core.rubrics.rubric('general')"
        raise BadInput(f"rubric of {name} is a Rubric, such as {example}, {got(options['rubric'])}")
    arguments, parameters = dict(options), inspect.signature(build).parameters
    for parameter in parameters.values():
        if isinstance(parameter.default, RECORDS):
            shared = {each.name for each in fields(parameter.default)} & options.keys()
            given = {option: arguments.pop(option) for option in shared}
            arguments[parameter.name] = replace(parameter.default, name=name, **given)
    return {"name": name, **arguments} if "name" in parameters else arguments


def _entry(name: str, role: str) -> tuple[ModuleType, str, str]:
    """(module, name of the builder in it, role)"""
    load_plugins()
    name = named(name)
    if role and role not in TABLE:
        role_named(role)
    roles = [role] if role else list(TABLE)
    plain = name.removeprefix(TOY)
    if served := SERVED.get(name.partition(":")[0]) if ":" in name else None:
        found = {each: served[each] for each in roles if each in served}
    else:
        listed = {each: TABLE.get(each, {}).get(plain, "") for each in roles}
        found = {each: built for each, built in listed.items() if built and (name == plain or plain in SPECS)}
    if not found:
        known = [known for each in roles for known in TABLE.get(each, {})]
        raise UnknownName(role or "model", name, [*known, *(TOY + each for each in known if each in SPECS)])
    judge_first = found.get("judge", "").startswith(VLM)
    chosen = "judge" if judge_first else next(iter(found))
    if len(found) > 1 and not judge_first:
        raise BadInput(f"{name} is a {' and a '.join(found)}; say which by role={chosen!r}")
    module, function = found[chosen].split(":")
    return import_module(module, __name__), function, chosen
