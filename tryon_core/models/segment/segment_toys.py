"""Toy segmenters: the true classes with random weights, at a tenth of the side."""

from pathlib import Path
from typing import Any

SIDE = 128  # of the pictures that the toys of SAM see
_SHARPER = 4.0  # factor on weights: with their usual start a mask hardly depends on the point


def build_sam2(folder: Path) -> None:
    """Sam2Model; a block of global attention must not be the first of a stage that pools."""
    from transformers import (
        Sam2Config,
        Sam2HieraDetConfig,
        Sam2MaskDecoderConfig,
        Sam2Model,
        Sam2PromptEncoderConfig,
        Sam2VisionConfig,
    )

    backbone = Sam2HieraDetConfig(
        hidden_size=8,
        num_attention_heads=1,
        image_size=[SIDE, SIDE],
        window_positional_embedding_background_size=[4, 4],
        blocks_per_stage=[1, 1, 2, 1],
        embed_dim_per_stage=[8, 16, 32, 64],
        num_attention_heads_per_stage=[1, 1, 2, 2],
        window_size_per_stage=[4, 4, 4, 4],
        global_attention_blocks=[3],
    )
    vision = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[64, 32, 16, 8],
        backbone_feature_sizes=[[SIDE // 4] * 2, [SIDE // 8] * 2, [SIDE // 16] * 2],
        fpn_hidden_size=32,
    )
    model = Sam2Model(
        Sam2Config(
            vision_config=vision,
            prompt_encoder_config=Sam2PromptEncoderConfig(hidden_size=32, image_size=SIDE, patch_size=16),
            mask_decoder_config=Sam2MaskDecoderConfig(
                hidden_size=32, mlp_dim=32, num_attention_heads=2, iou_head_hidden_dim=32
            ),
        )
    )
    _sharpened(model.mask_decoder)
    model.eval().save_pretrained(folder, safe_serialization=True)


def build_segformer(folder: Path) -> None:
    """SegformerForSemanticSegmentation, with the classes of the published clothes parsers in their order."""
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    config = SegformerConfig(
        depths=[1, 1, 1, 1],
        hidden_sizes=[8, 8, 16, 16],
        num_attention_heads=[1, 1, 2, 2],
        decoder_hidden_size=16,
        id2label=dict(enumerate(_CLASSES)),
        label2id={label: number for number, label in enumerate(_CLASSES)},
    )
    model = SegformerForSemanticSegmentation(config)
    _sharpened(model)
    model.eval().save_pretrained(folder, safe_serialization=True)


_CLASSES = (
    "Background",
    "Hat",
    "Hair",
    "Sunglasses",
    "Upper-clothes",
    "Skirt",
    "Pants",
    "Dress",
    "Belt",
    "Left-shoe",
    "Right-shoe",
    "Face",
    "Left-leg",
    "Right-leg",
    "Left-arm",
    "Right-arm",
    "Bag",
    "Scarf",
)


def build_sam3(folder: Path) -> None:
    """Sam3Model and its tokenizer of single letters; the class comes from its module, as sam3.build says."""
    from transformers import Sam3Config
    from transformers.models.sam3.modeling_sam3 import Sam3Model

    tokenizer = _letters()
    layers = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 32}
    config = Sam3Config(
        vision_config={
            "backbone_config": {
                "model_type": "sam3_vit_model",
                **layers,
                "num_hidden_layers": 2,
                "image_size": 112,
                "patch_size": 14,
                "window_size": 4,
                "global_attn_indexes": [1],
                "pretrain_image_size": 56,
            },
            "fpn_hidden_size": 32,
            "backbone_feature_sizes": [[32, 32], [16, 16], [8, 8]],
        },
        text_config={
            "model_type": "clip_text_model",
            **layers,
            "vocab_size": len(tokenizer),
            "projection_dim": 16,
            "num_hidden_layers": 1,
            "max_position_embeddings": 32,
            "bos_token_id": tokenizer.bos_token_id,
            "eos_token_id": tokenizer.eos_token_id,
            "pad_token_id": tokenizer.pad_token_id,
        },
        geometry_encoder_config={**layers, "num_layers": 1},
        detr_encoder_config={**layers, "num_layers": 1},
        detr_decoder_config={**layers, "num_layers": 1, "num_queries": 5},
        mask_decoder_config={"hidden_size": 32, "num_attention_heads": 2},
    )
    model = Sam3Model(config)
    _sharpened(model)
    model.eval().save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)


def _letters() -> Any:
    """CLIP's tokenizer over single characters."""
    from transformers import CLIPTokenizer

    characters = [chr(code) for code in range(33, 127)]
    words = [*characters, *(f"{character}</w>" for character in characters), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={word: number for number, word in enumerate(words)}, merges=[], model_max_length=32)


def _sharpened(part: Any) -> None:
    import torch

    with torch.no_grad():
        for weight in part.parameters():
            if weight.ndim > 1:
                weight.mul_(_SHARPER)
