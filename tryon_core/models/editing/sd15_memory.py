"""How much memory Stable Diffusion 1.5 will take, from its files' headers and configurations, before it is loaded."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..device.memory import Part, config_of, parts_of, tile_px
from ..diffusion.latent_frame import LATENT_PX

LOADED = ("text_encoder", "unet", "vae")  # not the safety checker, which may lie beside them
HALF = "fp16"  # the variant of the weight files that is taken where the folder has it


def sd15_parts(folder: Path, controls: Sequence[Path]) -> tuple[Part, ...]:
    """The base's components; a ControlNet counts to the UNet, beside which it works at every step."""
    parts = {part.name: part for part in parts_of(folder, variant_of(folder)) if part.name in LOADED}
    nets = [part for control in controls for part in parts_of(control, variant_of(control))]
    working = (parts["unet"], *nets)
    parts["unet"] = replace(
        parts["unet"],
        count=sum(part.count for part in working),
        shrinkable=sum(part.shrinkable for part in working),
        largest=max(part.largest for part in working),
    )
    return tuple(parts.values())


def variant_of(folder: Path) -> str:
    """'fp16' where a folder, or each component that is loaded of it, has its weights in that variant too; else ''."""
    components = [folder / part for part in LOADED if (folder / part).is_dir()] or [folder]
    return HALF if all(any(one.glob(f"*.{HALF}.safetensors")) for one in components) else ""


def sd15_drawing_bytes(
    folder: Path, *, controlnets: int, at_once: int, dtype_bytes: int, max_side: int, tiling: bool
) -> int:
    """Estimate of what drawing a square of max_side takes beside the weights.

    UNet  for each latent, with words and with negative words: 16 tensors of the first level's width (attention 4, a
          gated MLP 4 + 8), and what the encoder hands to the decoder, once for itself and once for each ControlNet:
          layers + 1 of each level's width, a quarter as many latents a level
    VAE   3 tensors of its second-finest width at full resolution, in one tile where it is tiled

    They work one after the other, so the larger of them counts.
    """
    unet, vae = config_of(folder / "unet"), config_of(folder / "vae")
    widths = unet["block_out_channels"]
    handed = sum((unet["layers_per_block"] + 1) * width / 4**level for level, width in enumerate(widths))
    denoising = 2 * (max_side // LATENT_PX) ** 2 * (16 * widths[0] + (1 + controlnets) * handed)
    decoding = 3 * vae["block_out_channels"][1] * (tile_px(vae) if tiling else max_side) ** 2
    return round(at_once * dtype_bytes * max(denoising, decoding))
