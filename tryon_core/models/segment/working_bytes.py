"""About how much memory a segmenter's call takes beside its weights, from its configuration. Estimates."""

import json
from pathlib import Path
from typing import Any

from ...errors import MissingWeights

_STAGE = 24  # tensors of a stage's width for each of its tokens; 22 were measured of SAM 2.1 tiny's sizes on a CPU
_ANSWER = 5  # tensors of the finest features for each point; 4.5 were measured there


def hiera_bytes(folder: Path, *, points: int, dtype_bytes: int) -> int:
    """Of SAM 2: reading a picture and answering prompts work one after the other, so the larger of them counts.

    reading    24 tensors of the first stage's width for each of its tokens, of which it has (side / 4) ** 2
    answering  for each point 4 masks of (side / 4) ** 2, and 5 tensors of the features they are made of, which are 8
               times narrower than the neck's
    """
    config = _config(folder)
    vision = config.get("vision_config") or {}
    backbone = vision.get("backbone_config") or {}
    side = _square((config.get("prompt_encoder_config") or {}).get("image_size", 1024))
    width = (backbone.get("embed_dim_per_stage") or [96])[0]
    tokens = (side // 4) ** 2
    features = vision.get("fpn_hidden_size", 256) // 8
    return dtype_bytes * tokens * max(_STAGE * width, points * (4 + _ANSWER * features))


def sam3_bytes(folder: Path, *, dtype_bytes: int) -> int:
    """Of SAM 3: 24 tensors of the vision tower's width for each patch, or of every query a mask at the finest level,
    whichever is larger; and the features of that level three times over."""
    config = _config(folder)
    config = config.get("detector_config") or config
    vision = config.get("vision_config") or {}
    backbone = vision.get("backbone_config") or {}
    side = _square(backbone.get("image_size", 1008)) // _square(backbone.get("patch_size", 14))
    finest = (4 * side) ** 2
    queries = (config.get("detr_decoder_config") or {}).get("num_queries", 200)
    reading = _STAGE * backbone.get("hidden_size", 1024) * side**2
    return dtype_bytes * (max(reading, queries * finest) + 3 * vision.get("fpn_hidden_size", 256) * finest)


def segformer_bytes(folder: Path, *, side: int, at_once: int, dtype_bytes: int) -> int:
    """Of a SegFormer: 24 tensors of the first stage's width for each of its tokens, (side / 4) ** 2 a picture, and the
    decoder's five: four stages brought to that size, and their sum."""
    config = _config(folder)
    tokens = at_once * (side // 4) ** 2
    decoder = 5 * config.get("decoder_hidden_size", 256)
    return dtype_bytes * tokens * (_STAGE * config.get("hidden_sizes", [32])[0] + decoder)


def _square(size: Any) -> int:
    return int(size[0]) if isinstance(size, list | tuple) else int(size)


def _config(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "config.json").read_text()))
    except (OSError, ValueError, TypeError) as e:
        raise MissingWeights(f"{folder / 'config.json'} is missing or damaged; copy or download it again") from e
