"""Putting a model where residency decided: number formats, offloading, tiles, compiled blocks, attention."""

from pathlib import Path
from typing import Any

from ..errors import BadInput
from .memory import NOT_SHRUNK, tile_px
from .residency import LIBRARIES, Plan


def pipeline_quantization(plan: Plan) -> dict[str, Any]:
    """What a diffusers pipeline's from_pretrained is told beside the dtype."""
    if plan.policy not in LIBRARIES:
        return {}
    import diffusers
    import transformers

    mapping = {"transformer": _quantization(diffusers, plan), "text_encoder": _quantization(transformers, plan)}
    return {"quantization_config": diffusers.PipelineQuantizationConfig(quant_mapping=mapping)}


def placed_model(kind: Any, folder: Path, plan: Plan, *, attention: str = "") -> Any:
    """A transformers model of class `kind` from a folder, where the plan says.

    attention  of transformers: 'sdpa', 'eager', 'flash_attention_2'; empty: what the library takes by itself
    raises     BadInput for an attention that is not there
    """
    import torch
    import transformers

    if "/" in attention:
        raise BadInput(f"attention {attention!r} would download code; give the name of an installed one, as 'sdpa'")
    told = {"attn_implementation": attention} if attention else {}
    if plan.policy in LIBRARIES:
        told["quantization_config"] = _quantization(transformers, plan)
    try:
        model = kind.from_pretrained(folder, dtype=getattr(torch, plan.dtype), use_safetensors=True, **told)
    except (ValueError, ImportError) as e:
        if not attention:
            raise
        raise BadInput(f"attention {attention!r} cannot be used here: {str(e).splitlines()[0]}") from e
    if plan.policy == "fp8":
        cast_to_fp8(model, plan)
    return model.to(plan.device).eval()


def _quantization(library: Any, plan: Plan) -> Any:
    """The configuration of one model, by the class of the library that loads it (diffusers and transformers differ)."""
    import torch

    if plan.policy == "int8":
        from torchao.quantization import Int8WeightOnlyConfig

        return library.TorchAoConfig(Int8WeightOnlyConfig())
    return library.BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=getattr(torch, plan.dtype)
    )


def place_pipeline(pipe: Any, plan: Plan, *, tiling: bool = False, compile: bool = False, attention: str = "") -> None:
    """Put a loaded pipeline where the plan says.

    tiling     the VAE works in tiles: less memory, faint seams
    compile    torch.compile of the transformer's repeated blocks, at its first call
    attention  a backend of diffusers: 'native', 'flash', 'sage'
    raises     BadInput for a backend that is not there
    """
    import torch

    if attention:
        _attend(pipe.transformer, attention)
    if tiling:
        _tile(pipe.vae)
    if plan.policy == "fp8":
        for part in (pipe.transformer, pipe.text_encoder):
            cast_to_fp8(part, plan)
    if plan.policy == "offload":
        pipe.enable_model_cpu_offload(device=plan.device)
    elif plan.policy == "group":
        pipe.enable_group_offload(
            onload_device=torch.device(plan.device),
            offload_type="leaf_level",
            use_stream=plan.device.startswith("cuda"),
        )
    else:
        pipe.to(plan.device)
    if compile:
        pipe.transformer.compile_repeated_blocks()


def cast_to_fp8(model: Any, plan: Plan) -> None:
    """Store linear layers in 8-bit floats and compute in the plan's dtype; norms and embeddings stay as they are."""
    import torch
    from diffusers.hooks import apply_layerwise_casting

    apply_layerwise_casting(
        model,
        storage_dtype=torch.float8_e4m3fn,
        compute_dtype=getattr(torch, plan.dtype),
        skip_modules_pattern=NOT_SHRUNK,
    )


def _tile(vae: Any) -> None:
    side = tile_px(vae.config)
    vae.enable_tiling()
    vae.tile_sample_min_size = side
    vae.tile_latent_min_size = side // 2 ** (len(vae.config.block_out_channels) - 1)


def _attend(transformer: Any, backend: str) -> None:
    if backend.endswith("_hub"):
        raise BadInput(f"attention {backend!r} would download code; install the library and give its name without _hub")
    try:
        transformer.set_attention_backend(backend)
    except (ValueError, RuntimeError, ImportError) as e:
        raise BadInput(f"attention {backend!r} cannot be used here: {str(e).splitlines()[0]}") from e
