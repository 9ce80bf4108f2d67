"""How much memory a checkpoint will take, read from its files' headers and configurations before anything is loaded.

Weights are counted exactly. What a call works with is an estimate; each formula stands in the docstring that uses it.
"""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import MissingWeights

DRAWN_PX = 1024 * 1024  # the most Klein draws, and the most it takes of a reference
PIXELS_A_TOKEN = 16 * 16  # 8 of the VAE, 2 of packing, in each direction
TILE_PX = 512
REFERENCES = 2
REFERENCE_TOKENS = REFERENCES * DRAWN_PX // PIXELS_A_TOKEN
WORD_TOKENS = 512
# what stays in the format it is loaded in; of T5 also its embeddings, and what its code gives that layer's inputs the
# format of
NOT_SHRUNK = (
    "norm",
    "embed",
    "lm_head",
    "proj_out",
    "visual",
    "shared",
    "relative_attention_bias",
    "DenseReluDense.wo",
)
_MOST_HEADER_BYTES = 100_000_000  # the format's own limit


@dataclass(frozen=True)
class Part:
    """One component's numbers (weights), counted: all, those a smaller format may hold, and of the largest tensor."""

    name: str
    count: int
    shrinkable: int
    largest: int

    def bytes(self, dtype_bytes: int, shrunk_bytes: float | None = None) -> int:
        """In memory; `shrunk_bytes` a number for what may be held smaller."""
        shrunk = dtype_bytes if shrunk_bytes is None else shrunk_bytes
        return round((self.count - self.shrinkable) * dtype_bytes + self.shrinkable * shrunk)


def parts_of(folder: Path, variant: str = "") -> tuple[Part, ...]:
    """The components of a pipeline's folder, or the one model of a plain one.

    variant  of the weight files, 'fp16' for model.fp16.safetensors, where the folder holds the same weights twice
    raises   MissingWeights for a weight file that is missing or cut off
    """
    if not (folder / "model_index.json").exists():
        return (_part("model", folder, variant),)
    return tuple(_part(one.name, one, variant) for one in sorted(folder.iterdir()) if any(one.glob("*.safetensors")))


def _part(name: str, folder: Path, variant: str) -> Part:
    tensors = _tensors(folder, variant)
    counts = {tensor: math.prod(shape) for tensor, shape in tensors.items()}
    shrinkable = [counts[tensor] for tensor, shape in tensors.items() if name != "vae" and _shrinkable(tensor, shape)]
    return Part(name, sum(counts.values()), sum(shrinkable), max(counts.values(), default=0))


def not_shrunk(folder: Path) -> list[str]:
    """Modules of a component's folder that stay in the format they are loaded in, by their full names; and lm_head,
    whose weights are not in the folder where they are the embedding's."""
    shapes = _tensors(folder)
    modules = {tensor.rpartition(".")[0] for tensor in shapes}
    shrunk = {tensor.rpartition(".")[0] for tensor, shape in shapes.items() if _shrinkable(tensor, shape)}
    return sorted((modules - shrunk) | {"lm_head"})


def _shrinkable(tensor: str, shape: Sequence[int]) -> bool:
    return len(shape) == 2 and not any(word in tensor for word in NOT_SHRUNK)


def _tensors(folder: Path, variant: str = "") -> dict[str, list[int]]:
    return {tensor: shape for path in _weight_files(folder, variant) for tensor, shape in _shapes(path).items()}


def _weight_files(folder: Path, variant: str = "") -> list[Path]:
    """Those of the variant or of the index where there is one, since a folder may hold the same weights in another
    format too."""
    if variant:
        return sorted(folder.glob(f"*.{variant}.safetensors"))
    index = next(iter(sorted(folder.glob("*.safetensors.index.json"))), None)
    if index is None:
        return sorted(folder.glob("*.safetensors"))
    return [folder / name for name in sorted(set(_json(index).get("weight_map", {}).values()))]


