"""Stable Diffusion 1.5 from its folder, as a pipeline of any of its kinds."""

from pathlib import Path
from typing import Any

from ..device.placing import pipeline_quantization
from ..device.residency import Plan
from .sd15_memory import variant_of


def sd15_pipeline(kind: str, folder: Path, plan: Plan, **parts: Any) -> Any:
    """Without its safety checker, with the reference's scheduler (UniPC, arXiv 2302.04867).

    kind   of diffusers, 'StableDiffusionImg2ImgPipeline'
    parts  components that the folder does not hold
    """
    import diffusers
    import torch

    pipe = getattr(diffusers, kind).from_pretrained(
        folder,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
        use_safetensors=True,
        dtype=getattr(torch, plan.dtype),
        variant=variant_of(folder) or None,
        **parts,
        **pipeline_quantization(plan, folder),
    )
    pipe.scheduler = diffusers.UniPCMultistepScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe
