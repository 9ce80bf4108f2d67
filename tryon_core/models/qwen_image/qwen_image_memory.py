"""How much memory a Qwen-Image-Edit model will take beside its weights, from its configurations."""

from pathlib import Path

from ..device.memory import PIXELS_A_TOKEN, TILE_PX, config_of
from .qwen_image_kinds import TEXT_TOKENS, Kind

READ_PX = 28 * 28  # a token of the text encoder shows so many pixels


def qwen_image_bytes(folder: Path, kind: Kind, *, at_once: int, dtype_bytes: int, tiling: bool) -> int:
    transformer, vae = (config_of(folder / part) for part in ("transformer", "vae"))
    width = transformer["num_attention_heads"] * transformer["attention_head_dim"]
    read = TEXT_TOKENS + kind.most_images * (kind.read_px or kind.drawn_px) // READ_PX
    tokens = read + (1 + kind.most_images) * kind.drawn_px // PIXELS_A_TOKEN
    denoising = 15 * width * tokens
    decoding = 12 * vae["base_dim"] * (TILE_PX**2 if tiling else kind.drawn_px)
    return at_once * dtype_bytes * max(denoising, decoding)
