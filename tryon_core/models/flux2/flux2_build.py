"""FLUX.2 Klein by name: `build` puts the pipeline together, flux2_klein draws with it, flux2_code writes it as code."""

from ..device.attention import check_pipeline_attention
from ..device.cache import say_what_fits
from ..device.memory import drawing_bytes, parts_of
from ..device.options import DTYPES, PipelineOptions
from ..device.placing import pipeline_quantization, place_pipeline
from ..device.residency import decide, placed
from ..hub.weights import find
from .denoising import GUIDANCE, STEPS
from .flux2_code import as_code
from .flux2_masked import STRENGTH
from .flux2_words import TEXT_TOKENS
from .klein import Flux2Klein
from .lora import attach, find_lora

__all__ = ["GUIDANCE", "STEPS", "TEXT_TOKENS", "Flux2Klein", "as_code", "build"]

DEFAULTS = PipelineOptions()


def build(name: str, *, options: PipelineOptions = DEFAULTS, lora: str = "", lora_scale: float = 1.0) -> Flux2Klein:
    """A Klein pipeline on a device.

    options           where its weights are and how they are held
    lora, lora_scale  as lora.find_lora takes them
    raises            MissingWeights; BadInput
    """
    import diffusers
    import torch

    options = placed(name, options)
    check_pipeline_attention(name, options.attention, options.device, options.dtype)
    adapter = find_lora(name, lora, lora_scale)
    checkpoint = find(name, options.weights, options.revision)
    folder, keeps_keys = checkpoint.folder, name.endswith("-kv")
    working = drawing_bytes(
        folder,
        at_once=options.at_once,
        dtype_bytes=DTYPES[options.dtype],
        keeps_keys=keeps_keys,
        tiling=options.tiling,
    )
    plan = decide(name, parts_of(folder), working + (adapter.bytes if adapter else 0), options)
    kind = diffusers.Flux2KleinKVPipeline if keeps_keys else diffusers.Flux2KleinPipeline
    pipe = kind.from_pretrained(
        folder, use_safetensors=True, dtype=getattr(torch, plan.dtype), **pipeline_quantization(plan, folder)
    )
    if adapter:
        attach(pipe, name, adapter)
    place_pipeline(pipe, plan, options)
    pipe.set_progress_bar_config(disable=True)
    card = checkpoint.card(
        steps=STEPS,
        guidance=GUIDANCE,
        dtype=plan.dtype,
        policy=plan.policy,
        **({} if keeps_keys else {"strength_with_a_mask": STRENGTH}),
        **options.recorded(),
        **({"lora": adapter.digest, "lora_scale": adapter.scale} if adapter else {}),
    )
    klein = Flux2Klein(pipe, card, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes)
    say_what_fits(name, *klein.of_references, options.at_once)
    return klein
