"""FLUX.1 control models by name: `build` puts the pipeline together, flux1_drawing draws with it."""

from pathlib import Path

from ..device.attention import check_pipeline_attention
from ..device.memory import DRAWN_PX, PIXELS_A_TOKEN, WORD_TOKENS, config_of, parts_of, tile_px
from ..device.options import DTYPES, PipelineOptions
from ..device.placing import pipeline_quantization, place_pipeline
from ..device.residency import Plan, decide, placed
from ..specs import TOY
from ..weights import find
from .flux1_code import as_code
from .flux1_drawing import Flux1Control
from .flux1_request import STEPS_AND_GUIDANCE, STRENGTH

__all__ = ["Flux1Control", "as_code", "build"]

DEFAULTS = PipelineOptions(keep_gib=1.0)  # words are 4 MiB a prompt, a picture's latents half a MiB


def build(name: str, *, options: PipelineOptions = DEFAULTS) -> Flux1Control:
    """A FLUX.1 control pipeline on a device.

    options  where its weights are and how they are held
    raises   MissingWeights; BadInput
    """
    import diffusers
    import torch

    options = placed(name, options)
    check_pipeline_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    plan = planned(name, checkpoint.folder, options)
    pipe = diffusers.FluxControlInpaintPipeline.from_pretrained(
        checkpoint.folder,
        use_safetensors=True,
        dtype=getattr(torch, plan.dtype),
        **pipeline_quantization(plan, checkpoint.folder),
    )
    place_pipeline(pipe, plan, options)
    pipe.set_progress_bar_config(disable=True)
    usual = STEPS_AND_GUIDANCE[name.removeprefix(TOY)]
    card = checkpoint.card(
        steps=usual[0],
        guidance=usual[1],
        strength_with_a_mask=STRENGTH,
        reads="words, map, mask and the first picture",
        dtype=plan.dtype,
        policy=plan.policy,
        **options.recorded(),
    )
    return Flux1Control(pipe, card, usual=usual, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes)


def planned(name: str, folder: Path, options: PipelineOptions) -> Plan:
    """Where its weights go, read off the headers of their files.

    raises   BadInput for what cannot fit; MissingWeights
    """
    working = flux1_bytes(folder, at_once=options.at_once, dtype_bytes=DTYPES[options.dtype], tiling=options.tiling)
    return decide(name, parts_of(folder), working, options)


def flux1_bytes(folder: Path, *, at_once: int, dtype_bytes: int, tiling: bool) -> int:
    """Estimate of what drawing one megapixel takes beside the weights.

    transformer  15 tensors of its width for each token of words and picture, whose map adds channels and no tokens:
                 3 of attention and 4 of the MLP, which a single block computes together, 5 of both joined for its
                 output, 3 of residual and norm
    VAE          3 tensors of its second-finest width at full resolution, in one tile where it is tiled

    They work one after the other, so the larger of them counts.
    """
    transformer, vae = (config_of(folder / part) for part in ("transformer", "vae"))
    width = transformer["num_attention_heads"] * transformer["attention_head_dim"]
    denoising = 15 * width * (WORD_TOKENS + DRAWN_PX // PIXELS_A_TOKEN)
    decoding = 3 * vae["block_out_channels"][1] * (tile_px(vae) ** 2 if tiling else DRAWN_PX)
    return at_once * dtype_bytes * max(denoising, decoding)
