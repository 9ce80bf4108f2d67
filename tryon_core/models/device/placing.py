"""Putting a model where residency decided: number formats, offloading, tiles, compiled blocks, attention."""

from pathlib import Path
from typing import Any

from .attention import use_attention
from .memory import NOT_SHRUNK, not_shrunk, tile_px
from .options import PipelineOptions
from .residency import LIBRARIES, Plan


def pipeline_quantization(plan: Plan, folder: Path) -> dict[str, Any]:
    """Arguments of a diffusers pipeline's from_pretrained for this folder, beside its dtype."""
    if plan.policy not in LIBRARIES:
        return {}
    import diffusers
    import transformers

    libraries = dict.fromkeys(("transformer", "unet"), diffusers)
    libraries |= dict.fromkeys(("text_encoder", "text_encoder_2"), transformers)
    there = {part: library for part, library in libraries.items() if (folder / part).is_dir()}
    mapping = {part: _quantization(library, plan, folder / part) for part, library in there.items()}
    return {"quantization_config": diffusers.PipelineQuantizationConfig(quant_mapping=mapping)}


def part_quantization(plan: Plan, folder: Path) -> dict[str, Any]:
    """Arguments of from_pretrained for one diffusers model that is loaded by itself, beside its dtype."""
    import diffusers

    return {"quantization_config": _quantization(diffusers, plan, folder)} if plan.policy in LIBRARIES else {}


def placed_model(kind: Any, folder: Path, plan: Plan, *, attention: str = "", **more: Any) -> Any:
    """A transformers model of class `kind` from a folder, where the plan says.

    attention  of transformers, that attention.check_model_attention lets pass: 'sdpa', 'eager', 'flash_attention_2';
               empty: what the library takes by itself
    more       arguments of the class
    """
    import torch
    import transformers

    arguments = {**more, **({"attn_implementation": attention} if attention else {})}
    if plan.policy in LIBRARIES:
        arguments["quantization_config"] = _quantization(transformers, plan, folder)
    if plan.policy != "fp8":  # which is cast in the host's memory: it is chosen where the device could not hold it all
        arguments["device_map"] = {"": plan.device}
    model = kind.from_pretrained(folder, dtype=getattr(torch, plan.dtype), use_safetensors=True, **arguments).eval()
    if plan.policy == "fp8":
        cast_to_fp8(model, plan)
        model.to(plan.device)
    model.plan = plan  # for as long as the model lives
    return model


def _quantization(library: Any, plan: Plan, folder: Path) -> Any:
    """The configuration of one model, by the class of the library that loads it (diffusers and transformers differ)."""
    import torch

    if plan.policy == "int8":
        from torchao.quantization import Int8WeightOnlyConfig

        return library.TorchAoConfig(Int8WeightOnlyConfig(), modules_to_not_convert=not_shrunk(folder))
    return library.BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_compute_dtype=getattr(torch, plan.dtype),
        llm_int8_skip_modules=not_shrunk(folder),  # of 4 bits too
    )


def place_pipeline(pipe: Any, plan: Plan, options: PipelineOptions) -> None:
    """Put a loaded pipeline where the plan says, tiled and compiled as the options say.

    options  whose attention is a backend of diffusers that attention.check_pipeline_attention lets pass: 'native',
             'flash', 'sage'
    """
    pipe.plan = plan  # for as long as the pipeline lives
    denoiser = pipe.transformer if hasattr(pipe, "transformer") else pipe.unet
    if options.attention:
        use_attention(denoiser, options.attention)
    if options.tiling:
        tile(pipe.vae, tile_px(pipe.vae.config))
    if plan.policy == "fp8":
        others = (getattr(pipe, name, None) for name in ("text_encoder_2", "controlnet"))
        for part in (denoiser, pipe.text_encoder, *others):
            if part is not None:
                cast_to_fp8(part, plan)
    place_part(pipe, plan)
    if options.compile:
        denoiser.compile_repeated_blocks()


def place_part(pipe: Any, plan: Plan) -> None:
    """Put a pipeline that works beside a model's own where the plan says, its number format as it was loaded."""
    import torch

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


def tile(vae: Any, side_px: int) -> None:
    """Let a VAE work in tiles of this side, a multiple of its scale (8 for Klein's), which overlap by a quarter."""
    if hasattr(vae, "tile_sample_stride_height"):  # Qwen-Image's, of videos
        stride_px = side_px * 3 // 4
        vae.enable_tiling(side_px, side_px, stride_px, stride_px)
        return
    vae.enable_tiling()
    vae.tile_sample_min_size = side_px
    vae.tile_latent_min_size = side_px // 2 ** (len(vae.config.block_out_channels) - 1)
