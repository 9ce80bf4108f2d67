"""ImageReward's published state dict as a folder of transformers' classes."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ....errors import BadInput
from ...device.quiet_loading import without_bars
from ..linear_head import LAYERS
from .net_folder import CONFIG, appearing, write_net

HEAD_PX = 64  # width of an attention head in both encoders
# BLIP's names of the vision model's tensors -> transformers' (models/blip/convert_blip_original_pytorch_to_hf.py)
_RENAMED = (
    (r"^cls_token$", "embeddings.class_embedding"),
    (r"^pos_embed$", "embeddings.position_embedding"),
    (r"^patch_embed\.proj", "embeddings.patch_embedding"),
    (r"^norm\.", "post_layernorm."),
    (r"^blocks\.(\d+)\.norm(\d)", r"encoder.layers.\1.layer_norm\2"),
    (r"^blocks\.(\d+)\.attn\.proj", r"encoder.layers.\1.self_attn.projection"),
    (r"^blocks\.(\d+)\.attn\.qkv", r"encoder.layers.\1.self_attn.qkv"),
    (r"^blocks\.(\d+)\.mlp", r"encoder.layers.\1.mlp"),
)


def write_image_reward(folder: Path, state: Mapping[str, Any], vocabulary: Path, sources: Mapping[str, str]) -> None:
    """Both encoders, head and tokenizer.

    state        of ImageReward.pt: 'blip.visual_encoder...', 'blip.text_encoder...', 'mlp.layers...'
    vocabulary   vocab.txt of bert-base-uncased: a word a line
    raises       KeyError for a tensor that is not there; BadInput for one that does not fit
    """
    from transformers import BlipTextModel, BlipVisionModel

    vision = {_renamed(key): tensor for key, tensor in _below("blip.visual_encoder.", state).items()}
    text = {key: tensor for key, tensor in _below("blip.text_encoder.", state).items() if "position_ids" not in key}
    head = {f"{layer}.{part}": state[f"mlp.{layer}.{part}"] for layer in LAYERS for part in ("weight", "bias")}
    save_parts(
        folder,
        _filled(BlipVisionModel, vision_config(vision), vision),
        _filled(BlipTextModel, text_config(text), text, add_pooling_layer=False),
        words=vocabulary.read_text(encoding="utf-8").splitlines(),
        head=head,
        sources=sources,
    )


def save_parts(
    folder: Path,
    vision: Any,
    text: Any,
    *,
    words: Sequence[str],
    head: Mapping[str, Any],
    sources: Mapping[str, str],
) -> None:
    """The folder that image_reward.build reads. words: what the tokenizer knows, in the order of their numbers"""
    from transformers import BertTokenizer

    with without_bars(), appearing(folder) as made:
        vision.save_pretrained(made / "vision_model")
        text.save_pretrained(made / "text_model")
        BertTokenizer(vocab={word: number for number, word in enumerate(words)}).save_pretrained(made / "tokenizer")
        write_net(made / "head", {"sources": dict(sources)}, head)
        (made / CONFIG).write_text(json.dumps({"_class_name": "ImageReward"}))


def vision_config(tensors: Mapping[str, Any]) -> Any:
    """Of the sizes that the tensors have."""
    from transformers import BlipVisionConfig

    patches, width = tensors["embeddings.position_embedding"].shape[1:]
    patch_px = tensors["embeddings.patch_embedding.weight"].shape[-1]
    return BlipVisionConfig(
        hidden_size=width,
        intermediate_size=len(tensors["encoder.layers.0.mlp.fc1.bias"]),
        num_hidden_layers=sum(key.endswith("mlp.fc1.bias") for key in tensors),
        num_attention_heads=width // HEAD_PX,
        image_size=round((patches - 1) ** 0.5) * patch_px,
        patch_size=patch_px,
        layer_norm_eps=1e-6,  # of BLIP's own VisionTransformer; transformers' default is another
    )


def text_config(tensors: Mapping[str, Any]) -> Any:
    """Of the sizes that the tensors have."""
    from transformers import BlipTextConfig

    vocabulary, width = tensors["embeddings.word_embeddings.weight"].shape
    return BlipTextConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        encoder_hidden_size=tensors["encoder.layer.0.crossattention.self.key.weight"].shape[1],
        intermediate_size=len(tensors["encoder.layer.0.intermediate.dense.bias"]),
        num_hidden_layers=sum(key.endswith("intermediate.dense.bias") for key in tensors),
        num_attention_heads=width // HEAD_PX,
        max_position_embeddings=len(tensors["embeddings.position_embeddings.weight"]),
        bos_token_id=None,  # it writes no words, so none of these is ever asked for
        sep_token_id=None,
    )


def _below(prefix: str, state: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(prefix): tensor for key, tensor in state.items() if key.startswith(prefix)}


def _renamed(key: str) -> str:
    for pattern, name in _RENAMED:
        key = re.sub(pattern, name, key)
    return key


def _filled(kind: Any, config: Any, tensors: Mapping[str, Any], **more: Any) -> Any:
    """The caller's random numbers go on as if no network had been begun."""
    import torch

    with torch.random.fork_rng(devices=[]):
        model = kind(config, **more)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as e:
        why = " ".join(str(e).split())
        raise BadInput(f"the state dict does not fit {kind.__name__}: {why[:300]}; give ImageReward.pt") from e
    return model
