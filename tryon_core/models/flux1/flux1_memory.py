"""How much memory a FLUX.1 model will take, from its files' headers and configurations, before it is loaded."""

from dataclasses import replace
from pathlib import Path

from ..device.memory import DRAWN_PX, PIXELS_A_TOKEN, Part, config_of, parts_of, tile_px
from .flux1_redux import tokens_of


def flux1_parts(folder: Path, redux: Path | None) -> tuple[Part, ...]:
    """The pipeline's components, and those of Redux, which stay in the format they are loaded in."""
    beside = parts_of(redux) if redux else ()
    return (*parts_of(folder), *(replace(part, shrinkable=0) for part in beside))


def flux1_bytes(
    folder: Path, redux: Path | None, *, text_tokens: int, at_once: int, dtype_bytes: int, tiling: bool
) -> int:
    """Estimate of what drawing one megapixel takes beside the weights.

    transformer  15 tensors of its width for each token of words, of a garment's picture and of what is drawn; a map or
                 a mask adds channels and no tokens: 3 of attention and 4 of the MLP, which a single block computes
                 together, 5 of both joined for its output, 3 of residual and norm
    VAE          3 tensors of its second-finest width at full resolution, in one tile where it is tiled

    They work one after the other, so the larger of them counts.
    """
    transformer, vae = (config_of(folder / part) for part in ("transformer", "vae"))
    width = transformer["num_attention_heads"] * transformer["attention_head_dim"]
    words = text_tokens + (tokens_of(config_of(redux / "image_encoder")) if redux else 0)
    denoising = 15 * width * (words + DRAWN_PX // PIXELS_A_TOKEN)
    decoding = 3 * vae["block_out_channels"][1] * (tile_px(vae) ** 2 if tiling else DRAWN_PX)
    return at_once * dtype_bytes * max(denoising, decoding)
