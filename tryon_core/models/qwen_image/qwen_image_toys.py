"""The toys of the Qwen-Image-Edit models: see models.toy.

Their weights are spread and their attention sharpened, because with their usual start they hardly look at words and
pictures, and all they draw is one grey.
"""

from pathlib import Path
from typing import Any

from ..diffusion.toy_words import WORDS, as_sure_as_the_true_one, qwen_tokenizer, spread, torch_seeded

SPREAD = 3.0
SHARPER = 8.0  # factor on the logits of attention


def build_edit(folder: Path) -> None:
    """QwenImageEditPipeline"""
    _pipeline("QwenImageEditPipeline").save_pretrained(folder, safe_serialization=True)


def build_2509(folder: Path) -> None:
    """QwenImageEditPlusPipeline"""
    _pipeline("QwenImageEditPlusPipeline").save_pretrained(folder, safe_serialization=True)


def build_2511(folder: Path) -> None:
    """QwenImageEditPlusPipeline, whose transformer takes the pictures beside the drawn one as free of noise."""
    _pipeline("QwenImageEditPlusPipeline", zero_cond_t=True).save_pretrained(folder, safe_serialization=True)


def _pipeline(kind: str, *, zero_cond_t: bool = False) -> Any:
    import diffusers

    with torch_seeded(1):  # text encoder and VAE are the same in all three, as the published ones are
        vae = diffusers.AutoencoderKLQwenImage(
            base_dim=8,
            z_dim=4,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
            latents_mean=[0.2, -0.3, 0.1, -0.1],
            latents_std=[1.4, 0.8, 1.2, 1.1],
        )
        as_sure_as_the_true_one(vae.encoder.conv_out)
        spread(vae.decoder.conv_out, SPREAD)
        processor = _processor()
        text_encoder = _text_encoder(processor.tokenizer)
    transformer = diffusers.QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=16,  # 4 x latent channels
        out_channels=4,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WORDS,
        axes_dims_rope=(4, 6, 6),
        zero_cond_t=zero_cond_t,
    )
    _look_closer(transformer)
    return getattr(diffusers, kind)(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(  # as published
            use_dynamic_shifting=True, base_shift=0.5, max_shift=0.9, max_image_seq_len=8192, shift_terminal=0.02
        ),
        vae=vae.eval(),
        text_encoder=text_encoder.eval(),
        tokenizer=processor.tokenizer,
        processor=processor,
        transformer=transformer.eval(),
    )


def _look_closer(transformer: Any) -> None:
    import torch

    spread(transformer, SPREAD)
    with torch.no_grad():
        for block in transformer.transformer_blocks:
            for norm in (block.attn.norm_q, block.attn.norm_added_q):
                norm.weight.mul_(SHARPER)


def _processor() -> Any:
    from transformers import Qwen2VLImageProcessorPil

    from ..vlm.qwen_processor import qwen_processor

    tokenizer = qwen_tokenizer()
    looks = Qwen2VLImageProcessorPil(
        patch_size=14, merge_size=2, temporal_patch_size=2, size={"shortest_edge": 28 * 28, "longest_edge": 128 * 128}
    )
    return qwen_processor("Qwen2VLProcessor")(
        image_processor=looks, tokenizer=tokenizer, chat_template=tokenizer.chat_template
    )


def _text_encoder(tokenizer: Any) -> Any:
    """Qwen2_5_VLForConditionalGeneration"""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    token = tokenizer.convert_tokens_to_ids
    return Qwen2_5_VLForConditionalGeneration(
        Qwen2_5_VLConfig(
            text_config={
                "vocab_size": len(tokenizer),
                "hidden_size": WORDS,
                "intermediate_size": 64,
                "num_hidden_layers": 2,
                "num_attention_heads": 4,
                "num_key_value_heads": 2,
                "max_position_embeddings": 4096,
                "bos_token_id": tokenizer.pad_token_id,
                "eos_token_id": tokenizer.eos_token_id,
                "initializer_range": 0.2,
                "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [1, 1, 2]},
            },
            vision_config={
                "depth": 2,
                "hidden_size": 32,
                "intermediate_size": 64,
                "num_heads": 2,
                "patch_size": 14,
                "spatial_merge_size": 2,
                "temporal_patch_size": 2,
                "window_size": 56,
                "fullatt_block_indexes": [1],
                "out_hidden_size": WORDS,
            },
            image_token_id=token("<|image_pad|>"),
            video_token_id=token("<|video_pad|>"),
            vision_start_token_id=token("<|vision_start|>"),
            vision_end_token_id=token("<|vision_end|>"),
        )
    )
