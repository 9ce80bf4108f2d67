"""How much memory a Qwen-Image-Edit model will take beside its weights, from its configurations."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..device.memory import PIXELS_A_TOKEN, TILE_PX, config_of
from .qwen_image_kinds import TEXT_TOKENS, Kind

READ_PX = 28 * 28  # a token of the text encoder shows so many pixels


def qwen_image_bytes(folder: Path, kind: Kind, *, at_once: int, dtype_bytes: int, tiling: bool) -> int:
    """Estimate of what drawing takes beside the weights, with as many pictures as are looked at.

    transformer  16 tensors of its width for each token of words, of pictures and of what is drawn. At their largest 14
                 are alive in the classes of diffusers, 15.7 where pictures stand still; measured on a CPU in bfloat16
    VAE          18 tensors of its width at full resolution, in one tile where it is tiled: most are what its layers
                 keep for a next frame that never comes. 18.1 measured; 10.1 where it encodes
    words        what the text encoder is asked for and what it works out beside that: see below
    mask         nothing beside that: its picture's latents are kept as those of any picture, and as many numbers of the
                 mask are 1 MiB a sample at a megapixel

    VAE and text encoder take one sample at a time. They work one after the other, so the larger of them counts.
    """
    text, transformer, vae = (config_of(folder / part) for part in ("text_encoder", "transformer", "vae"))
    width = transformer["num_attention_heads"] * transformer["attention_head_dim"]
    words = TEXT_TOKENS + kind.most_images * (kind.read_px or kind.drawn_px) // READ_PX
    tokens = words + (1 + kind.most_images) * kind.drawn_px // PIXELS_A_TOKEN
    denoising = 16 * width * tokens
    decoding = 18 * vae["base_dim"] * (TILE_PX**2 if tiling else kind.drawn_px)
    reading = words * _read_numbers(text.get("text_config", text))
    return dtype_bytes * max(at_once * denoising, decoding, reading)


def _read_numbers(text: Mapping[str, Any]) -> int:
    """Of each token: its state after every layer, a score for every word of the vocabulary, 2 tensors of the MLP's."""
    states = (text["num_hidden_layers"] + 1) * text["hidden_size"]
    return states + text["vocab_size"] + 2 * text["intermediate_size"]