def _shapes(path: Path) -> dict[str, list[int]]:
    """Shape of each tensor, from the header: 8 bytes of length, then JSON.

    raises   MissingWeights where the file is not there or ends before its last tensor
    """
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, _MOST_HEADER_BYTES)))
        header.pop("__metadata__", None)
        ends = 8 + length + max((one["data_offsets"][1] for one in header.values()), default=0)
        whole = path.stat().st_size >= ends
    except (OSError, struct.error, ValueError):
        whole = False
    if not whole:
        raise MissingWeights(f"{path} is missing or cut off; copy or download it again")
    return {name: one["shape"] for name, one in header.items()}


def drawing_bytes(folder: Path, *, at_once: int, dtype_bytes: int, keeps_keys: bool, tiling: bool) -> int:
    """Estimate of what drawing one megapixel from two references of one megapixel takes beside the weights.

    transformer  16 tensors of the model's width for each token of words, references and picture: 9 of a single block's
                 joint projection (3 of attention, 2 x 3 of the MLP), 4 of its output's input, 3 of residual and norm
    keys         of the references, where they are kept (reference_keys)
    VAE          3 tensors of its second-finest width at full resolution, in one tile where it is tiled

    The transformer and the VAE work one after the other, so the larger of them counts.
    """
    transformer, vae = (config_of(folder / part) for part in ("transformer", "vae"))
    width = transformer["num_attention_heads"] * transformer["attention_head_dim"]
    tokens = WORD_TOKENS + REFERENCE_TOKENS + DRAWN_PX // PIXELS_A_TOKEN
    denoising = 16 * width * tokens
    keys = reference_keys(transformer)
    pixels = tile_px(vae) ** 2 if tiling else DRAWN_PX
    decoding = 3 * vae["block_out_channels"][1] * pixels
    return at_once * dtype_bytes * max(denoising + (keys if keeps_keys else 0), decoding)


def reference_keys(transformer: Mapping[str, Any]) -> int:
    """Numbers in the keys and values of a sample's references: 2 x layers x width for each reference token (512 KiB for
    the 9B in bfloat16)."""
    width = transformer["num_attention_heads"] * transformer["attention_head_dim"]
    return 2 * (transformer["num_layers"] + transformer["num_single_layers"]) * width * REFERENCE_TOKENS


def token_keys(text: Mapping[str, Any]) -> int:
    """Numbers in a judge's keys and values of one token: 2 x layers x key heads x head size (256 KiB for the 32B in
    bfloat16)."""
    return 2 * text["num_hidden_layers"] * text["num_key_value_heads"] * text["head_dim"]


def tile_px(vae: Mapping[str, Any]) -> int:
    """Side of a tile: the VAE's own, or 512 where it has none or one as large as the largest picture."""
    return min(TILE_PX, vae.get("sample_size", TILE_PX))


def judging_bytes(folder: Path, *, tokens: tuple[int, int], at_once: int, dtype_bytes: int) -> int:
    """Estimate of what judging takes beside the weights.

    tokens  of a question's given part, which is read one question at a time, and of the rest with its reply, which is
            read for `at_once` questions together (qwen_question.judged_tokens)

    keys        of each token (token_keys)
    words       4 tensors of the model's width and 2 of its MLP's for each token that is being read, and those of its
                width that the vision tower hands to deeper layers
    vision      the same of the vision tower's widths for each patch, of which a token has merge x merge

    All tokens count as pictures. Vision and words work one after the other, so the larger of them counts.
    """
    (given, rest), config = tokens, config_of(folder)
    text, tower = config["text_config"], config["vision_config"]
    keys = token_keys(text)
    handed = len(tower["deepstack_visual_indexes"]) * text["hidden_size"]
    words = 4 * text["hidden_size"] + 2 * text["intermediate_size"] + handed
    vision = (4 * tower["hidden_size"] + 2 * tower["intermediate_size"]) * tower["spatial_merge_size"] ** 2 + handed
    reading = max(given, at_once * rest) * max(words, vision)
    return dtype_bytes * (at_once * (given + rest) * keys + reading)


def config_of(folder: Path) -> dict[str, Any]:
    """A component's configuration. raises MissingWeights"""
    path = folder / "config.json"
    if not path.exists():
        raise MissingWeights(f"there is no {path}; give a folder that holds the whole model in the hub's layout")
    return _json(path)


def _json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (ValueError, TypeError) as e:
        raise MissingWeights(f"{path} is damaged; copy or download it again") from e
