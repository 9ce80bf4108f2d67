"""Qwen-Image-Edit by name: `build` puts the pipeline together, QwenImageEdit draws with it, `as_code` writes it as
code."""

from typing import Any

from ...errors import BadInput
from ..device.attention import check_pipeline_attention
from ..device.memory import config_of, parts_of
from ..device.options import DTYPES, PipelineOptions
from ..device.placing import pipeline_quantization, place_pipeline
from ..device.residency import decide, placed
from ..device.sharing import in_common, share
from ..diffusion.loaded_again import as_code
from ..hub.weights import Checkpoint, find
from ..vlm.qwen_processor import qwen_processor
from .qwen_image_edit import QwenImageEdit
from .qwen_image_kinds import GUIDANCE, NO_WORDS, STEPS, STRENGTH, Kind, kind_of
from .qwen_image_memory import qwen_image_bytes

__all__ = ["as_code", "build"]

DEFAULTS = PipelineOptions(keep_gib=1.0)  # words with a picture of a megapixel are 10 MiB, a picture's latents 1 MiB


def build(name: str, *, options: PipelineOptions = DEFAULTS) -> QwenImageEdit:
    """A Qwen-Image-Edit pipeline on a device.

    options   where its weights are and how they are held
    raises    MissingWeights; BadInput
    """
    options, kind = placed(name, options), kind_of(name)
    check_pipeline_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    folder = checkpoint.folder
    _check_time(name, checkpoint, kind)
    common = in_common([folder], options)
    working = qwen_image_bytes(
        folder, kind, at_once=options.at_once, dtype_bytes=DTYPES[options.dtype], tiling=options.tiling
    )
    plan = decide(name, parts_of(folder), working, options, common)
    pipe = _pipeline(kind, checkpoint, plan, **common.components(plan.policy, folder))
    place_pipeline(pipe, plan, options)
    share(pipe, folder, plan, options)
    card = checkpoint.card(
        steps=STEPS,
        guidance=GUIDANCE,
        negative_prompt=NO_WORDS,
        strength_with_a_mask=STRENGTH,
        pictures=kind.most_images,
        drawn_px=kind.drawn_px,
        dtype=plan.dtype,
        policy=plan.policy,
        **options.recorded(),
    )
    return QwenImageEdit(pipe, card, kind=kind, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes)


def _check_time(name: str, checkpoint: Checkpoint, kind: Kind) -> None:
    """The newer two have one layout, and either would draw under the other's name."""
    if bool(config_of(checkpoint.folder / "transformer").get("zero_cond_t")) != kind.still_time:
        wanted, held = ("true", "false") if kind.still_time else ("false", "true")
        raise BadInput(
            f"{name} has a transformer with zero_cond_t {wanted} and the one in {checkpoint.folder} has {held}; give "
            f"the folder of {checkpoint.spec.repo}"
        )


def _pipeline(kind: Kind, checkpoint: Checkpoint, plan: Any, **shared: Any) -> Any:
    """Of diffusers, from its folder, with components that are in memory already."""
    import diffusers
    import torch

    folder = checkpoint.folder
    pipe = getattr(diffusers, kind.pipeline).from_pretrained(
        folder,
        use_safetensors=True,
        dtype=getattr(torch, plan.dtype),
        processor=qwen_processor("Qwen2VLProcessor").from_pretrained(folder / "processor"),
        **shared,
        **pipeline_quantization(plan, folder),
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe
