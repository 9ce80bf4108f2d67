"""Stable Diffusion 1.5 with ControlNets by name: `build` puts the pipeline together, sd15 draws with it, `as_code`
writes it as code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...errors import BadInput
from ...text import got
from ..device.options import DTYPES, PipelineOptions
from ..device.placing import part_quantization, place_pipeline
from ..device.residency import Plan, decide, placed
from ..diffusion.latent_frame import LATENT_PX
from ..diffusion.loaded_again import as_code
from ..hub.weights import find
from .control_nets import Control, Given, check_widths, find_controls, mappers_of
from .sd15 import StableDiffusion15
from .sd15_frame import MAX_SIDE_PX
from .sd15_loading import sd15_pipeline
from .sd15_memory import sd15_drawing_bytes, sd15_parts, variant_of
from .sd15_request import CONTROL_SCALE, GUIDANCE, NEGATIVE, STEPS, STRENGTH

__all__ = ["StableDiffusion15", "as_code", "build"]

DEFAULTS = PipelineOptions(keep_gib=0.25)  # words and latents of pictures are small
MOST_SIDE_PX = 2048


def build(
    name: str,
    *,
    options: PipelineOptions = DEFAULTS,
    controlnets: Given = "pose",
    control_scale: float = CONTROL_SCALE,
    negative_prompt: str = NEGATIVE,
    max_side: int = MAX_SIDE_PX,
) -> StableDiffusion15:
    """A Stable Diffusion 1.5 pipeline on a device. Its safety checker is not loaded: nothing screens the pictures.

    options          where the base's weights are and how all are held
    controlnets      as control_nets.find_controls takes them; a request's control is the first one's map
    control_scale    how much of what a ControlNet says is added, 0 to 2
    negative_prompt  what not to draw, where a request has no words of its own for that
    max_side         the longest side drawn, in pixels: a multiple of 8
    raises           MissingWeights; BadInput
    """
    _check_options(name, options, control_scale, negative_prompt, max_side)
    options = placed(name, options)
    controls = find_controls(name, controlnets)
    checkpoint = find(name, options.weights, options.revision)
    folder = checkpoint.folder
    check_widths(name, folder, controls)
    plan = planned(name, folder, [control.checkpoint.folder for control in controls], options, max_side)
    pipe = _pipeline(folder, controls, plan)
    place_pipeline(pipe, plan, options)
    card = checkpoint.card(
        steps=STEPS,
        guidance=GUIDANCE,
        strength_with_a_mask=STRENGTH,
        controlnets={control.kind: control.checkpoint.revision for control in controls},
        control_scale=control_scale,
        negative_prompt=negative_prompt,
        max_side=max_side,
        safety_checker=False,
        dtype=plan.dtype,
        policy=plan.policy,
        **options.recorded(),
    )
    return StableDiffusion15(
        pipe,
        card,
        mappers=mappers_of(name, controls[1:]),
        max_side=max_side,
        control_scale=control_scale,
        negative_prompt=negative_prompt,
        keep_bytes=plan.keep_bytes,
        spill_bytes=options.spill_bytes,
    )


def planned(name: str, folder: Path, controls: Sequence[Path], options: PipelineOptions, max_side: int) -> Plan:
    """Where base and ControlNets go, read off the headers of their files.

    raises   BadInput for what cannot fit; MissingWeights
    """
    working = sd15_drawing_bytes(
        folder,
        controlnets=len(controls),
        at_once=options.at_once,
        dtype_bytes=DTYPES[options.dtype],
        max_side=max_side,
        tiling=options.tiling,
    )
    return decide(name, sd15_parts(folder, controls), working, options)


def _pipeline(folder: Path, controls: Sequence[Control], plan: Plan) -> Any:
    """Base and ControlNets in one pipeline."""
    import diffusers
    import torch

    dtype = getattr(torch, plan.dtype)
    nets = [
        diffusers.ControlNetModel.from_pretrained(
            control.checkpoint.folder,
            use_safetensors=True,
            dtype=dtype,
            variant=variant_of(control.checkpoint.folder) or None,
            **part_quantization(plan, control.checkpoint.folder),
        )
        for control in controls
    ]
    controlnet = nets if len(nets) > 1 else nets[0]
    return sd15_pipeline("StableDiffusionControlNetInpaintPipeline", folder, plan, controlnet=controlnet)


def _check_options(name: str, options: PipelineOptions, scale: Any, negative: Any, max_side: Any) -> None:
    if options.attention:
        raise BadInput(f"{name} computes attention as PyTorch itself does and takes no other; leave attention out")
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 <= scale <= 2:
        raise BadInput(f"control_scale of {name} is a number from 0 to 2, {got(scale)}")
    if not isinstance(negative, str):
        raise BadInput(f"negative_prompt of {name} is text, {got(negative)}")
    whole = isinstance(max_side, int) and not isinstance(max_side, bool)
    if not whole or max_side % LATENT_PX or not LATENT_PX <= max_side <= MOST_SIDE_PX:
        raise BadInput(f"max_side of {name} is a multiple of {LATENT_PX} up to {MOST_SIDE_PX}, {got(max_side)}")
