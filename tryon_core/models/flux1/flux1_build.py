"""FLUX.1's models by name: a builder puts a pipeline together, Flux1Text, Flux1Control or Flux1Fill draws with it,
`as_code` writes it as code."""

from typing import Any, TypeVar

from ...errors import BadInput
from ...text import got
from ..device.attention import check_pipeline_attention
from ..device.memory import config_of
from ..device.options import DTYPES, PipelineOptions
from ..device.placing import pipeline_quantization, place_part, place_pipeline
from ..device.residency import Plan, decide, placed
from ..device.sharing import Common, in_common, share
from ..diffusion.loaded_again import as_code
from ..hub.weights import Checkpoint, find
from .flux1_control import Flux1Control
from .flux1_drawing import Flux1
from .flux1_fill import Flux1Fill
from .flux1_kinds import Kind, kind_of
from .flux1_memory import flux1_bytes, flux1_parts
from .flux1_redux import NO_REDUX, REDUX, Found, Redux, find_redux
from .flux1_text import Flux1Text

__all__ = ["as_code", "build_control", "build_distilled", "build_fill", "build_text"]

DEFAULTS = PipelineOptions(keep_gib=1.0)  # words are 4 MiB a prompt, a garment's 6, a picture's latents half a MiB
TRUE_CFG_SCALE = 4.0  # of FluxPipeline's example with negative words in the documentation of diffusers
MOST_TRUE_CFG_SCALE = 30

Drawing = TypeVar("Drawing", bound=Flux1)


def build_text(name: str, *, options: PipelineOptions = DEFAULTS, true_cfg_scale: float = TRUE_CFG_SCALE) -> Flux1Text:
    """FLUX.1 dev on a device.

    options         where its weights are and how they are held
    true_cfg_scale  how far a request's negative words lead away, above 1 to 30; without such words it does nothing
    raises          MissingWeights; BadInput
    """
    is_number = isinstance(true_cfg_scale, int | float) and not isinstance(true_cfg_scale, bool)
    if not is_number or not 1 < true_cfg_scale <= MOST_TRUE_CFG_SCALE:
        bounds = f"above 1, where negative words begin to count, to {MOST_TRUE_CFG_SCALE}"
        raise BadInput(f"true_cfg_scale of {name} is a number {bounds}, {got(true_cfg_scale)}")
    return _built(Flux1Text, name, options, negative_scale=true_cfg_scale)


def build_distilled(name: str, *, options: PipelineOptions = DEFAULTS) -> Flux1Text:
    """FLUX.1 schnell on a device. raises as build_text"""
    return _built(Flux1Text, name, options)


def build_control(name: str, *, options: PipelineOptions = DEFAULTS, redux: str = REDUX) -> Flux1Control:
    """FLUX.1 Canny or Depth on a device.

    redux   what sees a garment's picture: flux1-redux, a folder with its weights, or '' for nothing. Where the weights
            of flux1-redux are not here it draws without garments' pictures, and refuses a request that has one
    raises  as build_text
    """
    return _built(Flux1Control, name, options, find_redux(name, redux))


def build_fill(name: str, *, options: PipelineOptions = DEFAULTS, redux: str = REDUX) -> Flux1Fill:
    """FLUX.1 Fill on a device; options and errors as build_control's."""
    return _built(Flux1Fill, name, options, find_redux(name, redux))


def _built(
    drawing: type[Drawing], name: str, options: PipelineOptions, redux: Found = NO_REDUX, *, negative_scale: float = 1.0
) -> Drawing:
    options, kind = placed(name, options), kind_of(name)
    check_pipeline_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    _check_guidance(name, checkpoint, kind)
    files = [each for each in (checkpoint, redux.checkpoint) if each]
    common = in_common([each.folder for each in files], options)
    plan = planned(name, checkpoint, options, redux.checkpoint, common)
    shared = common.components(plan.policy, checkpoint.folder)
    pipe = _pipeline(kind.pipeline, checkpoint, plan, **shared, **pipeline_quantization(plan, checkpoint.folder))
    place_pipeline(pipe, plan, options)
    share(pipe, checkpoint.folder, plan, options)
    card = checkpoint.card(
        **_drawn_with(drawing, kind, redux.checkpoint, negative_scale),
        dtype=plan.dtype,
        policy=plan.policy,
        **options.recorded(),
    )
    return drawing(
        pipe,
        card,
        kind=kind,
        redux=_redux(redux.checkpoint, plan, common, options) if redux.checkpoint else None,
        unseen=redux.missing,
        negative_scale=negative_scale,
        keep_bytes=plan.keep_bytes,
        spill_bytes=options.spill_bytes,
    )


def _check_guidance(name: str, checkpoint: Checkpoint, kind: Kind) -> None:
    """dev and schnell have one layout, and either would draw something with the other's weights."""
    is_told = bool(config_of(checkpoint.folder / "transformer").get("guidance_embeds"))
    if is_told != (kind.guidance is not None):
        reads, holds = ("no guidance", "reads one") if is_told else ("a guidance", "reads none")
        raise BadInput(
            f"{name} reads {reads} and the transformer in {checkpoint.folder} {holds}: give the folder of "
            f"{checkpoint.spec.repo}"
        )


def _drawn_with(drawing: type[Flux1], kind: Kind, redux: Checkpoint | None, negative_scale: float) -> dict[str, Any]:
    """What a card says of how it draws; what a model does not have is left out."""
    return {
        "steps": kind.steps,
        **({} if kind.guidance is None else {"guidance": kind.guidance}),
        **({"strength_with_a_mask": kind.strength} if kind.strength else {}),
        **({"true_cfg_scale": negative_scale} if negative_scale > 1 else {}),
        **({"redux": redux.revision} if redux else {}),
        "reads": drawing.looks_at + (", and a garment's picture by Redux" if redux else ""),
    }


def planned(
    name: str,
    checkpoint: Checkpoint,
    options: PipelineOptions,
    redux: Checkpoint | None = None,
    common: Common | None = None,
) -> Plan:
    """Where its weights go, read off the headers of their files.

    common   what is in memory already
    raises   BadInput for what cannot fit; MissingWeights
    """
    folder, beside = checkpoint.folder, redux.folder if redux else None
    working = flux1_bytes(
        folder,
        beside,
        text_tokens=kind_of(name).text_tokens,
        at_once=options.at_once,
        dtype_bytes=DTYPES[options.dtype],
        tiling=options.tiling,
    )
    return decide(name, flux1_parts(folder, beside), working, options, common)


def _redux(checkpoint: Checkpoint, plan: Plan, common: Common, options: PipelineOptions) -> Redux:
    shared = common.components(plan.policy, checkpoint.folder)
    pipe = _pipeline("FluxPriorReduxPipeline", checkpoint, plan, **dict.fromkeys(shared))
    pipe.register_modules(
        **shared
    )  # only now: while it loads, diffusers warns that it does not know the embedder's type
    place_part(pipe, plan)
    share(pipe, checkpoint.folder, plan, options)
    return Redux(pipe, checkpoint.revision)


def _pipeline(kind: str, checkpoint: Checkpoint, plan: Plan, **arguments: Any) -> Any:
    """Of diffusers, from its folder; with components that are in memory already among the arguments."""
    import diffusers
    import torch

    dtype, folder = getattr(torch, plan.dtype), checkpoint.folder
    pipe = getattr(diffusers, kind).from_pretrained(folder, use_safetensors=True, dtype=dtype, **arguments)
    pipe.set_progress_bar_config(disable=True)
    return pipe
