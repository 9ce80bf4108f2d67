"""FLUX.2 Klein by name: `build` puts the pipeline together, flux2_klein draws with it, flux2_code writes it as code."""

from ..device.attention import check_pipeline_attention
from ..device.memory import drawing_bytes, parts_of
from ..device.placing import pipeline_quantization, place_pipeline
from ..device.residency import DTYPES, check_told, decide, placed
from ..weights import find
from .denoising import GUIDANCE, STEPS
from .flux2_code import as_code
from .flux2_masked import STRENGTH
from .flux2_words import TEXT_TOKENS
from .klein import Flux2Klein
from .lora import attach, find_lora

__all__ = ["GUIDANCE", "STEPS", "TEXT_TOKENS", "Flux2Klein", "as_code", "build"]


def build(
    name: str,
    *,
    weights: str = "",
    revision: str = "",
    device: str = "",
    dtype: str = "",
    memory_gb: float = 0,
    policy: str = "",
    at_once: int = 1,
    keep_gib: float = 8.0,
    spill_gib: float = 0.0,
    tiling: bool = False,
    compile: bool = False,
    attention: str = "",
    lora: str = "",
    lora_scale: float = 1.0,
) -> Flux2Klein:
    """A Klein pipeline on a device.

    weights, revision  as weights.find takes them
    device, dtype  as residency.placed takes them
    memory_gb, policy  as residency.decide takes them: a bound, and how to keep it
    at_once   samples of a batch that room is left for
    keep_gib  what may be kept between calls of words and references, in GiB; less where there is less room
    spill_gib how much of what that has no room for may be kept in the host's memory, in GiB
    tiling, compile, attention  as placing.place_pipeline takes them
    lora, lora_scale  as flux2_lora.find_lora takes them
    raises    MissingWeights; BadInput
    """
    import diffusers
    import torch

    device, dtype = placed(name, device, dtype)
    room = {"memory_gb": memory_gb, "keep_gib": keep_gib, "spill_gib": spill_gib}
    check_told(name, device, policy=policy, at_once=at_once, **room)
    check_pipeline_attention(name, attention, device, dtype)
    adapter = find_lora(name, lora, lora_scale)
    checkpoint = find(name, weights, revision)
    keeps_keys = name.endswith("-kv")
    working = drawing_bytes(
        checkpoint.folder, at_once=at_once, dtype_bytes=DTYPES[dtype], keeps_keys=keeps_keys, tiling=tiling
    )
    plan = decide(
        name,
        parts_of(checkpoint.folder),
        working + (adapter.bytes if adapter else 0),
        device=device,
        dtype=dtype,
        policy=policy,
        memory_gb=memory_gb,
        at_once=at_once,
        keep_bytes=int(keep_gib * 2**30),
    )
    kind = diffusers.Flux2KleinKVPipeline if keeps_keys else diffusers.Flux2KleinPipeline
    told = {"dtype": getattr(torch, dtype), **pipeline_quantization(plan, checkpoint.folder)}
    pipe = kind.from_pretrained(checkpoint.folder, use_safetensors=True, **told)
    if adapter:
        attach(pipe, name, adapter)
    place_pipeline(pipe, plan, tiling=tiling, compile=compile, attention=attention)
    pipe.set_progress_bar_config(disable=True)
    chosen = {"tiling": tiling, "compile": compile, "attention": attention}
    card = checkpoint.card(
        steps=STEPS,
        guidance=GUIDANCE,
        dtype=dtype,
        policy=plan.policy,
        **({} if keeps_keys else {"strength_with_a_mask": STRENGTH}),
        **{key: told for key, told in chosen.items() if told},
        **({"lora": adapter.digest, "lora_scale": adapter.scale} if adapter else {}),
    )
    return Flux2Klein(pipe, card, keep_bytes=plan.keep_bytes, spill_bytes=int(spill_gib * 2**30))
